"""The rules against a slow oracle in Decimal, on books made to be awkward."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_FLOOR, Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete

from opspilot_desktop.domain.decimals import DecimalError, gross, parse
from opspilot_desktop.domain.jobs import Handle
from opspilot_desktop.operations.reading import issue_query, list_issues, read_overview
from opspilot_desktop.operations.reconciling import change_rule_settings, reconcile
from opspilot_desktop.operations.workspace import Workspace
from opspilot_desktop.recon.rule_settings import RuleSettings
from opspilot_desktop.store.schema import metadata
from tests.helpers.books import add_entries, add_trades, entry, trade
from tests.helpers.budget import slow
from tests.helpers.oracle import EXACT, exactly, expected, gross_of, sums, unmatched

LARGEST = "9999999999999999.999999999"
SMALLEST = "0.000000001"
IDS = [
    "T1",
    "t1",
    "T01",
    "007",
    "7",
    "1e5",
    "NULL",
    "nan",
    "É",
    "e\u0301",
    "T 1",
    "a'b\"c\\",
    "%",
    "_",
    "Ω" * 40,
]
CURRENCIES = st.sampled_from([None, None, "EUR", "EUR", "GBP", "GBp"])
numbers = st.one_of(
    st.sampled_from(["1", "0.1", "0.333333333", SMALLEST, "3", "100", "99999999", "1000000000", LARGEST]),
    st.decimals("0.000000001", "99999", places=9).map(lambda value: f"{value:f}"),
)
prices = st.one_of(numbers, numbers.map(lambda text: f"-{text}"), st.just("0"))


def empty(workspace: Workspace) -> None:
    """Takes every row away, so that one workspace serves many examples."""
    with workspace.database.write() as connection:
        for table in reversed(metadata.sorted_tables):
            connection.execute(delete(table))


def is_storable(record: dict[str, Any]) -> bool:
    try:
        gross(parse(record["quantity"]), parse(record["price"]))
    except DecimalError:
        return False
    return True


@st.composite
def amounts(draw: st.DrawFn, record: dict[str, Any], tolerance: Decimal) -> list[str]:
    """Amounts around the trade's gross amount: at the tolerance, beside it, split, offset, turned round."""
    near = EXACT.abs(gross_of(record)).quantize(Decimal(SMALLEST), rounding=ROUND_FLOOR, context=EXACT)
    atom = Decimal(SMALLEST)
    delta = draw(
        st.sampled_from([Decimal(0), atom, tolerance, tolerance - atom, tolerance + atom, 1 + tolerance])
    )
    goal = EXACT.add(near, draw(st.sampled_from([delta, -delta])))
    parts = [goal]
    while len(parts) < draw(st.integers(1, 4)):
        moved = exactly(draw(numbers))
        parts += [moved, -moved] if draw(st.booleans()) else [moved]
        if len(parts) % 2 == 0:
            parts[0] = EXACT.subtract(parts[0], moved)
    if draw(st.booleans()):
        parts = [-part for part in parts]
    return [f"{part:f}" for part in parts if abs(part) < 10**16]


@st.composite
def books(draw: st.DrawFn) -> tuple[list[dict[str, Any]], list[dict[str, Any]], RuleSettings]:
    tolerance = draw(st.sampled_from(["0.01", "0", SMALLEST, "1", "9999999999999999.999999999"]))
    factor = draw(st.sampled_from(["5", "1", "1.000000001", "0.5", "2", LARGEST]))
    statuses = draw(st.sampled_from(["pending", "pending,settled", "ghost"]))
    settings = RuleSettings().with_user_values(tolerance, factor, statuses)
    keys = draw(st.lists(st.sampled_from(IDS), unique=True, max_size=8))
    trades: list[dict[str, Any]] = []
    entries: list[dict[str, Any]] = []
    for key in keys:
        status = draw(st.sampled_from(["pending", "pending", "settled", "cancelled"]))
        made = trade(key, draw(numbers), draw(prices), currency=draw(CURRENCIES), status=status)
        if is_storable(made):
            trades.append(made)
            for amount in draw(amounts(made, settings.tolerance)) if draw(st.integers(0, 4)) else ():
                entries.append(entry(key, amount, currency=draw(CURRENCIES)))
    for key in draw(st.lists(st.sampled_from(IDS), max_size=3)):
        entries.append(entry(key, draw(prices), currency=draw(CURRENCIES)))
    return trades, draw(st.permutations(entries)), settings


def all_issues(workspace: Workspace) -> list[dict[str, Any]]:
    return list_issues(Handle(), workspace, issue_query("all", None))


def as_number(value: object) -> object:
    return exactly(value) if isinstance(value, str) else value


def stored_sums(items: Iterable[dict[str, Any]]) -> list[tuple[str | None, Decimal, int]]:
    return [(item["currency"], exactly(item["sum"]), item["entries"]) for item in items]


