"""The settings dialog, and where its choices go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from opspilot_desktop.copilot.keychain import Keychain, Where
from opspilot_desktop.domain.errors import KnownError
from opspilot_desktop.domain.jobs import Handle
from opspilot_desktop.ui.desk import Desk
from opspilot_desktop.ui.runner import Lane

if TYPE_CHECKING:
    from opspilot_desktop.ui.dialogs.settings_dialog import SettingsChoice, SettingsDialog


class SettingsFlow(QObject):
    """What is set here is the user's own; the rules' settings belong to the workspace."""

    keyChanged = Signal()
    modelChanged = Signal(str)

    def __init__(self, desk: Desk, keychain: Keychain) -> None:
        super().__init__(desk)
        self._desk = desk
        self._keychain = keychain

    def open(self) -> None:
        """Reads what is set now, then shows the dialog."""

        def job(_handle: Handle) -> Where | None:
            return self._keychain.where()

        self._desk.read(job, self._show, key="settings")

    def _show(self, where: Where | None) -> None:
        from opspilot_desktop.ui.dialogs.settings_dialog import SettingsDialog

        dialog = SettingsDialog(
            self._desk.theme,
            self._desk.icons,
            mode=self._desk.theme.mode,
            model=self._desk.settings.model,
            reconcile_after_import=self._desk.settings.reconcile_after_import,
            where=where,
            parent=self._desk.window,
        )
        dialog.saved.connect(self._save)
        dialog.keyEntered.connect(lambda key: self._change_key(dialog, key))
        dialog.keyForgotten.connect(lambda: self._change_key(dialog, None))
        self._desk.open(dialog)

    def _save(self, choice: SettingsChoice) -> None:
        settings = self._desk.settings
        settings.theme = choice.mode
        self._desk.theme.set_mode(choice.mode)
        if choice.model != settings.model:
            settings.model = choice.model
            self.modelChanged.emit(choice.model)
        settings.reconcile_after_import = choice.reconcile_after_import
        settings.save()

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
