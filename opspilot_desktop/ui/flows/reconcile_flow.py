"""Running the engine, and saying what came of it."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from opspilot_desktop import operations
from opspilot_desktop.domain.jobs import Handle
from opspilot_desktop.ui.desk import Desk
from opspilot_desktop.ui.runner import Lane

if TYPE_CHECKING:
    from opspilot_desktop.operations.reconciling import Reconciled


class ReconcileFlow(QObject):
    """One run at a time, in the write lane, with a summary at its end."""

    showIssuesRequested = Signal(str)

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._desk = desk

    def start(self, *, full: bool = False) -> None:
        """Checks what changed, or everything."""
        workspace = self._desk.workspace

        def job(handle: Handle) -> Reconciled:
            # Loaded here rather than when it is shown: the window would stand still meanwhile.
            importlib.import_module("opspilot_desktop.ui.dialogs.summary_dialog")
            return operations.reconciling.reconcile(handle, workspace, full=full)

        self._desk.runner.run(
            Lane.WRITE,
            job,
            title="Reconciling",
            on_done=self._done,
            on_error=self._desk.show_error,
            on_cancelled=lambda: self._desk.say("The run was cancelled; nothing was changed.", "dim"),
        )

    def start_quietly(self) -> None:
        """Checks what changed, after what a person did elsewhere; the status bar says what came of it."""
        workspace = self._desk.workspace

        def job(handle: Handle) -> Reconciled:
            return operations.reconciling.reconcile(handle, workspace)

        self._desk.runner.run(
            Lane.WRITE,
            job,
            title="Reconciling",
            on_done=self._say,
            on_error=self._desk.show_error,
            on_cancelled=lambda: self._desk.say("The run was cancelled; nothing was changed.", "dim"),
        )

    def _say(self, result: Reconciled) -> None:
        summary = result.summary
        self._desk.say(
            f"Run {summary.run_id}: {summary.checked:,} checked, {summary.matched:,} matched,"
            f" {summary.opened:,} opened, {summary.cleared:,} cleared.",
            "warn" if summary.warnings else "ok",
        )

    def _done(self, result: Reconciled) -> None:
        self._say(result)
        summary = result.summary
        from opspilot_desktop.ui.dialogs.summary_dialog import SummaryDialog

        dialog = SummaryDialog(self._desk.theme, self._desk.icons, summary, parent=self._desk.window)
        dialog.showIssuesRequested.connect(self.showIssuesRequested)
        self._desk.open(dialog)
