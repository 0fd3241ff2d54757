from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from opspilot_desktop.domain.jobs import Handle
from opspilot_desktop.ui import garbage
from opspilot_desktop.ui.garbage import GarbageCollection
from opspilot_desktop.ui.runner import Lane, Runner
from tests.helpers.window import wait_until


class Loop:
    """Something that only the collector can take away; says in which thread it was."""

    def __init__(self, gone: Callable[[], None]) -> None:
        self.itself = self
        weakref.finalize(self, gone)


@pytest.fixture
def runner(qtbot: QtBot) -> Iterator[Runner]:
    runner = Runner()
    yield runner
    runner.shutdown()


@pytest.fixture(autouse=True)
def python_does_not_collect(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(garbage, "INTERVAL_MS", 20)
    gc.collect()
    gc.disable()
    yield
    gc.enable()
    gc.unfreeze()


def test_garbage_of_a_worker_goes_in_the_windows_thread(qtbot: QtBot, runner: Runner) -> None:
    parent = QObject()
    collection = GarbageCollection(runner, parent)
    threads: list[int] = []

    def job(_handle: Handle) -> None:
        for _ in range(2000):
            Loop(lambda: threads.append(threading.get_ident()))

    runner.run(Lane.READ, job)
    wait_until(qtbot, lambda: len(threads) == 2000)
    assert set(threads) == {threading.get_ident()}
    assert collection.parent() is parent


def test_old_objects_are_looked_through_only_when_nothing_runs(
    qtbot: QtBot, runner: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(garbage, "_BETWEEN_FULL", 3)
    collected: list[int] = []
    monkeypatch.setattr(garbage.gc, "collect", lambda generation=2: collected.append(generation))
    parent, free = QObject(), threading.Event()
    GarbageCollection(runner, parent)
    runner.run(Lane.READ, lambda _handle: free.wait(10))
    qtbot.wait(200)
    assert 2 not in collected
    free.set()
    wait_until(qtbot, lambda: 2 in collected)
