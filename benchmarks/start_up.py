"""Seconds from the start of the process to the shown window, warm, on a workspace with the sample data."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager

from .first_window import Shown, bundle, can_watch, display, until_window

_RUNS = 5

_MAKE = """
from opspilot_desktop.domain.jobs import Handle
from opspilot_desktop.operations.demo import open_demo

print(open_demo(Handle()).target)
"""

_CHILD = """
import os, sys, time
from opspilot_desktop import app
from PySide6.QtWidgets import QApplication
from opspilot_desktop.ui.main_window import MainWindow

class Timed(MainWindow):
    def __init__(self, *parts):
        super().__init__(*parts)
        self.shown.connect(self._leave)

    def _leave(self):
        print(time.time(), "anthropic" in sys.modules, flush=True)
        os._exit(0)

app.MainWindow = Timed
app.main(sys.argv[1:])
"""


def start_up_seconds(runs: int = _RUNS) -> list[float]:
    """The seconds of each warm start, in order; the first, cold one is left out.

    Raises RuntimeError when a start loads the copilot's client, or shows no window.
    """
    with _sample() as (environment, target):
        environment.setdefault("QT_QPA_PLATFORM", "offscreen")
        command = [sys.executable, "-c", _CHILD, "--db", target]
        return [_start(command, environment) for _ in range(runs + 1)][1:]


def packaged_starts(runs: int = _RUNS) -> list[Shown]:
    """The same for the packaged program on an X display of its own, until the X server maps its window.

    Empty where there is no bundle (`make package`), or no Xvfb.
    """
    program = bundle()
    if program is None or not can_watch():
        return []
    with _sample() as (environment, target), display() as name:
        environment.pop("QT_QPA_PLATFORM", None)
        command = [str(program), "--db", target]
        return [until_window(command, environment, name) for _ in range(runs + 1)][1:]


@contextmanager
def _sample() -> Iterator[tuple[dict[str, str], str]]:
    """A home of its own with the sample data reconciled: its environment, and the workspace in it."""
    with tempfile.TemporaryDirectory(prefix="opspilot-benchmark-") as home:
        environment = {**os.environ, "OPSPILOT_HOME": home, "OPSPILOT_OFFLINE": "1"}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)  # warm means with the byte code there
        making = {**environment, "QT_QPA_PLATFORM": "offscreen"}
        made = [sys.executable, "-c", _MAKE]
        target = subprocess.run(made, env=making, check=True, capture_output=True, text=True).stdout
        yield environment, target.strip()


def _start(command: list[str], environment: dict[str, str]) -> float:
    began = time.time()
    answer = subprocess.run(
        command, env=environment, check=True, capture_output=True, text=True
    ).stdout.split()
    if len(answer) != 2:
        raise RuntimeError("the window was not shown")
    if answer[1] == "True":
        raise RuntimeError("the copilot's client was loaded at the start")
    return float(answer[0]) - began
