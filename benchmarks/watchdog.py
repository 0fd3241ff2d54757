"""Watches how long the window's thread is away from its event loop, and where it was then."""

from __future__ import annotations

import faulthandler
import os
import sys
import tempfile
import threading
import time
from array import array
from collections import Counter
from dataclasses import dataclass, field
from types import TracebackType
from typing import IO

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication

TICK = 0.005
"""Seconds between two ticks of the timer."""
LONG = 0.06
"""Seconds away from the event loop after which the thread's stack is kept."""
_LOOK = 0.01
_DEEP = 8  # calls of a stack that are kept


class WatchedApplication(QApplication):
    """Measures how long the handling of each event takes, with all that it leads to.

    Events that are handled within another's handling count with it.
    """

    def __init__(self, arguments: list[str]) -> None:
        super().__init__(arguments)
        self.handled: array[float] = array("d")
        self._depth = 0

    def notify(self, receiver: QObject, event: QEvent) -> bool:
        """Qt calls this for every event."""
        self._depth += 1
        outermost = self._depth == 1
        started = time.perf_counter() if outermost else 0.0
        try:
            return super().notify(receiver, event)
        finally:
            self._depth -= 1
            if outermost:
                self.handled.append(time.perf_counter() - started)


class _RunQueue:
    """How long the thread that made it has waited for a processor since it began."""

    def __init__(self) -> None:
        self._file: int | None = None
        if sys.platform.startswith("linux"):
            self._file = os.open(f"/proc/self/task/{threading.get_native_id()}/schedstat", os.O_RDONLY)

    def seconds(self) -> float:
        """The seconds so far; always 0 where the system does not say."""
        return int(os.pread(self._file, 100, 0).split()[1]) / 1e9 if self._file is not None else 0.0


@dataclass
class Pauses:
    """In seconds: gaps between two ticks beyond the timer's interval; the same without the time in which the
    window's thread was ready to run and other threads had the processors (Linux says so; elsewhere the
    same as the gaps); and the handling of each event.
    """

    gaps: array[float] = field(default_factory=lambda: array("d"))
    own: array[float] = field(default_factory=lambda: array("d"))
    handled: array[float] = field(default_factory=lambda: array("d"))


@dataclass
class Absence:
    """A time in which the window's thread did not come back to its event loop.

    `own` is the seconds without the wait for a processor; `stacks` has what it was seen doing, and how
    often.
    """

    phase: str
    began: float
    seconds: float = 0.0
    own: float = 0.0
    stacks: Counter[str] = field(default_factory=Counter)


class Watchdog(QObject):
    """A timer in the window's thread, and a thread that looks at that thread when the timer is late.

    Used as a context; `phase` names what is measured from now on.
    """

    def __init__(self, application: WatchedApplication) -> None:
        super().__init__()
        self._application = application
        self.phases: dict[str, Pauses] = {}
        self.absences: list[Absence] = []
        self._phase = ""
        self._pauses = Pauses()
        self._last = time.perf_counter()
        self._queue = _RunQueue()
        self._queued = self._queue.seconds()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(int(TICK * 1000))
        self._timer.timeout.connect(self._tick)
        self._window_thread = threading.get_ident()
        self._ended = threading.Event()
        self._looker = threading.Thread(target=self._look, name="watchdog", daemon=True)

    def __enter__(self) -> Watchdog:
        self._last = time.perf_counter()
        self._timer.start()
        self._looker.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.stop()
        self._ended.set()
        self._looker.join()

    def phase(self, name: str) -> None:
        """What happens from now on is counted under this name."""
        self._phase = name
        self._pauses = self.phases.setdefault(name, Pauses())
        self._application.handled = self._pauses.handled

    def _tick(self) -> None:
        now = time.perf_counter()
        gap = max(now - self._last - TICK, 0.0)
        queued = self._queue.seconds()
        own = max(gap - (queued - self._queued), 0.0)
        self._pauses.gaps.append(gap)
        self._pauses.own.append(own)
        if self.absences and self.absences[-1].began == self._last:
            self.absences[-1].own = own
        self._last, self._queued = now, queued

    def _look(self) -> None:
        """Runs in a thread of its own; what holds the interpreter's lock in C is seen when it lets go."""
        with tempfile.TemporaryFile("w+", encoding="utf-8") as file:
            self._look_into(file)

    def _look_into(self, file: IO[str]) -> None:
        seen = 0.0
        while not self._ended.wait(_LOOK):
            last = self._last
            away = time.perf_counter() - last - TICK
            if away < LONG:
                continue
            if last != seen:
                seen = last
                self.absences.append(Absence(self._phase, last))
            self.absences[-1].seconds = away
            self.absences[-1].stacks[self._stack(file)] += 1

    def _stack(self, file: IO[str]) -> str:
        """What the window's thread is doing, the innermost call first.

        Not by `sys._current_frames`: a frame held here would keep a painter in it alive beyond its paint
        event, and Qt crashes over that.
        """
        file.seek(0)
        file.truncate()
        faulthandler.dump_traceback(file, all_threads=True)
        file.seek(0)
        for thread in file.read().split("\n\n"):
            head, *calls = thread.strip().splitlines()
            if f"0x{self._window_thread:016x}" in head:
                return "\n".join(calls[:_DEEP])
        return ""
