"""Running the engine, asked for or by itself after an import, and saying what came of it."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
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
        self._stored: list[ImportResult] = []
        imports.finished.connect(self._note)
        imports.emptied.connect(self._run_by_itself)
        desk.workspaceChanged.connect(self._forget)

    def start(self, *, full: bool = False) -> None:
        """Checks what changed, or everything."""

        def done(result: Reconciled) -> None:
            text, tone = _in_short(result.summary)
            self._desk.say(text, tone)
            self._show_summary(result.summary)

        self._run(done, full=full)

    def start_quietly(self, stored: Sequence[ImportResult] = ()) -> None:
        """Checks what changed without a dialog at its end: the status bar says what came of it.

        What was said of the files that were `stored` is said again, since the run took it away.
        """

        def done(result: Reconciled) -> None:
            summary = result.summary
            files = [each.message for each in stored]
            if len(files) > 1:
                files = [f"{len(files):,} files stored."]
            warnings = [*(each for file in stored for each in file.warnings), *summary.warnings]
            text, tone = _in_short(summary)
            self._desk.say(
                " ".join([*files, text, *warnings]),
                "warn" if warnings else tone,
                action=("Summary…", lambda: self._show_summary(summary)),
            )

        self._run(done)

    def _run(self, done: Callable[[Reconciled], None], *, full: bool = False) -> None:
        workspace = self._desk.workspace

        def job(handle: Handle) -> Reconciled:
            # Loaded here rather than when it is shown: the window would stand still meanwhile.
            importlib.import_module("opspilot_desktop.ui.dialogs.summary_dialog")
            return operations.reconciling.reconcile(handle, workspace, full=full)

        self._desk.runner.run(
            Lane.WRITE,
            job,
            title="Reconciling",
            on_done=done,
            on_error=self._desk.show_error,
            on_cancelled=self._say_cancelled,
        )

    def _note(self, result: ImportResult) -> None:
        """Remembers what was stored, until the last file of the queue is through."""
        self._stored.append(result)

    def _forget(self) -> None:
        self._stored = []

    def _run_by_itself(self) -> None:
        """Runs after the last of the files, where they changed something and there is something to match."""
        stored, workspace = self._stored, self._desk.workspace
        self._forget()
        changed = any(result.imported or result.updated for result in stored)
        if not changed or not self._desk.settings.reconcile_after_import:
            return

        def ready(is_ready: bool) -> None:
            if is_ready and workspace is self._desk.workspace:
                self.start_quietly(stored)

        self._desk.read(lambda handle: operations.reconciling.is_ready(handle, workspace), ready)

    def _say_cancelled(self) -> None:
        self._desk.say("The run was cancelled; nothing was changed.", "dim")

    def _show_summary(self, summary: RunSummary) -> None:
        from opspilot_desktop.ui.dialogs.summary_dialog import SummaryDialog

        dialog = SummaryDialog(self._desk.theme, self._desk.icons, summary, parent=self._desk.window)
        dialog.showIssuesRequested.connect(self.showIssuesRequested)
        self._desk.open(dialog)


def _in_short(summary: RunSummary) -> tuple[str, str]:
    """The run in a sentence, and its tone."""
    reopened = f" {summary.reopened:,} reopened," if summary.reopened else ""
    text = (
        f"Run {summary.run_id}: {summary.checked:,} checked, {summary.matched:,} matched,"
        f" {summary.opened:,} opened,{reopened} {summary.cleared:,} cleared."
    )
    return text, "warn" if summary.warnings else "ok"
