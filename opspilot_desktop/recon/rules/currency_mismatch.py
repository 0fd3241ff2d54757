"""The currencies named among a checked trade and its entries differ."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import Select, insert, select

from ...domain.issues import IssueType
from .. import sql
from ..findings import currency_sums, fill_currency_sums, finding, listed_entries, sums_by_trade
from ..matching import currencies_differ, pairs, text_of
from ..prepared import execute
from ..rule import Check, InScope
from ..temporary import create, key_table

_differing = key_table("differing")
_sums = currency_sums("currency_sums")
_found = select(pairs.c.trade_id).where(pairs.c.entries > 0, currencies_differ())
_any = _found.limit(1)
_find = insert(_differing).from_select(["trade_id"], _found)


class CurrencyMismatch(InScope):
    """Blank agrees with any currency; case counts (GBp is not GBP). No amounts are compared beside it.

    Material: the trade's gross amount and currency, and the sums by currency.
    """

    issue_type = IssueType.CURRENCY_MISMATCH

    def query(self, check: Check) -> Select[Any] | None:
        """See Rule."""
        if execute(check.connection, _any).first() is None:
            return None
        create(check.connection, _differing)
        execute(check.connection, _find)
        fill_currency_sums(check.connection, _sums, _differing)
        return _query()


@cache
def _query() -> Select[Any]:
    listed, sums = listed_entries(_differing), sums_by_trade(_sums)
    gross = sql.json_decimal(text_of("gross"))
    currency = sql.json_text(pairs.c.currency)
    joined = sums.join(pairs, pairs.c.trade_id == sums.c.trade_id)
    return finding(
        joined.join(listed, listed.c.trade_id == sums.c.trade_id),
        IssueType.CURRENCY_MISMATCH,
        trade_id=pairs.c.trade_id,
        entry_id=listed.c.entry_id,
        currency=pairs.c.currency,
        material=sql.json_object(gross=gross, currency=currency, sums=sums.c.sums),
        evidence=sql.json_object(
            quantity=sql.json_decimal(text_of("quantity")),
            price=sql.json_decimal(text_of("price")),
            gross=gross,
            currency=currency,
            sums=sums.c.sums,
            entries=sql.json_number(sums.c.entries),
            entry_rows=listed.c.entry_rows,
        ),
    )
