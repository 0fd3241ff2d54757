"""The engine runs by itself once the last file is through, and says so where it disturbs nobody."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from opspilot_desktop.domain.fields import Kind
from opspilot_desktop.domain.jobs import Handle
from opspilot_desktop.operations.demo import sample_file
from opspilot_desktop.operations.reading import issue_query, list_issues
from opspilot_desktop.operations.self_test import planted_issues
from opspilot_desktop.store.schema import runs
from opspilot_desktop.ui.dialogs.error_dialog import MessageDialog
from opspilot_desktop.ui.dialogs.kind_dialog import KindDialog
from opspilot_desktop.ui.dialogs.row_errors_dialog import RowErrorsDialog
from opspilot_desktop.ui.dialogs.settings_dialog import SettingsDialog
from opspilot_desktop.ui.dialogs.summary_dialog import SummaryDialog
from opspilot_desktop.ui.main_window import MainWindow
from tests.helpers.opening import open_window
from tests.helpers.window import click, press, settle, shown, wait_for, wait_until

CTRL = Qt.KeyboardModifier.ControlModifier
TRADES = "trade_id,instrument,side,quantity,price\n"
BOTH = [sample_file(Kind.TRADES), sample_file(Kind.LEDGER)]


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> Iterator[MainWindow]:
    window = open_window(qtbot, str(tmp_path / "empty.opspilot"))
    yield window
    window.close()


def count_runs(window: MainWindow) -> int:
    with window.desk.workspace.database.read() as connection:
        return len(connection.execute(runs.select()).all())


def found(window: MainWindow) -> set[tuple[str, str]]:
    issues = list_issues(Handle(), window.desk.workspace, issue_query("all", None))
    return {(issue["issue_type"], issue["trade_id"]) for issue in issues}


def test_several_dropped_files_are_followed_by_one_run(qtbot: QtBot, window: MainWindow) -> None:
    window.imports.drop(BOTH)
    settle(qtbot, window)
    assert count_runs(window) == 1
    assert found(window) == planted_issues()
    assert shown(SummaryDialog) is None
    assert window.job_bar.text.text().startswith("2 files stored. Run 1: 206 checked")
    click(qtbot, window.job_bar.action)
    summary = wait_for(qtbot, SummaryDialog)
    click(qtbot, summary.primary)
    settle(qtbot, window)
    assert window.tab is Kind.ISSUES


def test_without_the_other_table_nothing_runs(qtbot: QtBot, window: MainWindow) -> None:
    window.imports.drop(BOTH[:1])
    settle(qtbot, window)
    assert count_runs(window) == 0
    assert window.job_bar.text.text() == "trades.csv: 220 imported."
    window.imports.drop(BOTH[:1])  # the same once more: nothing new
    settle(qtbot, window)
    window.imports.drop(BOTH[1:])
    settle(qtbot, window)
    assert count_runs(window) == 1
    assert window.job_bar.text.text().startswith("ledger.csv: 242 imported. Run 1: 206 checked")
    window.imports.drop(BOTH)
    settle(qtbot, window)
    assert count_runs(window) == 1, "nothing was changed by files that were known"


def test_a_file_that_fails_or_is_given_up_does_not_stop_it(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    bad, gone = tmp_path / "bad.csv", tmp_path / "gone.csv"
    bad.write_text(TRADES + "T1,ABC,HOLD,1,1\n")
    window.imports.drop([*BOTH, bad, gone])
    wait_for(qtbot, RowErrorsDialog)
    assert count_runs(window) == 0, "it waits for the last of the files"
    press(qtbot, Qt.Key.Key_Escape)
    message = wait_for(qtbot, MessageDialog)
    assert count_runs(window) == 0
    click(qtbot, message.primary)
    settle(qtbot, window)
    assert not window.imports.is_busy
    assert count_runs(window) == 1


def test_where_nothing_was_stored_nothing_runs(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    unclear = tmp_path / "unclear.csv"
    unclear.write_text("a,b\n1,2\n")
    window.imports.drop([unclear])
    wait_for(qtbot, KindDialog)
    press(qtbot, Qt.Key.Key_Escape)
    wait_until(qtbot, lambda: shown(KindDialog) is None)
    settle(qtbot, window)
    assert count_runs(window) == 0


def test_another_workspace_is_not_run_for_the_files_of_this_one(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_text(TRADES + "T1,ABC,HOLD,1,1\n")
    window.imports.drop([*BOTH, bad])
    wait_for(qtbot, RowErrorsDialog)
    window.workspaces.open_target(str(tmp_path / "other.opspilot"), create=True)
    settle(qtbot, window)
    for message in [shown(MessageDialog)]:
        if message is not None:
            message.close()
    settle(qtbot, window)
    assert not window.imports.is_busy
    assert count_runs(window) == 0


def test_it_can_be_switched_off(qtbot: QtBot, window: MainWindow) -> None:
    press(qtbot, Qt.Key.Key_Comma, CTRL)
    dialog = wait_for(qtbot, SettingsDialog)
    assert dialog.after_import.isChecked()
    dialog.after_import.setFocus()
    press(qtbot, Qt.Key.Key_Space)
    press(qtbot, Qt.Key.Key_Return)
    wait_until(qtbot, lambda: shown(SettingsDialog) is None)
    window.imports.drop(BOTH)
    settle(qtbot, window)
    assert count_runs(window) == 0
    press(qtbot, Qt.Key.Key_F5)
    summary = wait_for(qtbot, SummaryDialog)
    assert dict(summary.figures)["Checked"] == "206"
    press(qtbot, Qt.Key.Key_Escape)
    settle(qtbot, window)


def test_the_summary_says_that_investigated_issues_are_not_among_the_open(
    qtbot: QtBot, window: MainWindow
) -> None:
    window.actions_["loadSample"].trigger()
    settle(qtbot, window)
    window.show_tab(Kind.ISSUES)
    window.tables[Kind.ISSUES].view.select_row(0)
    settle(qtbot, window)
    press(qtbot, Qt.Key.Key_I)
    settle(qtbot, window)
    press(qtbot, Qt.Key.Key_F5)
    summary = wait_for(qtbot, SummaryDialog)
    assert sum(window.watch.overview.open_by_severity.values()) == 16  # what the tiles count
    figures = [label.accessibleName() for label in summary.findChildren(QLabel)]
    assert "Amount mismatch: 4" in figures  # the fifth is under investigation
    labels = [label.text() for label in summary.findChildren(QLabel)]
    assert "Status open now, without those being investigated" in labels
    press(qtbot, Qt.Key.Key_Escape)
    settle(qtbot, window)
