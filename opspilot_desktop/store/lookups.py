"""Finding single records by what people call them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, or_, select

from ..domain.fields import Kind
from .schema import LARGEST_ID, RECORD_TABLES, issues, ledger_entries, trades
from .situations import Describe, issue_rows

_BATCH = 500


def numbered_issues(connection: Connection, text: str, most: int, describe: Describe) -> list[dict[str, Any]]:
    """The issue of that number, and the issues of the trade of that id."""
    is_number = text.isascii() and text.isdigit() and int(text[:20]) <= LARGEST_ID
    same_number = issues.c.id == int(text) if is_number else issues.c.id < 0
    query = select(issues.c.id).where(or_(same_number, issues.c.trade_id == text))
    found = connection.execute(query.order_by(issues.c.id).limit(most)).scalars().all()
    return issue_rows(connection, found, describe)


def trades_like(connection: Connection, text: str, most: int) -> list[dict[str, Any]]:
    """The first trades whose id begins with the text, with a few words about each."""
    # A range and not LIKE, so that the index on the id is used whatever the text.
    query = (
        select(trades.c.id, trades.c.trade_id, trades.c.instrument, trades.c.counterparty)
        .where(trades.c.trade_id >= text, trades.c.trade_id < text + "\U0010ffff")
        .order_by(trades.c.trade_id)
        .limit(most)
    )
    return [
        {"id": row.id, "trade_id": row.trade_id, "detail": ", ".join(filter(None, row[2:]))}
        for row in connection.execute(query)
    ]


def issue_statuses(connection: Connection, ids: Sequence[int]) -> set[str]:
    """The statuses of these issues, each once; as many ids as one statement takes."""
    query = select(issues.c.status).where(issues.c.id.in_(list(ids))).distinct()
    return set(connection.execute(query).scalars())


def issue_types(connection: Connection) -> set[str]:
    """The types of the issues there are, each once."""
    return set(connection.execute(select(issues.c.issue_type).distinct()).scalars())


def trade_ids(connection: Connection, kind: Kind, ids: Sequence[int]) -> list[str]:
    """The trade ids of rows of that kind, each once."""
    table = RECORD_TABLES[kind]
    found: dict[str, None] = {}
    for start in range(0, len(ids), _BATCH):
        part = table.c.id.in_(list(ids[start : start + _BATCH]))
        query = select(table.c.trade_id).where(part, table.c.trade_id.is_not(None)).order_by(table.c.id)
        found |= dict.fromkeys(connection.execute(query).scalars())
    return list(found)


def has_both(connection: Connection) -> bool:
    """Whether there is a trade and a ledger entry."""
    first = (select(table.c.id).limit(1) for table in (trades, ledger_entries))
    return all(connection.execute(query).first() is not None for query in first)
