"""What the rules find in one run, before it is held against the issues there are."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    FromClause,
    Insert,
    MetaData,
    Select,
    Table,
    Update,
    and_,
    case,
    func,
    insert,
    literal,
    null,
    select,
    update,
)

from ..domain.issues import IssueKind
from ..store.schema import PlainText, ledger_entries
from . import sql
from .prepared import execute
from .temporary import create

findings = Table(
    "findings",
    MetaData(),
    Column("issue_type", PlainText, primary_key=True),
    Column("issue_key", PlainText, primary_key=True),
    Column("severity", PlainText),
    Column("trade_id", PlainText),
    Column("entry_id", PlainText),
    Column("currency", PlainText),
    Column("difference_units", BigInteger),
    Column("difference_nanos", BigInteger),
    Column("difference_rest", BigInteger),
    Column("material", PlainText),
    Column("evidence", PlainText),
    prefixes=["TEMPORARY"],
)


def store(connection: Connection, query: Select[Any]) -> None:
    """Keeps what a rule's query finds.

    A query that comes again in the next run, the same object, is worth spelling out; one that is made anew
    for each run is left to SQLAlchemy, which knows statements by their shape.
    """
    kept = _kept(query)
    if kept.is_known:
        execute(connection, kept.statement)
    else:
        connection.execute(kept.statement)
        kept.is_known = True


@dataclass
class _Kept:
    """The statement for a query, and whether it was executed before."""

    statement: Insert
    is_known: bool = False


@lru_cache(maxsize=64)
def _kept(query: Select[Any]) -> _Kept:
    return _Kept(storing(query))


@lru_cache(maxsize=64)
def storing(query: Select[Any]) -> Insert:
    """The statement that keeps what a rule's query finds."""
    return insert(findings).from_select([column.name for column in findings.columns], query)


LISTED_ENTRIES = 50
"""How many entries an issue's evidence names; the count says how many there are."""


def finding(
    source: FromClause,
    issue_type: IssueKind,
    *,
    trade_id: ColumnElement[Any],
    material: ColumnElement[str],
    evidence: ColumnElement[str],
    currency: ColumnElement[Any] | None = None,
    entry_id: ColumnElement[Any] | None = None,
    difference: tuple[ColumnElement[Any], sql.Limbs] | None = None,
) -> Select[Any]:
    """The query whose rows become findings: the columns of `findings`, in their order.

    `difference` is its sign and its limbs without negative ones.
    """
    parts: list[ColumnElement[Any]] = [null(), null(), null()]
    if difference is not None:
        direction, size = difference
        parts = [part * direction for part in (sql.units_of(size), size[2], size[3])]
    return select(
        literal(issue_type.value, PlainText),
        trade_id,
        literal(issue_type.severity.value, PlainText),
        trade_id,
        null() if entry_id is None else entry_id,
        null() if currency is None else currency,
        *parts,
        material,
        evidence,
    ).select_from(source)


def listed_entries(keys: FromClause) -> FromClause:
    """For each trade id in `keys`: `entry_rows` (JSON, the first 50 row ids) and `entry_id`, if there is one
    entry only."""
    entry = ledger_entries.c
    number = func.row_number().over(partition_by=entry.trade_id, order_by=entry.id)
    numbered = (
        select(entry.trade_id, entry.id, entry.entry_id, number.label("number"))
        .where(entry.trade_id.in_(select(keys.c.trade_id)))
        .order_by(entry.trade_id, entry.id)
        .subquery()
    )
    return (
        select(
            numbered.c.trade_id,
            sql.json_list(sql.json_number(numbered.c.id)).label("entry_rows"),
            _only_if(func.count() == 1, func.min(numbered.c.entry_id)).label("entry_id"),
        )
        .where(numbered.c.number <= LISTED_ENTRIES)
        .group_by(numbered.c.trade_id)
        .subquery("listed")
    )


def currency_sums(name: str) -> Table:
    """A temporary table for the sums by currency of some trade ids' entries (see `fill_currency_sums`)."""
    return Table(
        name,
        MetaData(),
        Column("trade_id", PlainText),
        Column("currency", PlainText),
        Column("entries", BigInteger),
        *sql.number_columns("sum", 3),
        Column("total", PlainText),
        prefixes=["TEMPORARY"],
    )


def fill_currency_sums(connection: Connection, table: Table, keys: Table) -> None:
    """Makes the table of sums for the trade ids in `keys`."""
    create(connection, table)
    for statement in _filling(table, keys):
        execute(connection, statement)


@cache
def _filling(table: Table, keys: Table) -> tuple[Insert | Update, ...]:
    entry = ledger_entries.c
    summed = (
        select(
            entry.trade_id,
            entry.currency,
            func.count(),
            *sql.summed(entry.amount_units, entry.amount_nanos),
        )
        .where(entry.trade_id.in_(select(keys.c.trade_id)))
        .group_by(entry.trade_id, entry.currency)
    )
    filled = ["trade_id", "currency", "entries", "sum_0", "sum_1", "sum_2"]
    return (
        insert(table).from_select(filled, summed),
        *sql.settling(table, "sum"),
        update(table).values(total=sql.number_text(table, "sum")),
    )


def sums_by_trade(table: Table) -> FromClause:
    """From a table of sums, for each trade id: `sums` (JSON, by currency), the number of `entries`, and
    `currency`, if all entries name the same."""
    ordered = select(table).order_by(table.c.trade_id, func.coalesce(table.c.currency, "")).subquery()
    item = sql.json_object(
        currency=sql.json_text(ordered.c.currency),
        sum=sql.json_text(ordered.c.total),
        entries=sql.json_number(ordered.c.entries),
    )
    first, last = func.min(ordered.c.currency), func.max(ordered.c.currency)
    all_named = func.count() == func.count(ordered.c.currency)
    return (
        select(
            ordered.c.trade_id,
            sql.whole(func.sum(ordered.c.entries)).label("entries"),
            sql.json_list(item).label("sums"),
            _only_if(and_(first == last, all_named), first).label("currency"),
        )
        .group_by(ordered.c.trade_id)
        .subquery("sums")
    )


def _only_if(condition: ColumnElement[bool], value: ColumnElement[Any]) -> ColumnElement[Any]:
    return case((condition, value), else_=None)