@slow(15)
@given(books())
def test_the_engine_finds_what_the_oracle_finds(
    workspace: Workspace, book: tuple[list[dict[str, Any]], list[dict[str, Any]], RuleSettings]
) -> None:
    trades, entries, settings = book
    empty(workspace)
    change_rule_settings(workspace, settings)
    add_trades(workspace, *trades)
    add_entries(workspace, *entries)
    wanted = expected(trades, entries, settings)
    summary = reconcile(Handle(), workspace).summary
    found = {(issue["issue_type"], issue["trade_id"]): issue for issue in all_issues(workspace)}
    assert set(found) == set(wanted)
    for identity, finding in wanted.items():
        evidence = found[identity]["evidence"]
        assert {name: as_number(evidence[name]) for name in finding.figures} == dict(finding.figures)
        own = [each for each in entries if each["trade_id"] == identity[1]]
        if "sums" in evidence:
            assert stored_sums(evidence["sums"]) == sums(own)
        if "entry_rows" in evidence:
            assert evidence["entry_rows"] == sorted(evidence["entry_rows"])
            assert len(evidence["entry_rows"]) == len(own)
    checked = [each for each in trades if each["status"] in settings.checked_statuses]
    assert summary.opened == len(wanted)
    assert summary.checked == len(checked)
    assert summary.matched == len(checked) - len(unmatched(wanted))
    assert sum(summary.not_checked.values()) == len(trades) - len(checked)
    seen = read_overview(Handle(), workspace)
    assert (seen.trades, seen.checked, seen.matched) == (len(trades), len(checked), summary.matched)


def test_a_huge_factor_finds_nothing_and_says_nothing(workspace: Workspace) -> None:
    change_rule_settings(workspace, RuleSettings().with_user_values("0.01", LARGEST, "pending"))
    add_trades(workspace, trade("A", LARGEST, "1"), trade("B", "1", "1"))
    reconcile(Handle(), workspace)
    assert {issue["issue_type"] for issue in all_issues(workspace)} == {"MISSING_LEDGER_ENTRY"}


def test_more_than_fifty_entries_are_counted_and_the_first_fifty_named(workspace: Workspace) -> None:
    add_entries(workspace, *[entry("NOBODY", str(number), entry_id=f"E{number}") for number in range(120)])
    reconcile(Handle(), workspace)
    evidence = all_issues(workspace)[0]["evidence"]
    assert evidence["entries"] == 120
    assert len(evidence["entry_rows"]) == 50
    assert evidence["entry_rows"] == sorted(evidence["entry_rows"])
    assert evidence["sums"] == [{"currency": "EUR", "sum": str(sum(range(120))), "entries": 120}]


def test_sums_that_overflow_beside_ones_that_do_not(workspace: Workspace) -> None:
    """The fallback for sums beyond 64 bits must decide every other trade as the short way does."""
    add_trades(
        workspace,
        trade("HUGE", "99999999", "9999999999"),
        trade("EDGE", "1", "1.01"),
        trade("OVER", "1", "1.010000001"),
        trade("REST", "0.000000001", "0.5"),
        trade("NEGATIVE", "2", "-0.000000001"),
        trade("MIXED", "3", "0.333333333"),
        trade("NOTHING", "1", "1"),
    )
    add_entries(workspace, *[entry("HUGE", LARGEST, currency="EUR") for _ in range(2000)])
    add_entries(
        workspace,
        entry("EDGE", "1"),
        entry("OVER", "1"),
        entry("REST", "0"),
        entry("NEGATIVE", "0.000000002"),
        entry("MIXED", "-1.5"),
        entry("MIXED", "0.500000001"),
    )
    summary = reconcile(Handle(), workspace).summary
    found = {(issue["issue_type"], issue["trade_id"]): issue for issue in all_issues(workspace)}
    assert {identity for identity in found if identity[0] != "ANOMALOUS_QUANTITY"} == {
        ("AMOUNT_MISMATCH", "HUGE"),
        ("AMOUNT_MISMATCH", "OVER"),
        ("MISSING_LEDGER_ENTRY", "NOTHING"),
    }
    evidence = found["AMOUNT_MISMATCH", "HUGE"]["evidence"]
    assert exactly(evidence["sum"]) == EXACT.multiply(Decimal(LARGEST), Decimal(2000))
    assert (summary.checked, summary.matched) == (7, 4)


def test_orphans_whose_sum_is_beyond_64_bits_in_every_currency(workspace: Workspace) -> None:
    add_entries(
        workspace, *[entry("N", f"-{LARGEST}", currency=name) for name in ("EUR", "USD") for _ in range(1000)]
    )
    reconcile(Handle(), workspace)
    evidence = all_issues(workspace)[0]["evidence"]
    assert [item["sum"] for item in evidence["sums"]] == ["-9999999999999999999.999999"] * 2
