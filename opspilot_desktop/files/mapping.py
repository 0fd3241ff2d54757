"""Which column of a file is which field.

Canonical names need no mapping. Names by which other systems call a field are only proposed: a person,
or a mapping file, has to say that they mean it.
"""

from __future__ import annotations

from collections.abc import Mapping as MappingType
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from ..domain.errors import KnownError
from ..domain.fields import Field, Record
from .cells import CellError, reader_of
from .dialect import normalised
from .taking import Constant, NumberFormat, Rounding, Taken, columns_of


@dataclass(frozen=True)
class Mapping:
    """What somebody has said of a file's columns.

    `columns` gives, by field, a header or another choice of where its value comes from; "" leaves the field
    out. A field that it does not name is taken from the column of its own name, if there is one. `values`
    gives, by field, what a file's words stand for (`{"side": {"B": "BUY"}}`), without regard to case.
    `rounded` allows numbers with more than 9 decimals, rounded half to even; `rounding` rounds single
    fields to fewer; the import then says how many. `numbers` is how the file writes numbers, `dates` how it
    writes the dates of a field (`DD/MM/YYYY`); without these they are plain decimals and YYYY-MM-DD.
    """

    columns: MappingType[str, Taken] = field(default_factory=dict)
    values: MappingType[str, MappingType[str, str]] = field(default_factory=dict)
    rounded: bool = False
    numbers: NumberFormat = field(default_factory=NumberFormat)
    dates: MappingType[str, str] = field(default_factory=dict)
    rounding: MappingType[str, Rounding] = field(default_factory=dict)


@dataclass(frozen=True)
class Suggestion:
    """What one column of a file may be.

    `field` is None where nothing is known, and where it is undecided; `candidates` then names the fields
    between which, or of which, somebody has to choose. `how` tells by what it was recognised, `reasons` say
    so in words, `confidence` is a percentage.
    """

    header: str
    field: str | None = None
    how: Literal["name", "alias", "similar", "content", ""] = ""
    candidates: tuple[str, ...] = ()
    confidence: int = 0
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True)
class Proposal:
    """What the columns of a file may be, in the file's order, and which required fields none stands for."""

    columns: tuple[Suggestion, ...]
    missing: tuple[str, ...]

    @property
    def recognised(self) -> tuple[Suggestion, ...]:
        """The columns taken for a field by something else than the field's own name."""
        return tuple(each for each in self.columns if each.field is not None and each.how != "name")

    @property
    def lines(self) -> tuple[str, ...]:
        """The proposal as lines of a mapping file that are no matter of course."""
        return tuple(f"{column.field} = {quoted(column.header)}" for column in self.recognised)

    def mapping(self) -> Mapping:
        """The proposal as a mapping."""
        return Mapping({column.field: column.header for column in self.columns if column.field is not None})


@dataclass(frozen=True)
class Columns:
    """Where a file has each field: the indexes of the cells it is made of, by field name, in the order of
    the record's fields; none for a constant."""

    header: tuple[str, ...]
    places: MappingType[str, tuple[int, ...]]
    warnings: tuple[str, ...] = ()
    mapping: Mapping = field(default_factory=Mapping)

    @property
    def indexes(self) -> dict[str, int]:
        """The indexes of the fields that are made of one cell."""
        return {name: places[0] for name, places in self.places.items() if len(places) == 1}

    @property
    def present(self) -> tuple[str, ...]:
        """The fields that the file has."""
        return tuple(self.places)


class NeedsMapping(KnownError):
    """A file's columns have to be named by a person; `proposal` is what the program makes of them."""

    def __init__(self, proposal: Proposal) -> None:
        super().__init__(_needs(proposal))
        self.proposal = proposal


def _needs(proposal: Proposal) -> str:
    parts = []
    if proposal.lines:
        parts.append(f"the proposal is {', '.join(proposal.lines)}")
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
        named = [column for each in mapping.columns.values() for column in columns_of(each)]
        own = [each.name for each in record.required if each.name not in mapping.columns]
        return all(column in header for column in (*named, *own))
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
    places = {each.name: chosen[each.name] for each in record.importable if each.name in chosen}
    used = {index for indexes in places.values() for index in indexes}
    left = [name or f"column {index + 1}" for index, name in enumerate(header) if index not in used]
    warnings = [f"Kept out, because no field takes them: {', '.join(left)}."] if left else []
    return Columns(tuple(header), places, tuple(warnings), mapping)


def _chosen(header: Sequence[str], record: Record, mapping: Mapping) -> dict[str, tuple[int, ...]]:
    positions = {name: index for index, name in enumerate(header) if name}
    chosen: dict[str, tuple[int, ...]] = {}
    taken: set[int] = set()  # the columns that are a field as they stand, and so none but that
    for name, choice in mapping.columns.items():
        for column in columns_of(choice):
            if column not in positions:
                raise KnownError(
                    f"The mapping takes {name} from the column “{column}”, which this file does not have;"
                    " correct the mapping or choose another file."
                )
        if isinstance(choice, Constant):
            _refuse_wrong(choice, record.field(name), mapping)
        indexes = tuple(positions[column] for column in columns_of(choice))
        if isinstance(choice, str) and indexes:
            if indexes[0] in taken:
                raise KnownError(
                    f"The mapping takes two fields from the column “{choice}”; leave it to one of them."
                )
            taken.add(indexes[0])
        if choice != "":
            chosen[name] = indexes
    for each in record.importable:
        own = positions.get(each.name)
        if own is not None and each.name not in mapping.columns and own not in taken:
            chosen[each.name] = (own,)
    missing = [each.name for each in record.required if each.name not in chosen]
    if missing:
        raise KnownError(
            f"The mapping names no column for {', '.join(missing)}; add what is missing to the mapping or to"
            " the file."
        )
    return chosen


def _refuse_wrong(constant: Constant, each: Field, mapping: Mapping) -> None:
    """Raises KnownError for a constant that is no value of its field: every row would be wrong."""
    try:
        reader_of(each, mapping.values.get(each.name, {}), rounding=False).one(constant.text)
    except CellError as error:
        raise KnownError(
            f"The mapping gives “{constant.text}” to {each.name} in every row, which cannot be:"
            f" {_lower_first(str(error))}; correct the mapping."
        ) from None


def _lower_first(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]


_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def quoted(text: str) -> str:
    """The text as a TOML string on one line."""
    return (
        '"'
        + "".join([_ESCAPES.get(each, each) if each.isprintable() else _escape(each) for each in text])
        + '"'
    )


def _escape(character: str) -> str:
    return _ESCAPES.get(character) or f"\\U{ord(character):08X}"
