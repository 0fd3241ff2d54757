"""The engine on a real database: what it finds, and what becomes of the issues."""

from __future__ import annotations

from typing import Any

import pytest

from opspilot_desktop.domain.jobs import Handle
from opspilot_desktop.operations.issue_work import ignore_issues, resolve_issues
from opspilot_desktop.operations.reading import issue_query, list_issues, read_issue
from opspilot_desktop.operations.reconciling import Reconciled, change_rule_settings, reconcile
from opspilot_desktop.operations.workspace import Workspace
from opspilot_desktop.recon.rule_settings import RuleSettings
from tests.helpers.books import (
    add_entries,
    add_trades,
    change_trade,
    entry,
    remove_entries,
    remove_trade,
    trade,
)


def run(workspace: Workspace, **options: bool) -> Reconciled:
    return reconcile(Handle(), workspace, **options)


def issues(workspace: Workspace, status: str = "all") -> list[dict[str, Any]]:
    return list_issues(Handle(), workspace, issue_query(status, None))


def kinds(workspace: Workspace, status: str = "open") -> list[tuple[str, str]]:
    return sorted((issue["issue_type"], issue["trade_id"]) for issue in issues(workspace, status))


def test_each_type_is_found_with_its_evidence(workspace: Workspace) -> None:
    add_trades(
        workspace,
        trade("OK", "10", "2.5"),
        trade("MISSING", "3", "0.333333333"),
        trade("AMOUNT", "1850", "684.30"),
        trade("CURRENCY", "1", "100", currency="GBp"),
        trade("BIG", "100000", "1"),
        trade("SETTLED", "1", "1", status="settled"),
    )
    add_entries(
        workspace,
        entry("OK", "-25"),
        entry("AMOUNT", "-1265330"),
        entry("AMOUNT", "625", entry_id="E2"),
        entry("CURRENCY", "100", currency="GBP"),
        entry("BIG", "100000"),
        entry("NOBODY", "7.5", entry_id="E9"),
        entry("SETTLED", "999"),
    )
    result = run(workspace)
    assert kinds(workspace) == [
        ("AMOUNT_MISMATCH", "AMOUNT"),
        ("ANOMALOUS_QUANTITY", "BIG"),
        ("CURRENCY_MISMATCH", "CURRENCY"),
        ("MISSING_LEDGER_ENTRY", "MISSING"),
        ("ORPHAN_LEDGER_ENTRY", "NOBODY"),
    ]
    found = {issue["trade_id"]: issue for issue in issues(workspace)}
    amount = found["AMOUNT"]["evidence"]
    assert amount["gross"] == "1265955"
    assert amount["sum"] == "-1264705"
    assert amount["difference"] == "-1250"
    assert amount["tolerance"] == "0.01"
    assert amount["entries"] == 2
    assert len(amount["entry_rows"]) == 2
    assert found["MISSING"]["evidence"] == {
        "quantity": "3",
        "price": "0.333333333",
        "gross": "0.999999999",
        "currency": "EUR",
    }
    assert found["NOBODY"]["entry_id"] == "E9"
    assert found["NOBODY"]["evidence"]["sums"] == [{"currency": "EUR", "sum": "7.5", "entries": 1}]
    assert found["CURRENCY"]["evidence"]["sums"] == [{"currency": "GBP", "sum": "100", "entries": 1}]
    summary = result.summary
    assert (summary.scope, summary.checked, summary.matched) == ("full", 5, 2)
    assert summary.not_checked == {"settled": 1}
    assert summary.opened == 5
    assert summary.open_by_type["AMOUNT_MISMATCH"] == 1


def test_a_quantity_far_above_the_mean_is_anomalous_whatever_the_status(workspace: Workspace) -> None:
    add_trades(workspace, *[trade(f"T{n}", "10", "1") for n in range(9)])
    add_entries(workspace, *[entry(f"T{n}", "10") for n in range(9)])
    # Ten trades with a sum of 180 have a mean of 18; five times that is 90, and 90 is not more than 90.
    add_trades(workspace, trade("EDGE", "90", "1", status="settled"))
    run(workspace)
    assert kinds(workspace) == []
    change_trade(workspace, trade("EDGE", "90.000000010", "1", status="settled"))
    run(workspace)
    assert kinds(workspace) == [("ANOMALOUS_QUANTITY", "EDGE")]
    evidence = issues(workspace)[0]["evidence"]
    assert evidence["trades"] == 10
    assert evidence["mean"] == "18.000000001"


