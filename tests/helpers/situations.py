"""Issues and workspaces to explain, as the store would hand them out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from opspilot_desktop.domain.issues import IssueType
from opspilot_desktop.domain.links import Link
from opspilot_desktop.domain.situation import IssueDetail, LastImport, LastRun, Overview


def overview(**changes: Any) -> Overview:
    """A workspace in the middle of its work."""
    values: dict[str, Any] = {
        "trades": 48_210,
        "ledger_entries": 51_877,
        "trades_by_status": {"pending": 46_904, "settled": 1_306},
        "checked": 46_904,
        "matched": 46_698,
        "not_checked": 1_306,
        "open_by_severity": {"CRITICAL": 23, "HIGH": 149, "MEDIUM": 42},
        "open_by_type": {"AMOUNT_MISMATCH": 23, "MISSING_LEDGER_ENTRY": 149, "ANOMALOUS_QUANTITY": 42},
        "issues_by_status": {"open": 214, "resolved": 12},
        "last_import": LastImport("2026-11-20T09:02:00Z", "trades", "trades_2026-11-20.csv", 1204, 0, 0),
        "last_run": LastRun(314, "2026-11-20T09:14:00Z", "incremental", 1204, 1198, 6, 4),
    }
    return Overview(**(values | changes))


def entry(entry_id: str | None, amount: str, **values: Any) -> dict[str, Any]:
    """A ledger entry of trade T-20481937 in EUR."""
    return {
        "entry_id": entry_id,
        "trade_id": "T-20481937",
        "amount": amount,
        "currency": "EUR",
        "entry_type": None,
        "value_date": "2026-11-09",
    } | values


def trade(**values: Any) -> dict[str, Any]:
    """1,850 ASML at 684.30 EUR."""
    return {
        "trade_id": "T-20481937",
        "instrument": "ASML.AS",
        "side": "BUY",
        "quantity": "1850",
        "price": "684.3",
        "gross_amount": "1265955",
        "currency": "EUR",
        "trade_date": "2026-11-05",
        "settle_date": "2026-11-09",
        "counterparty": "Morgan Stanley Intl",
    } | values


def detail(
    issue_type: str,
    evidence: Mapping[str, Any],
    *entries: Mapping[str, Any],
    of_trade: Mapping[str, Any] | None = None,
    entry_count: int | None = None,
    **issue: Any,
) -> IssueDetail:
    """Issue 1042 with this evidence and these entries; `issue` changes its own values."""
    values: dict[str, Any] = {
        "id": 1042,
        "issue_type": issue_type,
        "severity": "CRITICAL",
        "status": "open",
        "trade_id": "T-20481937",
        "entry_id": None,
        "description": "The ledger does not match.",
        "detected_at": "2026-11-10T09:10:00Z",
        "assigned_to": "j.meyer",
        "reason": None,
        "comment": None,
        "row_version": 3,
        "gone": False,
    }
    return IssueDetail(
        issue=values | issue,
        evidence=evidence,
        trade=trade() if of_trade is None else of_trade,
        entries=tuple(entries),
        entry_count=len(entries) if entry_count is None else entry_count,
        events=(),
    )


def amount_evidence(gross: str, total: str, difference: str, **values: Any) -> dict[str, Any]:
    """Evidence of an amount mismatch; quantity 1850 at 684.3 unless told."""
    return {
        "quantity": "1850",
        "price": "684.3",
        "gross": gross,
        "sum": total,
        "difference": difference,
        "tolerance": "0.01",
        "currency": "EUR",
        "entries": 2,
        "entry_rows": [17, 18],
    } | values


def fee_with_wrong_sign() -> IssueDetail:
    """The mismatch of the pictures: a fee of 625.00 booked with the wrong sign."""
    return detail(
        IssueType.AMOUNT_MISMATCH,
        amount_evidence("1265955", "-1264705", "-1250"),
        entry("LE-771203", "-1265330", entry_type="PRINCIPAL"),
        entry("LE-771204", "625", entry_type="FEE"),
    )


def linked_by_hand(said: str = "a slip") -> IssueDetail:
    """The mismatch of the pictures, whose second entry a person linked to the trade."""
    link = Link("T20481937", "a.okafor", "2026-11-20T09:31:00.000Z", "WRONG_ID", said)
    return replace(fee_with_wrong_sign(), links=(None, link))


def without_trade(found: IssueDetail) -> IssueDetail:
    """The issue with no trade of its trade id."""
    return replace(found, trade=None)
