from __future__ import annotations

import json

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from opspilot_desktop.domain.fields import ISSUES, Kind
from opspilot_desktop.domain.query import Sort
from opspilot_desktop.operations.workspace import Workspace
from opspilot_desktop.ui.runner import Runner
from opspilot_desktop.ui.tables.column_layout import ColumnLayout
from opspilot_desktop.ui.tables.table_panel import TablePanel
from opspilot_desktop.ui.widgets.header_view import ARROW, ARROW_GAP
from tests.helpers.runners import wait_idle
from tests.helpers.workspaces import add_issues, add_trades, issue, trade
from tests.ui.tables.conftest import OpenPanel

USUAL = tuple(field.name for field in ISSUES.fields if field.shown)


@pytest.fixture
def panel(open_panel: OpenPanel) -> TablePanel:
    return open_panel(Kind.ISSUES)


@pytest.fixture
def columns(panel: TablePanel) -> ColumnLayout:
    return panel.view.layout_of_columns


def click_header(qtbot: QtBot, panel: TablePanel, name: str) -> None:
    header = panel.view.horizontalHeader()
    section = section_of(name)
    at = QPoint(header.sectionViewportPosition(section) + header.sectionSize(section) // 2, 10)
    qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=at)


def section_of(name: str) -> int:
    return next(at for at, field in enumerate(ISSUES.fields) if field.name == name)


def width_of(panel: TablePanel, name: str) -> int:
    return panel.view.horizontalHeader().sectionSize(section_of(name))


def label_width(panel: TablePanel, name: str) -> int:
    """What the whole label takes, with the cell's padding and without a sort arrow."""
    header = panel.view.horizontalHeader()
    return header.sectionSizeFromContents(section_of(name)).width() - ARROW - ARROW_GAP


def fill(qtbot: QtBot, panel: TablePanel, runner: Runner, workspace: Workspace) -> None:
    """Issues with the longest words that are usual."""
    kinds = ("AMOUNT_MISMATCH", "MISSING_LEDGER_ENTRY", "ANOMALOUS_QUANTITY")
    add_trades(workspace, [trade(number) for number in range(1, 4)])
    add_issues(workspace, [issue(number, issue_type=kind) for number, kind in enumerate(kinds, start=1)])
    panel.refresh()
    wait_idle(qtbot, runner)
    qtbot.waitUntil(lambda: bool(panel.model.index(0, 0).data()))
    qtbot.wait(20)


@pytest.mark.parametrize("narrow", [False, True])
def test_all_issue_columns_are_seen_at_1280_with_whole_labels_and_amounts(
    qtbot: QtBot,
    workspace: Workspace,
    runner: Runner,
    panel: TablePanel,
    narrow: bool,
) -> None:
    panel.set_narrow(narrow)
    panel.resize(960 if narrow else 1076, 400)  # what the dock leaves at 1280 and at 1440
    fill(qtbot, panel, runner, workspace)
    view, header = panel.view, panel.view.horizontalHeader()
    assert view.horizontalScrollBar().maximum() == 0
    assert header.length() == view.viewport().width()
    metrics = view.fontMetrics()
    for at, column in enumerate(panel.model.columns):
        if not header.isSectionHidden(at):
            assert header.sectionSize(at) >= label_width(panel, column.name), column.name
        if not header.isSectionHidden(at) and column.never_cut:
            shown = str(panel.model.index(0, at).data())
            assert header.sectionSize(at) >= metrics.horizontalAdvance(shown) + 16, column.name


def test_a_window_that_was_large_for_a_while_is_as_before(
    qtbot: QtBot, workspace: Workspace, runner: Runner, panel: TablePanel
) -> None:
    panel.resize(960, 400)
    fill(qtbot, panel, runner, workspace)
    header = panel.view.horizontalHeader()
    before = [header.sectionSize(at) for at in range(header.count())]
    panel.resize(1600, 400)
    assert header.length() == panel.view.viewport().width()
    panel.resize(960, 400)
    assert [header.sectionSize(at) for at in range(header.count())] == before
    assert panel.view.horizontalScrollBar().maximum() == 0


def test_where_not_even_short_columns_fit_nothing_is_cut_and_the_table_scrolls(
    qtbot: QtBot, workspace: Workspace, runner: Runner, panel: TablePanel
) -> None:
    panel.resize(1600, 400)
    fill(qtbot, panel, runner, workspace)
    usual = width_of(panel, "issue_type"), width_of(panel, "counterparty")
    panel.resize(500, 400)
    assert (width_of(panel, "issue_type"), width_of(panel, "counterparty")) == usual
    assert panel.view.horizontalScrollBar().maximum() > 0


