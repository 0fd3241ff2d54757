"""A large import, its reconciliation and scrolling in the real window, watched.

Runs in a process of its own and prints one JSON object: `python -m benchmarks.window DATA_FOLDER ROWS SEED`.
"""

from __future__ import annotations

import gc
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEventLoop, QPoint, Qt, QTimer
from PySide6.QtTest import QTest

from opspilot_desktop import app, paths
from opspilot_desktop.domain.fields import Kind
from opspilot_desktop.operations.importing import ImportResult
from opspilot_desktop.operations.reconciling import Reconciled
from opspilot_desktop.operations.workspace import open_workspace
from opspilot_desktop.settings import UserSettings
from opspilot_desktop.ui.dialogs.changes_dialog import ChangesDialog
from opspilot_desktop.ui.main_window import MainWindow

from .data import DataSet
from .figures import spread
from .memory import MIB, forget_peak, peak_memory
from .scroller import Scroller
from .watchdog import Absence, Watchdog, WatchedApplication

_AT_MOST = 1_200.0
_BETWEEN = "between"
_ABSENCES = 15
_SCROLLED = 6.0
"""Seconds of scrolling where nothing else runs."""


class WindowRun:
    """One run through the window; `report` has what was measured."""

    def __init__(self, application: WatchedApplication, window: MainWindow, data: DataSet) -> None:
        self.window = window
        self.data = data
        self.watchdog = Watchdog(application)
        self.scroller = Scroller()
        self.seconds: dict[str, float] = {}
        self.peaks: dict[str, int] = {}
        self.results: dict[str, Any] = {}
        self.problems: list[str] = []
        self._failed: list[BaseException] = []
        self._imported: list[ImportResult] = []
        self._reconciled: list[Reconciled] = []
        window.desk.settings.reconcile_after_import = False  # so that each is timed by itself
        window.imports.finished.connect(self._imported.append)
        window.desk.runner.crashed.connect(self._failed.append)

    def run(self) -> None:
        """The whole run."""
        with self.watchdog:
            with self.phase("idle"):
                self.wait(2.0)
            with self.phase("import trades"):
                self.import_file(self.data.trades, Kind.TRADES)
            self.window.show_tab(Kind.TRADES)
            self.settle()
            with self.phase("import ledger, trades scrolled", Kind.TRADES):
                self.import_file(self.data.ledger, Kind.LEDGER)
            with self.phase("settle after import"):
                self.settle()
            with self.phase("reconcile, trades scrolled", Kind.TRADES):
                self.reconcile("reconcile (full)")
            with self.phase("settle after run"):
                self.settle()
            for kind in (Kind.TRADES, Kind.LEDGER, Kind.ISSUES):
                self.window.show_tab(kind)
                self.settle()
                with self.phase(f"scroll {kind.value}", kind):
                    self.wait(_SCROLLED)
            with self.phase("sort, filter, select all"):
                self.use_table()
            with self.phase("1,000 amendments, trades scrolled", Kind.TRADES):
                self.import_file(self.data.changed, Kind.TRADES)
                self.settle(quiet=0.0)
            with self.phase("incremental run"):
                self.reconcile("reconcile (incremental)")
                self.settle()

    # Steps

    def import_file(self, file: Path, kind: Kind) -> None:
        """Imports through the window's flow; changes that it asks about are agreed to."""
        self._imported.clear()
        started = time.perf_counter()
        self.window.imports.start([file], kind)
        self.until(lambda: not self.window.imports.is_busy, self._agree)
        self.seconds[f"import {file.name}"] = time.perf_counter() - started
        self.check(len(self._imported) == 1, f"{file.name} was not imported")
        self.results[file.name] = [result.as_json()["message"] for result in self._imported]

    def _agree(self) -> None:
        for dialog in self.window.findChildren(ChangesDialog):
            if dialog.isVisible():
                dialog.accept()

    def reconcile(self, name: str) -> None:
        """Runs the engine as the command does, and closes the summary."""
        before = self.window.watch.overview.last_run
        started = time.perf_counter()
        self.window.actions_["reconcile"].trigger()
        runner = self.window.desk.runner
        self.until(lambda: not any(ticket.title == "Reconciling" for ticket in runner.active))
        self.seconds[name] = time.perf_counter() - started
        self.window.desk.close_dialogs()
        self.settle()
        run = self.window.watch.overview.last_run
        self.check(run is not None and run != before, f"{name} left no run")
        self.results[name] = asdict(run) if run else None

    def use_table(self) -> None:
        """What a person does with the trades: sorts, filters, selects everything."""
        table = self.window.tables[Kind.TRADES]
        self.window.show_tab(Kind.TRADES)
        self.settle()
        header = table.view.horizontalHeader()
        quantity = next(at for at, column in enumerate(table.model.columns) if column.name == "quantity")
        place = QPoint(header.sectionViewportPosition(quantity) + 20, header.height() // 2)
        self.timed(
            "sort trades by quantity",
            lambda: QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=place),
        )
        self.timed("filter trades by match:broken", lambda: table.set_query_text("match:broken"))
        self.results["rows with a break"] = table.model.rowCount()
        self.timed("filter trades by a text", lambda: table.set_query_text("00012345"))
        self.timed("take the filter away", lambda: table.set_query_text(""))
        table.view.selectAll()
        self.wait(0.5)
        table.view.clearSelection()

    def timed(self, name: str, use: Callable[[], object]) -> None:
        """The seconds from a person's action until the table shows the answer."""
        started = time.perf_counter()
        use()
        self.settle(quiet=0.0)
        self.seconds[name] = time.perf_counter() - started

    # Waiting

    def until(self, over: Callable[[], bool], meanwhile: Callable[[], None] | None = None) -> None:
        """Lets the window work until `over`; raises when a job failed or it takes too long."""
        loop = QEventLoop()
        look = QTimer()
        look.setInterval(15)
        give_up = time.perf_counter() + _AT_MOST
        ended = False

        def check() -> None:
            nonlocal ended
            if meanwhile is not None:
                meanwhile()
            ended = over()
            if ended or self._failed or time.perf_counter() > give_up:
                loop.quit()

        look.timeout.connect(check)
        look.start()
        loop.exec()
        look.stop()
        if self._failed:
            raise self._failed[0]
        if not ended:
            raise TimeoutError("the window did not come to an end")

    def wait(self, seconds: float) -> None:
        """Lets the window work for this long."""
        end = time.perf_counter() + seconds
        self.until(lambda: time.perf_counter() >= end)

    def settle(self, quiet: float = 0.3) -> None:
        """Lets every job end, and waits until nothing has run for a moment."""
        runner = self.window.desk.runner
        last = time.perf_counter()

        def over() -> bool:
            nonlocal last
            if runner.active:
                last = time.perf_counter()
            return not runner.active and time.perf_counter() - last >= quiet

        self.until(over)

    @contextmanager
    def phase(self, name: str, scrolled: Kind | None = None) -> Iterator[None]:
        """Counts pauses and memory under this name; scrolls a table meanwhile."""
        forget_peak()
        self.watchdog.phase(name)
        if scrolled is not None:
            self.scroller.start(name, self.window.tables[scrolled])
        yield
        self.scroller.stop()
        self.peaks[name] = peak_memory()
        self.watchdog.phase(_BETWEEN)
        print(f"{name}: at most {self.peaks[name] // MIB} MiB", file=sys.stderr)

    def check(self, holds: bool, problem: str) -> None:
        """Notes what went wrong."""
        if not holds:
            self.problems.append(problem)

    def report(self) -> dict[str, Any]:
        """Everything measured: milliseconds, seconds and bytes."""
        phases = {name: pauses for name, pauses in self.watchdog.phases.items() if name != _BETWEEN}
        absences = sorted(self.watchdog.absences, key=lambda absence: -absence.seconds)[:_ABSENCES]
        return {
            "gaps": {name: asdict(spread(pauses.gaps)) for name, pauses in phases.items()},
            "own": {name: asdict(spread(pauses.own)) for name, pauses in phases.items()},
            "handled": {name: asdict(spread(pauses.handled)) for name, pauses in phases.items()},
            "frames": {name: asdict(spread(frames)) for name, frames in self.scroller.frames.items()},
            "jumps": {name: asdict(spread(frames)) for name, frames in self.scroller.jumps.items()},
            "peaks": self.peaks,
            "seconds": self.seconds,
            "results": self.results,
            "problems": self.problems,
            "absences": [_as_json(absence) for absence in absences],
        }


def _as_json(absence: Absence) -> dict[str, Any]:
    return {
        "phase": absence.phase,
        "seconds": round(absence.seconds, 3),
        "own": round(absence.own, 3),
        "stacks": absence.stacks.most_common(2),
    }


def main(folder: Path, rows: int, seed: int) -> int:
    """Runs the benchmark in a fresh home and workspace; returns the exit status."""
    data = DataSet.make(folder, rows, seed)
    gc.disable()  # as the program does at its start
    with tempfile.TemporaryDirectory(prefix="opspilot-benchmark-") as home:
        os.environ |= {"OPSPILOT_HOME": home, "OPSPILOT_OFFLINE": "1"}
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
        sys.setswitchinterval(app._SWITCH_INTERVAL)
        application = WatchedApplication(sys.argv[:1])
        app.make_application()
        workspace = open_workspace(str(Path(home, "benchmark.opspilot")), create=True)
        window = app.make_window(application, workspace, UserSettings.load(paths.settings_file()))
        app.collect_garbage_when_idle(window)
        window.show()
        run = WindowRun(application, window, data)
        try:
            run.settle()
            run.run()
        finally:
            window.close()
    print(json.dumps(run.report(), indent=1))
    return 1 if run.problems else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])))
