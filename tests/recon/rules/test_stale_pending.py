"""Trades that still wait after their settlement date: from which day on, and how a run follows the date."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from opspilot_desktop.domain.issues import IssueType
from opspilot_desktop.operations.workspace import Workspace
from tests.helpers.books import add_trades, change_trade, trade
from tests.helpers.found import open_issues, run, switch_on

ON = IssueType.STALE_PENDING


STALE = [
    ("2026-11-06", 0, {"2026-11-05": True, "2026-11-06": False, None: False, "9999-12-31": False}),
    ("2026-11-08", 0, {"2026-11-05": True, "2026-11-06": False}),  # a Sunday
    ("2026-11-11", 2, {"2026-11-06": True, "2026-11-09": False, "0001-01-01": True}),
    ("2026-12-25", 0, {"2026-12-23": True, "2026-12-24": False}),  # a holiday in Germany
    ("2026-12-28", 0, {"2026-12-24": True, "2026-12-28": False}),
]


@pytest.mark.parametrize(("as_of", "days", "expected"), STALE)
def test_from_which_day_on(
    workspace: Workspace, as_of: str, days: int, expected: dict[str | None, bool]
) -> None:
    switch_on(workspace, ON, stale_days=days, calendar="DE")
    add_trades(workspace, *[trade(str(day), settle_date=day) for day in expected])
    add_trades(workspace, *[trade(f"settled {day}", settle_date=day, status="settled") for day in expected])
    run(workspace, date.fromisoformat(as_of))
    assert set(open_issues(workspace)) == {day for day, is_stale in expected.items() if is_stale}


def test_without_a_date_it_is_today(workspace: Workspace) -> None:
    switch_on(workspace, ON)
    week = timedelta(days=7)
    add_trades(
        workspace,
        trade("PAST", settle_date=(date.today() - week).isoformat()),
        trade("COMING", settle_date=(date.today() + week).isoformat()),
    )
    run(workspace)
    assert open_issues(workspace)["PAST"]["as_of"] == date.today().isoformat()
    assert list(open_issues(workspace)) == ["PAST"]


def test_a_run_follows_the_date_both_ways(workspace: Workspace) -> None:
    switch_on(workspace, ON)
    add_trades(workspace, *[trade(f"T{day}", settle_date=f"2026-11-{day:02d}") for day in (2, 3, 4, 10)])
    run(workspace, date(2026, 11, 3))
    assert sorted(open_issues(workspace)) == ["T2"]
    later = run(workspace, date(2026, 11, 5))
    assert (later.scope, later.checked, later.opened) == ("incremental", 0, 2)
    back = run(workspace, date(2026, 11, 4))
    assert (back.cleared, sorted(open_issues(workspace))) == (1, ["T2", "T3"])
    again = run(workspace, date(2026, 11, 4))
    assert (again.opened, again.cleared, again.updated) == (0, 0, 0)
    change_trade(workspace, trade("T2", status="settled", settle_date="2026-11-02"))
    assert run(workspace, date(2026, 11, 4)).cleared == 1
