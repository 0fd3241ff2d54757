"""What the rules that are off by default have to find, worked out slowly, one trade at a time."""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Context, Decimal
from fractions import Fraction
from typing import Any

from opspilot_desktop.recon.business_days import holidays_of
from opspilot_desktop.recon.rule_settings import RuleSettings, SignConvention

EXACT = Context(prec=120)
Record = Mapping[str, Any]
Identity = tuple[str, str]
ALIKE = ("instrument", "side", "quantity", "price", "trade_date", "counterparty")


@dataclass(frozen=True)
class Finding:
    """What makes an issue the same as before, and figures that its evidence has to show.

    The material has the values of the stored one, in their order (see `oracle.as_material`).
    """

    material: object
    figures: Mapping[str, object]


def exactly(text: str) -> Decimal:
    """The number, without the exponent or the zeros that two spellings of it may differ in."""
    return EXACT.create_decimal(text)


def signed(entry: Record, settings: RuleSettings, *, as_cash: bool) -> Decimal:
    """An entry's amount: in the direction of cash, or (if not `as_cash`) as a trade's entries are summed."""
    amount = exactly(entry["amount"])
    convention = settings.signs.get(entry.get("source") or "", SignConvention.ABSOLUTE)
    if convention is SignConvention.BY_ENTRY_TYPE:
        return -amount if (entry.get("entry_type") or "").lower() in settings.debit_types else amount
    others = set(settings.signs.values()) & {SignConvention.BUY_NEGATIVE, SignConvention.BY_ENTRY_TYPE}
    if convention is SignConvention.BUY_POSITIVE and (as_cash or others):
        return -amount
    return amount


def further(
    trades: Sequence[Record], entries: Mapping[str, Sequence[Record]], settings: RuleSettings, today: date
) -> dict[Identity, Finding]:
    """Every issue of the further rules, by type and key. The trades are in the order of their storing."""
    found = {**_duplicates(trades, settings)}
    for trade in trades:
        if trade["status"] in settings.checked_statuses:
            own = entries.get(trade["trade_id"], [])
            found |= _dates(trade, own, settings) | _accounts(trade, own, settings)
            found |= _sides(trade, own, settings) | _stale(trade, settings, today)
    found |= _far("ANOMALOUS_PRICE", "price", trades, settings, settings.price_deviations)
    kind = "ANOMALOUS_QUANTITY_BY_INSTRUMENT"
    return found | _far(kind, "quantity", trades, settings, settings.quantity_deviations)


def _duplicates(trades: Sequence[Record], settings: RuleSettings) -> dict[Identity, Finding]:
    groups: dict[tuple[Any, ...], list[str]] = defaultdict(list)
    found: dict[Identity, Finding] = {}
    for trade in trades:
        if trade["status"] in settings.duplicate_ignored:
            continue
        numbers = {name: exactly(trade[name]) for name in ("quantity", "price")}
        alike = tuple(numbers.get(name, trade.get(name)) for name in ALIKE)
        earlier = groups[alike]
        if earlier:
            figures = {"copies": len(earlier), "first": earlier[0]}
            found["DUPLICATE_TRADE", trade["trade_id"]] = Finding((*alike, earlier[0]), figures)
        earlier.append(trade["trade_id"])
    return found


def _differing(
    kind: str, trade: Record, own: str, said: Iterable[tuple[str | None, bool]]
) -> dict[Identity, Finding]:
    """`said` is what each entry says, and whether it agrees."""
    counts: dict[str, int] = defaultdict(int)
    for value, agrees in said:
        if value is not None and trade.get(own) is not None and not agrees:
            counts[value] += 1
    if not counts:
        return {}
    values = tuple(sorted(counts.items(), key=lambda item: item[0].encode()))
    figures = {"entries": sum(counts.values()), own: trade[own]}
    return {(kind, trade["trade_id"]): Finding((trade[own], values, figures["entries"]), figures)}


def _accounts(trade: Record, entries: Sequence[Record], settings: RuleSettings) -> dict[Identity, Finding]:
    said = (
        (name, settings.accounts.get(name or "", name) == trade.get("account"))
        for name in (entry.get("account") for entry in entries)
    )
    return _differing("ACCOUNT_MISMATCH", trade, "account", said)


