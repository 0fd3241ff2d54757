"""Which verbs are offered follows from the statuses of all that is selected."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from opspilot_desktop.domain.fields import Kind
from opspilot_desktop.domain.issues import IssueStatus
from opspilot_desktop.domain.jobs import Handle
from opspilot_desktop.operations import reading
from opspilot_desktop.operations.issue_work import resolve_issues
from opspilot_desktop.operations.reading import read_issue, statuses_of
from opspilot_desktop.operations.workspace import Workspace, open_workspace
from opspilot_desktop.ui.main_window import MainWindow
from tests.helpers.window import click_in_menu, open_row_menu, press, settle
from tests.helpers.workspaces import add_issues, issue, new_workspace

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def select_two(qtbot: QtBot, window: MainWindow) -> list[int]:
    window.tables[Kind.ISSUES].view.select_row(0)
    press(qtbot, Qt.Key.Key_Down, SHIFT)
    settle(qtbot, window)
    return list(window.tables[Kind.ISSUES].selected_ids())


def status(window: MainWindow, number: int) -> str:
    return str(read_issue(Handle(), window.desk.workspace, number).issue["status"])


def test_reopen_is_off_for_several_that_are_open(qtbot: QtBot, window: MainWindow) -> None:
    select_two(qtbot, window)
    reopen = window.actions_["reopenIssue"]
    assert not reopen.isEnabled()
    assert reopen.toolTip() == "These issues are open"
    assert window.actions_["resolveIssue"].isEnabled()
    press(qtbot, Qt.Key.Key_I)
    settle(qtbot, window)
    assert reopen.toolTip() == "These issues are investigating"
    press(qtbot, Qt.Key.Key_A, CTRL)
    settle(qtbot, window)
    assert reopen.toolTip() == "These issues are open or investigating"
    assert not reopen.isEnabled()


def test_reopen_is_on_when_one_can_be_reopened_and_leaves_the_other_out(
    qtbot: QtBot, window: MainWindow
) -> None:
    press(qtbot, Qt.Key.Key_F, CTRL, SHIFT)  # no filter: closed issues are shown too
    settle(qtbot, window)
    first, second = select_two(qtbot, window)
    with open_workspace(window.desk.workspace.database.target, create=False) as colleague:
        resolve_issues(colleague, [first], "FEES")
    press(qtbot, Qt.Key.Key_R, CTRL)
    settle(qtbot, window)
    assert list(window.tables[Kind.ISSUES].selected_ids()) == [first, second]
    assert window.actions_["reopenIssue"].isEnabled()
    before = read_issue(Handle(), window.desk.workspace, second).issue
    press(qtbot, Qt.Key.Key_R, SHIFT)
    settle(qtbot, window)
    assert status(window, first) == "open"
    assert read_issue(Handle(), window.desk.workspace, second).issue == before
    assert not window.actions_["reopenIssue"].isEnabled()


def test_the_context_menu_knows_it_too(qtbot: QtBot, window: MainWindow) -> None:
    menu = open_row_menu(qtbot, window, Kind.ISSUES, 0)
    settle(qtbot, window)
    assert not window.actions_["reopenIssue"].isEnabled()
    click_in_menu(qtbot, menu, window.actions_["investigateIssue"])
    settle(qtbot, window)
    assert not window.actions_["investigateIssue"].isEnabled()


def test_the_statuses_are_never_read_in_the_windows_thread(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: list[threading.Thread] = []

    def noted(handle: Handle, workspace: Workspace, ids: list[int]) -> frozenset[IssueStatus]:
        threads.append(threading.current_thread())
        return statuses_of(handle, workspace, ids)

    monkeypatch.setattr(reading, "statuses_of", noted)
    press(qtbot, Qt.Key.Key_A, CTRL)
    settle(qtbot, window)
    assert window.selection.statuses == {IssueStatus.OPEN}
    assert threads
    assert threading.main_thread() not in threads


def test_the_statuses_of_many_are_found_each_once(tmp_path: Path) -> None:
    names = [status.value for status in IssueStatus]
    with new_workspace(tmp_path) as workspace:
        add_issues(workspace, (issue(n, age=1, status=names[n // 1000]) for n in range(1, 2_500)))
        assert statuses_of(Handle(), workspace, range(1, 2_500)) == frozenset(list(IssueStatus)[:3])
        assert statuses_of(Handle(), workspace, range(1, 900)) == {IssueStatus.OPEN}
        assert statuses_of(Handle(), workspace, []) == frozenset()
