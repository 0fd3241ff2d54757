"""Linking in the real window, with the mouse and with the keyboard alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from opspilot_desktop.domain.fields import Kind
from opspilot_desktop.domain.jobs import Handle
from opspilot_desktop.operations.linking import link_entries, unlink_entries
from opspilot_desktop.operations.reading import issue_query, list_issues, verify
from opspilot_desktop.operations.reconciling import reconcile
from opspilot_desktop.operations.workspace import open_workspace
from opspilot_desktop.ui.dialogs.link_dialog import LinkDialog
from opspilot_desktop.ui.dialogs.summary_dialog import SummaryDialog
from opspilot_desktop.ui.dialogs.unlink_dialog import UnlinkDialog
from opspilot_desktop.ui.main_window import MainWindow
from opspilot_desktop.ui.palette import CommandPalette
from tests.helpers.books import add_entries, add_trades, entry, trade
from tests.helpers.opening import open_window
from tests.helpers.window import (
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
OWN = ("Wrong trade id in the ledger", "WRONG_ID")


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> Iterator[MainWindow]:
    """Trade T-1001 without entries, whose two halves are booked under another id; T-2002 is matched."""
    target = str(tmp_path / "desk.opspilot")
    with open_workspace(target, create=True) as workspace:
        add_trades(workspace, trade("T-1001", instrument="ASML.AS"), trade("T-2002", instrument="VOD.L"))
        add_entries(
            workspace,
            entry("T1001", "10", entry_id="LE-1"),
            entry("T1001", "15", entry_id="LE-2"),
            entry("T-2002", "25", entry_id="LE-3"),
        )
        reconcile(Handle(), workspace)
    window = open_window(qtbot, target)
    yield window
    window.close()


def open_issues(window: MainWindow) -> dict[str, str]:
    found = list_issues(Handle(), window.desk.workspace, issue_query("open", None))
    return {issue["issue_type"]: issue["trade_id"] for issue in found}


BEFORE = {"ORPHAN_LEDGER_ENTRY": "T1001", "MISSING_LEDGER_ENTRY": "T-1001"}


def row_of(window: MainWindow, kind: Kind, name: str) -> int:
    model = window.tables[kind].view.model()
    for row in range(model.rowCount()):
        if name in [model.index(row, column).data() for column in range(model.columnCount())]:
            return row
    raise AssertionError(f"no row has {name}")


def select(qtbot: QtBot, window: MainWindow, kind: Kind, name: str) -> None:
    window.show_tab(kind)
    settle(qtbot, window)
    window.tables[kind].view.select_row(row_of(window, kind, name))
    settle(qtbot, window)


def choose_reason(qtbot: QtBot, dialog: LinkDialog | UnlinkDialog, words: str) -> None:
    dialog.reason.setFocus()
    qtbot.keyClicks(dialog.reason, words)


def found_in(dialog: LinkDialog) -> list[str]:
    return [str(row[0]) for row in dialog.table.list_model.rows]


def test_an_orphan_is_linked_with_the_mouse_and_the_link_undone(qtbot: QtBot, window: MainWindow) -> None:
    assert open_issues(window) == BEFORE
    menu = open_row_menu(qtbot, window, Kind.ISSUES, row_of(window, Kind.ISSUES, "T1001"))
    settle(qtbot, window)
    assert not window.actions_["linkTrade"].isEnabled()
    assert not window.actions_["unlinkEntry"].isEnabled()
    click_in_menu(qtbot, menu, window.actions_["linkEntry"])
    dialog = wait_for(qtbot, LinkDialog)
    settle(qtbot, window)
    assert dialog.windowTitle() == "Link 2 entries to a trade"
    assert dialog.search.hasFocus()
    assert found_in(dialog)[0] == "T-1001"
    assert not dialog.primary.isEnabled()
    table = dialog.table
    at = table.visualRect(table.model().index(0, 0)).center()
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert dialog.preview.text() == (
        "The sum of the trade's 2 entries becomes 25.00 EUR and agrees with the trade."
    )
    assert not dialog.primary.isEnabled()
    choose_reason(qtbot, dialog, "Wrong")
    assert dialog.primary.text() == "Link 2 entries to T-1001"
    click(qtbot, dialog.primary)
    settle(qtbot, window)
    assert shown(LinkDialog) is None
    assert shown(SummaryDialog) is None  # the run that followed was a quiet one
    assert open_issues(window) == {}
    assert "2 cleared" in window.job_bar.text.text()

    undo = window.tool_bar.findChild(type(window.tool_bar.workspace), "undoButton")
    assert undo is not None
    click(qtbot, undo)
    settle(qtbot, window)
    assert open_issues(window) == BEFORE
    assert "0 opened, 2 reopened, 0 cleared" in window.job_bar.text.text()
    press(qtbot, Qt.Key.Key_Z, CTRL, SHIFT)
    settle(qtbot, window)
    assert open_issues(window) == {}
    assert verify(Handle(), window.desk.workspace).ok


def test_a_trade_is_linked_and_unlinked_with_the_keyboard_alone(qtbot: QtBot, window: MainWindow) -> None:
    press(qtbot, Qt.Key.Key_1, CTRL)
    settle(qtbot, window)
    press(qtbot, Qt.Key.Key_Home, CTRL)
    settle(qtbot, window)
    menu = open_menu_by_key(qtbot, window, Kind.TRADES)
    assert window.actions_["linkTrade"].isEnabled()
    qtbot.keyClick(menu, Qt.Key.Key_Escape)
    press(qtbot, Qt.Key.Key_K, SHIFT)
    dialog = wait_for(qtbot, LinkDialog)
    settle(qtbot, window)
    assert dialog.windowTitle() == "Link ledger entries to trade T-1001"
    type_text(qtbot, "LE-2")
    wait_until(qtbot, lambda: found_in(dialog) == ["LE-2"])
    for _ in range(4):
        press(qtbot, Qt.Key.Key_Backspace)
    wait_until(qtbot, lambda: set(found_in(dialog)) == {"LE-1", "LE-2"})
    press(qtbot, Qt.Key.Key_Down)
    assert "a difference of" in dialog.preview.text()
    press(qtbot, Qt.Key.Key_Tab)
    press(qtbot, Qt.Key.Key_A, CTRL)
    assert "agrees with the trade" in dialog.preview.text()
    press(qtbot, Qt.Key.Key_Tab)
    assert dialog.reason.hasFocus()
    type_text(qtbot, "Another")
    press(qtbot, Qt.Key.Key_Tab)
    type_text(qtbot, "the broker's number")
    assert dialog.primary.text() == "Link 2 entries to T-1001"
    press(qtbot, Qt.Key.Key_Return)
    settle(qtbot, window)
    assert shown(LinkDialog) is None
    assert open_issues(window) == {}

    press(qtbot, Qt.Key.Key_2, CTRL)
    settle(qtbot, window)
    ledger = window.tables[Kind.LEDGER].view
    headers = [ledger.model().headerData(n, Qt.Orientation.Horizontal) for n in range(3)]
    assert headers == ["Entry", "Trade", "Booked as"]
    first = row_of(window, Kind.LEDGER, "LE-1")
    assert [ledger.model().index(first, n).data() for n in range(3)] == ["LE-1", "T-1001", "T1001"]
    press(qtbot, Qt.Key.Key_A, CTRL)
    settle(qtbot, window)
    press(qtbot, Qt.Key.Key_U)
    unlink = wait_for(qtbot, UnlinkDialog)
    assert unlink.primary.text() == "Unlink 2 entries"
    assert unlink.reason.hasFocus()
    type_text(qtbot, "Linked")
    press(qtbot, Qt.Key.Key_Return, CTRL)
    settle(qtbot, window)
    assert open_issues(window) == BEFORE


def test_it_is_offered_only_where_it_applies(qtbot: QtBot, window: MainWindow) -> None:
    link, of_trade, unlink = (window.actions_[name] for name in ("linkEntry", "linkTrade", "unlinkEntry"))
    select(qtbot, window, Kind.LEDGER, "LE-3")
    assert not link.isEnabled()
    assert link.toolTip() == "Only entries without a trade can be linked"
    assert unlink.toolTip() == "Not linked by hand"
    assert of_trade.toolTip() == "Select a trade without entries first"
    select(qtbot, window, Kind.LEDGER, "LE-1")
    assert link.isEnabled()
    select(qtbot, window, Kind.TRADES, "T-2002")
    assert of_trade.toolTip() == "This trade has entries"
    press(qtbot, Qt.Key.Key_A, CTRL)
    settle(qtbot, window)
    assert of_trade.toolTip() == "Select one trade only"
    select(qtbot, window, Kind.ISSUES, "T-1001")
    assert of_trade.isEnabled()
    assert link.toolTip() == "This is no orphan entry"
    link_entries(window.desk.workspace, [1], "T-1001", "OTHER")
    press(qtbot, Qt.Key.Key_R, CTRL)
    settle(qtbot, window)
    assert unlink.isEnabled()
    assert of_trade.toolTip() == "No trade without entries"


def test_several_entries_of_which_one_has_a_trade(qtbot: QtBot, window: MainWindow) -> None:
    select(qtbot, window, Kind.LEDGER, "LE-1")
    press(qtbot, Qt.Key.Key_A, CTRL)
    settle(qtbot, window)
    press(qtbot, Qt.Key.Key_K)
    dialog = wait_for(qtbot, LinkDialog)
    settle(qtbot, window)
    assert dialog.windowTitle() == "Link 2 entries to a trade"
    assert "1 of 3 entries are left out" in window.job_bar.text.text()
    press(qtbot, Qt.Key.Key_Escape)


def test_the_palette_opens_it(qtbot: QtBot, window: MainWindow) -> None:
    select(qtbot, window, Kind.ISSUES, "T1001")
    press(qtbot, Qt.Key.Key_K, CTRL)
    wait_for(qtbot, CommandPalette)
    type_text(qtbot, "link to trade")
    press(qtbot, Qt.Key.Key_Return)
    dialog = wait_for(qtbot, LinkDialog)
    settle(qtbot, window)
    dialog.reject()
    settle(qtbot, window)


def test_nothing_typed_is_lost_when_somebody_was_faster(qtbot: QtBot, window: MainWindow) -> None:
    window.resize(1280, 800)
    select(qtbot, window, Kind.ISSUES, "T1001")
    press(qtbot, Qt.Key.Key_K)
    dialog = wait_for(qtbot, LinkDialog)
    settle(qtbot, window)
    press(qtbot, Qt.Key.Key_Down)
    choose_reason(qtbot, dialog, "Wrong")
    qtbot.keyClicks(dialog.comment, "as told on the phone")
    with open_workspace(window.desk.workspace.path, create=False) as colleague:
        colleague.user = "bob"
        link_entries(colleague, [1], "T-2002", "OTHER")
    click(qtbot, dialog.primary)
    settle(qtbot, window)
    assert dialog.isVisible()
    assert window.geometry().contains(dialog.geometry())  # also with the sentence in it
    assert "Entry LE-1 stands under trade id T-2002 now, changed by bob at" in dialog.banner.text
    assert (dialog.reason.currentText(), dialog.comment.text()) == (OWN[0], "as told on the phone")
    assert not dialog.primary.isEnabled()  # it has a trade by now
    with open_workspace(window.desk.workspace.path, create=False) as colleague:
        unlink_entries(colleague, [1], "MISTAKE")
    dialog.ask()
    settle(qtbot, window)
    click(qtbot, dialog.primary)
    settle(qtbot, window)
    assert open_issues(window) == {}


def test_an_unlink_that_came_too_late(qtbot: QtBot, window: MainWindow) -> None:
    link_entries(window.desk.workspace, [1], "T-1001", "OTHER")
    select(qtbot, window, Kind.LEDGER, "LE-1")
    press(qtbot, Qt.Key.Key_U)
    dialog = wait_for(qtbot, UnlinkDialog)
    assert dialog.accessibleDescription() == (
        "It was linked by hand to trade T-1001 and goes back to trade id T1001, as its file says."
    )
    choose_reason(qtbot, dialog, "Other")
    unlink_entries(window.desk.workspace, [1], "MISTAKE")
    click(qtbot, dialog.primary)
    settle(qtbot, window)
    assert "stands under trade id T1001 now" in dialog.banner.text
    assert not dialog.primary.isEnabled()
    click(qtbot, dialog.cancel)
    settle(qtbot, window)


def test_the_panel_says_who_linked_what(qtbot: QtBot, window: MainWindow) -> None:
    link_entries(window.desk.workspace, [1], "T-1001", "WRONG_ID", "a slip")
    reconcile(Handle(), window.desk.workspace)
    press(qtbot, Qt.Key.Key_R, CTRL)
    settle(qtbot, window)
    select(qtbot, window, Kind.ISSUES, "T-1001")
    model = window.issue_panel.compare.model
    cells = {model.index(row, 0).data(): model.index(row, 2).data() for row in range(model.rowCount())}
    said = cells["Linked by hand"]
    assert said.startswith(f"From T1001 by {window.desk.workspace.user} on 20")
    assert said.endswith(": Wrong trade id in the ledger: a slip")


def test_the_menu_of_a_click_elsewhere_is_not_in_the_way(qtbot: QtBot, window: MainWindow) -> None:
    """The menu has the commands of its table only."""
    window.show_tab(Kind.TRADES)
    settle(qtbot, window)
    menu: QMenu = window.open_context_menu(Kind.TRADES, window.mapToGlobal(QPoint(100, 300)))
    names = {action.objectName() for action in menu.actions()}
    assert "linkTrade" in names
    assert names.isdisjoint({"linkEntry", "unlinkEntry"})
    menu.close()
