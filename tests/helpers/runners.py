"""Waiting for background work in tests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from opspilot_desktop.ui.runner import Runner

WAIT_MS = 10_000


def wait_idle(qtbot: QtBot, runner: Runner) -> None:
    """Waits until nothing waits or runs any more, and what came of it has been delivered."""
    qtbot.waitUntil(lambda: not runner.active, timeout=WAIT_MS)
    QApplication.processEvents()


@contextmanager
def running() -> Iterator[Runner]:
    """A runner whose crashes fail the test, and whose threads must all end."""
    runner = Runner()
    crashes: list[BaseException] = []
    runner.crashed.connect(crashes.append)
    try:
        yield runner
    finally:
        ended = runner.shutdown()
    assert ended, "a thread did not end"
    if crashes:
        raise crashes[0]
