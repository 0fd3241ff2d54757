"""Listening to a copilot session in a test."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TypeVar

from opspilot_desktop.copilot.protocol import Failed, Text
from opspilot_desktop.copilot.session import Event, Finished, Session, Source, Started, Stopped

E = TypeVar("E")


class Heard:
    """Everything a session has said, and when."""

    def __init__(self, session: Session) -> None:
        self._changed = threading.Condition()
        self.events: list[tuple[int, Event]] = []
        self.times: list[float] = []
        session.listen(self._hear)

    def _hear(self, turn: int, event: Event) -> None:
        with self._changed:
            self.events.append((turn, event))
            self.times.append(time.perf_counter())
            self._changed.notify_all()

    def wait(self, until: Callable[[], object], seconds: float = 10.0) -> None:
        with self._changed:
            assert self._changed.wait_for(until, seconds), f"heard only {self.events}"

    def wait_for_end(self, turn: int) -> None:
        self.wait(lambda: self.of(turn) and isinstance(self.of(turn)[-1], Finished | Stopped))

    def of(self, turn: int) -> list[Event]:
        return [event for number, event in self.events if number == turn]

    def failures(self, turn: int) -> list[Failed]:
        return [event for event in self.of(turn) if isinstance(event, Failed)]

    def text(self, turn: int, source: Source = Source.CLAUDE) -> str:
        """What one answerer said in a turn."""
        parts, current = [], None
        for event in self.of(turn):
            if isinstance(event, Started):
                current = event.source
            elif isinstance(event, Text) and current is source:
                parts.append(event.delta)
        return "".join(parts)
