"""The tab of the imports, driven as a person does: what an import brought, and taking it back."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from opspilot_desktop.domain.fields import Kind
from opspilot_desktop.domain.jobs import Handle
from opspilot_desktop.operations.demo import sample_file
from opspilot_desktop.operations.import_history import list_imports
from opspilot_desktop.operations.reading import issue_query, list_issues
from opspilot_desktop.ui.dialogs.confirm_dialog import ConfirmDialog
from opspilot_desktop.ui.dialogs.error_dialog import MessageDialog
from opspilot_desktop.ui.dialogs.summary_dialog import SummaryDialog
from opspilot_desktop.ui.main_window import MainWindow
from tests.helpers.window import (
    click,
    click_in_menu,
    open_menu_by_key,
    open_row_menu,
    press,
    settle,
    wait_for,
)

CTRL = Qt.KeyboardModifier.ControlModifier


def shown_files(window: MainWindow) -> list[str]:
    model = window.tables[Kind.IMPORTS].view.model()
    return [str(model.index(row, 2).data()) for row in range(model.rowCount())]


def open_issues(window: MainWindow) -> list[dict[str, Any]]:
    return list_issues(Handle(), window.desk.workspace, issue_query("open", None))


def texts(dialog: ConfirmDialog | MessageDialog) -> str:
    return " ".join(label.text() for label in dialog.findChildren(QLabel))


def test_an_import_is_undone_with_the_mouse(qtbot: QtBot, window: MainWindow) -> None:
    press(qtbot, Qt.Key.Key_4, CTRL)
    settle(qtbot, window)
    assert shown_files(window) == ["ledger.csv", "trades.csv"]  # the newest first
    menu = open_row_menu(qtbot, window, Kind.IMPORTS, 0)
    click_in_menu(qtbot, menu, window.actions_["undoImport"])
    dialog = wait_for(qtbot, ConfirmDialog)
    assert "242 rows that it added will be removed" in texts(dialog)
    click(qtbot, dialog.primary)
    settle(qtbot, window)
    assert window.watch.overview.ledger_entries == 0
    assert "MISSING_LEDGER_ENTRY" in {issue["issue_type"] for issue in open_issues(window)}
    assert len(open_issues(window)) > 200  # the issues have followed
    undone = list_imports(Handle(), window.desk.workspace)[0]
    assert undone["undone_by"] == window.desk.workspace.user
    view = window.tables[Kind.IMPORTS].view
    headers = [
        view.model().headerData(at, Qt.Orientation.Horizontal) for at in range(view.model().columnCount())
    ]
    assert view.model().index(0, headers.index("Undone")).data() != "–"
    press(qtbot, Qt.Key.Key_4, CTRL)
    open_menu_by_key(qtbot, window, Kind.IMPORTS)
    press(qtbot, Qt.Key.Key_Down)
    press(qtbot, Qt.Key.Key_Return)
    message = wait_for(qtbot, MessageDialog)
    assert "was undone by" in texts(message)
    press(qtbot, Qt.Key.Key_Return)
    settle(qtbot, window)


def test_changing_ones_mind_changes_nothing(qtbot: QtBot, window: MainWindow) -> None:
    press(qtbot, Qt.Key.Key_4, CTRL)
    settle(qtbot, window)
    menu = open_row_menu(qtbot, window, Kind.IMPORTS, 1)
    click_in_menu(qtbot, menu, window.actions_["undoImport"])
    wait_for(qtbot, ConfirmDialog)
    press(qtbot, Qt.Key.Key_Escape)
    settle(qtbot, window)
    assert window.watch.overview.trades == 220


def test_enter_shows_the_rows_of_an_import(qtbot: QtBot, window: MainWindow) -> None:
    press(qtbot, Qt.Key.Key_4, CTRL)
    settle(qtbot, window)
    window.tables[Kind.IMPORTS].view.select_row(0)
    press(qtbot, Qt.Key.Key_Return)
    settle(qtbot, window)
    assert window.tab is Kind.LEDGER
    assert window.tables[Kind.LEDGER].position()[1] == 242
    assert window.tables[Kind.LEDGER].filter_bar.chips[0].text == "Import is 2"


def test_undoing_needs_one_selected_import(qtbot: QtBot, window: MainWindow) -> None:
    assert window.actions_["undoImport"].toolTip() == "Select one import first"
    press(qtbot, Qt.Key.Key_4, CTRL)
    settle(qtbot, window)
    window.tables[Kind.IMPORTS].view.selectAll()
    window.refresh_commands()
    assert not window.actions_["undoImport"].isEnabled()


def test_the_issues_follow_an_undone_import_by_a_click(qtbot: QtBot, window: MainWindow) -> None:
    window.desk.settings.reconcile_after_import = False
    window.resize(1280, 800)
    press(qtbot, Qt.Key.Key_4, CTRL)
    settle(qtbot, window)
    window.tables[Kind.IMPORTS].view.select_row(0)
    settle(qtbot, window)
    window.actions_["undoImport"].trigger()
    click(qtbot, wait_for(qtbot, ConfirmDialog).primary)
    settle(qtbot, window)
    bar = window.job_bar
    assert bar.text.shown_text() == bar.text.text()  # the whole sentence has room
    click(qtbot, bar.action)
    summary = wait_for(qtbot, SummaryDialog)
    assert dict(summary.figures)["Cleared"] == "10"
    press(qtbot, Qt.Key.Key_Escape)
    settle(qtbot, window)


def test_an_import_that_changed_nothing_says_so_before_it_is_undone(qtbot: QtBot, window: MainWindow) -> None:
    window.imports.start([sample_file(Kind.TRADES)], Kind.TRADES)
    settle(qtbot, window)
    press(qtbot, Qt.Key.Key_4, CTRL)
    settle(qtbot, window)
    window.tables[Kind.IMPORTS].view.select_row(0)
    settle(qtbot, window)
    window.actions_["undoImport"].trigger()
    assert "It changed no row, so none changes now." in texts(wait_for(qtbot, ConfirmDialog))
    press(qtbot, Qt.Key.Key_Escape)
    settle(qtbot, window)


def test_issues_can_follow_when_every_row_is_gone(qtbot: QtBot, window: MainWindow) -> None:
    window.desk.settings.reconcile_after_import = False
    for row in (0, 1):
        press(qtbot, Qt.Key.Key_4, CTRL)
        settle(qtbot, window)
        window.tables[Kind.IMPORTS].view.select_row(row)
        settle(qtbot, window)
        window.actions_["undoImport"].trigger()
        click(qtbot, wait_for(qtbot, ConfirmDialog).primary)
        settle(qtbot, window)
    press(qtbot, Qt.Key.Key_F5)
    summary = wait_for(qtbot, SummaryDialog)
    assert dict(summary.figures)["Cleared"] == "16"
    press(qtbot, Qt.Key.Key_Escape)
    settle(qtbot, window)
