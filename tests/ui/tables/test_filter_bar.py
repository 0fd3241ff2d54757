from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QMenu, QPushButton
from pytestqt.qtbot import QtBot

from opspilot_desktop.domain.fields import ISSUES, LEDGER, Kind
from opspilot_desktop.domain.query import Operator, Term
from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.tables.filter_bar import DEBOUNCE_MS, FilterBar
from opspilot_desktop.ui.tables.quick_filters import NOT_CLOSED, field_is, offered_filters
from opspilot_desktop.ui.theme import Theme
from opspilot_desktop.ui.widgets.chips import Chip
from opspilot_desktop.ui.widgets.spinner import Spinner

LEFT = Qt.MouseButton.LeftButton
MINE = field_is(Kind.ISSUES, "assigned_to", "j.meyer")


def fill(menu: QMenu) -> None:
    menu.addAction("Severity")


@pytest.fixture
def bar(qtbot: QtBot, theme: Theme, icons: Icons) -> FilterBar:
    offered = offered_filters(Kind.ISSUES, "j.meyer")
    bar = FilterBar(theme, icons, ISSUES, offered, fill, object_name="issuesFilter")
    qtbot.addWidget(bar)
    bar.resize(1000, 40)
    bar.show()
    bar.activateWindow()
    bar.edit.setFocus()
    qtbot.waitUntil(bar.edit.hasFocus)
    return bar


def chip_of(bar: FilterBar, value: str) -> Chip:
    found = [chip for chip in bar.findChildren(Chip) if value in chip.accessibleName() and chip.isVisible()]
    assert len(found) == 1
    return found[0]


def open_menu() -> QMenu:
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    return menu


def test_it_has_the_names_that_others_rely_on(bar: FilterBar) -> None:
    assert bar.edit.objectName() == "issuesFilter"
    assert bar.edit.accessibleName() == "Filter issues"
    assert bar.edit.placeholderText() == "Filter: text, field:value, amount>…"
    assert 'counterparty:"Morgan Stanley"' in bar.edit.toolTip()
    assert "difference>1000" in bar.edit.toolTip()


def test_typing_is_told_once_a_moment_later(qtbot: QtBot, bar: FilterBar) -> None:
    changes: list[str] = []
    bar.changed.connect(lambda: changes.append(bar.text))
    qtbot.keyClicks(bar.edit, "asml -status:open")
    assert changes == []
    qtbot.waitUntil(lambda: bool(changes), timeout=DEBOUNCE_MS * 20)
    assert changes == ["asml -status:open"]
    assert bar.terms() == (Term("asml"), Term("open", "status", Operator.CONTAINS, negated=True))


def test_esc_empties_it_and_then_leaves_it(qtbot: QtBot, bar: FilterBar) -> None:
    left: list[int] = []
    bar.left.connect(lambda: left.append(1))
    qtbot.keyClicks(bar.edit, "asml")
    qtbot.keyClick(bar.edit, Qt.Key.Key_Escape)
    assert (bar.text, left) == ("", [])
    qtbot.keyClick(bar.edit, Qt.Key.Key_Escape)
    assert left == [1]


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Down])
def test_enter_and_down_apply_at_once_and_leave(qtbot: QtBot, bar: FilterBar, key: Qt.Key) -> None:
    told: list[str] = []
    bar.changed.connect(lambda: told.append(bar.text))
    bar.left.connect(lambda: told.append("left"))
    qtbot.keyClicks(bar.edit, "asml")
    qtbot.keyClick(bar.edit, key)
    assert told == ["asml", "left"]
    qtbot.wait(DEBOUNCE_MS + 50)
    assert told == ["asml", "left"]


def test_the_cross_in_the_box_is_there_while_there_is_text(qtbot: QtBot, bar: FilterBar) -> None:
    clear = next(action for action in bar.edit.actions() if action.text() == "Clear the filter")
    assert not clear.isVisible()
    qtbot.keyClicks(bar.edit, "asml")
    assert clear.isVisible()
    clear.trigger()
    assert bar.text == ""
    assert not clear.isVisible()


