"""Every change that people make to issues, with its history and its audit row.

An issue changes only if it is still as the person saw it: each write names the row version it expects,
and is refused, naming who changed the issue and when, if that has moved on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, and_, delete, insert, literal, select, update

from ..domain.clock import local_minute, now
from ..domain.errors import KnownError
from ..domain.issues import UNDER_WORK
from . import audit
from .schema import LARGEST_ID, PlainText, dirty, issue_comments, issues

_WORKED_ON = ("status", "assigned_to", "reason", "comment")
"""The columns that people's actions change, and undo puts back."""
_BATCH = 500


@dataclass(frozen=True)
class IssueState:
    """What of an issue an action decides by."""

    issue_id: int
    status: str
    changed_by: str
    changed_at: str
    values: Mapping[str, str | None]


@dataclass(frozen=True)
class Entry:
    """A line for an issue's history: its kind and text."""

    kind: str
    text: str


def lock_issues(
    connection: Connection, ids: Sequence[int], versions: Mapping[int, int] | None = None
) -> list[IssueState]:
    """The issues as they are now, locked until the transaction ends, in the order of `ids`.

    `versions` are the row versions the person saw. Raises KnownError for an id that there is not, and for
    an issue that somebody changed in between.
    """
    found: dict[int, IssueState] = {}
    # Everybody locks in the same order, so that nobody waits in a circle.
    wanted = sorted(issue_id for issue_id in set(ids) if 0 < issue_id <= LARGEST_ID)
    for start in range(0, len(wanted), _BATCH):
        query = select(issues).where(issues.c.id.in_(wanted[start : start + _BATCH]))
        query = query.order_by(issues.c.id).with_for_update()
        for row in connection.execute(query).mappings():
            expected = (versions or {}).get(row["id"], row["row_version"])
            if row["row_version"] != expected:
                told = _changed(row["id"], row["changed_by"], row["changed_at"])
                raise KnownError(f"{told}; look at it again before you go on.")
            values = {name: row[name] for name in _WORKED_ON}
            found[row["id"]] = IssueState(
                row["id"],
                row["status"],
                row["changed_by"],
                row["changed_at"],
                values,
            )
    missing = [issue_id for issue_id in ids if issue_id not in found]
    if missing:
        raise KnownError(f"There is no issue {missing[0]}; look at the list of issues for the right number.")
    return [found[issue_id] for issue_id in dict.fromkeys(ids)]


def _changed(issue_id: int, who: str, at: str) -> str:
    """Who was faster, and when: in the local time of whoever reads the sentence."""
    return f"Issue {issue_id} was changed by {who} at {local_minute(at)}"


def change_issues(
    connection: Connection,
    who: str,
    operation: str,
    states: Sequence[IssueState],
    values: Mapping[str, str | None],
    entry: Entry,
) -> int:
    """Gives the locked issues these values, with a line of history and one audit row; returns its id."""
    at = now()
    for start in range(0, len(states), _BATCH):
        part = [state.issue_id for state in states[start : start + _BATCH]]
        connection.execute(
            update(issues)
            .where(issues.c.id.in_(part))
            .values(changed_by=who, changed_at=at, row_version=issues.c.row_version + 1, **values)
        )
    _mark_where_gone(connection, states)
    write_history(connection, who, at, _ids(states), entry)
    changes = [
        audit.Change(
            issues.name,
            str(state.issue_id),
            {name: state.values[name] for name in values},
            dict(values),
        )
        for state in states
    ]
    details = {"issues": len(states), "text": entry.text}
    return audit.append(connection, who, operation, _subject(states), details, changes)


