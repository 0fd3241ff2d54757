"""What is near comes first, is found by what a person types, and nothing else is offered."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from opspilot_desktop.domain.errors import KnownError
from opspilot_desktop.domain.jobs import Handle
from opspilot_desktop.domain.links import Candidates
from opspilot_desktop.operations.linking import candidates, link_entries
from opspilot_desktop.operations.reconciling import change_rule_settings, reconcile
from opspilot_desktop.operations.workspace import Workspace
from opspilot_desktop.recon.rule_settings import RuleSettings, SignConvention
from opspilot_desktop.store.schema import ledger_entries
from tests.helpers.books import add_entries, add_trades, entry, remove_trade, trade


def row(workspace: Workspace, entry_id: str) -> int:
    with workspace.database.read() as connection:
        found = connection.execute(select(ledger_entries.c.id).where(ledger_entries.c.entry_id == entry_id))
        return int(found.scalar_one())


def for_entries(workspace: Workspace, *entry_ids: str, text: str = "") -> Candidates:
    rows = [row(workspace, entry_id) for entry_id in entry_ids]
    return candidates(Handle(), workspace, entry_rows=rows, text=text)


def for_trade(workspace: Workspace, trade_id: str, text: str = "") -> Candidates:
    return candidates(Handle(), workspace, trade_id=trade_id, text=text)


def names(found: Candidates) -> list[str]:
    if found.trade is None:
        return [near.trade.trade_id for near in found.found]
    return [str(near.entry.entry_id) for near in found.found if near.entry is not None]


def why(found: Candidates, name: str) -> str:
    return ", ".join(found.found[names(found).index(name)].why)


def dated(**others: Any) -> dict[str, Any]:
    return {"trade_date": "2026-11-18", "settle_date": "2026-11-20", **others}


@pytest.fixture
def books(workspace: Workspace) -> Workspace:
    """Trades and entries of which some are near to each other in one way only."""
    add_trades(
        workspace,
        trade("T-1001", "10", "100", instrument="ASML.AS", **dated(account="A1")),
        trade("T-2002", "10", "100.4", instrument="VOD.L", **dated(settle_date="2026-11-25")),
        trade("T-3003", "7", "7", instrument="SAP.DE", **dated(counterparty="Bank")),
        trade("T-4004", "10", "100", instrument="NESN.SW", currency="CHF", status="settled"),
        trade("T-5005", "10", "100", instrument="MC.PA"),
    )
    add_entries(
        workspace,
        entry("t1001", "-1000", entry_id="E1", value_date="2026-11-20", account="A1"),
        entry("Q-77", "49.000000001", entry_id="E2", description="Fee SAP.DE, T-3003"),
        entry("T-5005", "600", entry_id="E5"),
        entry("Z-5005", "400", entry_id="E6"),
        entry("T-4004", "1000", entry_id="E7", currency="CHF"),
    )
    reconcile(Handle(), workspace)
    return workspace


def test_the_nearest_trade_stands_first_and_says_why(books: Workspace) -> None:
    found = for_entries(books, "E1")
    assert names(found)[0] == "T-1001"
    assert why(found, "T-1001") == (
        "same amount, same id but for case or punctuation, has no entry, same date, same account"
    )
    assert found.found[0].difference == 0
    assert not found.more
    assert "other currency" in why(found, "T-4004")
    assert "is settled" in why(found, "T-4004")
    assert names(found).index("T-2002") < names(found).index("T-4004")


def test_an_entry_that_completes_a_trade(books: Workspace) -> None:
    found = for_entries(books, "E6")
    assert names(found)[0] == "T-5005"
    assert why(found, "T-5005").startswith("completes the trade")
    assert (found.found[0].trade.entries, found.found[0].trade.booked) == (1, 600 * 10**18)


def test_words_of_the_description_count(books: Workspace) -> None:
    found = for_entries(books, "E2")
    assert names(found)[0] == "T-3003"
    assert "trade id in the description" in why(found, "T-3003")
    assert "instrument in the description" in why(found, "T-3003")
    assert found.found[0].difference == 10**9  # a billionth is no "same amount"
    assert "same amount" not in why(found, "T-3003")


def test_several_entries_count_with_their_sum(books: Workspace) -> None:
    add_entries(books, entry("U", "300", entry_id="U1"), entry("V", "700", entry_id="V1"))
    found = for_entries(books, "U1", "V1")
    assert found.found[0].difference == 0
    assert [each.entry_id for each in found.entries] == ["U1", "V1"]
    assert all(each.is_orphan for each in found.entries)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("3003", ["T-3003"]),
        ("t-3", ["T-3003"]),
        ("vod", ["T-2002"]),
        ("1,004", ["T-2002"]),
        ("1004.00", ["T-2002"]),
        ("49", ["T-3003"]),
        ("2026-11-25", ["T-2002"]),
        ("instrument:sap counterparty:bank", ["T-3003"]),
        ("gross_amount>1000", ["T-2002"]),
        ("sap vod", []),
        ("nothing of the sort", []),
        ("%", []),
    ],
)
def test_a_trade_is_found_by_what_is_typed(books: Workspace, text: str, wanted: list[str]) -> None:
    assert names(for_entries(books, "E1", text=text)) == wanted


def test_a_trade_is_offered_entries_without_a_trade_only(books: Workspace) -> None:
    found = for_trade(books, "T-1001")
    assert names(found)[0] == "E1"
    assert set(names(found)) <= {"E1", "E2", "E6"}
    assert why(found, "E1") == ("same amount, same id but for case or punctuation, same date, same account")
    for text, wanted in {
        "E6": ["E6"],
        "q-77": ["E2"],
        "sap.de": ["E2"],
        "-1000": ["E1"],
        "2026-11-20": ["E1"],
        "E7": [],
    }.items():
        assert names(for_trade(books, "T-1001", text)) == wanted, text


def test_what_is_not_reconciled_yet_is_found_too(workspace: Workspace) -> None:
    add_trades(workspace, trade("T-1001", "10", "100"))
    add_entries(workspace, entry("x1001y", "1", entry_id="E1"), entry("other", "1000", entry_id="E2"))
    assert set(names(for_trade(workspace, "T-1001"))) == {"E1", "E2"}
    assert names(for_entries(workspace, "E1")) == ["T-1001"]


def test_an_entry_linked_elsewhere_whose_file_names_the_trade_comes_first(books: Workspace) -> None:
    link_entries(books, [row(books, "E2")], "T-2002", "OTHER")
    add_trades(books, trade("Q-77", "1", "1000"))
    found = for_trade(books, "Q-77")
    assert names(found)[0] == "E2"
    assert why(found, "E2").startswith("its file names this trade")
    assert found.found[0].entry is not None
    assert found.found[0].entry.booked_as == "Q-77"


def test_the_sign_of_a_source_is_followed(workspace: Workspace) -> None:
    signs = {"bank": SignConvention.BY_ENTRY_TYPE}
    change_rule_settings(workspace, RuleSettings(signs=signs))
    add_trades(workspace, trade("T-1", "10", "100"))
    add_entries(
        workspace,
        entry("T-1", "1200", entry_id="E1", entry_type="credit", source="bank"),
        entry("X", "200", entry_id="E2", entry_type="DEBIT", source="bank"),
    )
    found = for_entries(workspace, "E2")
    assert found.entries[0].exact == -200 * 10**18
    assert why(found, "T-1").startswith("completes the trade")


def test_the_largest_and_the_smallest_amounts(workspace: Workspace) -> None:
    most, least = "9999999999999999.999999999", "0.000000001"
    add_trades(workspace, trade("T-1", "1", most), trade("T-2", "1", least), trade("T-3", "1", "0"))
    add_entries(workspace, *[entry("T-1", most, entry_id=f"M{n}") for n in range(3)])
    add_entries(workspace, entry("X", f"-{most}", entry_id="E1"), entry("Y", least, entry_id="E2"))
    add_entries(workspace, entry("Z", "0", entry_id="E3"))
    assert names(for_entries(workspace, "E1"))[0] == "T-1"
    exact = int(most.replace(".", "")) * 10**9
    assert for_entries(workspace, "E1").found[0].trade.booked == 3 * exact
    assert names(for_entries(workspace, "E2"))[0] == "T-2"
    assert names(for_entries(workspace, "E3"))[0] == "T-3"


def test_more_than_are_shown(workspace: Workspace) -> None:
    add_trades(workspace, *[trade(f"T-{n:04}", "1", "10") for n in range(400)])
    add_trades(workspace, trade("T-9999", "1", "10.000000001"))
    add_entries(workspace, *[entry(f"T-{n:04}", "10", entry_id=f"E{n}") for n in range(400) if n != 333])
    add_entries(workspace, entry("X", "10", entry_id="X"))
    found = for_entries(workspace, "X")
    assert found.more
    assert names(found)[0] == "T-0333"  # the one that has no entry, among hundreds of that amount
    assert names(for_entries(workspace, "X", text="T"))[0] == "T-0333"
    assert len(found.found) == 100


def test_what_is_gone_is_said(books: Workspace) -> None:
    remove_trade(books, "T-1001")
    with pytest.raises(KnownError, match="no trade T-1001"):
        for_trade(books, "T-1001")
    with pytest.raises(KnownError, match="no ledger entry in row 999"):
        candidates(Handle(), books, entry_rows=[999])
