"""What is wrong with a plug-in, in words that hold no data."""

from __future__ import annotations

import inspect
import re
import sqlite3
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..domain.issues import Severity
from ..redaction import redact, type_name
from .api import PythonRule, SqlRule

_NAME = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*", re.ASCII)
_LONGEST_NAME = 40
_LONGEST_TEXT = 300
_FIGURE = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)


class PluginFault(Exception):
    """A plug-in does not keep to what was agreed; the text says how, and holds no data."""


def check_rule(rule: object) -> None:
    """Raises PluginFault for a declared rule that cannot be used."""
    if not isinstance(rule, PythonRule | SqlRule):
        raise PluginFault(f"opspilot_rules gave a {type(rule).__name__}; give PythonRule or SqlRule objects")
    if not isinstance(rule.name, str) or not _NAME.fullmatch(rule.name) or len(rule.name) > _LONGEST_NAME:
        raise PluginFault(
            f"a rule's name is written like ROUND_AMOUNT, in at most {_LONGEST_NAME} characters; rename it"
        )
    if not isinstance(rule.severity, Severity):
        raise PluginFault(f"the severity of {rule.name} is none of Severity's")
    if not isinstance(rule.says, str) or not rule.says.strip() or not rule.says.isprintable():
        raise PluginFault(f"{rule.name} needs a sentence (says) on one line that explains its issues")
    if len(rule.says) > _LONGEST_TEXT:
        raise PluginFault(f"what {rule.name} says is longer than {_LONGEST_TEXT} characters")
    if not is_names(rule.material):
        raise PluginFault(f"material of {rule.name} must be a tuple of names of figures")
    if isinstance(rule, PythonRule):
        _check_signature(rule.name, "check", rule.check, 2, "a trade and its entries")
    else:
        _check_signature(rule.name, "query", rule.query, 1, "a book")
        if rule.further is not None:
            _check_signature(rule.name, "further", rule.further, 1, "a book")


def is_names(names: object) -> bool:
    """Whether these are names of figures, in a list or a tuple."""
    if isinstance(names, str) or not isinstance(names, Sequence):
        return False
    return all(isinstance(name, str) and _FIGURE.fullmatch(name) for name in names)


def _check_signature(rule: str, name: str, function: Any, arguments: int, what: str) -> None:
    try:
        inspect.signature(function).bind(*[None] * arguments)
    except (TypeError, ValueError):
        raise PluginFault(f"{name} of {rule} must be a function that takes {what}") from None


def reason_of(error: BaseException, folder: Path | None = None) -> str:
    """Why a plug-in failed: the kind of error and, where the plug-in's own code raised it, the place.

    An error's text may quote a row, so it is told only where it can hold names from the code alone. `folder`
    is where the plug-in's files are.
    """
    if isinstance(error, PluginFault):
        return str(error)
    origin = getattr(error, "orig", None) or error
    words = f"{type_name(origin).rpartition('.')[2]}{_detail(origin)}"
    if isinstance(origin, SyntaxError):
        return f"{words} (line {origin.lineno})"
    place = _place(error, folder)
    return f"{words} in {place}" if place else words


def _detail(error: BaseException) -> str:
    """The text of an error that comes before any row is read, such as a column that there is not."""
    if isinstance(error, sqlite3.Error):
        is_code = getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_ERROR
    else:
        is_code = isinstance(error, ImportError) or str(getattr(error, "sqlstate", "")).startswith("42")
    if not is_code:
        return ""
    text = redact(str(error)).partition("\n")[0].strip()
    return f": {text[:200]}" if text else ""


def _place(error: BaseException, folder: Path | None) -> str:
    """The last line of the plug-in's own that led there: `check (round_amount.py, line 12)`."""
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        path = Path(frame.filename)
        if folder is not None and path.is_relative_to(folder):
            return f"{frame.name} ({path.name}, line {frame.lineno})"
    return ""
