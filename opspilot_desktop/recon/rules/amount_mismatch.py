"""A checked trade's gross amount and the sum of its entries differ by more than the tolerance."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from sqlalchemy import Select, and_, func, not_, select

from ...domain.issues import IssueType
from ...store.schema import trades
from .. import sql
from ..findings import finding, listed_entries
from ..matching import currencies_differ, pairs
from ..rule import Check, InScope
from ..rule_settings import RuleSettings
from ..tolerances import beyond_tolerance, judge_pairs


class AmountMismatch(InScope):
    """abs(abs(quantity × price) − abs(sum of amounts)) > tolerance, exactly.

    Not raised where the currencies differ. The difference shown is the ledger's size less the trade's.
    Material: the gross amount and the sum.
    """

    issue_type = IssueType.AMOUNT_MISMATCH

    def query(self, check: Check) -> Select[Any]:
        """See Rule."""
        judge_pairs(check)
        return _query(check.settings)


@lru_cache(maxsize=8)
def _query(settings: RuleSettings) -> Select[Any]:
    too_large, allowed = beyond_tolerance(settings)
    beyond = and_(pairs.c.entries > 0, not_(currencies_differ()), too_large)
    listed = listed_entries(select(pairs.c.trade_id).where(beyond).subquery("keys"))
    gross, total = sql.json_text(pairs.c.gross_text), sql.json_text(pairs.c.sum_text)
    currency = func.coalesce(pairs.c.currency, pairs.c.first_currency)
    joined = pairs.join(trades, trades.c.trade_id == pairs.c.trade_id)
    return finding(
        joined.join(listed, listed.c.trade_id == pairs.c.trade_id),
        IssueType.AMOUNT_MISMATCH,
        trade_id=pairs.c.trade_id,
        entry_id=listed.c.entry_id,
        currency=currency,
        difference=(pairs.c.difference_sign, sql.number(pairs, "difference")),
        material=sql.json_object(gross=gross, sum=total),
        evidence=sql.json_object(
            quantity=sql.json_text(sql.stored_text(trades.c.quantity_units, trades.c.quantity_nanos)),
            price=sql.json_text(sql.stored_text(trades.c.price_units, trades.c.price_nanos)),
            gross=gross,
            sum=total,
            difference=sql.json_text(pairs.c.difference_text),
            tolerance=sql.json_text(allowed),
            currency=sql.json_text(currency),
            entries=sql.json_number(pairs.c.entries),
            entry_rows=listed.c.entry_rows,
        ),
    )
