"""Scrolls a table at the screen's pace and measures what a frame takes."""

from __future__ import annotations

import random
import time
from array import array

from PySide6.QtCore import QObject, Qt, QTimer

from opspilot_desktop.ui.tables.table_panel import TablePanel

_FRAME_MS = 16
_ROWS = 40
"""By how many rows a frame moves on: a hard flick, so that pages are read as fast as they can be."""
_ONE_IN = 50  # frames that are a jump to anywhere


class Scroller(QObject):
    """Moves and repaints at once, and keeps the seconds of each frame: of scrolling and of jumps."""

    def __init__(self) -> None:
        super().__init__()
        self.frames: dict[str, array[float]] = {}
        self.jumps: dict[str, array[float]] = {}
        self._name = ""
        self._table: TablePanel | None = None
        self._chance = random.Random(1)
        self._count = 0
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(_FRAME_MS)
        self._timer.timeout.connect(self._move)

    def start(self, name: str, table: TablePanel) -> None:
        """Scrolls this table; the frames are counted under the name."""
        self._name, self._table = name, table
        self._timer.start()

    def stop(self) -> None:
        """Leaves the table where it is."""
        self._timer.stop()

    def _move(self) -> None:
        table = self._table
        if table is None or not table.model.rowCount():
            return
        view = table.view
        bar = view.verticalScrollBar()
        self._count += 1
        jumps = self._count % _ONE_IN == 0
        started = time.perf_counter()
        if jumps:
            bar.setValue(self._chance.randrange(bar.maximum() + 1))
        else:
            step = _ROWS * view.verticalHeader().defaultSectionSize()
            bar.setValue(bar.value() + step if bar.value() + step <= bar.maximum() else 0)
        view.viewport().repaint()
        kept = self.jumps if jumps else self.frames
        kept.setdefault(self._name, array("d")).append(time.perf_counter() - started)
