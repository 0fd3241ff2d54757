"""The list of source profiles: exporting, importing, deleting one and putting it back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog
from shiboken6 import isValid

from opspilot_desktop import operations
from opspilot_desktop.domain.jobs import Changes, Handle
from opspilot_desktop.domain.text import visible
from opspilot_desktop.files.profile import Profile
from opspilot_desktop.files.profile_toml import load_profile
from opspilot_desktop.operations.workspace import Workspace
from opspilot_desktop.ui.desk import Desk
from opspilot_desktop.ui.runner import Lane

if TYPE_CHECKING:
    from opspilot_desktop.operations.profiles import ProfileUse
    from opspilot_desktop.ui.dialogs.profiles_dialog import ProfilesDialog

_TOML = "Source profile (*.toml)"
_FOLDER = "profile-folder"


class ProfilesFlow(QObject):
    """One dialog at a time."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._desk = desk

    def open(self) -> None:
        """Shows the profiles of the workspace that is open."""
        workspace = self._desk.workspace

        def job(handle: Handle) -> list[ProfileUse]:
            return operations.profiles.list_uses(handle, workspace)

        self._desk.read(job, lambda uses: self._show(workspace, uses), key="profiles")

    def _show(self, workspace: Workspace, uses: list[ProfileUse]) -> None:
        from opspilot_desktop.ui.dialogs.profiles_dialog import ProfilesDialog

        dialog = ProfilesDialog(self._desk.theme, self._desk.icons, uses, parent=self._desk.window)
        removed: list[Profile] = []
        dialog.exportWanted.connect(lambda name: self._export(dialog, workspace, name))
        dialog.importWanted.connect(lambda: self._choose(dialog, workspace))
        dialog.removeWanted.connect(lambda name: self._remove(dialog, workspace, name, removed))
        dialog.restoreWanted.connect(lambda: self._restore(dialog, workspace, removed))
        self._desk.open(dialog)

    def _export(self, dialog: ProfilesDialog, workspace: Workspace, name: str) -> None:
        safe = "".join(letter if letter.isalnum() or letter in " -_." else "_" for letter in name)
        chooser = self._chooser(dialog, "Export the profile", f"{safe.strip(' .') or 'profile'}.toml")
        chooser.setObjectName("exportProfileDialog")
        chooser.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        chooser.setDefaultSuffix("toml")

        def export(file: str) -> None:
            path = self._remember(file)

            def job(handle: Handle) -> None:
                operations.profiles.export_profile(handle, workspace, name, path)

            def done(_nothing: None) -> None:
                self._say(dialog, f"The profile “{name}” is saved as {path.name}.")

            self._desk.read(job, done)

        chooser.fileSelected.connect(export)
        self._desk.open(chooser)

    def _choose(self, dialog: ProfilesDialog, workspace: Workspace) -> None:
        chooser = self._chooser(dialog, "Import a profile", "")
        chooser.setObjectName("importProfileDialog")
        chooser.setFileMode(QFileDialog.FileMode.ExistingFile)
        chooser.setLabelText(QFileDialog.DialogLabel.Accept, "Import")
        chooser.fileSelected.connect(lambda file: self._load(dialog, workspace, self._remember(file)))
        self._desk.open(chooser)

    def _load(self, dialog: ProfilesDialog, workspace: Workspace, path: Path) -> None:
        def job(handle: Handle) -> tuple[str, set[str]]:
            kept = operations.profiles.list_profiles(handle, workspace)
            return load_profile(path).name, {each.name for each in kept}

        def done(found: tuple[str, set[str]]) -> None:
            name, names = found
            if name not in names:
                self._import(dialog, workspace, path)
            elif isValid(dialog):
                self._ask_replace(dialog, name, lambda: self._import(dialog, workspace, path))

        self._desk.read(job, done)

    def _ask_replace(self, dialog: ProfilesDialog, name: str, agreed: Callable[[], None]) -> None:
        from opspilot_desktop.ui.dialogs.confirm_dialog import ConfirmDialog

        question = f"A profile “{visible(name)}” is kept here already; it is replaced by the one in the file."
        ask = ConfirmDialog(
            self._desk.theme, self._desk.icons, "Replace the profile?", question, "Replace it", parent=dialog
        )
        ask.accepted.connect(agreed)
        self._desk.open(ask)

    def _import(self, dialog: ProfilesDialog, workspace: Workspace, path: Path) -> None:
        def job(handle: Handle) -> Profile:
            return operations.profiles.import_profile(handle, workspace, path)

        def done(profile: Profile) -> None:
            self._say(dialog, f"The profile “{profile.name}” is kept.")
            self._show_anew(dialog, workspace, profile.name)

        self._desk.write("Keeping a profile", job, done)

    def _remove(
        self, dialog: ProfilesDialog, workspace: Workspace, name: str, removed: list[Profile]
    ) -> None:
        def job(handle: Handle) -> Profile:
            profile = operations.profiles.read_profile(handle, workspace, name)
            operations.profiles.remove_profile(handle, workspace, name)
            return profile

        def done(profile: Profile) -> None:
            removed[:] = [profile]
            if isValid(dialog):
                dialog.say(f"The profile “{name}” is deleted.", restorable=True)
            self._show_anew(dialog, workspace, "")

        self._desk.write(f"Deleting the profile {visible(name)}", job, done)

    def _restore(self, dialog: ProfilesDialog, workspace: Workspace, removed: list[Profile]) -> None:
        if not removed:
            return
        profile = removed.pop()

        def job(handle: Handle) -> Changes:
            return operations.profiles.keep_profile(handle, workspace, profile)

        def done(_changes: Changes) -> None:
            self._say(dialog, f"The profile “{profile.name}” is kept again.")
            self._show_anew(dialog, workspace, profile.name)

        self._desk.write(f"Keeping the profile {visible(profile.name)}", job, done)

    def _show_anew(self, dialog: ProfilesDialog, workspace: Workspace, selected: str) -> None:
        def job(handle: Handle) -> list[ProfileUse]:
            return operations.profiles.list_uses(handle, workspace)

        if isValid(dialog):
            self._desk.runner.run(
                Lane.READ,
                job,
                key="profiles",
                owner=dialog,
                on_done=lambda uses: dialog.show_profiles(uses, selected),
                on_error=self._desk.show_error,
            )

    @staticmethod
    def _say(dialog: ProfilesDialog, sentence: str) -> None:
        if isValid(dialog):
            dialog.say(sentence)

    def _chooser(self, dialog: ProfilesDialog, title: str, name: str) -> QFileDialog:
        folder = Path(self._desk.settings.get(_FOLDER, str(Path.home())))
        chooser = QFileDialog(dialog, title, str(folder), _TOML)
        if name:
            chooser.selectFile(str(folder / name))
        return chooser

    def _remember(self, file: str) -> Path:
        path = Path(file)
        self._desk.settings.set(_FOLDER, str(path.parent))
        return path
