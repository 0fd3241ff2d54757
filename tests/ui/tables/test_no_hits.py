from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from opspilot_desktop.domain.fields import Kind
from opspilot_desktop.operations.workspace import Workspace
from opspilot_desktop.ui.runner import Runner
from opspilot_desktop.ui.tables.quick_filters import NOT_CLOSED, field_is
from opspilot_desktop.ui.tables.table_panel import TablePanel
from tests.helpers.runners import wait_idle
from tests.helpers.workspaces import add_entries, add_issues, entry, issue
from tests.ui.tables.conftest import OpenPanel


@pytest.fixture
def panel(workspace: Workspace, open_panel: OpenPanel) -> TablePanel:
    rows = [
        issue(1),
        issue(2, assigned_to="j.meyer"),
        issue(3, status="resolved"),
        issue(4, status="ignored"),
    ]
    add_issues(workspace, rows)
    return open_panel(Kind.ISSUES)


def offers(panel: TablePanel) -> list[str]:
    buttons = panel.message.findChildren(QPushButton)
    return [button.accessibleName() for button in buttons if button.isVisible()]


def press(qtbot: QtBot, panel: TablePanel, text: str) -> None:
    buttons = panel.message.findChildren(QPushButton)
    button = next(button for button in buttons if button.isVisible() and button.accessibleName() == text)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def test_the_chip_that_hides_the_rows_is_named_and_removed(
    panel: TablePanel, qtbot: QtBot, runner: Runner
) -> None:
    panel.set_query_text("T-000003")
    wait_idle(qtbot, runner)
    assert panel.message.heading == "No issues pass the filter"
    assert panel.message.line == "Without “Status is not closed” there is 1 issue."
    assert offers(panel) == ["Remove “Status is not closed”", "Remove all filters"]
    press(qtbot, panel, "Remove “Status is not closed”")
    wait_idle(qtbot, runner)
    assert not panel.message.isVisible()
    assert list(panel.model.ids) == [3]
    assert (panel.filter_bar.text, panel.filter_bar.chips) == ("T-000003", ())


def test_the_text_can_be_what_stands_in_the_way(panel: TablePanel, qtbot: QtBot, runner: Runner) -> None:
    panel.set_query_text("nothing like this")
    wait_idle(qtbot, runner)
    assert panel.message.line == "Without “nothing like this” there are 2 issues."
    press(qtbot, panel, "Remove “nothing like this”")
    wait_idle(qtbot, runner)
    assert list(panel.model.ids) == [1, 2]
    assert panel.filter_bar.chips == (NOT_CLOSED,)


def test_when_no_part_alone_is_to_blame_all_can_go(panel: TablePanel, qtbot: QtBot, runner: Runner) -> None:
    both = (NOT_CLOSED, field_is(Kind.ISSUES, "trade_id", "T-000003"))
    panel.filter_bar.set_filter("status:ignored", both)
    wait_idle(qtbot, runner)
    assert panel.message.line == "Only all of it together hides the 4 issues."
    press(qtbot, panel, "Remove all filters")
    wait_idle(qtbot, runner)
    assert list(panel.model.ids) == [1, 2, 3, 4]


def test_a_single_filter_needs_no_second_button(
    workspace: Workspace, open_panel: OpenPanel, qtbot: QtBot, runner: Runner
) -> None:
    add_entries(workspace, [entry(1)])
    panel = open_panel(Kind.LEDGER)
    panel.set_query_text("nothing")
    wait_idle(qtbot, runner)
    assert panel.message.heading == "No ledger entries pass the filter"
    assert panel.message.line == "Without “nothing” there is 1 ledger entry."
    assert offers(panel) == ["Remove “nothing”"]
