"""What a test may leave behind by mistake: log warnings, windows, threads."""

from __future__ import annotations

import gc
import logging
import sys
import threading
import time
from dataclasses import dataclass

import psutil

# How long a thread that was told to end may take to be gone.
GRACE_SECONDS = 1.0


class Collector(logging.Handler):
    """Keeps the lines of the records that it is handed."""

    def __init__(self, level: int) -> None:
        super().__init__(level)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{record.levelname} {record.name}: {record.getMessage()}")


def windows() -> list[str]:
    """The top-level windows that are still shown; closes them."""
    widgets = sys.modules.get("PySide6.QtWidgets")
    app = widgets.QApplication.instance() if widgets else None
    if app is None:
        return []
    shown = [widget for widget in app.topLevelWidgets() if widget.isVisible()]
    for widget in shown:
        widget.close()
    return [f"window {widget.objectName() or type(widget).__name__}" for widget in shown]


def let_go_of_hidden_windows() -> None:
    """Destroys the top-level windows that a test has closed.

    Else a window's hundreds of widgets stay until Python finds the circle they are in, and meanwhile every
    theme of a later test dresses them all anew.
    """
    widgets, core = sys.modules.get("PySide6.QtWidgets"), sys.modules.get("PySide6.QtCore")
    app = widgets.QApplication.instance() if widgets else None
    if app is None or core is None:
        return
    for widget in app.topLevelWidgets():
        if not widget.isVisible():
            widget.deleteLater()
    app.sendPostedEvents(None, core.QEvent.Type.DeferredDelete.value)


@dataclass(frozen=True)
class Threads:
    """The threads that ran at a moment: Python's, and how many there were in all."""

    python: frozenset[threading.Thread]
    native: int

    @classmethod
    def now(cls) -> Threads:
        return cls(frozenset(threading.enumerate()), psutil.Process().num_threads())

    def new(self) -> list[str]:
        """The threads that have come since and do not end within a moment, Qt's among them."""
        deadline = time.monotonic() + GRACE_SECONDS
        while True:
            now = Threads.now()
            # Python keeps the stand-in for a thread that it did not start even when that has ended;
            # those are Qt's, which are asked themselves.
            names = [
                f"thread {thread.name}"
                for thread in now.python - self.python
                if thread.is_alive() and not isinstance(thread, threading._DummyThread)
            ]
            # Looking for Qt's threads among all objects takes 80 ms, so only with a cause.
            if now.native > self.native:
                names += _qt_threads()
            if not names or time.monotonic() > deadline:
                return names
            time.sleep(0.01)


def _qt_threads() -> list[str]:
    core = sys.modules.get("PySide6.QtCore")
    app = core.QCoreApplication.instance() if core else None
    if core is None or app is None:
        return []
    from shiboken6 import isValid

    known = [thing for thing in gc.get_objects() if isinstance(thing, core.QThread) and isValid(thing)]
    running = [thread for thread in known if thread.isRunning() and thread is not app.thread()]
    return [f"QThread {thread.objectName() or type(thread).__name__}" for thread in running]
