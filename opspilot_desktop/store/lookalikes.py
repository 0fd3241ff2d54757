"""Lines without an id of their own that are stored already, word for word.

A line and a stored entry are alike when every value is the same that the file gives, as it is stored (so
`1.50` is `1.5`), and when both come from the same source. A column that the file does not have is not
compared: it says nothing of it. So a file without a column of entry ids is held against every entry, and a
file whose cell is blank there only against those without an id. An entry that was linked by hand counts with
the trade id of its file.

Alike is not the same: two equal fees on one day are two lines. The first of several equal lines in the file
therefore meets the first that is stored, the second the second; what meets nothing is new. What is stored
then has each line as often as the file or the database had it, whichever was more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    MetaData,
    Select,
    Table,
    cast,
    func,
    insert,
    literal,
    null,
    select,
    text,
    tuple_,
    union_all,
)

from .merging import StagedRows
from .schema import RowId, entry_links, ledger_entries

LISTED_LOOKALIKES = 20
"""How many of the lines are listed as examples; the counts are of all."""
_PLACE = ("trade_id", "amount_units", "amount_nanos")
"""What every line has, and an index: only entries that are equal in these can be alike."""


@dataclass(frozen=True)
class Example:
    """A line of the file that is stored already: where it stands, and what it says by field name."""

    line: int
    values: Mapping[str, str | None]


@dataclass(frozen=True)
class Lookalikes:
    """How many `lines` of a file have no id of their own, how many of them are `stored` already, the first of
    these, and how many of them each earlier import wrote."""

    lines: int
    stored: int
    examples: tuple[Example, ...]
    rests_on: Mapping[int, int]


def set_lookalikes_aside(rows: StagedRows) -> Lookalikes | None:
    """Takes the lines that are stored already out of `rows`; None when there is none.

    Once in a transaction, which has to be one that can make temporary tables.
    """
    if not _has_comparable(rows):
        return None
    connection = rows.connection
    entries = _temporary("comparable_entries", "id", "import_id", *rows.compared)
    entries.create(connection)
    connection.execute(insert(entries).from_select(entries.c.keys(), _comparable(rows)))
    pairs = Table(
        "lookalikes",
        MetaData(),
        Column("record", RowId, primary_key=True, autoincrement=False),
        Column("import_id", RowId),
        prefixes=["TEMPORARY"],
    )
    pairs.create(connection)
    _analyze(connection, entries)
    connection.execute(insert(pairs).from_select(pairs.c.keys(), _pairs(rows, entries)))
    found = connection.execute(select(func.count()).select_from(pairs)).scalar_one()
    if not found:
        return None
    _analyze(connection, pairs)
    lines = select(func.count()).select_from(rows.rows).where(_is_blank(rows))
    written = select(pairs.c.import_id, func.count()).where(pairs.c.import_id.is_not(None))
    told = Lookalikes(
        lines=int(connection.execute(lines).scalar_one()),
        stored=found,
        examples=_examples(rows, pairs),
        rests_on={row[0]: row[1] for row in connection.execute(written.group_by(pairs.c.import_id))},
    )
    met = select(literal(1)).where(pairs.c.record == rows.rows.c.record).correlate(rows.rows)
    rows.rows = select(rows.rows).where(~met.exists()).subquery("lines_not_stored")
    return told


def _is_blank(rows: StagedRows) -> ColumnElement[bool]:
    return rows.rows.c[rows.key].is_(None)


def _may_be_alike(rows: StagedRows) -> list[ColumnElement[bool]]:
    """Which stored entries are held against the lines at all."""
    same_source = ledger_entries.c.source == rows.source
    return [same_source, ledger_entries.c.entry_id.is_(None)] if rows.has_key_column else [same_source]


def _has_comparable(rows: StagedRows) -> bool:
    first = select(literal(1)).select_from(ledger_entries).where(*_may_be_alike(rows)).limit(1)
    return rows.connection.execute(first).first() is not None


def _comparable(rows: StagedRows) -> Select[Any]:
    """The entries that agree with some line in trade and amount, with the trade ids of their files."""
    entry, line = ledger_entries.c, rows.rows.c
    wanted = select(*[line[name] for name in _PLACE]).where(_is_blank(rows))
    booked = tuple_(entry.trade_id, entry.amount_units, entry.amount_nanos).in_(wanted)
    linked = entry.id.in_(select(entry_links.c.entry_row)) & entry.booked_trade_id.is_not(None)

    def found(which: ColumnElement[bool]) -> Select[Any]:
        values = [rows.as_booked(name).label(name) for name in rows.compared]
        return select(entry.id, entry.import_id, *values).where(*_may_be_alike(rows), which)

    both = union_all(found(booked & entry.booked_trade_id.is_(None)), found(linked)).subquery("found_entries")
    return select(*both.c)


def _pairs(rows: StagedRows, entries: Table) -> Select[Any]:
    """The records of the lines that meet an entry: of equal ones the first the first, and so on.

    Equal means of the same group, where nothing is like nothing; a join would have to compare each value.
    """
    line, entry = rows.rows.c, entries.c
    nothing = cast(null(), BigInteger)
    place = tuple_(*[line[name] for name in _PLACE])
    candidates = select(*[entry[name] for name in _PLACE])
    lines = select(
        line.record.label("record"),
        nothing.label("id"),
        nothing.label("import_id"),
        *[line[name] for name in rows.compared],
    ).where(_is_blank(rows), place.in_(candidates))
    stored = select(
        nothing.label("record"), entry.id, entry.import_id, *[entry[name] for name in rows.compared]
    )
    both = union_all(lines, stored).subquery("both_sides")
    given = [both.c[name] for name in rows.compared]
    place_among_equals = func.row_number().over(
        partition_by=[*given, both.c.record.is_(None)], order_by=[both.c.record, both.c.id]
    )
    numbered = select(*both.c, place_among_equals.label("nth")).subquery("numbered_lines")
    return (
        select(func.max(numbered.c.record), func.max(numbered.c.import_id))
        .group_by(*[numbered.c[name] for name in rows.compared], numbered.c.nth)
        .having(func.count() == 2)
    )


def _examples(rows: StagedRows, pairs: Table) -> tuple[Example, ...]:
    query = (
        select(rows.rows.c.line, *[rows.rows.c[name] for name in rows.compared])
        .select_from(rows.rows.join(pairs, pairs.c.record == rows.rows.c.record))
        .order_by(rows.rows.c.record)
        .limit(LISTED_LOOKALIKES)
    )
    return tuple(Example(row[0], rows.as_fields(row[1:])) for row in rows.connection.execute(query))


def _temporary(name: str, *columns: str) -> Table:
    """A temporary table with some of the columns of the entries."""
    kinds = [Column(each, ledger_entries.c[each].type) for each in columns]
    return Table(name, MetaData(), *kinds, prefixes=["TEMPORARY"])


def _analyze(connection: Connection, *tables: Table) -> None:
    """Tells PostgreSQL's planner how much is in the tables."""
    if connection.dialect.name == "postgresql":
        for each in tables:
            connection.execute(text(f"ANALYZE {each.name}"))
