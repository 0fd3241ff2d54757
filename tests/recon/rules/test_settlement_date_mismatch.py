"""Value dates against the settlement date: how near is near enough, and what is said."""

from __future__ import annotations

import pytest

from opspilot_desktop.domain.issues import IssueType
from opspilot_desktop.operations.workspace import Workspace
from tests.helpers.books import add_entries, add_trades, entry, remove_entries, trade
from tests.helpers.found import open_issues, run, switch_on

ON = IssueType.SETTLEMENT_DATE_MISMATCH


@pytest.mark.parametrize(
    ("settles", "booked", "days", "is_found"),
    [
        ("2026-11-06", "2026-11-06", 0, False),
        ("2026-11-06", "2026-11-07", 0, True),
        ("2026-11-06", "2026-11-05", 0, True),
        ("2026-11-06", "2026-11-09", 1, False),  # over a weekend
        ("2026-11-06", "2026-11-07", 1, False),
        ("2026-11-06", "2026-11-10", 1, True),
        ("2026-11-09", "2026-11-06", 1, False),
        ("2026-11-09", "2026-11-05", 1, True),
        ("2026-12-24", "2026-12-28", 1, False),  # over Christmas, with the calendar of Germany
        ("2026-12-24", "2026-12-29", 1, True),
        ("9999-12-31", "9999-12-30", 5, False),  # the end of Python's calendar
        ("0001-01-01", "0001-01-03", 1, True),
        (None, "2026-11-06", 0, False),
        ("2026-11-06", None, 0, False),
    ],
)
def test_how_near_is_near_enough(
    workspace: Workspace, settles: str | None, booked: str | None, days: int, is_found: bool
) -> None:
    switch_on(workspace, ON, settlement_days=days, calendar="DE" if "12-2" in str(settles) else "")
    add_trades(workspace, trade("A", settle_date=settles))
    add_entries(workspace, entry("A", "25", value_date=booked))
    run(workspace)
    assert (list(open_issues(workspace)) == ["A"]) is is_found


def test_the_other_dates_are_counted_in_their_order(workspace: Workspace) -> None:
    switch_on(workspace, ON)
    add_trades(workspace, trade("A", settle_date="2026-11-06"), trade("B", settle_date="2026-11-06"))
    dates = ["2026-11-10", "2026-11-06", "2026-11-05", "2026-11-10", None]
    add_entries(
        workspace, *[entry("A", "5", value_date=day, entry_id=f"E{n}") for n, day in enumerate(dates)]
    )
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
