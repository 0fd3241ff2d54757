"""The main job in the real window: once with the mouse, once with the keyboard alone."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QKeySequence
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QMenu, QPlainTextEdit, QPushButton
from pytestqt.qtbot import QtBot

from opspilot_desktop.domain.fields import Kind
from opspilot_desktop.domain.jobs import Handle
from opspilot_desktop.operations.demo import sample_file
from opspilot_desktop.operations.reading import issue_query, list_issues, verify
from opspilot_desktop.operations.self_test import planted_issues
from opspilot_desktop.ui.dialogs.changes_dialog import ChangesDialog
from opspilot_desktop.ui.dialogs.comment_dialog import CommentDialog
from opspilot_desktop.ui.dialogs.kind_dialog import KindDialog
from opspilot_desktop.ui.dialogs.resolve_dialog import ResolveDialog
from opspilot_desktop.ui.dialogs.row_errors_dialog import RowErrorsDialog
from opspilot_desktop.ui.dialogs.summary_dialog import SummaryDialog
from opspilot_desktop.ui.dialogs.wizard.wizard_dialog import ImportWizard
from opspilot_desktop.ui.main_window import MainWindow
from opspilot_desktop.ui.palette import CommandPalette
from tests.helpers.opening import open_window
from tests.helpers.window import (
    choose_file,
    click,
    click_in_menu,
    open_menu_by_key,
    open_row_menu,
    press,
    settle,
    shown,
    type_text,
    wait_for,
    wait_until,
)

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def empty(qtbot: QtBot, tmp_path: Path) -> Iterator[MainWindow]:
    window = open_window(qtbot, str(tmp_path / "empty.opspilot"))
    yield window
    window.close()


def found_issues(window: MainWindow) -> set[tuple[str, str]]:
    issues = list_issues(Handle(), window.desk.workspace, issue_query("all", None))
    return {(issue["issue_type"], issue["trade_id"]) for issue in issues}


def status_of(window: MainWindow, issue_id: int) -> str:
    issues = list_issues(Handle(), window.desk.workspace, issue_query("all", None))
    return next(str(issue["status"]) for issue in issues if issue["id"] == issue_id)


def shown_issues(window: MainWindow) -> set[tuple[str, str]]:
    """What the table shows, read off the table."""
    model = window.tables[Kind.ISSUES].view.model()
    headers = [model.headerData(column, Qt.Orientation.Horizontal) for column in range(model.columnCount())]
    kind, trade = headers.index("Type"), headers.index("Trade")
    return {
        (
            str(model.index(row, kind).data()).upper().replace(" ", "_"),
            str(model.index(row, trade).data()),
        )
        for row in range(model.rowCount())
    }


def test_the_main_job_with_the_mouse(qtbot: QtBot, empty: MainWindow, tmp_path: Path) -> None:
    window = empty
    click(qtbot, window.empty.trades.button)
    choose_file(qtbot, "importFileDialog", sample_file(Kind.TRADES))
    settle(qtbot, window)
    assert window.watch.overview.trades == 220

    click(qtbot, window.empty.ledger.button)
    choose_file(qtbot, "importFileDialog", sample_file(Kind.LEDGER))
    settle(qtbot, window)
    assert window.watch.overview.ledger_entries == 242
    assert found_issues(window) == planted_issues() == shown_issues(window)  # it has run by itself

    click(qtbot, window.tool_bar.reconcile)
    summary = wait_for(qtbot, SummaryDialog)
    assert dict(summary.figures)["Opened"] == "0"
    click(qtbot, summary.primary)
    settle(qtbot, window)
    assert found_issues(window) == planted_issues() == shown_issues(window)

    first = window.tables[Kind.ISSUES].view.model().index(0, 0).data()
    menu = open_row_menu(qtbot, window, Kind.ISSUES, 0)
    settle(qtbot, window)
    click_in_menu(qtbot, menu, window.actions_["resolveIssue"])
    dialog = wait_for(qtbot, ResolveDialog)
    assert not dialog.primary.isEnabled()
    reason = dialog.findChild(QComboBox)
    assert reason is not None
    reason.setFocus()
    qtbot.keyClicks(reason, "Fees")
    comment = dialog.findChild(QPlainTextEdit)
    assert comment is not None
    qtbot.keyClicks(comment, "Fee sign reversed")
    click(qtbot, dialog.primary)
    settle(qtbot, window)
    assert status_of(window, int(first)) == "resolved"
    assert window.tables[Kind.ISSUES].view.model().rowCount() == len(planted_issues()) - 1

    undo = window.tool_bar.findChild(type(window.tool_bar.workspace), "undoButton")
    assert undo is not None
    click(qtbot, undo)
    settle(qtbot, window)
    assert status_of(window, int(first)) == "open"
    assert window.tables[Kind.ISSUES].view.model().rowCount() == len(planted_issues())

    window.actions_["exportTable"].trigger()
    target = tmp_path / "issues.csv"
    choose_file(qtbot, "exportDialog", target)
    settle(qtbot, window)
    with target.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(planted_issues())
    assert verify(Handle(), window.desk.workspace).ok


def test_the_main_job_with_the_keyboard_alone(qtbot: QtBot, empty: MainWindow, tmp_path: Path) -> None:
    window = empty
    for key, kind in ((Qt.Key.Key_I, Kind.TRADES), (Qt.Key.Key_L, Kind.LEDGER)):
        press(qtbot, key, CTRL)
        choose_file(qtbot, "importFileDialog", sample_file(kind))
        settle(qtbot, window)
    assert shown_issues(window) == planted_issues()  # it has run by itself
    press(qtbot, Qt.Key.Key_F5)
    wait_for(qtbot, SummaryDialog)
    press(qtbot, Qt.Key.Key_Return)
    settle(qtbot, window)
    assert shown_issues(window) == planted_issues()

    press(qtbot, Qt.Key.Key_3, CTRL)
    press(qtbot, Qt.Key.Key_Home, CTRL)
    settle(qtbot, window)
    open_menu_by_key(qtbot, window, Kind.ISSUES)
    press(qtbot, Qt.Key.Key_Escape)
    wait_until(qtbot, lambda: shown(QMenu, "contextMenu") is None)

    press(qtbot, Qt.Key.Key_R)
    wait_for(qtbot, ResolveDialog)
    type_text(qtbot, "Timing")
    press(qtbot, Qt.Key.Key_Return, CTRL)
    settle(qtbot, window)
    resolved = list_issues(Handle(), window.desk.workspace, issue_query("resolved", None))
    assert [issue["reason"] for issue in resolved] == ["TIMING"]

    press(qtbot, Qt.Key.Key_Z, CTRL)
    settle(qtbot, window)
    assert not list_issues(Handle(), window.desk.workspace, issue_query("resolved", None))

    press(qtbot, Qt.Key.Key_K, CTRL)
    wait_for(qtbot, CommandPalette)
    type_text(qtbot, "export")
    press(qtbot, Qt.Key.Key_Return)
    target = tmp_path / "keyboard.csv"
    choose_file(qtbot, "exportDialog", target)
    settle(qtbot, window)
    assert len(target.read_text("utf-8-sig").splitlines()) == len(planted_issues()) + 1


def test_a_bad_row_is_shown_and_nothing_is_stored_before_the_choice(
    qtbot: QtBot, empty: MainWindow, tmp_path: Path
) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_text(
        "trade_id,instrument,side,quantity,price\nT1,ABC,BUY,1,1\nT2,ABC,BUY,1e400,1\nT3,ABC,SELL,2,2\n"
    )
    empty.imports.start([bad], Kind.TRADES)
    dialog = wait_for(qtbot, RowErrorsDialog)
    assert empty.watch.overview.trades == 0
    save = next(button for button in dialog.findChildren(QPushButton) if "Save rejects" in button.text())
    click(qtbot, save)
    choose_file(qtbot, "saveRejectsDialog", tmp_path / "rejects.csv")
    settle(qtbot, empty)
    assert (tmp_path / "rejects.csv").read_text("utf-8-sig").splitlines()[1:] == ["T2,ABC,BUY,1e400,1"]
    click(qtbot, dialog.primary)
    settle(qtbot, empty)
    assert empty.watch.overview.trades == 2


def test_cancelling_the_row_errors_stores_nothing(qtbot: QtBot, empty: MainWindow, tmp_path: Path) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_text("trade_id,instrument,side,quantity,price\nT1,ABC,BUY,1,1\nT2,ABC,HOLD,1,1\n")
    empty.imports.start([bad], Kind.TRADES)
    dialog = wait_for(qtbot, RowErrorsDialog)
    press(qtbot, Qt.Key.Key_Escape)
    wait_until(qtbot, lambda: shown(RowErrorsDialog) is None)
    settle(qtbot, empty)
    assert empty.watch.overview.trades == 0
    assert not empty.imports.is_busy
    del dialog


def test_other_headers_are_confirmed_in_one_dialog(qtbot: QtBot, empty: MainWindow, tmp_path: Path) -> None:
    file = tmp_path / "aliases.csv"
    file.write_text("trade_id,symbol,side,qty,price,ccy,settlement_date\nT1,ABC,BUY,1,2,EUR,2026-11-20\n")
    empty.imports.start([file], Kind.TRADES)
    dialog = wait_for(qtbot, ImportWizard)
    wait_until(qtbot, dialog.primary.isEnabled)
    click(qtbot, dialog.primary)
    settle(qtbot, empty)
    assert empty.watch.overview.trades == 1


def test_amendments_are_asked_about(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    file = tmp_path / "amended.csv"
    lines = sample_file(Kind.TRADES).read_text().splitlines()
    file.write_text("\n".join([lines[0], lines[1].replace("pending", "cancelled"), ""]))
    window.imports.start([file], Kind.TRADES)
    dialog = wait_for(qtbot, ChangesDialog)
    click(qtbot, dialog.primary)
    settle(qtbot, window)
    assert window.watch.overview.trades_by_status == {"pending": 205, "settled": 14, "cancelled": 1}


def test_a_file_dropped_on_the_window_is_imported(qtbot: QtBot, empty: MainWindow, tmp_path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(sample_file(Kind.LEDGER)))])
    at = QPointF(300, 300)
    actions, buttons = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    enter = QDragEnterEvent(at.toPoint(), actions, data, buttons, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(empty, enter)
    assert enter.isAccepted()
    QApplication.sendEvent(empty, QDropEvent(at, actions, data, buttons, Qt.KeyboardModifier.NoModifier))
    settle(qtbot, empty)
    assert empty.watch.overview.ledger_entries == 242
    unclear = tmp_path / "unclear.csv"
    unclear.write_text("a,b\n1,2\n")
    empty.imports.drop([unclear])
    wait_for(qtbot, KindDialog)
    press(qtbot, Qt.Key.Key_Escape)
    wait_until(qtbot, lambda: shown(KindDialog) is None)


def test_a_selection_of_several_is_worked_as_one_step(qtbot: QtBot, window: MainWindow) -> None:
    table = window.tables[Kind.ISSUES]
    table.view.select_row(0)
    press(qtbot, Qt.Key.Key_Down, SHIFT)
    press(qtbot, Qt.Key.Key_Down, SHIFT)
    assert table.selected_count() == 3
    press(qtbot, Qt.Key.Key_A)
    settle(qtbot, window)
    press(qtbot, Qt.Key.Key_I)
    settle(qtbot, window)
    press(qtbot, Qt.Key.Key_C)
    wait_for(qtbot, CommentDialog)
    type_text(qtbot, "Asked the desk")
    press(qtbot, Qt.Key.Key_Return, CTRL)
    settle(qtbot, window)
    issues = list_issues(Handle(), window.desk.workspace, issue_query("investigating", None))
    assert len(issues) == 3
    assert {issue["assigned_to"] for issue in issues} == {window.desk.workspace.user}
    assert "Asked the desk" in [event.text for event in window.watch.detail.events]  # type: ignore[union-attr]
    for _ in range(3):
        press(qtbot, Qt.Key.Key_Z, CTRL)
        settle(qtbot, window)
    issues = list_issues(Handle(), window.desk.workspace, issue_query("open", None))
    assert len(issues) == len(planted_issues())
    assert {issue["assigned_to"] for issue in issues} == {None}
    assert not window.history.next_undo


def test_related_records_are_shown(qtbot: QtBot, window: MainWindow) -> None:
    window.tables[Kind.ISSUES].view.select_row(0)
    settle(qtbot, window)
    press(qtbot, Qt.Key.Key_L)
    settle(qtbot, window)
    assert window.tab is Kind.LEDGER
    assert window.tables[Kind.LEDGER].view.model().rowCount() == 2
    window.tables[Kind.LEDGER].view.select_row(0)
    press(qtbot, Qt.Key.Key_P)
    settle(qtbot, window)
    assert window.tab is Kind.TRADES
    assert window.tables[Kind.TRADES].view.model().rowCount() == 1
    window.tables[Kind.TRADES].view.select_row(0)
    press(qtbot, Qt.Key.Key_S)
    settle(qtbot, window)
    assert window.tab is Kind.ISSUES
    assert window.tables[Kind.ISSUES].view.model().rowCount() == 1


def test_the_issues_of_a_trade_can_be_worked_at_once(qtbot: QtBot, window: MainWindow) -> None:
    issues, trades = window.tables[Kind.ISSUES], window.tables[Kind.TRADES]
    issues.set_query_text("nordea")
    settle(qtbot, window)
    press(qtbot, Qt.Key.Key_1, CTRL)
    trades.set_query_text("T-20481919")  # a trade that another filter of the issues would hide
    settle(qtbot, window)
    trades.view.select_row(0)
    press(qtbot, Qt.Key.Key_S)
    settle(qtbot, window)
    shown = list(issues.model.ids)
    assert shown
    assert list(issues.selected_ids()) == shown[:1]
    assert window.issue_panel.isVisible()
    assert window.watch.detail is not None
    assert window.watch.detail.issue["trade_id"] == "T-20481919"
    assert (issues.filter_bar.text, [chip.text for chip in issues.filter_bar.chips]) == (
        "",
        ["Trade is T-20481919"],
    )
    press(qtbot, Qt.Key.Key_A)  # the keyboard is in the table, on that issue
    settle(qtbot, window)
    assert window.watch.detail.issue["assigned_to"] == window.desk.workspace.user

    counts = window.dashboard.issues.findChildren(QAbstractButton)  # of what is not closed
    click(qtbot, next(count for count in counts if count.accessibleName().startswith("Critical")))
    settle(qtbot, window)
    assert [chip.text for chip in issues.filter_bar.chips] == ["Status is not closed"]
    assert issues.filter_bar.text == "severity:critical"
    assert len(issues.model.ids) == window.watch.overview.open_by_severity["CRITICAL"]


def test_copied_rows_paste_into_a_spreadsheet(qtbot: QtBot, window: MainWindow) -> None:
    window.tables[Kind.ISSUES].view.select_row(0)
    press(qtbot, Qt.Key.Key_C, CTRL)
    settle(qtbot, window)
    cells = QGuiApplication.clipboard().text().rstrip("\n").split("\t")
    assert "T-20481907" in cells
    assert "-1250" in cells


def test_the_window_comes_back_as_it_was(qtbot: QtBot, tmp_path: Path) -> None:
    target = str(tmp_path / "again.opspilot")
    window = open_window(qtbot, target, sample=True)
    window.show_tab(Kind.LEDGER)
    window.tables[Kind.LEDGER].view.layout_of_columns.set_shown("account", False)
    window.resize(1300, 820)
    window.actions_["themeDark"].trigger()
    settle(qtbot, window)
    window.close()
    again = open_window(qtbot, target, as_left=True)
    assert again.tab is Kind.LEDGER
    assert "account" not in again.tables[Kind.LEDGER].view.layout_of_columns.shown()
    assert (again.width(), again.height()) == (1300, 820)
    assert again.desk.theme.is_dark
    again.close()


def test_new_and_open_workspace(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    before = window.desk.workspace.database.target
    press(qtbot, Qt.Key.Key_N, CTRL)
    choose_file(qtbot, "newWorkspaceDialog", tmp_path / "fresh.opspilot")
    settle(qtbot, window)
    assert window.desk.workspace.name == "fresh"
    assert window.watch.overview.trades == 0
    assert window.issues_page.currentWidget() is window.empty
    press(qtbot, Qt.Key.Key_O, CTRL)
    choose_file(qtbot, "openWorkspaceDialog", Path(before))
    settle(qtbot, window)
    assert window.watch.overview.trades == 220
    assert shown_issues(window) == planted_issues()


def test_every_command_is_in_the_palette_and_has_a_name(window: MainWindow) -> None:
    items = {item.text for item in window.actions_.palette_items(window.state())}
    for action in window.findChildren(type(window.actions_["undo"])):
        if action.objectName() in {"importTrades", "resolveIssue", "exportTable", "undo", "reconcile"}:
            assert action.text().replace("&", "") in items
    keys = [
        (action.shortcut().toString(), action.shortcutContext())
        for action in window.actions()
        if not action.shortcut().isEmpty()
    ]
    assert len(keys) == len(set(keys)), "two commands of the window share a key"
    assert QKeySequence("Ctrl+K").toString() in {key for key, _ in keys}


def test_the_same_issues_on_postgresql(qtbot: QtBot, postgres_url: str) -> None:
    window = open_window(qtbot, postgres_url, sample=True)
    settle(qtbot, window)
    assert shown_issues(window) == planted_issues()
    window.tables[Kind.ISSUES].view.select_row(0)
    settle(qtbot, window)
    press(qtbot, Qt.Key.Key_A)
    settle(qtbot, window)
    assert window.watch.detail is not None
    assert window.watch.detail.issue["assigned_to"] == window.desk.workspace.user
    window.close()
