"""When something is to be read of a table's selection: not with every row that an arrow key passes."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from .tables.table_panel import TablePanel

_SETTLE_MS = 60


class Settled(QObject):
    """``begun`` comes with each new selection; ``settled`` a moment after the last one, and after the rows
    were read anew. It ends with the table, whoever listens."""

    begun = Signal()
    settled = Signal()

    def __init__(self, table: TablePanel) -> None:
        super().__init__(table)
        self.number = 0
        """How many selections there have been: an answer about an older one is to be dropped."""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_SETTLE_MS)
        self._timer.timeout.connect(self.settled)
        table.selectionChanged.connect(self._begin)
        table.countsChanged.connect(lambda _shown, _all: self.look_again())

    def look_again(self) -> None:
        """Lets ``settled`` come once more for the selection there is."""
        self._timer.start()

    def _begin(self, _count: int) -> None:
        self.number += 1
        self.begun.emit()
        self._timer.start()
