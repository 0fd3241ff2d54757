"""Files in the shapes that desks get, imported through the wizard by clicking."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from opspilot_desktop.domain.jobs import Handle
from opspilot_desktop.files.taking import Joined
from opspilot_desktop.operations.import_history import list_imports
from opspilot_desktop.operations.profiles import import_profile, list_profiles, read_profile
from opspilot_desktop.ui.dialogs.error_dialog import MessageDialog
from opspilot_desktop.ui.dialogs.row_errors_dialog import RowErrorsDialog
from opspilot_desktop.ui.dialogs.sheet_dialog import SheetDialog
from opspilot_desktop.ui.dialogs.wizard.way_editors import JoinedEditor, SignedByEditor
from opspilot_desktop.ui.dialogs.wizard.wizard_dialog import ImportWizard
from opspilot_desktop.ui.main_window import MainWindow
from tests.helpers.opening import open_window
from tests.helpers.window import click, press, settle, shown, type_text, wait_for, wait_until
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
from tests.helpers.workbooks import xlsx_of

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


def test_fills_that_are_truly_identical(qtbot: QtBot, target: str, tmp_path: Path) -> None:
    lines = (SHAPES / "interactive_brokers.csv").read_text(encoding="utf-8").splitlines()
    fill = '"SELL","20261120","CH0012005267","-3","12.34567","-37.03701","CHF","-1.00001","USD"'
    twins = file(tmp_path, "twins.csv", "\n".join([lines[0], fill, *lines[1:], fill]) + "\n")
    window = open_window(qtbot, target)
    dialog = wizard_for(qtbot, window, twins, "trades")
    answer(dialog, "side", "skip")
    pick(dialog.fields.rows["currency"].box, "CurrencyPrimary")
    pick(dialog.fields.rows["trade_id"].box, "Several columns joined…")
    editor = editor_of(dialog, "trade_id")
    assert isinstance(editor, JoinedEditor)
    columns = ("TradeDate", "ISIN", "Quantity", "TradePrice")
    for place, column in enumerate(columns):
        if place == len(editor.boxes):
            press_mouse(editor.add_button)
        pick(editor.boxes[place], column)
    keep_as(qtbot, dialog, "Interactive Brokers")
    finish(qtbot, window, dialog)
    errors = wait_for(qtbot, RowErrorsDialog)
    assert errors.table.wrong.rowCount() == 1
    repeated = errors.table.wrong.at(0)
    assert repeated.reason.endswith("; where both are real, let the profile number rows that repeat")
    click(qtbot, errors.otherwise)
    settle(qtbot, window)
    dialog = wait_for(qtbot, ImportWizard)
    read(qtbot, window)
    editor = editor_of(dialog, "trade_id")
    assert isinstance(editor, JoinedEditor)
    press_mouse(editor.numbering)
    press_mouse(dialog.keep.keep)  # under the name that it has already
    finish(qtbot, window, dialog)
    assert open_dialogs() == []
    ids = {each["trade_id"] for each in stored(target, "trades", tmp_path)}
    first = "20261120|CH0012005267|-3|12.34567"
    assert {each for each in ids if each.startswith(first)} == {first, f"{first}|2"}
    assert len(ids) == len(expected("interactive_brokers")) + 2
    kept = read_profile(Handle(), window.desk.workspace, "Interactive Brokers")
    assert kept.mapping.columns["trade_id"] == Joined(columns, repeats="number")
    later = file(tmp_path, "later.csv", "\n".join([lines[0], fill, fill, fill]) + "\n")
    choose(qtbot, window, later, "trades")
    settle(qtbot, window)
    assert open_dialogs() == []
    (last, _) = list_imports(Handle(), window.desk.workspace)
    assert (last["imported"], last["updated"], last["unchanged"]) == (1, 0, 2)
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


@pytest.mark.parametrize("which", ["gross", "net"])
def test_custodian_as_entries(
    qtbot: QtBot, window: MainWindow, place: str, tmp_path: Path, which: str
) -> None:
    dialog = wizard_for(qtbot, window, SHAPES / "custodian.csv", "ledger")
    write(dialog.file.first_line, "5")
    press(qtbot, Qt.Key.Key_Tab)
    read(qtbot, window)
    assert dialog.fields.invalid == ["Amount"]
    answer(dialog, "amount", f"{which}_amount")
    pick(dialog.fields.rows["amount"].box, "Sign by another column…")
    editor = editor_of(dialog, "amount")
    assert isinstance(editor, SignedByEditor)
    assert editor.column.currentText() == f"{which}_amount"
    pick(editor.by, "direction")
    for line in editor.words.lines:
        pick(line.meaning, "Negative" if line.word.lower() in ("b", "buy") else "Positive")  # type: ignore[arg-type]
    if which == "net":  # which may be the other way round where fees exceed the gross amount
        press_mouse(editor.reversals)
    amount = row_of(dialog, "amount").fold
    assert amount is not None
    assert amount.rounding is not None
    press_mouse(amount.rounding.check)
    pick(amount.rounding.mode, "half away from 0")
    always(dialog, "entry_type", which)
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
    keep_as(qtbot, dialog, f"Custodian, {which}")
    finish(qtbot, window, dialog)
    wanted = expected(f"custodian_{which}")
    assert given(stored(place, "ledger", tmp_path), wanted[0]) == wanted
    (one,) = list_imports(Handle(), window.desk.workspace)
    assert (one["profile"], one["source"]) == (f"Custodian, {which}", "Custodian")


def test_what_the_cells_leave_open_has_to_be_answered(
    qtbot: QtBot, window: MainWindow, place: str, tmp_path: Path
) -> None:
    text = "Trade Ref;Amount;Value Date\nT1;1.234;03/04/2026\nT2;2.500;05/06/2026\n"
    dialog = wizard_for(qtbot, window, file(tmp_path, "open.csv", text), "ledger")
    model = dialog.preview.table.preview
    assert dialog.fields.invalid == ["Numbers", "Value date"]
    assert not dialog.primary.isEnabled()
    assert [model.value(0, part) for part in range(3)] == ["T1", "?", "?"]
    assert dialog.preview.summary.text() == "So far: all 2 rows could be imported. “?” is not decided yet."
    box = dialog.fields.numbers.questions[0]
    press_mouse(box.radios.buttons["decimal comma, point between thousands"])  # type: ignore[attr-defined]
    answer(dialog, "value_date", "MM/DD/YYYY")
    read(qtbot, window)
    assert [model.value(0, part) for part in range(3)] == ["T1", "1,234", "2026-03-04"]
    assert dialog.preview.summary.text() == "All 2 rows could be imported."
    finish(qtbot, window, dialog)
    rows = stored(place, "ledger", tmp_path)
    assert [(row["amount"], row["value_date"]) for row in rows] == [
        ("1234", "2026-03-04"),
        ("2500", "2026-05-06"),
    ]


@pytest.mark.parametrize(
    ("choice", "amounts"),
    [("negative", ["-10.5", "3.25"]), ("positive", ["10.5", "-3.25"]), ("none", ["10.5", "3.25"])],
)
def test_what_debits_count_is_said_by_a_person(
    qtbot: QtBot, window: MainWindow, place: str, tmp_path: Path, choice: str, amounts: list[str]
) -> None:
    text = "Trade Ref,DR/CR,Amount,Ccy\nT1,DR,10.50,EUR\nT2,CR,3.25,EUR\n"
    dialog = wizard_for(qtbot, window, file(tmp_path, "signs.csv", text), "ledger")
    assert dialog.fields.invalid == ["Amount"]
    assert not dialog.primary.isEnabled()
    answer(dialog, "amount", choice)
    read(qtbot, window)
    finish(qtbot, window, dialog)
    assert [row["amount"] for row in stored(place, "ledger", tmp_path)] == amounts


def test_cancelling_stores_nothing(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    dialog = wizard_for(qtbot, window, file(tmp_path, "bank.csv", BANK), "ledger")
    keep_as(qtbot, dialog, "Bank")
    press(qtbot, Qt.Key.Key_Escape)
    assert dialog.isVisible()
    assert dialog.banner.text == "What you chose here has not been used."
    press(qtbot, Qt.Key.Key_Return)  # where the keyboard is: “Discard”
    settle(qtbot, window)
    assert open_dialogs() == []
    assert not window.imports.is_busy
    assert window.watch.overview.ledger_entries == 0
    assert list_profiles(Handle(), window.desk.workspace) == []
    assert window.job_bar.text.text() == "bank.csv was not imported; nothing was changed."


def test_nothing_is_asked_before_anything_was_chosen(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    wizard_for(qtbot, window, file(tmp_path, "bank.csv", BANK), "ledger")
    press(qtbot, Qt.Key.Key_Escape)
    settle(qtbot, window)
    assert open_dialogs() == []


def bank_profile(
    window: MainWindow, folder: Path, name: str = "Bank", header: str = '"Ref", "Betrag"'
) -> None:
    profile = file(
        folder,
        f"{name}.toml",
        f'name = "{name}"\nkind = "ledger"\nheader = [{header}]\n[columns]\ntrade_id = "Ref"\n'
        'amount = "Betrag"\n[numbers]\ndecimal = ","\nthousands = "."\n',
    )
    import_profile(Handle(), window.desk.workspace, profile)


def test_a_new_column_is_looked_at_once(qtbot: QtBot, window: MainWindow, place: str, tmp_path: Path) -> None:
    bank_profile(window, tmp_path)
    dialog = wizard_for(qtbot, window, file(tmp_path, "bank.csv", BANK), "ledger")
    drift = "The columns have changed since the profile Bank was made: “Text” is new."
    assert dialog.notice.text.startswith(drift)
    assert dialog.file.profile.currentText() == "Bank"
    assert dialog.preview.summary.text() == "All 2 rows could be imported."
    press_mouse(dialog.keep.keep)
    assert dialog.keep.name.text() == "Bank"
    finish(qtbot, window, dialog)
    assert [row["amount"] for row in stored(place, "ledger", tmp_path)] == ["1.5", "-2000.25"]
    assert read_profile(Handle(), window.desk.workspace, "Bank").header == ("Ref", "Betrag", "Text")
    choose(qtbot, window, file(tmp_path, "next.csv", BANK.replace("\nT", "\nU")), "ledger")
    settle(qtbot, window)
    assert open_dialogs() == []
    assert window.watch.overview.ledger_entries == 4


def test_a_column_that_is_gone_is_chosen_anew(
    qtbot: QtBot, window: MainWindow, place: str, tmp_path: Path
) -> None:
    bank_profile(window, tmp_path, header='"Ref", "Betrag", "Text", "Art", "Konto"')
    text = "Ref;Saldo;Text;Art;Konto\nT1;1,50;a;x;y\nT2;-2.000,25;b;x;y\n"
    changed = file(tmp_path, "bank.csv", text)
    dialog = wizard_for(qtbot, window, changed, "ledger")
    assert "was made: “Betrag” is gone and “Saldo” is new." in dialog.notice.text
    assert dialog.fields.invalid == ["Amount"]
    assert not dialog.primary.isEnabled()
    pick(dialog.fields.rows["amount"].box, "Saldo")
    finish(qtbot, window, dialog)
    assert [row["amount"] for row in stored(place, "ledger", tmp_path)] == ["1.5", "-2000.25"]
    assert "Betrag" in read_profile(Handle(), window.desk.workspace, "Bank").header
    (one,) = list_imports(Handle(), window.desk.workspace)
    assert one["profile"] == ""


def test_one_of_several_profiles_is_chosen(
    qtbot: QtBot, window: MainWindow, place: str, tmp_path: Path
) -> None:
    for name in ("Bank", "Other bank"):
        bank_profile(window, tmp_path, name, '"Ref", "Betrag", "Text"')
    dialog = wizard_for(qtbot, window, file(tmp_path, "bank.csv", BANK), "ledger")
    assert dialog.notice.text == "This file fits the profiles “Bank” and “Other bank”: choose one below."
    pick(dialog.file.profile, "Other bank")
    finish(qtbot, window, dialog)
    assert [row["amount"] for row in stored(place, "ledger", tmp_path)] == ["1.5", "-2000.25"]
    (one,) = list_imports(Handle(), window.desk.workspace)
    assert one["profile"] == "Other bank"


def test_a_name_that_is_taken_is_asked_about(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    bank_profile(window, tmp_path, header='"Something", "else"')
    dialog = wizard_for(qtbot, window, file(tmp_path, "bank.csv", BANK), "ledger")
    pick(dialog.fields.rows["amount"].box, "Betrag")
    keep_as(qtbot, dialog, "Bank")
    read(qtbot, window)
    click(qtbot, dialog.primary)
    assert dialog.banner.text == "“Bank” is a profile for ledger entries already; replace it?"
    assert read_profile(Handle(), window.desk.workspace, "Bank").header == ("Something", "else")
    press(qtbot, Qt.Key.Key_Return)  # where the keyboard is: “Replace it”
    settle(qtbot, window)
    assert open_dialogs() == []
    assert read_profile(Handle(), window.desk.workspace, "Bank").header == ("Ref", "Betrag", "Text")
    assert window.watch.overview.ledger_entries == 2


def test_a_file_that_is_refused_after_all_leaves_the_choices(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    dialog = wizard_for(qtbot, window, file(tmp_path, "bank.csv", BANK), "ledger")
    pick(dialog.fields.rows["amount"].box, "Betrag")
    dialog.skip.footer.setFocus()
    dialog.skip.footer.selectAll()
    type_text(qtbot, "1")
    keep_as(qtbot, dialog, "Bank")
    read(qtbot, window)
    click(qtbot, dialog.primary)
    settle(qtbot, window)
    assert dialog.isVisible()
    assert "would be left out as a footer, but is a row like the others" in dialog.banner.text
    assert (dialog.keep.name.text(), dialog.fields.rows["amount"].box.currentText()) == ("Bank", "Betrag")
    assert list_profiles(Handle(), window.desk.workspace) == []
    dialog.skip.footer.setFocus()
    dialog.skip.footer.selectAll()
    type_text(qtbot, "0")
    finish(qtbot, window, dialog)
    assert window.watch.overview.ledger_entries == 2
    assert [each.name for each in list_profiles(Handle(), window.desk.workspace)] == ["Bank"]


def test_an_encoding_that_shows_late_is_asked_in_the_wizard(
    qtbot: QtBot, window: MainWindow, place: str, tmp_path: Path
) -> None:
    rows = "".join(f"T{number};{number};x\n" for number in range(60_000))
    path = tmp_path / "late.csv"
    path.write_bytes(f"Ref;Amount;Text\n{rows}T;1;Café\n".encode("cp1252"))
    dialog = wizard_for(qtbot, window, path, "ledger")
    pick(dialog.fields.rows["description"].box, "Text")
    read(qtbot, window)
    click(qtbot, dialog.primary)
    settle(qtbot, window)
    assert "Is “Café” what should stand there?" in dialog.banner.text
    press(qtbot, Qt.Key.Key_Return)
    read(qtbot, window)
    assert dialog.fields.rows["description"].box.currentText() == "Text"
    finish(qtbot, window, dialog)
    assert stored(place, "ledger", tmp_path)[0]["description"] == "Café"


def test_the_sheet_is_chosen_in_the_wizard_where_the_columns_need_it(
    qtbot: QtBot, window: MainWindow, place: str, tmp_path: Path
) -> None:
    table = [["Deal", "Amt"], ["T1", 5.25]]
    other = [["Deal", "Amt"], ["T2", "7.5"]]
    path = xlsx_of(tmp_path / "book.xlsx", {"Day 1": table, "Day 2": other})
    dialog = wizard_for(qtbot, window, path, "ledger")
    assert shown(SheetDialog) is None
    assert not dialog.primary.isEnabled()
    assert dialog.preview.summary.text().startswith("Several sheets of this workbook are not empty")
    assert dialog.focusWidget() is dialog.file.sheet
    pick(dialog.file.sheet, "Day 2")
    read(qtbot, window)
    for field, column in (("trade_id", "Deal"), ("amount", "Amt")):
        if dialog.fields.rows[field].box.currentText() != column:
            pick(dialog.fields.rows[field].box, column)
    finish(qtbot, window, dialog)
    assert [(row["trade_id"], row["amount"]) for row in stored(place, "ledger", tmp_path)] == [("T2", "7.5")]


def test_bad_rows_are_listed_after_the_wizard(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    bad = file(tmp_path, "bad.csv", "Ref;Betrag\nT1;1,5\nT2;x\nT3;2,5\n")
    dialog = wizard_for(qtbot, window, bad, "ledger")
    pick(dialog.fields.rows["amount"].box, "Betrag")
    pick(dialog.fields.numbers.box, "1234,56")
    read(qtbot, window)
    model = dialog.preview.table.preview
    assert [model.reason(row) for row in range(3)] == [
        "",
        "Betrag: Not a number as the profile says: decimal comma",
        "",
    ]
    click(qtbot, dialog.preview.next_problem)
    assert dialog.preview.table.currentIndex().row() == 1
    finish(qtbot, window, dialog)
    errors = wait_for(qtbot, RowErrorsDialog)
    click(qtbot, errors.primary)
    settle(qtbot, window)
    assert window.watch.overview.ledger_entries == 2


def test_a_file_that_is_gone_meanwhile_is_said_in_the_wizard(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    path = file(tmp_path, "bank.csv", BANK)
    dialog = wizard_for(qtbot, window, path, "ledger")
    path.unlink()
    pick(dialog.fields.rows["amount"].box, "Betrag")
    read(qtbot, window)
    assert "bank.csv" in dialog.preview.summary.text()
    assert not dialog.primary.isEnabled()
    assert shown(MessageDialog) is None
    path.write_text(BANK, encoding="utf-8")
    pick(dialog.fields.rows["description"].box, "Text")
    read(qtbot, window)
    wait_until(qtbot, dialog.primary.isEnabled)


def test_closing_the_window_closes_the_wizard(qtbot: QtBot, tmp_path: Path) -> None:
    window = open_window(qtbot, str(tmp_path / "desk.opspilot"))
    dialog = wizard_for(qtbot, window, file(tmp_path, "bank.csv", BANK), "ledger")
    pick(dialog.fields.rows["amount"].box, "Betrag")
    window.close()
    qtbot.wait(100)
    assert open_dialogs() == []
    assert not window.imports.is_busy


def test_a_file_with_names_of_its_own_needs_no_wizard(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    choose(qtbot, window, file(tmp_path, "plain.csv", "trade_id,amount\nT1,5\n"), "ledger")
    settle(qtbot, window)
    assert open_dialogs() == []
    assert window.watch.overview.ledger_entries == 1
