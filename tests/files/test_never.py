"""What must never happen when a file is imported, each a test, from the file to what is stored.

A value altered, a row lost or doubled without a word, a column shifted, an id coerced, a crash or a hang.
"""

from __future__ import annotations

import gzip
import sqlite3
import struct
import time
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path

import pytest

from tests.helpers.importing import TRADES, Importer
from tests.helpers.workbooks import Error, Formula, ods, with_numbers, xls, xlsx, zipped

GOOD = f"{TRADES}\nT1,XS1,BUY,10,2.5\n"


def trade(quantity: str = "10", price: str = "2.5", *, date: str = "", trade_id: str = "T1") -> str:
    """A file with one trade on line 2."""
    return f"{TRADES},trade_date\n{trade_id},XS1,BUY,{quantity},{price},{date}\n"


@contextmanager
def at_once(seconds: float = 20) -> Iterator[None]:
    """What happens inside does not hang: it takes so much of the processor's time at most."""
    start = time.process_time()
    yield
    assert time.process_time() - start < seconds


# A value altered


@pytest.mark.parametrize("price", ['"1,5"', '"1.265,50"', '"1,265.50"', "1'265.50", "1 265.50", "1\u00a0265"])
def test_a_decimal_comma_or_separator_is_never_read_as_another_number(desk: Importer, price: str) -> None:
    told = desk.rows_refused(trade(price=price))
    assert told.rejected == [(2, "price", price.strip('"'))]
    assert told.reasons == ["Not a plain decimal number"]


def test_decimal_commas_with_semicolons_are_refused_row_by_row(desk: Importer) -> None:
    told = desk.rows_refused(f"{TRADES.replace(',', ';')}\nT1;XS1;BUY;10;1,5\nT2;XS1;BUY;10;2\n")
    assert told.rejected == [(2, "price", "1,5")]
    assert "decimals are read with a point" in told.json["warnings"][0]


def test_a_point_beside_decimal_commas_is_never_guessed(desk: Importer) -> None:
    rows = f"{TRADES.replace(',', ';')}\nT1;XS1;BUY;10;1,5\nT2;XS1;BUY;1.234;2\n"
    told = desk.rows_refused(rows, "--on-error", "skip")
    assert told.json["message"] == (
        "file.csv has decimal commas, such as “1,5” on line 2, so that 1.234 might mean 1234; write its"
        " numbers with a point and without separators."
    )


def test_a_point_is_a_decimal_point_and_the_notice_says_so(desk: Importer) -> None:
    told = desk.run(f"{TRADES.replace(',', ';')}\nT1;XS1;BUY;10;1.234\n")
    assert "decimals are read with a point" in told.json["warnings"][0]
    assert desk.stored()[0]["price"] == "1.234"


@pytest.mark.parametrize(
    "price", ["1e400", "1e5", "NaN", "nan", "inf", "-inf", "Infinity", "0x1F", "1.2.3", "1_000", "--1", "١٢"]
)
def test_only_plain_decimals_are_numbers(desk: Importer, price: str) -> None:
    told = desk.rows_refused(trade(price=price))
    assert told.rejected == [(2, "price", price)]
    assert told.reasons == ["Not a plain decimal number"]


@pytest.mark.parametrize(
    ("price", "reason"),
    [
        ("10000000000000000", "Too large: the number must be smaller than 10,000,000,000,000,000"),
        ("9" * 5000, "Too large: the number must be smaller than 10,000,000,000,000,000"),
        ("0.1234567891", "More than 9 decimals; a mapping can allow rounding"),
    ],
)
def test_digits_beyond_the_range_are_never_cut(desk: Importer, price: str, reason: str) -> None:
    told = desk.rows_refused(trade(price=price))
    assert told.reasons == [reason]


def test_the_last_digits_within_the_range_are_kept(desk: Importer) -> None:
    desk.run(trade(quantity="1", price="-9999999999999999.999999999"))
    assert desk.stored()[0]["price"] == "-9999999999999999.999999999"


def test_the_thirtieth_of_february_is_never_rolled_over(desk: Importer) -> None:
    told = desk.rows_refused(trade(date="2026-02-30"))
    assert told.rejected == [(2, "trade_date", "2026-02-30")]
    assert told.reasons == ["This date does not exist; use YYYY-MM-DD"]


