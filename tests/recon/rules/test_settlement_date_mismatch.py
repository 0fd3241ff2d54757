"""Value dates against the settlement date: how near is near enough, and what is said."""

from __future__ import annotations

import pytest

from opspilot_desktop.domain.issues import IssueType
from opspilot_desktop.operations.workspace import Workspace
from tests.helpers.books import add_entries, add_trades, entry, remove_entries, trade
from tests.helpers.found import open_issues, run, switch_on

ON = IssueType.SETTLEMENT_DATE_MISMATCH


NEAR: dict[int, list[tuple[str | None, str | None, bool]]] = {
    0: [
        ("2026-11-06", "2026-11-06", False),
        ("2026-11-06", "2026-11-07", True),
        ("2026-11-06", "2026-11-05", True),
        (None, "2026-11-06", False),
        ("2026-11-06", None, False),
    ],
    1: [
        ("2026-11-06", "2026-11-09", False),  # over a weekend
        ("2026-11-06", "2026-11-07", False),
        ("2026-11-06", "2026-11-10", True),
        ("2026-11-09", "2026-11-06", False),
        ("2026-11-09", "2026-11-05", True),
        ("2026-12-24", "2026-12-28", False),  # over Christmas in Germany
        ("2026-12-24", "2026-12-29", True),
        ("9999-12-31", "9999-12-30", False),  # the end of Python's calendar
        ("0001-01-01", "0001-01-03", True),
    ],
}


@pytest.mark.parametrize("days", NEAR)
def test_how_near_is_near_enough(workspace: Workspace, days: int) -> None:
    switch_on(workspace, ON, settlement_days=days, calendar="DE")
    cases = {f"T{number}": case for number, case in enumerate(NEAR[days])}
    add_trades(workspace, *[trade(key, settle_date=case[0]) for key, case in cases.items()])
    add_entries(workspace, *[entry(key, "25", value_date=case[1]) for key, case in cases.items()])
    run(workspace)
    assert set(open_issues(workspace)) == {key for key, case in cases.items() if case[2]}


def test_the_other_dates_are_counted_in_their_order(workspace: Workspace) -> None:
    switch_on(workspace, ON)
    add_trades(workspace, trade("A", settle_date="2026-11-06"), trade("B", settle_date="2026-11-06"))
    dates = ["2026-11-10", "2026-11-06", "2026-11-05", "2026-11-10", None]
    add_entries(workspace, *[entry("A", "5", value_date=day) for day in dates])
    summary = run(workspace)
    found = open_issues(workspace)["A"]
    assert found["values"] == [{"value": "2026-11-05", "entries": 1}, {"value": "2026-11-10", "entries": 2}]
    assert (found["settle_date"], found["entries"], len(found["entry_rows"])) == ("2026-11-06", 3, 3)
    assert (summary.checked, summary.matched) == (2, 1)
    remove_entries(workspace, "A")
    assert run(workspace).cleared == 1


def test_only_checked_trades(workspace: Workspace) -> None:
    switch_on(workspace, ON)
    add_trades(workspace, trade("A", settle_date="2026-11-06", status="settled"))
    add_entries(workspace, entry("A", "25", value_date="2026-11-09"))
    run(workspace)
    assert open_issues(workspace) == {}