def test_a_divider_that_is_dragged_moves_nothing_but_the_end(qtbot: QtBot, panel: TablePanel) -> None:
    panel.resize(1200, 400)
    header = panel.view.horizontalHeader()
    before = {at: header.sectionSize(at) for at in range(header.count())}
    section = section_of("trade_id")
    edge = QPoint(header.sectionViewportPosition(section) + header.sectionSize(section) - 1, 10)
    button = Qt.MouseButton.LeftButton
    qtbot.mousePress(header.viewport(), button, pos=edge)
    qtbot.mouseMove(header.viewport(), edge + QPoint(20, 0))
    qtbot.mouseRelease(header.viewport(), button, pos=edge + QPoint(20, 0))
    after = {at: header.sectionSize(at) for at in range(header.count())}
    assert after[section] == before[section] + 20
    last = section_of("status")
    assert after[last] == before[last] - 20
    assert {at: size for at, size in after.items() if at not in (section, last)} == {
        at: size for at, size in before.items() if at not in (section, last)
    }
    panel.resize(960, 400)
    assert width_of(panel, "trade_id") == after[section]


def test_it_begins_with_what_the_fields_declare(columns: ColumnLayout) -> None:
    assert columns.shown() == USUAL
    assert columns.sort() is None


def test_a_click_sorts_up_then_down_then_as_before(
    qtbot: QtBot, panel: TablePanel, columns: ColumnLayout
) -> None:
    orders: list[Sort | None] = []
    columns.sortChanged.connect(lambda: orders.append(columns.sort()))
    for _ in range(3):
        click_header(qtbot, panel, "difference")
    assert orders == [Sort("difference"), Sort("difference", descending=True), None]
    click_header(qtbot, panel, "age")
    click_header(qtbot, panel, "severity")
    assert orders[3:] == [Sort("age"), Sort("severity")]


def test_the_sorted_column_has_room_for_its_arrow(
    qtbot: QtBot, panel: TablePanel, columns: ColumnLayout
) -> None:
    needed = panel.view.horizontalHeader().sectionSizeFromContents(section_of("currency")).width()
    assert width_of(panel, "currency") < needed
    columns.set_sort(Sort("currency"))
    assert width_of(panel, "currency") == needed


def test_columns_can_be_hidden_but_never_all(columns: ColumnLayout) -> None:
    for name in USUAL:
        columns.set_shown(name, False)
    assert columns.shown() == USUAL[-1:]
    columns.set_shown("comment", True)
    assert columns.shown() == (USUAL[-1], "comment")


def test_the_first_column_shown_stands_further_in(columns: ColumnLayout) -> None:
    assert columns.is_first(0)
    columns.set_shown("id", False)
    assert not columns.is_first(0)
    assert columns.is_first(1)


def test_everything_comes_back(qtbot: QtBot, panel: TablePanel, columns: ColumnLayout) -> None:
    header = panel.view.horizontalHeader()
    before = columns.save()
    header.moveSection(header.visualIndex(section_of("trade_id")), 0)
    header.resizeSection(section_of("counterparty"), 222)
    columns.set_shown("severity", False)
    columns.set_shown("detected_at", True)
    columns.set_sort(Sort("age", descending=True))
    shown, state = columns.shown(), columns.save()
    columns.restore(before)
    assert columns.shown() == USUAL
    assert columns.sort() is None
    columns.restore(state)
    assert columns.shown() == shown
    assert shown[0] == "trade_id"
    assert width_of(panel, "counterparty") == 222
    assert columns.sort() == Sort("age", descending=True)
    assert columns.save() == state


def test_a_reset_takes_everything_back(panel: TablePanel, columns: ColumnLayout) -> None:
    usual = width_of(panel, "counterparty")
    header = panel.view.horizontalHeader()
    header.moveSection(3, 0)
    header.resizeSection(section_of("counterparty"), 222)
    columns.set_shown("comment", True)
    columns.reset()
    assert columns.shown() == USUAL
    assert width_of(panel, "counterparty") == usual


@pytest.mark.parametrize(
    "state",
    [
        *("", "{", "[]", "null", '{"columns": 3, "sort": null}', '{"columns": [], "sort": null}'),
        '{"columns": [{"name": "unknown", "shown": true, "width": 3}], "sort": null}',
        '{"columns": [{"name": "id", "shown": false, "width": null}], "sort": null}',
        '{"columns": [{"name": "id", "shown": true, "width": "wide"}], "sort": null}',
        '{"columns": [{"name": "id", "shown": true, "width": 9}], "sort": ["id"]}',
        '{"columns": [{"name": ["id"], "shown": true, "width": 9}], "sort": null}',
    ],
)
def test_a_state_that_makes_no_sense_changes_nothing(columns: ColumnLayout, state: str) -> None:
    before = columns.save()
    columns.restore(state)
    assert columns.save() == before


def test_a_state_of_another_version_is_taken_as_far_as_it_goes(columns: ColumnLayout) -> None:
    entries = [{"name": name, "shown": True, "width": None} for name in ("status", "gone", "id")]
    columns.restore(json.dumps({"columns": entries, "sort": ["gone", True]}))
    assert columns.shown()[:2] == ("status", "id")
    assert set(columns.shown()) == set(USUAL)
    assert columns.sort() is None


