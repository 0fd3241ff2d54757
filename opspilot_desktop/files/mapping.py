"""Which column of a file is which field.

Canonical names need no mapping. Names by which other systems call a field are only proposed: a person,
or a mapping file, has to say that they mean it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping as MappingType
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from ..domain.errors import KnownError
from ..domain.fields import FieldType, Record
from .dialect import normalised

_SIDES = ("BUY", "SELL")
_WITH_VALUES = (FieldType.SIDE, FieldType.TRADE_STATUS)


@dataclass(frozen=True)
class Mapping:
    """What somebody has said of a file's columns.

    `columns` gives a field's header; "" leaves the field out. A field that it does not name is taken
    from the column of its own name, if there is one. `values` gives, by field, what a file's words stand
    for (`{"side": {"B": "BUY"}}`), without regard to case. `rounded` allows numbers with more than 9
    decimals, rounded half to even; the import then says how many.
    """

    columns: MappingType[str, str] = field(default_factory=dict)
    values: MappingType[str, MappingType[str, str]] = field(default_factory=dict)
    rounded: bool = False


@dataclass(frozen=True)
class Suggestion:
    """What one column of a file may be.

    `field` is None where nothing is known, and where it is undecided; `candidates` then names the fields
    between which, or of which, somebody has to choose. `how` tells by what it was recognised.
    """

    header: str
    field: str | None = None
    how: Literal["name", "alias", ""] = ""
    candidates: tuple[str, ...] = ()


@dataclass(frozen=True)
class Proposal:
    """What the columns of a file may be, in the file's order, and which required fields none stands for."""

    columns: tuple[Suggestion, ...]
    missing: tuple[str, ...]

    @property
    def aliases(self) -> tuple[Suggestion, ...]:
        """The columns recognised by another name than the field's own."""
        return tuple(column for column in self.columns if column.how == "alias")

    def mapping(self) -> Mapping:
        """The proposal as a mapping."""
        return Mapping({column.field: column.header for column in self.columns if column.field is not None})


@dataclass(frozen=True)
class Columns:
    """Where a file has each field: indexes of cells by field name, in the order of the record's fields."""

    header: tuple[str, ...]
    indexes: MappingType[str, int]
    warnings: tuple[str, ...] = ()
    mapping: Mapping = field(default_factory=Mapping)

    @property
    def present(self) -> tuple[str, ...]:
        """The fields that the file has."""
        return tuple(self.indexes)


class NeedsMapping(KnownError):
    """A file's columns have to be named by a person; `proposal` is what the program makes of them."""

    def __init__(self, proposal: Proposal) -> None:
        super().__init__(_needs(proposal))
        self.proposal = proposal


def _needs(proposal: Proposal) -> str:
    parts = []
    if proposal.aliases:
        pairs = ", ".join(f"{column.field} = {_quoted(column.header)}" for column in proposal.aliases)
        parts.append(f"the proposal is {pairs}")
    undecided = [column for column in proposal.columns if column.candidates]
    if undecided:
        pairs = ", ".join(f"“{column.header}” ({' or '.join(column.candidates)})" for column in undecided)
        parts.append(f"it is undecided what to take {pairs} for")
    missing = f"no column was recognised as {', '.join(proposal.missing)}" if proposal.missing else ""
    if not parts:
        return (
            f"{missing.capitalize()}; choose another file, or name the column under [columns] in a TOML file"
            " and import with --mapping FILE."
        )
    if missing:
        parts.append(missing)
    return (
        f"The columns need a mapping ({'; '.join(parts)}): confirm it in the window, or write such lines"
        " under [columns] in a TOML file and import with --mapping FILE."
    )


def known_names(record: Record) -> frozenset[str]:
    """Every name, normalised, by which a column of the record is recognised."""
    return frozenset(
        normalised(name) for each in record.importable for name in (each.name, each.label, *each.aliases)
    )


def propose(header: Sequence[str], record: Record) -> Proposal:
    """What the columns may be: a field's own name decides, then its label and aliases where unambiguous."""
    names = {each.name for each in record.importable}
    exact = [name for name in header if name in names]
    by_alias: dict[str, list[str]] = {}
    for each in record.importable:
        if each.name not in exact:
            for alias in {normalised(name) for name in (each.name, each.label, *each.aliases)}:
                by_alias.setdefault(alias, []).append(each.name)
    found = [[] if name in names else by_alias.get(normalised(name), []) for name in header]
    claims = [name for candidates in found for name in candidates]

    def suggest(name: str, candidates: list[str]) -> Suggestion:
        if name in names:
            return Suggestion(name, name, "name")
        if len(candidates) == 1 and claims.count(candidates[0]) == 1:
            return Suggestion(name, candidates[0], "alias")
        return Suggestion(name, candidates=tuple(candidates))

    columns = tuple(map(suggest, header, found))
    taken = {column.field for column in columns}
    return Proposal(columns, tuple(each.name for each in record.required if each.name not in taken))


