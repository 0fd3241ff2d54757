"""Keeping the rows that have the same value as a cell, from the menu and by its key."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from opspilot_desktop.domain.fields import Kind
from opspilot_desktop.ui.main_window import MainWindow
from opspilot_desktop.ui.tables.table_panel import TablePanel
from tests.helpers.opening import open_window
from tests.helpers.window import click_in_menu, press, settle, wait_for
from tests.helpers.workspaces import add_trades, new_workspace, trade

CTRL = Qt.KeyboardModifier.ControlModifier


def click_cell(qtbot: QtBot, table: TablePanel, row: int, name: str) -> None:
    names = [column.name for column in table.view.rows.columns]
    index = table.view.rows.index(row, names.index(name))
    table.view.scrollTo(index)
    at = table.view.visualRect(index).center()
    qtbot.mouseClick(table.view.viewport(), Qt.MouseButton.LeftButton, pos=at)


def column(table: TablePanel, name: str) -> set[str]:
    names = [column.name for column in table.view.rows.columns]
    return {
        str(table.view.rows.index(row, names.index(name)).data()) for row in range(table.view.rows.rowCount())
    }


def chips(table: TablePanel) -> list[str]:
    return [quick.text for quick in table.filter_bar.chips]


def test_from_the_menu_of_an_issue(qtbot: QtBot, window: MainWindow) -> None:
    table = window.tables[Kind.ISSUES]
    names = [column.name for column in table.view.rows.columns]
    at = table.view.visualRect(table.view.rows.index(1, names.index("counterparty"))).center()
    qtbot.mouseClick(table.view.viewport(), Qt.MouseButton.RightButton, pos=at)
    viewport = table.view.viewport()
    asked = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, viewport.mapToGlobal(at))
    QApplication.sendEvent(viewport, asked)
    click_in_menu(qtbot, wait_for(qtbot, QMenu, "contextMenu"), window.actions_["filterByValue"])
    settle(qtbot, window)
    assert chips(table) == ["Status is not closed", "Counterparty is HSBC Bank plc"]
    assert column(table, "counterparty") == {"HSBC Bank plc"}
    assert 0 < table.view.rows.rowCount() < 16


@pytest.mark.parametrize(
    ("name", "row", "chip"),
    [
        ("severity", 0, "Severity is Critical"),
        ("issue_type", 5, "Type is Currency mismatch"),
        ("difference", 0, "Difference is −1,250.00"),
        ("difference", 12, "Difference is blank"),
        ("assigned_to", 4, "Assignee is blank"),
        ("age", 0, "Age is 0 d"),
        ("id", 3, "Issue is 4"),
    ],
)
def test_every_sort_of_value(qtbot: QtBot, window: MainWindow, name: str, row: int, chip: str) -> None:
    table = window.tables[Kind.ISSUES]
    click_cell(qtbot, table, row, name)
    shown = str(table.view.currentIndex().data())
    press(qtbot, Qt.Key.Key_F)
    settle(qtbot, window)
    assert chips(table) == ["Status is not closed", chip]
    assert column(table, name) == {shown}


def test_an_exact_number_and_an_odd_text(qtbot: QtBot, tmp_path: Path) -> None:
    odd = 'a "b": <i>c</i>\t'
    with new_workspace(tmp_path) as workspace:
        fine = {"price_units": 3, "price_nanos": 1, "counterparty": odd}
        add_trades(
            workspace, [trade(1, **fine), trade(2, **fine), trade(3, price_units=3, price_nanos=0), trade(4)]
        )
    window = open_window(qtbot, str(tmp_path / "workspace.opspilot"))
    press(qtbot, Qt.Key.Key_1, CTRL)
    settle(qtbot, window)
    table = window.tables[Kind.TRADES]
    for name in ("price", "counterparty"):
        click_cell(qtbot, table, 0, name)
        press(qtbot, Qt.Key.Key_F)
        settle(qtbot, window)
        assert table.view.rows.rowCount() == 2
    assert chips(table)[0] == "Price is 3.000000001"
    press(qtbot, Qt.Key.Key_F, CTRL, Qt.KeyboardModifier.ShiftModifier)
    settle(qtbot, window)
    assert table.view.rows.rowCount() == 4
    window.close()


def test_a_point_in_time_is_refused_in_words(qtbot: QtBot, window: MainWindow) -> None:
    press(qtbot, Qt.Key.Key_4, CTRL)
    settle(qtbot, window)
    table = window.tables[Kind.IMPORTS]
    click_cell(qtbot, table, 0, "at")
    press(qtbot, Qt.Key.Key_F)
    settle(qtbot, window)
    assert chips(table) == []
    assert window.job_bar.text.text().startswith("Times differ from row to row")
