"""A trade's quantity is far above the mean of all trades."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, Select, and_, or_, select

from ...domain.decimals import MAX_UNITS, NANO
from ...domain.issues import IssueType
from ...store.quantities import Quantities, count_quantities, kept_quantities
from ...store.schema import trades
from ...store.workspace_settings import read_setting, write_setting
from .. import sql
from ..findings import finding
from ..rounding import shown
from ..rule import Check
from ..scope import further_keys_of, scope_trades

_LIMIT = "engine.quantity_limit"


class AnomalousQuantity:
    """quantity > factor × the mean quantity of all trades, exactly, whatever the trade's status.

    Each import moves the mean, and so the limit: besides what changed, a run looks at the trades whose
    quantity lies between the last run's limit and this one's, by a range of the quantity index. Material: the
    quantity alone, so that a moving mean reopens nothing.
    """

    issue_type = IssueType.ANOMALOUS_QUANTITY

    def further_keys(self, check: Check) -> Select[Any]:
        """See Rule."""
        limits = (_read_limit(check.connection), _limit(_threshold(_quantities(check.connection), check)))
        return select(trades.c.trade_id).where(_above(min(limits)), _up_to(max(limits)))

    def query(self, check: Check) -> Select[Any] | None:
        """See Rule."""
        quantities = _quantities(check.connection)
        threshold = _threshold(quantities, check)
        limit = _limit(threshold)
        write_setting(check.connection, _LIMIT, json.dumps(limit))
        if not quantities.count or limit[0] >= MAX_UNITS:
            return None  # no quantity is that large, and the limit may be larger than a column can be
        quantity = sql.json_decimal(sql.stored_text(trades.c.quantity_units, trades.c.quantity_nanos))
        return finding(
            trades,
            self.issue_type,
            trade_id=trades.c.trade_id,
            currency=trades.c.currency,
            material=sql.json_object(quantity=quantity),
            evidence=sql.json_object(
                quantity=quantity,
                mean=sql.json_text(shown(_mean(quantities))),
                factor=sql.json_text(f"{check.settings.anomaly_factor:f}"),
                threshold=sql.json_text(shown(threshold)),
                trades=sql.json_number(sql.whole_constant(quantities.count)),
            ),
        ).where(_above(limit), *self._looked_at(check, limit))

    def _looked_at(self, check: Check, limit: tuple[int, int]) -> list[ColumnElement[bool]]:
        if check.scope.is_full:
            return []
        changed = select(scope_trades.c.id).where(_above(limit, scope_trades))
        further = select(trades.c.id).where(trades.c.trade_id.in_(further_keys_of(self.issue_type)))
        return [trades.c.id.in_(changed.union_all(further))]


def _quantities(connection: Connection) -> Quantities:
    kept = kept_quantities(connection)
    return count_quantities(connection) if kept is None else kept


def _mean(quantities: Quantities) -> Fraction:
    return Fraction(quantities.nanos, max(quantities.count, 1) * NANO)


def _threshold(quantities: Quantities, check: Check) -> Fraction:
    return _mean(quantities) * Fraction(check.settings.anomaly_factor)


def _limit(threshold: Fraction) -> tuple[int, int]:
    """Quantities are whole nanos, so "greater than the threshold" is "greater than its whole nanos"."""
    units, nanos = divmod(int(threshold * NANO), NANO)
    return min((units, nanos), (MAX_UNITS, 0))


def _read_limit(connection: Connection) -> tuple[int, int]:
    """The last run's limit; below every quantity where there was none, so that all are looked at."""
    stored = read_setting(connection, _LIMIT)
    if stored is None:
        return (-1, 0)
    units, nanos = json.loads(stored)
    return (units, nanos)


def _above(limit: tuple[int, int], source: FromClause = trades) -> ColumnElement[bool]:
    """Whether a quantity is greater, written so that the quantity index serves it."""
    units, nanos = source.c.quantity_units, source.c.quantity_nanos
    return and_(units >= limit[0], or_(units > limit[0], and_(units == limit[0], nanos > limit[1])))


def _up_to(limit: tuple[int, int]) -> ColumnElement[bool]:
    """The opposite of `_above`."""
    units, nanos = trades.c.quantity_units, trades.c.quantity_nanos
    return and_(units <= limit[0], or_(units < limit[0], nanos <= limit[1]))
