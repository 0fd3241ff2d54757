"""What the text of one cell means, by the type of its field.

Every type has two ways to the same values: `one` reads a single cell and says what is wrong with it;
`many` reads a column of some hundred cells at once, as fast as Python can, and only says that something
is wrong. A tight loop over single cells takes three times as long.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Protocol, TypeVar

from ..domain import decimals
from ..domain.decimals import DECIMALS, MAX_GROSS, MAX_UNITS, NANO, DecimalError
from ..domain.fields import LONGEST_KEY, Field, FieldType
from .totals import totals

Stored = str | int | None
"""A value as it is stored."""
_Value = TypeVar("_Value")

_CACHED = 50_000  # how many different values of a column are remembered
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_PLAIN_COLUMN = re.compile(r"(?:-?[0-9]{1,16}(?:\.[0-9]{1,9})?\n)*")
_PLAIN_CELL = re.compile(r"-?[0-9]{1,16}(?:\.[0-9]{1,9})?")
_PLAIN_POSITIVE = re.compile(r"[1-9][0-9]{0,15}(?:\.[0-9]{1,9})?")
DECIMAL_COMMA = re.compile(r"[+-]?(?:[0-9]{1,3}(?:\.[0-9]{3})+,[0-9]+|[0-9]*,(?:[0-9]{1,2}|[0-9]{4,}))")
"""A number whose comma can only be a decimal comma: `1,5` and `1.234,567`, not `1,234`."""
_TO_NANOS = Context(prec=40, rounding=ROUND_HALF_EVEN)


class CellError(ValueError):
    """A cell has no meaning for its field; the message is the reason that the user reads.

    `place` tells which cell it is, among those that a field is made of; None where it is all of them.
    """

    def __init__(self, reason: str = "", place: int | None = None) -> None:
        super().__init__(reason)
        self.place = place


class Reader(Protocol):
    """Reads the cells of one field into one or two stored values each."""

    def one(self, cell: str) -> tuple[Stored, ...]:
        """The values of a cell; raises CellError."""

    def many(self, cells: Sequence[str]) -> list[Sequence[Stored]]:
        """The values of a column, as columns; raises CellError when there is something to say of a cell."""

    def suspects(self, cells: Sequence[str]) -> Collection[str]:
        """The different cells of a column in which something may be wrong; `one` says whether it is."""


def wrong(reader: Reader, cells: Sequence[str]) -> dict[str, CellError]:
    """The different cells of a column that the reader refuses, with what it says of them."""
    refused = {}
    for cell in reader.suspects(cells):
        try:
            reader.one(cell)
        except CellError as error:
            refused[cell] = error
    return refused


def required(field: Field) -> CellError:
    """What is said of a blank cell that must not be blank."""
    return CellError(f"{field.name.replace('_', ' ').capitalize()} is required")


class Text:
    """Text and ids: outer white space goes, everything else stays, blank is None. “Total” is no id."""

    def __init__(self, field: Field) -> None:
        self._field = field
        self._no_ids = totals() if field.type is FieldType.ID else frozenset()
        self._longest = LONGEST_KEY if field.type.is_key else None

    def one(self, cell: str) -> tuple[Stored, ...]:
        """The text of a cell."""
        value = cell.strip() or None
        if value is None and self._field.required:
            raise required(self._field)
        if self._longest is not None and value is not None and len(value) > self._longest:
            name = self._field.name.replace("_", " ").capitalize()
            raise CellError(f"{name} is longer than {self._longest} characters")
        if value in self._no_ids:
            raise CellError("A line of totals, it seems, and no record")
        return (value,)

    def many(self, cells: Sequence[str]) -> list[Sequence[Stored]]:
        """The texts of a column."""
        values = list(map(str.strip, cells))
        if "" in values:
            if self._field.required:
                raise required(self._field)
            return [[value or None for value in values] if self._fits(values) else self._one_by_one(cells)]
        return [values if self._fits(values) else self._one_by_one(cells)]

    def suspects(self, cells: Sequence[str]) -> Collection[str]:
        """All of them, or none."""
        try:
            self.many(cells)
        except CellError:
            return set(cells)
        return ()

    def _fits(self, values: Sequence[str]) -> bool:
        is_short = self._longest is None or max(map(len, values), default=0) <= self._longest
        return is_short and self._no_ids.isdisjoint(values)

    def _one_by_one(self, cells: Sequence[str]) -> list[Stored]:
        return [self.one(cell)[0] for cell in cells]


class Word:
    """Values of which a column has few different ones, such as dates: each is read once and remembered."""

    def __init__(self, read: Callable[[str], str | None]) -> None:
        self._read = read
        self._known = Known(read)

    def one(self, cell: str) -> tuple[Stored, ...]:
        """The value of a cell."""
        return (self._read(cell),)

    def many(self, cells: Sequence[str]) -> list[Sequence[Stored]]:
        """The values of a column."""
        return [list(map(self._known.__getitem__, cells))]

    def suspects(self, cells: Sequence[str]) -> Collection[str]:
        """The cells that were not read before."""
        return set(cells) - self._known.keys()


class Known(dict[str, _Value]):
    """Values by the text they were read from, up to a limit."""

    def __init__(self, read: Callable[[str], _Value]) -> None:
        super().__init__()
        self._read = read

    def __missing__(self, cell: str) -> _Value:
        value = self._read(cell)
        if len(self) >= _CACHED:
            self.clear()
        self[cell] = value
        return value


def date_reader(field: Field) -> Callable[[str], str | None]:
    """Reads dates: YYYY-MM-DD that exist, blank is None."""

    def read(cell: str) -> str | None:
        text = cell.strip()
        if not text:
            if field.required:
                raise required(field)
            return None
        if _DATE.fullmatch(text) is None:
            raise CellError("Not a date; use YYYY-MM-DD")
        try:
            date.fromisoformat(text)
        except ValueError:
            raise CellError("This date does not exist; use YYYY-MM-DD") from None
        return text

    return read


def side_reader(field: Field, words: Mapping[str, str]) -> Callable[[str], str]:
    """Reads BUY and SELL in any case, and what a mapping's words stand for."""
    meanings = {"buy": "BUY", "sell": "SELL"}
    meanings.update({word.strip().lower(): meaning.upper() for word, meaning in words.items()})

    def read(cell: str) -> str:
        text = cell.strip().lower()
        if text in meanings:
            return meanings[text]
        raise CellError("Side must be BUY or SELL") if text else required(field)

    return read


