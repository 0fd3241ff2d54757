"""Filters and orders against an oracle in plain Python, the same on SQLite and PostgreSQL."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import product
from typing import Any

import pytest

from opspilot_desktop.domain.decimals import parse
from opspilot_desktop.domain.fields import RECORDS, Field, FieldType, Kind
from opspilot_desktop.domain.query import Query, Sort, parse_filter
from opspilot_desktop.operations.workspace import Workspace
from opspilot_desktop.store.queries import TableReader
from opspilot_desktop.store.schema import dirty, issues, ledger_entries, trades
from tests.helpers import workspaces

CHECKED = ("pending",)
KINDS = (Kind.TRADES, Kind.LEDGER, Kind.ISSUES)
ODD = [
    "50%",
    "a_b",
    "a\\b",
    "/",
    "O'Hara",
    'the "best"',
    "Société",
    "société",
    "ÄÖ",
    "straße",
    "*",
    "[x]",
    "x--y",
    "é",
]
NUMBERS = [
    "0",
    "-0.000000001",
    "0.000000001",
    "1",
    "-1",
    "1.5",
    "-1.5",
    "12.5",
    "-12.5",
    "125",
    "1265955",
    "10",
]
NUMBERS += ["9999999999999999.999999999", "-9999999999999999.999999999", "0.01", "-0.01", "1.000000001"]


@pytest.fixture(scope="module")
def books() -> dict[str, list[dict[str, Any]]]:
    """Rows with every kind of blank, tie and odd text, the same for both databases."""
    chance = random.Random(7)
    some_trades, entries, some_issues = [], [], []
    for n in range(1, 61):
        price = parse(chance.choice(NUMBERS))
        some_trades.append(
            workspaces.trade(
                n,
                counterparty=chance.choice([None, *ODD]),
                currency=chance.choice([None, "EUR", "USD"]),
                trader=chance.choice([None, "ann", "Bob"]),
                status=chance.choice(["pending", "settled"]),
                trade_date=chance.choice([None, "2026-11-05", "2026-01-31", "2025-12-31"]),
                price_units=price[0],
                price_nanos=price[1],
                gross_rest=0,
            )
        )
        amount = parse(chance.choice(NUMBERS))
        entries.append(
            workspaces.entry(
                n,
                entry_id=chance.choice([None, f"LE-{n}"]),
                amount_units=amount[0],
                amount_nanos=amount[1],
                description=chance.choice([None, *ODD]),
            )
        )
        if n <= 40:
            some_issues.append(
                workspaces.issue(
                    n,
                    issue_type=chance.choice(
                        ["AMOUNT_MISMATCH", "MISSING_LEDGER_ENTRY", "ANOMALOUS_QUANTITY"]
                    ),
                    status=chance.choice(["open", "investigating", "resolved", "ignored", "cleared"]),
                    gone=chance.choice([True, False]),
                    age=chance.choice([0, 1, 2, 3, 30]),
                    difference_units=chance.choice([None, 5, 5, -5, 0]),
                    assigned_to=chance.choice([None, "ann", "Bob"]),
                )
            )
    for row in some_issues:
        if row["difference_units"] is None:
            row["difference_nanos"] = row["difference_rest"] = None
        else:
            row["difference_nanos"] = 0
    return {"trades": some_trades, "entries": entries, "issues": some_issues}


@pytest.fixture
def workspace(workspace: Workspace, books: dict[str, list[dict[str, Any]]]) -> Workspace:
    from sqlalchemy import insert

    with workspace.database.write() as connection:
        connection.execute(insert(trades), books["trades"])
        connection.execute(insert(ledger_entries), books["entries"])
        connection.execute(insert(issues), books["issues"])
        connection.execute(insert(dirty), [{"kind": "key", "trade_id": "T-000005"}])
    return workspace


def read(workspace: Workspace, kind: Kind, query: Query = Query()) -> list[int]:  # noqa: B008 (frozen)
    with workspace.database.read() as connection:
        return list(TableReader(kind, CHECKED).ids(connection, query))


def shown_rows(workspace: Workspace, kind: Kind) -> dict[int, dict[str, Any]]:
    reader = TableReader(kind, CHECKED)
    with workspace.database.read() as connection:
        found = reader.rows(connection, list(reader.ids(connection, Query())))
    names = [field.name for field in reader.record.fields]
    return {row_id: dict(zip(names, row, strict=True)) for row_id, row in found.items()}


def sort_key(field: Field) -> Callable[[Any], Any]:
    if field.type is FieldType.DECIMAL:
        return Decimal
    if field.type is FieldType.SEVERITY:
        return ["LOW", "MEDIUM", "HIGH", "CRITICAL"].index
    if field.type is FieldType.NUMBER and field.name != "age":
        return int
    if field.name == "age":  # carried as the instant: the earlier, the older
        return lambda instant: -datetime.fromisoformat(instant).timestamp()
    return lambda text: str(text).encode()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("descending", [False, True])
def test_every_column_sorts_with_blanks_last_and_ties_by_id(
    workspace: Workspace, kind: Kind, descending: bool
) -> None:
    rows = shown_rows(workspace, kind)
    for field in RECORDS[kind].fields:
        key = sort_key(field)
        filled = sorted(row_id for row_id in rows if rows[row_id][field.name] is not None)
        filled.sort(key=lambda row_id: key(rows[row_id][field.name]), reverse=descending)
        if descending:  # a reversed sort keeps ties in their order already
            assert filled == sorted(filled, key=lambda row_id: key(rows[row_id][field.name]), reverse=True)
        blank = sorted(row_id for row_id in rows if rows[row_id][field.name] is None)
        found = read(workspace, kind, Query(sort=Sort(field.name, descending)))
        assert found == [*filled, *blank], field.name


def folded(text: str) -> str:
    """ASCII letters in lower case, as both databases compare."""
    return "".join(letter.lower() if letter.isascii() else letter for letter in text)


WORDS = ["SOCI", "hara", "%", "_", "\\", "'", "--", "'; DROP TABLE trades; --", "ann"]
WORDS += [word for word in ODD if '"' not in word]  # a quoted word cannot hold a quote


@pytest.mark.parametrize("negated", [False, True])
def test_text_is_looked_for_as_it_stands(workspace: Workspace, negated: bool) -> None:
    rows = shown_rows(workspace, Kind.TRADES)
    shown = ("counterparty", "trader")
    for word in WORDS:
        for text, names in ((f'"{word}"', shown), (f'counterparty:"{word}"', ("counterparty",))):
            holds = {
                row_id: any(folded(word) in folded(row[name] or "") for name in names)
                for row_id, row in rows.items()
            }
            terms = parse_filter(f"-{text}" if negated else text, RECORDS[Kind.TRADES])
            found = read(workspace, Kind.TRADES, Query(terms, shown=shown))
            assert found == sorted(row_id for row_id in rows if holds[row_id] is not negated), text


OPERATORS: dict[str, Callable[[Decimal, Decimal], bool]] = {
    ">": lambda one, other: one > other,
    ">=": lambda one, other: one >= other,
    "<": lambda one, other: one < other,
    "<=": lambda one, other: one <= other,
    "=": lambda one, other: one == other,
}


def test_numbers_compare_exactly(workspace: Workspace) -> None:
    rows = shown_rows(workspace, Kind.TRADES)
    for operator, number in product(OPERATORS, [*NUMBERS, "0.000000002", "-0", "1,265,955", "−1.5"]):
        value = Decimal(number.replace(",", "").replace("−", "-"))
        for minus in ("", "-"):
            wanted = [
                row_id
                for row_id, row in rows.items()
                if OPERATORS[operator](Decimal(row["price"]), value) is (minus == "")
            ]
            terms = parse_filter(f"{minus}price{operator}{number}", RECORDS[Kind.TRADES])
            assert read(workspace, Kind.TRADES, Query(terms)) == sorted(wanted), (minus, operator, number)


def test_whole_numbers_compare_with_any_number(workspace: Workspace) -> None:
    rows = shown_rows(workspace, Kind.ISSUES)
    for operator, number in product(OPERATORS, ["3", "2.5", "0", "-1", "40", "10000000000"]):
        terms = parse_filter(f"id{operator}{number}", RECORDS[Kind.ISSUES])
        wanted = [row_id for row_id in rows if OPERATORS[operator](Decimal(row_id), Decimal(number))]
        assert read(workspace, Kind.ISSUES, Query(terms)) == sorted(wanted), (operator, number)


def test_age_compares_in_whole_days(workspace: Workspace) -> None:
    now = datetime.now(UTC)
    ages = {
        row_id: Decimal((now - datetime.fromisoformat(row["detected_at"])) // timedelta(days=1))
        for row_id, row in shown_rows(workspace, Kind.ISSUES).items()
    }
    for operator, number in product(OPERATORS, ["0", "1", "2", "2.5", "3", "30", "31", "-1", "1000000"]):
        terms = parse_filter(f"age{operator}{number}", RECORDS[Kind.ISSUES])
        wanted = [row_id for row_id, age in ages.items() if OPERATORS[operator](age, Decimal(number))]
        assert read(workspace, Kind.ISSUES, Query(terms)) == sorted(wanted), (operator, number)


FILTERS: dict[str, Callable[[dict[str, Any]], bool]] = {
    "currency:-": lambda row: row["currency"] is None,
    "-currency:-": lambda row: row["currency"] is not None,
    'currency:""': lambda row: row["currency"] is None,
    "currency=eur": lambda row: row["currency"] == "EUR",
    "-currency=eur": lambda row: row["currency"] != "EUR",
    "currency=EU": lambda row: False,
    "trade_date>=2026-01-31": lambda row: (row["trade_date"] or "") >= "2026-01-31",
    "trade_date<2026-01-31": lambda row: "" < (row["trade_date"] or "") < "2026-01-31",
    "trade_date:2026-11": lambda row: "2026-11" in (row["trade_date"] or ""),
    "match_status:broken": lambda row: row["match_status"] == "broken",
    "match_status=matched": lambda row: row["match_status"] == "matched",
    "-match_status:matched": lambda row: row["match_status"] != "matched",
    "side:buy": lambda row: row["side"] == "BUY",
    "status:sett trader:ann": lambda row: row["status"] == "settled" and row["trader"] == "ann",
    "price:-12.5": lambda row: row["price"] == "-12.5",
    "price:12.5": lambda row: row["price"] in ("12.5", "-12.5"),
    "price=12.5": lambda row: row["price"] == "12.5",
    "price:1,0": lambda row: False,
    "price=1,0": lambda row: False,
    "price>1,0": lambda row: False,
    "price<abc": lambda row: False,
    "price:": lambda row: False,
    "currency:": lambda row: row["currency"] is None,
    "currency: trader:ann": lambda row: row["currency"] is None and row["trader"] == "ann",
    "curr\0ency:e\x07ur": lambda row: row["currency"] == "EUR",
    "trader='bob'": lambda row: False,
    "trade:T-000007": lambda row: row["trade_id"] == "T-000007",
}


def test_what_a_filter_finds(workspace: Workspace) -> None:
    rows = shown_rows(workspace, Kind.TRADES)
    for text, passes in FILTERS.items():
        wanted = sorted(row_id for row_id, row in rows.items() if passes(row))
        assert read(workspace, Kind.TRADES, Query(parse_filter(text, RECORDS[Kind.TRADES]))) == wanted, text


def test_a_typed_minus_finds_negative_numbers_only(workspace: Workspace) -> None:
    rows = shown_rows(workspace, Kind.LEDGER)
    for text, passes in (
        ("-12.5", lambda value: value.startswith("-12.5")),
        ("12.5", lambda value: value.lstrip("-").startswith("12.5")),
        ("125", lambda value: value.lstrip("-").startswith("125")),
    ):
        wanted = sorted(row_id for row_id, row in rows.items() if passes(row["amount"]))
        terms = parse_filter(text, RECORDS[Kind.LEDGER])
        assert wanted
        assert read(workspace, Kind.LEDGER, Query(terms, shown=("amount",))) == wanted, text


def test_a_wrongly_grouped_number_is_not_another_number(workspace: Workspace) -> None:
    rows = shown_rows(workspace, Kind.LEDGER)
    grouped = sorted(row_id for row_id, row in rows.items() if row["amount"] == "1265955")
    for text, wanted in (("1,265,955", grouped), ("1,2", []), ("12,65955", [])):
        terms = parse_filter(text, RECORDS[Kind.LEDGER])
        assert read(workspace, Kind.LEDGER, Query(terms, shown=("amount",))) == wanted, text
    assert grouped


def test_an_issue_of_nobody_and_of_an_age_is_found_as_it_is_shown(workspace: Workspace) -> None:
    rows = shown_rows(workspace, Kind.ISSUES)
    now = datetime.now(UTC)

    def age(row: dict[str, Any]) -> int:
        return (now - datetime.fromisoformat(row["detected_at"])) // timedelta(days=1)

    filters: dict[str, Callable[[dict[str, Any]], bool]] = {
        "assignee:unassigned": lambda row: row["assigned_to"] is None,
        'assignee="Unassigned"': lambda row: row["assigned_to"] is None,
        "assignee:": lambda row: row["assigned_to"] is None,
        "-assignee:unassigned": lambda row: row["assigned_to"] is not None,
        'age:"0 d"': lambda row: age(row) == 0,
        "age>1d": lambda row: age(row) > 1,
        "age>=3 d assignee:ann": lambda row: age(row) >= 3 and row["assigned_to"] == "ann",
        "difference:5": lambda row: row["difference"] in ("5", "-5"),
        "difference:-5": lambda row: row["difference"] == "-5",
        "difference=5": lambda row: row["difference"] == "5",
    }
    for text, passes in filters.items():
        wanted = sorted(row_id for row_id, row in rows.items() if passes(row))
        assert wanted, text
        assert read(workspace, Kind.ISSUES, Query(parse_filter(text, RECORDS[Kind.ISSUES]))) == wanted, text


def test_issues_are_found_by_what_their_type_is_called(workspace: Workspace) -> None:
    rows = shown_rows(workspace, Kind.ISSUES)
    for text in ("type:amount", "issue_type=AMOUNT_MISMATCH", 'type:"amount mismatch"'):
        terms = parse_filter(text, RECORDS[Kind.ISSUES])
        wanted = [row_id for row_id, row in rows.items() if row["issue_type"] == "AMOUNT_MISMATCH"]
        assert read(workspace, Kind.ISSUES, Query(terms)) == sorted(wanted), text
    terms = parse_filter("counterparty:hara", RECORDS[Kind.ISSUES])
    wanted = [row_id for row_id, row in rows.items() if row["counterparty"] == "O'Hara"]
    assert read(workspace, Kind.ISSUES, Query(terms)) == sorted(wanted)


def test_rows_come_for_any_number_of_ids_and_only_for_what_is_there(workspace: Workspace) -> None:
    with workspace.database.read() as connection:
        reader = TableReader(Kind.TRADES, CHECKED)
        assert reader.rows(connection, []) == {}
        assert set(reader.rows(connection, [3, 1, 99999, 3])) == {1, 3}
        assert reader.count(connection) == 60
