"""The run history: what its dialog asks for is read in workers, and what it asks to see is shown."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog

from opspilot_desktop import operations
from opspilot_desktop.domain.jobs import Handle
from opspilot_desktop.domain.query import Operator, Term
from opspilot_desktop.ui.desk import Desk
from opspilot_desktop.ui.dialogs.run_history_dialog import RunHistoryDialog
from opspilot_desktop.ui.runner import Lane
from opspilot_desktop.ui.tables.quick_filters import QuickFilter

T = TypeVar("T")


class RunHistoryFlow(QObject):
    """Lives as long as its dialog. `show_issue` gets an issue's number, `show_issues` a filter."""

    def __init__(
        self, desk: Desk, show_issue: Callable[[int], None], show_issues: Callable[[QuickFilter], None]
    ) -> None:
        self._dialog = RunHistoryDialog(desk.theme, desk.icons, parent=desk.window)
        super().__init__(self._dialog)
        self._desk = desk
        dialog = self._dialog
        dialog.runWanted.connect(self._read_run)
        dialog.comparisonWanted.connect(self._compare)
        dialog.olderWanted.connect(self._read_runs)
        dialog.issueRequested.connect(show_issue)
        dialog.issuesRequested.connect(lambda first, last: show_issues(of_runs(first, last)))
        dialog.exportRequested.connect(self._choose_file)

    def open(self) -> None:
        """Shows the dialog, which is empty until the runs are read."""
        self._desk.open(self._dialog)
        self._read_runs(None)

    def _read_runs(self, before: int | None) -> None:
        workspace = self._desk.workspace
        self._read(
            "runs",
            lambda handle: operations.run_history.list_runs(handle, workspace, before=before),
            lambda page: self._dialog.add_runs(page.runs, more=page.more),
        )

    def _read_run(self, number: int) -> None:
        workspace = self._desk.workspace
        self._read(
            "run",
            lambda handle: operations.run_history.read_run(handle, workspace, number),
            self._dialog.show_run,
        )

    def _compare(self, older: int, newer: int) -> None:
        workspace = self._desk.workspace
        self._read(
            "run",
            lambda handle: operations.run_history.compare_runs(handle, workspace, older, newer),
            self._dialog.show_comparison,
        )

    def _read(self, key: str, job: Callable[[Handle], T], done: Callable[[T], None]) -> None:
        """Reads in a worker; a newer question of the same key takes its place."""
        self._desk.runner.run(
            Lane.READ,
            job,
            key=f"run history: {key}",
            on_done=done,
            on_error=lambda error: self._dialog.fail(error.message),
            owner=self._dialog,
        )

    def _choose_file(self) -> None:
        chooser = QFileDialog(
            self._dialog,
            "Export runs",
            str(Path.home() / "runs.csv"),
            "CSV (*.csv);;Excel workbook (*.xlsx);;JSON Lines (*.jsonl)",
        )
        chooser.setObjectName("exportRunsDialog")
        chooser.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        chooser.setDefaultSuffix("csv")
        chooser.fileSelected.connect(lambda file: self._export(Path(file)))
        self._desk.open(chooser)

    def _export(self, path: Path) -> None:
        workspace = self._desk.workspace
        self._desk.read_shown(
            f"Exporting to {path.name}",
            lambda handle: operations.run_history.export_runs(handle, workspace, path),
            lambda count: self._desk.say(
                f"{path.name}: {count:,} {'run' if count == 1 else 'runs'} exported."
            ),
        )


def of_runs(first: int, last: int) -> QuickFilter:
    """The issues that these runs opened, reopened, changed or cleared."""
    value = str(first) if first == last else f"{first}-{last}"
    label = "Run is" if first == last else "Runs are"
    return QuickFilter(label, value, (Term(value, "run", Operator.CONTAINS),))
