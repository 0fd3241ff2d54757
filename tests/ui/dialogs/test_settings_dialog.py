from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QLineEdit, QMainWindow
from pytestqt.qtbot import QtBot

from opspilot_desktop.copilot.keychain import Where
from opspilot_desktop.copilot.models import MODELS
from opspilot_desktop.ui.dialogs.settings_dialog import SettingsChoice, SettingsDialog
from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.theme import Theme

KEY = "sk-ant-" + "x" * 20


@pytest.fixture
def dialog(theme: Theme, icons: Icons, desk_window: QMainWindow, qtbot: QtBot) -> Iterator[SettingsDialog]:
    dialog = SettingsDialog(
        theme, icons, mode="light", model="", reconcile_after_import=True, where=None, parent=desk_window
    )
    dialog.open()
    qtbot.waitUntil(dialog.modes["light"].hasFocus)
    yield dialog
    dialog.close()


def test_it_shows_what_is_set(dialog: SettingsDialog) -> None:
    assert dialog.modes["light"].isChecked()
    assert dialog.model.currentText() == MODELS[0].label
    assert dialog.after_import.isChecked()
    assert dialog.primary.isEnabled()


def test_save_gives_back_what_was_chosen(dialog: SettingsDialog, qtbot: QtBot) -> None:
    dark = dialog.modes["dark"]
    qtbot.mouseClick(dark, Qt.MouseButton.LeftButton, pos=dark.rect().center())
    for _ in range(2):
        qtbot.keyClick(dialog.model, Qt.Key.Key_Down)
    qtbot.mouseClick(dialog.after_import, Qt.MouseButton.LeftButton, pos=QPoint(8, 12))
    with qtbot.waitSignal(dialog.saved) as saved:
        qtbot.keyClick(dialog.after_import, Qt.Key.Key_Return)
    assert saved.args == [SettingsChoice("dark", MODELS[2].id, reconcile_after_import=False)]
    assert not dialog.isVisible()


def test_saving_without_a_change_gives_what_was_set(dialog: SettingsDialog, qtbot: QtBot) -> None:
    with qtbot.waitSignal(dialog.saved) as saved:
        qtbot.mouseClick(dialog.primary, Qt.MouseButton.LeftButton)
    assert saved.args == [SettingsChoice("light", MODELS[0].id, reconcile_after_import=True)]


def test_a_key_is_hidden_checked_and_handed_over_at_once(dialog: SettingsDialog, qtbot: QtBot) -> None:
    assert dialog.key.echoMode() == QLineEdit.EchoMode.Password
    assert not dialog.save_key.isEnabled()
    qtbot.keyClicks(dialog.key, "two words")
    assert not dialog.save_key.isEnabled()
    dialog.key.clear()
    qtbot.keyClicks(dialog.key, KEY)
    with qtbot.waitSignal(dialog.keyEntered) as entered:
        qtbot.mouseClick(dialog.save_key, Qt.MouseButton.LeftButton)
    assert entered.args == [KEY]
    assert not dialog.save_key.isEnabled()
    assert not dialog.key.isEnabled()
    dialog.set_key_state(Where.KEYCHAIN)
    assert dialog.key.text() == ""
    assert dialog.key.isEnabled()
    assert "keychain" in dialog.kept.text()
    assert dialog.forget_key.isEnabled()
    assert dialog.isVisible()


def test_a_key_can_be_forgotten(dialog: SettingsDialog, qtbot: QtBot) -> None:
    assert not dialog.forget_key.isEnabled()
    dialog.set_key_state(Where.SESSION)
    assert "until the program ends" in dialog.kept.text()
    with qtbot.waitSignal(dialog.keyForgotten):
        qtbot.mouseClick(dialog.forget_key, Qt.MouseButton.LeftButton)


def test_a_key_from_the_environment_is_not_ours_to_forget(dialog: SettingsDialog) -> None:
    dialog.set_key_state(Where.ENVIRONMENT)
    assert "ANTHROPIC_API_KEY" in dialog.kept.text()
    assert not dialog.forget_key.isEnabled()


def test_what_went_wrong_with_a_key_is_said_and_the_key_stays(dialog: SettingsDialog, qtbot: QtBot) -> None:
    dialog.set_key_state(Where.KEYCHAIN)
    qtbot.keyClicks(dialog.key, KEY)
    qtbot.mouseClick(dialog.save_key, Qt.MouseButton.LeftButton)
    dialog.set_key_state(None, "The keychain did not take the key.")
    assert dialog.key_field.error == "The keychain did not take the key."
    assert dialog.key.text() == KEY
    assert dialog.save_key.isEnabled()
    assert dialog.forget_key.isEnabled()
