"""Sheets of workbooks: which one, where its header is, what its cells are."""

from __future__ import annotations

import zipfile
from datetime import date, datetime
from pathlib import Path

import pytest
import xlsxwriter

from opspilot_desktop.files import sheet_scan
from opspilot_desktop.files.sheet_cells import number_text, text_of
from opspilot_desktop.files.sheet_scan import cell_name
from opspilot_desktop.files.specials import Special
from opspilot_desktop.files.workbook import kind_of_workbook
from tests.helpers.importing import TRADES, Importer
from tests.helpers.workbooks import Error, Formula, compound, ods, xls, xlsx, xlsx_of, zipped

HEADER = TRADES.split(",")
ROW = ["T1", "XS1", "BUY", 10, 2.5]
MAKERS = [(xlsx, "a.xlsx"), (xls, "a.xls"), (ods, "a.ods")]


@pytest.mark.parametrize(("make", "name"), MAKERS)
def test_lines_are_the_rows_of_the_sheet(desk: Importer, tmp_path: Path, make, name: str) -> None:  # type: ignore[no-untyped-def]
    rows = [["Trades of the day"], [], [None, *HEADER], [None, *ROW], [], [None, "T2", "XS1", "HOLD", 1, 2]]
    told = desk.rows_refused(make(tmp_path / name, rows))
    assert told.rejected == [(6, "side", "HOLD")]
    assert [each["record"] for each in told.json["rejected"]] == [2]
    assert "above the header: left out." in " ".join(told.json["warnings"])


@pytest.mark.parametrize(("make", "name"), MAKERS)
def test_values_of_every_kind(desk: Importer, tmp_path: Path, make, name: str) -> None:  # type: ignore[no-untyped-def]
    header = [*HEADER, "trade_date", "settle_date", "timestamp", "account"]
    moment = datetime(2026, 11, 20, 12, 30)
    rows = [header, ["T1", "XS1", "BUY", "10.50", 2.5, date(2026, 11, 20), "2026-11-22", moment, 7]]
    assert desk.run(make(tmp_path / name, rows)).status == 0
    (stored,) = desk.stored()
    wanted = {"quantity": "10.5", "price": "2.5", "trade_date": "2026-11-20", "settle_date": "2026-11-22"}
    wanted |= {"timestamp": "2026-11-20 12:30:00", "account": "7"}
    assert {key: stored[key] for key in wanted} == wanted


def test_a_date_with_a_time_is_no_date(desk: Importer, tmp_path: Path) -> None:
    rows = [[*HEADER, "trade_date"], [*ROW, datetime(2026, 11, 20, 12, 30)]]
    told = desk.rows_refused(xlsx(tmp_path / "a.xlsx", rows))
    assert told.rejected == [(2, "trade_date", "2026-11-20 12:30:00")]
    rows[1][-1] = datetime(2026, 11, 20)
    assert desk.run(xlsx(tmp_path / "b.xlsx", rows)).status == 0


def test_formulas_give_the_values_they_had(desk: Importer, tmp_path: Path) -> None:
    rows = [HEADER, ["T1", Formula("XS1"), "BUY", Formula(3.5), Formula(7)]]
    assert desk.run(xlsx(tmp_path / "a.xlsx", rows)).status == 0
    assert (desk.stored()[0]["quantity"], desk.stored()[0]["instrument"]) == ("3.5", "XS1")


