from __future__ import annotations

import pytest
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QHBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from opspilot_desktop.domain.issues import IssueType
from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.panels.compare_table import LEAST_WIDTH, CompareTable
from opspilot_desktop.ui.panels.comparison import compare
from opspilot_desktop.ui.roles import DARK, LIGHT
from opspilot_desktop.ui.theme import Theme
from opspilot_desktop.ui.widgets.painting import text_width
from tests.helpers.pixels import shows
from tests.helpers.situations import amount_evidence, detail, entry, fee_with_wrong_sign, trade


@pytest.fixture
def table(theme: Theme, icons: Icons, qtbot: QtBot) -> CompareTable:
    table = CompareTable(theme, icons)
    qtbot.addWidget(table)
    table.resize(600, 200)
    table.show()
    table.show_comparison(compare(fee_with_wrong_sign()))
    QApplication.processEvents()
    return table


def show_many(table: CompareTable) -> None:
    entries = [entry(f"LE-{place}", "-20398.467741935", description="long " * 30) for place in range(50)]
    evidence = amount_evidence("1265955", "-1264705", "-1250")
    found = detail(IssueType.AMOUNT_MISMATCH, evidence, *entries, entry_count=62)
    table.show_comparison(compare(found))
    QApplication.processEvents()


def test_field_and_trade_stay_while_the_entries_scroll(table: CompareTable) -> None:
    shown = [column for column in range(4) if not table.frozen.isColumnHidden(column)]
    assert shown == [0, 1]
    assert [column for column in range(4) if not table.entries.isColumnHidden(column)] == [2, 3]
    show_many(table)
    assert table.entries.horizontalScrollBar().maximum() > 0
    assert table.frozen.horizontalScrollBar().maximum() == 0


def test_the_columns_fill_the_room(table: CompareTable) -> None:
    widths = sum(table.entries.columnWidth(column) for column in (2, 3))
    assert abs(table.entries.viewport().width() - widths) <= 1
    table.resize(900, 200)
    QApplication.processEvents()
    widths = sum(table.entries.columnWidth(column) for column in (2, 3))
    assert abs(table.entries.viewport().width() - widths) <= 1


def show_long_id(table: CompareTable) -> str:
    trade_id = "T" * 300
    evidence = amount_evidence("1265955", "-1264705", "-1250")
    entries = [entry(f"LE-{place}", "-20398.467741935", trade_id=trade_id) for place in range(3)]
    of_trade = trade(trade_id=trade_id)
    found = detail(IssueType.AMOUNT_MISMATCH, evidence, *entries, of_trade=of_trade, trade_id=trade_id)
    table.show_comparison(compare(found))
    QApplication.processEvents()
    return trade_id


def test_a_long_id_is_cut_and_leaves_room_for_the_entries(table: CompareTable) -> None:
    trade_id = show_long_id(table)
    assert table.width() == 600
    assert table.frozen.width() <= 400
    assert table.frozen.columnWidth(0) + table.frozen.columnWidth(1) == table.frozen.width()
    assert table.entries.width() >= 200
    tips = [
        table.model.headerData(column, Qt.Orientation.Horizontal, Qt.ItemDataRole.ToolTipRole)
        for column in range(3)
    ]
    assert tips[0] is None
    assert trade_id in tips[1]
    assert tips[2] == "Entry LE-0"


def test_it_never_asks_for_more_room_than_it_has(theme: Theme, icons: Icons, qtbot: QtBot) -> None:
    around = QWidget()
    qtbot.addWidget(around)
    table = CompareTable(theme, icons)
    row = QHBoxLayout(around)
    row.addWidget(table, 1)
    around.resize(700, 300)
    around.show()
    show_long_id(table)
    assert around.width() == 700
    around.resize(400, 300)
    QApplication.processEvents()
    assert around.width() == 400
    assert table.frozen.width() <= max(LEAST_WIDTH, table.width() * 2 // 3)


def test_figures_are_never_cut(table: CompareTable, theme: Theme) -> None:
    show_many(table)
    needed = text_width(theme.fonts.strong, "−20,398.467741935")
    assert all(table.entries.columnWidth(column) >= needed + 8 for column in range(2, 52))


def test_both_parts_scroll_together_to_the_very_end(table: CompareTable) -> None:
    show_many(table)
    bar = table.entries.verticalScrollBar()
    assert bar.maximum() > 0
    bar.setValue(bar.maximum())
    assert table.frozen.verticalScrollBar().value() == bar.value()
    table.frozen.verticalScrollBar().setValue(3)
    assert bar.value() == 3


def test_it_says_how_many_entries_are_not_shown(table: CompareTable) -> None:
    assert not table.more.isVisible()
    show_many(table)
    assert table.more.isVisible()
    assert table.more.text() == "and 12 more entries, not shown here"


def test_the_selection_of_both_parts_is_copied_as_plain_figures(table: CompareTable, qtbot: QtBot) -> None:
    flags = QItemSelectionModel.SelectionFlag.Select
    for row, column in ((0, 0), (0, 1), (0, 2), (0, 3)):
        table.entries.selectionModel().select(table.model.index(row, column), flags)
    qtbot.keyClick(table.entries, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "Amount\t1265955\t-1265330\t625"


def test_a_click_and_the_keys_move_the_current_cell(table: CompareTable, qtbot: QtBot) -> None:
    rect = table.entries.visualRect(table.model.index(1, 2))
    qtbot.mouseClick(table.entries.viewport(), Qt.MouseButton.LeftButton, pos=rect.center())
    assert table.entries.currentIndex() == table.model.index(1, 2)
    qtbot.keyClick(table.entries, Qt.Key.Key_Down)
    assert table.entries.currentIndex() == table.model.index(2, 2)


def test_what_differs_shows_in_both_themes(table: CompareTable, theme: Theme) -> None:
    assert shows(table, LIGHT.diff)
    theme.set_mode("dark")
    assert shows(table, DARK.diff)
    assert not shows(table, LIGHT.diff)
