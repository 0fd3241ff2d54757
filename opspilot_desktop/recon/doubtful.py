"""The trades that a full run has to sum up: all but those with one entry of exactly their gross amount.

Most trades are of that sort, and need neither a sum nor a group. What remains may still agree. SQLite finds
it by the indexes. PostgreSQL lays trades and entries side by side, once: what does not agree one to one is
kept, and with it the entries whose trade id is on no trade.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, SelectBase, and_, func, literal, or_, select, union

from ..store.schema import ledger_entries, trades
from .rule_settings import RuleSettings
from .scope import copy_of_trades
from .temporary import create_as, fill, key_table, sorted_groups

doubtful = copy_of_trades("doubtful")
_several = key_table("several")
_apart = copy_of_trades("apart")
"""On PostgreSQL: a trade for each entry that is not its gross amount, one without any entry, or, with nothing
but a trade id, an entry without trade."""


def find_doubtful(connection: Connection, settings: RuleSettings) -> None:
    """Fills `doubtful`."""
    with sorted_groups(connection):
        create_as(connection, _several.name, _find_several())
    lay_side_by_side(connection, settings)
    is_postgresql = connection.dialect.name == "postgresql"
    fill(connection, doubtful, _from_apart() if is_postgresql else _by_indexes(settings))


def lay_side_by_side(connection: Connection, settings: RuleSettings) -> None:
    """What `ids_without_trade` reads on PostgreSQL, where nobody needs `doubtful`."""
    if connection.dialect.name == "postgresql":
        create_as(connection, _apart.name, _find_apart(settings))


def ids_without_trade(dialect: str) -> SelectBase:
    """Of a full run: the trade ids of entries that are on no trade.

    Beforehand it has to have looked for what is doubtful, or laid both tables side by side.
    """
    if dialect == "postgresql":
        return select(_apart.c.trade_id).where(_apart.c.id.is_(None)).distinct()
    trade_id = ledger_entries.c.trade_id
    # In order, SQLite goes through both indexes side by side, in a third of the time of looking each id up.
    return select(trade_id).except_(select(trades.c.trade_id)).order_by(trade_id)


@cache
def _find_several() -> Select[Any]:
    """The trade ids with more than one entry."""
    trade_id = ledger_entries.c.trade_id
    return select(trade_id).group_by(trade_id).having(func.count() > 1)


@lru_cache(maxsize=8)
def _by_indexes(settings: RuleSettings) -> Select[Any]:
    entry = ledger_entries.c
    is_checked = trades.c.status.in_(settings.checked_statuses)
    agreeing = select(literal(1)).where(entry.trade_id == trades.c.trade_id, _agree())
    found = select(trades.c.trade_id).where(is_checked, ~agreeing.correlate(trades).exists())
    # They are looked up in the table afterwards.
    return select(*[trades.c[column.name] for column in doubtful.c]).where(
        is_checked, trades.c.trade_id.in_(union(found, select(_several.c.trade_id)))
    )


@lru_cache(maxsize=8)
def _find_apart(settings: RuleSettings) -> Select[Any]:
    is_checked = trades.c.status.in_(settings.checked_statuses)
    has_no_trade = trades.c.id.is_(None)
    has_no_entry = ledger_entries.c.id.is_(None)
    columns = [trades.c[column.name] for column in _apart.c if column.name != "trade_id"]
    trade_id = func.coalesce(trades.c.trade_id, ledger_entries.c.trade_id).label("trade_id")
    side_by_side = trades.join(ledger_entries, ledger_entries.c.trade_id == trades.c.trade_id, full=True)
    return (
        select(trade_id, *columns)
        .select_from(side_by_side)
        .where(or_(has_no_trade, and_(is_checked, or_(has_no_entry, ~func.coalesce(_agree(), False)))))
    )


@cache
def _from_apart() -> Select[Any]:
    names = [column.name for column in doubtful.c]
    # Rows that are found twice are one.
    found = union(
        select(*[_apart.c[name] for name in names]).where(_apart.c.id.is_not(None)),
        select(*[trades.c[name] for name in names]).where(trades.c.trade_id.in_(select(_several.c.trade_id))),
    )
    return select(found.subquery())


def _agree() -> ColumnElement[bool]:
    """Whether an entry is exactly the trade's gross amount, in no other currency."""
    entry = ledger_entries.c
    amounts = or_(_is_gross(1), _is_gross(-1)) & (trades.c.gross_rest == 0)
    currencies = or_(
        entry.currency == trades.c.currency, entry.currency.is_(None), trades.c.currency.is_(None)
    )
    return and_(amounts, currencies)


def _is_gross(direction: int) -> ColumnElement[bool]:
    entry = ledger_entries.c
    return and_(
        entry.amount_units == trades.c.gross_units * direction,
        entry.amount_nanos == trades.c.gross_nanos * direction,
    )
