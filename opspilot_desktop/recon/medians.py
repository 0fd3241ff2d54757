"""Trades whose price or quantity is far from what is usual for their instrument, by robust measures.

With M the median of an instrument's values and MAD the median of their distances from M, a value v stands
out when |v - M| > k x MAD. Both are hardly moved by the outliers themselves, unlike a mean and a standard
deviation (Leys et al., "Detecting outliers", J. Exp. Soc. Psychol. 49, 2013; Iglewicz and Hoaglin, "How to
Detect and Handle Outliers", 1993, whose modified z-score is 0.6745 |v - M| / MAD: their limit of 3.5 is a k
of about 5.2). Where more than half of the values are equal, the MAD is 0 and would make everything else stand
out; then, as Iglewicz and Hoaglin have it, the mean of the distances takes its place.

All of it is exact. Values are whole nanos (1e-9). The median of an even number of values is half the sum of
the two in the middle, so that twice the median is whole; distances are counted from there in half nanos. Of
them again the two in the middle are summed, which makes twice the MAD in half nanos. With k in nanos as well,
a distance d stands out when 2 x 10^9 x d > k x that sum. SQL ranks and sums; what is left, one line an
instrument, is worked out in Python's whole numbers, which do not overflow.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    FromClause,
    MetaData,
    Select,
    Subquery,
    Table,
    and_,
    case,
    func,
    insert,
    or_,
    select,
    union,
)

from ..domain.decimals import MAX_UNITS, NANO, to_text
from ..domain.issues import IssueType
from ..store.schema import PlainText, former_trades, issues, trades
from . import sql
from .findings import finding
from .rounding import shown
from .rule import Check
from .scope import scope_keys
from .temporary import analyze, create, create_as

Pair = tuple[ColumnElement[Any], ColumnElement[Any]]
_SHIFT = 4
"""Units that are lent to a difference's nanos, between -4e9 and 4e9, so that they are positive."""


