"""Storing what a dialog decided, while the dialog waits for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

from PySide6.QtCore import SignalInstance
from shiboken6 import isValid

from opspilot_desktop.domain.errors import KnownError
from opspilot_desktop.domain.jobs import Handle
from opspilot_desktop.ui.desk import Desk
from opspilot_desktop.ui.runner import Lane, TicketState

T = TypeVar("T")


class Waiting(Protocol):
    """A dialog that waits, and can be told to wait no longer."""

    @property
    def rejected(self) -> SignalInstance:
        """Comes when the person closes it."""

    def accept(self) -> None:
        """Closes it."""

    def isVisible(self) -> bool:
        """Whether it is to be seen."""

    def stop_waiting(self) -> None:
        """Gives it back to the person, as it was typed."""


def store_for(
    desk: Desk,
    dialog: Waiting,
    title: str,
    work: Callable[[Handle], T],
    *,
    on_done: Callable[[T], None],
    on_refused: Callable[[KnownError], None],
    on_gone: Callable[[KnownError], None] | None = None,
    on_cancelled: Callable[[], None] | None = None,
) -> None:
    """Runs the work, then closes the dialog; closing it before cancels the work.

    A refusal goes to `on_refused`, or, where nobody sees the dialog any more, to `on_gone`, which shows it
    in the window if nothing is said. After anything else that stores nothing the dialog waits no longer.
    """
    refused: list[KnownError] = []

    def done(result: T) -> None:
        on_done(result)
        if is_open(dialog):
            dialog.accept()

    def failed(error: KnownError) -> None:
        refused.append(error)
        if is_open(dialog):
            on_refused(error)
        else:
            (on_gone or desk.show_error)(error)

    def ended() -> None:
        if ticket.state is not TicketState.DONE and not refused and is_open(dialog):
            dialog.stop_waiting()

    ticket = desk.runner.run(
        Lane.WRITE,
        work,
        title=title,
        on_done=done,
        on_error=failed,
        on_cancelled=on_cancelled,
        on_end=ended,
    )
    dialog.rejected.connect(ticket.cancel)


def is_open(dialog: Waiting) -> bool:
    """Whether the dialog is still there to be seen."""
    return isValid(dialog) and dialog.isVisible()
