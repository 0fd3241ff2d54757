"""What goes wrong at a real desk: colleagues, other workspaces, lost files, hurried keys."""

from __future__ import annotations

import csv
import threading
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from opspilot_desktop.domain.fields import Kind
from opspilot_desktop.domain.jobs import Handle
from opspilot_desktop.operations.issue_work import assign_issues, resolve_issues
from opspilot_desktop.operations.reading import issue_query, list_issues, read_issue
from opspilot_desktop.operations.workspace import open_workspace
from opspilot_desktop.ui.dialogs.confirm_dialog import ConfirmDialog
from opspilot_desktop.ui.dialogs.error_dialog import MessageDialog
from opspilot_desktop.ui.dialogs.wizard.wizard_dialog import ImportWizard
from opspilot_desktop.ui.main_window import MainWindow
from opspilot_desktop.ui.runner import Lane
from opspilot_desktop.ui.widgets.chips import Chip
from opspilot_desktop.ui.widgets.header_view import ARROW, ARROW_GAP
from tests.helpers.opening import open_window
from tests.helpers.window import click, press, settle, shown, wait_for, wait_until

CTRL = Qt.KeyboardModifier.ControlModifier


def issue(window: MainWindow, number: int) -> dict[str, object]:
    return dict(read_issue(Handle(), window.desk.workspace, number).issue)


def select(qtbot: QtBot, window: MainWindow, row: int) -> int:
    table = window.tables[Kind.ISSUES]
    table.view.select_row(row)
    settle(qtbot, window)
    current = table.current_id()
    assert current is not None
    return current


