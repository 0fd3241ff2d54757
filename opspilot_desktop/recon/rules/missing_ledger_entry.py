"""A checked trade has no ledger entry."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from sqlalchemy import Select

from ...domain.issues import IssueType
from ...store.schema import trades
from .. import sql
from ..due_dates import is_due, last_due
from ..findings import finding
from ..matching import pairs, text_of
from ..rule import Check, InScope


class MissingLedgerEntry(InScope):
    """Raised at once; in a run as of a date, from the settlement date and the business days set on.

    Material: the gross amount and its currency.
    """

    issue_type = IssueType.MISSING_LEDGER_ENTRY

    def query(self, check: Check) -> Select[Any]:
        """See Rule."""
        return _query(last_due(check))


@lru_cache(maxsize=8)
def _query(last: str | None) -> Select[Any]:
    gross, currency = sql.json_decimal(text_of("gross")), sql.json_text(pairs.c.currency)
    source = pairs.join(trades, trades.c.trade_id == pairs.c.trade_id) if last else pairs
    return finding(
        source,
        IssueType.MISSING_LEDGER_ENTRY,
        trade_id=pairs.c.trade_id,
        currency=pairs.c.currency,
        material=sql.json_object(gross=gross, currency=currency),
        evidence=sql.json_object(
            quantity=sql.json_decimal(text_of("quantity")),
            price=sql.json_decimal(text_of("price")),
            gross=gross,
            currency=currency,
        ),
    ).where(pairs.c.entries == 0, is_due(trades.c.settle_date, last))
