"""The ledger books a checked trade in the wrong direction, by the sign convention of the source."""

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
    Update,
    and_,
    case,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)

from ...domain.issues import IssueType
from ...store.schema import PlainText, ledger_entries, trades
from .. import sql
from ..findings import LISTED_ENTRIES, finding
from ..rule import Check, InScope
from ..rule_settings import RuleSettings, SignConvention
from ..signs import cash_amount, sources_of
from ..temporary import analyze, create

_SIGNED = (SignConvention.BUY_NEGATIVE, SignConvention.BUY_POSITIVE, SignConvention.BY_ENTRY_TYPE)

_wrong = Table(
    "wrong_direction",
    MetaData(),
    Column("trade_id", PlainText, primary_key=True),
    Column("source", PlainText, primary_key=True),
    Column("entries", BigInteger),
    *sql.number_columns("sum", 3),
    Column("total", PlainText),
    prefixes=["TEMPORARY"],
)


class SideMismatch(InScope):
    """A purchase takes cash out and brings the position in, a sale the other way round; at a negative price
    it is the opposite.

    The sum of each source is judged on its own. A source whose signs say nothing is never wrong, a sum or a
    trade of 0 neither. Of a source whose entry type carries the sign, a debit is cash that goes out and every
    other type cash that comes in; an entry without a type says nothing and is left out of the sum. Material:
    the side, and the sums of the sources that are wrong.
    """

    issue_type = IssueType.SIDE_MISMATCH

    def query(self, check: Check) -> Select[Any] | None:
        """See Rule."""
        settings, connection = check.settings, check.connection
        if not sources_of(settings, *_SIGNED):
            return None
        _find_wrong(check)
        if connection.execute(select(_wrong.c.trade_id).limit(1)).first() is None:
            return None
        for statement in _settling(settings):
            connection.execute(statement)
        return _query(settings)


def _find_wrong(check: Check) -> None:
    settings, entry = check.settings, ledger_entries.c
    total = sql.summed(*cash_amount(settings))
    own = (trades.c.side, trades.c.gross_units, trades.c.gross_nanos, trades.c.gross_rest)
    found = (
        select(trades.c.trade_id, entry.source, func.count(), *total)
        .select_from(ledger_entries.join(trades, trades.c.trade_id == entry.trade_id))
        .where(
            _says_something(settings),
            trades.c.status.in_(settings.checked_statuses),
            check.scope.contains(trades.c.trade_id),
        )
        .group_by(trades.c.trade_id, entry.source, *own)
        .having(sql.sign(sql.carried(total)) == _wrong_direction())
    )
    create(check.connection, _wrong)
    names = ["trade_id", "source", "entries", "sum_0", "sum_1", "sum_2"]
    check.connection.execute(insert(_wrong).from_select(names, found))
    analyze(check.connection, _wrong)


def _says_something(settings: RuleSettings) -> ColumnElement[bool]:
    entry = ledger_entries.c
    by_sign = sources_of(settings, SignConvention.BUY_NEGATIVE, SignConvention.BUY_POSITIVE)
    by_type = sources_of(settings, SignConvention.BY_ENTRY_TYPE)
    return or_(entry.source.in_(by_sign), and_(entry.source.in_(by_type), entry.entry_type.is_not(None)))


def _wrong_direction() -> ColumnElement[Any]:
    """The sign that a sum in the direction of cash must not have: 1 for a purchase at a positive price. 2,
    which no sign is, for a trade that is worth nothing."""
    parts = (trades.c.gross_units, trades.c.gross_nanos, trades.c.gross_rest)
    is_purchase = trades.c.side == "BUY"
    return case(
        (or_(*[part > 0 for part in parts]), case((is_purchase, 1), else_=-1)),
        (or_(*[part < 0 for part in parts]), case((is_purchase, -1), else_=1)),
        else_=2,
    )


@lru_cache(maxsize=8)
def _settling(settings: RuleSettings) -> tuple[Update, ...]:
    """Writes the sums as text, as their sources sign them."""
    as_position = _wrong.c.source.in_(sources_of(settings, SignConvention.BUY_POSITIVE))
    direction = _wrong.c.sum_sign * case((as_position, -1), else_=1)
    total = sql.plain_text(direction, sql.number(_wrong, "sum"))
    return (*sql.settling(_wrong, "sum"), update(_wrong).values(total=total))


@lru_cache(maxsize=8)
def _query(settings: RuleSettings) -> Select[Any]:
    by_source, listed = _by_source(settings), _listed_entries(settings)
    single = ledger_entries.alias("single")
    only = and_(by_source.c.entries == 1, single.c.id == listed.c.first_row)
    side = sql.json_text(trades.c.side)
    gross = sql.stored_text(trades.c.gross_units, trades.c.gross_nanos, trades.c.gross_rest)
    return finding(
        by_source.join(trades, trades.c.trade_id == by_source.c.trade_id)
        .join(listed, listed.c.trade_id == by_source.c.trade_id)
        .outerjoin(single, only),
        IssueType.SIDE_MISMATCH,
        trade_id=trades.c.trade_id,
        entry_id=single.c.entry_id,
        currency=trades.c.currency,
        material=sql.json_object(side=side, sources=by_source.c.sources),
        evidence=sql.json_object(
            side=side,
            gross=sql.json_text(gross),
            currency=sql.json_text(trades.c.currency),
            sources=by_source.c.sources,
            entries=sql.json_number(by_source.c.entries),
            entry_rows=listed.c.entry_rows,
        ),
    )


def _by_source(settings: RuleSettings) -> FromClause:
    """For each trade: `sources` (JSON, the wrong ones in their order) and the number of their entries."""
    ordered = select(_wrong).order_by(_wrong.c.trade_id, _wrong.c.source).subquery()
    conventions = [
        (ordered.c.source == source, literal(sign.value, PlainText))
        for source, sign in sorted(settings.signs.items())
    ]
    item = sql.json_object(
        source=sql.json_text(ordered.c.source),
        convention=sql.json_text(case(*conventions, else_="")),
        sum=sql.json_text(ordered.c.total),
        entries=sql.json_number(ordered.c.entries),
    )
    return (
        select(
            ordered.c.trade_id,
            sql.json_list(item).label("sources"),
            sql.whole(func.sum(ordered.c.entries)).label("entries"),
        )
        .group_by(ordered.c.trade_id)
        .subquery("by_source")
    )


def _listed_entries(settings: RuleSettings) -> FromClause:
    """For each trade: `entry_rows` (JSON, the first row ids of the wrong sources' entries), `first_row`."""
    entry = ledger_entries.c
    of_source = and_(entry.trade_id == _wrong.c.trade_id, entry.source == _wrong.c.source)
    number = func.row_number().over(partition_by=entry.trade_id, order_by=entry.id)
    numbered = (
        select(entry.trade_id, entry.id, number.label("number"))
        .select_from(_wrong.join(ledger_entries, of_source))
        .where(_says_something(settings))
        .order_by(entry.trade_id, entry.id)
        .subquery()
    )
    return (
        select(
            numbered.c.trade_id,
            sql.json_list(sql.json_number(numbered.c.id)).label("entry_rows"),
            func.min(numbered.c.id).label("first_row"),
        )
        .where(numbered.c.number <= LISTED_ENTRIES)
        .group_by(numbered.c.trade_id)
        .subquery("listed")
    )
