"""The rules at the ends of what can be stored: the largest numbers, many entries, sums beyond 64 bits."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from opspilot_desktop.domain.jobs import Handle
from opspilot_desktop.operations.reading import issue_query, list_issues
from opspilot_desktop.operations.reconciling import change_rule_settings, reconcile
from opspilot_desktop.operations.workspace import Workspace
from opspilot_desktop.recon.rule_settings import RuleSettings
from tests.helpers.books import add_entries, add_trades, entry, trade
from tests.helpers.oracle import EXACT, exactly

LARGEST = "9999999999999999.999999999"


def all_issues(workspace: Workspace) -> list[dict[str, Any]]:
    return list_issues(Handle(), workspace, issue_query("all", None))


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
