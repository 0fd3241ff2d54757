"""The direction of a trade against its entries', by what the signs of their source mean."""

from __future__ import annotations

from typing import Any

import pytest

from opspilot_desktop.domain.issues import IssueType
from opspilot_desktop.operations.workspace import Workspace
from opspilot_desktop.recon.rule_settings import RuleSettings, SignConvention
from tests.helpers.books import add_entries, add_trades, entry, trade
from tests.helpers.found import open_issues, run, switch_on
from tests.recon.test_rules import LARGEST

ON = IssueType.SIDE_MISMATCH
CASH, POSITION = SignConvention.BUY_NEGATIVE, SignConvention.BUY_POSITIVE
TYPED, SIZES = SignConvention.BY_ENTRY_TYPE, SignConvention.ABSOLUTE


SIGNS = {convention.value: convention for convention in SignConvention}
DIRECTIONS = [
    (CASH, "BUY", "-25", None, False),
    (CASH, "BUY", "25", None, True),
    (CASH, "BUY", "0.000000001", None, True),
    (CASH, "BUY", "0", None, False),
    (CASH, "SELL", "25", None, False),
    (CASH, "SELL", "-0.000000001", None, True),
    (POSITION, "BUY", "25", None, False),
    (POSITION, "BUY", "-25", None, True),
    (POSITION, "SELL", "25", None, True),
    (SIZES, "BUY", "25", None, False),
    (SIZES, "BUY", "-25", None, False),
    (TYPED, "BUY", "25", "Debit", False),
    (TYPED, "BUY", "25", "credit", True),
    (TYPED, "BUY", "25", None, False),  # which says nothing
    (TYPED, "SELL", "25", "DR", True),
    (TYPED, "SELL", "25", "CR", False),
]


def test_which_direction_is_wrong(workspace: Workspace) -> None:
    switch_on(workspace, ON, signs=SIGNS)
    cases = {f"T{number}": case for number, case in enumerate(DIRECTIONS)}
    add_trades(workspace, *[trade(key, side=case[1]) for key, case in cases.items()])
    add_entries(
        workspace,
        *[
            entry(key, amount, source=convention.value, entry_type=entry_type)
            for key, (convention, _side, amount, entry_type, _) in cases.items()
        ],
    )
    run(workspace)
    assert set(open_issues(workspace)) == {key for key, case in cases.items() if case[4]}


def test_a_negative_price_turns_the_direction(workspace: Workspace) -> None:
    switch_on(workspace, ON, signs={"": CASH})
    add_trades(workspace, *[trade(price, price=price) for price in ("2.5", "0", "-2.5")])
    add_entries(workspace, *[entry(price, "25") for price in ("2.5", "0", "-2.5")])
    run(workspace)
    assert list(open_issues(workspace)) == ["2.5"]


def test_each_source_is_judged_on_its_own(workspace: Workspace) -> None:
    switch_on(workspace, ON, signs={"cash": CASH, "depot": POSITION})
    add_trades(workspace, trade("A"))
    add_entries(
        workspace,
        entry("A", "-30", source="cash"),
        entry("A", "40", source="cash"),
        entry("A", "-7", source="depot", entry_id="E1"),
        entry("A", "-99", source="elsewhere"),
    )
    run(workspace)
    found = open_issues(workspace)["A"]
    assert [(one["source"], one["sum"], one["entries"], one["convention"]) for one in found["sources"]] == [
        ("cash", "10", 2, "buy_negative"),
        ("depot", "-7", 1, "buy_positive"),
    ]
    assert (found["side"], found["entries"], len(found["entry_rows"])) == ("BUY", 3, 3)


def test_sums_beyond_64_bits(workspace: Workspace) -> None:
    switch_on(workspace, ON, signs={"": CASH})
    add_trades(workspace, trade("A"), trade("B"))
    add_entries(workspace, *[entry("A", LARGEST) for _ in range(1000)])
    add_entries(workspace, *[entry("B", f"-{LARGEST}") for _ in range(1000)])
    run(workspace)
    assert open_issues(workspace)["A"]["sources"][0]["sum"] == "9999999999999999999.999999"
    assert list(open_issues(workspace)) == ["A"]


MIXED: list[tuple[dict[str, SignConvention], list[dict[str, Any]], bool]] = [
    # A purchase of 25, half of it booked as cash and half as a position: both halves are of one trade.
    ({"c": CASH, "p": POSITION}, [entry("A", "-12", source="c"), entry("A", "13", source="p")], False),
    ({"p": POSITION}, [entry("A", "12", source="p"), entry("A", "13", source="p")], False),
    ({"c": CASH}, [entry("A", "-12", source="c"), entry("A", "13", source="")], True),
    (
        {"t": TYPED},
        [entry("A", "30", source="t", entry_type="debit"), entry("A", "5", source="t", entry_type="credit")],
        False,
    ),
    ({}, [entry("A", "-12", source="c"), entry("A", "13", source="p")], True),
]


@pytest.mark.parametrize(("signs", "entries", "is_found"), MIXED)
def test_amounts_are_summed_in_one_direction(
    workspace: Workspace, signs: dict[str, SignConvention], entries: list[dict[str, Any]], is_found: bool
) -> None:
    switch_on(workspace, IssueType.AMOUNT_MISMATCH, signs=signs)
    add_trades(workspace, trade("A"))
    add_entries(workspace, *entries)
    run(workspace)
    assert (list(open_issues(workspace)) == ["A"]) is is_found


def test_the_settings_are_read_as_they_were_written() -> None:
    settings = RuleSettings(signs={"cash": CASH, "": TYPED})
    assert RuleSettings.from_json(settings.to_json()) == settings
