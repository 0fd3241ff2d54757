"""Makes what the checker reads of a field out of the cells of a row, as a mapping says (see taking)."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

from ..domain.decimals import NOT_PLAIN
from ..domain.fields import Field, FieldType
from .cells import CellError, side_reader
from .formats import DateText, Format, NumberText, Rounder
from .mapping import Columns, Mapping
from .specials import Special
from .taking import PLAIN, Constant, DebitCredit, Joined, Side, SignedBy, SignOf, Unsigned

_PLAIN = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
_OTHER: dict[str, Side] = {"BUY": "SELL", "SELL": "BUY"}


@dataclass(frozen=True)
class Part:
    """One of the cells that a field is made of: its index, what it is taken for, how it is written."""

    index: int
    field: Field
    format: Format | None = None


class Maker:
    """Makes a field's text of the cells of its parts.

    `combine` makes one text of as many as there are parts, and raises CellError with the place of the part
    that is wrong; without it the only part's text is the field's. `main` is the place of the part that is
    the field's value, where the others only say how to take it.
    """

    def __init__(
        self,
        parts: Sequence[Part],
        combine: Callable[..., str] | None = None,
        rounder: Rounder | None = None,
        main: int | None = None,
    ) -> None:
        self.parts = tuple(parts)
        self.main = main
        self.rounder = rounder
        self._formats = [part.format for part in parts]
        self._combine = combine

    def one(self, cells: Sequence[str], typed: Collection[int] = ()) -> str:
        """The text of a row; the places in `typed` are as they are read already."""
        texts = list(cells)
        for place, form in enumerate(self._formats):
            if form is not None and place not in typed:
                try:
                    texts[place] = form.one(texts[place])
                except CellError as error:
                    raise CellError(str(error), place) from None
        made = self._combine(*texts) if self._combine is not None else texts[0]
        return self.rounder.one(made) if self.rounder is not None else made

    def many(self, columns: Sequence[Sequence[str]], rows: int) -> Sequence[str]:
        """The texts of so many rows, given the columns of its parts."""
        texts = [
            column if form is None else form.many(column)
            for form, column in zip(self._formats, columns, strict=True)
        ]
        made: Sequence[str]
        if self._combine is None:
            made = texts[0]
        elif texts:
            made = list(map(self._combine, *texts))
        else:
            made = [self._combine()] * rows
        return self.rounder.many(made) if self.rounder is not None else made


def maker_of(field: Field, columns: Columns) -> Maker | int:
    """What makes the field; the index of its column where the cells are read as they stand."""
    mapping = columns.mapping
    taken = mapping.columns.get(field.name, field.name)
    indexes = columns.places[field.name]
    form = _format_of(field, mapping)
    rounder = Rounder(mapping.rounding[field.name]) if field.name in mapping.rounding else None
    text = replace(field, type=FieldType.TEXT)
    maker: Maker
    match taken:
        case str():
            if form is None and rounder is None:
                return indexes[0]
            maker = Maker([Part(indexes[0], field, form)], None, rounder)
        case Constant(constant):
            maker = Maker([], lambda: constant)
        case Joined():
            maker = Maker([Part(index, text) for index in indexes], _joining(taken.separator))
        case DebitCredit():
            maker = Maker([Part(index, field, form) for index in indexes], _balancing(taken), rounder)
        case SignedBy():
            maker = Maker(
                [Part(indexes[0], field, form), Part(indexes[1], text)], _signing(taken), rounder, 0
            )
        case SignOf():
            number = replace(field, type=FieldType.DECIMAL)
            maker = Maker([Part(indexes[0], number, _number_format(mapping))], _side_by_sign(taken.negative))
        case Unsigned():
            maker = _unsigned(Part(indexes[0], field, form), taken, columns, rounder)
    return maker


def _format_of(field: Field, mapping: Mapping) -> Format | None:
    if field.type is FieldType.DECIMAL:
        return _number_format(mapping)
    if field.type is FieldType.DATE and field.name in mapping.dates:
        return DateText(mapping.dates[field.name])
    return None


def _number_format(mapping: Mapping) -> Format | None:
    return None if mapping.numbers == PLAIN else NumberText(mapping.numbers)


def _joining(separator: str) -> Callable[..., str]:
    def join(*cells: str) -> str:
        texts = [cell.strip() for cell in cells]
        if not any(texts):
            return ""
        for place, text in enumerate(texts):
            if not text:
                raise CellError("Blank, and so a part of the id is missing", place)
            if separator in text:  # two different rows could get the same id
                raise CellError(f"Has the separator “{separator}” of the id in it; choose another", place)
        return separator.join(texts)

    return join


def _balancing(taken: DebitCredit) -> Callable[..., str]:
    names = ("debit", "credit")

    def balance(*cells: str) -> str:
        texts = [cell.strip() for cell in cells]
        filled = [place for place, text in enumerate(texts) if text and not _is_zero(text, place)]
        if len(filled) > 1:
            raise CellError("Debit and credit both have an amount")
        if not filled:
            return "0" if any(texts) else ""
        place = filled[0]
        text = texts[place]
        if text[0] == "-" and not taken.reversals:
            raise CellError(
                f"A negative {names[place]}, which the profile does not take for a reversal", place
            )
        return text if names[place] == taken.positive else _negated(text)

    return balance


def _signing(taken: SignedBy) -> Callable[..., str]:
    negative = {word.strip().lower() for word in taken.negative}
    positive = {word.strip().lower() for word in taken.positive}

    def sign(cell: str, by: str) -> str:
        word = by.strip().lower()
        if word not in negative and word not in positive:
            raise CellError("The profile does not say whether this makes an amount negative", 1)
        text = cell.strip()
        if not text or _is_zero(text, 0):
            return text
        if text[0] == "-" and not taken.reversals:
            raise CellError(f"Has a minus of its own, although {taken.by} is to say the sign", 0)
        return _negated(text) if word in negative else text

    return sign


def _side_by_sign(negative: Side) -> Callable[..., str]:
    def side(cell: str) -> str:
        text = cell.strip()
        if not text:
            return ""
        if _is_zero(text, 0):
            raise CellError("0 has no sign that tells the side", 0)
        return negative if text[0] == "-" else _OTHER[negative]

    return side


def _unsigned(number: Part, taken: Unsigned, columns: Columns, rounder: Rounder | None) -> Maker:
    """A number without its sign, held against the side wherever the side is told by something else."""
    side = columns.mapping.columns.get("side", "side")
    places = columns.places.get("side", ())
    words = side_reader(number.field, columns.mapping.values.get("side", {}))
    side_of_cell: Callable[[str], str] = words
    other = Part(places[0], replace(number.field, type=FieldType.TEXT)) if places else None
    if isinstance(side, SignOf) and other is not None:
        other = Part(places[0], number.field, _number_format(columns.mapping))
        side_of_cell = _side_by_sign(side.negative)
    by_sign = _side_by_sign(taken.negative)

    def drop(cell: str, said: str | None = None) -> str:
        text = cell.strip()
        if not text or _is_zero(text, 0):
            return text
        if said is not None:
            meant = by_sign(text)
            try:
                told = side_of_cell(said)
            except CellError:
                told = ""  # which is said of the side
            if told and told != meant:
                raise CellError(f"The sign says {meant}, the side says {told}", 0)
        return text.lstrip("+-")

    if isinstance(side, Constant):
        return Maker([number], lambda cell: drop(cell, side.text), rounder)
    if other is None or other.index == number.index:
        return Maker([number], drop, rounder)
    return Maker([number, other], drop, rounder, 0)


def _is_zero(text: str, place: int) -> bool:
    """Whether the number is 0. Raises CellError for what is no plain number."""
    if _PLAIN.fullmatch(text) is None:
        raise CellError(NOT_PLAIN, place)
    return not text.strip("+-0.")


def _negated(text: str) -> str:
    return text[1:] if text[0] == "-" else "-" + text.removeprefix("+")


def is_typed(part: Part, special: Special) -> bool:
    """Whether such a cell of a workbook is read as it stands, whatever the format of texts."""
    return part.format is not None and special in part.format.typed