def _days(first: date, last: date) -> Iterator[date]:
    """The days after the first, up to and with the last."""
    while first < last:
        first += timedelta(days=1)
        yield first


def _is_business(day: date, settings: RuleSettings) -> bool:
    return day.isoweekday() <= 5 and day not in holidays_of(settings.calendar)


def _is_near(settle: str, value: str, settings: RuleSettings) -> bool:
    """Whether the way between the dates has no more business days than are allowed, the further end being
    one of them."""
    first, last = sorted(date.fromisoformat(text) for text in (settle, value))
    way = list(_days(first, last)) if value > settle else [first, *_days(first, last)][:-1]
    business = sum(_is_business(day, settings) for day in way)
    end = date.fromisoformat(value)
    return not way or business + (not _is_business(end, settings)) <= settings.settlement_days


def is_due(trade: Record, settings: RuleSettings, today: date) -> bool:
    """Whether an entry that is missing has had its business days; without a settlement date it has."""
    settle = trade.get("settle_date")
    if settle is None:
        return True
    late = sum(_is_business(day, settings) for day in _days(date.fromisoformat(settle), today))
    return date.fromisoformat(settle) <= today and late >= settings.missing_days


def _dates(trade: Record, entries: Sequence[Record], settings: RuleSettings) -> dict[Identity, Finding]:
    settle = trade.get("settle_date")
    said = (
        (value, value is None or settle is None or _is_near(settle, value, settings))
        for value in (entry.get("value_date") for entry in entries)
    )
    return _differing("SETTLEMENT_DATE_MISMATCH", trade, "settle_date", said)


def _sides(trade: Record, entries: Sequence[Record], settings: RuleSettings) -> dict[Identity, Finding]:
    gross = EXACT.multiply(exactly(trade["quantity"]), exactly(trade["price"]))
    by_source: dict[str, list[Record]] = defaultdict(list)
    for entry in entries:
        by_source[entry.get("source") or ""].append(entry)
    wrong = []
    for source in sorted(by_source, key=str.encode):
        convention = settings.signs.get(source, SignConvention.ABSOLUTE)
        if convention is SignConvention.ABSOLUTE:
            continue
        own = by_source[source]
        if convention is SignConvention.BY_ENTRY_TYPE:
            own = [entry for entry in own if entry.get("entry_type")]
        cash = Decimal(0)
        for entry in own:
            cash = EXACT.add(cash, signed(entry, settings, as_cash=True))
        taken = gross if trade["side"] == "BUY" else -gross
        if cash * taken > 0:  # a purchase that brings cash, a sale that takes it
            shown = -cash if convention is SignConvention.BUY_POSITIVE else cash
            wrong.append((source, convention.value, shown, len(own)))
    if not wrong:
        return {}
    figures = {"side": trade["side"], "entries": sum(item[3] for item in wrong)}
    return {("SIDE_MISMATCH", trade["trade_id"]): Finding((trade["side"], tuple(wrong)), figures)}


def _stale(trade: Record, settings: RuleSettings, today: date) -> dict[Identity, Finding]:
    settle = trade.get("settle_date")
    if settle is None:
        return {}
    late = sum(_is_business(day, settings) for day in _days(date.fromisoformat(settle), today))
    if late <= settings.stale_days:
        return {}
    figures = {"settle_date": settle, "status": trade["status"]}
    return {("STALE_PENDING", trade["trade_id"]): Finding((trade["status"], settle), figures)}


def _far(
    kind: str, name: str, trades: Sequence[Record], settings: RuleSettings, deviations: Decimal
) -> dict[Identity, Finding]:
    groups: dict[str, list[Record]] = defaultdict(list)
    for trade in trades:
        groups[trade["instrument"]].append(trade)
    found: dict[Identity, Finding] = {}
    for instrument, own in groups.items():
        if len(own) < settings.sample_size:
            continue
        values = [Fraction(exactly(trade[name])) for trade in own]
        median = statistics.median(values)
        distances = [abs(value - median) for value in values]
        spread = statistics.median(distances) or sum(distances, Fraction(0)) / len(distances)
        for trade, distance in zip(own, distances, strict=True):
            if distance > Fraction(deviations) * spread:
                value = exactly(trade[name])
                found[kind, trade["trade_id"]] = Finding(
                    (instrument, value), {name: value, "instrument": instrument, "trades": len(own)}
                )
    return found
