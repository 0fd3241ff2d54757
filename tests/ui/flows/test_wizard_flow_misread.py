"""Files that are not as they are read: what is wrong is settled in the wizard."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from opspilot_desktop.domain.jobs import Handle
from opspilot_desktop.operations.profiles import import_profile
from opspilot_desktop.ui.main_window import MainWindow
from tests.helpers.opening import open_window
from tests.helpers.window import press, settle, type_text
from tests.helpers.wizard_panels import pick
from tests.helpers.wizard_window import answer, finish, open_dialogs, stored, wizard_for


@pytest.fixture
def place(tmp_path: Path) -> str:
    return str(tmp_path / "desk.opspilot")


@pytest.fixture
def window(qtbot: QtBot, place: str) -> Iterator[MainWindow]:
    window = open_window(qtbot, place)
    yield window
    window.close()


def file(folder: Path, name: str, content: str) -> Path:
    path = folder / name
    path.write_text(content, encoding="utf-8")
    return path


def test_a_footer_that_has_gone_is_corrected_in_the_wizard(
    qtbot: QtBot, window: MainWindow, place: str, tmp_path: Path
) -> None:
    lines = 'name = "Bank"\nkind = "ledger"\nheader = ["Ref", "Sum"]\n[file]\nfooter_rows = 1\n'
    profile = file(tmp_path, "bank.toml", f'{lines}[columns]\ntrade_id = "Ref"\namount = "Sum"\n')
    import_profile(Handle(), window.desk.workspace, profile)
    dialog = wizard_for(qtbot, window, file(tmp_path, "bank.csv", "Ref,Sum\nT1,5\nT2,6\n"), "ledger")
    assert dialog.notice.text.startswith("Line 3 of bank.csv would be left out as a footer")
    assert dialog.file.profile.currentText() == "Bank"
    dialog.skip.footer.setFocus()
    dialog.skip.footer.selectAll()
    type_text(qtbot, "0")
    finish(qtbot, window, dialog)
    assert [row["trade_id"] for row in stored(place, "ledger", tmp_path)] == ["T1", "T2"]


def test_a_file_that_is_utf_8_now_is_read_so_in_the_wizard(
    qtbot: QtBot, window: MainWindow, place: str, tmp_path: Path
) -> None:
    lines = 'name = "Bank"\nkind = "ledger"\nheader = ["Ref", "Sum", "Memo"]\n[file]\n'
    rest = 'encoding = "windows-1252"\n[columns]\ntrade_id = "Ref"\namount = "Sum"\ndescription = "Memo"\n'
    import_profile(Handle(), window.desk.workspace, file(tmp_path, "bank.toml", f"{lines}{rest}"))
    dialog = wizard_for(qtbot, window, file(tmp_path, "bank.csv", "Ref,Sum,Memo\nT1,5,Café\n"), "ledger")
    assert dialog.notice.text.startswith("bank.csv is UTF-8, not Windows-1252")
    pick(dialog.file.encoding, "UTF-8 or UTF-16")
    finish(qtbot, window, dialog)
    assert [row["description"] for row in stored(place, "ledger", tmp_path)] == ["Café"]


@pytest.mark.parametrize("above", ["\n", "Report;EUR;EUR\n", "sep=;\n", "\n\nReport;EUR;EUR\n\n"])
def test_lines_above_the_header_that_can_be_none_are_left_out_in_the_wizard(
    qtbot: QtBot, window: MainWindow, place: str, tmp_path: Path, above: str
) -> None:
    path = file(tmp_path, "bank.csv", f"{above}Ref;Amount;Text\nT1;1.50;a\n")
    dialog = wizard_for(qtbot, window, path, "ledger")
    assert dialog.file.header_line.text() == str(above.count("\n") + 1)
    finish(qtbot, window, dialog)
    assert [row["amount"] for row in stored(place, "ledger", tmp_path)] == ["1.5"]


def test_a_header_with_a_name_twice_is_said_in_the_wizard(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    path = file(tmp_path, "bank.csv", "Ref;Amount;Ref\nT1;1.50;a\n")
    dialog = wizard_for(qtbot, window, path, "ledger")
    assert "Two columns of bank.csv are called “Ref”" in dialog.notice.text
    assert "Two columns of bank.csv are called “Ref”" in dialog.preview.summary.text()
    assert not dialog.primary.isEnabled()
    press(qtbot, Qt.Key.Key_Escape)
    settle(qtbot, window)
    assert open_dialogs() == []
    assert not window.imports.is_busy


def test_a_total_at_the_end_is_asked_about_before_it_becomes_an_entry(
    qtbot: QtBot, window: MainWindow, place: str, tmp_path: Path
) -> None:
    path = file(tmp_path, "bank.csv", "Deal;Amount\nT1;1.50\nT2;2.00\nTotal;3.50\n")
    dialog = wizard_for(qtbot, window, path, "ledger")
    assert dialog.fields.invalid == ["Trade"]
    assert not dialog.primary.isEnabled()
    answer(dialog, "trade_id", "skip")
    finish(qtbot, window, dialog)
    assert [row["trade_id"] for row in stored(place, "ledger", tmp_path)] == ["T1", "T2"]
