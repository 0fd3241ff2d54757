from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from opspilot_desktop.ui.dialogs.list_table import Column, ListModel, ListTable
from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.roles import LIGHT
from opspilot_desktop.ui.theme import Theme
from tests.helpers.pixels import shows

COLUMNS = (Column("Line", numeric=True), Column("Column"), Column("Reason", widest=0))
ROWS = [(1_004, "price", "Too many decimals"), (48, "quantity", "Not plain"), (112, "side", "BUY or SELL")]


@pytest.fixture
def table(theme: Theme, icons: Icons, qtbot: QtBot) -> ListTable:
    table = ListTable(theme, icons, COLUMNS, ROWS)
    qtbot.addWidget(table)
    table.resize(600, 200)
    table.show()
    QApplication.processEvents()
    return table


def lines(table: ListTable) -> list[object]:
    return [row[0] for row in table.list_model.rows]


def test_the_model_keeps_the_rules_of_models(qapp: object) -> None:
    model = ListModel(COLUMNS)
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.show_rows(ROWS)
    model.sort(1, Qt.SortOrder.DescendingOrder)
    model.show_rows([])
    assert tester.model() is model


def test_numbers_are_sorted_as_numbers_and_shown_with_separators(table: ListTable) -> None:
    assert lines(table) == [48, 112, 1_004]
    assert table.list_model.index(2, 0).data() == "1,004"
    right = table.list_model.index(0, 0).data(Qt.ItemDataRole.TextAlignmentRole)
    assert right & int(Qt.AlignmentFlag.AlignRight.value)


def click_header(table: ListTable, section: int, qtbot: QtBot) -> None:
    header = table.horizontalHeader()
    place = QPoint(header.sectionViewportPosition(section) + 10, header.height() // 2)
    qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=place)


def test_clicks_on_the_header_sort_up_and_down(table: ListTable, qtbot: QtBot) -> None:
    click_header(table, 1, qtbot)
    assert [row[1] for row in table.list_model.rows] == ["price", "quantity", "side"]
    click_header(table, 1, qtbot)
    assert [row[1] for row in table.list_model.rows] == ["side", "quantity", "price"]


def test_the_last_column_takes_the_rest(table: ListTable) -> None:
    widths = sum(table.columnWidth(column) for column in range(3))
    assert widths == table.viewport().width()
    table.resize(900, 200)
    QApplication.processEvents()
    assert sum(table.columnWidth(column) for column in range(3)) == table.viewport().width()


def test_selected_rows_are_copied(table: ListTable, qtbot: QtBot) -> None:
    rect = table.visualRect(table.list_model.index(1, 2))
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=rect.center())
    qtbot.keyClick(table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "112\tside\tBUY or SELL"


def test_the_whole_table_is_copied_with_its_header(table: ListTable) -> None:
    assert table.as_text().splitlines() == [
        "Line\tColumn\tReason",
        "48\tquantity\tNot plain",
        "112\tside\tBUY or SELL",
        "1004\tprice\tToo many decimals",
    ]


def test_the_selected_row_has_a_ground_and_a_bar(table: ListTable) -> None:
    table.select_row(0)
    assert shows(table.viewport(), LIGHT.accent)
    assert shows(table.viewport(), LIGHT.sel) or shows(table.viewport(), LIGHT.sel_idle)


def test_tooltips_give_the_whole_text_as_it_is(table: ListTable) -> None:
    table.show_rows([(1, "side", "<b>x</b>")])
    assert table.list_model.index(0, 2).data(Qt.ItemDataRole.ToolTipRole) == "<qt>&lt;b&gt;x&lt;/b&gt;</qt>"


@pytest.mark.parametrize(("ends", "alike"), [(False, True), (True, False)])
def test_paths_that_differ_at_their_ends_look_different(
    theme: Theme, icons: Icons, qtbot: QtBot, ends: bool, alike: bool
) -> None:
    begin = "/home/desk/deliveries/northern/custodian/"
    rows = [(begin + end,) for end in "abc"]  # the first of them shows the focus
    table = ListTable(theme, icons, [Column("Folder", widest=150, ends=ends)], rows)
    qtbot.addWidget(table)
    table.resize(300, 200)
    table.show()
    QApplication.processEvents()
    first, second = (
        table.viewport().grab(table.visualRect(table.list_model.index(row, 0))).toImage() for row in (1, 2)
    )
    assert (first == second) is alike
