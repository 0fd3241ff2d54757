"""What people do with issues: take, comment, resolve, ignore, reopen.

Each waits for other writers, and a `handle` lets a person cancel that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..domain.errors import KnownError
from ..domain.issues import IssueAction, IssueStatus, ReasonCode, refuse_unless_allowed
from ..domain.jobs import Handle
from ..store import issue_writes
from .steps import Step, kept_text, undo
from .workspace import Workspace

__all__ = [
    "Step",
    "assign_issues",
    "comment_issues",
    "ignore_issues",
    "investigate_issues",
    "reopen_issues",
    "resolve_issues",
    "undo",
]

Versions = Mapping[int, int] | None
"""The row version of each issue as the person saw it; None where nobody looked first."""


def _count(ids: Sequence[int]) -> str:
    """The issues as a verb names them."""
    return f"issue {ids[0]}" if len(ids) == 1 else f"{len(ids):,} issues"


def _selected(ids: Sequence[int]) -> list[int]:
    """The ids, each once. Raises KnownError when there are none."""
    if not ids:
        raise KnownError("No issue is selected; select one first.")
    return list(dict.fromkeys(ids))


def _change_status(
    workspace: Workspace,
    ids: Sequence[int],
    action: IssueAction,
    verb: str,
    reason: str | None,
    comment: str,
    versions: Versions,
    handle: Handle | None,
) -> Step:
    ids = _selected(ids)
    code = _reason(reason) if action.needs_reason else None
    text = kept_text(comment)
    with workspace.database.write(handle, exclusive=False) as connection:
        states = issue_writes.lock_issues(connection, ids, versions)
        for state in states:
            refuse_unless_allowed(action, state.issue_id, IssueStatus(state.status))
        values: dict[str, str | None] = {"status": action.target.value}
        if action is not IssueAction.INVESTIGATE:
            values |= {"reason": code.value if code else None, "comment": (text or None) if code else None}
        kind = action.target.value if action is not IssueAction.REOPEN else "reopened"
        said = ": ".join(part for part in (code.label if code else "", text) if part)
        entry = issue_writes.Entry(kind, said)
        audit_id = issue_writes.change_issues(connection, workspace.user, action.value, states, values, entry)
    return Step(f"{verb} {_count(ids)}", audit_id)


def _reason(code: str | None) -> ReasonCode:
    try:
        return ReasonCode(code or "")
    except ValueError:
        codes = ", ".join(reason.value for reason in ReasonCode)
        raise KnownError(f"“{code or ''}” is no reason code; use one of {codes}.") from None


def resolve_issues(
    workspace: Workspace,
    ids: Sequence[int],
    reason: str,
    comment: str = "",
    versions: Versions = None,
    *,
    handle: Handle | None = None,
) -> Step:
    """Resolves all the issues or none, with a reason code and perhaps a comment.

    Raises KnownError for an unknown id or reason code, an issue that is not open or investigating, or one
    that somebody changed since `versions`.
    """
    return _change_status(workspace, ids, IssueAction.RESOLVE, "Resolve", reason, comment, versions, handle)


def ignore_issues(
    workspace: Workspace,
    ids: Sequence[int],
    reason: str,
    comment: str = "",
    versions: Versions = None,
    *,
    handle: Handle | None = None,
) -> Step:
    """Ignores all the issues or none; raises as `resolve_issues`."""
    return _change_status(workspace, ids, IssueAction.IGNORE, "Ignore", reason, comment, versions, handle)


def reopen_issues(
    workspace: Workspace, ids: Sequence[int], versions: Versions = None, *, handle: Handle | None = None
) -> Step:
    """Opens resolved and ignored issues again, all or none; raises as `resolve_issues`."""
    return _change_status(workspace, ids, IssueAction.REOPEN, "Reopen", None, "", versions, handle)


def investigate_issues(
    workspace: Workspace, ids: Sequence[int], versions: Versions = None, *, handle: Handle | None = None
) -> Step:
    """Marks open issues as being investigated, all or none; raises as `resolve_issues`."""
    return _change_status(workspace, ids, IssueAction.INVESTIGATE, "Investigate", None, "", versions, handle)


def assign_issues(
    workspace: Workspace,
    ids: Sequence[int],
    assignee: str | None = None,
    versions: Versions = None,
    *,
    handle: Handle | None = None,
) -> Step:
    """Assigns the issues to somebody (without a name, to the person at work); raises as `resolve_issues`."""
    ids = _selected(ids)
    person = assignee or workspace.user
    with workspace.database.write(handle, exclusive=False) as connection:
        states = issue_writes.lock_issues(connection, ids, versions)
        entry = issue_writes.Entry("assigned", person)
        values: dict[str, str | None] = {"assigned_to": person}
        audit_id = issue_writes.change_issues(connection, workspace.user, "assign", states, values, entry)
    return Step(f"Assign {_count(ids)}", audit_id)


def comment_issues(
    workspace: Workspace, ids: Sequence[int], text: str, *, handle: Handle | None = None
) -> Step:
    """Adds a comment to the issues. Raises KnownError for an empty comment or an unknown id."""
    ids = _selected(ids)
    said = kept_text(text)
    if not said:
        raise KnownError("The comment is empty; write something first.")
    with workspace.database.write(handle, exclusive=False) as connection:
        states = issue_writes.lock_issues(connection, ids)
        audit_id = issue_writes.add_comments(connection, workspace.user, states, said)
    return Step(f"Comment on {_count(ids)}", audit_id)