@pytest.mark.parametrize("day", ["03/04/2026", "3.4.2026", "04-03-2026", "20260403", "2026-4-3", "46115"])
def test_day_and_month_are_never_guessed(desk: Importer, day: str) -> None:
    told = desk.rows_refused(trade(date=day))
    assert told.rejected == [(2, "trade_date", day)]
    assert told.reasons == ["Not a date; use YYYY-MM-DD"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
@pytest.mark.parametrize("end", ["\r\n", "\r", "\n"])
def test_no_mark_and_no_line_end_sticks_to_a_field(desk: Importer, encoding: str, end: str) -> None:
    desk.run(end.join(["trade_id,amount,description", "T1,-5,ä€", "T2,7,b"]).encode(encoding), kind="ledger")
    assert [(row["trade_id"], row["amount"], row["description"]) for row in desk.stored("ledger")] == [
        ("T1", "-5", "ä€"),
        ("T2", "7", "b"),
    ]


def test_another_encoding_is_never_shown_as_wrong_letters(desk: Importer) -> None:
    data = "trade_id,amount,description\nT1,5,Café\n".encode("cp1252")
    message = desk.refused(data, kind="ledger")
    assert "line 2 has the byte 0xE9" in message
    assert "“Café”" in message
    told = desk.run(data, "--encoding", "windows-1252", kind="ledger")
    assert told.json["imported"] == 1
    assert desk.stored("ledger")[0]["description"] == "Café"


def test_utf_8_is_never_read_as_windows_1252(desk: Importer) -> None:
    data = "trade_id,amount,description\nT1,5,Café\n".encode()
    assert "is UTF-8" in desk.refused(data, "--encoding", "windows-1252", kind="ledger")


def test_a_nul_never_cuts_a_field(desk: Importer) -> None:
    told = desk.rows_refused(trade(trade_id="T1\0x"))
    assert (told.rejected[0][:2], told.reasons) == ((2, "trade_id"), ["The cell has a NUL character"])


# A row lost or doubled without a word


def test_line_breaks_in_quotes_lose_no_row(desk: Importer) -> None:
    told = desk.run('trade_id,amount,description\nT1,1,"a\nb\r\nc"\nT2,2,d\n', kind="ledger")
    assert (told.json["read"], told.json["imported"]) == (2, 2)
    assert [row["description"] for row in desk.stored("ledger")] == ["a\nb\r\nc", "d"]


@pytest.mark.parametrize("row", ["T2,XS1,BUY,1", "T2,XS1,BUY,1,2,3", "Total"])
def test_ragged_rows_and_footers_are_named(desk: Importer, row: str) -> None:
    told = desk.rows_refused(f"{GOOD}{row}\nT3,XS1,BUY,1,2\n")
    assert told.rejected == [(3, "", row)]
    assert "cells" in told.reasons[0]


def test_a_total_with_all_its_cells_is_named(desk: Importer) -> None:
    told = desk.rows_refused(f"{GOOD},,,10,\n")
    assert told.rejected[0][:2] == (3, "trade_id")


@pytest.mark.parametrize(
    "word",
    [
        "Total",
        "TOTALS",
        " total: ",
        "Grand Total",
        "Grand-total",
        "SubTotal",
        "TOTAL :",
        "Summe",
        "*** Total ***",
        "--Total--",
    ],
)
def test_a_total_in_place_of_an_id_is_never_a_row(desk: Importer, word: str) -> None:
    told = desk.rows_refused(f"trade_id,amount,currency\nT1,5,EUR\n{word},5,EUR\n", kind="ledger")
    assert told.rejected[0][:2] == (3, "trade_id")
    assert told.reasons == ["A line of totals, it seems, and no record"]
    kept = desk.run("trade_id,amount,currency,description\nTotal-1,5,EUR,Total\n", kind="ledger")
    assert (kept.json["imported"], kept.json["rejected_total"]) == (1, 0)


def test_an_open_quote_never_swallows_the_rest(desk: Importer) -> None:
    rows = "".join(f"T{number},XS1,BUY,1,2\n" for number in range(10, 2000))
    told = desk.rows_refused(f'{GOOD}T2,"XS1,BUY,1,2\n{rows}')
    assert told.rejected == [(3, "", 'T2,"XS1,BUY,1,2')]
    assert told.json["read"] == 1992


def test_lines_that_end_in_carriage_returns_alone_are_all_read(desk: Importer) -> None:
    told = desk.run(f"{TRADES}\rT1,XS1,BUY,1,2\rT2,XS1,BUY,1,2")
    assert (told.json["read"], told.json["imported"]) == (2, 2)


@pytest.mark.parametrize("cut", ["T2,XS1,BU", 'T2,"XS', "T2,XS1,BUY,1,"])
def test_a_last_line_that_is_cut_is_named(desk: Importer, cut: str) -> None:
    told = desk.rows_refused(GOOD + cut)
    assert told.rejected[0][0] == 3


def test_an_id_twice_is_named_with_its_first_line(desk: Importer) -> None:
    told = desk.rows_refused(f"{GOOD}T2,XS1,BUY,1,2\nT1,XS1,BUY,10,2.5\n")
    assert told.rejected == [(4, "trade_id", "T1")]
    assert told.reasons == ["Already on line 2 of this file"]


def test_the_same_file_again_doubles_nothing(desk: Importer) -> None:
    ledger = "trade_id,amount\nT1,5\nT1,5\n"
    assert desk.run(ledger, kind="ledger").json["imported"] == 2
    again = desk.run(ledger, kind="ledger")
    assert (again.status, again.json["imported"], again.json["unchanged"]) == (0, 0, 2)
    assert len(desk.stored("ledger")) == 2


# A column shifted


def test_columns_are_never_shifted(desk: Importer) -> None:
    desk.run("\n".join(["note,price,trade_id,side,,quantity,instrument", "n,2.5,T1,SELL,x,10,XS1"]))
    assert {name: desk.stored()[0][name] for name in TRADES.split(",")} == {
        **{"trade_id": "T1", "instrument": "XS1", "side": "SELL", "quantity": "10", "price": "2.5"}
    }


def test_two_columns_of_one_name_refuse_the_file(desk: Importer) -> None:
    assert "“price”" in desk.refused(f"{TRADES},price\nT1,XS1,BUY,1,2,3\n")


def test_a_delimiter_inside_quotes_shifts_nothing(desk: Importer) -> None:
    desk.run(f'{TRADES}\n"T,1","XS;1\t|",BUY,1,2\n')
    assert (desk.stored()[0]["trade_id"], desk.stored()[0]["instrument"]) == ("T,1", "XS;1\t|")


# An id coerced


@pytest.mark.parametrize("trade_id", ["007", "1e5", "nan", "NULL", "TRUE", "3.0", "MAR1", "-0", "１"])
def test_an_id_is_never_coerced(desk: Importer, trade_id: str) -> None:
    desk.run(trade(trade_id=f"  {trade_id} "))
    assert desk.stored()[0]["trade_id"] == trade_id


@pytest.mark.parametrize(("make", "name"), [(xlsx, "a.xlsx"), (xls, "a.xls"), (ods, "a.ods")])
def test_an_id_in_a_workbook_is_never_coerced(desk: Importer, tmp_path: Path, make, name: str) -> None:  # type: ignore[no-untyped-def]
    ids = ["007", "1e5", 7, 12.0, 123456789012345, "TRUE"]
    rows = [TRADES.split(","), *[[each, "XS1", "BUY", 1, 2.5] for each in ids]]
    told = desk.run(make(tmp_path / name, rows))
    assert sorted(row["trade_id"] for row in desk.stored()) == sorted(
        ["007", "1e5", "7", "12", "123456789012345", "TRUE"]
    )
    assert "leading zeros" in told.json["warnings"][0]


@pytest.mark.parametrize(("make", "name"), [(xlsx, "a.xlsx"), (xls, "a.xls"), (ods, "a.ods")])
@pytest.mark.parametrize(
    ("trade_id", "said"),
    [
        (date(2026, 3, 1), "Cell A2 is a date in the workbook; enter it as text"),
        (True, "Cell A2 is a truth value in the workbook; enter it as text or a number"),
        (1234567890123456, "Cell A2 is a number of more than 15 digits, which a spreadsheet cuts"),
        (0.1 + 0.2, "Cell A2 is a number of more than 15 digits, which a spreadsheet cuts"),
    ],
)
def test_what_a_spreadsheet_made_of_an_id_is_never_taken(  # type: ignore[no-untyped-def]
    desk: Importer, tmp_path: Path, make, name: str, trade_id: object, said: str
) -> None:
    path = make(tmp_path / name, [TRADES.split(","), [trade_id, "XS1", "BUY", 1, 2.5]])
    if trade_id == 0.1 + 0.2 and make is xlsx:
        with_numbers(path, {"<v>0.3</v>": "<v>0.30000000000000004</v>"})
    told = desk.rows_refused(path)
    assert told.rejected[0][:2] == (2, "trade_id")
    assert told.reasons[0].startswith(said)


# Workbooks: what a spreadsheet hides


@pytest.mark.parametrize(("make", "name"), [(xlsx, "a.xlsx"), (xls, "a.xls"), (ods, "a.ods")])
def test_an_error_in_a_cell_is_never_read_as_blank_or_0(  # type: ignore[no-untyped-def]
    desk: Importer, tmp_path: Path, make, name: str
) -> None:
    rows = [[*TRADES.split(","), "account"], ["T1", "XS1", "BUY", 1, 2.5, Error("#N/A")]]
    rows.append(["T2", "XS1", "BUY", Error("#DIV/0!"), 2.5, "A"])
    told = desk.rows_refused(make(tmp_path / name, rows))
    assert told.rejected == [(2, "account", "#N/A"), (3, "quantity", "#DIV/0!")]
    assert told.reasons[0] == "Cell F2 has the error #N/A; mend it in the workbook"


def test_a_sum_of_floats_is_never_rounded_without_a_word(desk: Importer, tmp_path: Path) -> None:
    path = xlsx(tmp_path / "a.xlsx", [TRADES.split(","), ["T1", "XS1", "BUY", 1, Formula(0.3)]])
    with_numbers(path, {"<v>0.3</v>": "<v>0.30000000000000004</v>"})
    told = desk.rows_refused(path)
    assert told.rejected == [(2, "price", "0.30000000000000004")]
    assert told.reasons[0].startswith("Cell E2 has more than the 15 digits that a spreadsheet keeps")
    allowed = desk.write("[numbers]\nround = true\n", "round.toml")
    assert desk.run(path, "--mapping", str(allowed)).status == 0
    assert desk.stored()[0]["price"] == "0.3"


@pytest.mark.parametrize("number", ["1234567890123456", "1e16", "1E+400", "123456.78901234567"])
def test_a_number_that_a_spreadsheet_cuts_is_never_taken(desk: Importer, tmp_path: Path, number: str) -> None:
    path = xlsx(tmp_path / "a.xlsx", [TRADES.split(","), ["T1", "XS1", "BUY", 1, 4711]])
    told = desk.rows_refused(with_numbers(path, {"<v>4711</v>": f"<v>{number}</v>"}))
    assert told.rejected[0][:2] == (2, "price")


def test_the_day_that_never_was_is_never_taken(desk: Importer, tmp_path: Path) -> None:
    rows = [[*TRADES.split(","), "trade_date"], ["T1", "XS1", "BUY", 1, 2, date(2026, 11, 20)]]
    path = with_numbers(xlsx(tmp_path / "a.xlsx", rows), {"<v>46346</v>": "<v>60</v>"})
    told = desk.rows_refused(path)
    assert told.rejected[0][:2] == (2, "trade_date")
    assert "before March 1900" in told.reasons[0]


@pytest.mark.parametrize("from_1904", [False, True])
def test_a_date_is_never_moved_by_four_years(desk: Importer, tmp_path: Path, from_1904: bool) -> None:
    rows = [[*TRADES.split(","), "trade_date"], ["T1", "XS1", "BUY", 1, 2, date(2026, 11, 20)]]
    desk.run(xlsx(tmp_path / "a.xlsx", rows, date_1904=from_1904))
    assert desk.stored()[0]["trade_date"] == "2026-11-20"


def test_a_number_is_never_taken_for_a_date(desk: Importer, tmp_path: Path) -> None:
    rows = [[*TRADES.split(","), "trade_date"], ["T1", "XS1", "BUY", 1, 2, 46346]]
    told = desk.rows_refused(xlsx(tmp_path / "a.xlsx", rows))
    assert told.rejected == [(2, "trade_date", "46346")]


# A crash or a hang


def test_a_field_of_a_megabyte(desk: Importer) -> None:
    told = desk.rows_refused(f"{GOOD}T2,{'x' * (1 << 20)},BUY,1,2\nT3,XS1,BUY,1,2\n")
    assert told.rejected[0][0] == 3
    assert told.reasons == ["The cell on line 3 is longer than a million characters"]


def test_a_line_of_a_hundred_megabytes(desk: Importer) -> None:
    with at_once():
        message = desk.refused(GOOD.encode() + b"x" * 100_000_000)
    assert message == "file.csv has a line longer than 16 MB; choose a CSV file with one row a line."


def test_ten_thousand_columns(desk: Importer) -> None:
    more = [f"c{number}" for number in range(10_000)]
    with at_once():
        told = desk.run(",".join([TRADES, *more]) + "\n" + ",".join(["T1,XS1,BUY,1,2", *more]) + "\n")
    assert told.json["imported"] == 1


def test_a_gzip_bomb(desk: Importer) -> None:
    rows = (b"T1,XS1,BUY,1,2" + b" " * 100_000 + b"\n") * 20
    packed = gzip.compress(GOOD.encode()) + gzip.compress(rows) * 75  # a few hundred KB for 150 MB
    with at_once():
        message = desk.refused(packed, name="bomb.csv.gz")
    assert message.startswith("bomb.csv.gz unpacks to more than")


def test_a_zip_bomb(desk: Importer) -> None:
    with at_once():
        message = desk.refused(
            zipped({"bomb.csv": GOOD.encode() + (b" " * 1_000_000 + b"\n") * 100}), name="bomb.zip"
        )
    assert message.startswith("bomb.zip unpacks to more than")


def test_an_xml_bomb(desk: Importer, tmp_path: Path) -> None:
    bomb = '<!DOCTYPE a [<!ENTITY a "' + "x" * 100 + '"><!ENTITY b "' + "&a;" * 100 + '">]>'
    with at_once():
        message = desk.refused(ods(tmp_path / "a.ods", [TRADES.split(",")], declared=bomb))
    assert message.startswith("a.ods cannot be read as a workbook")


def test_a_workbook_that_unpacks_into_gigabytes(desk: Importer, tmp_path: Path) -> None:
    path = xlsx(tmp_path / "a.xlsx", [TRADES.split(","), ["T1", "XS1", "BUY", 1, 2]])
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive, archive.open("x.xml", "w") as part:
        for _ in range(1025):
            part.write(bytes(1 << 20))
    with at_once(60):
        assert "unpacks to more than 1,024 MB" in desk.refused(path)


def test_a_sheet_with_a_cell_at_its_far_corner(desk: Importer, tmp_path: Path) -> None:
    path = xlsx(tmp_path / "a.xlsx", [TRADES.split(","), ["T1", "XS1", "BUY", 1, 2]])
    with_numbers(path, {'r="E2"': 'r="XFD1048576"'})
    with at_once():
        message = desk.refused(path)
    assert "spans 1,048,576 rows and 16,384 columns" in message


def test_a_damaged_xls_with_a_cell_far_beyond_its_format(desk: Importer, tmp_path: Path) -> None:
    far = {"rows": 60_000, "columns": 12_341}
    path = xls(tmp_path / "a.xls", [TRADES.split(","), ["T1", "XS1", "BUY", 1, 2]])
    cell, moved = struct.pack("<HH", 1, 4), struct.pack("<HH", far["rows"] - 1, far["columns"] - 1)
    assert path.read_bytes().count(cell) == 1
    path.write_bytes(path.read_bytes().replace(cell, moved))
    with at_once():
        assert "spans 60,000 rows and 12,341 columns" in desk.refused(path)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj", "is a PDF document"),
        (b"<!DOCTYPE html><html><title>Log in</title></html>", "is a web page"),
        (b"\n\n <html><body>Session expired</body></html>", "is a web page"),
        (b"\x89PNG\r\n\x1a\n", "is a picture"),
        (b'{"error": "unauthorised"}', "is JSON"),
        (b"", "is empty"),
        (bytes(4096), "holds binary data"),
        (b"\x1f\x8b" + b"junk" * 10, "cannot be unpacked"),
        (b"PK\x03\x04" + b"junk" * 10, "cannot be unpacked"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"junk" * 10, "cannot be read as a workbook"),
    ],
)
def test_what_is_no_table_is_named(desk: Importer, data: bytes, said: str) -> None:
    assert said in desk.refused(data)


def test_a_database_named_csv(desk: Importer, tmp_path: Path) -> None:
    path = tmp_path / "data.csv"
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE a (b)")
    assert "is a SQLite database" in desk.refused(path)
