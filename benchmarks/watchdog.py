"""Watches how long the window's thread is away from its event loop, and where it was then."""

from __future__ import annotations

import sys
import threading
import time
import traceback
from array import array
from collections import Counter
from dataclasses import dataclass, field
from types import TracebackType

from PySide6.QtCore import QAbstractEventDispatcher, QObject, Qt, QTimer

TICK = 0.005
"""Seconds between two ticks of the timer."""
LONG = 0.06
"""Seconds away from the event loop after which the thread's stack is kept."""
_LOOK = 0.01
_DEEP = 10  # calls of a stack that are kept


@dataclass
class Pauses:
    """The seconds between two ticks beyond the timer's own interval, and those of each busy stretch.

    A busy stretch is what the thread does between two waits for events: never shorter than the longest
    event that was handled in it.
    """

    gaps: array[float] = field(default_factory=lambda: array("d"))
    busy: array[float] = field(default_factory=lambda: array("d"))


@dataclass
class Absence:
    """A time in which the window's thread did not come back to its event loop.

    `stacks` has what it was seen doing, and how often.
    """

    phase: str
    seconds: float = 0.0
    stacks: Counter[str] = field(default_factory=Counter)


class Watchdog(QObject):
    """A timer in the window's thread, and a thread that looks at that thread when the timer is late.

    Used as a context; `phase` names what is measured from now on.
    """

    def __init__(self) -> None:
        super().__init__()
        self.phases: dict[str, Pauses] = {}
        self.absences: list[Absence] = []
        self._phase = ""
        self._pauses = Pauses()
        self._last = time.perf_counter()
        self._awake = self._last
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(int(TICK * 1000))
        self._timer.timeout.connect(self._tick)
        self._window_thread = threading.get_ident()
        self._ended = threading.Event()
        self._looker = threading.Thread(target=self._look, name="watchdog", daemon=True)

    def __enter__(self) -> Watchdog:
        dispatcher = QAbstractEventDispatcher.instance()
        dispatcher.awake.connect(self._wake)
        dispatcher.aboutToBlock.connect(self._block)
        self._last = self._awake = time.perf_counter()
        self._timer.start()
        self._looker.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.stop()
        dispatcher = QAbstractEventDispatcher.instance()
        dispatcher.awake.disconnect(self._wake)
        dispatcher.aboutToBlock.disconnect(self._block)
        self._ended.set()
        self._looker.join()

    def phase(self, name: str) -> None:
        """What happens from now on is counted under this name."""
        self._phase = name
        self._pauses = self.phases.setdefault(name, Pauses())

    def _tick(self) -> None:
        now = time.perf_counter()
        self._pauses.gaps.append(max(now - self._last - TICK, 0.0))
        self._last = now

    def _wake(self) -> None:
        self._awake = time.perf_counter()

    def _block(self) -> None:
        self._pauses.busy.append(time.perf_counter() - self._awake)

    def _look(self) -> None:
        """Runs in a thread of its own; what holds the interpreter's lock in C is seen when it lets go."""
        seen = 0.0
        while not self._ended.wait(_LOOK):
            last = self._last
            away = time.perf_counter() - last - TICK
            if away < LONG:
                continue
            if last != seen:
                seen = last
                self.absences.append(Absence(self._phase))
            frame = sys._current_frames().get(self._window_thread)
            self.absences[-1].seconds = away
            self.absences[-1].stacks["".join(traceback.format_stack(frame)[-_DEEP:])] += 1
            del frame
