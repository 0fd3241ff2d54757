"""The run history in the real window."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from opspilot_desktop.domain.errors import KnownError
from opspilot_desktop.domain.fields import Kind
from opspilot_desktop.domain.jobs import Handle
from opspilot_desktop.domain.run_history import Effect
from opspilot_desktop.operations import run_history
from opspilot_desktop.operations.importing import import_file
from opspilot_desktop.operations.reconciling import reconcile
from opspilot_desktop.ui.dialogs.run_history_dialog import RunHistoryDialog
from opspilot_desktop.ui.main_window import MainWindow
from tests.helpers.opening import open_window
from tests.helpers.window import choose_file, click, press, settle, shown, wait_for, wait_until

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> Iterator[MainWindow]:
    """The sample, then a run that opens one issue for a late file, then an empty run."""
    window = open_window(qtbot, str(tmp_path / "sample.opspilot"), sample=True)
    late = tmp_path / "<b>late.csv"
    late.write_text("trade_id,amount\nNOBODY,12\n")
    workspace = window.desk.workspace
    import_file(Handle(), workspace, late, Kind.LEDGER)
    reconcile(Handle(), workspace)
    reconcile(Handle(), workspace)
    yield window
    window.close()


def open_history(qtbot: QtBot, window: MainWindow) -> RunHistoryDialog:
    press(qtbot, Qt.Key.Key_H, CTRL)
    dialog = wait_for(qtbot, RunHistoryDialog, "runHistoryDialog")
    settle(qtbot, window)
    return dialog


def column(dialog: RunHistoryDialog, label: str) -> list[str]:
    model = dialog.table.list_model
    labels = [one.label for one in model.columns]
    return [str(model.index(row, labels.index(label)).data()) for row in range(model.rowCount())]


def shown_ids(window: MainWindow) -> list[int]:
    table = window.tables[Kind.ISSUES]
    model = table.view.model()
    return [int(model.index(row, 0).data()) for row in range(model.rowCount())]


def test_a_run_is_seen_and_its_issues_are_shown(qtbot: QtBot, window: MainWindow) -> None:
    dialog = open_history(qtbot, window)
    assert column(dialog, "Run") == ["3", "2", "1"]
    assert column(dialog, "Files since the run before")[1] == "<b>late.csv"
    assert dialog.selected == [3]
    assert dialog.panel.note.text() == "No issue was opened, changed or cleared."
    assert not dialog.primary.isEnabled()
    assert not dialog.open_issue.isEnabled()
    press(qtbot, Qt.Key.Key_Down)
    settle(qtbot, window)
    assert dialog.panel.heading.text().startswith("Run 2, ")
    (row,) = dialog.panel.table.list_model.rows
    assert row[1:4] == ("Opened", "Orphan ledger entry", "NOBODY")
    click(qtbot, dialog.primary)
    wait_until(qtbot, lambda: shown(RunHistoryDialog) is None)
    settle(qtbot, window)
    assert window.tab is Kind.ISSUES
    assert shown_ids(window) == [row[0]]


def test_an_issue_of_a_run_is_opened(qtbot: QtBot, window: MainWindow) -> None:
    dialog = open_history(qtbot, window)
    dialog.table.select_row(2)
    settle(qtbot, window)
    total = dialog.panel.total
    assert dialog.panel.table.list_model.rowCount() == total > 1
    dialog.panel.table.select_row(1)
    wanted = dialog.panel.current_issue
    click(qtbot, dialog.open_issue)
    wait_until(qtbot, lambda: shown(RunHistoryDialog) is None)
    settle(qtbot, window)
    assert window.tables[Kind.ISSUES].current_id() == wanted


def test_two_runs_are_compared(qtbot: QtBot, window: MainWindow) -> None:
    dialog = open_history(qtbot, window)
    press(qtbot, Qt.Key.Key_Down, SHIFT)
    press(qtbot, Qt.Key.Key_Down, SHIFT)
    settle(qtbot, window)
    assert dialog.panel.message.isVisible()
    assert dialog.panel.message.heading == "Select one run, or two to compare"
    dialog.table.select_row(0)
    index = dialog.table.list_model.index(2, 1)
    at = dialog.table.visualRect(index).center()
    qtbot.mouseClick(dialog.table.viewport(), Qt.MouseButton.LeftButton, CTRL, at)
    settle(qtbot, window)
    assert dialog.panel.heading.text() == "After run 3, compared with after run 1"
    assert set(dialog.panel.chips) == {Effect.OPENED}
    click(qtbot, dialog.panel.chips[Effect.OPENED])
    assert dialog.panel.note.text() == "1 Orphan ledger entry"
    click(qtbot, dialog.panel.copy)
    assert QGuiApplication.clipboard().text().splitlines()[1].split("\t")[1] == "Opened"
    click(qtbot, dialog.primary)
    settle(qtbot, window)
    assert len(shown_ids(window)) == 1
    assert [chip.text for chip in window.tables[Kind.ISSUES].filter_bar.chips] == ["Runs are 2-3"]


def test_older_runs_are_added(qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_history.list_runs, "__kwdefaults__", {"before": None, "most": 2})
    dialog = open_history(qtbot, window)
    assert column(dialog, "Run") == ["3", "2"]
    assert dialog.count_label.text() == "The newest 2 runs"
    click(qtbot, dialog.older)
    settle(qtbot, window)
    assert column(dialog, "Run") == ["3", "2", "1"]
    assert dialog.selected == [3]
    assert dialog.count_label.text() == "3 runs"
    assert not dialog.older.isVisible()
    press(qtbot, Qt.Key.Key_Escape)
    settle(qtbot, window)


def test_runs_are_copied_and_exported(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    dialog = open_history(qtbot, window)
    click(qtbot, dialog.copy)
    lines = QGuiApplication.clipboard().text().splitlines()
    assert [line.split("\t")[0] for line in lines] == ["Run", "3", "2", "1"]
    click(qtbot, dialog.export)
    target = tmp_path / "runs.csv"
    choose_file(qtbot, "exportRunsDialog", target)
    settle(qtbot, window)
    with target.open(encoding="utf-8-sig", newline="") as file:
        assert [row["run"] for row in csv.DictReader(file)] == ["3", "2", "1"]
    press(qtbot, Qt.Key.Key_Escape)
    settle(qtbot, window)


def test_before_the_first_run(qtbot: QtBot, tmp_path: Path) -> None:
    window = open_window(qtbot, str(tmp_path / "empty.opspilot"))
    dialog = open_history(qtbot, window)
    assert dialog.message.heading == "No run yet"
    assert dialog.message.isVisible()
    assert not any(button.isEnabled() for button in (dialog.primary, dialog.copy, dialog.export))
    press(qtbot, Qt.Key.Key_Escape)
    settle(qtbot, window)
    window.close()


def test_what_cannot_be_read_is_said(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise KnownError("The server is away; try again.")

    monkeypatch.setattr(run_history, "read_run", refuse)
    dialog = open_history(qtbot, window)
    assert dialog.panel.message.line == "The server is away; try again."
    monkeypatch.setattr(run_history, "list_runs", refuse)
    press(qtbot, Qt.Key.Key_Escape)
    settle(qtbot, window)
    dialog = open_history(qtbot, window)
    assert dialog.message.line == "The server is away; try again."
    press(qtbot, Qt.Key.Key_Escape)
    settle(qtbot, window)
