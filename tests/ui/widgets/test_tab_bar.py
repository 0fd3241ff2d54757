from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from opspilot_desktop.ui.measures import TAB
from opspilot_desktop.ui.roles import LIGHT
from opspilot_desktop.ui.theme import Theme
from opspilot_desktop.ui.widgets.tab_bar import TabBar
from tests.helpers.pixels import colors


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    window = QWidget()
    qtbot.addWidget(window)
    return window


@pytest.fixture
def bar(theme: Theme, window: QWidget) -> TabBar:
    layout = QVBoxLayout(window)
    bar = TabBar(theme, window)
    for text in ("Trades", "Ledger", "Issues"):
        bar.addTab(text)
    layout.addWidget(QLineEdit())
    layout.addWidget(bar)
    window.resize(600, 120)
    window.show()
    window.activateWindow()
    return bar


def test_a_count_makes_room_for_itself(bar: TabBar) -> None:
    before = bar.tabRect(1).width()
    second = bar.tabRect(2).left()
    bar.set_count(1, "51,877")
    assert bar.tabRect(1).width() > before + 30
    assert bar.tabRect(2).left() > second + 30
    assert bar.count_of(1) == "51,877"
    assert bar.accessibleTabName(1) == "Ledger, 51,877"
    bar.set_count(1, "")
    assert bar.tabRect(1).width() == before
    assert bar.accessibleTabName(1) == ""


def test_it_is_as_high_as_the_look_has_it(bar: TabBar) -> None:
    assert bar.height() == TAB
    assert {bar.tabRect(index).height() for index in range(3)} == {TAB}


def test_the_current_tab_is_underlined(bar: TabBar, qtbot: QtBot) -> None:
    def underlined() -> list[bool]:
        image = bar.grab().toImage()
        return [
            image.pixelColor(bar.tabRect(index).center().x(), bar.height() - 2).name() == LIGHT.accent.lower()
            for index in range(3)
        ]

    assert underlined() == [True, False, False]
    qtbot.mouseClick(bar, Qt.MouseButton.LeftButton, pos=bar.tabRect(2).center())
    assert underlined() == [False, False, True]


def test_arrow_keys_change_the_tab_and_focus_is_seen(bar: TabBar, qtbot: QtBot) -> None:
    field = bar.window().findChild(QLineEdit)
    assert field is not None
    field.setFocus()
    qtbot.waitUntil(field.hasFocus)
    before = colors(bar)[LIGHT.focus.lower()]
    bar.setFocus()
    qtbot.waitUntil(bar.hasFocus)
    assert colors(bar)[LIGHT.focus.lower()] > before + 100
    qtbot.keyClick(bar, Qt.Key.Key_Right)
    assert bar.currentIndex() == 1


def test_a_click_leaves_the_keyboard_where_it_was(bar: TabBar, qtbot: QtBot) -> None:
    field = bar.window().findChild(QLineEdit)
    assert field is not None
    field.setFocus()
    qtbot.waitUntil(field.hasFocus)
    qtbot.mouseClick(bar, Qt.MouseButton.LeftButton, pos=bar.tabRect(1).center())
    assert field.hasFocus()