def add_comments(connection: Connection, who: str, states: Sequence[IssueState], text: str) -> int:
    """Adds a comment to the locked issues, with one audit row; returns its id."""
    first = _last_comment(connection)
    write_history(connection, who, now(), _ids(states), Entry("comment", text))
    added = connection.execute(
        select(issue_comments.c.id, issue_comments.c.issue_id)
        .where(issue_comments.c.id > first, issue_comments.c.who == who, issue_comments.c.kind == "comment")
        .order_by(issue_comments.c.id)
    )
    # On a server the same person may be commenting on other issues, which are not locked, at the same time.
    commented = {state.issue_id for state in states}
    changes = [
        audit.Change(issue_comments.name, str(row.id), None, {"issue_id": row.issue_id, "text": text})
        for row in added
        if row.issue_id in commented
    ]
    return audit.append(connection, who, "comment", _subject(states), {"issues": len(states)}, changes)


def put_back(connection: Connection, who: str, changes: Sequence[audit.Change]) -> list[audit.Change]:
    """Gives each issue the values it had; refused if it is not as this person's operation left it.

    The row version does not decide, because undoing a later step counts it on.
    """
    states = lock_issues(connection, [int(change.key) for change in changes])
    at = now()
    undone = []
    for change, state in zip(changes, states, strict=True):
        before, after = dict(change.before or {}), dict(change.after or {})
        is_as_left = all(state.values[name] == value for name, value in after.items())
        if not is_as_left or state.changed_by != who:
            told = _changed(state.issue_id, state.changed_by, state.changed_at)
            raise KnownError(f"{told}, so this can no longer be undone.")
        connection.execute(
            update(issues)
            .where(issues.c.id == state.issue_id)
            .values(changed_by=who, changed_at=at, row_version=issues.c.row_version + 1, **before)
        )
        undone.append(audit.Change(change.table, change.key, after, before))
    _mark_where_gone(connection, states)
    write_history(connection, who, at, _ids(states), Entry("undone", ""))
    return undone


def _mark_where_gone(connection: Connection, states: Sequence[IssueState]) -> None:
    """Lets the next run look at issues that people work on although the data no longer show them."""
    for start in range(0, len(states), _BATCH):
        part = [state.issue_id for state in states[start : start + _BATCH]]
        gone = select(literal("key", PlainText), issues.c.issue_key).where(
            issues.c.id.in_(part),
            issues.c.gone,
            issues.c.status.in_([status.value for status in UNDER_WORK]),
        )
        connection.execute(insert(dirty).from_select(["kind", "trade_id"], gone))


def undo_comment(connection: Connection, who: str, change: audit.Change) -> audit.Change:
    """Takes an added comment away, or writes one that was taken away again."""
    if change.after is None:
        assert change.before is not None
        values = {**change.before, "kind": "comment", "at": now(), "who": who}
        key = connection.execute(insert(issue_comments).values(values)).inserted_primary_key
        assert key is not None
        return audit.Change(change.table, str(key[0]), None, change.before)
    # SQLite gives the number of a comment that was taken away to the next one: it has to be the same comment.
    same = [issue_comments.c[name] == value for name, value in change.after.items()]
    added = and_(issue_comments.c.id == int(change.key), issue_comments.c.kind == "comment", *same)
    if not connection.execute(delete(issue_comments).where(added)).rowcount:
        raise KnownError("The comment is no longer there, so it cannot be undone.")
    return audit.Change(change.table, change.key, change.after, None)


def write_history(connection: Connection, who: str, at: str, ids: Sequence[int], entry: Entry) -> None:
    """Adds a line to the history of each of these issues."""
    rows: list[dict[str, Any]] = [
        {"issue_id": issue_id, "kind": entry.kind, "at": at, "who": who, "text": entry.text, "run_id": None}
        for issue_id in ids
    ]
    if rows:
        connection.execute(insert(issue_comments), rows)


def _ids(states: Sequence[IssueState]) -> list[int]:
    return [state.issue_id for state in states]


def _last_comment(connection: Connection) -> int:
    newest = select(issue_comments.c.id).order_by(issue_comments.c.id.desc()).limit(1)
    return connection.execute(newest).scalar() or 0


def _subject(states: Sequence[IssueState]) -> str:
    ids = [str(state.issue_id) for state in states[:5]]
    more = f" and {len(states) - 5:,} more" if len(states) > 5 else ""
    return f"issue {', '.join(ids)}{more}"