def test_a_chip_is_removed_with_the_mouse_or_by_key(qtbot: QtBot, bar: FilterBar) -> None:
    bar.set_filter("asml", [NOT_CLOSED, MINE, NOT_CLOSED])
    assert bar.chips == (NOT_CLOSED, MINE)
    assert bar.terms() == (Term("asml"), *NOT_CLOSED.terms, *MINE.terms)
    changes: list[tuple[str, ...]] = []
    bar.changed.connect(lambda: changes.append(tuple(quick.value for quick in bar.chips)))
    chip = chip_of(bar, "not closed")
    qtbot.mouseClick(chip.findChild(QPushButton) or chip.childAt(chip.width() - 12, 13), LEFT)
    assert changes == [("j.meyer",)]
    chip = chip_of(bar, "j.meyer")
    chip.setFocus()
    qtbot.keyClick(chip, Qt.Key.Key_Delete)
    assert changes == [("j.meyer",), ()]
    assert bar.edit.hasFocus()
    assert bar.text == "asml"


def test_a_click_on_a_chip_turns_it_into_text(qtbot: QtBot, bar: FilterBar) -> None:
    bar.set_filter("asml", [NOT_CLOSED])
    before = set(bar.terms())
    qtbot.mouseClick(chip_of(bar, "not closed"), LEFT, pos=QPoint(20, 13))
    assert bar.text == "asml -status=resolved -status=ignored -status=cleared"
    assert bar.chips == ()
    assert set(bar.terms()) == before
    assert bar.edit.hasFocus()


def test_a_chip_that_cannot_be_spelled_stays(qtbot: QtBot, bar: FilterBar) -> None:
    odd = field_is(Kind.ISSUES, "trade_id", 'T"1')
    bar.set_filter("", [odd])
    qtbot.mouseClick(chip_of(bar, "T"), LEFT, pos=QPoint(20, 13))
    assert bar.chips == (odd,)
    assert bar.text == ""


def test_a_filter_is_added_from_the_menu_by_key(qtbot: QtBot, bar: FilterBar) -> None:
    bar.set_filter("", [NOT_CLOSED])
    add = bar.findChild(QPushButton, "issuesFilterAdd")
    assert add is not None
    add.setFocus()
    qtbot.keyClick(add, Qt.Key.Key_Space)
    menu = open_menu()
    enabled = {action.text(): action.isEnabled() for action in menu.actions()}
    assert enabled.pop("Status is not closed") is False
    assert all(enabled.values())
    qtbot.keyClick(menu, Qt.Key.Key_Up)
    qtbot.keyClick(menu, Qt.Key.Key_Return)
    assert [quick.text for quick in bar.chips] == ["Status is not closed", "Assignee is nobody"]


def test_the_columns_button_opens_what_it_was_given(qtbot: QtBot, bar: FilterBar) -> None:
    assert bar.columns_button.accessibleName() == "Columns"
    qtbot.mouseClick(bar.columns_button, LEFT)
    menu = open_menu()
    assert [action.text() for action in menu.actions()] == ["Severity"]
    menu.close()


def test_without_anything_to_offer_there_is_no_add_button(qtbot: QtBot, theme: Theme, icons: Icons) -> None:
    bar = FilterBar(theme, icons, LEDGER, (), fill, object_name="ledgerFilter")
    qtbot.addWidget(bar)
    bar.show()
    add = bar.findChild(QPushButton, "ledgerFilterAdd")
    assert add is not None
    assert not add.isVisible()
    assert "amount>1000" in bar.edit.toolTip()


def test_counts_are_said_only_with_a_filter(bar: FilterBar) -> None:
    bar.set_counts(1_000, 1_000)
    assert bar.count_text == ""
    bar.set_filter("asml", [])
    bar.set_counts(164, 1_214)
    assert bar.count_text == "164 of 1,214"


def test_a_long_search_is_said(bar: FilterBar) -> None:
    bar.set_filter("asml", [])
    bar.set_counts(164, 1_214)
    bar.set_busy(True)
    spinner = bar.findChild(Spinner)
    assert spinner is not None
    assert bar.count_text == "Searching…"
    assert spinner.is_turning
    bar.set_busy(False)
    assert bar.count_text == "164 of 1,214"
    assert not spinner.isVisible()


def test_a_dropped_file_is_left_to_the_window(bar: FilterBar) -> None:
    assert not bar.edit.acceptDrops()
