"""Figures that are shown and that nothing is decided by."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction

_SHOWN = Decimal("0.000000001")
_CONTEXT = Context(prec=60, rounding=ROUND_HALF_EVEN)


def shown(value: Fraction) -> str:
    """The value rounded to 9 decimals, for reading only: no comparison uses it."""
    exact = _CONTEXT.divide(Decimal(value.numerator), Decimal(value.denominator))
    text = f"{exact.quantize(_SHOWN, context=_CONTEXT):f}"
    return text.rstrip("0").rstrip(".")