@pytest.mark.parametrize(
    ("quantity", "price", "amount", "is_issue"),
    [
        ("1", "1.01", "1", False),
        ("1", "1.01", "-1", False),
        ("1", "1", "1.01", False),
        ("1", "1.010000001", "1", True),
        ("1", "1", "1.010000001", True),
        ("0.1", "10.100000001", "1", True),
        ("0.1", "10.100000000", "1", False),
        ("0.000000001", "0.5", "0", False),
        ("3", "0.333333333", "1", False),
        ("1000000000000", "9999.999999999", "9999999999999000", False),
        ("1000000000000", "9999.999999999", "9999999999998999.99", False),
        ("1000000000000", "9999.999999999", "9999999999998999.989999999", True),
        ("0.000000001", "10000000.000000001", "0", True),
        ("0.000000001", "10000000.000000001", "0.000000001", False),
        ("0.000000001", "10010000.000000001", "0.00001", True),
    ],
)
def test_the_tolerance_is_exact_at_its_boundary(
    workspace: Workspace, quantity: str, price: str, amount: str, is_issue: bool
) -> None:
    settings = (
        RuleSettings()
        if "10010000" not in price
        else RuleSettings().with_user_values("0.00001", "5", "pending")
    )
    change_rule_settings(workspace, settings)
    add_trades(workspace, trade("T", quantity, price))
    add_entries(workspace, entry("T", amount))
    run(workspace)
    assert bool(issues(workspace)) is is_issue


def test_sums_beyond_64_bits_are_exact(workspace: Workspace) -> None:
    add_trades(workspace, trade("HUGE", "1", "1"), trade("EQUAL", "99999999", "9999999999"))
    add_entries(workspace, *[entry("HUGE", "9999999999999999.999999999") for _ in range(1000)])
    add_entries(workspace, *[entry("EQUAL", "9999999899000000.01") for _ in range(100)])
    add_entries(workspace, entry("EQUAL", "0"), entry("NOBODY", "9999999999999999"))
    add_entries(workspace, *[entry("NOBODY", "9999999999999999") for _ in range(999)])
    run(workspace)
    found = {issue["trade_id"]: issue for issue in issues(workspace)}
    assert found["HUGE"]["evidence"]["sum"] == "9999999999999999999.999999"
    assert found["HUGE"]["evidence"]["difference"] == "9999999999999999998.999999"
    assert len(found["HUGE"]["evidence"]["entry_rows"]) == 50
    assert found["HUGE"]["evidence"]["entries"] == 1000
    assert found["NOBODY"]["evidence"]["sums"][0]["sum"] == "9999999999999999000"
    assert "EQUAL" not in found


def test_a_second_run_opens_nothing_twice(workspace: Workspace) -> None:
    add_trades(workspace, trade("A"), trade("B"))
    first, second, full = run(workspace), run(workspace), run(workspace, full=True)
    assert first.summary.opened == 2
    assert (second.summary.scope, second.summary.checked, second.summary.opened) == ("incremental", 0, 0)
    assert (full.summary.scope, full.summary.checked, full.summary.opened) == ("full", 2, 0)
    assert len(issues(workspace)) == 2


def test_later_changes_are_checked_alone(workspace: Workspace) -> None:
    add_trades(workspace, *[trade(f"T{n}") for n in range(20)])
    run(workspace)
    add_entries(workspace, entry("T3", "25"))
    summary = run(workspace).summary
    assert (summary.scope, summary.checked, summary.matched, summary.cleared) == ("incremental", 1, 1, 1)
    assert ("MISSING_LEDGER_ENTRY", "T3") in kinds(workspace, "cleared")


def test_other_settings_make_the_next_run_full(workspace: Workspace) -> None:
    add_trades(workspace, trade("T", "1", "100"))
    add_entries(workspace, entry("T", "99"))
    run(workspace)
    assert kinds(workspace) == [("AMOUNT_MISMATCH", "T")]
    change_rule_settings(workspace, RuleSettings().with_user_values("1", "5", "pending"))
    summary = run(workspace).summary
    assert summary.scope == "full"
    assert kinds(workspace) == []


def test_a_cleared_issue_opens_again_and_keeps_its_number(workspace: Workspace) -> None:
    add_trades(workspace, trade("T"))
    run(workspace)
    before = issues(workspace)[0]["id"]
    add_entries(workspace, entry("T", "25"))
    run(workspace)
    assert kinds(workspace, "cleared") == [("MISSING_LEDGER_ENTRY", "T")]
    remove_entries(workspace, "T")
    summary = run(workspace).summary
    assert (summary.opened, summary.reopened) == (0, 1)
    assert [issue["id"] for issue in issues(workspace, "open")] == [before]
    assert [event.kind for event in read_issue(Handle(), workspace, before).events] == [
        "reopened",
        "cleared",
        "opened",
    ]


