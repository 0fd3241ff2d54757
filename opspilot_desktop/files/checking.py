"""Checks the rows of a file: cells in, stored values or a reason out.

The rules stand in `cells`, by type; here is what concerns the whole row. Rows are checked some hundred
at once, column by column; where that finds anything at all, the same rows are checked one by one, which
is what decides.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..domain import decimals
from ..domain.decimals import DecimalError
from ..domain.fields import Field, FieldType, Kind, Record
from .cells import CellError, Number, Stored, gross_columns, reader_of
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


class Checker:
    """Checks rows of one file, whose `columns` say where each field is.

    `stored` names the values it gives for each row, in order. `rounded` counts numbers that the mapping
    allowed to round.
    """

    def __init__(self, record: Record, columns: Columns) -> None:
        self._header = columns.header
        self._indexes = columns.indexes
        mapping = columns.mapping
        self._fields: list[Field] = [field for field in record.importable if field.name in columns.indexes]
        self._readers = [
            (
                field,
                columns.indexes[field.name],
                reader_of(field, mapping.values.get(field.name, {}), rounding=mapping.rounded),
            )
            for field in self._fields
        ]
        self._by_index = {index: field for field, index, _ in self._readers}
        self._rounding = mapping.rounded
        self._numbers = [reader for _, _, reader in self._readers if isinstance(reader, Number)]
        used = set(columns.indexes.values())
        self._others = [(index, name) for index, name in enumerate(columns.header) if index not in used]
        self._order = {field.name: place for place, field in enumerate(record.fields)}
        self._key = columns.indexes.get(key_field(record))
        self._has_gross = record.kind is Kind.TRADES
        present = set(columns.indexes)
        self.stored = tuple(
            name
            for name in stored_columns(record)
            if name.startswith("gross_") or name.removesuffix("_units").removesuffix("_nanos") in present
        )
        self.rounded = 0

    def many(self, rows: Sequence[Sequence[str]]) -> list[Sequence[Stored]]:
        """The stored values of rows without a NUL, as columns.

        Raises CellError or DecimalError when there is something to say of any row; `one` then says what.
        """
        cells = list(zip(*rows, strict=True))
        stored: list[Sequence[Stored]] = []
        numbers: dict[str, Any] = {}
        for field, index, reader in self._readers:
            values = reader.many(cells[index])
            if field.type is FieldType.DECIMAL:
                numbers[field.name] = values
            stored += values
        if self._has_gross:
            stored += gross_columns(numbers["quantity"], numbers["price"])
        return stored

    def objects(self, special: Collection[tuple[int, Special]]) -> bool:
        """Whether some column, by its index, has special cells that its field must not take."""
        return any(
            index in self._by_index and objects(self._by_index[index], each, rounding=self._rounding)
            for index, each in special
        )

    def named(self, special: Collection[tuple[int, Special]], wanted: Special) -> set[str]:
        """The fields that have such special cells."""
        return {
            self._by_index[index].name
            for index, each in special
            if each is wanted and index in self._by_index
        }

    def one(
        self, row: Sequence[str], marks: Mapping[int, Mark] | None = None
    ) -> tuple[Stored, ...] | Problem:
        """The stored values of a row, or what is wrong with it; `marks` name its special cells by index."""
        stored: list[Stored] = []
        numbers: dict[str, Any] = {}
        faults: list[Fault] = []
        rounded = self._rounded_so_far()
        for field, index, reader in self._readers:
            cell = row[index]
            try:
                if "\0" in cell:
                    raise CellError(_NUL)
                mark = marks.get(index) if marks else None
                if mark is not None and objects(field, mark.special, rounding=self._rounding):
                    raise CellError(objection(mark, field, shown(cell)))
                values = reader.one(cell)
            except CellError as error:
                faults.append(Fault(field.name, shown(cell), str(error)))
                continue
            if field.type is FieldType.DECIMAL:
                numbers[field.name] = values
            stored += values
        if self._has_gross and "quantity" in numbers and "price" in numbers:
            try:
                stored += decimals.gross(numbers["quantity"], numbers["price"])
            except DecimalError as error:
                faults.append(Fault("quantity", shown(row[self._indexes["quantity"]]), str(error)))
        faults += [Fault(name, shown(row[index]), _NUL) for index, name in self._others if "\0" in row[index]]
        if faults:
            return self._problem(row, faults)
        self.rounded += self._rounded_so_far() - rounded
        return tuple(stored)

    def _rounded_so_far(self) -> int:
        return sum([reader.rounded for reader in self._numbers])

    def _problem(self, row: Sequence[str], faults: list[Fault]) -> Problem:
        faults.sort(key=lambda fault: self._order.get(fault.column, len(self._order)))
        key = row[self._key].strip() if self._key is not None else ""
        return Problem(tuple(faults), key if key and "\0" not in key else None)


def shown(value: str) -> str:
    """A bad value as it is listed: very long ones are cut, which the ellipsis tells."""
    return value if len(value) <= _SHOWN else value[:_SHOWN] + "…"
