"""Bad rows in the window: mended in place, tried again, saved, imported, or cancelled."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot
from sqlalchemy import select

from opspilot_desktop.domain.fields import Kind
from opspilot_desktop.domain.jobs import Handle
from opspilot_desktop.operations.import_history import list_imports
from opspilot_desktop.store.schema import audit_log, trades
from opspilot_desktop.ui.dialogs.confirm_dialog import ConfirmDialog
from opspilot_desktop.ui.dialogs.row_errors_dialog import RowErrorsDialog
from opspilot_desktop.ui.dialogs.wizard.wizard_dialog import ImportWizard
from opspilot_desktop.ui.main_window import MainWindow
from tests.helpers.opening import open_window
from tests.helpers.window import choose_file, click, press, settle, shown, type_text, wait_for, wait_until
from tests.helpers.wizard_panels import pick, write
from tests.helpers.wizard_window import finish, read, wizard_for

HEADER = "trade_id,instrument,side,quantity,price"


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> Iterator[MainWindow]:
    window = open_window(qtbot, str(tmp_path / "empty.opspilot"))
    yield window
    window.close()


def file(folder: Path, *lines: str, name: str = "trades.csv") -> Path:
    path = folder / name
    path.write_text("\n".join([HEADER, *lines]) + "\n", encoding="utf-8")
    return path


def opened(qtbot: QtBot, window: MainWindow, path: Path) -> RowErrorsDialog:
    window.imports.start([path], Kind.TRADES)
    dialog = wait_for(qtbot, RowErrorsDialog)
    settle(qtbot, window)
    return dialog


def mend(qtbot: QtBot, dialog: RowErrorsDialog, row: int, text: str) -> None:
    """Goes to a row, presses F2 and types."""
    dialog.table.select_row(row)
    press(qtbot, Qt.Key.Key_F2)
    wait_for(qtbot, QLineEdit, "wrongValueEdit")
    type_text(qtbot, text)
    press(qtbot, Qt.Key.Key_Return)


def try_again(qtbot: QtBot, window: MainWindow, dialog: RowErrorsDialog) -> None:
    click(qtbot, dialog.again)
    settle(qtbot, window)
    assert dialog.isVisible()


def stored(window: MainWindow) -> list[tuple[Any, ...]]:
    columns = (trades.c.trade_id, trades.c.side, trades.c.quantity_units)
    with window.desk.workspace.database.read() as connection:
        return [tuple(row) for row in connection.execute(select(*columns).order_by(trades.c.id))]


def audited(window: MainWindow) -> dict[str, Any]:
    query = select(audit_log.c.who, audit_log.c.details).where(audit_log.c.operation == "import trades")
    with window.desk.workspace.database.read() as connection:
        who, details = connection.execute(query).one()
    return {"who": who, **json.loads(details)}


def test_rows_are_mended_in_place_and_the_audit_trail_tells_of_it(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    path = file(tmp_path, "A,X,BUY,1,2", "B,X,HOLD,1e5,2", "C,X,SELL,x,2", "A,X,BUY,7,2", "D,X")
    dialog = opened(qtbot, window, path)
    assert dialog.windowTitle() == "4 of 5 rows cannot be imported"
    assert "B,X,HOLD,1e5,2" in dialog.raw.text.toPlainText()
    mend(qtbot, dialog, 0, "sell")
    mend(qtbot, dialog, 1, "100000")
    mend(qtbot, dialog, 2, "y")
    try_again(qtbot, window, dialog)
    assert dialog.windowTitle() == "3 of 5 rows cannot be imported"
    assert "1 more row can be imported now" in dialog.accessibleDescription()
    assert stored(window) == []  # nothing is stored before the choice
    still = dialog.table.wrong.at(0)
    assert (still.column, still.value, still.mended) == ("quantity", "y", True)
    mend(qtbot, dialog, 1, "E")  # the repeated id
    try_again(qtbot, window, dialog)
    assert dialog.primary.text().strip() == "Import 3 good rows"
    click(qtbot, dialog.primary)
    settle(qtbot, window)
    assert stored(window) == [("A", "BUY", 1), ("B", "SELL", 100_000), ("E", "BUY", 7)]
    details = audited(window)
    assert details["who"] == window.desk.workspace.user
    assert details["mended"] == 3
    told = ("line", "record", "column", "before", "after", "imported")
    assert [tuple(each[name] for name in told) for each in details["mended_values"]] == [
        (3, 2, "quantity", "1e5", "100000", True),
        (3, 2, "side", "HOLD", "sell", True),
        (4, 3, "quantity", "x", "y", False),
        (5, 4, "trade_id", "A", "E", True),
    ]
    assert "3 imported, 2 rejected, 3 values mended by hand" in window.job_bar.text.text()
    (one,) = list_imports(Handle(), window.desk.workspace)
    assert (one["read"], one["imported"], one["rejected"]) == (5, 3, 2)


def test_a_file_whose_rows_are_all_mended_is_imported_whole(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    dialog = opened(qtbot, window, file(tmp_path, "A,X,HOLD,1,2"))
    assert not dialog.primary.isEnabled()
    mend(qtbot, dialog, 0, "BUY")
    press(qtbot, Qt.Key.Key_Return)  # tries again
    settle(qtbot, window)
    assert dialog.windowTitle() == "1 of 1 row can be imported"
    assert dialog.table.hasFocus()
    press(qtbot, Qt.Key.Key_Return)
    settle(qtbot, window)
    assert stored(window) == [("A", "BUY", 1)]


def test_saved_rejects_import_once_they_are_mended(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    dialog = opened(qtbot, window, file(tmp_path, "A,X,BUY,1,2", 'B,"X, Y",HOLD,0,2'))
    mend(qtbot, dialog, 0, "BUY")
    try_again(qtbot, window, dialog)
    click(qtbot, dialog.save)
    rejects = tmp_path / "rejects.csv"
    choose_file(qtbot, "saveRejectsDialog", rejects)
    settle(qtbot, window)
    assert str(rejects) in dialog.accessibleDescription()
    assert rejects.read_text("utf-8-sig").splitlines() == [HEADER, 'B,"X, Y",BUY,0,2']
    click(qtbot, dialog.primary)
    settle(qtbot, window)
    rejects.write_text(rejects.read_text("utf-8-sig").replace(",0,", ",9,"))
    window.imports.start([rejects], Kind.TRADES)
    wait_until(qtbot, lambda: window.watch.overview.trades == 2)
    settle(qtbot, window)
    assert stored(window) == [("A", "BUY", 1), ("B", "BUY", 9)]


def test_cancelling_stores_nothing_and_asks_before_mended_values_are_lost(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    dialog = opened(qtbot, window, file(tmp_path, "A,X,BUY,1,2", "B,X,HOLD,1,2"))
    mend(qtbot, dialog, 0, "BUY")
    try_again(qtbot, window, dialog)
    press(qtbot, Qt.Key.Key_Escape)
    question = wait_for(qtbot, ConfirmDialog)
    click(qtbot, question.cancel)
    assert dialog.isVisible()
    press(qtbot, Qt.Key.Key_Escape)
    click(qtbot, wait_for(qtbot, ConfirmDialog).primary)
    wait_until(qtbot, lambda: shown(RowErrorsDialog) is None)
    settle(qtbot, window)
    assert stored(window) == []
    assert not window.imports.is_busy
    assert list_imports(Handle(), window.desk.workspace) == []


def test_what_was_said_of_the_file_is_corrected_in_the_wizard(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    path = tmp_path / "dates.csv"
    path.write_text(f"{HEADER},trade_date\nA,X,BUY,1,2,21/11/2026\nB,X,BUY,1,2,22/11/2026\n")
    dialog = opened(qtbot, window, path)
    assert not dialog.primary.isEnabled()
    mend(qtbot, dialog, 0, "2026-11-21")
    click(qtbot, dialog.otherwise)
    question = wait_for(qtbot, ConfirmDialog)
    assert "The values that you have mended are lost then." in question.accessibleDescription()
    click(qtbot, question.primary)
    wizard = wait_for(qtbot, ImportWizard)
    read(qtbot, window)
    assert shown(RowErrorsDialog) is None
    assert wizard.fields.rows["trade_date"].box.currentText() == "trade_date"
    write(wizard.skip.footer.lineEdit(), "2")
    finish(qtbot, window, wizard)
    assert "would be left out as a footer" in wizard.banner.text
    write(wizard.skip.footer.lineEdit(), "0")
    finish(qtbot, window, wizard)
    assert [row[0] for row in stored(window)] == ["A", "B"]
    assert not window.imports.is_busy


def test_the_wizard_opens_again_with_all_that_was_chosen_there(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    path = tmp_path / "bank.csv"
    path.write_text("Ref;Betrag;Memo\nT1;1,5;a\nT2;x;b\n")
    wizard = wizard_for(qtbot, window, path, "ledger")
    pick(wizard.fields.rows["amount"].box, "Betrag")
    pick(wizard.fields.numbers.box, "1234,56")
    finish(qtbot, window, wizard)
    dialog = wait_for(qtbot, RowErrorsDialog)
    click(qtbot, dialog.otherwise)
    again = wait_for(qtbot, ImportWizard)
    read(qtbot, window)
    assert again.fields.rows["amount"].box.currentText() == "Betrag"
    assert again.fields.numbers.box.currentText() == "1234,56"
    press(qtbot, Qt.Key.Key_Escape)
    settle(qtbot, window)
    assert not window.imports.is_busy
    assert window.watch.overview.ledger_entries == 0


def test_closing_the_window_closes_the_list_with_it(qtbot: QtBot, tmp_path: Path) -> None:
    window = open_window(qtbot, str(tmp_path / "empty.opspilot"))
    dialog = opened(qtbot, window, file(tmp_path, "A,X,HOLD,1,2"))
    mend(qtbot, dialog, 0, "BUY")
    window.close()
    assert shown(RowErrorsDialog) is None
    assert shown(ConfirmDialog) is None


def test_a_line_of_a_megabyte_is_looked_at(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    dialog = opened(qtbot, window, file(tmp_path, f"A,{'x' * 999_000}\0,HOLD,1,2", "B,X,BUY,1,2"))
    assert dialog.table.list_model.rowCount() == 2
    assert dialog.raw.text.toPlainText().startswith("A,xxx")
    press(qtbot, Qt.Key.Key_F2)  # the instrument, with its NUL
    assert "more than 10,000 characters" in dialog.raw.note.text()
    mend(qtbot, dialog, 1, "BUY")
    try_again(qtbot, window, dialog)
    assert dialog.table.list_model.rowCount() == 1
    click(qtbot, dialog.primary)
    settle(qtbot, window)
    assert stored(window) == [("B", "BUY", 1)]
