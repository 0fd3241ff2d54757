"""Shows the running jobs in the status bar, one at a time, and lets the user cancel them."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from .panels.job_bar import JobBar
from .runner import Lane, Runner, Ticket


class JobsShown(QObject):
    """A job is shown if it has a title; the newest that runs is the one shown.

    `writingChanged` says that something is now being stored, or that nothing is any more.
    """

    writingChanged = Signal()

    def __init__(self, runner: Runner, bar: JobBar) -> None:
        super().__init__(bar)
        self._bar = bar
        self._running: list[Ticket] = []
        self._writes: set[Ticket] = set()
        runner.jobQueued.connect(self._queued)
        runner.jobStarted.connect(self._started)
        runner.jobProgressed.connect(self._progressed)
        runner.jobFinished.connect(self._finished)
        bar.cancelRequested.connect(self._cancel)

    @property
    def is_writing(self) -> bool:
        """Whether something is being stored or waits to be."""
        return bool(self._writes)

    def _queued(self, ticket: Ticket) -> None:
        if ticket.lane is Lane.WRITE:
            self._writes.add(ticket)
            if len(self._writes) == 1:
                self.writingChanged.emit()

    def _started(self, ticket: Ticket) -> None:
        if ticket.title:
            self._running.append(ticket)
            self._bar.start(ticket.title)

    def _progressed(self, ticket: Ticket, done: int, total: int, text: str) -> None:
        if self._running and ticket is self._running[-1]:
            self._bar.set_progress(done, total, text)

    def _finished(self, ticket: Ticket) -> None:
        if ticket in self._writes:
            self._writes.remove(ticket)
            if not self._writes:
                self.writingChanged.emit()
        if ticket not in self._running:
            return
        self._running.remove(ticket)
        if self._running:
            self._bar.start(self._running[-1].title)
        else:
            self._bar.finish()

    def _cancel(self) -> None:
        if self._running:
            self._running[-1].cancel()
