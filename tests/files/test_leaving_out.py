"""Rows that are no data: skipped by a rule or cut as a footer, counted, said, and never a good row."""

from __future__ import annotations

import pytest

from opspilot_desktop.files import textfile
from tests.helpers.importing import TRADES, Importer

TOML = (
    '[file]\nfooter_rows = {footer}\n[[skip]]\ncolumn = "desk"\noperator = "{operator}"\nvalues = {values}\n'
)


def written(desk: Importer, *, footer: int = 0, operator: str = "is", values: str = '["X"]') -> str:
    toml = TOML.format(footer=footer, operator=operator, values=values)
    if "blank" in operator:
        toml = toml.replace(f"values = {values}\n", "")
    return str(desk.write(toml, "m.toml"))


def data(*rows: str) -> str:
    return "\n".join([f"{TRADES},desk", *rows]) + "\n"


@pytest.mark.parametrize(
    ("operator", "values", "left", "words"),
    [
        ("is", '["fx", "Cash"]', ["T3", "T4", "T5"], "2 rows skipped: desk is fx or Cash."),
        ("is not", '["FX"]', ["T1"], "4 rows skipped: desk is not FX."),
        ("contains", '["as"]', ["T1", "T4", "T5"], "2 rows skipped: desk contains as."),
        ("starts with", '["cash"]', ["T1", "T4", "T5"], "2 rows skipped: desk starts with cash."),
        ("is blank", "", ["T1", "T2", "T3", "T5"], "1 row skipped: desk is blank."),
        ("is not blank", "", ["T4"], "4 rows skipped: desk is not blank."),
        ("is", '["none"]', ["T1", "T2", "T3", "T4", "T5"], "0 rows skipped: desk is none."),
    ],
)
def test_rules(desk: Importer, operator: str, values: str, left: list[str], words: str) -> None:
    rows = [
        f"T{place},X,BUY,1,1,{name}" for place, name in enumerate(["FX ", "cash", "Cash-in", " ", "eq"], 1)
    ]
    told = desk.run(data(*rows), "--mapping", written(desk, operator=operator, values=values))
    assert [each["trade_id"] for each in desk.stored()] == left
    assert words in told.json["warnings"]
    assert told.json["read"] == len(left)


def test_lines_and_records_of_the_rest_stay_those_of_the_file(desk: Importer) -> None:
    rows = ["T1,X,BUY,1,1,X", 'T2,"X\nY",BUY,1,1,X', "T3,X,BUY,?,1,E", "T4,X,BUY,1,1,E", "T4,X,BUY,1,1,E"]
    told = desk.rows_refused(data(*rows), "--mapping", written(desk))
    assert [(each["line"], each["record"], each["column"]) for each in told.json["rejected"]] == [
        (5, 3, "quantity"),
        (7, 5, "trade_id"),
    ]
    assert told.reasons[1] == "Already on line 6 of this file"


def test_a_bad_row_that_is_skipped_is_no_error(desk: Importer) -> None:
    told = desk.run(data("?,,,nan,\0,X", "T1,X,BUY,1,1,E"), "--mapping", written(desk))
    assert (told.status, told.json["imported"]) == (0, 1)


def test_a_file_of_skipped_rows_alone_is_refused(desk: Importer) -> None:
    said = desk.refused(data("T1,X,BUY,1,1,X"), "--mapping", written(desk))
    assert said == (
        "file.csv has no rows besides those that the profile leaves out (1 row skipped: desk is X.); choose"
        " another file or correct the profile."
    )


def test_a_rule_about_a_column_that_is_not_there(desk: Importer) -> None:
    said = desk.refused(f"{TRADES}\nT1,X,BUY,1,1\n", "--mapping", written(desk))
    assert said.startswith("The profile skips rows by the column “desk”, which this file does not have;")


def test_a_footer_is_left_out_however_ragged(desk: Importer) -> None:
    rows = ["T1,X,BUY,1,1,E", "", "Total;1", "", '"open', "end,,,,,", ""]
    told = desk.run(data(*rows), "--mapping", written(desk, footer=3))
    assert (told.status, [each["trade_id"] for each in desk.stored()]) == (0, ["T1"])
    assert '3 footer rows left out: line 4 (Total;1), line 6 ("open), line 7 (end).' in told.json["warnings"]


@pytest.mark.parametrize("rows", [1, 2, 1500])
def test_a_footer_that_is_a_good_row_refuses_the_file(desk: Importer, rows: int) -> None:
    lines = [f"T{place},X,BUY,1,1,E" for place in range(rows)]
    said = desk.refused(data(*lines), "--mapping", written(desk, footer=1))
    assert said == (
        f"Line {rows + 1:,} of file.csv would be left out as a footer, but is a row like the others;"
        " correct the number of footer rows in the profile."
    )


def test_a_footer_longer_than_what_is_read_at_once(desk: Importer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(textfile, "_LINES", 20)
    lines = ["T1,X,BUY,1,1,E", "T2,X,BUY,1,1,E", *[f"note {place}" for place in range(30)]]
    told = desk.run(data(*lines), "--mapping", written(desk, footer=30))
    assert [each["trade_id"] for each in desk.stored()] == ["T1", "T2"]
    footer = "30 footer rows left out: line 4 (note 0), line 5 (note 1), line 6 (note 2) and 27 more."
    assert footer in told.json["warnings"]


@pytest.mark.parametrize(("file", "line"), [("header_row = 3\n", 3), ("first_row = 9\n", 9)])
def test_a_file_that_is_too_short_for_its_profile(desk: Importer, file: str, line: int) -> None:
    mapping = desk.write(f"[file]\n{file}", "m.toml")
    said = desk.refused(data("T1,X,BUY,1,1,E"), "--mapping", str(mapping))
    assert said == (
        f"file.csv ends on line 2, and the profile looks for line {line}; correct the profile or choose"
        " another file."
    )


def test_the_first_row_cannot_be_within_the_header(desk: Importer) -> None:
    mapping = desk.write("[file]\nfirst_row = 2\n", "m.toml")
    said = desk.refused(f'"{TRADES}\n",desk\nT1,X,BUY,1,1,E\n', "--mapping", str(mapping))
    assert "cannot be on line 2, since its header ends on line 2; correct the profile." in said
