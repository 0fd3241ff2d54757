"""What becomes of issues where people and runs meet: the contract's table, and races on a server."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest

from opspilot_desktop.domain.errors import KnownError
from opspilot_desktop.domain.jobs import Handle
from opspilot_desktop.operations.issue_work import (
    assign_issues,
    comment_issues,
    ignore_issues,
    investigate_issues,
    reopen_issues,
    resolve_issues,
    undo,
)
from opspilot_desktop.operations.reading import issue_query, list_issues, read_issue, read_overview
from opspilot_desktop.operations.reconciling import change_rule_settings, reconcile
from opspilot_desktop.operations.workspace import Workspace, open_workspace
from opspilot_desktop.recon.rule_settings import RuleSettings
from opspilot_desktop.store import issue_writes
from tests.helpers.books import add_entries, add_trades, change_trade, entry, remove_entries, trade


def only(workspace: Workspace) -> dict[str, Any]:
    (issue,) = list_issues(Handle(), workspace, issue_query("all", None))
    return issue


def state(workspace: Workspace) -> tuple[str, bool]:
    issue = only(workspace)
    return issue["status"], issue["gone"]


def told(workspace: Workspace) -> list[tuple[str, str]]:
    events = read_issue(Handle(), workspace, only(workspace)["id"]).events
    return [(event.kind, event.text) for event in events]


def run(workspace: Workspace, *, full: bool = False) -> None:
    reconcile(Handle(), workspace, full=full)


@pytest.fixture
def missing(workspace: Workspace) -> int:
    """The number of the one issue: a trade without an entry."""
    add_trades(workspace, trade("T"))
    run(workspace)
    return int(only(workspace)["id"])


@pytest.mark.parametrize("full", [False, True])
def test_reopened_by_hand_while_the_data_no_longer_show_it(
    workspace: Workspace, missing: int, full: bool
) -> None:
    resolve_issues(workspace, [missing], "TIMING")
    add_entries(workspace, entry("T", "25"))
    run(workspace)
    assert state(workspace) == ("resolved", True)
    reopen_issues(workspace, [missing])
    run(workspace, full=full)
    assert state(workspace) == ("cleared", True)


def test_reopened_by_hand_and_then_shown_again(workspace: Workspace, missing: int) -> None:
    resolve_issues(workspace, [missing], "TIMING")
    add_entries(workspace, entry("T", "25"))
    run(workspace)
    reopen_issues(workspace, [missing])
    remove_entries(workspace, "T")
    run(workspace)
    assert state(workspace) == ("open", False)
    seen = read_overview(Handle(), workspace)
    assert (seen.checked, seen.matched) == (1, 0)


@pytest.mark.parametrize("full", [False, True])
def test_undo_may_bring_an_issue_back_that_is_gone(workspace: Workspace, missing: int, full: bool) -> None:
    resolve_issues(workspace, [missing], "TIMING")
    add_entries(workspace, entry("T", "25"))
    run(workspace)
    reopen_issues(workspace, [missing])
    step = resolve_issues(workspace, [missing], "FEES")
    run(workspace)
    undo(workspace, step)
    assert state(workspace) == ("open", True)
    run(workspace, full=full)
    assert state(workspace) == ("cleared", True)


def test_assignee_comments_and_history_survive_everything(workspace: Workspace, missing: int) -> None:
    assign_issues(workspace, [missing], "alice")
    comment_issues(workspace, [missing], "5 became 6")
    investigate_issues(workspace, [missing])
    add_entries(workspace, entry("T", "25"))
    run(workspace)
    assert state(workspace) == ("cleared", True)
    remove_entries(workspace, "T")
    run(workspace)
    assert state(workspace) == ("open", False)
    assert only(workspace)["assigned_to"] == "alice"
    assert told(workspace) == [
        ("reopened", "The data show it again"),
        ("cleared", "The data no longer show it"),
        ("investigating", ""),
        ("comment", "5 became 6"),
        ("assigned", "alice"),
        ("opened", ""),
    ]


def test_an_ignored_issue_that_comes_back_different_opens(workspace: Workspace, missing: int) -> None:
    ignore_issues(workspace, [missing], "ACCEPTED", "small")
    add_entries(workspace, entry("T", "25"))
    run(workspace)
    assert state(workspace) == ("ignored", True)
    remove_entries(workspace, "T")
    change_trade(workspace, trade("T", "11"))
    run(workspace)
    assert state(workspace) == ("open", False)
    assert told(workspace)[0][0] == "reopened"


def test_an_orphan_goes_when_its_trade_comes_whatever_the_status(workspace: Workspace) -> None:
    add_entries(workspace, entry("T", "25"))
    run(workspace)
    add_trades(workspace, trade("T", status="settled"))
    run(workspace)
    assert state(workspace) == ("cleared", True)
    assert told(workspace)[0] == ("cleared", "The data no longer show it")


def test_a_trade_no_longer_checked_is_no_orphan(workspace: Workspace, missing: int) -> None:
    add_entries(workspace, entry("T", "1"))
    change_trade(workspace, trade("T", status="settled"))
    run(workspace)
    assert state(workspace) == ("cleared", True)
    assert told(workspace)[0] == ("cleared", "No longer checked")


def test_a_person_and_a_run_at_the_same_time(postgres_url: str) -> None:
    """What somebody resolves while a run decides about the same issue is not overwritten by the run."""
    with open_workspace(postgres_url, create=True) as workspace:
        add_trades(workspace, trade("T"))
        run(workspace)
        number = only(workspace)["id"]
        add_entries(workspace, entry("T", "25"))
        running = threading.Thread(target=run, args=[workspace])
        with workspace.database.write(exclusive=False) as connection:
            states = issue_writes.lock_issues(connection, [number])
            values: dict[str, str | None] = {"status": "resolved", "reason": "TIMING"}
            issue_writes.change_issues(
                connection, "somebody", "resolve", states, values, issue_writes.Entry("resolved", "")
            )
            running.start()
            time.sleep(0.5)
            assert running.is_alive()
        running.join(10)
        assert state(workspace) == ("resolved", True)
        assert only(workspace)["reason"] == "TIMING"


def test_an_action_beside_a_run_comes_before_it_or_is_refused(postgres_url: str) -> None:
    """The person saw the issue before the run; the action waits for the run and is then refused."""
    with open_workspace(postgres_url, create=True) as workspace:
        add_trades(workspace, trade("T"))
        run(workspace)
        issue = only(workspace)
        add_entries(workspace, entry("T", "25"))
        errors: list[Exception] = []

        def resolve() -> None:
            try:
                resolve_issues(workspace, [issue["id"]], "FEES", versions={issue["id"]: issue["row_version"]})
            except KnownError as error:
                errors.append(error)

        acting = threading.Thread(target=resolve)

        def report(done: int, total: int, text: str) -> None:
            if done == total - 1:
                acting.start()

        reconcile(Handle(report=report, interval=0), workspace)
        acting.join(10)
        if errors:  # the run came first
            assert "was changed by" in str(errors[0])
            assert state(workspace) == ("cleared", True)
        else:
            assert state(workspace) == ("resolved", True)


def test_people_who_act_on_the_same_issues_do_not_wait_in_a_circle(postgres_url: str) -> None:
    with open_workspace(postgres_url, create=True) as workspace:
        add_trades(workspace, *[trade(f"T{n}") for n in range(40)])
        run(workspace)
        ids = [issue["id"] for issue in list_issues(Handle(), workspace, issue_query("all", None))]
        errors: list[Exception] = []

        def assign(name: str, order: list[int]) -> None:
            for _ in range(8):
                try:
                    assign_issues(workspace, order, name)
                except Exception as error:
                    errors.append(error)

        people = [
            threading.Thread(target=assign, args=["a", ids]),
            threading.Thread(target=assign, args=["b", ids[::-1]]),
        ]
        for person in people:
            person.start()
        for person in people:
            person.join(30)
        assert errors == []


@pytest.mark.parametrize("full", [False, True])
def test_an_issue_of_a_rule_that_is_off_can_be_reopened_until_the_next_run(
    workspace: Workspace, missing: int, full: bool
) -> None:
    """The data show it to no rule that is on, so an incremental run clears it as a full one does."""
    resolve_issues(workspace, [missing], "TIMING")
    change_rule_settings(workspace, RuleSettings(enabled=frozenset({"AMOUNT_MISMATCH"})))
    run(workspace)
    reopen_issues(workspace, [missing])
    assert state(workspace) == ("open", True)
    run(workspace, full=full)
    assert state(workspace) == ("cleared", True)
