"""A trade's quantity is far above the mean of all trades."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction
from typing import Any

from sqlalchemy import Connection, Select, and_, func, or_, select

from ...domain.decimals import MAX_UNITS, NANO
from ...domain.issues import IssueType
from ...store.schema import trades
from .. import sql
from ..findings import finding
from ..rule_settings import RuleSettings
from ..scope import Scope

_SHOWN = Decimal("0.000000001")
_CONTEXT = Context(prec=60, rounding=ROUND_HALF_EVEN)


class AnomalousQuantity:
    """quantity > factor × the mean quantity of all trades, exactly, whatever the trade's status.

    Every trade is looked at in every run, by a range of the quantity index, because each import moves the
    mean. Material: the quantity alone, so that a moving mean reopens nothing.
    """

    issue_type = IssueType.ANOMALOUS_QUANTITY
    covers_everything = True

    def query(self, connection: Connection, scope: Scope, settings: RuleSettings) -> Select[Any] | None:
        """See Rule."""
        units, nanos = trades.c.quantity_units, trades.c.quantity_nanos
        count, *parts = connection.execute(select(func.count(), *sql.summed(units, nanos)[:3])).one()
        if not count:
            return None
        billions, below, small = (int(part) for part in parts)
        mean = Fraction(((billions * sql.RADIX) + below) * NANO + small, count * NANO)
        threshold = mean * Fraction(settings.anomaly_factor)
        # Quantities are whole nanos, so "greater than the threshold" is "greater than its whole nanos".
        limit_units, limit_nanos = divmod(int(threshold * NANO), NANO)
        if limit_units >= MAX_UNITS:
            return None  # no quantity is that large, and the limit may be larger than a column can be
        quantity = sql.json_text(sql.stored_text(units, nanos))
        return finding(
            trades,
            self.issue_type,
            trade_id=trades.c.trade_id,
            currency=trades.c.currency,
            material=sql.json_object(quantity=quantity),
            evidence=sql.json_object(
                quantity=quantity,
                mean=sql.json_text(_shown(mean)),
                factor=sql.json_text(f"{settings.anomaly_factor:f}"),
                threshold=sql.json_text(_shown(threshold)),
                trades=sql.json_number(sql.whole_constant(count)),
            ),
        ).where(
            units >= limit_units, or_(units > limit_units, and_(units == limit_units, nanos > limit_nanos))
        )


def _shown(value: Fraction) -> str:
    """The value rounded to 9 decimals, for reading only: no comparison uses it."""
    exact = _CONTEXT.divide(Decimal(value.numerator), Decimal(value.denominator))
    text = f"{exact.quantize(_SHOWN, context=_CONTEXT):f}"
    return text.rstrip("0").rstrip(".")