def test_what_a_person_resolved_stays_until_its_material_evidence_changes(workspace: Workspace) -> None:
    add_trades(workspace, trade("T", "1", "100"))
    add_entries(workspace, entry("T", "90"))
    run(workspace)
    number = issues(workspace)[0]["id"]
    resolve_issues(workspace, [number], "FEES", "known")
    run(workspace, full=True)
    assert issues(workspace)[0]["status"] == "resolved"
    change_trade(workspace, trade("T", "1", "100", trader="somebody else"))
    run(workspace)
    assert issues(workspace)[0]["status"] == "resolved"
    add_entries(workspace, entry("T", "5"))
    assert run(workspace).summary.reopened == 1
    issue = issues(workspace)[0]
    assert (issue["status"], issue["reason"], issue["evidence"]["sum"]) == ("open", None, "95")
    assert read_issue(Handle(), workspace, number).events[0].text == "−10.00 became −5.00"


def test_gone_and_back(workspace: Workspace) -> None:
    add_trades(workspace, trade("R"), trade("I"))
    run(workspace)
    number = {issue["trade_id"]: issue["id"] for issue in issues(workspace)}
    resolve_issues(workspace, [number["R"]], "TIMING")
    ignore_issues(workspace, [number["I"]], "ACCEPTED")
    add_entries(workspace, entry("R", "25"), entry("I", "25"))
    run(workspace)
    assert {issue["trade_id"]: (issue["status"], issue["gone"]) for issue in issues(workspace)} == {
        "R": ("resolved", True),
        "I": ("ignored", True),
    }
    remove_entries(workspace, "R")
    remove_entries(workspace, "I")
    run(workspace)
    assert {issue["trade_id"]: (issue["status"], issue["gone"]) for issue in issues(workspace)} == {
        "R": ("open", False),
        "I": ("ignored", False),
    }


def test_a_trade_that_leaves_the_checked_statuses_clears_its_matching_issues(workspace: Workspace) -> None:
    add_trades(workspace, trade("T"))
    run(workspace)
    number = issues(workspace)[0]["id"]
    change_trade(workspace, trade("T", status="cancelled"))
    run(workspace)
    assert kinds(workspace, "cleared") == [("MISSING_LEDGER_ENTRY", "T")]
    assert read_issue(Handle(), workspace, number).events[0].text == "No longer checked"


def test_a_removed_trade_leaves_its_entries_as_orphans(workspace: Workspace) -> None:
    add_trades(workspace, trade("T"))
    add_entries(workspace, entry("T", "25"))
    run(workspace)
    remove_trade(workspace, "T")
    run(workspace)
    assert kinds(workspace) == [("ORPHAN_LEDGER_ENTRY", "T")]


def test_a_moving_mean_reopens_nothing(workspace: Workspace) -> None:
    add_trades(workspace, *[trade(f"T{n}", "1", "1", status="x") for n in range(20)])
    add_trades(workspace, trade("BIG", "100", "1", status="x"))
    run(workspace)
    number = issues(workspace)[0]["id"]
    ignore_issues(workspace, [number], "FALSE_POSITIVE")
    add_trades(workspace, *[trade(f"U{n}", "2", "1", status="x") for n in range(20)])
    run(workspace)
    issue = issues(workspace)[0]
    assert issue["status"] == "ignored"
    assert issue["evidence"]["trades"] == 21


def test_nothing_to_check_is_said(workspace: Workspace) -> None:
    add_trades(workspace, trade("T", status="settled"))
    assert "No trade was checked" in run(workspace).summary.warnings[0]


def test_blank_currencies_agree_with_any(workspace: Workspace) -> None:
    add_trades(workspace, trade("T", "1", "2", currency=None))
    add_entries(workspace, entry("T", "1", currency="USD"), entry("T", "1", currency=None))
    run(workspace)
    assert kinds(workspace) == []
    add_entries(workspace, entry("T", "1", currency="EUR"))
    run(workspace)
    assert kinds(workspace) == [("CURRENCY_MISMATCH", "T")]


def test_ids_that_differ_in_case_are_different(workspace: Workspace) -> None:
    add_trades(workspace, trade("t1", "1", "1"), trade("T1", "1", "2"))
    add_entries(workspace, entry("t1", "1"), entry("T1", "2"))
    run(workspace)
    assert kinds(workspace) == []
