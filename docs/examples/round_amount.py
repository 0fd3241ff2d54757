"""ROUND_AMOUNT: a trade that is worth no whole thousand has ledger entries that are.

Such entries are often estimates that wait for the real figure. A rule in Python: it sees every trade.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from opspilot_desktop.plugins.api import Entry, Finding, PythonRule, Severity, Trade, hookimpl

THOUSAND = Decimal(1000)


def check(trade: Trade, entries: tuple[Entry, ...]) -> Finding | None:
    """Finds the first entry of a whole thousand."""
    if trade.gross_amount % THOUSAND == 0:
        return None
    rounded = [entry.amount for entry in entries if entry.amount and entry.amount % THOUSAND == 0]
    if not rounded:
        return None
    return Finding({"amount": rounded[0], "entries": len(rounded), "gross": trade.gross_amount})


@hookimpl
def opspilot_rules() -> Sequence[PythonRule]:
    """Hands the rule over."""
    return [
        PythonRule(
            name="ROUND_AMOUNT",
            severity=Severity.LOW,
            says="An entry of {amount:,} is a whole thousand, and the trade is {gross:,} {currency}.",
            check=check,
        )
    ]
