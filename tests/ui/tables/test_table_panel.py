from __future__ import annotations

import threading
from array import array
from collections.abc import Iterable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from opspilot_desktop.domain.errors import KnownError
from opspilot_desktop.domain.fields import Kind
from opspilot_desktop.domain.issues import ReasonCode
from opspilot_desktop.domain.jobs import Changes, Handle
from opspilot_desktop.domain.query import Query, Sort
from opspilot_desktop.operations import reading
from opspilot_desktop.operations.issue_work import resolve_issues
from opspilot_desktop.operations.reading import list_ids
from opspilot_desktop.operations.workspace import Workspace, open_workspace
from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.runner import Lane, Runner
from opspilot_desktop.ui.tables import listing, table_panel
from opspilot_desktop.ui.tables.quick_filters import NOT_CLOSED, field_is
from opspilot_desktop.ui.tables.table_panel import TablePanel
from opspilot_desktop.ui.theme import Theme
from opspilot_desktop.ui.widgets.pills import Pills
from tests.helpers.runners import wait_idle
from tests.helpers.workspaces import (
    add_entries,
    add_issues,
    add_trades,
    entry,
    issue,
    new_workspace,
    trade,
)
from tests.ui.tables.conftest import OpenPanel

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def panel(workspace: Workspace, open_panel: OpenPanel) -> TablePanel:
    """Fifty open issues, numbered from 1, and five closed ones."""
    closed = ("resolved", "ignored", "cleared", "resolved", "resolved")
    add_issues(workspace, [issue(number) for number in range(1, 51)])
    add_issues(workspace, [issue(50 + place, status=status) for place, status in enumerate(closed, 1)])
    return open_panel(Kind.ISSUES)


def ids(panel: TablePanel) -> list[int]:
    return list(panel.model.ids)


def resolve(workspace: Workspace, numbers: Iterable[int]) -> None:
    resolve_issues(workspace, list(numbers), ReasonCode.TIMING, "")


def type_filter(qtbot: QtBot, panel: TablePanel, runner: Runner, text: str) -> None:
    panel.filter_bar.edit.setFocus()
    panel.filter_bar.edit.clear()
    qtbot.keyClicks(panel.filter_bar.edit, text)
    qtbot.keyClick(panel.filter_bar.edit, Qt.Key.Key_Return)
    wait_idle(qtbot, runner)


def button(panel: TablePanel, text: str) -> QPushButton:
    found = [item for item in panel.message.findChildren(QPushButton) if item.accessibleName() == text]
    assert found, [item.accessibleName() for item in panel.message.findChildren(QPushButton)]
    return found[-1]


def test_it_has_the_names_that_others_rely_on(panel: TablePanel) -> None:
    assert panel.view.objectName() == "issuesTable"
    assert panel.view.accessibleName() == "Issues"
    assert panel.filter_bar.edit.objectName() == "issuesFilter"


def test_issues_begin_with_what_is_not_closed_the_most_urgent_first(panel: TablePanel) -> None:
    assert ids(panel) == list(range(1, 51))
    assert panel.filter_bar.chips == (NOT_CLOSED,)
    assert panel.filter_bar.count_text == "50 of 55"
    assert panel.query() == Query(NOT_CLOSED.terms, Sort("severity", descending=True))


def test_nothing_is_read_before_anybody_looks(
    workspace: Workspace, open_panel: OpenPanel, runner: Runner, qtbot: QtBot
) -> None:
    add_trades(workspace, [trade(1)])
    panel = open_panel(Kind.TRADES)
    panel.hide()
    add_trades(workspace, [trade(2)])
    panel.on_changes(Changes(trades=True))
    assert runner.active == ()
    assert ids(panel) == [1]
    panel.show()
    wait_idle(qtbot, runner)
    assert ids(panel) == [1, 2]


def test_counts_are_told(panel: TablePanel, qtbot: QtBot, runner: Runner) -> None:
    told: list[tuple[int, int]] = []
    panel.countsChanged.connect(lambda shown, total: told.append((shown, total)))
    type_filter(qtbot, panel, runner, "difference<-48000")
    assert told == [(3, 55)]
    assert panel.filter_bar.count_text == "3 of 55"
    assert ids(panel) == [48, 49, 50]


def test_the_keyboard_goes_from_the_filter_to_the_table(
    panel: TablePanel, qtbot: QtBot, runner: Runner
) -> None:
    type_filter(qtbot, panel, runner, "T-00000")
    assert panel.view.hasFocus()
    qtbot.keyClick(panel.view, Qt.Key.Key_Down)
    assert panel.current_id() is not None


def test_free_text_looks_into_the_columns_shown(panel: TablePanel, qtbot: QtBot, runner: Runner) -> None:
    add_issues(panel._workspace, [issue(90, comment="needle")])
    type_filter(qtbot, panel, runner, "needle")
    assert ids(panel) == []
    panel.view.layout_of_columns.set_shown("comment", True)
    wait_idle(qtbot, runner)
    assert ids(panel) == [56]


