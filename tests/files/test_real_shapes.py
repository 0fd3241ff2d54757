"""Files in the shapes that desks really get, imported by a profile: every value is known beforehand."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.importing import Importer

FOLDER = Path(__file__).parents[1] / "fixtures" / "profiles"
SKIPPED_IN_IB = "2 rows skipped: Buy/Sell contains (Ca.)."
ABOVE = "Lines 1 to 2, above the header: left out."
BETWEEN = "Line 4, between the header and the first row: left out."
FOOTER = "2 footer rows left out: line 30 (TOTAL,24 trades), line 31 (End of report)."


def expected(name: str) -> list[dict[str, str | None]]:
    """The records that are to be stored, with what is given of them, as an export gives it."""
    with (FOLDER / f"{name}.expected.csv").open(encoding="utf-8", newline="") as file:
        rows = [{key: value or None for key, value in row.items()} for row in csv.DictReader(file)]
    return sorted(rows, key=lambda row: row["trade_id"] or "")


def given(stored: list[dict[str, Any]], like: dict[str, str | None]) -> list[dict[str, str | None]]:
    """The stored records, with as much of each as `like` has."""
    return [{name: row[name] for name in like} for row in stored]


@pytest.mark.parametrize(
    ("kind", "profile", "file", "told"),
    [
        ("trades", "interactive_brokers", "interactive_brokers", [SKIPPED_IN_IB]),
        ("ledger", "interactive_brokers_commissions", "interactive_brokers", [SKIPPED_IN_IB]),
        (
            "trades",
            "swissquote",
            "swissquote",
            [
                "The text was read as Windows-1252, as you said.",
                "5 rows skipped: Transaction is Forex, Debit or Dividend.",
            ],
        ),
        (
            "ledger",
            "swissquote_ledger",
            "swissquote",
            [
                "The text was read as Windows-1252, as you said.",
                "5 rows skipped: Transaction is not Buy or Sell.",
            ],
        ),
        (
            "trades",
            "custodian",
            "custodian",
            [ABOVE, BETWEEN, FOOTER, "8 values of price rounded to 9 decimals, half-even."],
        ),
        (
            "ledger",
            "custodian_gross",
            "custodian",
            [ABOVE, BETWEEN, FOOTER, "8 values of amount rounded to 2 decimals, half-up."],
        ),
        (
            "ledger",
            "custodian_net",
            "custodian",
            [ABOVE, BETWEEN, FOOTER, "15 values of amount rounded to 2 decimals, half-up."],
        ),
    ],
)
def test_a_file_of_this_shape(desk: Importer, kind: str, profile: str, file: str, told: list[str]) -> None:
    mapping = str(FOLDER / f"{profile}.toml")
    wanted = expected(profile)
    done = desk.run(FOLDER / f"{file}.csv", "--mapping", mapping, kind=kind)
    assert (done.status, done.json["message"]) == (0, f"{file}.csv: {len(wanted)} imported.")
    assert (done.json["read"], done.json["imported"], done.json["rejected"]) == (len(wanted), len(wanted), [])
    assert [each for each in done.json["warnings"] if not each.startswith("Kept out")] == told
    assert given(desk.stored(kind), wanted[0]) == wanted
    again = desk.run(FOLDER / f"{file}.csv", "--mapping", mapping, kind=kind)
    assert (again.status, again.json["unchanged"]) == (0, len(wanted))
