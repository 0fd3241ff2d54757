"""A checked trade's gross amount and the sum of its entries differ by more than the tolerance."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from sqlalchemy import Select, and_, func, literal, not_, select

from ...domain.issues import IssueType
from ...store.schema import PlainText, ledger_entries
from .. import sql
from ..findings import finding, listed_entries
from ..matching import currencies_differ, pairs, text_of
from ..rule import Check, InScope
from ..rule_settings import RuleSettings
from ..signs import turns_any
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
    # Most have one entry, which is at hand; only of several a list has to be made.
    single = ledger_entries.alias("single")
    listed = listed_entries(select(pairs.c.trade_id).where(beyond, pairs.c.entries > 1).subquery("keys"))
    gross, total = sql.json_decimal(text_of("gross")), sql.json_decimal(text_of("sum"))
    currency = func.coalesce(pairs.c.currency, pairs.c.first_currency)
    only = literal("[").concat(sql.json_number(pairs.c.first_entry)).concat("]")
    # Then the rows, summed as they stand, do not make this sum.
    turned = {"turned": literal("true", PlainText)} if turns_any(settings) else {}
    joined = pairs.outerjoin(single, and_(pairs.c.entries == 1, single.c.id == pairs.c.first_entry))
    return finding(
        joined.outerjoin(listed, listed.c.trade_id == pairs.c.trade_id),
        IssueType.AMOUNT_MISMATCH,
        trade_id=pairs.c.trade_id,
        entry_id=single.c.entry_id,
        currency=currency,
        difference=(pairs.c.difference_sign, sql.number(pairs, "difference")),
        material=sql.json_object(gross=gross, sum=total),
        evidence=sql.json_object(
            quantity=sql.json_decimal(text_of("quantity")),
            price=sql.json_decimal(text_of("price")),
            gross=gross,
            sum=total,
            difference=sql.json_decimal(text_of("difference")),
            tolerance=sql.json_decimal(allowed),
            currency=sql.json_text(currency),
            entries=sql.json_number(pairs.c.entries),
            entry_rows=func.coalesce(listed.c.entry_rows, only),
            **turned,
        ),
    ).where(beyond)