def test_the_menu_shows_hides_and_sorts(columns: ColumnLayout, panel: TablePanel) -> None:
    menu = QMenu(panel)
    columns.fill_menu(menu)
    actions = {action.text(): action for action in menu.actions()}
    assert [text for text, action in actions.items() if action.isChecked()] == [
        field.label for field in ISSUES.fields if field.shown
    ]
    actions["Severity"].trigger()
    actions["Comment"].trigger()
    assert set(columns.shown()) == set(USUAL) - {"severity"} | {"comment"}
    by = actions["Sort by"].menu()
    assert isinstance(by, QMenu)
    orders = {action.text(): action for action in by.actions()}
    assert orders["Usual order"].isChecked()
    orders["Age, descending"].trigger()
    assert columns.sort() == Sort("age", descending=True)
    actions["Reset columns"].trigger()
    assert columns.shown() == USUAL


def test_the_last_column_cannot_be_unticked(columns: ColumnLayout, panel: TablePanel) -> None:
    for name in USUAL[1:]:
        columns.set_shown(name, False)
    menu = QMenu(panel)
    columns.fill_menu(menu)
    assert [
        action.text() for action in menu.actions() if action.isCheckable() and not action.isEnabled()
    ] == ["Issue"]


def test_the_header_has_a_menu_of_its_own(qtbot: QtBot, panel: TablePanel, columns: ColumnLayout) -> None:
    header = panel.view.horizontalHeader()
    at = QPoint(header.sectionViewportPosition(section_of("currency")) + 5, 10)
    header.customContextMenuRequested.emit(at)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    assert menu.actions()[0].text() == "Hide “Ccy”"
    qtbot.keyClick(menu, Qt.Key.Key_Down)
    qtbot.keyClick(menu, Qt.Key.Key_Return)
    assert "currency" not in columns.shown()


def test_columns_grow_for_what_must_not_be_cut_and_others_a_little(
    qtbot: QtBot, workspace: Workspace, open_panel: OpenPanel
) -> None:
    long = "T-" + "0123456789" * 3
    amount = {"gross_units": 123_456_789_012_345_678, "gross_nanos": 123_456_789, "gross_rest": 123_456_789}
    add_trades(workspace, [trade(1, trade_id=long, counterparty="W" * 200, **amount)])
    panel = open_panel(Kind.TRADES)
    qtbot.wait(20)
    header, metrics = panel.view.horizontalHeader(), panel.view.fontMetrics()
    names = [column.name for column in panel.model.columns]
    sizes = {name: header.sectionSize(at) for at, name in enumerate(names)}
    assert sizes["trade_id"] >= metrics.horizontalAdvance(long)
    shown = "123,456,789,012,345,678.123456789123456789"
    assert panel.model.index(0, names.index("gross_amount")).data() == shown
    assert sizes["gross_amount"] >= metrics.horizontalAdvance(shown)
    assert sizes["counterparty"] < metrics.horizontalAdvance("W" * 30)


def test_a_width_that_the_user_chose_stays(
    qtbot: QtBot, workspace: Workspace, open_panel: OpenPanel, runner: Runner
) -> None:
    panel = open_panel(Kind.TRADES)
    header = panel.view.horizontalHeader()
    header.resizeSection(0, 60)
    add_trades(workspace, [trade(1, trade_id="T-" + "0123456789" * 3)])
    panel.refresh()
    wait_idle(qtbot, runner)
    qtbot.wait(20)
    assert panel.model.index(0, 0).data().startswith("T-0123")
    assert header.sectionSize(0) == 60


def test_a_narrow_table_has_room_for_the_status(panel: TablePanel, columns: ColumnLayout) -> None:
    panel.resize(960, 400)
    view, usual, state = panel.view, width_of(panel, "assigned_to"), panel.save_state()
    panel.set_narrow(True)
    assert label_width(panel, "assigned_to") <= width_of(panel, "assigned_to") < usual
    status = section_of("status")
    assert view.columnViewportPosition(status) + 80 <= view.viewport().width()
    assert panel.save_state() == state
    columns.set_sort(Sort("assigned_to"))
    needed = view.horizontalHeader().sectionSizeFromContents(section_of("assigned_to")).width()
    assert width_of(panel, "assigned_to") >= needed
    columns.set_sort(None)
    panel.set_narrow(False)
    assert width_of(panel, "assigned_to") == usual
    assert panel.save_state() == state


def test_a_chosen_width_stays_in_a_narrow_table(panel: TablePanel, columns: ColumnLayout) -> None:
    panel.view.horizontalHeader().resizeSection(section_of("assigned_to"), 140)
    panel.set_narrow(True)
    assert width_of(panel, "assigned_to") == 140
    columns.reset()
    assert width_of(panel, "assigned_to") < 80


def test_a_hidden_assignee_stays_hidden(panel: TablePanel, columns: ColumnLayout) -> None:
    columns.set_shown("assigned_to", False)
    usual = columns.shown()
    panel.set_narrow(True)
    assert columns.shown() == usual
    columns.set_shown("assigned_to", True)
    assert width_of(panel, "assigned_to") < 80
