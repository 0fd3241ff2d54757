"""Cells of a sheet that are no texts, as the texts that a careful person would type."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal

from .specials import Special

_FIRST_CERTAIN = date(1900, 3, 1)
_DIGITS = 15

Cell = int | float | str | bool | time | date | datetime | timedelta
"""What the spreadsheet library gives for a cell."""


def text_of(cell: Cell) -> tuple[str, Special | None]:
    """A cell that is no text as the text that stands for it, and what is special about it."""
    if isinstance(cell, bool):
        return str(cell).upper(), Special.TRUTH
    if isinstance(cell, float | int):
        return number_text(cell)
    if isinstance(cell, datetime):
        midnight = not (cell.hour or cell.minute or cell.second or cell.microsecond)
        text = cell.isoformat(" ", "milliseconds" if cell.microsecond else "seconds")
        return text[:10] if midnight else text, _certain(cell.date())
    if isinstance(cell, date):
        return cell.isoformat(), _certain(cell)
    return str(cell), Special.TIME


def _certain(day: date) -> Special:
    return Special.DATE if day >= _FIRST_CERTAIN else Special.EARLY


def number_text(number: float | int) -> tuple[str, Special | None]:
    """A number as the shortest plain decimal that reads back the same, and whether it has too many digits."""
    text = repr(number or 0.0)  # a spreadsheet shows no negative zero
    if "e" not in text and "n" not in text and len(text) <= _DIGITS + 1:
        return text.removesuffix(".0"), Special.NUMBER
    if "n" in text:  # inf and nan, which no number field takes
        return text, Special.DIGITS
    value = Decimal(text)
    digits = len("".join(map(str, value.as_tuple().digits)).rstrip("0"))
    plain = format(value, "f").removesuffix(".0")
    return plain, Special.DIGITS if digits > _DIGITS or abs(number) >= 10**_DIGITS else Special.NUMBER