def status_reader(words: Mapping[str, str]) -> Callable[[str], str]:
    """Reads a trade's status: lower case, blank is pending, and what a mapping's words stand for."""
    meanings = {word.strip().lower(): meaning.strip().lower() for word, meaning in words.items()}

    def read(cell: str) -> str:
        text = cell.strip().lower()
        if len(text) > LONGEST_KEY:
            raise CellError(f"Status is longer than {LONGEST_KEY} characters")
        return meanings.get(text, text) or "pending"

    return read


class Number:
    """Exact decimals, stored as units and nanos.

    `rounding` lets numbers with more than 9 decimals be rounded half to even; `rounded` counts them.
    """

    def __init__(self, field: Field, *, rounding: bool = False) -> None:
        self._field = field
        self._rounding = rounding
        self._nanos = Known(lambda fraction: int(fraction.ljust(DECIMALS, "0")))
        self.rounded = 0

    def one(self, cell: str) -> tuple[Stored, ...]:
        """The units and nanos of a cell."""
        text = cell.strip()
        if not text:
            if self._field.required:
                raise required(self._field)
            return (None, None)
        try:
            units, nanos = decimals.parse(text)
        except DecimalError as error:
            if not self._rounding or str(error) != decimals.TOO_MANY_DECIMALS:
                raise CellError(str(error)) from None
            units, nanos = _round(text)
            self.rounded += 1
        if self._field.positive and (units, nanos) <= (0, 0):
            raise CellError(f"{self._field.label} must be greater than 0")
        return units, nanos

    def many(self, cells: Sequence[str]) -> list[Sequence[Stored]]:
        """The units and the nanos of a column."""
        joined = "\n".join(cells) + "\n"
        if _PLAIN_COLUMN.fullmatch(joined) is None or joined.count("\n") != len(cells):
            if self._rounding:
                raise CellError(decimals.TOO_MANY_DECIMALS)
            pairs = [self.one(cell) for cell in cells]
            return [[pair[0] for pair in pairs], [pair[1] for pair in pairs]]
        if "." in joined:
            if joined.count(".") < len(cells):
                joined = "".join([cell + "\n" if "." in cell else cell + ".\n" for cell in cells])
            parts = joined.replace(".", "\n").split("\n")  # three times as fast as to part each cell
            units = list(map(int, parts[:-1:2]))
            nanos = list(map(self._nanos.__getitem__, parts[1::2]))
            if "-" in joined:
                nanos = [-part if cell[0] == "-" else part for cell, part in zip(cells, nanos, strict=True)]
        else:
            units, nanos = list(map(int, cells)), [0] * len(cells)
        if self._field.positive and min(units) <= 0 and min(zip(units, nanos, strict=True)) <= (0, 0):
            raise CellError(f"{self._field.label} must be greater than 0")
        return [units, nanos]

    def suspects(self, cells: Sequence[str]) -> Collection[str]:
        """The cells that are not plain and, where only such will do, not greater than 0."""
        plain = _PLAIN_POSITIVE if self._field.positive else _PLAIN_CELL
        return {cell for cell in cells if plain.fullmatch(cell) is None}


