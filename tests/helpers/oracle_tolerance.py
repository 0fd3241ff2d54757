"""How far a trade's entries may be from it by the settings, worked out slowly."""

from __future__ import annotations

from decimal import ROUND_FLOOR, Decimal

from opspilot_desktop.recon.rule_settings import RuleSettings, Tolerance
from tests.helpers.further_oracle import EXACT, Record

ATOM = Decimal("0.000000001")
_MOST_SPECIFIC_FIRST = ("instrument", "account", "counterparty", "currency")


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
