"""When the garbage collector runs: in the window's thread, between events, and never for long."""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

from .runner import Runner

INTERVAL_MS = 1000
_YOUNG, _MIDDLE = 700, 10  # as many new objects, and collections of them, as Python itself waits for
_BETWEEN_FULL = 60  # ticks


class GarbageCollection(QObject):
    """Takes over from Python's own timing, which is to be off (`gc.disable`) while this is at work.

    Python collects in whatever thread makes the next object. In a worker that holds the interpreter's lock,
    for over 100 ms in the middle of an import, so that nothing is painted, and it destroys Qt objects in a
    thread that is not theirs. What there is at the beginning is taken to stay, and is never looked through
    again; while a job runs only what is new is.
    """

    def __init__(self, runner: Runner, parent: QObject) -> None:
        super().__init__(parent)
        self._runner = runner
        self._ticks = 0
        gc.freeze()
        self._timer = QTimer(self)
        self._timer.setInterval(INTERVAL_MS)
        self._timer.timeout.connect(self._tick)
        self._timer.start()

    def _tick(self) -> None:
        self._ticks += 1
        young, middle, _old = gc.get_count()
        if self._ticks >= _BETWEEN_FULL and not self._runner.active:
            self._ticks = 0
            gc.collect()
        elif young > _YOUNG:
            gc.collect(1 if middle > _MIDDLE else 0)
