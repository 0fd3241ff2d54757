"""Tolerances by instrument, account, counterparty or currency, as an amount or in basis points."""

from __future__ import annotations

from decimal import Decimal

import pytest

from opspilot_desktop.domain.jobs import Handle
from opspilot_desktop.operations.reading import issue_query, list_issues
from opspilot_desktop.operations.reconciling import change_rule_settings, reconcile, rule_settings
from opspilot_desktop.operations.workspace import Workspace
from opspilot_desktop.recon.rule_settings import RuleSettings, SignConvention, Tolerance
from tests.helpers.books import add_entries, add_trades, entry, trade

LINES = (
    Tolerance(absolute=Decimal(5), currency="USD"),
    Tolerance(basis_points=Decimal(1), instrument="BOND"),
    Tolerance(absolute=Decimal(2), counterparty="Kestrel", currency="USD"),
    Tolerance(absolute=Decimal(3), account="A1"),
)


def allowed(workspace: Workspace) -> dict[str, str]:
    """The tolerance in the evidence of each amount mismatch."""
    found = list_issues(Handle(), workspace, issue_query("open", "AMOUNT_MISMATCH"))
    return {issue["trade_id"]: issue["evidence"]["tolerance"] for issue in found}


@pytest.mark.parametrize(
    ("price", "amount", "others", "tolerance"),
    [
        ("100", "95", {"currency": "USD"}, None),
        ("100", "94.999999999", {"currency": "USD"}, "5"),
        ("100", "99.99", {"currency": "EUR"}, None),
        ("100", "99.989999999", {"currency": "EUR"}, "0.01"),
        # Of as many dimensions, the instrument is the most specific.
        ("100", "99.98", {"currency": "USD", "instrument": "BOND"}, "0.01"),
        ("100", "99.99", {"currency": "USD", "instrument": "BOND"}, None),
        ("-100", "-99.989999999", {"currency": "USD", "instrument": "BOND"}, "0.01"),
        # Two dimensions are more specific than one.
        ("100", "97", {"currency": "USD", "counterparty": "Kestrel", "account": "A1"}, "2"),
        ("100", "97", {"currency": "USD", "counterparty": "Other", "account": "A1"}, None),
        # A share is floored at a billionth.
        ("0.00012345", "0.000123438", {"instrument": "BOND"}, None),
        ("0.00012345", "0.000123437", {"instrument": "BOND"}, "0.000000012"),
        ("9999999999999999.999999999", "9999000000000000", {"instrument": "BOND"}, None),
        (
            "9999999999999999.999999999",
            "9998999999999999.999999999",
            {"instrument": "BOND"},
            "999999999999.999999999",
        ),
    ],
)
def test_the_most_specific_line_decides_exactly(
    workspace: Workspace, price: str, amount: str, others: dict[str, str], tolerance: str | None
) -> None:
    change_rule_settings(workspace, RuleSettings(tolerances=LINES))
    assert rule_settings(workspace) == RuleSettings(tolerances=LINES)
    add_trades(workspace, trade("T", "1", price, **others))
    add_entries(workspace, entry("T", amount, currency=others.get("currency", "EUR")))
    reconcile(Handle(), workspace)
    assert allowed(workspace) == ({} if tolerance is None else {"T": tolerance})


def test_the_larger_of_amount_and_share_counts(workspace: Workspace) -> None:
    change_rule_settings(workspace, RuleSettings(tolerance=Decimal("0.5"), basis_points=Decimal(10)))
    add_trades(
        workspace, trade("SMALL", "1", "100"), trade("LARGE", "1", "10000"), trade("FINE", "1", "10000")
    )
    add_entries(workspace, entry("SMALL", "99.4"), entry("LARGE", "9989.9"), entry("FINE", "9990"))
    reconcile(Handle(), workspace)
    assert allowed(workspace) == {"SMALL": "0.5", "LARGE": "10"}


def test_the_entry_type_carries_the_sign_where_the_source_says_so(workspace: Workspace) -> None:
    add_trades(workspace, trade("T"))
    add_entries(
        workspace,
        entry("T", "100", source="BANK", entry_type="Debit"),
        entry("T", "75", source="BANK", entry_type="CREDIT"),
    )
    reconcile(Handle(), workspace)
    assert set(allowed(workspace)) == {"T"}
    change_rule_settings(workspace, RuleSettings(signs={"BANK": SignConvention.BY_ENTRY_TYPE}))
    reconcile(Handle(), workspace)
    assert allowed(workspace) == {}
