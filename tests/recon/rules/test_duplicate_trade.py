"""Duplicates: what counts as alike, which is the original, and what becomes of those that are left behind."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import func, select

from opspilot_desktop.domain.issues import IssueType
from opspilot_desktop.domain.jobs import Handle
from opspilot_desktop.operations import issue_work
from opspilot_desktop.operations.reading import issue_query, list_issues
from opspilot_desktop.operations.rules import preview_rules
from opspilot_desktop.operations.workspace import Workspace
from opspilot_desktop.recon.rule_settings import RuleSettings
from opspilot_desktop.store.schema import former_trades
from tests.helpers.books import add_trades, change_trade, remove_trade, trade
from tests.helpers.found import open_issues, run, switch_on
from tests.recon.test_rules import LARGEST

ON = IssueType.DUPLICATE_TRADE
ALIKE = {"trade_date": "2026-11-05", "counterparty": "Bank"}


def test_the_first_is_the_original_and_each_later_one_names_the_earlier(workspace: Workspace) -> None:
    switch_on(workspace, ON)
    add_trades(workspace, *[trade(key, "7", "2.50", **ALIKE) for key in ("Z", "A", "M")], trade("OTHER"))
    run(workspace)
    found = open_issues(workspace)
    assert {key: (seen["first"], seen["copies"], seen["same_as"]) for key, seen in found.items()} == {
        "A": ("Z", 1, ["Z"]),
        "M": ("Z", 2, ["Z", "A"]),
    }
    assert (found["A"]["quantity"], found["A"]["price"], found["A"]["counterparty"]) == ("7", "2.5", "Bank")


def test_one_difference_is_enough(workspace: Workspace) -> None:
    others: list[dict[str, Any]] = [
        {"instrument": "abc"},
        {"side": "SELL"},
        {"quantity": "10.000000001"},
        {"price": "2.500000001"},
        {"trade_date": "2026-11-06"},
        {"trade_date": None},
        {"counterparty": "bank"},
        {"counterparty": None},
    ]
    switch_on(workspace, ON)
    add_trades(workspace, trade("A", **ALIKE))
    add_trades(workspace, *[trade(f"B{n}", **{**ALIKE, **other}) for n, other in enumerate(others)])
    run(workspace)
    assert open_issues(workspace) == {}


def test_blank_is_the_same_as_blank(workspace: Workspace) -> None:
    switch_on(workspace, ON)
    add_trades(workspace, trade("A", account="1", status="settled"), trade("B", account="2"))
    run(workspace)
    assert list(open_issues(workspace)) == ["B"]


def test_trades_in_an_ignored_status_are_neither(workspace: Workspace) -> None:
    switch_on(workspace, ON, duplicate_ignored=("cancelled",))
    add_trades(workspace, trade("A", status="cancelled"), trade("B"), trade("C"))
    run(workspace)
    assert open_issues(workspace)["C"]["same_as"] == ["B"]
    change_trade(workspace, trade("B", status="cancelled"))
    assert run(workspace).cleared == 1
    change_trade(workspace, trade("A"))
    assert run(workspace).reopened == 1
    assert open_issues(workspace)["C"]["same_as"] == ["A"]


def test_who_is_left_behind_is_looked_at_again(workspace: Workspace) -> None:
    switch_on(workspace, ON)
    add_trades(workspace, trade("A"), trade("B"), trade("C"), trade("D", "99"))
    run(workspace)
    assert sorted(open_issues(workspace)) == ["B", "C"]
    change_trade(workspace, trade("A", "99"))
    summary = run(workspace)
    assert (summary.scope, summary.checked, summary.cleared, summary.opened) == ("incremental", 1, 1, 1)
    assert {key: seen["same_as"] for key, seen in open_issues(workspace).items()} == {"C": ["B"], "D": ["A"]}
    remove_trade(workspace, "B")
    remove_trade(workspace, "A")
    assert run(workspace).cleared == 2
    with workspace.database.read() as connection:
        assert connection.execute(select(func.count()).select_from(former_trades)).scalar() == 0


def test_a_resolved_one_opens_again_only_when_its_original_is_another(workspace: Workspace) -> None:
    switch_on(workspace, ON)
    add_trades(workspace, trade("A"), trade("B"), trade("C"))
    run(workspace)
    ids = {row["trade_id"]: row["id"] for row in list_issues(Handle(), workspace, issue_query("open", None))}
    issue_work.resolve_issues(workspace, [ids["C"]], "ACCEPTED", "two fills")
    remove_trade(workspace, "B")
    run(workspace)
    assert open_issues(workspace) == {}
    add_trades(workspace, trade("E"))
    remove_trade(workspace, "A")
    assert run(workspace).reopened == 0  # C is the original now, so that its own issue is gone
    assert open_issues(workspace)["E"]["first"] == "C"


def test_of_many_the_first_ten_are_named(workspace: Workspace) -> None:
    switch_on(workspace, ON)
    add_trades(workspace, *[trade(f"T{number:02d}") for number in range(30)])
    run(workspace)
    last = open_issues(workspace)["T29"]
    assert (last["copies"], last["same_as"]) == (29, [f"T{number:02d}" for number in range(10)])


def test_nothing_is_kept_while_no_rule_compares_trades(workspace: Workspace) -> None:
    def kept() -> int:
        with workspace.database.read() as connection:
            return int(connection.execute(select(func.count()).select_from(former_trades)).scalar_one())

    add_trades(workspace, trade("A"), trade("B"))
    run(workspace)
    change_trade(workspace, trade("A", "99"))
    assert kept() == 0
    switch_on(workspace, ON)
    run(workspace)
    change_trade(workspace, trade("A", "98"))
    assert kept() == 1
    switch_on(workspace, IssueType.STALE_PENDING)
    run(workspace)
    change_trade(workspace, trade("A", "97"))
    assert kept() == 0


def test_a_dry_run_finds_what_a_run_does_whatever_the_numbers(workspace: Workspace) -> None:
    largest = [("1", LARGEST), ("1", f"-{LARGEST}"), ("999999999999999", "1"), ("0.000000001", LARGEST)]
    for name in "AB":
        alike = [trade(f"{name}{at}", *numbers, **ALIKE) for at, numbers in enumerate(largest)]
        add_trades(workspace, *alike)
    settings = replace(RuleSettings(), enabled=frozenset({ON.value}))
    (change,) = preview_rules(Handle(), workspace, settings).changes
    switch_on(workspace, ON)
    assert (change.opened, run(workspace).opened) == (len(largest), len(largest))
