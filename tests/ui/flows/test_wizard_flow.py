"""Files in the shapes that desks get, imported through the wizard by clicking."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from opspilot_desktop.domain.jobs import Handle
from opspilot_desktop.operations.import_history import list_imports
from opspilot_desktop.operations.profiles import read_profile
from opspilot_desktop.ui.dialogs.wizard.way_editors import SignedByEditor
from opspilot_desktop.ui.main_window import MainWindow
from tests.helpers.opening import open_window
from tests.helpers.window import press, settle, type_text
from tests.helpers.wizard_panels import click as press_mouse
from tests.helpers.wizard_panels import pick, write
from tests.helpers.wizard_window import (
    SHAPES,
    always,
    answer,
    choose,
    editor_of,
    expected,
    finish,
    given,
    keep_as,
    leave_out_of_id,
    open_dialogs,
    read,
    row_of,
    stored,
    wizard_for,
)

BANK = "Ref;Betrag;Text\nT1;1,50;a\nT2;-2.000,25;b\n"


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


def test_interactive_brokers(qtbot: QtBot, target: str, tmp_path: Path) -> None:
    window = open_window(qtbot, target)
    dialog = wizard_for(qtbot, window, SHAPES / "interactive_brokers.csv", "trades")
    assert not dialog.primary.isEnabled()
    assert dialog.fields.invalid == ["Side", "Ccy"]
    answer(dialog, "side", "skip")
    pick(dialog.fields.rows["currency"].box, "CurrencyPrimary")
    leave_out_of_id(dialog, "Buy/Sell")
    always(dialog, "counterparty", "Interactive Brokers")
    keep_as(qtbot, dialog, "Interactive Brokers")
    read(qtbot, window)
    left_out = "2 are left out by “Buy/Sell is BUY (Ca.) or SELL (Ca.)”"
    assert dialog.preview.summary.text() == f"30 of the 32 rows could be imported, {left_out}."
    finish(qtbot, window, dialog)
    wanted = expected("interactive_brokers")
    assert given(stored(target, "trades", tmp_path), wanted[0]) == wanted
    header = (SHAPES / "interactive_brokers.csv").read_text(encoding="utf-8").splitlines()[0]
    row = '"SELL","20261120","CH0012005267","-3","12.34567","-37.03701","CHF","-1.00001","USD"'
    choose(qtbot, window, file(tmp_path, "next.csv", f"{header}\n{row}\n"), "trades")
    settle(qtbot, window)
    assert open_dialogs() == []
    (last,) = [each for each in stored(target, "trades", tmp_path) if each["trade_date"] == "2026-11-20"]
    assert (last["side"], last["quantity"], last["price"]) == ("SELL", "3", "12.34567")
    profiles = [each["profile"] for each in list_imports(Handle(), window.desk.workspace)]
    assert profiles == ["Interactive Brokers"] * 2
    window.close()


def test_swissquote(qtbot: QtBot, window: MainWindow, place: str, tmp_path: Path) -> None:
    dialog = wizard_for(qtbot, window, SHAPES / "swissquote.csv", "trades")
    assert "Is “Nestlé” what should stand there?" in dialog.banner.text
    assert dialog.preview.table.preview.rowCount() == 0
    press(qtbot, Qt.Key.Key_Return)  # where the keyboard is: “Read as Windows-1252”
    read(qtbot, window)
    assert dialog.file.encoding.currentText() == "Windows-1252"
    assert dialog.fields.invalid == ["Instrument", "Side"]
    answer(dialog, "side", "skip")
    pick(dialog.fields.rows["instrument"].box, "ISIN")
    keep_as(qtbot, dialog, "Swissquote")
    finish(qtbot, window, dialog)
    wanted = expected("swissquote")
    assert given(stored(place, "trades", tmp_path), wanted[0]) == wanted
    assert read_profile(Handle(), window.desk.workspace, "Swissquote").read_as.encoding == "windows-1252"
    lines = (SHAPES / "swissquote.csv").read_bytes().splitlines(keepends=True)
    tomorrow = tmp_path / "tomorrow.csv"
    tomorrow.write_bytes(lines[0] + lines[1].replace(b"113947121", b"999"))
    choose(qtbot, window, tomorrow, "trades")
    settle(qtbot, window)
    assert open_dialogs() == []
    assert window.watch.overview.trades == len(wanted) + 1


def test_custodian_as_trades(qtbot: QtBot, window: MainWindow, place: str, tmp_path: Path) -> None:
    dialog = wizard_for(qtbot, window, SHAPES / "custodian.csv", "trades")
    assert dialog.file.header_line.text() == "3"
    write(dialog.file.first_line, "5")
    press(qtbot, Qt.Key.Key_Tab)
    read(qtbot, window)
    dialog.skip.footer.setFocus()
    dialog.skip.footer.selectAll()
    type_text(qtbot, "2")
    for field, column in (("counterparty", "custodian_code"), ("account", "portfolio")):
        pick(dialog.fields.rows[field].box, column)
    words = row_of(dialog, "status").fold
    assert words is not None
    assert words.words is not None
    for line in words.words.lines:
        meaning = {"PEND": "pending", "SETT": "settled"}.get(line.word)
        if meaning is not None:
            write(line.meaning, meaning)  # type: ignore[arg-type]
    price = row_of(dialog, "price").fold
    assert price is not None
    assert price.rounding is not None
    press_mouse(price.rounding.check)
    write(price.rounding.decimals.lineEdit(), "9")
    keep_as(qtbot, dialog, "Custodian")
    read(qtbot, window)
    assert dialog.preview.summary.text() == (
        "24 of the 26 rows could be imported, 2 are left out at the file’s end."
    )
    finish(qtbot, window, dialog)
    wanted = expected("custodian")
    assert given(stored(place, "trades", tmp_path), wanted[0]) == wanted


def test_custodian_as_entries_gross(qtbot: QtBot, window: MainWindow, place: str, tmp_path: Path) -> None:
    dialog = wizard_for(qtbot, window, SHAPES / "custodian.csv", "ledger")
    write(dialog.file.first_line, "5")
    press(qtbot, Qt.Key.Key_Tab)
    read(qtbot, window)
    assert dialog.fields.invalid == ["Amount"]
    answer(dialog, "amount", "gross_amount")
    pick(dialog.fields.rows["amount"].box, "Sign by another column…")
    editor = editor_of(dialog, "amount")
    assert isinstance(editor, SignedByEditor)
    assert editor.column.currentText() == "gross_amount"
    pick(editor.by, "direction")
    for line in editor.words.lines:
        pick(line.meaning, "Negative" if line.word.lower() in ("b", "buy") else "Positive")  # type: ignore[arg-type]
    amount = row_of(dialog, "amount").fold
    assert amount is not None
    assert amount.rounding is not None
    press_mouse(amount.rounding.check)
    pick(amount.rounding.mode, "half away from 0")
    always(dialog, "entry_type", "gross")
    pick(dialog.fields.rows["account"].box, "portfolio")
    pick(dialog.fields.rows["value_date"].box, "settlement_date")
    dates = row_of(dialog, "value_date").fold
    assert dates is not None
    assert dates.form is not None
    write(dates.form.box.lineEdit(), "DD/MM/YYYY")
    dialog.skip.footer.setFocus()
    dialog.skip.footer.selectAll()
    type_text(qtbot, "2")
    write(dialog.keep.source, "Custodian")
    keep_as(qtbot, dialog, "Custodian, gross")
    finish(qtbot, window, dialog)
    wanted = expected("custodian_gross")
    assert given(stored(place, "ledger", tmp_path), wanted[0]) == wanted
    (one,) = list_imports(Handle(), window.desk.workspace)
    assert (one["profile"], one["source"]) == ("Custodian, gross", "Custodian")
