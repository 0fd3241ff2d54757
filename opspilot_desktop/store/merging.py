"""Storing a checked file: what is new is added, what differs is amended, what is equal stays.

The file's rows stand in a throw-away staging database (see files.staging). On SQLite that file is
attached; on PostgreSQL its rows are copied into a temporary table first, before the lock is taken.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from pathlib import Path
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    FromClause,
    Index,
    Table,
    and_,
    case,
    column,
    func,
    insert,
    literal,
    or_,
    select,
    table,
    text,
    true,
    update,
)

from ..domain.decimals import to_text
from ..domain.fields import FieldType, Kind, Record
from . import audit
from .former_trades import note_amended
from .quantities import (
    Quantities,
    add_to_kept,
    count_quantities,
    keep_quantities,
    kept_quantities,
    sum_quantities,
)
from .rule_indexes import drop_rule_indexes
from .schema import RECORD_TABLES, PlainText, dirty, imports

WRITER = "import_id"
"""By what name the audit trail keeps which import wrote a row."""
MANY = 10_000
"""From so many new rows on it pays to build indexes anew, and to have the database look through the rows."""


@dataclass(frozen=True)
class Amendment:
    """A stored row that the file changes: the values that differ, before and after, by field name.

    `import_id` is the import that wrote the values before.
    """

    row_id: int
    key: str
    import_id: int | None
    before: dict[str, str | None]
    after: dict[str, str | None]


@dataclass(frozen=True)
class Merge:
    """How many of the file's good rows are new, change a stored row, or equal one; and, of those that were
    stored before, how many each earlier import wrote (`rests_on`, by its id). `merged` of the unchanged ones
    have no id and were found by what they say (see store.lookalikes)."""

    imported: int
    updated: int
    unchanged: int
    rests_on: Mapping[int, int] = dataclass_field(default_factory=dict)
    merged: int = 0


class StagedRows:
    """The staged rows of one kind, seen from a transaction on the workspace's database.

    `present` are the names of the fields that the file has; an absent one leaves stored values alone.
    `source` is where ledger entries come from: their ids are unique within it. `key_ends` are the least and
    the greatest id, where that is known and no row is without one.
    """

    def __init__(
        self,
        connection: Connection,
        record: Record,
        staging: Path,
        present: Sequence[str],
        source: str = "",
        key_ends: tuple[str, str] | None = None,
    ) -> None:
        self.connection = connection
        self.source = source
        self.record = record
        self.stored: Table = RECORD_TABLES[record.kind]
        self.columns = record.stored_columns
        self.rows = self._rows(staging)
        self.key = "trade_id" if record.kind is Kind.TRADES else "entry_id"
        self.compared = [name for name in self.columns if self._is_compared(name, set(present))]
        self.has_key_column = self.key in present
        self._key_ends = key_ends
        self._apart = self._all_new = False  # unless `count` finds out

    def _rows(self, staging: Path) -> FromClause:
        columns = ["record", "line", *self.columns]
        if self.connection.dialect.name == "postgresql":
            _copy_to_server(self.connection, staging, columns, self.stored)
            return table("staged_rows", *[column(name) for name in columns])
        return table("rows", *[column(name) for name in columns], schema="staging")

    def _is_compared(self, name: str, present: set[str]) -> bool:
        field = name.removesuffix("_units").removesuffix("_nanos")
        return name != self.key and (field in present or name.startswith("gross_"))

    def _same_key(self) -> ColumnElement[bool]:
        same = self.rows.c[self.key] == self.stored.c[self.key]
        return and_(same, self.stored.c.source == self.source) if self.record.kind is Kind.LEDGER else same

    def _differs(self) -> ColumnElement[bool]:
        return or_(*[self.as_booked(name).is_distinct_from(self.rows.c[name]) for name in self.compared])

    def as_booked(self, name: str) -> ColumnElement[Any]:
        """A stored value as its file had it: an entry linked by hand keeps the trade id of the file."""
        if name == "trade_id" and self.record.kind is Kind.LEDGER:
            return func.coalesce(self.stored.c.booked_trade_id, self.stored.c.trade_id)
        return self.stored.c[name]

    def count(self) -> Merge:
        """What a merge would do, counted."""
        good = self.connection.execute(select(func.count()).select_from(self.rows)).scalar_one()
        self._apart = self._all_new = self._keys_lie_apart()
        if self._apart:
            return Merge(good, 0, 0)
        writer = self.stored.c.import_id
        found = self.connection.execute(
            select(writer, func.count(), func.count().filter(self._differs()))
            .select_from(self.rows.join(self.stored, self._same_key()))
            .group_by(writer)
        ).all()
        known, updated = sum(row[1] for row in found), sum(row[2] for row in found)
        rests_on = {row[0]: row[1] for row in found if row[0] is not None}
        self._all_new = not known
        return Merge(good - known, updated, known - updated, rests_on)

    def _keys_lie_apart(self) -> bool:
        """Whether all keys of the file come before or after all that are stored, as new ids mostly do.

        Then none is known, and none needs to be looked up.
        """
        ours, theirs = self.rows.c[self.key], self.stored.c[self.key]
        here = self.stored.c.source == self.source if self.record.kind is Kind.LEDGER else true()

        def ends(column: ColumnElement[Any], *where: ColumnElement[bool]) -> list[ColumnElement[Any]]:
            return [select(each(column)).where(*where).scalar_subquery() for each in (func.min, func.max)]

        (first, last), (lowest, highest) = self._key_ends or ends(ours), ends(theirs, here)
        apart = or_(first > highest, last < lowest)  # NULL where one of them has no key at all
        return bool(self.connection.execute(select(func.coalesce(apart, true()))).scalar_one())

    def amendments(self, limit: int | None = None) -> Iterator[Amendment]:
        """The stored rows that the file changes, in the file's order."""
        if self._all_new:
            return
        before = [self.as_booked(name).label(f"before_{name}") for name in self.compared]
        after = [self.rows.c[name].label(f"after_{name}") for name in self.compared]
        query = (
            select(self.stored.c.id, self.stored.c[self.key], self.stored.c.import_id, *before, *after)
            .select_from(self.rows.join(self.stored, self._same_key()))
            .where(self._differs())
            .order_by(self.rows.c.record)
            .limit(limit)
            .execution_options(yield_per=1000)
        )
        width = len(self.compared)
        for row in self.connection.execute(query):
            old = self.as_fields(row[3 : 3 + width])
            new = self.as_fields(row[3 + width :])
            names = [name for name in old if old[name] != new[name]]
            changed = [{name: values[name] for name in names} for values in (old, new)]
            yield Amendment(row[0], row[1], row[2], *changed)

    def as_fields(self, values: Sequence[Any]) -> dict[str, str | None]:
        """The values of the compared columns, in their order, by field name, as texts."""
        by_column = dict(zip(self.compared, values, strict=True))
        fields: dict[str, str | None] = {}
        for field in self.record.importable:
            if field.type is FieldType.DECIMAL and f"{field.name}_units" in by_column:
                units, nanos = by_column[f"{field.name}_units"], by_column[f"{field.name}_nanos"]
                fields[field.name] = to_text(units, nanos)
            elif field.name in by_column:
                fields[field.name] = by_column[field.name]
        return fields

    def has_blank_keys(self) -> bool:
        """Whether some row has no id of its own, so that it cannot be recognised when it comes again."""
        if self._key_ends is not None:
            return False
        blank = select(literal(1)).select_from(self.rows).where(self.rows.c[self.key].is_(None)).limit(1)
        return self.connection.execute(blank).first() is not None

    def leave_out_blank_keys(self) -> int:
        """Goes on with the rows that have an id of their own; returns how many have none."""
        blank = self.rows.c[self.key].is_(None)
        left_out = select(func.count()).select_from(self.rows).where(blank)
        count = self.connection.execute(left_out).scalar_one()
        self.rows = select(self.rows).where(~blank).subquery("keyed_rows")
        return int(count)

    def amend(self, import_id: int) -> None:
        """Changes the stored rows that differ, and marks the trades concerned as changed."""
        concerned = and_(self._same_key(), self._differs())
        if self.record.kind is Kind.LEDGER and "trade_id" in self.compared:
            self._mark_trade_ids(self.stored.c.trade_id, concerned)
        self._mark_trade_ids(self.rows.c.trade_id, concerned)
        if "quantity_units" in self.compared:
            add_to_kept(self.connection, self._amended_quantities(concerned))
        if self.record.kind is Kind.TRADES:
            note_amended(self.connection, self.rows, concerned, self.compared)
        values: dict[str, ColumnElement[Any]] = {name: self.rows.c[name] for name in self.compared}
        if "trade_id" in values and self.record.kind is Kind.LEDGER:  # a link made by hand stays
            linked = self.stored.c.booked_trade_id.is_not(None)
            values["booked_trade_id"] = case((linked, self.rows.c.trade_id), else_=None)
            values["trade_id"] = case((linked, self.stored.c.trade_id), else_=self.rows.c.trade_id)
        self.connection.execute(update(self.stored).values(import_id=import_id, **values).where(concerned))

    def _amended_quantities(self, concerned: ColumnElement[bool]) -> Quantities:
        """What the amendments add to the sum of the quantities."""
        new, old, joined = self.rows.c, self.stored.c, self.rows.join(self.stored, concerned)
        after = sum_quantities(self.connection, joined, new.quantity_units, new.quantity_nanos)
        before = sum_quantities(self.connection, joined, old.quantity_units, old.quantity_nanos)
        return after - before

    def _mark_trade_ids(self, trade_id: ColumnElement[Any], concerned: ColumnElement[bool]) -> None:
        keys = (
            select(literal("key", PlainText), trade_id)
            .select_from(self.rows.join(self.stored, concerned))
            .distinct()
        )
        self.connection.execute(insert(dirty).from_select(["kind", "trade_id"], keys))

    def add(self, import_id: int, expected: int) -> None:
        """Adds the new rows in the file's order and marks them, as one range, as changed."""
        before = self._last_id()
        rebuilt = self._indexes_to_rebuild(before, expected)
        for index in rebuilt:
            index.drop(self.connection)
        if rebuilt and self.record.kind is Kind.TRADES:
            drop_rule_indexes(self.connection)  # the next run makes those it needs
        known = select(literal(1)).select_from(self.stored).where(self._same_key())
        is_new = true() if self._all_new or not before else ~known.correlate(self.rows).exists()
        new = (
            select(*[self.rows.c[name] for name in self.columns], literal(import_id, BigInteger))
            .where(is_new)
            .order_by(self.rows.c.record)
        )
        names = [*self.columns, "import_id"]
        if self.record.kind is Kind.LEDGER:
            new, names = new.add_columns(literal(self.source, PlainText)), [*names, "source"]
        self.connection.execute(insert(self.stored).from_select(names, new))
        _build(self.connection, rebuilt)
        if expected > MANY and self.connection.dialect.name == "postgresql":
            # Its own statistics come a minute later, and without any a run would be planned for a few rows.
            # Where an administrator works on the table, that is not waited for.
            self.connection.execute(text(f"ANALYZE (SKIP_LOCKED) {self.stored.name}"))
        after = self._last_id()
        if after > before:
            values = {"kind": self.record.kind.value, "first_id": before + 1, "last_id": after}
            self.connection.execute(insert(dirty).values(values))
            if self.record.kind is Kind.TRADES:
                self._count_added(before)

    def _count_added(self, before: int) -> None:
        """Keeps the count and sum of the quantities up to date, from the first trade on."""
        if not before:
            keep_quantities(self.connection, count_quantities(self.connection))
        elif kept_quantities(self.connection) is not None:
            add_to_kept(self.connection, count_quantities(self.connection, self.stored.c.id > before))

    def _last_id(self) -> int:
        return int(self.connection.execute(select(func.coalesce(func.max(self.stored.c.id), 0))).scalar_one())

    def _indexes_to_rebuild(self, stored: int, expected: int) -> list[Index]:
        """Sorting an index once beats inserting at random places, if the file is most of what there is.

        Not by ids where the new ones stand together; nor on PostgreSQL once there are rows: dropping an index
        there locks every reader out.
        """
        by_id_apart = bool(stored and self._apart)
        most = expected if by_id_apart else 2 * expected
        if expected <= MANY or most < stored:
            return []
        if stored and self.connection.dialect.name == "postgresql":
            return []
        indexes = sorted(self.stored.indexes, key=lambda index: str(index.name))
        return [index for index in indexes if not (by_id_apart and _leads_with_id(index))]