def names_all(header: Sequence[str], record: Record, mapping: Mapping | None) -> bool:
    """Whether a row's cells are a header that has all that is needed of it."""
    if mapping is not None and mapping.columns:
        return all(column in header for column in mapping.columns.values() if column)
    return not propose(header, record).missing


def resolve(header: Sequence[str], record: Record, mapping: Mapping | None) -> Columns:
    """Where the file has each field.

    Raises NeedsMapping when no mapping is given and some column goes by another name or a required field
    is not there; KnownError when the mapping does not fit the file.
    """
    if mapping is None:
        proposal = propose(header, record)
        if proposal.missing or any(each.how == "alias" or each.candidates for each in proposal.columns):
            raise NeedsMapping(proposal)
        mapping = Mapping()
    chosen = _chosen(header, record, mapping)
    indexes = {each.name: chosen[each.name] for each in record.importable if each.name in chosen}
    used = set(indexes.values())
    left = [name or f"column {index + 1}" for index, name in enumerate(header) if index not in used]
    warnings = [f"Kept out, because no field takes them: {', '.join(left)}."] if left else []
    return Columns(tuple(header), indexes, tuple(warnings), mapping)


def _chosen(header: Sequence[str], record: Record, mapping: Mapping) -> dict[str, int]:
    positions = {name: index for index, name in enumerate(header) if name}
    chosen: dict[str, int] = {}
    for name, column in mapping.columns.items():
        if column and column not in positions:
            raise KnownError(
                f"The mapping takes {name} from the column “{column}”, which this file does not have; correct"
                " the mapping or choose another file."
            )
        if column and positions[column] in chosen.values():
            raise KnownError(
                f"The mapping takes two fields from the column “{column}”; leave it to one of them."
            )
        if column:
            chosen[name] = positions[column]
    for each in record.importable:
        own = positions.get(each.name)
        if own is not None and each.name not in mapping.columns and own not in chosen.values():
            chosen[each.name] = own
    missing = [each.name for each in record.required if each.name not in chosen]
    if missing:
        raise KnownError(
            f"The mapping names no column for {', '.join(missing)}; add what is missing to the mapping or to"
            " the file."
        )
    return chosen


def load_toml(path: Path, record: Record) -> Mapping:
    """Reads a mapping file: `[columns]`, `[values.side]`, `[values.status]`, `[numbers] round = true`.

    Raises KnownError where it cannot be read or names what the record does not have.
    """
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise KnownError(
            f"The mapping {path} cannot be opened ({error.strerror or error}); check the path."
        ) from None
    except (ValueError, RecursionError) as error:
        raise KnownError(f"The mapping {path.name} is not valid TOML: {error}.") from None
    parts = _Parts(path.name, record)
    parts.refuse_others(tables, ("columns", "values", "numbers"), "")
    numbers = parts.table(tables, "numbers", "")
    parts.refuse_others(numbers, ("round",), "numbers.")
    rounded = numbers.get("round", False)
    if not isinstance(rounded, bool):
        raise KnownError(f"round in the mapping {path.name} must be true or false.")
    return Mapping(parts.columns(tables), parts.values(tables), rounded)


class _Parts:
    """The parts of a mapping file, checked against the record."""

    def __init__(self, name: str, record: Record) -> None:
        self.name = name
        self.record = record
        self.fields = {each.name: each for each in record.importable}

    def table(self, tables: dict[str, Any], key: str, within: str) -> dict[str, Any]:
        table = tables.get(key, {})
        if not isinstance(table, dict):
            raise KnownError(f"{within}{key} in the mapping {self.name} must be a table, [{within}{key}].")
        return table

    def refuse_others(self, table: dict[str, Any], known: Sequence[str], within: str) -> None:
        for key in table:
            if key not in known:
                remedy = f"use one of: {', '.join(known)}" if known else "delete it"
                raise KnownError(
                    f"The mapping {self.name} has {within}{key}, which means nothing for"
                    f" {self.record.kind.value}; {remedy}."
                )

    def columns(self, tables: dict[str, Any]) -> dict[str, str]:
        table = self.table(tables, "columns", "")
        self.refuse_others(table, tuple(self.fields), "columns.")
        for key, column in table.items():
            if not isinstance(column, str):
                raise KnownError(f"columns.{key} in the mapping {self.name} must be a column name in quotes.")
        return {key: column.strip() for key, column in table.items()}

    def values(self, tables: dict[str, Any]) -> dict[str, dict[str, str]]:
        table = self.table(tables, "values", "")
        names = [each.name for each in self.fields.values() if each.type in _WITH_VALUES]
        self.refuse_others(table, names, "values.")
        values = {key: self.table(table, key, "values.") for key in table}
        for key, words in values.items():
            for word, meaning in words.items():
                is_side = self.fields[key].type is FieldType.SIDE
                if not isinstance(meaning, str) or (is_side and meaning.upper() not in _SIDES):
                    expected = "BUY or SELL" if is_side else "a word"
                    raise KnownError(
                        f"values.{key}.{word} in the mapping {self.name} must be {expected}, in quotes."
                    )
        return values


def _quoted(text: str) -> str:
    """The text as a TOML string."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
