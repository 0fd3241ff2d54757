"""The errors a user can mend."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class KnownError(Exception):
    """Something the user can mend, said in one sentence that names the remedy.

    Shown as it is: by the window as a sentence, by the command line on standard error with
    exit status 1. When it is raised nothing has been stored and nothing is lost.
    """

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message

    def __reduce__(self) -> tuple[Callable[..., KnownError], tuple[type[KnownError], str], dict[str, Any]]:
        """How it comes from another process: as it is, whatever its own class is made from."""
        return _again, (type(self), self.message), vars(self)


def _again(kind: type[KnownError], message: str) -> KnownError:
    return kind.__new__(kind, message)


class NotNow(KnownError):
    """Something besides what was asked stands in the way, such as a full disk or a server that is down: the
    very same may work later."""


class NoWorkspace(KnownError):
    """There is no workspace where one was to be opened; `fact` says so without the remedy.

    What to do about it is another thing at a command line than in the window, whose remedy is the usual.
    """

    def __init__(self, fact: str, remedy: str = "choose another one, or make a new workspace") -> None:
        super().__init__(f"{fact}; {remedy}.")
        self.fact = fact
