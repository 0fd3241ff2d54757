"""Reading how a workspace and one of its issues stand (see domain.situation)."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select

from ..domain.decimals import display
from ..domain.errors import KnownError
from ..domain.fields import Kind
from ..domain.issues import UNDER_WORK
from ..domain.links import Link
from ..domain.situation import Event, IssueDetail, LastImport, LastRun, Overview, Row
from ..domain.text import visible
from .links import links_of
from .match_status import is_marked, shows_a_break
from .queries import TableReader
from .schema import LARGEST_ID, dirty, imports, issue_comments, issues, ledger_entries, runs, trades

Describe = Callable[[str, Mapping[str, Any]], str]
"""Says an issue in one sentence, from its type and evidence."""

_BATCH = 500
_NAMED = 5
DETAIL_ENTRIES = 50
"""How many ledger entries an issue's detail holds; the count says how many there are."""


def overview(connection: Connection, checked_statuses: Sequence[str]) -> Overview:
    """The workspace's counts."""
    by_status: dict[str, int] = dict(
        connection.execute(
            select(trades.c.status, func.count()).group_by(trades.c.status).order_by(trades.c.status)
        ).all()
    )
    total = sum(by_status.values())
    of_checked_status = sum(count for status, count in by_status.items() if status in checked_statuses)
    last_run = _last_run(connection)
    checked = broken = 0
    if last_run is not None:
        waiting = _count_waiting(connection, checked_statuses)
        broken = _count_broken(connection, checked_statuses, waiting=waiting)
        checked = of_checked_status - waiting
    return Overview(
        trades=total,
        ledger_entries=_count(connection, ledger_entries.c.id),
        trades_by_status=by_status,
        checked_statuses=tuple(checked_statuses),
        checked=checked,
        matched=checked - broken,
        not_checked=total - checked,
        open_by_severity=_issues_by(connection, issues.c.severity),
        open_by_type=_issues_by(connection, issues.c.issue_type),
        issues_by_status=dict(
            connection.execute(select(issues.c.status, func.count()).group_by(issues.c.status)).all()
        ),
        last_import=_last_import(connection),
        last_run=last_run,
    )


def _count(connection: Connection, column: ColumnElement[Any]) -> int:
    return int(connection.execute(select(func.count(column))).scalar_one())


def _issues_by(connection: Connection, column: ColumnElement[Any]) -> dict[str, int]:
    """Issues that still ask for work, counted by the column."""
    under_work = issues.c.status.in_([status.value for status in UNDER_WORK])
    rows = connection.execute(select(column, func.count()).where(under_work).group_by(column))
    return dict(rows.all())


def _count_waiting(connection: Connection, checked_statuses: Sequence[str]) -> int:
    """How many trades of a checked status have changed, or had an entry changed, since the last run."""
    if connection.execute(select(dirty.c.id).limit(1)).first() is None:
        return 0
    waiting = select(func.count()).select_from(trades).where(trades.c.status.in_(checked_statuses))
    return int(connection.execute(waiting.where(is_marked())).scalar_one())


def _count_broken(connection: Connection, checked_statuses: Sequence[str], *, waiting: int) -> int:
    """How many trades of a checked status have a break, without those that wait for the next run."""
    broken = select(issues.c.trade_id).where(shows_a_break()).distinct().subquery()
    # Not a join: that would be begun from a million trades instead of from the breaks.
    trade = select(trades.c.id).where(
        trades.c.trade_id == broken.c.trade_id, trades.c.status.in_(checked_statuses)
    )
    if waiting:
        trade = trade.where(~is_marked())
    counted = select(func.count()).select_from(broken).where(trade.correlate(broken).exists())
    return int(connection.execute(counted).scalar_one())


def _last_import(connection: Connection) -> LastImport | None:
    standing = select(imports).where(imports.c.undone_at.is_(None)).order_by(imports.c.id.desc()).limit(1)
    row = connection.execute(standing).mappings().first()
    if row is None:
        return None
    return LastImport(row["at"], row["kind"], row["file"], row["imported"], row["updated"], row["rejected"])


def _last_run(connection: Connection) -> LastRun | None:
    row = connection.execute(select(runs).order_by(runs.c.id.desc()).limit(1)).mappings().first()
    if row is None:
        return None
    names = ("scope", "checked", "matched", "opened", "cleared", "reopened")
    return LastRun(row["id"], row["at"], **{name: row[name] for name in names})


