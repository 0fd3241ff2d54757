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
    FromClause,
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
    _fill(connection, entries, _comparable(rows))
    groups = _temporary(
        "alike_groups", *_PLACE, "import_id", lines=BigInteger, entries=BigInteger, record=RowId
    )
    _fill(connection, groups, _groups(rows, entries))
    pairs = Table(
        "lookalikes",
        MetaData(),
        Column("record", RowId, primary_key=True, autoincrement=False),
        Column("import_id", RowId),
        prefixes=["TEMPORARY"],
    )
    pairs.create(connection)
    for query in (_single_pairs(groups), _further_pairs(rows, entries, groups, pairs)):
        connection.execute(insert(pairs).from_select(pairs.c.keys(), query))
    _analyze(connection, pairs)
    found = connection.execute(select(func.count()).select_from(pairs)).scalar_one()
    if not found:
        return None
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
    booked = _place_of(entry).in_(wanted)
    linked = entry.id.in_(select(entry_links.c.entry_row)) & entry.booked_trade_id.is_not(None)

    def found(which: ColumnElement[bool]) -> Select[Any]:
        values = [rows.as_booked(name).label(name) for name in rows.compared]
        return select(entry.id, entry.import_id, *values).where(*_may_be_alike(rows), which)

    both = union_all(found(booked & entry.booked_trade_id.is_(None)), found(linked)).subquery("found_entries")
    return select(*both.c)


def _both(rows: StagedRows, entries: Table, *which: Select[Any]) -> FromClause:
    """The lines that may meet an entry, and those entries; of some places only, where `which` names them."""
    line, entry = rows.rows.c, entries.c
    nothing = cast(null(), BigInteger)
    candidates = select(*[entry[name] for name in _PLACE])
    lines = select(
        line.record.label("record"),
        nothing.label("id"),
        nothing.label("import_id"),
        *[line[name] for name in rows.compared],
    ).where(_is_blank(rows), *[_place_of(line).in_(each) for each in (candidates, *which)])
    stored = select(
        nothing.label("record"), entry.id, entry.import_id, *[entry[name] for name in rows.compared]
    ).where(*[_place_of(entry).in_(each) for each in which])
    return union_all(lines, stored).subquery("both_sides")


def _place_of(columns: Any) -> Any:
    return tuple_(*[columns[name] for name in _PLACE])


def _groups(rows: StagedRows, entries: Table) -> Select[Any]:
    """What is alike on both sides: where, how often on each, and one of each.

    In a group nothing is like nothing; a join would have to compare each value with each.
    """
    both = _both(rows, entries).c
    lines, stored = func.count(both.record), func.count(both.id)
    place = [both[name] for name in _PLACE]
    return (
        select(*place, func.max(both.import_id), lines, stored, func.max(both.record))
        .group_by(*[both[name] for name in rows.compared])
        .having(lines > 0, stored > 0)
    )


def _is_single(groups: Table) -> ColumnElement[bool]:
    return (groups.c.lines == 1) & (groups.c.entries == 1)


def _single_pairs(groups: Table) -> Select[Any]:
    """Nearly all: lines that are there once in the file and once in the database."""
    return select(groups.c.record, groups.c.import_id).where(_is_single(groups))


def _further_pairs(rows: StagedRows, entries: Table, groups: Table, pairs: Table) -> Select[Any]:
    """Of equal lines the first and the first entry, and so on. To number them takes four times as long as to
    group them, so it is done only where some are equal."""
    several = select(*[groups.c[name] for name in _PLACE]).where(~_is_single(groups))
    both = _both(rows, entries, several)
    given = [both.c[name] for name in rows.compared]
    nth = func.row_number().over(
        partition_by=[*given, both.c.record.is_(None)], order_by=[both.c.record, both.c.id]
    )
    numbered = select(*both.c, nth.label("nth")).subquery("numbered")
    found = (
        select(func.max(numbered.c.record).label("record"), func.max(numbered.c.import_id).label("import_id"))
        .group_by(*[numbered.c[name] for name in rows.compared], numbered.c.nth)
        .having(func.count() == 2)
        .subquery("further_pairs")
    )
    known = select(literal(1)).where(pairs.c.record == found.c.record).correlate(found)
    return select(*found.c).where(~known.exists())


def _examples(rows: StagedRows, pairs: Table) -> tuple[Example, ...]:
    query = (
        select(rows.rows.c.line, *[rows.rows.c[name] for name in rows.compared])
        .select_from(rows.rows.join(pairs, pairs.c.record == rows.rows.c.record))
        .order_by(rows.rows.c.record)
        .limit(LISTED_LOOKALIKES)
    )
    return tuple(Example(row[0], rows.as_fields(row[1:])) for row in rows.connection.execute(query))


def _temporary(name: str, *columns: str, **further: Any) -> Table:
    """A temporary table with some of the columns of the entries, and further ones."""
    kinds = [Column(each, ledger_entries.c[each].type) for each in columns]
    kinds += [Column(each, kind) for each, kind in further.items()]
    return Table(name, MetaData(), *kinds, prefixes=["TEMPORARY"])


def _fill(connection: Connection, table: Table, query: Select[Any]) -> None:
    """Makes the table and fills it with what a query finds."""
    table.create(connection)
    connection.execute(insert(table).from_select(table.c.keys(), query))
    _analyze(connection, table)


def _analyze(connection: Connection, table: Table) -> None:
    """Tells PostgreSQL's planner how much is in the table."""
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"ANALYZE {table.name}"))
