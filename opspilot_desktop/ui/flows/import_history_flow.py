"""Undoing an import: what it would do is looked at and shown before anything is done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from opspilot_desktop import operations
from opspilot_desktop.domain.clock import local_minute
from opspilot_desktop.domain.jobs import Handle
from opspilot_desktop.domain.text import visible
from opspilot_desktop.operations.workspace import Workspace
from opspilot_desktop.ui.desk import Desk
from opspilot_desktop.ui.runner import Lane
from opspilot_desktop.ui.words import rows

from .reconcile_flow import ReconcileFlow

if TYPE_CHECKING:
    from opspilot_desktop.operations.import_history import Undone
    from opspilot_desktop.store.import_undo import Undoing


class ImportHistoryFlow(QObject):
    """One import at a time, after a question, in the write lane. The issues follow as after an import."""

    def __init__(self, desk: Desk, runs: ReconcileFlow) -> None:
        super().__init__(desk)
        self._desk = desk
        self._runs = runs

    def undo(self, import_id: int) -> None:
        """Asks, saying what goes and what comes back, then undoes the import."""
        workspace = self._desk.workspace

        def job(handle: Handle) -> Undoing:
            return operations.import_history.look_at_undoing(handle, workspace, import_id)

        self._desk.read(job, lambda undoing: self._ask(workspace, undoing), key="undo import")

    def _ask(self, workspace: Workspace, undoing: Undoing) -> None:
        from opspilot_desktop.ui.dialogs.confirm_dialog import ConfirmDialog

        dialog = ConfirmDialog(
            self._desk.theme,
            self._desk.icons,
            f"Undo import {undoing.import_id}?",
            _told(undoing),
            "Undo the import",
            parent=self._desk.window,
        )
        dialog.accepted.connect(lambda: self._undo(workspace, undoing.import_id))
        self._desk.open(dialog)

    def _undo(self, workspace: Workspace, import_id: int) -> None:
        def done(undone: Undone) -> None:
            if self._desk.settings.reconcile_after_import:
                self._desk.say(visible(undone.sentence))
                self._runs.start_quietly()
                return
            self._desk.say(
                f"{visible(undone.sentence)} Reconcile to bring the issues up to date.",
                action=("Reconcile now", self._runs.start),
            )

        self._desk.runner.run(
            Lane.WRITE,
            lambda handle: operations.import_history.undo_import(handle, workspace, import_id),
            title=f"Undoing import {import_id}",
            on_done=done,
            on_error=self._desk.show_error,
            on_cancelled=lambda: self._desk.say("Cancelled; the import stays as it was.", "dim"),
        )


def _told(undoing: Undoing) -> str:
    told = [f"{visible(undoing.file)}, imported by {undoing.who} on {local_minute(undoing.at)}."]
    if undoing.removed:
        told.append(f"{rows(undoing.removed).capitalize()} that it added will be removed.")
    if undoing.restored:
        told.append(f"{rows(undoing.restored).capitalize()} that it changed will get the old values back.")
    if not undoing.removed and not undoing.restored:
        told.append("It changed no row, so none changes now.")
    if undoing.worked_on:
        issues = "1 issue" if undoing.worked_on == 1 else f"{undoing.worked_on:,} issues"
        told.append(f"People have worked on {issues} about these rows; that work stays in the history.")
    told.append("The audit trail keeps both steps.")
    return " ".join(told)
