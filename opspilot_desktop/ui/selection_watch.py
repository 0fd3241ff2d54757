"""Knows which statuses the selected issues have, however many they are."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from opspilot_desktop import operations
from opspilot_desktop.domain.issues import IssueStatus
from opspilot_desktop.domain.jobs import Handle

from .desk import Desk
from .runner import Lane
from .settled import Settled
from .tables.table_panel import TablePanel


class SelectionWatch(QObject):
    """Reads in a worker, once the selection has settled; `changed` says that something else is known."""

    changed = Signal()

    def __init__(self, desk: Desk, table: TablePanel) -> None:
        super().__init__(desk)
        self._desk = desk
        self._table = table
        self.statuses: frozenset[IssueStatus] = frozenset()
        """Each status once; empty while they are being read, and when nothing is selected."""
        self._settled = Settled(table)
        self._settled.begun.connect(lambda: self._take(frozenset()))
        self._settled.settled.connect(self._read)

    def _read(self) -> None:
        workspace, ids, asked = self._desk.workspace, self._table.selected_ids(), self._settled.number

        def job(handle: Handle) -> frozenset[IssueStatus]:
            return operations.reading.statuses_of(handle, workspace, ids)

        def done(statuses: frozenset[IssueStatus]) -> None:
            if asked == self._settled.number:
                self._take(statuses)

        # A workspace that cannot be read is said by those who show its rows.
        self._desk.runner.run(Lane.READ, job, key="selected statuses", on_done=done)

    def _take(self, statuses: frozenset[IssueStatus]) -> None:
        if statuses != self.statuses:
            self.statuses = statuses
            self.changed.emit()
