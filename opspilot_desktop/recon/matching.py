"""The one pass that holds every checked trade against the sum of its ledger entries.

Pairs that agree to the last digit are passed in the aggregate itself; what remains, a few per cent as a
rule, goes into the temporary table `pairs` with the exact sum of the entries and the exact difference
(the size of that sum less the size of the gross amount). The matching rules choose among these.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    MetaData,
    Select,
    Table,
    and_,
    func,
    insert,
    not_,
    or_,
    select,
    true,
)
from sqlalchemy.exc import DBAPIError

from ..store.schema import PlainText, ledger_entries, trades
from . import sql
from .rule import Check
from .signs import signed_amount

pairs = Table(
    "pairs",
    MetaData(),
    Column("trade_id", PlainText, primary_key=True),
    Column("gross_units", BigInteger),
    Column("gross_nanos", BigInteger),
    Column("gross_rest", BigInteger),
    Column("currency", PlainText),
    Column("entries", BigInteger),
    *sql.number_columns("sum", 3),
    *sql.number_columns("difference", 4),
    Column("first_currency", PlainText),
    Column("last_currency", PlainText),
    # Filled where a workspace says more than one tolerance (see tolerances).
    Column("line", BigInteger),
    *sql.number_columns("allowed", 4),
    prefixes=["TEMPORARY"],
)


_FILLED = [
    column.name
    for column in pairs.columns
    if not column.name.startswith(("difference", "allowed")) and column.name not in ("sum_sign", "line")
]


def currencies_differ() -> ColumnElement[bool]:
    """Whether a pair's trade and entries name more than one currency (blank agrees with any)."""
    return _currencies_differ(pairs.c.currency, pairs.c.first_currency, pairs.c.last_currency)


def find_pairs(check: Check) -> None:
    """Fills `pairs` with the checked trades in scope that do not agree exactly with their entries."""
    connection = check.connection
    pairs.create(connection)
    try:
        with connection.begin_nested():
            query = _unequal(check, split_sums=False)
            connection.execute(insert(pairs).from_select(_FILLED, query))
    except DBAPIError as error:
        if not _is_overflow(error):
            raise
        # Some trade's entries sum beyond 64 bits. Sums split in two cannot overflow; then every pair goes on.
        query = _unequal(check, split_sums=True)
        connection.execute(insert(pairs).from_select(_FILLED, query))
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("ANALYZE pairs")
    sql.settle(connection, pairs, "sum")
    own = [sql.absolute(pairs.c[f"gross_{part}"]) for part in ("units", "nanos", "rest")]
    total = (*sql.number(pairs, "sum"), sql.zero())
    sql.settle(connection, pairs, "difference", sql.minus(total, sql.limbs(*own)))


def _unequal(check: Check, *, split_sums: bool) -> Select[Any]:
    entry = ledger_entries.c
    amount_units, amount_nanos = signed_amount(check.settings)
    own = (trades.c.gross_units, trades.c.gross_nanos, trades.c.gross_rest, trades.c.currency)
    units, nanos = sql.whole(func.sum(amount_units)), sql.whole(func.sum(amount_nanos))
    first, last = func.min(entry.currency), func.max(entry.currency)
    count = func.count(entry.trade_id)
    if split_sums:
        total = sql.summed(amount_units, amount_nanos)
        unequal: ColumnElement[bool] = true()
    else:
        total = sql.limbs(units, nanos)
        equal = or_(_equals(units, nanos, 1), _equals(units, nanos, -1)) & (trades.c.gross_rest == 0)
        unequal = or_(count == 0, not_(equal), _currencies_differ(trades.c.currency, first, last))
    return (
        select(trades.c.trade_id, *own, count, *total, first, last)
        .select_from(trades.outerjoin(ledger_entries, entry.trade_id == trades.c.trade_id))
        .where(trades.c.status.in_(check.settings.checked_statuses), check.scope.contains(trades.c.trade_id))
        # The order of ix_trades_match, so that the index delivers the groups.
        .group_by(trades.c.trade_id, trades.c.status, *own)
        .having(unequal)
    )


def _equals(units: ColumnElement[Any], nanos: ColumnElement[Any], direction: int) -> ColumnElement[bool]:
    """Whether a sum is the gross amount, or its opposite; what its nanos carry counts as whole units."""
    apart = nanos - trades.c.gross_nanos * direction
    carries = units + apart // sql.RADIX == trades.c.gross_units * direction
    return and_(apart % sql.RADIX == 0, carries)


def _currencies_differ(
    own: ColumnElement[Any], first: ColumnElement[Any], last: ColumnElement[Any]
) -> ColumnElement[bool]:
    return func.coalesce(or_(first != last, func.coalesce(own, first) != first), False)


def _is_overflow(error: DBAPIError) -> bool:
    # PostgreSQL by its code, since a server may speak another language; SQLite has no code of its own for it.
    return getattr(error.orig, "sqlstate", None) == "22003" or "integer overflow" in str(error.orig)
