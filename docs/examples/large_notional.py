"""LARGE_NOTIONAL: a trade is worth two million or more, in whatever currency.

A rule in SQL: the database looks for the trades, so a million of them cost next to nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, func, literal, select

from opspilot_desktop.plugins.api import Book, Severity, SqlRule, hookimpl, trades

THRESHOLD = 2_000_000


def query(book: Book) -> Select[Any]:
    """Selects the trades; each column but the trade id is a figure of the issue."""
    return select(
        trades.c.trade_id,
        trades.c.currency,
        book.decimal(trades, "gross").label("gross"),
        literal(THRESHOLD).label("threshold"),
    ).where(func.abs(trades.c.gross_units) >= THRESHOLD)


@hookimpl
def opspilot_rules() -> Sequence[SqlRule]:
    """Hands the rule over."""
    return [
        SqlRule(
            name="LARGE_NOTIONAL",
            severity=Severity.MEDIUM,
            says="The trade is worth {gross:,} {currency}, and {threshold:,} or more is to be looked at.",
            query=query,
            material=("gross", "currency"),
        )
    ]