def test_sorting_asks_the_database(panel: TablePanel, qtbot: QtBot, runner: Runner) -> None:
    header = panel.view.horizontalHeader()
    at = QPoint(header.sectionViewportPosition(0) + 15, 10)
    for expected in (1, 50, 1):
        qtbot.mouseClick(header.viewport(), LEFT, pos=at)
        wait_idle(qtbot, runner)
        assert panel.model.row_id(0) == expected


def test_a_change_keeps_selection_current_row_and_scroll_position(
    workspace: Workspace, panel: TablePanel, qtbot: QtBot, runner: Runner
) -> None:
    panel.view.select_row(40)
    qtbot.keyClick(panel.view, Qt.Key.Key_Up, SHIFT)
    top = panel.view.rowViewportPosition(40)
    selections: list[int] = []
    panel.selectionChanged.connect(selections.append)
    resolve(workspace, [2, 3, 5])
    panel.on_changes(Changes(issues=True))
    wait_idle(qtbot, runner)
    assert len(ids(panel)) == 47
    assert list(panel.selected_ids()) == [40, 41]
    assert panel.current_id() == 40
    assert panel.position() == (37, 47)
    assert panel.view.rowViewportPosition(37) == top
    assert selections == [2]


def test_an_issue_that_leaves_the_list_hands_over_to_the_next(
    workspace: Workspace, panel: TablePanel, qtbot: QtBot, runner: Runner
) -> None:
    currents: list[int | None] = []
    panel.currentChanged.connect(currents.append)
    panel.view.select_row(9)
    resolve(workspace, [10])
    panel.on_changes(Changes(issues=True))
    wait_idle(qtbot, runner)
    assert currents == [10, 11]
    assert list(panel.selected_ids()) == [11]


def test_a_change_of_values_shows_without_a_new_order(
    workspace: Workspace, panel: TablePanel, qtbot: QtBot, runner: Runner
) -> None:
    panel.set_query_text("", keep_chips=False)
    wait_idle(qtbot, runner)
    resets: list[int] = []
    panel.model.modelReset.connect(lambda: resets.append(1))
    panel.view.select_row(9)
    resolve(workspace, [10])
    panel.on_changes(Changes(issues=True))
    wait_idle(qtbot, runner)
    status = [column.name for column in panel.model.columns].index("status")
    qtbot.waitUntil(lambda: panel.model.index(9, status).data() == "Resolved")
    assert resets == []
    assert panel.current_id() == 10


