"""The settings dialog, and where its choices go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from opspilot_desktop import operations
from opspilot_desktop.copilot.keychain import Keychain, Where
from opspilot_desktop.domain.errors import KnownError
from opspilot_desktop.domain.jobs import Changes, Handle
from opspilot_desktop.recon.rule_settings import RuleSettings
from opspilot_desktop.ui.desk import Desk
from opspilot_desktop.ui.runner import Lane

if TYPE_CHECKING:
    from opspilot_desktop.ui.dialogs.settings_dialog import SettingsChoice, SettingsDialog


class SettingsFlow(QObject):
    """Theme and model are the user's own; the rules' settings belong to the workspace."""

    keyChanged = Signal()
    modelChanged = Signal(str)

    def __init__(self, desk: Desk, keychain: Keychain) -> None:
        super().__init__(desk)
        self._desk = desk
        self._keychain = keychain

    def open(self) -> None:
        """Reads what is set now, then shows the dialog."""
        workspace = self._desk.workspace

        def job(_handle: Handle) -> tuple[RuleSettings, Where | None]:
            return operations.reconciling.rule_settings(workspace), self._keychain.where()

        self._desk.read(job, self._show, key="settings")

    def _show(self, found: tuple[RuleSettings, Where | None]) -> None:
        rules, where = found
        from opspilot_desktop.ui.dialogs.settings_dialog import SettingsDialog

        dialog = SettingsDialog(
            self._desk.theme,
            self._desk.icons,
            mode=self._desk.theme.mode,
            model=self._desk.settings.model,
            rules=rules,
            where=where,
            parent=self._desk.window,
        )
        dialog.saved.connect(lambda choice: self._save(choice, rules))
        dialog.keyEntered.connect(lambda key: self._change_key(dialog, key))
        dialog.keyForgotten.connect(lambda: self._change_key(dialog, None))
        self._desk.open(dialog)

    def _save(self, choice: SettingsChoice, before: RuleSettings) -> None:
        settings = self._desk.settings
        settings.theme = choice.mode
        self._desk.theme.set_mode(choice.mode)
        if choice.model != settings.model:
            settings.model = choice.model
            self.modelChanged.emit(choice.model)
        settings.save()
        rules, workspace = choice.rules, self._desk.workspace
        if rules is not None and rules != before:

            def job(handle: Handle) -> Changes:
                return operations.reconciling.change_rule_settings(workspace, rules, handle=handle)

            self._desk.write(
                "Saving the settings",
                job,
                lambda _done: self._desk.say("Settings saved; the next run checks everything."),
            )

    def _change_key(self, dialog: SettingsDialog, key: str | None) -> None:
        """The keychain may ask the user something, so it is never asked in the window's own thread."""

        def job(_handle: Handle) -> Where | None:
            if key is None:
                self._keychain.forget()
            else:
                self._keychain.set(key)
            return self._keychain.where()

        def done(where: Where | None) -> None:
            dialog.set_key_state(where)
            self.keyChanged.emit()

        def failed(error: KnownError) -> None:
            dialog.set_key_state(None, error.message)

        self._desk.runner.run(Lane.NETWORK, job, on_done=done, on_error=failed, owner=dialog)
