"""Knows which statuses the selected issues have, however many they are."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from opspilot_desktop import operations
from opspilot_desktop.domain.issues import IssueStatus
from opspilot_desktop.domain.jobs import Handle

from .desk import Desk
from .runner import Lane
from .tables.table_panel import TablePanel

_SETTLE_MS = 60


class SelectionWatch(QObject):
    """Reads in a worker, once the selection has settled; `changed` says that something else is known."""

    changed = Signal()

    def __init__(self, desk: Desk, table: TablePanel) -> None:
        super().__init__(desk)
        self._desk = desk
        self._table = table
        self.statuses: frozenset[IssueStatus] = frozenset()
        """Each status once; empty while they are being read, and when nothing is selected."""
        self._selections = 0  # how many there have been: an answer about an older one is dropped
        self._settle = QTimer(table)  # it ends with the window, whoever lives on
        self._settle.setSingleShot(True)
        self._settle.setInterval(_SETTLE_MS)
        self._settle.timeout.connect(self._read)
        table.selectionChanged.connect(self._on_selection)
        table.countsChanged.connect(lambda _shown, _all: self._settle.start())  # the rows were read anew

    def _on_selection(self, _count: int) -> None:
        self._selections += 1
        self._take(frozenset())
        self._settle.start()

    def _read(self) -> None:
        workspace, ids, asked = self._desk.workspace, self._table.selected_ids(), self._selections

        def job(handle: Handle) -> frozenset[IssueStatus]:
            return operations.reading.statuses_of(handle, workspace, ids)

        def done(statuses: frozenset[IssueStatus]) -> None:
            if asked == self._selections:
                self._take(statuses)

        # A workspace that cannot be read is said by those who show its rows.
        self._desk.runner.run(Lane.READ, job, key="selected statuses", on_done=done)

    def _take(self, statuses: frozenset[IssueStatus]) -> None:
        if statuses != self.statuses:
            self.statuses = statuses
            self.changed.emit()