def test_what_the_user_selects_while_it_searches_stays(
    workspace: Workspace, panel: TablePanel, qtbot: QtBot, runner: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate, began = threading.Event(), threading.Event()

    def slow(*arguments: object) -> array[int]:
        found = list_ids(*arguments)  # type: ignore[arg-type]
        began.set()
        assert gate.wait(10)
        return found

    monkeypatch.setattr(reading, "list_ids", slow)
    panel.view.select_row(3)
    resolve(workspace, [1, 2])
    panel.on_changes(Changes(issues=True))
    qtbot.waitUntil(began.is_set)
    panel.view.select_row(20)
    gate.set()
    wait_idle(qtbot, runner)
    assert panel.current_id() == 21
    assert list(panel.selected_ids()) == [21]
    assert panel.position() == (19, 48)


@pytest.mark.parametrize(
    ("kind", "changes", "concerned"),
    [
        (Kind.TRADES, Changes(issues=True), True),
        (Kind.TRADES, Changes(ledger=True), True),
        (Kind.TRADES, Changes(settings=True), True),
        (Kind.LEDGER, Changes(ledger=True), True),
        (Kind.LEDGER, Changes(trades=True, issues=True, settings=True), False),
        (Kind.ISSUES, Changes(trades=True), True),
        (Kind.ISSUES, Changes(ledger=True), False),
        (Kind.TRADES, Changes(), False),
    ],
)
def test_only_what_concerns_a_table_is_asked_again(
    open_panel: OpenPanel, runner: Runner, kind: Kind, changes: Changes, concerned: bool
) -> None:
    panel = open_panel(kind)
    panel.on_changes(changes)
    assert bool(runner.active) == concerned


def test_focus_goes_to_a_row_and_takes_filters_away_that_hide_it(
    panel: TablePanel, qtbot: QtBot, runner: Runner
) -> None:
    panel.focus_id(45)
    wait_idle(qtbot, runner)
    assert panel.current_id() == 45
    assert panel.filter_bar.chips == (NOT_CLOSED,)
    assert panel.view.visualRect(panel.view.currentIndex()).top() > 0
    type_filter(qtbot, panel, runner, "T-000001")
    panel.focus_id(53)
    wait_idle(qtbot, runner)
    assert list(panel.selected_ids()) == [53]
    assert (panel.filter_bar.text, panel.filter_bar.chips) == ("", ())
    panel.focus_id(999)
    wait_idle(qtbot, runner)
    assert panel.current_id() == 53


def test_focus_waits_until_the_table_is_shown(panel: TablePanel, qtbot: QtBot, runner: Runner) -> None:
    panel.hide()
    panel.focus_id(45)
    panel.show()
    wait_idle(qtbot, runner)
    assert panel.current_id() == 45


def test_show_only_and_query_text(panel: TablePanel, qtbot: QtBot, runner: Runner) -> None:
    panel.show_only(field_is(Kind.ISSUES, "trade_id", "t-000051"))
    wait_idle(qtbot, runner)
    assert ids(panel) == [51]
    assert list(panel.selected_ids()) == [51]
    panel.set_query_text("status:ignored")
    wait_idle(qtbot, runner)
    assert ids(panel) == []
    panel.set_query_text("status:ignored", keep_chips=False)
    wait_idle(qtbot, runner)
    assert ids(panel) == [52]
    panel.show_usual("t-00005")
    wait_idle(qtbot, runner)
    assert (panel.filter_bar.text, panel.filter_bar.chips) == ("t-00005", (NOT_CLOSED,))
    assert ids(panel) == [50]


def test_stepping_goes_from_row_to_row_and_stops_at_the_ends(panel: TablePanel) -> None:
    panel.step(1)
    assert panel.position() == (1, 50)
    panel.step(1)
    assert panel.position() == (2, 50)
    panel.step(-5)
    assert panel.position() == (1, 50)
    panel.step(99)
    assert panel.position() == (50, 50)
    assert list(panel.selected_ids()) == [50]


def test_the_selection_is_copied_for_a_spreadsheet(panel: TablePanel, qtbot: QtBot, runner: Runner) -> None:
    copied: list[int] = []
    panel.copied.connect(copied.append)
    panel.restore_state(
        '{"columns": [{"name": "trade_id", "shown": true, "width": null},'
        ' {"name": "difference", "shown": true, "width": null}], "sort": null}'
    )
    for name in panel.view.layout_of_columns.shown()[2:]:
        panel.view.layout_of_columns.set_shown(name, False)
    panel.view.select_row(0)
    qtbot.keyClick(panel.view, Qt.Key.Key_Down, SHIFT)
    qtbot.keyClick(panel.view, Qt.Key.Key_C, CTRL)
    wait_idle(qtbot, runner)
    assert QApplication.clipboard().text() == "T-000001\t-1000.25\nT-000002\t-2000.25"
    qtbot.keyClick(panel.view, Qt.Key.Key_C, CTRL | SHIFT)
    wait_idle(qtbot, runner)
    assert QApplication.clipboard().text().startswith("Trade\tDifference\nT-000001\t")
    assert copied == [2, 2]


def test_copying_nothing_leaves_the_clipboard_alone(panel: TablePanel, runner: Runner) -> None:
    QApplication.clipboard().setText("before")
    panel.copy_selection()
    assert runner.active == ()
    assert QApplication.clipboard().text() == "before"


def test_too_many_rows_to_copy_are_a_problem(
    panel: TablePanel, qtbot: QtBot, runner: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "MOST_COPIED", 10)
    problems: list[KnownError] = []
    panel.problem.connect(problems.append)
    panel.view.selectAll()
    panel.copy_selection()
    wait_idle(qtbot, runner)
    assert [error.message for error in problems] == [
        "50 rows are too many to copy; select at most 10, or export them."
    ]
    assert not panel.message.isVisible()


def test_the_columns_and_the_order_come_back(
    workspace: Workspace, open_panel: OpenPanel, qtbot: QtBot, runner: Runner
) -> None:
    add_issues(workspace, [issue(1), issue(2)])
    first = open_panel(Kind.ISSUES)
    first.view.layout_of_columns.set_shown("severity", False)
    first.view.layout_of_columns.set_sort(Sort("difference"))
    second = open_panel(Kind.ISSUES)
    second.restore_state(first.save_state())
    wait_idle(qtbot, runner)
    assert "severity" not in second.view.layout_of_columns.shown()
    assert ids(second) == [2, 1]


def test_an_empty_table_says_what_to_do(open_panel: OpenPanel, qtbot: QtBot, runner: Runner) -> None:
    panel = open_panel(Kind.TRADES)
    assert panel.message.isVisible()
    assert (panel.message.heading, panel.message.line) == (
        "No trades yet",
        "Import a file of trades to see them here.",
    )
    panel.set_empty_text("Nothing", "at all")
    panel.refresh()
    wait_idle(qtbot, runner)
    assert (panel.message.heading, panel.message.line) == ("Nothing", "at all")
    assert panel.message.geometry() == panel.view.viewport().geometry()


def test_the_first_rows_take_the_message_away(
    workspace: Workspace, open_panel: OpenPanel, qtbot: QtBot, runner: Runner
) -> None:
    panel = open_panel(Kind.LEDGER)
    assert panel.message.isVisible()
    add_entries(workspace, [entry(1)])
    panel.on_changes(Changes(ledger=True))
    wait_idle(qtbot, runner)
    assert not panel.message.isVisible()
    assert panel.model.rowCount() == 1


def test_a_failure_is_said_and_can_be_tried_again(
    panel: TablePanel, qtbot: QtBot, runner: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_arguments: object) -> array[int]:
        raise KnownError("The disk is gone; plug it in.")

    with monkeypatch.context() as patch:
        patch.setattr(reading, "list_ids", broken)
        panel.refresh()
        wait_idle(qtbot, runner)
    assert panel.message.isVisible()
    assert panel.message.line == "The disk is gone; plug it in."
    qtbot.mouseClick(button(panel, "Try again"), LEFT)
    wait_idle(qtbot, runner)
    assert not panel.message.isVisible()
    assert len(ids(panel)) == 50


def test_a_search_that_takes_long_says_so(
    panel: TablePanel, qtbot: QtBot, runner: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = threading.Event()

    def slow(*arguments: object) -> array[int]:
        assert gate.wait(10)
        return list_ids(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(reading, "list_ids", slow)
    panel.refresh()
    assert panel.filter_bar.count_text == "50 of 55"
    qtbot.waitUntil(lambda: panel.filter_bar.count_text == "Searching…")
    assert ids(panel) == list(range(1, 51))
    gate.set()
    wait_idle(qtbot, runner)
    assert panel.filter_bar.count_text == "50 of 55"


def test_another_workspace_takes_the_place_of_the_first(
    panel: TablePanel, qtbot: QtBot, runner: Runner, tmp_path: Path
) -> None:
    panel.view.select_row(5)
    with new_workspace(tmp_path, "other") as other:
        add_issues(other, [issue(7), issue(8)])
        panel.set_workspace(other)
        wait_idle(qtbot, runner)
        assert ids(panel) == [1, 2]
        assert panel.model.index(0, 3).data() == "T-000007"
        assert panel.current_id() is None
        assert panel.filter_bar.chips == (NOT_CLOSED,)


def test_a_panel_that_is_gone_is_not_called(
    workspace: Workspace, theme: Theme, icons: Icons, pills: Pills, qtbot: QtBot, runner: Runner
) -> None:
    panel = TablePanel(
        workspace, Kind.ISSUES, runner, theme, icons, pills, table_name="table", filter_name="filter"
    )
    began, gate = threading.Event(), threading.Event()

    def job(handle: Handle) -> None:
        began.set()
        handle.on_cancel(gate.set)
        assert gate.wait(10)

    runner.run(Lane.READ, job, owner=panel, on_end=pytest.fail)
    qtbot.waitUntil(began.is_set)
    panel.show()
    panel.deleteLater()
    wait_idle(qtbot, runner)
    theme.set_mode("dark")  # nothing of it listens any more


def test_it_fills_and_is_filtered_on_both_databases(
    target: str, theme: Theme, icons: Icons, pills: Pills, qtbot: QtBot, runner: Runner
) -> None:
    with open_workspace(target, create=True) as workspace:
        add_trades(workspace, [trade(number) for number in range(1, 601)])
        panel = TablePanel(
            workspace, Kind.TRADES, runner, theme, icons, pills, table_name="table", filter_name="filter"
        )
        qtbot.addWidget(panel)
        panel.resize(1000, 400)
        panel.show()
        wait_idle(qtbot, runner)
        assert ids(panel) == list(range(1, 601))
        panel.step(-1)
        panel.step(599)
        panel.view.viewport().repaint()
        qtbot.waitUntil(lambda: panel.model.index(599, 0).data() == "T-000600")
        panel.set_query_text("t-0005 -vod side:buy quantity>=650")
        wait_idle(qtbot, runner)
        expected = [
            number for number in range(550, 600) if number % 2 and trade(number)["instrument"] != "VOD.L"
        ]
        assert ids(panel) == expected


def test_on_a_server_painting_never_waits(
    workspace: Workspace, open_panel: OpenPanel, monkeypatch: pytest.MonkeyPatch
) -> None:
    budgets: list[float] = []
    monkeypatch.setattr(
        table_panel.RowsModel, "set_reader", lambda _self, _read, budget: budgets.append(budget)
    )
    open_panel(Kind.TRADES)
    monkeypatch.setattr(Workspace, "is_shared", property(lambda _self: True))
    open_panel(Kind.TRADES)
    assert budgets == [table_panel.LOCAL_BUDGET, 0.0]
