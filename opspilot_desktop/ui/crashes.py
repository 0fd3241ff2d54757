"""Brings a crash from whatever thread it happened on into the window's."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Signal

from opspilot_desktop.crash import Crash


class CrashRelay(QObject):
    """`send` may be called on any thread; `show` is then called in the thread that made this object."""

    _caught = Signal(object)

    def __init__(self, show: Callable[[Crash], None]) -> None:
        super().__init__()
        self._show = show
        self._caught.connect(self._receive, Qt.ConnectionType.QueuedConnection)

    def send(self, crash: Crash) -> None:
        """Passes a crash on."""
        self._caught.emit(crash)

    def _receive(self, crash: Crash) -> None:
        self._show(crash)