def _leads_with_id(index: Index) -> bool:
    return index.columns[0].name.endswith("_id")


def _build(connection: Connection, indexes: Sequence[Index]) -> None:
    """Makes the indexes, with the little memory from here on with which SQLite sorts fastest: portions that
    stay in the processor's own."""
    if indexes and connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA cache_size = -4096")
    for index in indexes:
        index.create(connection)


def _copy_to_server(connection: Connection, staging: Path, columns: Sequence[str], stored: Table) -> None:
    kinds = {"record": "bigint", "line": "bigint"}
    declared = ", ".join(
        f"{name} {kinds.get(name) or stored.c[name].type.compile(connection.dialect)}" for name in columns
    )
    connection.execute(text(f"CREATE TEMPORARY TABLE staged_rows ({declared}) ON COMMIT DROP"))
    raw: Any = connection.connection.driver_connection
    source = sqlite3.connect(staging)
    try:
        names = ", ".join(columns)
        with raw.cursor() as cursor, cursor.copy(f"COPY staged_rows ({names}) FROM STDIN") as copy:
            for row in source.execute(f"SELECT {names} FROM rows ORDER BY record"):  # noqa: S608 (our own names)
                copy.write_row(row)
    finally:
        source.close()
    connection.execute(text("ANALYZE staged_rows"))


def imported_before(
    connection: Connection, kind: Kind, sha256: str, source: str = "", good: int = 0
) -> str | None:
    """When a file with these bytes was imported as this kind from this source, and not undone; None if it
    never was, or if fewer of its rows were good then: the others have not been stored."""
    taken = imports.c.imported + imports.c.updated + imports.c.unchanged
    same = (
        taken >= good,
        imports.c.kind == kind.value,
        imports.c.sha256 == sha256,
        imports.c.source == source,
        imports.c.undone_at.is_(None),
    )
    return connection.execute(select(func.max(imports.c.at)).where(*same)).scalar_one_or_none()


def as_changes(record: Record, amendments: Iterator[Amendment], import_id: int) -> Iterator[audit.Change]:
    """What an import amends, as the audit trail keeps it: with who wrote a row before, and who now."""
    name = RECORD_TABLES[record.kind].name
    for one in amendments:
        before, after = {**one.before, WRITER: one.import_id}, {**one.after, WRITER: import_id}
        yield audit.Change(name, one.key, before, after)
