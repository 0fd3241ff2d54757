"""The reasons are counts of the real data: each is checked against data made for it, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from opspilot_desktop.operations.workspace import Workspace
from opspilot_desktop.recon.advice import Advice, advise
from opspilot_desktop.recon.rule_settings import RuleSettings, SignConvention
from opspilot_desktop.store.offers import read_offers
from tests.helpers.books import add_entries, add_trades, entry, trade

TODAY = date(2026, 11, 10)


def said(workspace: Workspace, rule: str, settings: RuleSettings | None = None) -> Advice:
    with workspace.database.read() as connection:
        return advise(connection, [rule], settings or RuleSettings(), TODAY)[rule]


def two(workspace: Workspace, *, first: dict[str, Any], second: dict[str, Any]) -> None:
    """Two trades, a purchase and a sale, that differ as given, with an entry each."""
    add_trades(workspace, trade("T1", **first), trade("T2", quantity="20", side="SELL", **second))
    add_entries(workspace, entry("T1", "-25", entry_id="E1"), entry("T2", "50", entry_id="E2"))


def test_nothing_is_said_of_an_empty_workspace(workspace: Workspace) -> None:
    with workspace.database.read() as connection:
        assert advise(connection, ["STALE_PENDING", "DUPLICATE_TRADE"], RuleSettings(), TODAY) == {}


def test_of_rules_it_does_not_know_it_says_nothing(workspace: Workspace) -> None:
    two(workspace, first={}, second={})
    with workspace.database.read() as connection:
        assert advise(connection, ["AMOUNT_MISMATCH", "A_PLUGIN_RULE"], RuleSettings(), TODAY) == {}


def test_trades_that_look_alike_are_counted(workspace: Workspace) -> None:
    same = {"trade_date": "2026-11-02", "counterparty": "Bank"}
    add_trades(
        workspace,
        trade("T1", **same),
        trade("T2", **same),
        trade("T3", **same, status="cancelled"),
        trade("T4"),
    )
    add_entries(workspace, entry("T1", "25"))
    assert said(workspace, "DUPLICATE_TRADE") == Advice(
        True, "1 trade looks like an earlier one under a different id."
    )
    all_of_them = replace(RuleSettings(), duplicate_ignored=())
    assert said(workspace, "DUPLICATE_TRADE", all_of_them).reason.startswith("2 trades look")


def test_dates_that_are_carried(workspace: Workspace) -> None:
    two(workspace, first={"settle_date": "2026-11-09"}, second={"settle_date": "2026-11-10"})
    assert said(workspace, "SETTLEMENT_DATE_MISMATCH") == Advice(
        False, "No entry carries a value date, so there is nothing to compare."
    )
    add_entries(workspace, entry("T1", "1", entry_id="E3", value_date="2026-11-09"))
    assert said(workspace, "SETTLEMENT_DATE_MISMATCH") == Advice(
        False, "1 of 3 entries carry a value date, and all 2 trades a settlement date."
    )
    add_entries(
        workspace,
        *[entry("T1", "1", entry_id=f"F{number}", value_date="2026-11-09") for number in range(20)],
    )
    assert said(workspace, "SETTLEMENT_DATE_MISMATCH") == Advice(
        True, "21 of 23 entries carry a value date, and all 2 trades a settlement date."
    )


def test_signs_that_go_with_the_side(workspace: Workspace) -> None:
    two(workspace, first={}, second={})
    add_entries(workspace, entry("T1", "9", source="fees"), entry("T2", "9", source="fees"))
    assert said(workspace, "SIDE_MISMATCH") == Advice(
        True, "1 source is signed by side; say for each what its signs mean under “For all rules”."
    )
    chosen = replace(RuleSettings(), signs={"": SignConvention.BUY_NEGATIVE})
    assert said(workspace, "SIDE_MISMATCH", chosen).reason == "You have said of 1 source what its signs mean."


def test_signs_that_do_not(workspace: Workspace) -> None:
    add_trades(workspace, trade("T1"), trade("T2", side="SELL"))
    add_entries(workspace, entry("T1", "25"), entry("T2", "25"))
    assert not said(workspace, "SIDE_MISMATCH").recommended


def test_accounts_that_are_named(workspace: Workspace) -> None:
    two(workspace, first={"account": "A"}, second={"account": "B"})
    assert said(workspace, "ACCOUNT_MISMATCH") == Advice(False, "No entry names an account.")
    add_entries(workspace, *[entry("T1", "1", entry_id=f"F{number}", account="A") for number in range(20)])
    assert said(workspace, "ACCOUNT_MISMATCH") == Advice(
        True, "20 of 22 entries name an account, and all 2 trades do."
    )


@pytest.mark.parametrize(
    ("settled", "days", "reason"),
    [
        ("2026-11-09", 0, "1 waiting trade is past the settlement date."),
        ("2026-11-10", 0, "No waiting trade is past its settlement date now"),
        ("2026-11-09", 1, "No waiting trade is past its settlement date now"),
        (None, 0, "No trade carries a settlement date."),
    ],
)
def test_trades_that_wait_too_long(workspace: Workspace, settled: str | None, days: int, reason: str) -> None:
    two(workspace, first={"settle_date": settled}, second={"settle_date": settled, "status": "settled"})
    told = said(workspace, "STALE_PENDING", replace(RuleSettings(), stale_days=days))
    assert told.reason.startswith(reason)
    assert told.recommended == (settled is not None)


@pytest.mark.parametrize("rule", ["ANOMALOUS_PRICE", "ANOMALOUS_QUANTITY_BY_INSTRUMENT"])
def test_instruments_with_enough_trades(workspace: Workspace, rule: str) -> None:
    two(workspace, first={}, second={})
    assert said(workspace, rule) == Advice(False, "No instrument has the 20 trades that it takes.")
    add_trades(workspace, *[trade(f"U{number}") for number in range(18)])
    assert said(workspace, rule) == Advice(True, "1 instrument has the 20 trades that it takes.")


def test_what_the_data_offer(workspace: Workspace) -> None:
    add_trades(
        workspace,
        trade("T1", account="A1", counterparty="Bank"),
        trade("T2", account="A1", counterparty=None, status="settled"),
        trade("T3", account="A2", counterparty=None, instrument="XYZ"),
    )
    add_entries(workspace, entry("T1", "1", source="bank", entry_type="FEE", account="L1", entry_id="1"))
    add_entries(workspace, entry("T1", "2", entry_type=None, account=None, entry_id="2"))
    with workspace.database.read() as connection:
        offers = read_offers(connection)
    assert list(offers.statuses.items()) == [("pending", 2), ("settled", 1)]
    assert offers.sources == {"": 1, "bank": 1}
    assert offers.entry_types == {"FEE": 1}
    assert offers.values == {
        "instrument": ("ABC", "XYZ"),
        "account": ("A1", "A2"),
        "counterparty": ("Bank",),
        "currency": ("EUR",),
    }
    assert (offers.ledger_accounts, offers.trade_accounts) == (("L1",), ("A1", "A2"))
