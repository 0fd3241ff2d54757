"""The errors a user can mend."""

from __future__ import annotations


class KnownError(Exception):
    """Something the user can mend, said in one sentence that names the remedy.

    Shown as it is: by the window as a sentence, by the command line on standard error with
    exit status 1. When it is raised nothing has been stored and nothing is lost.
    """

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message
