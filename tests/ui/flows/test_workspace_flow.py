"""Opening what is no workspace: the sentence fits what the person did, and the open one stays."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from opspilot_desktop.ui.dialogs.error_dialog import MessageDialog
from opspilot_desktop.ui.main_window import MainWindow
from tests.helpers.opening import open_window
from tests.helpers.window import choose_file, click, click_in_menu, press, settle, wait_for

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> Iterator[MainWindow]:
    window = open_window(qtbot, str(tmp_path / "mine.opspilot"))
    yield window
    window.close()


def refusal(qtbot: QtBot, window: MainWindow) -> tuple[str, str]:
    """The title and the sentence of the message; the workspace that was open still is."""
    message = wait_for(qtbot, MessageDialog)
    told = message.windowTitle(), message.sentence.text()
    click(qtbot, message.primary)
    settle(qtbot, window)
    assert window.desk.workspace.name == "mine"
    return told


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"trade_id,amount\nT1,5\n", "{} is not an OpsPilot workspace; choose another file."),
        (b"", "There is no workspace in {}, which is empty; choose another one, or make a new workspace."),
    ],
)
def test_a_file_that_is_no_workspace(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, content: bytes, sentence: str
) -> None:
    file = tmp_path / "other.db"
    file.write_bytes(content)
    press(qtbot, Qt.Key.Key_O, CTRL)
    choose_file(qtbot, "openWorkspaceDialog", file)
    assert refusal(qtbot, window) == ("other.db was not opened", sentence.format(file))
    assert file.read_bytes() == content


def test_a_recent_workspace_that_is_gone(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    gone = tmp_path / "gone.opspilot"
    window.desk.settings.remember_workspace(str(gone))
    menu = window.tool_bar.workspace.menu()
    assert isinstance(menu, QMenu)
    menu.popup(window.mapToGlobal(window.rect().center()))
    entry = next(action for action in menu.actions() if action.text() == "gone")
    click_in_menu(qtbot, menu, entry)
    assert refusal(qtbot, window) == (
        "gone.opspilot was not opened",
        f"There is no workspace at {gone}; choose another one, or make a new workspace.",
    )
    assert not gone.exists()
