from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from opspilot_desktop.domain.issues import IssueStatus, IssueType
from opspilot_desktop.domain.situation import Event
from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.panels.issue_panel import IssuePanel
from opspilot_desktop.ui.theme import Theme
from opspilot_desktop.ui.widgets.pills import Pills
from tests.helpers.situations import detail, fee_with_wrong_sign

EVENTS = (Event("2026-11-10T09:10:00.000Z", "ops", "opened", "", 306),)


@pytest.fixture
def panel(theme: Theme, icons: Icons, pills: Pills, qtbot: QtBot) -> IssuePanel:
    panel = IssuePanel(theme, icons, pills)
    qtbot.addWidget(panel)
    panel.resize(1076, 246)
    panel.show()
    panel.set_detail(replace(fee_with_wrong_sign(), events=EVENTS), 3, 164)
    QApplication.processEvents()
    return panel


def test_it_shows_the_issue(panel: IssuePanel) -> None:
    assert panel.issue_id == 1042
    assert panel.number.text() == "1042"
    assert panel.kind.text() == "Amount mismatch"
    assert panel.severity.value == "CRITICAL"
    assert panel.status.value == "open"
    assert panel.assignee.text() == "j.meyer"
    assert panel.position.text() == "3 of 164"
    assert panel.difference.figure.text() == "−1,250.00"
    assert panel.compare.model.columnCount() == 4
    assert [entry.text.text() for entry in panel.timeline.entries] == ["Opened"]
    assert not panel.nothing.isVisible()


def test_without_a_selection_it_says_what_to_do(panel: IssuePanel) -> None:
    panel.set_detail(None)
    assert panel.issue_id is None
    assert panel.nothing.isVisible()
    assert not panel.explain.isVisible()


@pytest.mark.parametrize(
    ("button", "signal"),
    [
        ("explain", "explainRequested"),
        ("comment", "commentRequested"),
        ("resolve", "resolveRequested"),
    ],
)
def test_its_buttons_ask_for_this_issue(button: str, signal: str, panel: IssuePanel, qtbot: QtBot) -> None:
    with qtbot.waitSignal(getattr(panel, signal)) as asked:
        qtbot.mouseClick(getattr(panel, button), Qt.MouseButton.LeftButton)
    assert asked.args == [1042]
    with qtbot.waitSignal(getattr(panel, signal)) as asked:
        qtbot.keyClick(getattr(panel, button), Qt.Key.Key_Space)
    assert asked.args == [1042]


def test_previous_and_next_end_where_the_list_does(panel: IssuePanel, qtbot: QtBot) -> None:
    with qtbot.waitSignal(panel.previousRequested):
        qtbot.mouseClick(panel.previous, Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(panel.nextRequested):
        qtbot.mouseClick(panel.next, Qt.MouseButton.LeftButton)
    panel.set_position(1, 164)
    assert (panel.previous.isEnabled(), panel.next.isEnabled()) == (False, True)
    panel.set_position(164, 164)
    assert (panel.previous.isEnabled(), panel.next.isEnabled()) == (True, False)
    panel.set_position(0, 164)
    assert (panel.previous.isEnabled(), panel.next.isEnabled()) == (False, False)
    assert panel.position.text() == ""


@pytest.mark.parametrize("status", list(IssueStatus))
def test_only_issues_under_work_can_be_resolved(status: IssueStatus, panel: IssuePanel) -> None:
    found = fee_with_wrong_sign()
    panel.set_detail(replace(found, issue={**found.issue, "status": status.value}), 1, 1)
    assert panel.resolve.isEnabled() == (status in (IssueStatus.OPEN, IssueStatus.INVESTIGATING))
    assert bool(panel.resolve.toolTip()) != panel.resolve.isEnabled()


@pytest.mark.parametrize("issue_type", list(IssueType))
def test_every_type_can_be_shown_with_and_without_rows(issue_type: IssueType, panel: IssuePanel) -> None:
    panel.set_detail(detail(issue_type, {}), 1, 1)
    assert panel.kind.text() == issue_type.label
    panel.set_detail(replace(detail(issue_type, {}), trade=None), 1, 1)
    assert panel.compare.model.columnCount() == 3


def test_a_type_that_a_plug_in_brought_is_readable(panel: IssuePanel) -> None:
    panel.set_detail(detail("LATE_SETTLEMENT", {}, assigned_to=None), 1, 1)
    assert panel.kind.text() == "Late settlement"
    assert panel.assignee.text() == "Unassigned"


def test_a_narrow_window_puts_the_timeline_under_the_difference(panel: IssuePanel) -> None:
    def place() -> tuple[int, int]:
        corner = panel.timeline.mapTo(panel, panel.timeline.rect().topLeft())
        own = panel.difference.mapTo(panel, panel.difference.rect().topLeft())
        return corner.x() - own.x(), corner.y() - own.y()

    x, y = place()
    assert x >= panel.difference.width()
    wide = panel.compare.width()
    panel.set_narrow(True)
    QApplication.processEvents()
    x, y = place()
    assert x < panel.difference.width()
    assert y >= panel.difference.height()
    assert panel.compare.width() > wide
    panel.set_narrow(False)
    QApplication.processEvents()
    assert place()[0] >= panel.difference.width()
