"""What the engine has to find, worked out slowly in `Decimal` and `Fraction`, one trade at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from opspilot_desktop.recon.rule_settings import RuleSettings
from tests.helpers.oracle_settings import EXACT, Record, is_due, signed, tolerance_of

Identity = tuple[str, str]
_NUMBERS = frozenset({"gross", "sum", "quantity", "price"})


@dataclass(frozen=True)
class Finding:
    """What makes an issue the same as before, and figures that its evidence has to show.

    The material has the values of the stored one, in their order (see `as_material`).
    """

    material: object
    figures: Mapping[str, object]


def exactly(text: str) -> Decimal:
    """The number, without the exponent or the zeros that two spellings of it may differ in."""
    return EXACT.create_decimal(text)


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
    trades: Sequence[Record], entries: Sequence[Record], settings: RuleSettings, as_of: date | None = None
) -> dict[Identity, Finding]:
    """Every issue that the data show to the rules that are on, by type and key."""
    found = _expected(trades, entries, settings, as_of)
    return {identity: finding for identity, finding in found.items() if settings.is_on(identity[0])}


def _expected(
    trades: Sequence[Record], entries: Sequence[Record], settings: RuleSettings, as_of: date | None
) -> dict[Identity, Finding]:
    of_trade: dict[str, list[Record]] = defaultdict(list)
    for entry in entries:
        of_trade[entry["trade_id"]].append(entry)
    found: dict[Identity, Finding] = {}
    for trade in trades:
        if trade["status"] in settings.checked_statuses:
            found |= _matching(trade, of_trade.get(trade["trade_id"], []), settings, as_of)
    known = {trade["trade_id"] for trade in trades}
    for key, own in of_trade.items():
        if key not in known:
            found["ORPHAN_LEDGER_ENTRY", key] = Finding(tuple(sums(own)), {"entries": len(own)})
    return found | _anomalies(trades, settings)


def _matching(
    trade: Record, entries: Sequence[Record], settings: RuleSettings, as_of: date | None
) -> dict[Identity, Finding]:
    key, gross = trade["trade_id"], gross_of(trade)
    if not entries:
        if not is_due(trade, settings, as_of):
            return {}
        return {("MISSING_LEDGER_ENTRY", key): Finding((gross, trade["currency"]), {"gross": gross})}
    named = {record["currency"] for record in (trade, *entries)} - {None}
    if len(named) > 1:
        material = (gross, trade["currency"], tuple(sums(entries)))
        return {("CURRENCY_MISMATCH", key): Finding(material, {"gross": gross, "entries": len(entries)})}
    booked = Decimal(0)
    for entry in entries:
        booked = EXACT.add(booked, signed(entry, settings))
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
    return {key for kind, key in found if kind not in ("ANOMALOUS_QUANTITY", "ORPHAN_LEDGER_ENTRY")}
