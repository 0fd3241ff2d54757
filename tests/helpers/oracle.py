"""What the engine has to find, worked out slowly in `Decimal` and `Fraction`, one trade at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal
from fractions import Fraction
from typing import Any

from opspilot_desktop.recon.rule_settings import RuleSettings

EXACT = Context(prec=120)
Record = Mapping[str, Any]
Identity = tuple[str, str]


@dataclass(frozen=True)
class Finding:
    """What makes an issue the same as before, and figures that its evidence has to show."""

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


def expected(
    trades: Sequence[Record], entries: Sequence[Record], settings: RuleSettings
) -> dict[Identity, Finding]:
    """Every issue that the data show, by type and key."""
    of_trade: dict[str, list[Record]] = defaultdict(list)
    for entry in entries:
        of_trade[entry["trade_id"]].append(entry)
    found: dict[Identity, Finding] = {}
    for trade in trades:
        if trade["status"] in settings.checked_statuses:
            found |= _matching(trade, of_trade.get(trade["trade_id"], []), settings)
    known = {trade["trade_id"] for trade in trades}
    for key, own in of_trade.items():
        if key not in known:
            found["ORPHAN_LEDGER_ENTRY", key] = Finding(tuple(sums(own)), {"entries": len(own)})
    return found | _anomalies(trades, settings)


def _matching(trade: Record, entries: Sequence[Record], settings: RuleSettings) -> dict[Identity, Finding]:
    key, gross = trade["trade_id"], gross_of(trade)
    if not entries:
        return {("MISSING_LEDGER_ENTRY", key): Finding((gross, trade["currency"]), {"gross": gross})}
    named = {record["currency"] for record in (trade, *entries)} - {None}
    if len(named) > 1:
        material = (gross, trade["currency"], tuple(sums(entries)))
        return {("CURRENCY_MISMATCH", key): Finding(material, {"gross": gross, "entries": len(entries)})}
    booked = total(entries)
    difference = EXACT.subtract(EXACT.abs(booked), EXACT.abs(gross))
    if EXACT.abs(difference) <= settings.tolerance:
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
            quantity, {"quantity": exactly(trade["quantity"]), "trades": len(trades)}
        )
        for trade, quantity in zip(trades, quantities, strict=True)
        if quantity > threshold
    }


def unmatched(found: Mapping[Identity, Finding]) -> set[str]:
    """The trades that are not matched with the ledger."""
    return {key for kind, key in found if kind not in ("ANOMALOUS_QUANTITY", "ORPHAN_LEDGER_ENTRY")}
