"""Ledger lines that are stored already, in the window: asked about, appended or merged, kept in a profile."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from opspilot_desktop.domain.fields import Kind
from opspilot_desktop.domain.jobs import Handle
from opspilot_desktop.operations import importing
from opspilot_desktop.operations.import_history import list_imports
from opspilot_desktop.operations.importing import import_file
from opspilot_desktop.operations.profiles import import_profile, read_profile
from opspilot_desktop.ui.dialogs.changes_dialog import ChangesDialog
from opspilot_desktop.ui.dialogs.lookalikes_dialog import LookalikesDialog
from opspilot_desktop.ui.main_window import MainWindow
from tests.helpers.opening import open_window
from tests.helpers.window import click, press, settle, shown, wait_for, wait_until

A, B, C = "T1,5,EUR", "T1,6,EUR", "T2,7,"
PROFILE = (
    'name = "Bank"\nkind = "ledger"\nheader = ["Ref", "Sum"]\n[columns]\ntrade_id = "Ref"\namount = "Sum"\n'
)


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> Iterator[MainWindow]:
    window = open_window(qtbot, str(tmp_path / "empty.opspilot"))
    yield window
    window.close()


def load(
    window: MainWindow, folder: Path, name: str, *lines: str, header: str = "trade_id,amount,currency"
) -> Path:
    path = folder / name
    path.write_text("\n".join([header, *lines]) + "\n")
    window.imports.start([path], Kind.LEDGER)
    return path


def entries(qtbot: QtBot, window: MainWindow, expected: int) -> None:
    wait_until(qtbot, lambda: window.watch.overview.ledger_entries == expected)
    settle(qtbot, window)


def last(window: MainWindow) -> tuple[int, int, int]:
    one = list_imports(Handle(), window.desk.workspace)[0]
    return one["imported"], one["updated"], one["unchanged"]


def test_only_what_is_new_is_imported(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    load(window, tmp_path, "one.csv", A, B)
    entries(qtbot, window, 2)
    load(window, tmp_path, "two.csv", C, B, B)
    dialog = wait_for(qtbot, LookalikesDialog)
    settle(qtbot, window)
    assert dialog.windowTitle() == "1 of 3 lines without an entry id is already stored"
    assert [tuple(row) for row in dialog.table.list_model.rows] == [(3, "T1", "6", "EUR")]
    assert not dialog.keep.isVisible()
    assert window.watch.overview.ledger_entries == 2
    press(qtbot, Qt.Key.Key_Return)
    entries(qtbot, window, 4)
    assert last(window) == (2, 0, 1)
    assert "1 unchanged (1 of them without an entry id)" in window.job_bar.text.text()


def test_all_are_appended(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    load(window, tmp_path, "one.csv", A, B)
    entries(qtbot, window, 2)
    load(window, tmp_path, "two.csv", A, B, C)
    click(qtbot, wait_for(qtbot, LookalikesDialog).append)
    entries(qtbot, window, 5)
    assert last(window) == (3, 0, 0)


def test_cancelling_imports_nothing(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    load(window, tmp_path, "one.csv", A)
    entries(qtbot, window, 1)
    load(window, tmp_path, "two.csv", A, B)
    wait_for(qtbot, LookalikesDialog)
    press(qtbot, Qt.Key.Key_Escape)
    settle(qtbot, window)
    assert shown(LookalikesDialog) is None
    assert window.watch.overview.ledger_entries == 1
    assert not window.imports.is_busy


def test_the_same_file_again_is_not_asked_about(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    path = load(window, tmp_path, "one.csv", A, A)
    entries(qtbot, window, 2)
    window.imports.start([path], Kind.LEDGER)
    settle(qtbot, window)
    assert shown(LookalikesDialog) is None
    assert "already imported" in window.job_bar.text.text()
    assert window.watch.overview.ledger_entries == 2


@pytest.mark.parametrize("choice", ["merge", "append"])
def test_a_profile_keeps_the_choice(qtbot: QtBot, window: MainWindow, tmp_path: Path, choice: str) -> None:
    toml = tmp_path / "bank.toml"
    toml.write_text(PROFILE)
    import_profile(Handle(), window.desk.workspace, toml)
    load(window, tmp_path, "one.csv", "T1,5", header="Ref,Sum")
    entries(qtbot, window, 1)
    load(window, tmp_path, "two.csv", "T1,5", "T1,6", header="Ref,Sum")
    dialog = wait_for(qtbot, LookalikesDialog)
    click(qtbot, dialog.keep)
    click(qtbot, dialog.primary if choice == "merge" else dialog.append)
    entries(qtbot, window, 2 if choice == "merge" else 3)
    kept = read_profile(Handle(), window.desk.workspace, "Bank")
    assert (kept.duplicates, kept.mapping.columns["trade_id"]) == (choice, "Ref")
    load(window, tmp_path, "three.csv", "T1,5", "T1,7", header="Ref,Sum")
    entries(qtbot, window, 3 if choice == "merge" else 5)  # without a question
    assert shown(LookalikesDialog) is None


def test_changes_are_shown_after_the_choice(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    header = "entry_id,trade_id,amount"
    load(window, tmp_path, "one.csv", "E1,T1,5", ",T1,6", header=header)
    entries(qtbot, window, 2)
    load(window, tmp_path, "two.csv", "E1,T1,50", ",T1,6", ",T1,8", header=header)
    click(qtbot, wait_for(qtbot, LookalikesDialog).append)
    dialog = wait_for(qtbot, ChangesDialog)
    assert "2 new rows will be added" in dialog.accessibleDescription()
    click(qtbot, dialog.primary)
    entries(qtbot, window, 4)
    assert last(window) == (2, 1, 0)


def test_what_somebody_else_stores_meanwhile_is_asked_about_as_well(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "other.csv"
    other.write_text(f"trade_id,amount,currency\n{A}\n")
    preview = importing.preview_import
    seen: list[object] = []

    def meanwhile(handle: Handle, workspace: object, staged: object) -> object:
        found = preview(handle, workspace, staged)  # type: ignore[arg-type]
        if not seen:
            import_file(Handle(), window.desk.workspace, other, Kind.LEDGER)
        seen.append(found)
        return found

    monkeypatch.setattr(importing, "preview_import", meanwhile)
    load(window, tmp_path, "mine.csv", A, B)
    click(qtbot, wait_for(qtbot, LookalikesDialog).primary)
    entries(qtbot, window, 2)
    assert len(seen) == 2
