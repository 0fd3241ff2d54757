"""The currencies named among a checked trade and its entries differ."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, select

from ...domain.issues import IssueType
from ...store.schema import trades
from .. import sql
from ..findings import finding, listed_entries, sums_by_currency
from ..matching import currencies_differ, pairs
from ..rule import Check, InScope


class CurrencyMismatch(InScope):
    """Blank agrees with any currency; case counts (GBp is not GBP). No amounts are compared beside it.

    Material: the trade's gross amount and currency, and the sums by currency.
    """

    issue_type = IssueType.CURRENCY_MISMATCH

    def query(self, check: Check) -> Select[Any]:
        """See Rule."""
        differing = (
            select(pairs.c.trade_id).where(pairs.c.entries > 0, currencies_differ()).subquery("differing")
        )
        listed, sums = (
            listed_entries(differing),
            sums_by_currency(check.connection, differing, "currency_sums"),
        )
        gross = sql.stored_text(trades.c.gross_units, trades.c.gross_nanos, trades.c.gross_rest)
        currency = sql.json_text(trades.c.currency)
        joined = sums.join(trades, trades.c.trade_id == sums.c.trade_id)
        return finding(
            joined.join(listed, listed.c.trade_id == sums.c.trade_id),
            self.issue_type,
            trade_id=trades.c.trade_id,
            entry_id=listed.c.entry_id,
            currency=trades.c.currency,
            material=sql.json_object(gross=sql.json_text(gross), currency=currency, sums=sums.c.sums),
            evidence=sql.json_object(
                quantity=sql.json_text(sql.stored_text(trades.c.quantity_units, trades.c.quantity_nanos)),
                price=sql.json_text(sql.stored_text(trades.c.price_units, trades.c.price_nanos)),
                gross=sql.json_text(gross),
                currency=currency,
                sums=sums.c.sums,
                entries=sql.json_number(sums.c.entries),
                entry_rows=listed.c.entry_rows,
            ),
        )
