"""What a run checks: everything, or the trade ids that changed since the last run.

Whatever changes a trade or an entry leaves marks in the `dirty` table in the same transaction: a trade id,
or the range of row ids that an import added. A run reads the marks there are, checks exactly those trade
ids, and takes away exactly those marks. A rule whose findings depend on more than one trade names further
keys that it has to look at again; they are kept apart, in `further_keys`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Insert,
    MetaData,
    Select,
    Table,
    delete,
    func,
    insert,
    literal,
    literal_column,
    select,
    true,
    union,
)

from ..domain.fields import Kind
from ..domain.issues import IssueKind
from ..store.schema import RECORD_TABLES, PlainText, RowId, dirty, trades
from .prepared import execute
from .temporary import create, fill, key_table

scope_keys = key_table("scope_keys")
further_keys = Table(
    "further_keys",
    MetaData(),
    Column("issue_type", PlainText, primary_key=True),
    Column("issue_key", PlainText, primary_key=True),
    prefixes=["TEMPORARY"],
    sqlite_with_rowid=False,
)


def copy_of_trades(name: str) -> Table:
    """A temporary table for some of the trades, with what most rules look at."""
    columns = [
        Column(column.name, column.type, primary_key=column.primary_key)
        for column in trades.c
        if column.name in ("id", "trade_id", "status", "currency")
        or column.name.startswith(("gross_", "quantity_", "price_"))
    ]
    return Table(name, MetaData(), *columns, prefixes=["TEMPORARY"])


scope_trades = copy_of_trades("scope_trades")
"""The trades in the scope of an incremental run: each is looked up once."""

_marks_read = Table(
    "marks_read",
    MetaData(),
    Column("id", RowId, primary_key=True, autoincrement=False),
    prefixes=["TEMPORARY"],
)
_READ_MARKS = insert(_marks_read).from_select(["id"], select(dirty.c.id))
_TAKE_AWAY = delete(dirty).where(dirty.c.id.in_(select(_marks_read.c.id)))
_ADD_MARKED = insert(scope_keys).from_select(
    ["trade_id"], select(dirty.c.trade_id).where(dirty.c.kind == "key").distinct()
)
_FEW = 5_000
_SOME = select(func.count()).select_from(select(scope_keys.c.trade_id).limit(_FEW + 1).subquery())
_RANGES = select(dirty.c.kind, dirty.c.first_id, dirty.c.last_id).where(dirty.c.first_id.is_not(None))


@dataclass(frozen=True)
class Scope:
    """What one run checks. `is_full` means every trade and entry."""

    is_full: bool

    @property
    def name(self) -> str:
        """As the run records it."""
        return "full" if self.is_full else "incremental"

    def contains(self, trade_id: ColumnElement[Any]) -> ColumnElement[bool]:
        """The condition that a row's trade id is to be checked."""
        if self.is_full:
            return true()
        return trade_id.in_(select(scope_keys.c.trade_id))

    @property
    def trades(self) -> Table:
        """The trades to look at: all of them, or a copy of those in scope with most of their columns.

        The copy is there once every rule has named its further keys.
        """
        return trades if self.is_full else scope_trades

    def looks_at(self, kind: IssueKind, key: ColumnElement[Any]) -> ColumnElement[bool]:
        """The condition that a rule looks at an issue key: one in scope, or a further one of its own."""
        if self.is_full:
            return true()
        return key.in_(self.keys(kind))

    def keys(self, kind: IssueKind) -> Select[Any]:
        """Of an incremental run: every key that a rule looks at, in a column `trade_id`."""
        return select(union(select(scope_keys.c.trade_id), further_keys_of(kind)).subquery().c.trade_id)


def further_keys_of(kind: IssueKind) -> Select[Any]:
    """Of an incremental run: the keys that a rule looks at beyond the scope."""
    return select(further_keys.c.issue_key).where(further_keys.c.issue_type == kind.value)


def open_scope(connection: Connection, *, full: bool) -> Scope:
    """Reads the marks that there are now into temporary tables of this transaction."""
    create(connection, _marks_read)
    execute(connection, _READ_MARKS)
    if not full:
        create(connection, scope_keys, further_keys)
        _add_marked_trade_ids(connection)
    return Scope(is_full=full)


def widen(connection: Connection, trade_ids: Select[Any]) -> None:
    """Adds trade ids to the scope of an incremental run."""
    connection.execute(_widening(trade_ids))


def _widening(trade_ids: Select[Any]) -> Insert:
    new = trade_ids.subquery()
    known = select(literal(1)).where(scope_keys.c.trade_id == new.c[0]).correlate(new).exists()
    return insert(scope_keys).from_select(["trade_id"], select(new.c[0]).where(~known).distinct())


def has_few_keys(connection: Connection) -> bool:
    """Whether an incremental run's scope is so small that its rows are few beside the tables' pages."""
    return bool(execute(connection, _SOME).scalar_one() <= _FEW)


def add_further_keys(connection: Connection, kind: IssueKind, keys: Select[Any]) -> None:
    """Keeps the keys that a rule looks at beyond the scope of an incremental run."""
    found = keys.subquery()
    rows = select(literal(kind.value, PlainText), found.c[0]).where(found.c[0].is_not(None)).distinct()
    connection.execute(insert(further_keys).from_select(["issue_type", "issue_key"], rows))


def look_up_trades(connection: Connection) -> None:
    """Fills `scope_trades`; after that, nothing may widen the scope."""
    fill(connection, scope_trades, _look_up())


@cache
def _look_up() -> Select[Any]:
    columns = [trades.c[column.name] for column in scope_trades.c]
    # Every status is; that is said for SQLite, which else takes the index of the trade ids alone.
    has_status = trades.c.status >= literal_column("''")
    return select(*columns).where(trades.c.trade_id.in_(select(scope_keys.c.trade_id)), has_status)


def close_scope(connection: Connection) -> None:
    """Takes away the marks that `open_scope` read; later ones stay for the next run."""
    execute(connection, _TAKE_AWAY)


def _add_marked_trade_ids(connection: Connection) -> None:
    # The scope is empty before.
    execute(connection, _ADD_MARKED)
    # One statement for each import: joined with the marks, a table would be read from its beginning.
    for kind, first, last in execute(connection, _RANGES).all():
        stored = RECORD_TABLES[Kind(kind)]
        widen(connection, select(stored.c.trade_id).where(stored.c.id.between(first, last)))