def test_percent_and_currency_formats_change_nothing(desk: Importer, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(str(path)) as made:
        sheet = made.add_worksheet()
        sheet.write_row(0, 0, HEADER)
        sheet.write_row(1, 0, ROW[:3])
        sheet.write_number(1, 3, 0.5, made.add_format({"num_format": "0%"}))
        sheet.write_number(1, 4, 1234.56, made.add_format({"num_format": '#,##0 "CHF"'}))
    assert desk.run(path).status == 0
    assert (desk.stored()[0]["quantity"], desk.stored()[0]["price"]) == ("0.5", "1234.56")


def test_a_header_merged_over_two_rows(desk: Importer, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(str(path)) as made:
        sheet = made.add_worksheet()
        sheet.merge_range("A1:E1", "Trades")
        for column, name in enumerate(HEADER[:3]):
            sheet.merge_range(1, column, 2, column, name)
        sheet.merge_range("D2:E2", "Amounts")
        sheet.write_row(2, 3, HEADER[3:])
        sheet.write_row(3, 0, ROW)
    told = desk.run(path)
    assert (told.json["imported"], told.json["read"]) == (1, 1)


def test_an_error_in_a_column_that_is_left_out_harms_nothing(desk: Importer, tmp_path: Path) -> None:
    told = desk.run(xlsx(tmp_path / "a.xlsx", [[*HEADER, "desk"], [*ROW, Error("#REF!")]]))
    assert told.json["imported"] == 1


def test_an_error_alone_in_its_row_is_no_blank_row(desk: Importer, tmp_path: Path) -> None:
    told = desk.rows_refused(xlsx(tmp_path / "a.xlsx", [HEADER, ROW, [Error("#N/A")]]))
    assert told.rejected == [(3, "trade_id", "#N/A")]


def test_cells_beside_the_table_are_named(desk: Importer, tmp_path: Path) -> None:
    told = desk.rows_refused(xlsx(tmp_path / "a.xlsx", [HEADER, [*ROW, None, "note"]]))
    assert (told.rejected[0][:2], told.reasons) == ((2, ""), ["Too many cells: 7 instead of 5"])


def test_the_sheet(desk: Importer, tmp_path: Path) -> None:
    sheets = {"Day 1": [HEADER, ROW], "Empty": [], "Day 2": [HEADER, ["T2", *ROW[1:]]]}
    path = xlsx_of(tmp_path / "a.xlsx", sheets)
    message = desk.refused(path)
    assert message == (
        "a.xlsx has several sheets that are not empty (“Day 1”, “Day 2”); choose one (--sheet NAME)."
    )
    assert "has no sheet “Day 3”; choose one of" in desk.refused(path, "--sheet", "Day 3")
    assert "“Empty” of a.xlsx is empty" in desk.refused(path, "--sheet", "Empty")
    assert desk.run(path, "--sheet", "Day 2").json["imported"] == 1
    assert [row["trade_id"] for row in desk.stored()] == ["T2"]


def test_a_hidden_sheet_is_only_read_by_name(desk: Importer, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(str(path)) as made:
        for name, key in (("Shown", "T1"), ("Hidden", "T2")):
            sheet = made.add_worksheet(name)
            sheet.write_row(0, 0, HEADER)
            sheet.write_row(1, 0, [key, *ROW[1:]])
        sheet.hide()
    desk.run(path)
    assert [row["trade_id"] for row in desk.stored()] == ["T1"]
    assert desk.run(path, "--sheet", "Hidden").json["imported"] == 1


def test_options_that_do_not_fit_the_file(desk: Importer, tmp_path: Path) -> None:
    assert "no workbook" in desk.refused(f"{TRADES}\n", "--sheet", "A")
    path = xlsx(tmp_path / "a.xlsx", [HEADER, ROW])
    assert "has no encoding to choose" in desk.refused(path, "--encoding", "windows-1252")


def test_passwords(desk: Importer, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(compound("EncryptedPackage", b"secret" * 2000))
    assert "is protected by a password" in desk.refused(path)
    assert "is protected by a password" in desk.refused(
        xls(tmp_path / "a.xls", [HEADER, ROW], protected=True)
    )


@pytest.mark.parametrize(
    ("part", "said"), [("word/document.xml", "a Word document"), ("xl/workbook.bin", "a binary workbook")]
)
def test_other_documents(desk: Importer, part: str, said: str) -> None:
    assert said in desk.refused(zipped({"[Content_Types].xml": b"", part: b"x"}))
    assert "Office document without a table" in desk.refused(compound("WordDocument", b"text"))


def test_a_part_whose_name_is_damaged_is_missed(desk: Importer, tmp_path: Path) -> None:
    data = xlsx(tmp_path / "a.xlsx", [HEADER, ROW]).read_bytes()
    name = b"xl/styles.xml"
    at = data.rindex(name)
    assert "cannot be read as a workbook" in desk.refused(
        data[:at] + b"xl/styles.|ml" + data[at + len(name) :]
    )


def test_the_kind_is_told_by_the_content(tmp_path: Path) -> None:
    for (make, name), kind in zip(MAKERS, ("xlsx", "xls", "ods"), strict=True):
        assert kind_of_workbook(make(tmp_path / f"{name}.csv", [HEADER, ROW])) == kind
    (tmp_path / "a.txt").write_text("a,b\n")
    assert kind_of_workbook(tmp_path / "a.txt") == ""


@pytest.mark.parametrize(
    ("number", "text", "special"),
    [
        (7.0, "7", Special.NUMBER),
        (-0.0, "0", Special.NUMBER),
        (-1234567.89, "-1234567.89", Special.NUMBER),
        (1e-7, "0.0000001", Special.NUMBER),
        (123456789012345.0, "123456789012345", Special.NUMBER),
        (0.123456789012345, "0.123456789012345", Special.NUMBER),
        (1e15, "1000000000000000", Special.DIGITS),
        (1e22, "10000000000000000000000", Special.DIGITS),
        (0.1 + 0.2, "0.30000000000000004", Special.DIGITS),
        (float("inf"), "inf", Special.DIGITS),
        (float("nan"), "nan", Special.DIGITS),
    ],
)
def test_numbers_as_text(number: float, text: str, special: Special) -> None:
    assert number_text(number) == (text, special)


def test_other_cells_as_text() -> None:
    assert text_of(True) == ("TRUE", Special.TRUTH)
    assert text_of(date(1900, 2, 28)) == ("1900-02-28", Special.EARLY)
    assert text_of(datetime(2026, 1, 2, 3, 4, 5, 6000)) == ("2026-01-02 03:04:05.006", Special.DATE)
    assert [cell_name(9, column) for column in (0, 25, 26, 701, 702)] == [
        "A10",
        "Z10",
        "AA10",
        "ZZ10",
        "AAA10",
    ]


def test_errors_are_found_however_the_sheet_is_written(tmp_path: Path) -> None:
    sheet = (
        b"<x:worksheet xmlns:x='m'><x:sheetData><x:row r='1'><x:c t='e' r='B1'><x:v>#N/A</x:v></x:c></x:row>"
        + b"<x:row r='2'>"
        + b" " * sheet_scan._BLOCK
        + b"<x:c r='AB2' t = 'e'><x:v>#REF!</x:v></x:c></x:row>"
        + b"</x:sheetData></x:worksheet>"
    )
    path = tmp_path / "a.zip"
    path.write_bytes(zipped({"sheet.xml": sheet}))
    with zipfile.ZipFile(path) as archive:
        scan = sheet_scan.scan_xlsx(archive, "sheet.xml")
    assert scan.errors == {(0, 1): "#N/A", (1, 27): "#REF!"}
    assert (scan.rows, scan.columns, scan.filled) == (2, 28, True)
