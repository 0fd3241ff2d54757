"""Running the engine, asked for or by itself after an import, and saying what came of it."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from opspilot_desktop import operations
from opspilot_desktop.domain.jobs import Handle
from opspilot_desktop.ui.desk import Desk
from opspilot_desktop.ui.runner import Lane

from .import_flow import ImportFlow

if TYPE_CHECKING:
    from opspilot_desktop.operations.importing import ImportResult
    from opspilot_desktop.operations.reconciling import Reconciled
    from opspilot_desktop.recon.engine import RunSummary


class ReconcileFlow(QObject):
    """One run at a time, in the write lane. One that was asked for ends with a summary; one that came by
    itself says its result in the status bar, from where the summary can be opened."""

    showIssuesRequested = Signal(str)

    def __init__(self, desk: Desk, imports: ImportFlow) -> None:
        super().__init__(desk)
        self._desk = desk
        self._changed = False
        imports.finished.connect(self._note)
        imports.emptied.connect(self._run_by_itself)
        desk.workspaceChanged.connect(self._forget)

    def start(self, *, full: bool = False) -> None:
        """Checks what changed, or everything."""
        workspace = self._desk.workspace

        def job(handle: Handle) -> Reconciled:
            _load_dialog()
            return operations.reconciling.reconcile(handle, workspace, full=full)

        def done(result: Reconciled) -> None:
            self._say(result.summary)
            self._show_summary(result.summary)

        self._desk.runner.run(
            Lane.WRITE,
            job,
            title="Reconciling",
            on_done=done,
            on_error=self._desk.show_error,
            on_cancelled=self._say_cancelled,
        )

    def _note(self, result: ImportResult) -> None:
        """Remembers that a file changed something, until the last file of the queue is through."""
        self._changed = self._changed or bool(result.imported or result.updated)

    def _forget(self) -> None:
        self._changed = False

    def _run_by_itself(self) -> None:
        """Runs after the last of the files, where there is something to hold against something."""
        wanted = self._changed and self._desk.settings.reconcile_after_import
        self._forget()
        if not wanted:
            return
        workspace = self._desk.workspace

        def job(handle: Handle) -> Reconciled | None:
            _load_dialog()
            return operations.reconciling.reconcile_if_ready(handle, workspace)

        def done(result: Reconciled | None) -> None:
            if result is not None:
                self._say(result.summary, by_itself=True)

        self._desk.runner.run(
            Lane.WRITE,
            job,
            title="Reconciling",
            on_done=done,
            on_error=self._desk.show_error,
            on_cancelled=self._say_cancelled,
        )

    def _say(self, summary: RunSummary, *, by_itself: bool = False) -> None:
        text = (
            f"Run {summary.run_id}: {summary.checked:,} checked, {summary.matched:,} matched,"
            f" {summary.opened:,} opened, {summary.cleared:,} cleared."
        )
        text = " ".join([text, *(summary.warnings if by_itself else ())])  # the summary says them otherwise
        action = ("Summary…", lambda: self._show_summary(summary)) if by_itself else None
        self._desk.say(text, "warn" if summary.warnings else "ok", action=action)

    def _say_cancelled(self) -> None:
        self._desk.say("The run was cancelled; nothing was changed.", "dim")

    def _show_summary(self, summary: RunSummary) -> None:
        from opspilot_desktop.ui.dialogs.summary_dialog import SummaryDialog

        dialog = SummaryDialog(self._desk.theme, self._desk.icons, summary, parent=self._desk.window)
        dialog.showIssuesRequested.connect(self.showIssuesRequested)
        self._desk.open(dialog)


def _load_dialog() -> None:
    """In the worker rather than when it is shown: the window would stand still meanwhile."""
    importlib.import_module("opspilot_desktop.ui.dialogs.summary_dialog")
