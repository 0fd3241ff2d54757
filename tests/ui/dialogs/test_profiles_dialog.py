from __future__ import annotations

from dataclasses import dataclass

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QMainWindow
from pytestqt.qtbot import QtBot

from opspilot_desktop.domain.clock import local_minute
from opspilot_desktop.ui.dialogs.profiles_dialog import ProfilesDialog
from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.theme import Theme

AT = "2026-11-20T09:31:00.000Z"


@dataclass(frozen=True)
class Saved:
    name: str
    kind: str = "trades"
    who: str = "j.meyer"
    at: str = AT


@dataclass(frozen=True)
class Use:
    saved: Saved
    columns: int = 9
    last_used: str = ""


USES = (Use(Saved("Bank"), last_used=AT), Use(Saved("<b>Other</b>", "ledger"), 0))


@pytest.fixture
def dialog(theme: Theme, icons: Icons, desk_window: QMainWindow) -> ProfilesDialog:
    dialog = ProfilesDialog(theme, icons, USES, parent=desk_window)
    dialog.open()
    return dialog


def test_what_is_known_of_each_is_listed(dialog: ProfilesDialog) -> None:
    assert [tuple(row) for row in dialog.table.list_model.rows] == [
        ("Bank", "Trades", 9, local_minute(AT), "j.meyer", local_minute(AT)),
        ("<b>Other</b>", "Ledger", "–", local_minute(AT), "j.meyer", "–"),
    ]
    assert dialog.selected == "Bank"
    assert not dialog.note.isVisible()
    dialog.close()


def test_what_is_asked_for_names_the_selected_one(dialog: ProfilesDialog, qtbot: QtBot) -> None:
    exported, removed = QSignalSpy(dialog.exportWanted), QSignalSpy(dialog.removeWanted)
    dialog.table.select_row(1)
    qtbot.keyClick(dialog.table, Qt.Key.Key_Return)
    qtbot.mouseClick(dialog.remove, Qt.MouseButton.LeftButton)
    assert (exported.at(0), removed.at(0)) == (["<b>Other</b>"], ["<b>Other</b>"])
    assert dialog.isVisible()
    dialog.close()


def test_without_any_it_says_how_to_get_one(dialog: ProfilesDialog) -> None:
    dialog.show_profiles(())
    assert dialog.note.isVisible()
    assert not dialog.primary.isEnabled()
    assert not dialog.remove.isEnabled()
    assert dialog.selected == ""
    dialog.show_profiles(USES, "<b>Other</b>")
    assert dialog.selected == "<b>Other</b>"
    dialog.close()
