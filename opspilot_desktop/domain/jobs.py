"""How a long job reports, is cancelled, and says what it changed."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

Report = Callable[[int, int, str], None]
"""Receives (done, total, text); a total of 0 means that the size is not known."""


class Cancelled(Exception):
    """The user cancelled the job; whatever it had begun has been rolled back."""


@dataclass
class Handle:
    """What a running job holds: it reports progress through it and learns of a cancel.

    A job calls `step` often; reports are throttled to about thirty a second. `on_cancel` lets
    the database layer register a call that interrupts the statement now running.
    """

    report: Report | None = None
    interval: float = 0.033
    _cancelled: threading.Event = field(default_factory=threading.Event, repr=False)
    _interrupts: list[Callable[[], None]] = field(default_factory=list, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)
    _last: float = -math.inf  # the clock may have begun with the machine, a moment ago

    def step(self, done: int, total: int, text: str = "") -> None:
        """Reports progress (rows done, rows in all, a short text) and raises Cancelled if asked to."""
        self.check()
        now = time.monotonic()
        if self.report is not None and (now - self._last >= self.interval or done == total):
            self._last = now
            self.report(done, total, text)

    def check(self) -> None:
        """Raises Cancelled when the user has cancelled."""
        if self._cancelled.is_set():
            raise Cancelled

    @property
    def cancelled(self) -> bool:
        """Whether the user has asked for the job to end."""
        return self._cancelled.is_set()

    def cancel(self) -> None:
        """Asks the job to end; may be called from any thread, and more than once."""
        self._cancelled.set()
        with self._lock:
            interrupts = list(self._interrupts)
        for interrupt in interrupts:
            interrupt()

    def on_cancel(self, interrupt: Callable[[], None]) -> Callable[[], None]:
        """Registers a call made (from the cancelling thread) at cancel; returns its removal."""
        with self._lock:
            self._interrupts.append(interrupt)
        if self.cancelled:
            interrupt()

        def remove() -> None:
            with self._lock:
                if interrupt in self._interrupts:
                    self._interrupts.remove(interrupt)

        return remove


@dataclass(frozen=True)
class Changes:
    """Which tables a finished write changed, so that the views concerned ask again."""

    trades: bool = False
    ledger: bool = False
    issues: bool = False
    settings: bool = False
    imports: bool = False

    @staticmethod
    def of(result: object) -> Changes | None:
        """The changes that a write's result is, or carries as `changes`; None without any."""
        changes = result if isinstance(result, Changes) else getattr(result, "changes", None)
        return changes if isinstance(changes, Changes) else None

    def __or__(self, other: Changes) -> Changes:
        """Both changes as one."""
        return Changes(
            self.trades or other.trades,
            self.ledger or other.ledger,
            self.issues or other.issues,
            self.settings or other.settings,
            self.imports or other.imports,
        )
