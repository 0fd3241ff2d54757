"""Every checked trade held against the sum of its ledger entries.

Trades with one entry of exactly their gross amount are left out by the indexes alone; of what remains, pairs
that agree to the last digit are passed in the aggregate itself. The rest, a few per cent as a rule, goes into
the temporary table `pairs` with the exact sum of the entries and the exact difference (the size of that sum
less the size of the gross amount). The matching rules choose among these.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    CompoundSelect,
    Insert,
    MetaData,
    Table,
    Update,
    and_,
    func,
    insert,
    literal,
    not_,
    or_,
    select,
    true,
    union,
    update,
)
from sqlalchemy.exc import DBAPIError

from ..store.schema import PlainText, RowId, ledger_entries, trades
from . import sql
from .rule import Check
from .rule_settings import RuleSettings
from .scope import scope_keys
from .signs import summed_amount
from .temporary import analyze, create, create_as, key_table

_PARTS = ("units", "nanos")

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
    Column("first_entry", RowId),
    # Filled where a workspace says more than one tolerance (see tolerances).
    Column("line", BigInteger),
    *sql.number_columns("allowed", 4),
    *[Column(f"{name}_{part}", BigInteger) for name in ("quantity", "price") for part in _PARTS],
    Column("quantity_text", PlainText),
    Column("price_text", PlainText),
    Column("gross_text", PlainText),
    Column("sum_text", PlainText),
    Column("difference_text", PlainText),
    prefixes=["TEMPORARY"],
)

_candidates = key_table("candidates")

_FILLED = [
    *("trade_id", "gross_units", "gross_nanos", "gross_rest", "currency", "entries"),
    *("quantity_units", "quantity_nanos", "price_units", "price_nanos"),
    *("sum_0", "sum_1", "sum_2", "first_currency", "last_currency", "first_entry"),
]


def currencies_differ() -> ColumnElement[bool]:
    """Whether a pair's trade and entries name more than one currency (blank agrees with any)."""
    return _currencies_differ(pairs.c.currency, pairs.c.first_currency, pairs.c.last_currency)


def find_pairs(check: Check) -> None:
    """Fills `pairs` with the checked trades in scope that do not agree exactly with their entries."""
    connection, settings, is_full = check.connection, check.settings, check.scope.is_full
    create(connection, pairs)
    if is_full:
        create_as(connection, _candidates.name, _find_candidates(settings))
    try:
        with connection.begin_nested():
            connection.execute(_filling(settings, is_full, split_sums=False))
    except DBAPIError as error:
        if not _is_overflow(error):
            raise
        # Some trade's entries sum beyond 64 bits. Sums split in two cannot overflow; then every pair goes on.
        connection.execute(_filling(settings, is_full, split_sums=True))
    analyze(connection, pairs)
    for statement in _settling():
        connection.execute(statement)


@cache
def _settling() -> tuple[Update, ...]:
    """Brings the numbers of the pairs into their plain form, and writes them as text for every rule."""
    own = tuple(pairs.c[f"gross_{part}"] for part in ("units", "nanos", "rest"))
    sum_of = (*sql.number(pairs, "sum"), sql.zero())
    difference = sql.minus(sum_of, sql.limbs(*[sql.absolute(part) for part in own]))
    texts = {
        "quantity_text": sql.stored_text(pairs.c.quantity_units, pairs.c.quantity_nanos),
        "price_text": sql.stored_text(pairs.c.price_units, pairs.c.price_nanos),
        "gross_text": sql.stored_text(*own),
        "sum_text": sql.number_text(pairs, "sum"),
        "difference_text": sql.number_text(pairs, "difference"),
    }
    return (
        *sql.settling(pairs, "sum"),
        *sql.settling(pairs, "difference", difference),
        update(pairs).values(texts),
    )


def _find_candidates(settings: RuleSettings) -> CompoundSelect[Any]:
    """Leaves out what a look at the indexes shows to agree: one entry, of exactly the gross amount.

    Most trades are of that sort, and need neither a sum nor a group. What remains may still agree.
    """
    entry = ledger_entries.c
    amounts = or_(_is_gross(1), _is_gross(-1)) & (trades.c.gross_rest == 0)
    currencies = or_(
        entry.currency == trades.c.currency, entry.currency.is_(None), trades.c.currency.is_(None)
    )
    agreeing = select(literal(1)).where(entry.trade_id == trades.c.trade_id, amounts, currencies)
    doubtful = select(trades.c.trade_id).where(
        trades.c.status.in_(settings.checked_statuses), ~agreeing.correlate(trades).exists()
    )
    several = select(entry.trade_id).group_by(entry.trade_id).having(func.count() > 1)
    return union(doubtful, several)


def _is_gross(direction: int) -> ColumnElement[bool]:
    entry = ledger_entries.c
    return and_(
        entry.amount_units == trades.c.gross_units * direction,
        entry.amount_nanos == trades.c.gross_nanos * direction,
    )


@lru_cache(maxsize=8)
def _filling(settings: RuleSettings, is_full: bool, *, split_sums: bool) -> Insert:
    entry = ledger_entries.c
    amount_units, amount_nanos = summed_amount(settings)
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
    # Of the trade alone, so any row of its group has them.
    factors = [func.min(trades.c[f"{name}_{part}"]) for name in ("quantity", "price") for part in _PARTS]
    in_doubt = select(_candidates.c.trade_id if is_full else scope_keys.c.trade_id)
    query = (
        select(trades.c.trade_id, *own, count, *factors, *total, first, last, func.min(entry.id))
        .select_from(trades.outerjoin(ledger_entries, entry.trade_id == trades.c.trade_id))
        .where(trades.c.status.in_(settings.checked_statuses), trades.c.trade_id.in_(in_doubt))
        .group_by(trades.c.trade_id, *own)
        .having(unequal)
    )
    return insert(pairs).from_select(_FILLED, query)


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
