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
a distance d stands out when 2 x 10^9 x d > k x that sum. SQL gathers an instrument's values into one line,
and finds what is beyond the limits; between the two Python sorts whole numbers, which do not overflow. SQL
would have to sort every trade twice, with whatever belongs to it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
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

_PIECE = 150_000
"""So many values are worked on at once, for less than a tenth of a second: no other thread goes on meanwhile,
such as the one that paints, and no cancel is heard."""

Pair = tuple[ColumnElement[Any], ColumnElement[Any]]


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
    def limits(self) -> Table:
        """Of instruments with trades that stand out: the least and the largest value that does not."""
        texts = [Column(name, PlainText) for name in _TEXTS]
        return self._table(
            "limits",
            Column("instrument", PlainText, primary_key=True),
            Column("trades", BigInteger),
            *_pair_columns("low"),
            *_pair_columns("high"),
            *texts,
        )

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
        limits = list(self._find_limits(check, deviations))
        if not limits:
            return None
        create(connection, self.limits)
        connection.execute(insert(self.limits), limits)
        analyze(connection, self.limits)
        return self._find_far(deviations)

    def _find_limits(self, check: Check, deviations: Decimal) -> Iterator[Mapping[str, Any]]:
        """The limits of the instruments of which some trade is beyond them."""
        factor = int(deviations * NANO)
        for instrument, units, nanos in check.connection.execute(self._gather(check)):
            around = _Around.values(json.loads(units), json.loads(nanos), check.handle.check)
            if around.middle:
                spread, kind = Fraction(around.middle, 4 * NANO), "median"
                largest_allowed = factor * around.middle // (2 * NANO)
            else:
                spread, kind = Fraction(around.total, 2 * NANO * around.number), "mean"
                largest_allowed = factor * around.total // (NANO * around.number)
            if around.largest <= largest_allowed:
                continue
            low, high = -((largest_allowed - around.median) // 2), (around.median + largest_allowed) // 2
            shown_low = low if self.value == "price" else max(low, 0)  # there is no quantity below 0
            yield {
                "instrument": instrument,
                "trades": around.number,
                **_as_pair("low", low),
                **_as_pair("high", high),
                "median_text": shown(Fraction(around.median, 2 * NANO)),
                "spread_text": shown(spread),
                "spread_kind": kind,
                "low_text": to_text(*_split(shown_low)),
                "high_text": to_text(*_split(high)),
            }

    def _gather(self, check: Check) -> Select[Any]:
        """Of each instrument with trades enough: its values, as a list of units and one of nanos."""
        lists = [sql.json_list(sql.json_number(part)) for part in self._stored]
        gathered = select(trades.c.instrument, *lists).group_by(trades.c.instrument)
        if not check.scope.is_full:
            gathered = gathered.where(trades.c.instrument.in_(select(self.touched.c.instrument)))
        return gathered.having(func.count() >= check.settings.sample_size)

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


@dataclass(frozen=True)
class _Around:
    """Of an instrument: how many values it has, twice their median, and of their distances from it, in half
    nanos, the sum of the two in the middle, the largest, and the sum of all."""

    number: int
    median: int
    middle: int
    largest: int
    total: int

    @classmethod
    def values(cls, units: Sequence[int], nanos: Sequence[int], pause: Callable[[], None]) -> _Around:
        """`pause` is called between pieces of the work; whatever it raises goes on to the caller."""
        cuts = [slice(start, start + _PIECE) for start in range(0, len(units), _PIECE)]
        whole = ([u * NANO + n for u, n in zip(units[cut], nanos[cut], strict=True)] for cut in cuts)
        values = _in_order(whole, pause)
        median = _both_in_the_middle(values)
        distances = _in_order(([abs(2 * value - median) for value in values[cut]] for cut in cuts), pause)
        return cls(len(values), median, _both_in_the_middle(distances), distances[-1], sum(distances))


def _in_order(pieces: Iterable[list[int]], pause: Callable[[], None]) -> list[int]:
    """The values of all pieces, sorted."""
    values: list[int] = []
    for piece in pieces:
        values += sorted(piece)
        pause()
    values.sort()  # goes through each piece once: Python's sort makes use of what is in order
    return values


def _both_in_the_middle(values: Sequence[int]) -> int:
    """The sum of the two values in the middle; twice the one where it is alone."""
    return values[(len(values) - 1) // 2] + values[len(values) // 2]


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
