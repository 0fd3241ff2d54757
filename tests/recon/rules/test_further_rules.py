"""The rules that are off by default, all switched on, against a slow oracle on books made to be awkward."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from opspilot_desktop.domain.issues import IssueType
from opspilot_desktop.domain.jobs import Handle
from opspilot_desktop.operations.reconciling import change_rule_settings, reconcile
from opspilot_desktop.operations.workspace import Workspace
from opspilot_desktop.recon.rule_settings import RuleSettings, SignConvention
from opspilot_desktop.store.schema import issues
from tests.helpers.agreement import empty
from tests.helpers.books import add_entries, add_trades, entry, trade
from tests.helpers.budget import slow
from tests.helpers.nasty_books import is_storable
from tests.helpers.oracle import Finding, exactly, expected, unmatched
from tests.recon.test_rules import LARGEST

EVERY_RULE = frozenset(kind.value for kind in IssueType)
SIGNS = {
    "cash": SignConvention.BUY_NEGATIVE,
    "position": SignConvention.BUY_POSITIVE,
    "typed": SignConvention.BY_ENTRY_TYPE,
    "sizes": SignConvention.ABSOLUTE,
}
SMALLEST = "0.000000001"
KEYS = [f"T{number}" for number in range(12)]
DAYS = ["2026-12-24", "2026-12-25", "2026-12-26", "2026-12-28", "2026-12-30", "2026-12-31", "2027-01-04"]

quantities = st.sampled_from(["1", "1", "2", "3", "100", "99", "1.000000001", SMALLEST, LARGEST])
prices = st.sampled_from(
    ["1", "1", "1.01", "1.02", "-1", "0", "0.1", SMALLEST, f"-{SMALLEST}", "7", LARGEST, f"-{LARGEST}"]
)
some_days = st.sampled_from([None, *DAYS])
accounts = st.sampled_from([None, "A", "A", "B", "a", "4410"])


@st.composite
def settings_drawn(draw: st.DrawFn) -> RuleSettings:
    deviations = st.sampled_from(["0", "0.5", "1", "1.000000001", "2.5", "3", LARGEST])
    return RuleSettings(
        enabled=EVERY_RULE,
        signs=draw(st.sampled_from([{}, SIGNS, {"position": SignConvention.BUY_POSITIVE}])),
        calendar=draw(st.sampled_from(["", "DE", "XNYS"])),
        missing_days=draw(st.integers(0, 2)),
        stale_days=draw(st.integers(0, 3)),
        settlement_days=draw(st.integers(0, 3)),
        accounts=draw(st.sampled_from([{}, {"4410": "A", "a": "B"}])),
        price_deviations=Decimal(draw(deviations)),
        quantity_deviations=Decimal(draw(deviations)),
        sample_size=draw(st.integers(1, 6)),
        checked_statuses=draw(st.sampled_from([("pending",), ("pending", "settled")])),
    )


@st.composite
def trade_drawn(draw: st.DrawFn, key: str) -> dict[str, Any]:
    return trade(
        key,
        draw(quantities),
        draw(prices),
        instrument=draw(st.sampled_from(["X", "X", "x", "Ω'\"\\"])),
        side=draw(st.sampled_from(["BUY", "SELL"])),
        status=draw(st.sampled_from(["pending", "pending", "settled", "cancelled"])),
        trade_date=draw(st.sampled_from([None, "2026-12-22"])),
        settle_date=draw(some_days),
        counterparty=draw(st.sampled_from([None, "Bank"])),
        account=draw(accounts),
    )


@st.composite
def entry_drawn(draw: st.DrawFn) -> dict[str, Any]:
    return entry(
        draw(st.sampled_from(KEYS)),
        draw(prices),
        source=draw(st.sampled_from(["", *SIGNS])),
        entry_type=draw(st.sampled_from([None, "Debit", "CR"])),
        value_date=draw(some_days),
        account=draw(accounts),
    )


@st.composite
def books(draw: st.DrawFn) -> tuple[list[dict[str, Any]], list[dict[str, Any]], RuleSettings, date]:
    drawn = [draw(trade_drawn(key)) for key in draw(st.lists(st.sampled_from(KEYS), unique=True))]
    entries = draw(st.lists(entry_drawn(), max_size=16))
    today = date.fromisoformat(draw(st.sampled_from(DAYS)))
    return [each for each in drawn if is_storable(each)], entries, draw(settings_drawn()), today


def found_issues(workspace: Workspace) -> dict[tuple[str, str], dict[str, Any]]:
    """The issues, whatever their status, with material and evidence read."""
    with workspace.database.read() as connection:
        rows = connection.execute(select(issues)).mappings().all()
    return {
        (row["issue_type"], row["issue_key"]): {
            **row,
            "material": json.loads(row["material"]),
            "evidence": json.loads(row["evidence"]),
        }
        for row in rows
    }


def assert_shown(evidence: Mapping[str, Any], finding: Finding) -> None:
    for name, figure in finding.figures.items():
        shown = evidence[name]
        assert (exactly(shown) if isinstance(figure, Decimal) else shown) == figure, (name, evidence)


@slow(15)
@given(books())
def test_the_further_rules_find_what_the_oracle_finds(
    workspace: Workspace, book: tuple[list[dict[str, Any]], list[dict[str, Any]], RuleSettings, date]
) -> None:
    trades, entries, settings, today = book
    empty(workspace)
    change_rule_settings(workspace, settings)
    add_trades(workspace, *trades)
    add_entries(workspace, *entries)
    wanted = expected(trades, entries, settings, today)
    summary = reconcile(Handle(), workspace, as_of=today).summary
    found = found_issues(workspace)
    assert set(found) == set(wanted)
    for identity, finding in wanted.items():
        assert_shown(found[identity]["evidence"], finding)
        rows = found[identity]["evidence"].get("entry_rows", [])
        assert rows == sorted(rows)
    assert summary.matched == summary.checked - len(unmatched(wanted))
