"""Linking ledger entries to trades by hand, with the history of the issues concerned and the audit row.

A linked entry stands under the linked trade's id for every query; `booked_trade_id` keeps its file's. The
caller holds the lock that imports and runs share, so that no entry changes under its hands.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from ..domain.clock import local_minute, now
from ..domain.errors import KnownError
from ..domain.issues import IssueType
from ..domain.links import Link
from ..domain.text import visible
from . import audit
from .issue_writes import Entry, write_history
from .schema import LARGEST_ID, dirty, entry_links, issues, ledger_entries, trades

_BATCH = 500
_NAMED = 5
"""So many entries are named one by one; more are counted."""


@dataclass(frozen=True)
class EntryState:
    """What of an entry linking it decides by; `who` and `at` tell of its last link or unlink, "" without."""

    row_id: int
    entry_id: str | None
    trade_id: str
    booked_trade_id: str | None
    who: str
    at: str
    reason: str
    comment: str

    @property
    def linked_to(self) -> str | None:
        """The trade it is linked to by hand."""
        return None if self.booked_trade_id is None else self.trade_id

    @property
    def file_id(self) -> str:
        """The trade id of its file."""
        return self.trade_id if self.booked_trade_id is None else self.booked_trade_id

    @property
    def name(self) -> str:
        """What a sentence calls it."""
        return f"entry {self.entry_id}" if self.entry_id else f"the entry in row {self.row_id}"


@dataclass(frozen=True)
class Target:
    """Where entries are to stand: under this trade, or (None) as their file says; and why."""

    trade_id: str | None
    reason: str
    comment: str


def lock_entries(
    connection: Connection, row_ids: Sequence[int], seen: Mapping[int, str] | None = None
) -> list[EntryState]:
    """The entries as they are now, in the order of `row_ids`.

    `seen` are the trade ids under which the person saw them. Raises KnownError for a row that there is not,
    and for an entry that stands under another trade id by now.
    """
    found: dict[int, EntryState] = {}
    wanted = sorted(row_id for row_id in set(row_ids) if 0 < row_id <= LARGEST_ID)
    for start in range(0, len(wanted), _BATCH):
        for state in _read(connection, wanted[start : start + _BATCH]):
            expected = (seen or {}).get(state.row_id, state.trade_id)
            if state.trade_id != expected:
                raise KnownError(f"{_changed(state)}; look at it again before you go on.")
            found[state.row_id] = state
    missing = [row_id for row_id in row_ids if row_id not in found]
    if missing:
        raise KnownError(
            f"There is no ledger entry in row {missing[0]} (any more); look for it in the ledger again."
        )
    return [found[row_id] for row_id in dict.fromkeys(row_ids)]


def _read(connection: Connection, row_ids: Sequence[int]) -> Iterable[EntryState]:
    entry, link = ledger_entries.c, entry_links.c
    query = (
        select(
            entry.id,
            entry.entry_id,
            entry.trade_id,
            entry.booked_trade_id,
            *[func.coalesce(column, "") for column in (link.who, link.at, link.reason, link.comment)],
        )
        .select_from(ledger_entries.outerjoin(entry_links, link.entry_row == entry.id))
        .where(entry.id.in_(row_ids))
    )
    return [EntryState(*row) for row in connection.execute(query)]


def _changed(state: EntryState) -> str:
    """How an entry stands now, and who changed it, where that was a person."""
    by = f", changed by {state.who} at {local_minute(state.at)}" if state.who else ""
    return f"{_capital(state.name)} stands under trade id {state.trade_id} now{by}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def has_trade(connection: Connection, trade_id: str) -> bool:
    """Whether there is a trade of that id."""
    return connection.execute(select(trades.c.id).where(trades.c.trade_id == trade_id)).first() is not None


def change_links(
    connection: Connection, who: str, operation: str, states: Sequence[EntryState], target: Target, said: str
) -> int:
    """Links the entries to a trade, or unlinks them, with one audit row; returns its id.

    `said` is why, as people read it in the history of the issues.
    """
    at = now()
    _store(connection, who, at, states, target)
    changes = [_change(state, _after(state, target)) for state in states]
    subject = _subject(states, target.trade_id)
    kind = "linked" if target.trade_id is not None else "unlinked"
    text = f"{visible(subject)}: {said}"
    write_history(connection, who, at, _issues_of(connection, changes), Entry(kind, text))
    details = {"entries": len(states), "trade": target.trade_id, "text": said}
    return audit.append(connection, who, operation, subject, details, changes)


def put_back(connection: Connection, who: str, changes: Sequence[audit.Change]) -> list[audit.Change]:
    """Links each entry as it was linked before; refused if it is not as this person's operation left it.

    What is put back is the link. The trade id of the file stays: an import may have amended it meanwhile.
    """
    states = lock_entries(connection, [int(change.key) for change in changes])
    at = now()
    undone = []
    for change, state in zip(changes, states, strict=True):
        before, after = dict(change.before or {}), dict(change.after or {})
        if not _is_as_left(state, after) or state.who != who:
            raise KnownError(f"{_changed(state)}, so this can no longer be undone.")
        target = Target(before["linked_to"], before["reason"], before["comment"])
        if target.trade_id is not None and not has_trade(connection, target.trade_id):
            raise KnownError(
                f"There is no trade {target.trade_id} any more, so this can no longer be undone."
            )
        _store(connection, who, at, [state], target)
        undone.append(_change(state, _after(state, target)))
    text = f"The link of {visible(_named(states))}"
    write_history(connection, who, at, _issues_of(connection, undone), Entry("undone", text))
    return undone


def _is_as_left(state: EntryState, after: Mapping[str, Any]) -> bool:
    now_ = {"linked_to": state.linked_to, "reason": state.reason, "comment": state.comment}
    return all(after[name] == value for name, value in now_.items())


def _store(connection: Connection, who: str, at: str, states: Sequence[EntryState], target: Target) -> None:
    """Changes the entries, and marks every trade id that they leave or come to."""
    entry = ledger_entries.c
    of_file = func.coalesce(entry.booked_trade_id, entry.trade_id)
    if target.trade_id is None:
        values: dict[str, Any] = {"trade_id": of_file, "booked_trade_id": None}
    else:
        values = {"trade_id": target.trade_id, "booked_trade_id": of_file}
    kept = {"at": at, "who": who, "reason": target.reason, "comment": target.comment}
    for start in range(0, len(states), _BATCH):
        part = [state.row_id for state in states[start : start + _BATCH]]
        connection.execute(update(ledger_entries).values(values).where(entry.id.in_(part)))
        connection.execute(delete(entry_links).where(entry_links.c.entry_row.in_(part)))
        connection.execute(insert(entry_links), [{"entry_row": row_id, **kept} for row_id in part])
    touched = {state.trade_id for state in states} | {_after(state, target)["trade_id"] for state in states}
    marks = [{"kind": "key", "trade_id": trade_id} for trade_id in sorted(touched)]
    connection.execute(insert(dirty), marks)


def _after(state: EntryState, target: Target) -> dict[str, Any]:
    return {
        "trade_id": state.file_id if target.trade_id is None else target.trade_id,
        "linked_to": target.trade_id,
        "reason": target.reason,
        "comment": target.comment,
    }


def _change(state: EntryState, after: Mapping[str, Any]) -> audit.Change:
    before = {
        "trade_id": state.trade_id,
        "linked_to": state.linked_to,
        "reason": state.reason,
        "comment": state.comment,
    }
    return audit.Change(entry_links.name, str(state.row_id), before, after)


def _issues_of(connection: Connection, changes: Sequence[audit.Change]) -> list[int]:
    """The issues about how these trade ids match, whose history tells of the link."""
    touched = {str((side or {})["trade_id"]) for change in changes for side in (change.before, change.after)}
    others = [kind.value for kind in IssueType if not kind.is_matching]
    ordered = sorted(touched)
    found: list[int] = []
    for start in range(0, len(ordered), _BATCH):
        query = select(issues.c.id).where(
            issues.c.trade_id.in_(ordered[start : start + _BATCH]), issues.c.issue_type.not_in(others)
        )
        found += connection.execute(query).scalars()
    return sorted(found)  # everybody locks in the same order, so that nobody waits in a circle


def _subject(states: Sequence[EntryState], trade_id: str | None) -> str:
    if trade_id is None:
        back = {state.file_id for state in states}
        return f"{_named(states)}{f' back to {back.pop()}' if len(back) == 1 else ''}"
    left = {state.trade_id for state in states}
    return f"{_named(states)}{f' from {left.pop()}' if len(left) == 1 else ''} to {trade_id}"


def _named(states: Sequence[EntryState]) -> str:
    names = ", ".join(state.name for state in states[:_NAMED])
    more = len(states) - _NAMED
    return f"{names} and {more:,} more" if more > 0 else names


def links_of(connection: Connection, row_ids: Sequence[int]) -> dict[int, Link]:
    """How those of the entries that are linked by hand came to be so, by row id."""
    found: dict[int, Link] = {}
    for start in range(0, len(row_ids), _BATCH):
        for state in _read(connection, list(row_ids[start : start + _BATCH])):
            if state.booked_trade_id is not None:
                found[state.row_id] = Link(
                    state.booked_trade_id, state.who, state.at, state.reason, state.comment
                )
    return found


def rows_named(connection: Connection, name: str) -> list[int]:
    """The rows of the entries with that entry id, one for each source that has it."""
    query = select(ledger_entries.c.id).where(ledger_entries.c.entry_id == name).order_by(ledger_entries.c.id)
    return list(connection.execute(query).scalars())