def test_a_step_of_another_workspace_is_never_undone_in_this_one(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    other = str(tmp_path / "other.opspilot")
    open_window(qtbot, other, sample=True).close()
    select(qtbot, window, 0)
    first = window.desk.workspace
    runner, gate = window.desk.runner, threading.Event()
    window.desk.write("Something longer", lambda _handle: gate.wait(10))
    window.workspaces.open_target(other)  # waits in the same lane in which the assignment is carried out
    press(qtbot, Qt.Key.Key_A)
    qtbot.waitUntil(lambda: sum(job.lane is Lane.WRITE for job in runner.active) == 3)
    gate.set()
    settle(qtbot, window)
    assert window.desk.workspace is not first
    assert window.history.next_undo == ""
    issues = list_issues(Handle(), window.desk.workspace, issue_query("all", None))
    assert {each["assigned_to"] for each in issues} == {None}


def test_an_import_stays_with_the_workspace_it_was_begun_in(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    file = tmp_path / "aliases.csv"
    file.write_text("trade_id,symbol,side,qty,price\nT1,ABC,BUY,1,2\n")
    window.imports.start([file], Kind.TRADES)
    wait_for(qtbot, ImportWizard)
    window.workspaces.open_target(str(tmp_path / "fresh.opspilot"), create=True)
    settle(qtbot, window)
    assert shown(ImportWizard) is None
    assert window.desk.workspace.name == "fresh"
    assert window.watch.overview.trades == 0
    assert not window.imports.is_busy


def test_explain_is_about_the_row_that_is_current_now(qtbot: QtBot, window: MainWindow) -> None:
    select(qtbot, window, 0)
    press(qtbot, Qt.Key.Key_Down)
    press(qtbot, Qt.Key.Key_E, CTRL)
    settle(qtbot, window)
    current = window.tables[Kind.ISSUES].current_id()
    wait_until(qtbot, lambda: f"Explain issue {current}." in window.dock.transcript.toPlainText())


def test_what_a_job_has_to_say_is_seen(qtbot: QtBot, window: MainWindow) -> None:
    number = select(qtbot, window, 0)
    press(qtbot, Qt.Key.Key_A)
    settle(qtbot, window)
    assert window.job_bar.text.text() == f"Assign issue {number}: done. Ctrl+Z undoes it."


def test_a_refused_undo_does_not_bar_the_way_to_the_steps_before(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = select(qtbot, window, 0), select(qtbot, window, 1)
    for row in (0, 1):
        select(qtbot, window, row)
        press(qtbot, Qt.Key.Key_A)
        settle(qtbot, window)
    with open_workspace(window.desk.workspace.database.target, create=False) as colleague:
        assign_issues(colleague, [second], "bob")
    press(qtbot, Qt.Key.Key_Z, CTRL)
    message = wait_for(qtbot, MessageDialog)
    click(qtbot, message.primary)
    settle(qtbot, window)
    press(qtbot, Qt.Key.Key_Z, CTRL)
    settle(qtbot, window)
    assert issue(window, first)["assigned_to"] is None
    assert issue(window, second)["assigned_to"] == "bob"


def test_an_issue_that_a_colleague_resolved_is_shown_so(qtbot: QtBot, window: MainWindow) -> None:
    number = select(qtbot, window, 0)
    rows = window.tables[Kind.ISSUES].view.model().rowCount()
    with open_workspace(window.desk.workspace.database.target, create=False) as colleague:
        resolve_issues(colleague, [number], "TIMING")
    press(qtbot, Qt.Key.Key_R)
    settle(qtbot, window)
    assert window.tables[Kind.ISSUES].view.model().rowCount() == rows - 1
    assert "resolved" in window.job_bar.text.text()


def test_taking_over_from_a_colleague_is_asked_first(qtbot: QtBot, window: MainWindow) -> None:
    number = select(qtbot, window, 0)
    with open_workspace(window.desk.workspace.database.target, create=False) as colleague:
        assign_issues(colleague, [number], "bob")
    press(qtbot, Qt.Key.Key_A)
    dialog = wait_for(qtbot, ConfirmDialog)
    assert issue(window, number)["assigned_to"] == "bob"
    click(qtbot, dialog.primary)
    settle(qtbot, window)
    assert issue(window, number)["assigned_to"] == window.desk.workspace.user


def test_copy_takes_what_is_selected_where_the_keyboard_is(qtbot: QtBot, window: MainWindow) -> None:
    select(qtbot, window, 0)
    edit = window.tables[Kind.ISSUES].filter_bar.edit
    edit.setFocus()
    edit.setText("nordea")
    edit.selectAll()
    window.actions_["copy"].trigger()
    assert QGuiApplication.clipboard().text() == "nordea"


def test_a_workspace_that_was_deleted_is_said_and_not_made_anew(qtbot: QtBot, window: MainWindow) -> None:
    select(qtbot, window, 0)
    target = Path(window.desk.workspace.database.target)
    for file in target.parent.glob(f"{target.name}*"):
        file.unlink()
    window.actions_["refresh"].trigger()
    settle(qtbot, window)
    messages = [widget for widget in QApplication.topLevelWidgets() if isinstance(widget, MessageDialog)]
    assert len([message for message in messages if message.isVisible()]) == 1
    assert not target.exists()
    for message in messages:
        message.close()


def test_long_names_do_not_widen_the_window(qtbot: QtBot, tmp_path: Path) -> None:
    window = open_window(qtbot, str(tmp_path / f"{'workspace' * 20}.opspilot"), sample=True)
    window.resize(1280, 800)
    file = tmp_path / "long.csv"
    file.write_text(f"trade_id,instrument,side,quantity,price\n{'T' * 200},ABC,BUY,1,2\n")
    window.imports.start([file], Kind.TRADES)
    settle(qtbot, window)  # and the run that follows by itself
    issues = list_issues(Handle(), window.desk.workspace, issue_query("open", None))
    number = next(each["id"] for each in issues if each["trade_id"] == "T" * 200)
    window.tables[Kind.ISSUES].focus_id(number)
    settle(qtbot, window)
    assert window.watch.detail is not None
    assert window.watch.detail.issue["id"] == number
    assert window.width() == 1280
    window.close()


@pytest.mark.parametrize("theme", ["themeLight", "themeDark"])
def test_all_columns_of_the_issues_are_seen_at_1280(qtbot: QtBot, window: MainWindow, theme: str) -> None:
    window.actions_[theme].trigger()
    for size in ((1280, 800), (1920, 1080), (1280, 800)):
        window.resize(*size)
        settle(qtbot, window)
        view = window.tables[Kind.ISSUES].view
        header = view.horizontalHeader()
        assert view.horizontalScrollBar().maximum() == 0
        assert header.length() == view.viewport().width()
        shown = [at for at in range(header.count()) if not header.isSectionHidden(at)]
        needed = [header.sectionSizeFromContents(at).width() - ARROW - ARROW_GAP for at in shown]
        assert all(header.sectionSize(at) >= least for at, least in zip(shown, needed, strict=True))


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("T-9\u200b9", "T-9⟨U+200B⟩9"),
        ("T-\u202e99\u202c", "T-⟨U+202E⟩99⟨U+202C⟩"),
        ("T-\x1b9\x079", "T-␛9␇9"),
        ("T-9\t9", "T-9␉9"),
    ],
)
def test_an_id_looks_the_same_everywhere_and_is_copied_as_it_is_stored(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, stored: str, shown: str
) -> None:
    file = tmp_path / "odd.csv"
    file.write_text(f'trade_id,instrument,side,quantity,price\n"{stored}",ABC,BUY,1,2\n', encoding="utf-8")
    window.imports.start([file], Kind.TRADES)
    settle(qtbot, window)  # and the run that follows by itself
    issues = list_issues(Handle(), window.desk.workspace, issue_query("open", None))
    number = next(each["id"] for each in issues if each["trade_id"] == stored)
    table = window.tables[Kind.ISSUES]
    table.focus_id(number)
    settle(qtbot, window)

    column = [each.name for each in table.model.columns].index("trade_id")
    assert table.model.index(table.view.current_row(), column).data() == shown
    headers = [window.issue_panel.compare.model.headerData(at, Qt.Orientation.Horizontal) for at in range(3)]
    assert f"Trade {shown}" in headers
    press(qtbot, Qt.Key.Key_E, CTRL)
    settle(qtbot, window)
    wait_until(qtbot, lambda: shown in window.dock.transcript.toPlainText())

    press(qtbot, Qt.Key.Key_C, CTRL)
    settle(qtbot, window)
    cells = next(csv.reader([QGuiApplication.clipboard().text()], delimiter="\t"))
    assert stored in cells

    press(qtbot, Qt.Key.Key_T)
    settle(qtbot, window)
    trades = window.tables[Kind.TRADES]
    assert [trades.model.index(row, 0).data() for row in range(trades.model.rowCount())] == [shown]
    (chip,) = trades.filter_bar.findChildren(Chip)
    assert chip.accessibleName() == f"Trade is {shown}"