@dataclass(frozen=True)
class FarFromMedian:
    """Looks for the trades whose `value` (a field of trades) is far from their instrument's median."""

    issue_type: IssueType
    value: str

    @cached_property
    def touched(self) -> Table:
        """The instruments that changed trades belong to, or belonged to."""
        return self._table("instruments", Column("instrument", PlainText))

    @cached_property
    def samples(self) -> Table:
        """The instruments with trades enough."""
        return self._table(
            "samples", Column("instrument", PlainText, primary_key=True), Column("trades", BigInteger)
        )

    @cached_property
    def centres(self) -> Table:
        """Twice the median: units and nanos are not carried."""
        return self._table("centres", *self._own_columns(), *_pair_columns("median"))

    @cached_property
    def spreads(self) -> Table:
        """Four times the MAD, and twice the largest distance."""
        pairs = [column for name in ("median", "middle", "largest") for column in _pair_columns(name)]
        return self._table("spreads", *self._own_columns(), *pairs)

    @cached_property
    def limits(self) -> Table:
        """Of instruments with trades that stand out: the least and the largest value that does not."""
        texts = [Column(name, PlainText) for name in _TEXTS]
        return self._table(
            "limits", *self._own_columns(), *_pair_columns("low"), *_pair_columns("high"), *texts
        )

    def _own_columns(self) -> list[Column[Any]]:
        return [Column("instrument", PlainText, primary_key=True), Column("trades", BigInteger)]

    def _table(self, name: str, *columns: Column[Any]) -> Table:
        return Table(f"{self.value}_{name}", MetaData(), *columns, prefixes=["TEMPORARY"])

    @property
    def _stored(self) -> Pair:
        return trades.c[f"{self.value}_units"], trades.c[f"{self.value}_nanos"]

    def further_keys(self, check: Check) -> Select[Any]:
        """The issues there are of the instruments touched; what else stands out now, the query finds."""
        now = select(trades.c.instrument).where(trades.c.trade_id.in_(select(scope_keys.c.trade_id)))
        create_as(check.connection, self.touched.name, union(now, select(former_trades.c.instrument)))
        return (
            select(trades.c.trade_id)
            .select_from(issues.join(trades, trades.c.trade_id == issues.c.issue_key))
            .where(
                issues.c.issue_type == self.issue_type.value,
                trades.c.instrument.in_(select(self.touched.c.instrument)),
            )
        )

    def query(self, check: Check, deviations: Decimal) -> Select[Any] | None:
        """The trades that are further from the median than so many times the MAD; None if there are none."""
        connection = check.connection
        create(connection, self.samples, self.centres, self.spreads, self.limits)
        # By the primary key of each, SQLite comes to the values of the next in their order and sorts no more.
        for table, found in (
            (self.samples, self._find_samples(check)),
            (self.centres, self._find_centres()),
            (self.spreads, self._find_spreads()),
        ):
            connection.execute(insert(table).from_select([column.name for column in table.columns], found))
            analyze(connection, table)
        limits = list(self._find_limits(connection, deviations))
        if not limits:
            return None
        connection.execute(insert(self.limits), limits)
        analyze(connection, self.limits)
        return self._find_far(deviations)

    def _find_samples(self, check: Check) -> Select[Any]:
        counted = select(trades.c.instrument, func.count().label("trades")).group_by(trades.c.instrument)
        if not check.scope.is_full:
            counted = counted.where(trades.c.instrument.in_(select(self.touched.c.instrument)))
        return counted.having(func.count() >= check.settings.sample_size)

    def _find_centres(self) -> Select[Any]:
        units, nanos = self._stored
        source = self.samples.join(trades, trades.c.instrument == self.samples.c.instrument)
        values = select(self.samples, units.label("units"), nanos.label("nanos")).select_from(source)
        ranked = _ranked(values.subquery())
        return (
            select(ranked.c.instrument, func.min(ranked.c.trades), *_both_in_the_middle(ranked))
            .where(_is_in_the_middle(ranked))
            .group_by(ranked.c.instrument)
        )

    def _find_spreads(self) -> Select[Any]:
        ranked = _ranked(self._distances())
        middle = _is_in_the_middle(ranked)
        largest = ranked.c.place == ranked.c.trades
        medians = [func.min(ranked.c[f"median_{part}"]) for part in ("units", "nanos")]
        furthest = [func.min(ranked.c[part]).filter(largest) for part in ("units", "nanos")]
        return (
            select(
                ranked.c.instrument,
                func.min(ranked.c.trades),
                *medians,
                *_both_in_the_middle(ranked, middle),
                *furthest,
            )
            .where(or_(middle, largest))
            .group_by(ranked.c.instrument)
        )

    def _distances(self) -> Subquery:
        """Of each trade of a sample: twice its distance from the median, as units and nanos."""
        (units, nanos), centre = self._stored, self.centres
        source = centre.join(trades, trades.c.instrument == centre.c.instrument)
        lent = select(
            centre,
            (2 * units - centre.c.median_units - _SHIFT).label("apart"),
            (2 * nanos - centre.c.median_nanos + _SHIFT * NANO).label("below"),
        ).select_from(source)
        found = lent.subquery()
        own = [found.c[column.name] for column in centre.columns]
        carried = select(
            *own,
            (found.c.apart + found.c.below // sql.RADIX).label("units"),
            (found.c.below % sql.RADIX).label("nanos"),
        ).subquery()
        # What is below the median is a negative number of units with positive nanos.
        is_below, has_nanos = carried.c.units < 0, carried.c.nanos > 0
        turned_units = -carried.c.units - case((has_nanos, 1), else_=0)
        turned_nanos = case((has_nanos, NANO - carried.c.nanos), else_=0)
        return select(
            *[carried.c[column.name] for column in centre.columns],
            case((is_below, turned_units), else_=carried.c.units).label("units"),
            case((is_below, turned_nanos), else_=carried.c.nanos).label("nanos"),
        ).subquery()

    def _find_limits(self, connection: Connection, deviations: Decimal) -> Iterator[Mapping[str, Any]]:
        """The limits of the instruments of which some trade is beyond them."""
        factor = int(deviations * NANO)
        totals = self._read_totals(connection)
        spreads = select(self.spreads).where(self._values_differ()).order_by(self.spreads.c.instrument)
        for row in connection.execute(spreads).mappings():
            median = _nanos(row["median_units"], row["median_nanos"])
            middle = _nanos(row["middle_units"], row["middle_nanos"])
            if middle:
                spread, kind = Fraction(middle, 4 * NANO), "median"
                largest_allowed = factor * middle // (2 * NANO)
            else:
                total = totals[row["instrument"]]
                spread, kind = Fraction(total, 2 * NANO * row["trades"]), "mean"
                largest_allowed = factor * total // (NANO * row["trades"])
            if _nanos(row["largest_units"], row["largest_nanos"]) <= largest_allowed:
                continue
            low, high = -((largest_allowed - median) // 2), (median + largest_allowed) // 2
            shown_low = low if self.value == "price" else max(low, 0)  # there is no quantity below 0
            yield {
                "instrument": row["instrument"],
                "trades": row["trades"],
                **_as_pair("low", low),
                **_as_pair("high", high),
                "median_text": shown(Fraction(median, 2 * NANO)),
                "spread_text": shown(spread),
                "spread_kind": kind,
                "low_text": to_text(*_split(shown_low)),
                "high_text": to_text(*_split(high)),
            }

    def _values_differ(self) -> ColumnElement[bool]:
        return or_(self.spreads.c.largest_units > 0, self.spreads.c.largest_nanos > 0)

    def _read_totals(self, connection: Connection) -> dict[str, int]:
        """Twice the sum of the distances, of the instruments whose MAD is 0 and whose values differ."""
        spread, distances = self.spreads.c, self._distances()
        concerned = select(spread.instrument).where(
            spread.middle_units == 0, spread.middle_nanos == 0, self._values_differ()
        )
        summed = (
            select(distances.c.instrument, *sql.summed(distances.c.units, distances.c.nanos))
            .where(distances.c.instrument.in_(concerned))
            .group_by(distances.c.instrument)
        )
        return {
            instrument: _nanos(billions * sql.RADIX + units, nanos)
            for instrument, billions, units, nanos in connection.execute(summed)
        }

    def _find_far(self, deviations: Decimal) -> Select[Any]:
        limits, (units, nanos) = self.limits, self._stored
        too_low = or_(
            units < limits.c.low_units, and_(units == limits.c.low_units, nanos < limits.c.low_nanos)
        )
        too_high = or_(
            units > limits.c.high_units, and_(units == limits.c.high_units, nanos > limits.c.high_nanos)
        )
        material = {
            "instrument": sql.json_text(trades.c.instrument),
            self.value: sql.json_text(sql.stored_text(units, nanos)),
        }
        return finding(
            limits.join(trades, trades.c.instrument == limits.c.instrument),
            self.issue_type,
            trade_id=trades.c.trade_id,
            currency=trades.c.currency,
            material=sql.json_object(**material),
            evidence=sql.json_object(
                **material,
                median=sql.json_text(limits.c.median_text),
                spread=sql.json_text(limits.c.spread_text),
                spread_kind=sql.json_text(limits.c.spread_kind),
                deviations=sql.json_text(f"{deviations:f}"),
                low=sql.json_text(limits.c.low_text),
                high=sql.json_text(limits.c.high_text),
                trades=sql.json_number(limits.c.trades),
            ),
        ).where(or_(too_low, too_high))


_TEXTS = ("median_text", "spread_text", "spread_kind", "low_text", "high_text")


def _pair_columns(name: str) -> list[Column[Any]]:
    return [Column(f"{name}_{part}", BigInteger) for part in ("units", "nanos")]


def _ranked(values: Subquery) -> Subquery:
    """The values with their place in the order of their instrument's."""
    place = func.row_number().over(
        partition_by=values.c.instrument, order_by=(values.c.units, values.c.nanos)
    )
    return select(values, place.label("place")).subquery()


def _is_in_the_middle(ranked: FromClause) -> ColumnElement[bool]:
    """Of an odd number one value is in the middle, of an even number two are."""
    place, many = ranked.c.place, ranked.c.trades
    return or_(2 * place == many, 2 * place == many + 1, 2 * place == many + 2)


def _both_in_the_middle(ranked: FromClause, *which: ColumnElement[bool]) -> list[ColumnElement[Any]]:
    """The sum of the two values in the middle, twice the one where it is alone."""
    is_alone = func.min(ranked.c.trades) % 2 == 1
    found: list[ColumnElement[Any]] = []
    for part in ("units", "nanos"):
        summed = func.sum(ranked.c[part])
        total = sql.whole(summed.filter(*which) if which else summed)
        found.append(case((is_alone, 2 * total), else_=total))
    return found


def _nanos(units: int, nanos: int) -> int:
    return units * NANO + nanos


def _split(value: int) -> tuple[int, int]:
    """Units and nanos, both with the value's sign."""
    direction = -1 if value < 0 else 1
    units, nanos = divmod(abs(value), NANO)
    return direction * units, direction * nanos


def _as_pair(name: str, value: int) -> dict[str, int]:
    """The columns of a limit; no value is as large as the bound that it is kept within."""
    bound = MAX_UNITS * NANO
    units, nanos = _split(max(-bound, min(value, bound)))
    return {f"{name}_units": units, f"{name}_nanos": nanos}
