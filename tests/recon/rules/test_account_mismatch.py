"""Accounts of entries against the trade's, by their own names and by those that the settings translate."""

from __future__ import annotations

import pytest

from opspilot_desktop.domain.issues import IssueType
from opspilot_desktop.operations.workspace import Workspace
from tests.helpers.books import add_entries, add_trades, change_trade, entry, trade
from tests.helpers.found import open_issues, run, switch_on

ON = IssueType.ACCOUNT_MISMATCH


PLAIN = [
    ("1", "1", False),
    ("1", "2", True),
    ("a", "A", True),
    (None, "2", False),
    ("1", None, False),
]
RENAMED = [
    ("1", "GL-1", False),
    ("2", "GL-1", True),
    ("1", "1", True),  # the ledger's 1 is the trades' 2
    ("2", "1", False),
    ("1", "3", True),
    ("3", "3", False),
]


@pytest.mark.parametrize(
    ("names", "cases"), [({}, PLAIN), ({"GL-1": "1", "1": "2"}, RENAMED)], ids=["plain", "renamed"]
)
def test_when_an_account_is_another(
    workspace: Workspace, names: dict[str, str], cases: list[tuple[str | None, str | None, bool]]
) -> None:
    switch_on(workspace, ON, accounts=names)
    add_trades(workspace, *[trade(f"T{n}", account=own) for n, (own, _, _) in enumerate(cases)])
    add_entries(workspace, *[entry(f"T{n}", "25", account=booked) for n, (_, booked, _) in enumerate(cases)])
    run(workspace)
    assert set(open_issues(workspace)) == {f"T{n}" for n, case in enumerate(cases) if case[2]}


def test_at_most_fifty_accounts_and_entries_are_named(workspace: Workspace) -> None:
    switch_on(workspace, ON)
    add_trades(workspace, trade("A", account="own"))
    add_entries(workspace, *[entry("A", "1", account=f"{number:03d}") for number in range(120)])
    run(workspace)
    found = open_issues(workspace)["A"]
    assert found["entries"] == 120
    assert [item["value"] for item in found["values"]] == [f"{number:03d}" for number in range(50)]
    assert (len(found["entry_rows"]), found["entry_rows"]) == (50, sorted(found["entry_rows"]))
    change_trade(workspace, trade("A", account="119"))
    assert run(workspace).updated == 1
    assert open_issues(workspace)["A"]["account"] == "119"
    assert open_issues(workspace)["A"]["entries"] == 119
