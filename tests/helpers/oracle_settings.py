"""What the settings say of one trade, worked out slowly: its tolerance, the signs, whether it is due."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import ROUND_FLOOR, Context, Decimal
from typing import Any

from opspilot_desktop.recon.rule_settings import RuleSettings, SignConvention, Tolerance

EXACT = Context(prec=120)
ATOM = Decimal("0.000000001")
_MOST_SPECIFIC_FIRST = ("instrument", "account", "counterparty", "currency")
Record = Mapping[str, Any]


def tolerance_of(trade: Record, currency: str | None, gross: Decimal, settings: RuleSettings) -> Decimal:
    """How large the difference may be; `currency` is what the trade or else its entries name."""
    line = _line_of({**trade, "currency": currency}, settings)
    share = EXACT.divide(EXACT.multiply(EXACT.abs(gross), line.basis_points), Decimal(10_000))
    return max(line.absolute, share.quantize(ATOM, rounding=ROUND_FLOOR, context=EXACT))


def _line_of(trade: Record, settings: RuleSettings) -> Tolerance:
    """The most specific line that fits; of several as specific ones the last."""
    best = Tolerance(settings.tolerance, settings.basis_points)
    best_rank: tuple[int, list[bool]] = (0, [])
    for line in settings.tolerances:
        named = {
            name: getattr(line, name) for name in _MOST_SPECIFIC_FIRST if getattr(line, name) is not None
        }
        rank = (len(named), [name in named for name in _MOST_SPECIFIC_FIRST])
        if all(trade.get(name) == value for name, value in named.items()) and rank >= best_rank:
            best, best_rank = line, rank
    return best


def signed(entry: Record, settings: RuleSettings) -> Decimal:
    """The entry's amount, turned round where its source says so and its entry type is a debit."""
    amount = EXACT.create_decimal(entry["amount"])
    by_type = settings.signs.get(entry.get("source") or "") is SignConvention.BY_ENTRY_TYPE
    is_debit = (entry.get("entry_type") or "").lower() in settings.debit_types
    return EXACT.minus(amount) if by_type and is_debit else amount


def is_due(trade: Record, settings: RuleSettings, as_of: date | None) -> bool:
    """Whether so many business days have passed since the settlement date, up to and with `as_of`."""
    settle_date = trade.get("settle_date")
    if as_of is None or settle_date is None:
        return True
    settled = date.fromisoformat(settle_date)
    after = [settled + timedelta(days=number) for number in range(1, (as_of - settled).days + 1)]
    passed = sum(_is_business_day(day, settings.calendar) for day in after)
    return settled <= as_of and passed >= settings.missing_days


def _is_business_day(day: date, calendar: str) -> bool:
    if day.isoweekday() > 5:
        return False
    if not calendar:
        return True
    import holidays

    try:
        return day not in holidays.country_holidays(calendar)
    except NotImplementedError:
        return day not in holidays.financial_holidays(calendar)
