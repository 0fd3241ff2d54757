"""Kept profiles are exported, imported, deleted and put back in the window."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from opspilot_desktop.domain.jobs import Handle
from opspilot_desktop.operations.profiles import import_profile, list_profiles, read_profile
from opspilot_desktop.ui.dialogs.confirm_dialog import ConfirmDialog
from opspilot_desktop.ui.dialogs.error_dialog import MessageDialog
from opspilot_desktop.ui.dialogs.profiles_dialog import ProfilesDialog
from opspilot_desktop.ui.main_window import MainWindow
from tests.helpers.opening import open_window
from tests.helpers.window import choose_file, click, press, settle, shown, wait_for
from tests.helpers.wizard_window import SHAPES, open_dialogs


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> Iterator[MainWindow]:
    window = open_window(qtbot, str(tmp_path / "desk.opspilot"))
    for name in ("custodian", "swissquote"):
        import_profile(Handle(), window.desk.workspace, SHAPES / f"{name}.toml")
    yield window
    window.close()


@pytest.fixture
def dialog(qtbot: QtBot, window: MainWindow) -> ProfilesDialog:
    window.actions_["sourceProfiles"].trigger()
    return wait_for(qtbot, ProfilesDialog)


def names(window: MainWindow) -> list[str]:
    return [each.name for each in list_profiles(Handle(), window.desk.workspace)]


def test_one_that_was_deleted_is_put_back(qtbot: QtBot, window: MainWindow, dialog: ProfilesDialog) -> None:
    before = read_profile(Handle(), window.desk.workspace, "Custodian")
    click(qtbot, dialog.remove)
    settle(qtbot, window)
    assert names(window) == ["Swissquote"]
    assert dialog.banner.text == "The profile “Custodian” is deleted."
    restore = dialog.banner.findChild(QPushButton, "profilesRestore")
    assert isinstance(restore, QPushButton)
    click(qtbot, restore)
    settle(qtbot, window)
    assert read_profile(Handle(), window.desk.workspace, "Custodian") == before
    assert dialog.selected == "Custodian"
    press(qtbot, Qt.Key.Key_Escape)
    settle(qtbot, window)
    assert open_dialogs() == []


def test_a_profile_goes_to_a_file_and_back(
    qtbot: QtBot, window: MainWindow, dialog: ProfilesDialog, tmp_path: Path
) -> None:
    out = tmp_path / "custodian.toml"
    click(qtbot, dialog.primary)
    choose_file(qtbot, "exportProfileDialog", out)
    settle(qtbot, window)
    assert dialog.banner.text == "The profile “Custodian” is saved as custodian.toml."
    click(qtbot, dialog.remove)
    settle(qtbot, window)
    click(qtbot, dialog.bring)
    choose_file(qtbot, "importProfileDialog", out)
    settle(qtbot, window)
    assert names(window) == ["Custodian", "Swissquote"]
    assert dialog.banner.text == "The profile “Custodian” is kept."
    click(qtbot, dialog.bring)
    choose_file(qtbot, "importProfileDialog", out)
    ask = wait_for(qtbot, ConfirmDialog)
    assert "A profile “Custodian” is kept here already" in ask.accessibleDescription()
    click(qtbot, ask.primary)
    settle(qtbot, window)
    assert names(window) == ["Custodian", "Swissquote"]
    dialog.close()


def test_a_file_that_is_no_profile_is_refused(
    qtbot: QtBot, window: MainWindow, dialog: ProfilesDialog, tmp_path: Path
) -> None:
    wrong = tmp_path / "wrong.toml"
    wrong.write_text("[columns\n")
    click(qtbot, dialog.bring)
    choose_file(qtbot, "importProfileDialog", wrong)
    message = wait_for(qtbot, MessageDialog)
    assert "is not valid TOML" in message.accessibleDescription()
    click(qtbot, message.primary)
    settle(qtbot, window)
    assert shown(ProfilesDialog) is dialog
    assert names(window) == ["Custodian", "Swissquote"]
    dialog.close()
