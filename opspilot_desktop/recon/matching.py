"""Every checked trade held against the sum of its ledger entries.

A full run leaves out beforehand the trades with one entry of exactly their gross amount (see doubtful); of
what remains, pairs that agree to the last digit are passed in the aggregate itself. The rest, a few per cent
as a rule, goes into the temporary table `pairs` with the exact sum of the entries and the exact difference
(the size of that sum less the size of the gross amount). The matching rules choose among these.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    FromClause,
    MetaData,
    Select,
    Table,
    and_,
    cast,
    func,
    not_,
    null,
    or_,
    select,
    true,
)
from sqlalchemy.exc import DBAPIError

from ..store.schema import PlainText, RowId, ledger_entries
from . import sql
from .doubtful import doubtful, find_doubtful
from .rule import Check
from .rule_settings import RuleSettings
from .scope import scope_trades
from .signs import summed_amount
from .temporary import create_as

_PARTS = ("units", "nanos")

pairs = Table(
    "pairs",
    MetaData(),
    Column("trade_id", PlainText),
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
    prefixes=["TEMPORARY"],
)

_OWN = ("gross_units", "gross_nanos", "gross_rest")
_FACTORS = tuple(f"{name}_{part}" for name in ("quantity", "price") for part in _PARTS)
_ALL = 2**62
"""A limit that no table reaches."""


def text_of(name: str) -> ColumnElement[str]:
    """A number of a pair as plain decimal text: `quantity`, `price`, `gross`, `sum` or `difference`.

    It is computed where it is used: most pairs become no issue and need none.
    """
    if name in ("sum", "difference"):
        return sql.number_text(pairs, name)
    own = _OWN if name == "gross" else (f"{name}_units", f"{name}_nanos")
    return sql.stored_text(*[pairs.c[part] for part in own])


def currencies_differ() -> ColumnElement[bool]:
    """Whether a pair's trade and entries name more than one currency (blank agrees with any)."""
    return _currencies_differ(pairs.c.currency, pairs.c.first_currency, pairs.c.last_currency)


def find_pairs(check: Check) -> None:
    """Fills `pairs` with the checked trades in scope that do not agree exactly with their entries."""
    connection, settings = check.connection, check.settings
    source = scope_trades
    if check.scope.is_full:
        source = doubtful
        find_doubtful(connection, settings)
    try:
        with connection.begin_nested():
            create_as(connection, pairs.name, _pairs(settings, source, split_sums=False))
    except DBAPIError as error:
        if not _is_overflow(error):
            raise
        # Some trade's entries sum beyond 64 bits. Sums split in two cannot overflow; then every pair goes on.
        create_as(connection, pairs.name, _pairs(settings, source, split_sums=True))


@lru_cache(maxsize=8)
def _pairs(settings: RuleSettings, source: Table, *, split_sums: bool) -> Select[Any]:
    """The columns of `pairs`. Step by step, each in a subquery of its own: written as one expression, each
    carry would stand in it once for every place that uses it."""
    signed = _in_doubt(settings, source, split_sums).limit(_ALL).offset(0).subquery("signed")
    size = sql.times(_limbs(signed, "sum", 3), signed.c.sum_sign)
    own = sql.limbs(*[sql.absolute(signed.c[part]) for part in _OWN])
    difference = sql.carried(sql.minus((*size, sql.zero()), own))
    apart = _step(signed, **_named("sum", sql.borrowed(size)), **_named("difference", difference))
    judged = _step(apart, difference_sign=sql.sign(_limbs(apart, "difference", 4)))
    size = sql.times(_limbs(judged, "difference", 4), judged.c.difference_sign)
    known = {column.name: column for column in judged.c} | _named("difference", sql.borrowed(size))
    return select(
        *[known.get(column.name, cast(null(), column.type)).label(column.name) for column in pairs.c]
    )


def _step(source: FromClause, **computed: ColumnElement[Any]) -> FromClause:
    """What the source has, with some columns computed anew or added; the limit keeps it a step of its own."""
    kept = [column for column in source.c if column.name not in computed]
    added = [value.label(name) for name, value in computed.items()]
    return select(*kept, *added).limit(_ALL).offset(0).subquery(f"with_{added[-1].name}")


def _named(name: str, value: sql.Limbs) -> dict[str, ColumnElement[Any]]:
    return {f"{name}_{index}": limb for index, limb in enumerate(value)}


def _limbs(source: FromClause, name: str, size: int) -> sql.Limbs:
    return tuple(source.c[f"{name}_{index}"] for index in range(size))


def _in_doubt(settings: RuleSettings, source: Table, split_sums: bool) -> Select[Any]:
    """The trades that do not agree to the last digit, with the sums of their entries as they come."""
    trade, entry = source.c, ledger_entries.c
    amount_units, amount_nanos = summed_amount(settings)
    own = [trade[name] for name in ("trade_id", *_OWN, "currency", *_FACTORS)]
    units, nanos = sql.whole(func.sum(amount_units)), sql.whole(func.sum(amount_nanos))
    first, last = func.min(entry.currency), func.max(entry.currency)
    count = func.count(entry.trade_id)
    if split_sums:
        total = sql.summed(amount_units, amount_nanos)
        unequal: ColumnElement[bool] = true()
    else:
        total = sql.limbs(units, nanos)
        gross = trade.gross_units, trade.gross_nanos
        opposite = tuple(-part for part in gross)
        equal = or_(_equals(units, nanos, gross), _equals(units, nanos, opposite))
        exactly = equal & (trade.gross_rest == 0)
        unequal = or_(count == 0, not_(exactly), _currencies_differ(trade.currency, first, last))
    carried = sql.carried(total)
    computed = {
        "entries": count,
        "sum_sign": sql.sign(carried),
        **_named("sum", carried),
        "first_currency": first,
        "last_currency": last,
        "first_entry": func.min(entry.id),
    }
    return (
        select(*own, *[value.label(name) for name, value in computed.items()])
        .select_from(source.outerjoin(ledger_entries, entry.trade_id == trade.trade_id))
        .where(trade.status.in_(settings.checked_statuses))
        .group_by(trade.id, *own)
        .having(unequal)
    )


def _equals(
    units: ColumnElement[Any], nanos: ColumnElement[Any], gross: tuple[ColumnElement[Any], ...]
) -> ColumnElement[bool]:
    """Whether a sum is the gross amount; what its nanos carry counts as whole units."""
    apart = nanos - gross[1]
    return and_(apart % sql.RADIX == 0, units + apart // sql.RADIX == gross[0])


def _currencies_differ(
    own: ColumnElement[Any], first: ColumnElement[Any], last: ColumnElement[Any]
) -> ColumnElement[bool]:
    return func.coalesce(or_(first != last, func.coalesce(own, first) != first), False)


def _is_overflow(error: DBAPIError) -> bool:
    # PostgreSQL by its code, since a server may speak another language; SQLite has no code of its own for it.
    return getattr(error.orig, "sqlstate", None) == "22003" or "integer overflow" in str(error.orig)
