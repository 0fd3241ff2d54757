"""What the engine has to find, worked out slowly in `Decimal` and `Fraction`, one trade at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from opspilot_desktop.domain.issues import IssueType
from opspilot_desktop.recon.rule_settings import RuleSettings
from tests.helpers.further_oracle import EXACT, Finding, Identity, Record, exactly, further, is_due, signed
from tests.helpers.oracle_tolerance import tolerance_of

__all__ = ["EXACT", "Finding", "Identity", "exactly", "expected", "gross_of", "sums", "unmatched"]
_NUMBERS = frozenset({"gross", "sum", "quantity", "price"})


def gross_of(trade: Record) -> Decimal:
    """Quantity x price, all of its digits."""
    return EXACT.multiply(exactly(trade["quantity"]), exactly(trade["price"]))


def total(entries: Sequence[Record]) -> Decimal:
    """The exact sum of the entries' amounts."""
    result = Decimal(0)
    for entry in entries:
        result = EXACT.add(result, exactly(entry["amount"]))
    return result


def sums(entries: Sequence[Record]) -> list[tuple[str | None, Decimal, int]]:
    """By currency, in the order of their bytes, blank first: the currency, the sum, the number of entries."""
    grouped: dict[str | None, list[Record]] = defaultdict(list)
    for entry in entries:
        grouped[entry["currency"]].append(entry)
    ordered = sorted(grouped, key=lambda currency: (currency or "").encode())
    return [(currency, total(grouped[currency]), len(grouped[currency])) for currency in ordered]


def as_material(stored: Any, name: str = "") -> object:
    """Stored material (JSON that was read) as the oracle writes it: tuples, and numbers as Decimal."""
    if isinstance(stored, dict):
        return tuple(as_material(value, key) for key, value in stored.items())
    if isinstance(stored, list):
        return tuple(as_material(item) for item in stored)
    return exactly(stored) if name in _NUMBERS else stored


def expected(
    trades: Sequence[Record],
    entries: Sequence[Record],
    settings: RuleSettings,
    as_of: date | None = None,
) -> dict[Identity, Finding]:
    """Every issue that the data show by the rules that are on, by type and key.

    The trades are in the order in which they were stored. `as_of` is the date that the run is asked for.
    """
    of_trade: dict[str, list[Record]] = defaultdict(list)
    for entry in entries:
        of_trade[entry["trade_id"]].append(entry)
    found: dict[Identity, Finding] = {}
    for trade in trades:
        if trade["status"] in settings.checked_statuses:
            own = of_trade.get(trade["trade_id"], [])
            if own or as_of is None or is_due(trade, settings, as_of):
                found |= _matching(trade, own, settings)
    known = {trade["trade_id"] for trade in trades}
    for key, own in of_trade.items():
        if key not in known:
            found["ORPHAN_LEDGER_ENTRY", key] = Finding(tuple(sums(own)), {"entries": len(own)})
    found |= _anomalies(trades, settings) | further(trades, of_trade, settings, as_of or date.today())
    return {identity: finding for identity, finding in found.items() if identity[0] in settings.enabled}


def _matching(trade: Record, entries: Sequence[Record], settings: RuleSettings) -> dict[Identity, Finding]:
    key, gross = trade["trade_id"], gross_of(trade)
    if not entries:
        return {("MISSING_LEDGER_ENTRY", key): Finding((gross, trade["currency"]), {"gross": gross})}
    named = {record["currency"] for record in (trade, *entries)} - {None}
    if len(named) > 1:
        material = (gross, trade["currency"], tuple(sums(entries)))
        return {("CURRENCY_MISMATCH", key): Finding(material, {"gross": gross, "entries": len(entries)})}
    booked = Decimal(0)
    for entry in entries:
        booked = EXACT.add(booked, signed(entry, settings, as_cash=False))
    difference = EXACT.subtract(EXACT.abs(booked), EXACT.abs(gross))
    if EXACT.abs(difference) <= tolerance_of(trade, min(named, default=None), gross, settings):
        return {}
    figures = {"gross": gross, "sum": booked, "difference": difference, "entries": len(entries)}
    return {("AMOUNT_MISMATCH", key): Finding((gross, booked), figures)}


def _anomalies(trades: Sequence[Record], settings: RuleSettings) -> dict[Identity, Finding]:
    if not trades:
        return {}
    quantities = [Fraction(exactly(trade["quantity"])) for trade in trades]
    threshold = sum(quantities, Fraction(0)) / len(trades) * Fraction(settings.anomaly_factor)
    return {
        ("ANOMALOUS_QUANTITY", trade["trade_id"]): Finding(
            (exactly(trade["quantity"]),), {"quantity": exactly(trade["quantity"]), "trades": len(trades)}
        )
        for trade, quantity in zip(trades, quantities, strict=True)
        if quantity > threshold
    }


def unmatched(found: Mapping[Identity, Finding]) -> set[str]:
    """The trades that are not matched with the ledger."""
    matching = {kind for kind in IssueType if kind.is_matching} - {IssueType.ORPHAN_LEDGER_ENTRY}
    return {key for kind, key in found if kind in matching}
