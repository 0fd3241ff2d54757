"""The rules' dialog: what it shows is read in workers, and what was decided is kept as a new version."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from opspilot_desktop import operations
from opspilot_desktop.domain.errors import KnownError
from opspilot_desktop.domain.jobs import Changes, Handle
from opspilot_desktop.recon.rule_settings import RuleSettings
from opspilot_desktop.ui.desk import Desk
from opspilot_desktop.ui.runner import Lane

from .waiting import store_for

if TYPE_CHECKING:
    from opspilot_desktop.operations.rules import Choices, RulesNow, RulesPreview
    from opspilot_desktop.recon.advice import Advice
    from opspilot_desktop.store.rule_versions import RuleVersion
    from opspilot_desktop.ui.dialogs.rules.rules_dialog import RulesDialog

_DIALOGS = "opspilot_desktop.ui.dialogs.rules."
_SAVED = "Rules saved; the next run checks everything."


class RulesFlow(QObject):
    """One dialog at a time. `reconcile` is what runs the engine after a change, if the person wants it."""

    def __init__(self, desk: Desk, reconcile: Callable[[], None]) -> None:
        super().__init__(desk)
        self._desk = desk
        self._reconcile = reconcile

    def open(self) -> None:
        """Reads how the rules are set, then shows the dialog."""
        workspace = self._desk.workspace

        def job(handle: Handle) -> RulesNow:
            # Loaded here rather than when they are shown: the window would stand still meanwhile.
            importlib.import_module(_DIALOGS + "rules_dialog")
            return operations.rules.read_rules(handle, workspace)

        self._desk.read(job, self._show, key="rules")

    def _show(self, now: RulesNow) -> None:
        from opspilot_desktop.ui.dialogs.rules.rules_dialog import RulesDialog

        dialog = RulesDialog(self._desk.theme, self._desk.icons, now, parent=self._desk.window)
        dialog.previewWanted.connect(lambda settings: self._preview(dialog, settings))
        dialog.saveWanted.connect(lambda settings, base: self._save(dialog, settings, base))
        dialog.versionsWanted.connect(lambda: self._show_versions(dialog))
        self._desk.open(dialog)
        self._read_background(dialog, now.settings)
        dialog.look_again()

    def _read_background(self, dialog: RulesDialog, settings: RuleSettings) -> None:
        """What the data offer and speak for. Without it the dialog works all the same."""
        workspace, runner = self._desk.workspace, self._desk.runner

        def choices(handle: Handle) -> Choices:
            return operations.rules.read_choices(handle, workspace)

        def advice(handle: Handle) -> Mapping[str, Advice]:
            return operations.rules.read_advice(handle, workspace, settings)

        runner.run(
            Lane.READ, choices, owner=dialog, on_done=dialog.set_choices, on_error=self._desk.show_error
        )
        runner.run(Lane.READ, advice, owner=dialog, on_done=dialog.set_advice, on_error=self._desk.show_error)

    def _preview(self, dialog: RulesDialog, settings: RuleSettings) -> None:
        """Only the newest question is answered; an older one is interrupted."""
        workspace = self._desk.workspace

        def job(handle: Handle) -> RulesPreview:
            return operations.rules.preview_rules(handle, workspace, settings)

        self._desk.runner.run(
            Lane.READ,
            job,
            key="rules-preview",
            owner=dialog,
            on_done=dialog.show_preview,
            on_error=lambda error: dialog.preview.stop(error.message),
            on_progress=lambda _done, _total, text: dialog.preview.wait(f"{text}…"),
        )

    def _save(self, dialog: RulesDialog, settings: RuleSettings, base: RuleVersion | None) -> None:
        workspace = self._desk.workspace

        def job(handle: Handle) -> Changes:
            return operations.rules.save_rules(handle, workspace, settings, base)

        def refused(error: KnownError) -> None:
            if isinstance(error, operations.rules.SavedMeanwhile):
                dialog.refuse(error)
            else:
                dialog.stop_waiting()
                self._desk.show_error(error)

        store_for(
            self._desk,
            dialog,
            "Saving the rules",
            job,
            on_done=lambda _changes: self._desk.say(_SAVED, action=("Reconcile now", self._reconcile)),
            on_refused=refused,
        )

    def _show_versions(self, dialog: RulesDialog) -> None:
        workspace = self._desk.workspace

        def job(handle: Handle) -> list[RuleVersion]:
            importlib.import_module(_DIALOGS + "versions_dialog")
            return operations.rules.read_versions(handle, workspace)

        def show(versions: list[RuleVersion]) -> None:
            from opspilot_desktop.ui.dialogs.rules.versions_dialog import VersionsDialog

            chooser = VersionsDialog(self._desk.theme, self._desk.icons, versions, parent=dialog)
            chooser.loadWanted.connect(dialog.load)
            self._desk.open(chooser)

        self._desk.runner.run(
            Lane.READ, job, key="rule-versions", owner=dialog, on_done=show, on_error=self._desk.show_error
        )
