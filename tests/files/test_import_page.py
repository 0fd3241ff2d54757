"""docs/import.md is the specification of the import: what it says in its tables, the program does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from opspilot_desktop.domain import decimals, fields
from opspilot_desktop.domain.fields import Kind
from opspilot_desktop.files import dialect, packed, reading, sheet_scan, textfile, workbook
from opspilot_desktop.files.profile import DUPLICATES
from opspilot_desktop.files.profile_toml import parse_profile
from opspilot_desktop.files.taking import Operator, RoundingMode
from opspilot_desktop.operations.import_record import LISTED_MENDED
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


PROFILES = PAGE.split("\n## Profiles\n", 1)[1].split("\n## ", 1)[0]
EXAMPLE = PROFILES.split("```toml\n", 1)[1].split("```", 1)[0]


def test_the_profile_on_the_page_imports_a_file(desk: Importer) -> None:
    assert [f'"{name}"' in EXAMPLE for name in DUPLICATES] == [True] * len(DUPLICATES)
    rows = [
        "31.12.2026;Fee \x8010;T1;1;1.234,505;;Fee",
        "01.02.2026;;T1;2;;(7);Fee",
        ";;;;;;balance",
        "01.02.2026;;T2;1;0,00;12,50-;x",
    ]
    lines = ["A report", "", "Booked;Text;Ref;No;Debit;Credit;Type", "units", *rows, "Total", "End"]
    profile = desk.write(EXAMPLE.replace('sheet = "Cash"', ""), "bank.toml")  # it is no workbook
    text = "\n".join(lines).encode("latin-1")
    told = desk.rows_refused(text, "--mapping", str(profile), kind="ledger")
    assert told.rejected == [(6, "Credit", "(7)"), (8, "Credit", "12,50-")]
    text = text.replace(b"(7)", b"7").replace(b"12,50-", b"12,50")
    told = desk.run(text, "--mapping", str(profile), kind="ledger")
    assert told.status == 0
    stored = [(each["entry_id"], each["amount"], each["value_date"]) for each in desk.stored("ledger")]
    assert stored == [
        ("T1|1", "-1234.51", "2026-12-31"),
        ("T1|2", "7", "2026-02-01"),
        ("T2|1", "12.5", "2026-02-01"),
    ]
    assert desk.stored("ledger")[0]["description"] == "Fee €10"
    assert "1 row skipped: Type is Balance or Info." in told.json["warnings"]
    assert "1 value of amount rounded to 2 decimals, half-up." in told.json["warnings"]


@pytest.mark.parametrize("line", re.findall(r"^\| `(\{.*?\})` \|", PROFILES, re.MULTILINE))
def test_each_choice_on_the_page_is_one(line: str) -> None:
    fields = {"join": "trade_id", "constant": "currency", "sign_of": "side", "unsigned": "quantity"}
    name = next((name for key, name in fields.items() if key in line), "amount")
    kind = "ledger" if name == "amount" else "trades"
    choice = line.replace("\\|", "|")
    toml = f'kind = "{kind}"\n[columns]\n{name} = {choice}\n'
    assert parse_profile(toml, "page", Kind(kind)).mapping.columns[name]


def test_the_words_of_profiles_are_the_programs_own() -> None:
    rows = dict(re.findall(r"^\| (\w[\w ]*) \| (.*?) \|", PROFILES, re.MULTILINE))
    assert [operator.value for operator in Operator if f"`{operator.value}`" not in rows["skip"]] == []
    assert [mode.value for mode in RoundingMode if f"`{mode.value}`" not in rows["rounding"]] == []


AGAIN = PAGE.split("\n## The same rows again\n", 1)[1].split("\n## ", 1)[0]
MENDING = PAGE.split("\n## Mending rows\n", 1)[1].split("\n## ", 1)[0]


def test_the_choices_for_lines_that_are_stored_already_are_the_programs_own(desk: Importer) -> None:
    choices = table("The same rows again")
    assert [name.strip("`") for name in choices] == list(DUPLICATES)
    lines = "trade_id,amount\nT1,1.50\nT1,2\n"
    desk.run(lines, kind="ledger")
    overlapping = lines + "T1,1.5\nT2,3\n"
    asked = desk.run(overlapping, kind="ledger")
    assert (asked.status, asked.json["refused"]) == (1, True)
    assert asked.errors.rstrip("\n") == asked.json["message"]
    assert "--duplicates append" in asked.errors
    assert f"(exit status {asked.status})" in choices["`ask`"][0]
    merged = desk.run(overlapping, "--duplicates", "merge", kind="ledger")
    assert (merged.status, merged.json["imported"], merged.json["unchanged"]) == (0, 2, 2)
    assert "`merged` in the JSON object" in choices["`merge`"][0]
    assert merged.json["merged"] == 2
    assert "The very same file" in AGAIN
    again = desk.run(overlapping, kind="ledger")
    assert (again.status, again.json["imported"], again.json["unchanged"]) == (0, 0, 4)
    appended = desk.run(overlapping, "--duplicates", "append", kind="ledger")
    assert (appended.status, appended.json["imported"]) == (0, 4)
    assert len(desk.stored("ledger")) == 8


def test_the_page_says_how_many_mended_values_are_listed() -> None:
    assert f"up to {LISTED_MENDED:,}" in MENDING
