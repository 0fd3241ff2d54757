"""A trade is the same as an earlier one in everything but its id."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
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
    and_,
    func,
    insert,
    select,
    tuple_,
    union,
)

from ...domain.issues import IssueType
from ...store.former_trades import VALUES
from ...store.rule_indexes import has_rule_index
from ...store.schema import PlainText, RowId, former_trades, issues, trades
from .. import sql
from ..findings import finding
from ..rule import Check, ComparesTrades
from ..scope import scope_keys
from ..temporary import analyze, create, create_as

LISTED_TRADES = 10
"""How many of the earlier trades the evidence names; the count says how many there are."""

_NULLABLE = ("trade_date", "counterparty")


def _values_table(name: str, *own: Column[Any]) -> Table:
    values = [Column(value, trades.c[value].type) for value in VALUES]
    return Table(name, MetaData(), *own, *values, prefixes=["TEMPORARY"])


_touched = _values_table("touched_values")
_suspects = _values_table(
    "duplicate_suspects",
    *(Column("id", RowId, primary_key=True), Column("trade_id", PlainText), Column("status", PlainText)),
)
_groups = _values_table("duplicate_groups", Column("first_row", RowId))
_members = Table(
    "duplicate_members",
    MetaData(),
    Column("first_row", RowId, primary_key=True),
    Column("place", BigInteger, primary_key=True),
    Column("trade_row", RowId),
    Column("trade_id", PlainText),
    prefixes=["TEMPORARY"],
    sqlite_with_rowid=False,
)


class DuplicateTrade(ComparesTrades):
    """Same instrument, side, quantity, price, trade date and counterparty; blank is the same as blank only.

    Of trades that are alike, the one that was stored first counts as the original: each later one has an
    issue, which names the earlier ones. Trades in the statuses that are set are neither. Material: what is
    alike, and the original.
    """

    issue_type = IssueType.DUPLICATE_TRADE

    def further_keys(self, check: Check) -> Select[Any]:
        """The issues of trades that are like one in scope, or like what one in scope was before."""
        of_scope = select(*_values(trades)).where(trades.c.trade_id.in_(select(scope_keys.c.trade_id)))
        create_as(check.connection, _touched.name, union(of_scope, select(*_values(former_trades))))
        return _issues_like_touched()

    def query(self, check: Check) -> Select[Any] | None:
        """See Rule."""
        connection, ignored = check.connection, check.settings.duplicate_ignored
        rows = trades
        if check.scope.is_full and not has_rule_index(connection, self.issue_type):  # as in a dry run
            create_as(connection, _suspects.name, _find_suspects(ignored))
            rows = _suspects
        among = rows if check.scope.is_full else rows.join(_touched, _alike(rows, _touched))
        create_as(connection, _groups.name, _find_groups(ignored, rows, among))
        if connection.execute(select(_groups.c.first_row).limit(1)).first() is None:
            return None
        _fill_members(connection, ignored, rows)
        return _query()


def _values(table: FromClause) -> list[ColumnElement[Any]]:
    return [table.c[name] for name in VALUES]


def _alike(one: FromClause, other: FromClause) -> ColumnElement[bool]:
    return and_(
        *[
            one.c[name].is_not_distinct_from(other.c[name])
            if name in _NULLABLE
            else one.c[name] == other.c[name]
            for name in VALUES
        ]
    )


@cache
def _issues_like_touched() -> Select[Any]:
    known = and_(
        issues.c.issue_type == IssueType.DUPLICATE_TRADE.value, issues.c.issue_key == trades.c.trade_id
    )
    return select(trades.c.trade_id).select_from(
        _touched.join(trades, _alike(trades, _touched)).join(issues, known)
    )


def _counts(rows: FromClause, ignored: Sequence[str]) -> ColumnElement[bool]:
    return rows.c.status.not_in(ignored)


def _find_suspects(ignored: Sequence[str]) -> Select[Any]:
    """The trades of which one number made of quantity and price, and the trade date, come more than once.

    Sorting all trades by that takes half the time that sorting them by all the values does. No number is
    above 10^16, whatever the trade: PostgreSQL refuses one that does not fit in 64 bits.
    """
    number = (
        trades.c.quantity_units % 1_000_003 * 1_000_033 + trades.c.price_units % 1_000_000_007
    ) * 1_000 + trades.c.price_nanos // 1_000_000
    suspicion = (number, func.coalesce(trades.c.trade_date, ""))
    repeated = (
        select(*suspicion).where(_counts(trades, ignored)).group_by(*suspicion).having(func.count() > 1)
    )
    columns = [trades.c[column.name] for column in _suspects.columns]
    return select(*columns).where(_counts(trades, ignored), tuple_(*suspicion).in_(repeated))


def _find_groups(ignored: Sequence[str], rows: FromClause, among: FromClause) -> Select[Any]:
    return (
        select(func.min(rows.c.id).label("first_row"), *_values(rows))
        .select_from(among)
        .where(_counts(rows, ignored))
        .group_by(*_values(rows))
        .having(func.count() > 1)
    )


def _fill_members(connection: Connection, ignored: Sequence[str], rows: FromClause) -> None:
    create(connection, _members)
    place = func.row_number().over(partition_by=_groups.c.first_row, order_by=rows.c.id)
    found = (
        select(_groups.c.first_row, place, rows.c.id, rows.c.trade_id)
        .select_from(_groups.join(rows, _alike(rows, _groups)))
        .where(_counts(rows, ignored))
    )
    adding: Insert = insert(_members).from_select([column.name for column in _members.columns], found)
    connection.execute(adding)
    analyze(connection, _members)


def _earlier() -> FromClause:
    """For each later trade: `same_as` (JSON, the ids of the first of those before it)."""
    earlier = _members.alias("earlier")
    before = and_(
        earlier.c.first_row == _members.c.first_row,
        earlier.c.place < _members.c.place,
        earlier.c.place <= LISTED_TRADES,
    )
    ordered = (
        select(_members.c.trade_row, earlier.c.trade_id)
        .select_from(_members.join(earlier, before))
        .order_by(_members.c.trade_row, earlier.c.place)
        .subquery()
    )
    same_as = sql.json_list(sql.json_text(ordered.c.trade_id)).label("same_as")
    return select(ordered.c.trade_row, same_as).group_by(ordered.c.trade_row).subquery("listed")


@cache
def _query() -> Select[Any]:
    first, listed = trades.alias("first"), _earlier()
    alike = {
        "instrument": sql.json_text(trades.c.instrument),
        "side": sql.json_text(trades.c.side),
        "quantity": sql.json_text(sql.stored_text(trades.c.quantity_units, trades.c.quantity_nanos)),
        "price": sql.json_text(sql.stored_text(trades.c.price_units, trades.c.price_nanos)),
        "trade_date": sql.json_text(trades.c.trade_date),
        "counterparty": sql.json_text(trades.c.counterparty),
        "first": sql.json_text(first.c.trade_id),
    }
    later = _members.join(trades, trades.c.id == _members.c.trade_row)
    return finding(
        later.join(first, first.c.id == _members.c.first_row).join(
            listed, listed.c.trade_row == _members.c.trade_row
        ),
        IssueType.DUPLICATE_TRADE,
        trade_id=trades.c.trade_id,
        currency=trades.c.currency,
        material=sql.json_object(**alike),
        evidence=sql.json_object(
            **alike, copies=sql.json_number(_members.c.place - 1), same_as=listed.c.same_as
        ),
    ).where(_members.c.place > 1)
