"""A colleague is faster than the person who is still typing."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox
from pytestqt.qtbot import QtBot

from opspilot_desktop.domain.fields import Kind
from opspilot_desktop.domain.jobs import Handle
from opspilot_desktop.operations import issue_work
from opspilot_desktop.operations.issue_work import assign_issues, resolve_issues
from opspilot_desktop.operations.reading import read_issue
from opspilot_desktop.operations.workspace import open_workspace
from opspilot_desktop.ui.dialogs.comment_dialog import CommentDialog
from opspilot_desktop.ui.dialogs.error_dialog import CrashDialog, MessageDialog
from opspilot_desktop.ui.dialogs.resolve_dialog import ResolveDialog
from opspilot_desktop.ui.main_window import MainWindow
from tests.helpers.window import click, press, settle, shown, type_text, wait_for, wait_until

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def issue(window: MainWindow, number: int) -> dict[str, object]:
    return dict(read_issue(Handle(), window.desk.workspace, number).issue)


def select(qtbot: QtBot, window: MainWindow, count: int = 1) -> list[int]:
    """Selects the first issues, as many as that."""
    table = window.tables[Kind.ISSUES]
    table.view.select_row(0)
    for _ in range(count - 1):
        press(qtbot, Qt.Key.Key_Down, SHIFT)
    settle(qtbot, window)
    return list(table.selected_ids())


def fill_in(qtbot: QtBot, key: Qt.Key) -> ResolveDialog:
    """Opens the dialog and types a reason and a comment."""
    press(qtbot, key)
    dialog = wait_for(qtbot, ResolveDialog)
    type_text(qtbot, "Fees")
    press(qtbot, Qt.Key.Key_Tab)
    type_text(qtbot, "Fee sign reversed")
    return dialog


def refused(qtbot: QtBot, dialog: ResolveDialog | CommentDialog) -> str:
    """Confirms, and waits for the sentence inside the dialog."""
    press(qtbot, Qt.Key.Key_Return, CTRL)
    wait_until(qtbot, dialog.banner.isVisible)
    return dialog.banner.text


@pytest.mark.parametrize(("key", "status"), [(Qt.Key.Key_R, "resolved"), (Qt.Key.Key_X, "ignored")])
def test_a_conflict_is_said_inside_and_can_be_confirmed_again(
    qtbot: QtBot, window: MainWindow, key: Qt.Key, status: str
) -> None:
    (number,) = select(qtbot, window)
    dialog = fill_in(qtbot, key)
    with open_workspace(window.desk.workspace.database.target, create=False) as colleague:
        assign_issues(colleague, [number], "bob")
    sentence = refused(qtbot, dialog)
    assert sentence.startswith(f"Issue {number} was changed by {window.desk.workspace.user} at 20")
    assert sentence.endswith("look at it again before you go on. It is open now, assigned to bob.")
    assert shown(MessageDialog) is None
    assert issue(window, number)["status"] == "open"
    assert dialog.findChildren(QComboBox)[0].currentText() == "Fees"
    assert dialog.comment.toPlainText() == "Fee sign reversed"
    click(qtbot, dialog.primary)
    settle(qtbot, window)
    assert shown(ResolveDialog) is None
    stored = issue(window, number)
    assert (stored["status"], stored["reason"]) == (status, "FEES")
    assert (stored["comment"], stored["assigned_to"]) == ("Fee sign reversed", "bob")


def test_what_a_colleague_resolved_leaves_nothing_to_do_but_the_text_stays(
    qtbot: QtBot, window: MainWindow
) -> None:
    (number,) = select(qtbot, window)
    dialog = fill_in(qtbot, Qt.Key.Key_R)
    with open_workspace(window.desk.workspace.database.target, create=False) as colleague:
        resolve_issues(colleague, [number], "TIMING")
    assert refused(qtbot, dialog).endswith("It is resolved now.")
    assert not dialog.primary.isEnabled()
    assert dialog.comment.toPlainText() == "Fee sign reversed"
    press(qtbot, Qt.Key.Key_Escape)
    settle(qtbot, window)
    assert shown(ResolveDialog) is None
    assert issue(window, number)["reason"] == "TIMING"


def test_of_several_those_that_are_left_are_confirmed(qtbot: QtBot, window: MainWindow) -> None:
    numbers = select(qtbot, window, 3)
    dialog = fill_in(qtbot, Qt.Key.Key_R)
    with open_workspace(window.desk.workspace.database.target, create=False) as colleague:
        resolve_issues(colleague, numbers[1:2], "TIMING")
    assert refused(qtbot, dialog).endswith("1 of the 3 issues changed; 1 left out by its status.")
    assert dialog.primary.text() == "Resolve 2 issues"
    click(qtbot, dialog.primary)
    settle(qtbot, window)
    assert [issue(window, number)["reason"] for number in numbers] == ["FEES", "TIMING", "FEES"]


def test_a_comment_that_cannot_be_stored_yet_is_kept(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    (number,) = select(qtbot, window)
    press(qtbot, Qt.Key.Key_C)
    dialog = wait_for(qtbot, CommentDialog)
    type_text(qtbot, "Asked the desk")
    monkeypatch.setattr("opspilot_desktop.store.database.LOCK_WAIT_SECONDS", 0.0)
    with closing(sqlite3.connect(window.desk.workspace.database.target, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert "wait until it has finished" in refused(qtbot, dialog)
        other.execute("ROLLBACK")
    press(qtbot, Qt.Key.Key_Return, CTRL)
    settle(qtbot, window)
    assert shown(CommentDialog) is None
    events = read_issue(Handle(), window.desk.workspace, number).events
    assert [event.text for event in events if event.kind == "comment"] == ["Asked the desk"]


def test_cancel_while_another_program_writes_changes_nothing(qtbot: QtBot, window: MainWindow) -> None:
    (number,) = select(qtbot, window)
    fill_in(qtbot, Qt.Key.Key_R)
    with closing(sqlite3.connect(window.desk.workspace.database.target, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        press(qtbot, Qt.Key.Key_Return, CTRL)
        wait_until(qtbot, lambda: window.jobs.is_writing)
        press(qtbot, Qt.Key.Key_Escape)
        settle(qtbot, window)
        other.execute("ROLLBACK")
    assert shown(ResolveDialog) is None
    assert window.job_bar.text.text() == "Cancelled; nothing was changed."
    assert issue(window, number)["status"] == "open"


@pytest.mark.expects_log("Unexpected error")
def test_after_a_defect_what_was_typed_is_still_there(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    (number,) = select(qtbot, window)
    dialog = fill_in(qtbot, Qt.Key.Key_R)

    def broken(*_: object) -> None:
        raise RuntimeError("boom")

    with monkeypatch.context() as patch:
        patch.setattr(issue_work.issue_writes, "lock_issues", broken)
        press(qtbot, Qt.Key.Key_Return, CTRL)
        report = wait_for(qtbot, CrashDialog)
    click(qtbot, report.primary)
    assert dialog.comment.toPlainText() == "Fee sign reversed"
    click(qtbot, dialog.primary)
    settle(qtbot, window)
    assert issue(window, number)["status"] == "resolved"
