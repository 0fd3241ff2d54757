"""Checks the rows of a file: cells in, stored values or a reason out.

The rules stand in `cells`, by type; here is what concerns the whole row. Rows are checked some hundred
at once, column by column; where that finds anything at all, the same rows are checked one by one, which
is what decides.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..domain import decimals
from ..domain.decimals import DecimalError
from ..domain.fields import Field, FieldType, Kind, Record
from .cells import CellError, Number, Reader, Stored, gross_columns, reader_of, wrong
from .making import Maker, Part, is_typed, maker_of
from .mapping import Columns
from .specials import Mark, Special, objection, objects

_NUL = "The cell has a NUL character"
_SHOWN = 500  # characters of a bad value that are kept for showing


def stored_columns(record: Record) -> dict[str, str]:
    """The columns in which rows of the record are staged, by name, with their SQL type."""
    numbers = ("_units", "_nanos", "_rest")
    columns = {name: "INTEGER" if name.endswith(numbers) else "TEXT" for name in record.stored_columns}
    return {name: f"{kind} DEFAULT 'pending'" if name == "status" else kind for name, kind in columns.items()}


def key_field(record: Record) -> str:
    """The field that must not have the same value twice in one file."""
    return "trade_id" if record.kind is Kind.TRADES else "entry_id"


@dataclass(frozen=True)
class Fault:
    """What is wrong with one cell: its column, its value as it is listed, and the reason.

    `column` is "" where the fault is in the row as a whole.
    """

    column: str
    value: str
    reason: str


@dataclass(frozen=True)
class Problem:
    """What is wrong with a row: at least one fault, in the order of the fields, and the row's own id."""

    faults: tuple[Fault, ...]
    key: str | None


@dataclass(frozen=True)
class _Source:
    """A field, its place among the fields, the cells that it is made of, by what, and what reads it.

    `maker` is None where the cell of its only part is read as it stands.
    """

    field: Field
    place: int
    parts: tuple[Part, ...]
    maker: Maker | None
    reader: Reader
    rounding: bool
    column: str

    def cells(self, row: Sequence[str]) -> list[str]:
        return [row[part.index] for part in self.parts]


