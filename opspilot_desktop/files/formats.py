"""Cells as a source writes them, made into cells as the checker reads them: numbers, dates, rounded numbers.

Each has `one` for a single cell, which says what is wrong with it, and `many` for a column (see cells).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, time
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal
from functools import cache
from typing import Protocol

from ..domain.errors import KnownError
from .cells import CellError, Known
from .specials import Special
from .taking import NumberFormat, Rounding, RoundingMode

_GROUPED_BY = {".": r"\.", ",": ",", "'": "['’]", " ": "[ \u00a0\u202f]"}
_SEPARATORS = {".": ".", ",": ",", "'": "'’", " ": " \u00a0\u202f"}
_PLAIN = re.compile(r"[+-]?(?:[0-9]{1,20}(?:\.[0-9]*)?|\.[0-9]+)")
_TOKENS = re.compile(r"YYYY|YY|MMM|MM|M|DD|D|hh|mm|ss|T|[^A-Za-z0-9]")
_PARTS = {
    "YYYY": "(?P<year>[0-9]{4})",
    "YY": "(?P<year>[0-9]{2})",
    "MMM": "(?P<month>[A-Za-z]{3})",
    "MM": "(?P<month>[0-9]{2})",
    "M": "(?P<month>[0-9]{1,2})",
    "DD": "(?P<day>[0-9]{2})",
    "D": "(?P<day>[0-9]{1,2})",
    "hh": "(?P<hour>[0-9]{2})",
    "mm": "(?P<minute>[0-9]{2})",
    "ss": "(?P<second>[0-9]{2})",
}
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_CENTURY = "20"  # of years of two digits


class Format(Protocol):
    """Makes cells of a column into those that are read; `typed` are cells of a workbook that need it not."""

    typed: frozenset[Special]

    def one(self, cell: str) -> str:
        """A cell; raises CellError. A blank one stays blank."""

    def many(self, cells: Sequence[str]) -> Sequence[str]:
        """The cells of a column; raises CellError when there is something to say of one."""


class NumberText:
    """Numbers in a source's own format as plain decimals."""

    typed = frozenset({Special.NUMBER, Special.DIGITS})

    def __init__(self, form: NumberFormat) -> None:
        self._form = form
        decimal = re.escape(form.decimal)
        whole = "[0-9]+"
        if form.thousands:
            group = _GROUPED_BY[form.thousands]
            whole = f"(?:[0-9]{{1,3}}(?:{group}[0-9]{{3}})+|[0-9]+)"
        number = f"(?:{whole}(?:{decimal}[0-9]*)?|{decimal}[0-9]+)"
        self._number = re.compile(number)
        self._column = re.compile(f"(?:-?{number}\n)*")
        self._plain = str.maketrans(dict.fromkeys(_SEPARATORS.get(form.thousands, ""), ""))
        self._plain[ord(form.decimal)] = "."

    def one(self, cell: str) -> str:
        """The number of a cell."""
        text = cell.strip()
        negative = False
        if self._form.parentheses and text.startswith("(") and text.endswith(")"):
            text, negative = text[1:-1].strip(), True
        elif text[:1] in ("-", "+"):
            text, negative = text[1:], text[0] == "-"
        elif self._form.trailing_minus and text.endswith("-"):
            text, negative = text[:-1].rstrip(), True
        if not cell.strip():
            return ""
        if self._number.fullmatch(text) is None:
            raise CellError(f"Not a number as the profile says: {self._form.words}")
        return "-" * negative + text.translate(self._plain)

    def many(self, cells: Sequence[str]) -> Sequence[str]:
        """The numbers of a column."""
        joined = "\n".join(cells) + "\n"
        if self._column.fullmatch(joined) is None or joined.count("\n") != len(cells):
            return [self.one(cell) for cell in cells]
        return joined.translate(self._plain).split("\n")[:-1]


class DateText:
    """Dates in a source's own form as YYYY-MM-DD. A time of day that the form names is left out."""

    typed = frozenset({Special.DATE})

    def __init__(self, form: str) -> None:
        self._form = form
        self._pattern = date_pattern(form)
        self._known = Known(self.one)

    def one(self, cell: str) -> str:
        """The date of a cell."""
        text = cell.strip()
        if not text:
            return ""
        found = self._pattern.fullmatch(text)
        if found is None:
            raise CellError(f"Not a date as the profile says: {self._form}")
        parts = found.groupdict()
        try:
            year = parts["year"] if len(parts["year"]) == 4 else _CENTURY + parts["year"]
            day = date(int(year), _month(parts["month"]), int(parts["day"]))
            time(int(parts.get("hour", 0)), int(parts.get("minute", 0)), int(parts.get("second", 0)))
        except ValueError:
            raise CellError(f"This date does not exist; the profile says {self._form}") from None
        return day.isoformat()

    def many(self, cells: Sequence[str]) -> Sequence[str]:
        """The dates of a column."""
        return list(map(self._known.__getitem__, cells))


def _month(text: str) -> int:
    return int(text) if text.isdecimal() else _MONTHS.index(text.lower()) + 1


@cache
def date_pattern(form: str) -> re.Pattern[str]:
    """What dates of this form look like. Raises KnownError for a form that is none."""
    tokens = _TOKENS.findall(form)
    named = [token[0] for token in tokens if token[0] in "YMDhms"]
    loose = [token in ("M", "D") for token in tokens]
    follows = any(one and token[0] in "YMDhms" for one, token in zip(loose, tokens[1:], strict=False))
    if "".join(tokens) != form or not {*"YMD"} <= {*named} or len({*named}) < len(named) or follows:
        raise KnownError(
            f"“{form}” is no form of dates; write it with YYYY or YY, MM, M or MMM, DD or D, such as"
            " DD/MM/YYYY, and with hh, mm, ss for a time of day that is left out."
        )
    return re.compile("".join([_PARTS.get(token) or re.escape(token) for token in tokens]))


class Rounder:
    """Rounds plain decimals; `count` says how many it has changed. What is no number stays as it is."""

    typed: frozenset[Special] = frozenset()

    def __init__(self, rounding: Rounding) -> None:
        self._decimals = rounding.decimals
        mode = ROUND_HALF_UP if rounding.mode is RoundingMode.HALF_UP else ROUND_HALF_EVEN
        self._context = Context(prec=40, rounding=mode)
        self._step = Decimal(1).scaleb(-rounding.decimals)
        self.count = 0

    def one(self, cell: str) -> str:
        """The number of a cell, rounded."""
        text = cell.strip()
        if not text.partition(".")[2].rstrip("0")[self._decimals :] or _PLAIN.fullmatch(text) is None:
            return cell
        self.count += 1
        return format(self._context.quantize(Decimal(text), self._step), "f")

    def many(self, cells: Sequence[str]) -> Sequence[str]:
        """The numbers of a column, rounded."""
        longest = self._decimals + 1
        return [
            cell if (at := cell.find(".")) < 0 or len(cell) - at <= longest else self.one(cell)
            for cell in cells
        ]
