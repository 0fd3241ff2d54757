"""What is taken out of a text before it is kept or shown: keys, passwords, the user's name in paths.

Also how an exception is told without the values that it happened on.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Iterator
from pathlib import Path

MASK = "***"

_KEY = re.compile(r"\b(sk-)[A-Za-z0-9_\-]{4,}")
_BEARER = re.compile(r"(?i)\b(bearer\s+|x-api-key['\"]?\s*[:=]\s*['\"]?)[^\s'\",;]+")
_URL_PASSWORD = re.compile(r"(?<=://)([^\s/?#:@]*):[^\s/?#]*@")
_QUERY_PASSWORDS = re.compile(r"(?i)([?&])(?:(?:ssl)?password=[^\s&#'\"]*(?:&|(?=[\s#'\"]|$)))+")
_PASSWORD_SETTING = re.compile(r"(?i)\b((?:ssl)?password=)[^\s&'\"]+")
# What a database driver appends to its message: the values of the row on which it failed.
_PARAMETERS = re.compile(r"\[parameters: .*", re.DOTALL)
_ROW_DETAIL = re.compile(r"(?m)^(DETAIL|CONTEXT|LINE \d+):.*$")


def redact(text: str, home: Path | None = None) -> str:
    """The text with keys and passwords masked, statement parameters cut and the home folder as `~`."""
    text = _KEY.sub(rf"\1{MASK}", text)
    text = _BEARER.sub(rf"\1{MASK}", text)
    text = _PASSWORD_SETTING.sub(rf"\1{MASK}", without_password(text))
    text = _PARAMETERS.sub(f"[parameters: {MASK}]", text)
    text = _ROW_DETAIL.sub(rf"\1: {MASK}", text)
    return _without_home(text, home)


def without_password(target: str) -> str:
    """A database URL (or a text that holds one) without its password; anything else unchanged."""
    if "://" not in target:
        return target
    return _QUERY_PASSWORDS.sub(
        lambda found: found[1] if found[0].endswith("&") else "", _URL_PASSWORD.sub(r"\1@", target)
    )


def _without_home(text: str, home: Path | None) -> str:
    try:
        folder = str(home or Path.home())
    except RuntimeError:  # no home folder can be found out: then no path can name it
        return text
    if len(folder) <= 1:
        return text
    for form in {folder, folder.replace("\\", "/"), folder.replace("\\", "\\\\")}:
        text = re.sub(re.escape(form) + r"(?![\w.\-])", "~", text)
    return text


def trace(error: BaseException) -> Iterator[str]:
    """The error and what caused it, newest last: type names and `file:line in function`, no values."""
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if cause is not None:
        yield from trace(cause)
        yield "which led to"
    yield type_name(error)
    for frame in traceback.extract_tb(error.__traceback__, limit=-50):
        yield f"  {redact(frame.filename)}:{frame.lineno} in {frame.name}"


def type_name(error: BaseException) -> str:
    """The error's type as it is imported, without the module for built-in ones."""
    kind = type(error)
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