def issue_detail(
    connection: Connection, issue_id: int, checked_statuses: Sequence[str], describe: Describe
) -> IssueDetail:
    """An issue with its trade, its entries, its history. Raises KnownError when there is no such issue."""
    found = issue_rows(connection, [issue_id], describe)
    if not found:
        raise KnownError(f"There is no issue {issue_id}; look at the list of issues for the right number.")
    issue = found[0]
    trade_id = issue["trade_id"]
    trade = connection.execute(select(trades.c.id).where(trades.c.trade_id == trade_id)).scalar()
    of_trade = ledger_entries.c.trade_id == trade_id
    entries = (
        connection.execute(
            select(ledger_entries.c.id).where(of_trade).order_by(ledger_entries.c.id).limit(DETAIL_ENTRIES)
        )
        .scalars()
        .all()
    )
    links = links_of(connection, entries)
    by_hand = tuple(links.get(row) for row in entries)
    entry_rows = tuple(_records(connection, Kind.LEDGER, entries, checked_statuses))
    trade_rows = _records(connection, Kind.TRADES, [trade] if trade else [], checked_statuses)
    return IssueDetail(
        issue=issue,
        evidence=issue["evidence"],
        trade=trade_rows[0] if trade_rows else None,
        entries=entry_rows,
        entry_count=int(
            connection.execute(select(func.count()).select_from(ledger_entries).where(of_trade)).scalar_one()
        ),
        events=tuple(_with_links(_events(connection, issue), entry_rows, by_hand)),
        links=by_hand,
    )


def issue_rows(connection: Connection, ids: Sequence[int], describe: Describe) -> list[dict[str, Any]]:
    """Issues as `issues --format json` gives them, in the order of `ids`."""
    found = {}
    possible = [issue_id for issue_id in ids if 0 < issue_id <= LARGEST_ID]
    for start in range(0, len(possible), _BATCH):
        statement = select(issues).where(issues.c.id.in_(possible[start : start + _BATCH]))
        for row in connection.execute(statement).mappings():
            found[row["id"]] = _as_issue(dict(row), describe)
    return [found[issue_id] for issue_id in ids if issue_id in found]


def _as_issue(row: Mapping[str, Any], describe: Describe) -> dict[str, Any]:
    evidence = json.loads(row["evidence"])
    names = ("id", "issue_type", "severity", "status", "trade_id", "entry_id")
    return {
        **{name: row[name] for name in names},
        "description": describe(row["issue_type"], evidence),
        "evidence": evidence,
        **{name: row[name] for name in ("detected_at", "assigned_to", "reason", "comment")},
        "currency": row["currency"],
        "gone": bool(row["gone"]),
        "row_version": row["row_version"],
        "opened_run": row["opened_run"],
    }


def _records(
    connection: Connection, kind: Kind, ids: Sequence[int], checked_statuses: Sequence[str]
) -> list[Row]:
    reader = TableReader(kind, checked_statuses)
    rows = reader.rows(connection, ids)
    names = [field.name for field in reader.record.fields]
    return [dict(zip(names, rows[row_id], strict=True)) for row_id in ids if row_id in rows]


def _events(connection: Connection, issue: Mapping[str, Any]) -> list[Event]:
    """The history, newest first; it begins with the opening, which the issue itself tells."""
    rows = connection.execute(
        select(issue_comments)
        .where(issue_comments.c.issue_id == issue["id"])
        .order_by(issue_comments.c.id.desc())
    ).mappings()
    events = [
        Event(
            row["at"],
            row["who"],
            row["kind"],
            # What a person wrote stays as it was written, whatever it looks like.
            row["text"] if row["run_id"] is None else readable(row["text"]),
            row["run_id"],
        )
        for row in rows
    ]
    who = connection.execute(select(runs.c.who).where(runs.c.id == issue["opened_run"])).scalar() or ""
    return [*events, Event(issue["detected_at"], who, "opened", "", issue["opened_run"])]


def _with_links(events: list[Event], entries: Sequence[Row], links: Sequence[Link | None]) -> list[Event]:
    """The history with the links in force: an issue that one of them has raised is younger than the link."""
    told = {event.at for event in events}
    made: dict[tuple[str, str, str], list[str]] = {}
    for entry, link in zip(entries, links, strict=True):
        if link is not None and link.at not in told:
            named = f"entry {visible(entry['entry_id'])}" if entry["entry_id"] else "an entry"
            made.setdefault((link.at, link.who, link.said), []).append(
                f"{named} from {visible(link.booked_as)}"
            )
    for (at, who, said), names in made.items():
        more = f" and {len(names) - _NAMED:,} more" if len(names) > _NAMED else ""
        text = f"{', '.join(names[:_NAMED])}{more}: {said}"
        later = sum(event.at > at for event in events)
        events.insert(later, Event(at, who, "linked", text))
    return events


def readable(text: str) -> str:
    """A note of a changed figure with its figures as people read them."""
    before, became, after = text.partition(" became ")
    return f"{display(before, 2)}{became}{display(after, 2)}" if became else text
