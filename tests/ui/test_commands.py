"""The menus as a person at the keyboard reads them: each letter opens one entry, and says which."""

from __future__ import annotations

from collections import Counter

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from opspilot_desktop.domain.fields import Kind
from opspilot_desktop.ui.main_window import MainWindow
from opspilot_desktop.ui.places import TABS
from tests.helpers.window import press, settle

CTRL = Qt.KeyboardModifier.ControlModifier


def shared_letters(menu: QMenu) -> list[str]:
    texts = [action.text() for action in menu.actions() if not action.isSeparator()]
    letters = Counter(text[text.index("&") + 1].lower() for text in texts)  # each has one
    return [letter for letter, count in letters.items() if count > 1]


def test_no_letter_stands_for_two_entries_of_a_menu(qtbot: QtBot, window: MainWindow) -> None:
    for title in window.menuBar().actions():
        menu = title.menu()
        assert isinstance(menu, QMenu)
        assert not shared_letters(menu), title.text()
    for kind in TABS:
        menu = window.open_context_menu(kind, QPoint(10, 10))
        assert not shared_letters(menu), kind
        menu.close()


def test_undoing_an_import_stands_with_the_imports(qtbot: QtBot, window: MainWindow) -> None:
    (file,) = [title.menu() for title in window.menuBar().actions() if title.text() == "&File"]
    assert isinstance(file, QMenu)
    names = [action.objectName() for action in file.actions()]
    assert names[:4] == ["importTrades", "importLedger", "undoImport", ""]


def test_on_an_import_the_commands_for_other_rows_say_what_to_select(
    qtbot: QtBot, window: MainWindow
) -> None:
    press(qtbot, Qt.Key.Key_4, CTRL)
    settle(qtbot, window)
    window.tables[Kind.IMPORTS].view.select_row(0)
    settle(qtbot, window)
    for name, reason in (
        ("linkEntry", "Select an entry without a trade first"),
        ("linkTrade", "Select a trade without entries first"),
        ("unlinkEntry", "Select an entry that is linked by hand first"),
        ("resolveIssue", "Select an issue first"),
        ("showCounterpart", "Select a trade or an entry first"),
    ):
        assert not window.actions_[name].isEnabled()
        assert window.actions_[name].toolTip() == reason
