"""A checked trade has no ledger entry."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select

from ...domain.issues import IssueType
from ...store.schema import trades
from .. import sql
from ..due_dates import due_dates, is_due
from ..findings import finding
from ..matching import pairs
from ..rule import Check, InScope


class MissingLedgerEntry(InScope):
    """Raised at once; in a run as of a date, from the settlement date and the business days set on.

    Material: the gross amount and its currency.
    """

    issue_type = IssueType.MISSING_LEDGER_ENTRY

    def query(self, check: Check) -> Select[Any]:
        """See Rule."""
        gross = sql.stored_text(pairs.c.gross_units, pairs.c.gross_nanos, pairs.c.gross_rest)
        return finding(
            pairs.join(trades, trades.c.trade_id == pairs.c.trade_id),
            self.issue_type,
            trade_id=pairs.c.trade_id,
            currency=pairs.c.currency,
            material=sql.json_object(gross=sql.json_text(gross), currency=sql.json_text(pairs.c.currency)),
            evidence=sql.json_object(
                quantity=sql.json_text(sql.stored_text(trades.c.quantity_units, trades.c.quantity_nanos)),
                price=sql.json_text(sql.stored_text(trades.c.price_units, trades.c.price_nanos)),
                gross=sql.json_text(gross),
                currency=sql.json_text(pairs.c.currency),
            ),
        ).where(pairs.c.entries == 0, is_due(trades.c.settle_date, due_dates(check).missing))
