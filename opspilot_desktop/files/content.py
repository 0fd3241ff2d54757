"""What the cells of a column look like: dates, numbers, sides, currencies, ids. Nothing is decided here."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ..domain.fields import FieldType
from .cells import CellError
from .formats import DateText, NumberText
from .taking import NumberFormat, Side

BUYS = frozenset(
    ("b", "buy", "bought", "bot", "purchase", "kauf", "gekauft", "achat", "acquisto", "bto", "btc")
)
SELLS = frozenset(
    ("s", "sell", "sold", "sld", "sale", "verkauf", "verkauft", "vente", "vendita", "sto", "stc")
)
_DEBIT_AND_CREDIT = (
    ("dr", "cr"),
    ("d", "c"),
    ("debit", "credit"),
    ("soll", "haben"),
    ("s", "h"),
    ("-", "+"),
)
_CURRENCIES = frozenset(
    [
        "AED",
        "ARS",
        "AUD",
        "BGN",
        "BHD",
        "BRL",
        "CAD",
        "CHF",
        "CLP",
        "CNH",
        "CNY",
        "COP",
        "CZK",
        "DKK",
        "EGP",
        "EUR",
        "GBP",
        "GBX",
        "GBp",
        "HKD",
        "HUF",
        "IDR",
        "ILS",
        "INR",
        "ISK",
        "JPY",
        "KES",
        "KRW",
        "KWD",
        "KZT",
        "MAD",
        "MXN",
        "MYR",
        "NGN",
        "NOK",
        "NZD",
        "OMR",
        "PEN",
        "PHP",
        "PKR",
        "PLN",
        "QAR",
        "RON",
        "RSD",
        "RUB",
        "SAR",
        "SEK",
        "SGD",
        "THB",
        "TND",
        "TRY",
        "TWD",
        "UAH",
        "USD",
        "UYU",
        "VND",
        "ZAR",
    ]
)
_ISIN = re.compile(r"[A-Z]{2}[A-Z0-9]{9}[0-9]")
_DAYS = (
    "YYYY-MM-DD",
    "YYYYMMDD",
    "YYYY/MM/DD",
    "YYYY.MM.DD",
    "DD/MM/YYYY",
    "MM/DD/YYYY",
    "DD.MM.YYYY",
    "DD-MM-YYYY",
    "MM-DD-YYYY",
    "DD-MMM-YYYY",
    "DD MMM YYYY",
    "DD/MM/YY",
    "MM/DD/YY",
    "DD.MM.YY",
    "D/M/YYYY",
    "M/D/YYYY",
    "D.M.YYYY",
)
_TIMES = ("", " hh:mm:ss", " hh:mm", ";hhmmss", "Thh:mm:ss")
_MOST_OTHERS = 12  # words beside those for sides that a column of sides may have
FORMATS = (
    NumberFormat(),
    NumberFormat(","),
    NumberFormat(".", ","),
    NumberFormat(",", "."),
    NumberFormat(".", "'"),
    NumberFormat(",", " "),
    NumberFormat(".", " "),
)
"""The number formats that are proposed, the plainest first."""


@dataclass(frozen=True)
class Looks:
    """What the filled cells of a column, of which there are `filled`, all are."""

    filled: int
    dates: tuple[str, ...] = ()  # the forms that each of them fits
    is_number: bool = False
    has_negative: bool = False
    is_currency: bool = False
    is_isin: bool = False
    is_distinct: bool = False
    sides: tuple[str, ...] = ()  # the words for sides among them
    others: tuple[str, ...] = ()  # other words beside those

    def suits(self, kind: FieldType) -> bool:
        """Whether a field of this type could be made of such cells; of none, anything could."""
        if not self.filled:
            return True
        match kind:
            case FieldType.DECIMAL:
                return self.is_number
            case FieldType.DATE:
                return bool(self.dates)
            case FieldType.SIDE:
                return bool(self.sides)
            case FieldType.CURRENCY:
                return self.is_currency
            case _:
                return True


def looks_of(cells: Sequence[str]) -> Looks:
    """What the cells look like."""
    filled = [text for cell in cells if (text := cell.strip())]
    words = list(dict.fromkeys(filled))
    sides = tuple(word for word in words if side_of(word))
    if len(words) - len(sides) > _MOST_OTHERS or 5 * sum(map(filled.count, sides)) < len(filled):
        sides = ()
    return Looks(
        len(filled),
        dates=date_forms(words),
        is_number=bool(filled) and any(fits(form, filled) for form in _ANY),
        has_negative=any(text[0] in "-(" or text[-1] == "-" for text in filled),
        is_currency=bool(filled) and all(word in _CURRENCIES for word in words),
        is_isin=bool(filled) and all(_ISIN.fullmatch(word) for word in words),
        is_distinct=len(words) == len(filled) > 1,
        sides=sides,
        others=tuple(word for word in words if word not in sides) if sides else (),
    )


_ANY = tuple(NumberText(NumberFormat(each.decimal, each.thousands, True, True)) for each in FORMATS)


def fits(form: NumberText, texts: Sequence[str]) -> bool:
    """Whether all texts are numbers of this form."""
    try:
        form.many(texts)
    except CellError:
        return False
    return True


def numbers_among(texts: Sequence[str]) -> list[str]:
    """Those of the texts that are a number in some form."""
    if any(fits(form, texts) for form in _ANY):
        return list(texts)
    return [text for text in texts if any(fits(form, (text,)) for form in _ANY)]


def date_forms(words: Sequence[str]) -> tuple[str, ...]:
    """The forms of dates that all words have; one of loose digits counts where no strict one does."""
    found = [form for day in _DAYS for time in _TIMES if _is_date(form := day + time, words)]
    strict = [form for form in found if "DD" in form]
    return tuple(strict or found)


def _is_date(form: str, words: Sequence[str]) -> bool:
    reader = DateText(form)
    try:
        for word in words:
            reader.one(word)
    except CellError:
        return False
    return bool(words)


def debit_and_credit(cells: Sequence[str]) -> tuple[str, str] | None:
    """The words for debit and credit, where each of the cells is one of them."""
    found = {cell.strip().lower() for cell in cells}
    return next((pair for pair in _DEBIT_AND_CREDIT if found and found <= set(pair)), None)


def side_of(word: str) -> Side | None:
    """The side that a word is known to stand for."""
    lower = word.strip().lower()
    return "BUY" if lower in BUYS else "SELL" if lower in SELLS else None