class Checker:
    """Checks rows of one file, whose `columns` say where each field is.

    `stored` names the values it gives for each row, in order. What is wrong is said of the file's own
    columns.
    """

    def __init__(self, record: Record, columns: Columns) -> None:
        self._header = columns.header
        order = {field.name: place for place, field in enumerate(record.fields)}
        self._sources = [
            _source(field, order[field.name], columns)
            for field in record.importable
            if field.name in columns.places
        ]
        self._parts = [(part, source) for source in self._sources for part in source.parts]
        self._numbers = [each.reader for each in self._sources if isinstance(each.reader, Number)]
        self._rounders = {
            source.field.name: source.maker.rounder
            for source in self._sources
            if source.maker is not None and source.maker.rounder is not None
        }
        used = {part.index for part, _ in self._parts}
        self._others = [(index, name) for index, name in enumerate(columns.header) if index not in used]
        self._last = len(record.fields)
        self._key = next((each for each in self._sources if each.field.name == key_field(record)), None)
        self._has_gross = record.kind is Kind.TRADES
        present = set(columns.places)
        self.stored = tuple(
            name
            for name in stored_columns(record)
            if name.startswith("gross_") or name.removesuffix("_units").removesuffix("_nanos") in present
        )

    @property
    def rounded(self) -> int:
        """How many numbers with more than 9 decimals the mapping allowed to round."""
        return sum([reader.rounded for reader in self._numbers])

    @property
    def rounded_by_field(self) -> dict[str, int]:
        """How many numbers of each field that the mapping rounds were changed by it."""
        return {name: rounder.count for name, rounder in self._rounders.items()}

    @property
    def key_column(self) -> str:
        """The file's column that has the record's key; "" where the file has none."""
        return self._key.column if self._key is not None else ""

    def many(self, rows: Sequence[Sequence[str]]) -> list[Sequence[Stored]]:
        """The stored values of rows without a NUL, as columns.

        Raises CellError or DecimalError when there is something to say of any row; `one` then says what.
        """
        cells = list(zip(*rows, strict=True))
        stored: list[Sequence[Stored]] = []
        numbers: dict[str, Any] = {}
        counts = self.counts
        try:
            for source in self._sources:
                texts: Sequence[str]
                if source.maker is None:
                    texts = cells[source.parts[0].index]
                else:
                    texts = source.maker.many([cells[part.index] for part in source.parts], len(rows))
                values = source.reader.many(texts)
                if source.field.type is FieldType.DECIMAL:
                    numbers[source.field.name] = values
                stored += values
            if self._has_gross:
                stored += gross_columns(numbers["quantity"], numbers["price"])
        except (CellError, DecimalError):
            self._count_as(counts)
            raise
        return stored

    def refused(self, rows: Sequence[Sequence[str]]) -> dict[int, Problem]:
        """What is wrong with rows without a NUL, by their places, as far as some single field tells.

        Each is what `one` says of the row. Of the others, quantity × price can still be too large.
        """
        cells = list(zip(*rows, strict=True))
        counts = self.counts
        faults: dict[int, list[tuple[int, Fault]]] = {}
        failed: dict[int, set[str]] = {}
        for source in self._sources:
            parts = [cells[part.index] for part in source.parts]
            for place, text, error in self._wrong(source, parts, rows):
                fault = self._fault(source, rows[place], text, error)
                faults.setdefault(place, []).append((source.place, fault))
                failed.setdefault(place, set()).add(source.field.name)
        for place, fields in failed.items():
            if self._has_gross and fields.isdisjoint(("quantity", "price")):
                faults[place] += self._gross_fault(rows[place], self._numbers_of(rows[place]))
        self._count_as(counts)
        return {place: self._problem(rows[place], found) for place, found in faults.items()}

    def _wrong(
        self, source: _Source, parts: Sequence[Sequence[str]], rows: Sequence[Sequence[str]]
    ) -> Iterator[tuple[int, str | None, CellError]]:
        """The places in which a field cannot be read, with its text as far as there is one."""
        if source.maker is None:
            refused = wrong(source.reader, parts[0])
            if refused:
                for place, cell in enumerate(parts[0]):
                    if cell in refused:
                        yield place, cell, refused[cell]
            return
        try:
            source.reader.many(source.maker.many(parts, len(rows)))
            return
        except CellError:
            pass  # it does not say where
        for place, row in enumerate(rows):
            text = None
            try:
                text = self._text(source, row, {})
                source.reader.one(text)
            except CellError as error:
                yield place, text, error

    def _numbers_of(self, row: Sequence[str]) -> dict[str, Any]:
        return {
            source.field.name: source.reader.one(self._text(source, row, {}))
            for source in self._sources
            if source.field.name in ("quantity", "price")
        }

    def _gross_fault(self, row: Sequence[str], numbers: Mapping[str, Any]) -> list[tuple[int, Fault]]:
        """What is wrong with quantity × price, if anything."""
        try:
            decimals.gross(numbers["quantity"], numbers["price"])
        except DecimalError as error:
            source = next(each for each in self._sources if each.field.name == "quantity")
            return [(source.place, self._fault(source, row, None, CellError(str(error), 0)))]
        return []

    def _problem(self, row: Sequence[str], faults: list[tuple[int, Fault]]) -> Problem:
        faults.sort(key=lambda each: each[0])
        # What is wrong with a cell that several fields are made of is said once.
        return Problem(tuple(dict.fromkeys([fault for _, fault in faults])), self._key_of(row))

    def objects(self, special: Collection[tuple[int, Special]]) -> bool:
        """Whether some column, by its index, has special cells that its field must not take, or that are
        not read as the column's other cells are."""
        return any(
            part.index == index
            and (objects(part.field, each, rounding=source.rounding) or is_typed(part, each))
            for index, each in special
            for part, source in self._parts
        )

    def named(self, special: Collection[tuple[int, Special]], wanted: Special) -> set[str]:
        """The fields that have such special cells."""
        return {
            source.field.name
            for index, each in special
            for part, source in self._parts
            if each is wanted and part.index == index
        }

    def one(
        self, row: Sequence[str], marks: Mapping[int, Mark] | None = None
    ) -> tuple[Stored, ...] | Problem:
        """The stored values of a row, or what is wrong with it; `marks` name its special cells by index."""
        stored: list[Stored] = []
        numbers: dict[str, Any] = {}
        faults: list[tuple[int, Fault]] = []
        counts = self.counts
        for source in self._sources:
            text = None
            try:
                text = self._text(source, row, marks or {})
                values = source.reader.one(text)
            except CellError as error:
                faults.append((source.place, self._fault(source, row, text, error)))
                continue
            if source.field.type is FieldType.DECIMAL:
                numbers[source.field.name] = values
            stored += values
        if self._has_gross and "quantity" in numbers and "price" in numbers:
            wrong_gross = self._gross_fault(row, numbers)
            faults += wrong_gross
            if not wrong_gross:
                stored += decimals.gross(numbers["quantity"], numbers["price"])
        faults += [
            (self._last, Fault(name, shown(row[index]), _NUL))
            for index, name in self._others
            if "\0" in row[index]
        ]
        if faults:
            self._count_as(counts)
            return self._problem(row, faults)
        return tuple(stored)

    def _text(self, source: _Source, row: Sequence[str], marks: Mapping[int, Mark]) -> str:
        """The text that is read of a row's field."""
        typed = set()
        for place, part in enumerate(source.parts):
            cell = row[part.index]
            if "\0" in cell:
                raise CellError(_NUL, place)
            mark = marks.get(part.index)
            if mark is not None and objects(part.field, mark.special, rounding=source.rounding):
                raise CellError(objection(mark, part.field, shown(cell)), place)
            if mark is not None and is_typed(part, mark.special):
                typed.add(place)
        if source.maker is None:
            return row[source.parts[0].index]
        return source.maker.one(source.cells(row), typed)

    def _fault(self, source: _Source, row: Sequence[str], text: str | None, error: CellError) -> Fault:
        """What is wrong with a field, said of the column in which it is wrong, as far as that is known."""
        place = error.place
        if place is None:
            filled = [at for at, part in enumerate(source.parts) if row[part.index].strip()]
            main = source.maker.main if source.maker is not None else None
            place = filled[0] if main is None and len(filled) == 1 else main
        if place is None and len(source.parts) == 1:
            place = 0
        if place is not None:
            index = source.parts[place].index
            return Fault(self._header[index], shown(row[index]), str(error))
        cells = [cell for cell in source.cells(row) if cell.strip()]
        return Fault(source.column, shown(" + ".join(cells) if text is None else text), str(error))

    @property
    def counts(self) -> list[int]:
        """How many numbers were rounded, by what rounds them."""
        return [reader.rounded for reader in self._numbers] + [
            rounder.count for rounder in self._rounders.values()
        ]

    def count_also(self, counts: Sequence[int]) -> None:
        """Counts what another checker of the same file has counted of other rows."""
        self._count_as([own + other for own, other in zip(self.counts, counts, strict=True)])

    def _count_as(self, counts: list[int]) -> None:
        """Forgets what was counted since, in rows that are not taken or are looked at again."""
        for reader, count in zip(self._numbers, counts, strict=False):
            reader.rounded = count
        for rounder, count in zip(self._rounders.values(), counts[len(self._numbers) :], strict=True):
            rounder.count = count

    def _key_of(self, row: Sequence[str]) -> str | None:
        if self._key is None:
            return None
        try:
            key = self._text(self._key, row, {}).strip()
        except CellError:
            return None
        return key or None


def _source(field: Field, place: int, columns: Columns) -> _Source:
    mapping = columns.mapping
    reader = reader_of(field, mapping.values.get(field.name, {}), rounding=mapping.rounded)
    made = maker_of(field, columns)
    maker = None if isinstance(made, int) else made
    parts = (Part(made, field),) if isinstance(made, int) else made.parts
    names = " + ".join([columns.header[part.index] for part in parts]) or field.name
    rounding = mapping.rounded or field.name in mapping.rounding
    return _Source(field, place, parts, maker, reader, rounding, names)


def shown(value: str) -> str:
    """A bad value as it is listed: very long ones are cut, which the ellipsis tells."""
    return value if len(value) <= _SHOWN else value[:_SHOWN] + "…"
