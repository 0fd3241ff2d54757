"""What a run checks: everything, or the trade ids that changed since the last run.

Whatever changes a trade or an entry leaves marks in the `dirty` table in the same transaction: a trade id,
or the range of row ids that an import added. A run reads the marks there are, checks exactly those trade
ids, and takes away exactly those marks. A rule whose findings depend on more than one trade names further
keys that it has to look at again; they are kept apart, in `further_keys`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    MetaData,
    Select,
    Table,
    and_,
    delete,
    insert,
    literal,
    select,
    true,
    union,
)

from ..domain.issues import IssueKind
from ..store.schema import PlainText, RowId, dirty, ledger_entries, trades

_temporary = MetaData()
scope_keys = Table(
    "scope_keys",
    _temporary,
    Column("trade_id", PlainText, primary_key=True),
    prefixes=["TEMPORARY"],
    sqlite_with_rowid=False,
)
further_keys = Table(
    "further_keys",
    _temporary,
    Column("issue_type", PlainText, primary_key=True),
    Column("issue_key", PlainText, primary_key=True),
    prefixes=["TEMPORARY"],
    sqlite_with_rowid=False,
)
_marks_read = Table("marks_read", _temporary, Column("id", RowId, primary_key=True), prefixes=["TEMPORARY"])


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

    def looks_at(self, kind: IssueKind, key: ColumnElement[Any]) -> ColumnElement[bool]:
        """The condition that a rule looks at an issue key: one in scope, or a further one of its own."""
        if self.is_full:
            return true()
        return key.in_(self.keys(kind))

    def keys(self, kind: IssueKind) -> Select[Any]:
        """Of an incremental run: every key that a rule looks at, in a column `trade_id`."""
        own = select(further_keys.c.issue_key).where(further_keys.c.issue_type == kind.value)
        return select(union(select(scope_keys.c.trade_id), own).subquery().c.trade_id)


def open_scope(connection: Connection, *, full: bool) -> Scope:
    """Reads the marks that there are now into temporary tables of this transaction."""
    _marks_read.create(connection)
    connection.execute(insert(_marks_read).from_select(["id"], select(dirty.c.id)))
    if not full:
        scope_keys.create(connection)
        connection.execute(insert(scope_keys).from_select(["trade_id"], _marked_trade_ids()))
        further_keys.create(connection)
    return Scope(is_full=full)


def widen(connection: Connection, trade_ids: Select[Any]) -> None:
    """Adds trade ids to the scope of an incremental run."""
    new = trade_ids.subquery()
    known = select(literal(1)).where(scope_keys.c.trade_id == new.c[0]).correlate(new).exists()
    connection.execute(
        insert(scope_keys).from_select(["trade_id"], select(new.c[0]).where(~known).distinct())
    )


def add_further_keys(connection: Connection, kind: IssueKind, keys: Select[Any]) -> None:
    """Keeps the keys that a rule looks at beyond the scope of an incremental run."""
    found = keys.subquery()
    rows = select(literal(kind.value, PlainText), found.c[0]).where(found.c[0].is_not(None)).distinct()
    connection.execute(insert(further_keys).from_select(["issue_type", "issue_key"], rows))


def analyze_scope(connection: Connection) -> None:
    """Tells PostgreSQL's planner how much an incremental run looks at."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("ANALYZE scope_keys")
        connection.exec_driver_sql("ANALYZE further_keys")


def close_scope(connection: Connection) -> None:
    """Takes away the marks that `open_scope` read; later ones stay for the next run."""
    connection.execute(delete(dirty).where(dirty.c.id.in_(select(_marks_read.c.id))))


def _marked_trade_ids() -> Select[Any]:
    parts = [select(dirty.c.trade_id).where(dirty.c.kind == "key")]
    for stored in (trades, ledger_entries):
        kind = "trades" if stored is trades else "ledger"
        in_range = and_(dirty.c.kind == kind, stored.c.id.between(dirty.c.first_id, dirty.c.last_id))
        parts.append(select(stored.c.trade_id).select_from(dirty.join(stored, in_range)))
    return select(union(*parts).subquery().c.trade_id)
