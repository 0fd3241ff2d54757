"""Which of the rows that a person has selected linking applies to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, exists, select

from ..domain.fields import Kind
from ..domain.issues import IssueType
from ..domain.links import Offer
from .schema import issues, ledger_entries, trades

_BATCH = 500
_ENTRY = ledger_entries.c


def orphan_rows(connection: Connection, kind: Kind, ids: Sequence[int], most: int) -> list[int]:
    """The selected entries that have no trade, or those of the selected orphan issues; at most so many."""
    return _rows(connection, kind, ids, _has_no_trade(), most, IssueType.ORPHAN_LEDGER_ENTRY)


def linked_rows(connection: Connection, kind: Kind, ids: Sequence[int], most: int) -> list[int]:
    """The selected entries that are linked by hand, or those of the selected issues; at most so many."""
    return _rows(connection, kind, ids, _ENTRY.booked_trade_id.is_not(None), most)


def lacking_trade(connection: Connection, kind: Kind, ids: Sequence[int]) -> str | None:
    """The one selected trade, or that of the one selected issue, if it has no entry."""
    if len(ids) != 1:
        return None
    query = select(trades.c.trade_id).where(~exists().where(_ENTRY.trade_id == trades.c.trade_id))
    if kind is Kind.TRADES:
        query = query.where(trades.c.id == ids[0])
    else:
        missing = issues.c.issue_type == IssueType.MISSING_LEDGER_ENTRY.value
        query = query.where(trades.c.trade_id == issues.c.trade_id, issues.c.id == ids[0], missing)
    found: str | None = connection.execute(query).scalar()
    return found


def offer(connection: Connection, kind: Kind, ids: Sequence[int]) -> Offer:
    """What of linking applies to the rows."""
    if kind is Kind.TRADES:
        return Offer(known=True, lacking=lacking_trade(connection, kind, ids) is not None)
    return Offer(
        known=True,
        orphans=bool(orphan_rows(connection, kind, ids, 1)),
        lacking=kind is Kind.ISSUES and lacking_trade(connection, kind, ids) is not None,
        linked=bool(linked_rows(connection, kind, ids, 1)),
    )


def _rows(
    connection: Connection,
    kind: Kind,
    ids: Sequence[int],
    condition: ColumnElement[bool],
    most: int,
    issue_type: IssueType | None = None,
) -> list[int]:
    found: dict[int, None] = {}
    for start in range(0, len(ids), _BATCH):
        part = list(ids[start : start + _BATCH])
        query = select(_ENTRY.id).where(condition, _is_meant(kind, part, issue_type))
        query = query.order_by(_ENTRY.id).limit(most - len(found))
        found |= dict.fromkeys(connection.execute(query).scalars())
        if len(found) >= most:
            break
    return list(found)


def _is_meant(kind: Kind, ids: Sequence[int], issue_type: IssueType | None) -> ColumnElement[bool]:
    if kind is Kind.LEDGER:
        return _ENTRY.id.in_(ids)
    named: Select[Any] = select(issues.c.trade_id).where(issues.c.id.in_(ids))
    if issue_type is not None:
        named = named.where(issues.c.issue_type == issue_type.value)
    return _ENTRY.trade_id.in_(named)


def _has_no_trade() -> ColumnElement[bool]:
    return ~exists().where(trades.c.trade_id == _ENTRY.trade_id).correlate(ledger_entries)