def _round(text: str) -> tuple[int, int]:
    """A plain decimal with more than 9 decimals, rounded to 9, half to even, as (units, nanos)."""
    value = Decimal(text)
    if value.copy_abs() < MAX_UNITS:
        value = _TO_NANOS.quantize(value, Decimal(1).scaleb(-DECIMALS))
    if value.copy_abs() >= MAX_UNITS:
        raise CellError(decimals.TOO_LARGE)
    exact = decimals.from_decimal(value)
    return exact.units, exact.nanos


def reader_of(field: Field, words: Mapping[str, str], *, rounding: bool) -> Reader:
    """The reader of a field; `words` say what else a mapping takes for its values."""
    match field.type:
        case FieldType.DECIMAL:
            return Number(field, rounding=rounding)
        case FieldType.DATE:
            return Word(date_reader(field))
        case FieldType.SIDE:
            return Word(side_reader(field, words))
        case FieldType.TRADE_STATUS:
            return Word(status_reader(words))
        case _:
            return Text(field)


def gross_columns(
    quantity: Sequence[Sequence[int]], price: Sequence[Sequence[int]]
) -> list[Sequence[Stored]]:
    """Quantity × price of a column as units, nanos and rest; quantities are positive.

    The same as `decimals.gross` of each row, which it raises as, several times as fast.
    """
    pairs = zip(*quantity, *price, strict=True)
    if min(price[0]) < 0 or min(price[1]) < 0:
        exact = [decimals.gross((a, b), (c, d)) for a, b, c, d in pairs]
        return list(zip(*exact, strict=True))
    if any(quantity[1]):
        atoms = [(a * NANO + b) * (c * NANO + d) for a, b, c, d in pairs]
        total = [atom // NANO for atom in atoms]
        rests = [atom % NANO for atom in atoms]
    else:
        total = [whole * (units * NANO + nanos) for whole, _, units, nanos in pairs]
        rests = [0] * len(total)
    units = [nanos // NANO for nanos in total]
    if max(units) >= MAX_GROSS:
        raise DecimalError(decimals.GROSS_TOO_LARGE)
    return [units, [nanos % NANO for nanos in total], rests]
