"""Types, severities, statuses and reasons are the contract's; every transition is decided here."""

from __future__ import annotations

import pytest

from opspilot_desktop.domain.errors import KnownError
from opspilot_desktop.domain.issues import (
    IssueAction,
    IssueStatus,
    IssueType,
    ReasonCode,
    allowed_from,
    is_allowed,
    refuse_unless_allowed,
)

OPEN, INVESTIGATING, RESOLVED, IGNORED, CLEARED = IssueStatus
ALLOWED = {
    IssueAction.INVESTIGATE: {OPEN},
    IssueAction.RESOLVE: {OPEN, INVESTIGATING},
    IssueAction.IGNORE: {OPEN, INVESTIGATING},
    IssueAction.REOPEN: {RESOLVED, IGNORED},
}


@pytest.mark.parametrize("action", IssueAction)
@pytest.mark.parametrize("status", IssueStatus)
def test_every_transition(action: IssueAction, status: IssueStatus) -> None:
    allowed = status in ALLOWED[action]
    assert is_allowed(action, status) is allowed
    assert (status in allowed_from(action)) is allowed
    if allowed:
        refuse_unless_allowed(action, 7, status)
        assert action.target is not status
        return
    with pytest.raises(KnownError) as caught:
        refuse_unless_allowed(action, 7, status)
    assert "Issue 7" in caught.value.message
    assert status.value in caught.value.message


def test_resolving_and_ignoring_need_a_reason() -> None:
    assert {action for action in IssueAction if action.needs_reason} == {
        IssueAction.RESOLVE,
        IssueAction.IGNORE,
    }


def test_the_words_that_other_programs_rely_on() -> None:
    assert {kind.value: kind.severity.value for kind in IssueType} == {
        "MISSING_LEDGER_ENTRY": "HIGH",
        "AMOUNT_MISMATCH": "CRITICAL",
        "ANOMALOUS_QUANTITY": "MEDIUM",
        "ORPHAN_LEDGER_ENTRY": "HIGH",
        "CURRENCY_MISMATCH": "HIGH",
        "DUPLICATE_TRADE": "HIGH",
        "SETTLEMENT_DATE_MISMATCH": "MEDIUM",
        "SIDE_MISMATCH": "HIGH",
        "ACCOUNT_MISMATCH": "MEDIUM",
        "STALE_PENDING": "MEDIUM",
        "ANOMALOUS_PRICE": "MEDIUM",
        "ANOMALOUS_QUANTITY_BY_INSTRUMENT": "MEDIUM",
    }
    assert [status.value for status in IssueStatus] == [
        "open",
        "investigating",
        "resolved",
        "ignored",
        "cleared",
    ]
    assert {reason.value for reason in ReasonCode} == {
        *("LEDGER_CORRECTED", "TRADE_CORRECTED", "TIMING", "FEES", "FX_ROUNDING", "DUPLICATE_BOOKING"),
        *("ACCEPTED", "FALSE_POSITIVE", "OTHER"),
    }
    assert {kind for kind in IssueType if not kind.is_matching} == {
        *(IssueType.ANOMALOUS_QUANTITY, IssueType.ANOMALOUS_QUANTITY_BY_INSTRUMENT),
        *(IssueType.ANOMALOUS_PRICE, IssueType.DUPLICATE_TRADE, IssueType.STALE_PENDING),
    }


def test_labels_are_words() -> None:
    assert ReasonCode.FX_ROUNDING.label == "FX rounding"
    assert IssueType.MISSING_LEDGER_ENTRY.label == "Missing ledger entry"
