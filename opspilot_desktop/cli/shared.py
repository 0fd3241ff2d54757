"""What every verb on the command line shares: exit statuses, the workspace, and how things are said."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from contextlib import redirect_stdout
from typing import Any, TextIO

from .. import paths
from ..domain.errors import NoWorkspace
from ..domain.text import visible
from ..operations.workspace import Workspace, open_workspace

DONE, REFUSED, WRONG_USAGE, ROWS_SKIPPED = 0, 1, 2, 3
"""The exit statuses; argparse uses WRONG_USAGE by itself."""

Run = Callable[[argparse.Namespace], int]
"""Does what the arguments say and returns the exit status."""
Adder = Callable[[str, Run, str], argparse.ArgumentParser]
"""Adds a command: its name, what it runs, and one line of help."""


def opened(arguments: argparse.Namespace, *, create: bool = False) -> Workspace:
    """The workspace that the arguments name, the user's own without any. Raises KnownError."""
    target = arguments.db
    if target is None:
        target = str(paths.default_workspace())
        if create:
            paths.default_workspace().parent.mkdir(parents=True, exist_ok=True)
    try:
        return open_workspace(target, create=create)
    except NoWorkspace as error:
        raise NoWorkspace(error.fact, "import a file first, or name another workspace with --db") from error


def say(sentence: str) -> None:
    """One line on standard error; what a file's names and cells hold is shown, never obeyed."""
    print(visible(sentence), file=sys.stderr)


def print_json(value: Any) -> None:
    """A value as JSON on standard output."""
    # A console's other encoding would make `\xe4` of an ä, which is no JSON.
    as_ascii = not (sys.stdout.encoding or "").lower().startswith("utf")
    print(json.dumps(value, ensure_ascii=as_ascii, default=str))


def only_the_answer() -> redirect_stdout[TextIO]:
    """What a plug-in prints goes to standard error: standard output holds the answer and nothing else."""
    return redirect_stdout(sys.stderr)
