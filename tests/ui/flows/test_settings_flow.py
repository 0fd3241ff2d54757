"""The copilot's key where the desktop has no keychain, as on many servers and thin clients."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backends import fail, null
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from opspilot_desktop.domain.fields import Kind
from opspilot_desktop.ui.dialogs.settings_dialog import SettingsDialog
from opspilot_desktop.ui.main_window import MainWindow
from tests.helpers.fake_claude import KEY, FakeClaude, serving
from tests.helpers.opening import open_window
from tests.helpers.window import click, press, settle, shown, type_text, wait_for, wait_until

KEPT = "A key is kept until the program ends, because there is no keychain to keep it in."
CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def fake() -> Iterator[FakeClaude]:
    with serving() as fake:
        yield fake


@pytest.fixture(params=[fail.Keyring, null.Keyring])
def no_keychain(request: pytest.FixtureRequest) -> Iterator[None]:
    before = keyring.get_keyring()
    keyring.set_keyring(request.param())
    yield
    keyring.set_keyring(before)


def open_settings(qtbot: QtBot) -> SettingsDialog:
    press(qtbot, Qt.Key.Key_Comma, CTRL)
    return wait_for(qtbot, SettingsDialog)


def close_settings(qtbot: QtBot, window: MainWindow) -> None:
    press(qtbot, Qt.Key.Key_Escape)
    wait_until(qtbot, lambda: shown(SettingsDialog) is None)
    settle(qtbot, window)


def files_below(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.mark.usefixtures("no_keychain")
def test_without_a_keychain_a_key_is_kept_for_the_session_and_works(
    qtbot: QtBot, tmp_path: Path, fake: FakeClaude, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPSPILOT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("ANTHROPIC_BASE_URL", fake.url)
    monkeypatch.delenv("OPSPILOT_OFFLINE")
    target = str(tmp_path / "sample.opspilot")
    window = open_window(qtbot, target, sample=True)
    dialog = open_settings(qtbot)
    assert dialog.kept.text().startswith("No key")
    dialog.key.setFocus()
    type_text(qtbot, KEY)
    click(qtbot, dialog.save_key)
    wait_until(qtbot, lambda: dialog.kept.text() == KEPT)
    assert dialog.key.text() == ""
    close_settings(qtbot, window)

    fake.reply("The fee has the wrong sign.")
    window.tables[Kind.ISSUES].view.select_row(0)
    settle(qtbot, window)
    press(qtbot, Qt.Key.Key_E, CTRL)
    wait_until(qtbot, lambda: "The fee has the wrong sign." in window.dock.transcript.toPlainText())
    assert len(fake.requests) == 1
    assert not fake.violations

    again = open_settings(qtbot)
    assert again.kept.text() == KEPT
    click(qtbot, again.forget_key)
    wait_until(qtbot, lambda: again.kept.text().startswith("No key"))
    again.key.setFocus()
    type_text(qtbot, KEY)
    click(qtbot, again.save_key)
    wait_until(qtbot, lambda: again.kept.text() == KEPT)
    close_settings(qtbot, window)
    window.close()

    assert not [path for path in files_below(tmp_path) if KEY.encode() in path.read_bytes()]
    window = open_window(qtbot, target)
    dialog = open_settings(qtbot)
    assert dialog.kept.text().startswith("No key")
    close_settings(qtbot, window)
    window.close()
