"""docs/import.md is the specification of the import: what it says in its tables, the program does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from opspilot_desktop.domain import decimals, fields
from opspilot_desktop.files import dialect, packed, reading, sheet_scan, textfile, workbook
from tests.helpers.importing import TRADES, Importer

PAGE = (Path(__file__).parents[2] / "docs" / "import.md").read_text(encoding="utf-8")
LIMITS = {
    "characters in a cell": reading.LONGEST_FIELD,
    "characters in a record of several lines": reading.LONGEST_RECORD,
    "characters in the header line": textfile.LONGEST_HEADER,
    "bytes in a line": textfile.LONGEST_LINE,
    "bytes that a compressed text unpacks to": packed.LARGEST_UNPACKED,
    "times its own size that a compressed text unpacks to, beyond 64 MB": packed.LARGEST_RATIO,
    "bytes of a workbook": workbook.LARGEST_WORKBOOK,
    "bytes that a workbook unpacks to": sheet_scan.LARGEST_UNPACKED,
    "cells between a sheet's first and last": sheet_scan.LARGEST_SHEET,
}


def table(section: str) -> dict[str, list[str]]:
    """The rows of the first table under a heading, by their first cell."""
    text = PAGE.split(f"\n## {section}\n", 1)[1].split("\n## ", 1)[0]
    rows = [line.strip("|").split("|") for line in text.splitlines() if line.startswith("|")][2:]
    return {row[0].strip(): [cell.strip() for cell in row[1:]] for row in rows}


def test_the_limits_are_the_programs_own() -> None:
    assert {name: int(cells[0].replace(",", "")) for name, cells in table("Limits").items()} == LIMITS


def test_the_values_limits_are_the_programs_own() -> None:
    values = table("Values")
    assert f"at most {fields.LONGEST_KEY} characters" in values["ids, currencies, status"][0]
    assert f"at most {decimals.DECIMALS} decimals" in values["numbers"][0]
    assert f"below {decimals.MAX_UNITS:,}" in values["numbers"][0]


def test_the_encodings_are_those_that_are_read() -> None:
    names = {name.split(",")[0] for name in table("Encodings")}
    assert names == set(dialect.ENCODINGS.values())


@pytest.mark.parametrize("delimiter", dialect.DELIMITERS)
def test_each_delimiter_is_named_and_read(desk: Importer, delimiter: str) -> None:
    assert dialect.DELIMITERS[delimiter] in table("Files")["delimited text"][0]
    rows = f"{TRADES}\nT1,XS1,BUY,10,2.5\n".replace(",", delimiter)
    assert desk.run(rows).json["imported"] == 1


def examples(section: str, row: str, cell: int) -> list[str]:
    return re.findall(r"`([^`]+)`", table(section)[row][cell])


@pytest.mark.parametrize("value", [each for each in examples("Values", "numbers", 1) if each[0].isalnum()])
def test_what_is_no_number_is_a_row_error(desk: Importer, value: str) -> None:
    told = desk.rows_refused(f'{TRADES}\nT1,XS1,BUY,10,"{value}"\n')
    assert told.rejected == [(2, "price", value)]


@pytest.mark.parametrize("value", [each for each in examples("Values", "dates", 1) if "Y" not in each])
def test_what_is_no_date_is_a_row_error(desk: Importer, value: str) -> None:
    told = desk.rows_refused(f"{TRADES},trade_date\nT1,XS1,BUY,10,1,{value}\n")
    assert told.rejected == [(2, "trade_date", value)]


@pytest.mark.parametrize("value", examples("Values", "ids, currencies, status", 0))
def test_ids_are_what_they_are(desk: Importer, value: str) -> None:
    desk.run(f"{TRADES}\n{value},XS1,BUY,10,1\n")
    assert desk.stored()[0]["trade_id"] == value
