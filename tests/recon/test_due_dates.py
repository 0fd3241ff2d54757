"""Runs as of a date: a missing entry is raised once it is due, and cleared when the date goes back."""

from __future__ import annotations

from datetime import date

from opspilot_desktop.domain.jobs import Handle
from opspilot_desktop.operations.reading import issue_query, list_issues
from opspilot_desktop.operations.reconciling import change_rule_settings, reconcile
from opspilot_desktop.operations.workspace import Workspace
from opspilot_desktop.recon.rule_settings import RuleSettings
from tests.helpers.books import add_trades, trade


def open_trades(workspace: Workspace) -> list[str]:
    return sorted(issue["trade_id"] for issue in list_issues(Handle(), workspace, issue_query("open", None)))


def test_a_missing_entry_is_raised_once_it_is_due(workspace: Workspace) -> None:
    add_trades(
        workspace,
        trade("BLANK"),
        trade("DUE", settle_date="2026-11-10"),
        trade("SOON", settle_date="2026-11-12"),
    )
    reconcile(Handle(), workspace, as_of=date(2026, 11, 10))
    assert open_trades(workspace) == ["BLANK", "DUE"]
    later = reconcile(Handle(), workspace, as_of=date(2026, 11, 12)).summary
    assert (later.scope, later.checked, later.opened) == ("incremental", 1, 1)
    assert open_trades(workspace) == ["BLANK", "DUE", "SOON"]
    back = reconcile(Handle(), workspace, as_of=date(2026, 11, 11)).summary
    assert (back.checked, back.cleared) == (1, 1)
    undated = reconcile(Handle(), workspace).summary
    assert (undated.checked, undated.reopened) == (1, 1)
    again = reconcile(Handle(), workspace).summary
    assert (again.checked, again.opened, again.reopened, again.cleared) == (0, 0, 0, 0)


def test_business_days_after_the_settlement_date_are_waited_for(workspace: Workspace) -> None:
    change_rule_settings(workspace, RuleSettings(missing_days=2))
    add_trades(workspace, trade("FRIDAY", settle_date="2026-11-06"))
    reconcile(Handle(), workspace, as_of=date(2026, 11, 9))
    assert open_trades(workspace) == []
    reconcile(Handle(), workspace, as_of=date(2026, 11, 10))
    assert open_trades(workspace) == ["FRIDAY"]
