"""People's actions on issues: all or none, refused when somebody was faster, audited, undone and redone."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select, update

from opspilot_desktop.domain.errors import KnownError
from opspilot_desktop.domain.fields import Kind
from opspilot_desktop.domain.jobs import Handle
from opspilot_desktop.operations.issue_work import (
    Step,
    assign_issues,
    comment_issues,
    ignore_issues,
    investigate_issues,
    reopen_issues,
    resolve_issues,
    undo,
)
from opspilot_desktop.operations.reading import issue_query, list_issues, read_issue, trade_ids_of, verify
from opspilot_desktop.operations.reconciling import reconcile
from opspilot_desktop.operations.workspace import Workspace
from opspilot_desktop.store.schema import audit_log, issues
from tests.helpers.books import add_entries, add_trades, entry, trade
from tests.helpers.time_zones import time_zone

FIELDS = ("status", "assigned_to", "reason", "comment")


@pytest.fixture
def ids(workspace: Workspace) -> list[int]:
    """The numbers of three open issues."""
    add_trades(workspace, trade("A"), trade("B"), trade("C"))
    reconcile(Handle(), workspace)
    return [issue["id"] for issue in everything(workspace)]


def everything(workspace: Workspace) -> list[dict[str, Any]]:
    return list_issues(Handle(), workspace, issue_query("all", None))


def worked(workspace: Workspace) -> list[tuple[Any, ...]]:
    return [tuple(issue[name] for name in FIELDS) for issue in everything(workspace)]


def kinds(workspace: Workspace, number: int) -> list[str]:
    return [event.kind for event in read_issue(Handle(), workspace, number).events]


ACTIONS: dict[str, Callable[[Workspace, list[int]], Step]] = {
    "resolve": lambda workspace, ids: resolve_issues(workspace, ids, "FEES", " known "),
    "ignore": lambda workspace, ids: ignore_issues(workspace, ids, "ACCEPTED"),
    "investigate": investigate_issues,
    "assign": lambda workspace, ids: assign_issues(workspace, ids, "alice"),
    "assign to me": assign_issues,
}
DONE: dict[str, tuple[Any, ...]] = {
    "resolve": ("resolved", None, "FEES", "known"),
    "ignore": ("ignored", None, "ACCEPTED", None),
    "investigate": ("investigating", None, None, None),
    "assign": ("open", "alice", None, None),
}


@pytest.mark.parametrize("name", ACTIONS)
def test_done_undone_and_done_again(workspace: Workspace, ids: list[int], name: str) -> None:
    before = worked(workspace)
    step = ACTIONS[name](workspace, ids)
    after = worked(workspace)
    assert after == [DONE.get(name, ("open", workspace.user, None, None))] * 3
    step = undo(workspace, step)
    assert worked(workspace) == before
    step = undo(workspace, step)
    assert worked(workspace) == after
    undo(workspace, step)
    assert worked(workspace) == before
    assert kinds(workspace, ids[0])[:3] == ["undone"] * 3
    assert verify(Handle(), workspace).ok


def test_reopening_undone_and_done_again(workspace: Workspace, ids: list[int]) -> None:
    resolve_issues(workspace, ids[:1], "FEES", "known")
    ignore_issues(workspace, ids[1:], "OTHER")
    before = worked(workspace)
    step = reopen_issues(workspace, ids)
    assert worked(workspace) == [("open", None, None, None)] * 3
    step = undo(workspace, step)
    assert worked(workspace) == before
    undo(workspace, step)
    assert worked(workspace) == [("open", None, None, None)] * 3


def test_a_comment_undone_and_done_again(workspace: Workspace, ids: list[int]) -> None:
    def comments() -> list[list[str]]:
        found = [read_issue(Handle(), workspace, number).events for number in ids]
        return [[event.text for event in events if event.kind == "comment"] for events in found]

    step = comment_issues(workspace, ids[:2], " looking ")
    assert comments() == [["looking"], ["looking"], []]
    again = undo(workspace, step)
    assert comments() == [[], [], []]
    comment_issues(workspace, ids[2:], "somebody else's")
    with pytest.raises(KnownError, match="no longer there"):
        undo(workspace, step)
    assert comments() == [[], [], ["somebody else's"]]
    last = undo(workspace, again)
    assert comments() == [["looking"], ["looking"], ["somebody else's"]]
    undo(workspace, last)
    assert comments() == [[], [], ["somebody else's"]]


def test_undo_is_refused_after_somebody_else(workspace: Workspace, ids: list[int]) -> None:
    step = resolve_issues(workspace, ids, "FEES")
    reopen_issues(workspace, ids[1:2])
    before = worked(workspace)
    with pytest.raises(KnownError, match=f"Issue {ids[1]} was changed by {workspace.user} at 20"):
        undo(workspace, step)
    assert worked(workspace) == before


def test_undo_is_refused_after_a_run_changed_the_same(workspace: Workspace, ids: list[int]) -> None:
    assigned, begun = assign_issues(workspace, ids, "alice"), investigate_issues(workspace, ids)
    add_entries(workspace, entry("B", "25"))
    reconcile(Handle(), workspace)
    before = worked(workspace)
    with pytest.raises(KnownError, match=f"Issue {ids[1]} was changed by"):
        undo(workspace, begun)
    assert worked(workspace) == before
    undo(workspace, assigned)
    assert [row[:2] for row in worked(workspace)] == [(row[0], None) for row in before]


@pytest.mark.parametrize("extra", [10**6, 0, -1, 2**63 - 1, 2**63, 10**30])
def test_all_or_none(workspace: Workspace, ids: list[int], extra: int) -> None:
    before = worked(workspace)
    for action in ACTIONS.values():
        with pytest.raises(KnownError, match=f"There is no issue {extra}"):
            action(workspace, [*ids, extra])
    with pytest.raises(KnownError, match="There is no issue"):
        comment_issues(workspace, [extra], "text")
    with pytest.raises(KnownError, match="There is no issue"):
        read_issue(Handle(), workspace, extra)
    assert worked(workspace) == before


def test_one_issue_in_another_status_refuses_all(workspace: Workspace, ids: list[int]) -> None:
    resolve_issues(workspace, ids[1:2], "FEES")
    before = worked(workspace)
    for action in (
        lambda: resolve_issues(workspace, ids, "FEES"),
        lambda: ignore_issues(workspace, ids, "FEES"),
        lambda: investigate_issues(workspace, ids),
        lambda: reopen_issues(workspace, ids),
    ):
        with pytest.raises(KnownError, match="leave it out"):
            action()
    assert worked(workspace) == before


def test_a_version_that_has_moved_on_is_refused(workspace: Workspace, ids: list[int]) -> None:
    versions = {issue["id"]: issue["row_version"] for issue in everything(workspace)}
    assign_issues(workspace, ids[2:], "bob", versions)
    with pytest.raises(
        KnownError, match=f"Issue {ids[2]} was changed by {workspace.user} at 20.*look at it again"
    ):
        resolve_issues(workspace, ids, "FEES", versions=versions)
    assert [row[0] for row in worked(workspace)] == ["open"] * 3
    resolve_issues(workspace, ids[:2], "FEES", versions=versions)


def test_who_was_faster_is_told_in_local_time(workspace: Workspace, ids: list[int]) -> None:
    step = assign_issues(workspace, ids[:1], "alice")
    versions = {issue["id"]: issue["row_version"] for issue in everything(workspace)}
    investigate_issues(workspace, ids[:1])
    with workspace.database.write() as connection:
        connection.execute(update(issues).values(changed_at="2026-11-20T20:15:30.123Z", changed_by="bob"))
    told = f"Issue {ids[0]} was changed by bob at 2026-11-21 01:45"
    with time_zone("Asia/Kolkata"):
        with pytest.raises(KnownError, match=f"{told}; look at it again"):
            resolve_issues(workspace, ids, "FEES", versions=versions)
        with pytest.raises(KnownError, match=f"{told}, so this can no longer be undone"):
            undo(workspace, step)


def test_what_cannot_be_asked_for(workspace: Workspace, ids: list[int]) -> None:
    for action in (
        lambda: resolve_issues(workspace, [], "FEES"),
        lambda: comment_issues(workspace, [], "text"),
        lambda: comment_issues(workspace, ids, " \n "),
        lambda: resolve_issues(workspace, ids, "fees"),
        lambda: ignore_issues(workspace, ids, ""),
        lambda: undo(workspace, Step("nothing", 10**6)),
    ):
        with pytest.raises(KnownError):
            action()


def test_an_id_named_twice_is_changed_once(workspace: Workspace, ids: list[int]) -> None:
    resolve_issues(workspace, [ids[0], ids[0]], "FEES")
    assert kinds(workspace, ids[0]) == ["resolved", "opened"]


def test_the_audit_row_has_before_and_after(workspace: Workspace, ids: list[int]) -> None:
    step = resolve_issues(workspace, ids[:1], "FEES", "known")
    with workspace.database.read() as connection:
        row = connection.execute(select(audit_log).where(audit_log.c.id == step.audit_id)).mappings().one()
    assert (row["who"], row["operation"]) == (workspace.user, "resolve")
    (change,) = json.loads(row["changes"])
    assert change["before"] == {"status": "open", "reason": None, "comment": None}
    assert change["after"] == {"status": "resolved", "reason": "FEES", "comment": "known"}


def test_a_large_selection(workspace: Workspace) -> None:
    count = 1_200  # more than a batch, and more than an audit row holds
    add_trades(workspace, *[trade(f"T{n}") for n in range(count)])
    reconcile(Handle(), workspace)
    ids = [issue["id"] for issue in everything(workspace)]
    step = resolve_issues(workspace, ids, "FEES")
    assert {row[0] for row in worked(workspace)} == {"resolved"}
    undo(workspace, step)
    assert {row[0] for row in worked(workspace)} == {"open"}
    undo(workspace, comment_issues(workspace, ids, "all of them"))
    assert len(trade_ids_of(Handle(), workspace, Kind.ISSUES, ids * 60)) == count
    assert verify(Handle(), workspace).ok
