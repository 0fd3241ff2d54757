"""The second half of a large file, staged by another process at the same time, and put to the first."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from pathlib import Path

from ..domain.fields import Record
from ..domain.jobs import Handle
from ..paths import as_text
from .checking import Checker, key_field
from .halving import Rest
from .leaving_out import RowFilter
from .mapping import resolve
from .profile import Profile
from .reading import DelimitedFile
from .repeats import Ascending
from .staging_database import create_tables, staging_database
from .staging_rows import RowStaging


@dataclass(frozen=True)
class Half:
    """What staging the second half gave: in the database at `path`, its records numbered as those after
    `before` others."""

    path: Path
    before: int
    good: int
    rejected: int
    keys: Ascending
    skipped: list[int]
    rounded: list[int]


def stage_rest(
    handle: Handle, source: Path, record: Record, profile: Profile, is_mapped: bool, rest: Rest, path: Path
) -> Half:
    """Stages the records of the file from `rest` on in a new database at `path`."""
    columns = resolve(rest.header, record, profile.mapping if is_mapped else None)
    checker = Checker(record, columns)
    rules = RowFilter(profile.skip, rest.header)
    with (
        DelimitedFile(source, frozenset(), profile.read_as, rest) as file,
        staging_database(handle, path) as staging,
    ):
        create_tables(staging, record, key_field(record))
        rows = RowStaging(staging, checker, record)
        for batch in file.batches():
            rules.apply(batch)
            rows.add(batch, file.delimiter)
            handle.step(*file.progress, f"Reading {as_text(source.name)}")
    return Half(path, rest.records, rows.good, rows.rejected, rows.keys, rules.counts, checker.counts)


def join_half(staging: sqlite3.Connection, half: Half, records: int, checker: Checker) -> None:
    """Puts the rows of the half into the database, as those after so many records."""
    staging.execute("ATTACH DATABASE ? AS half", (str(half.path),))
    if records == half.before:
        # Nothing has to be worked out, so that SQLite copies the rows as they lie there.
        for table in ("rows", "rejects", "faults"):
            staging.execute(f"INSERT INTO {table} SELECT * FROM half.{table}")  # noqa: S608 (our own names)
        return
    columns = ", ".join(checker.stored)
    moved = records - half.before
    for table, further in (("rows", f"line, {columns}"), ("rejects", "line, key, raw, text")):
        staging.execute(
            f"INSERT INTO {table} (record, {further})"  # noqa: S608 (our own names)
            f" SELECT record + ?, {further} FROM half.{table} ORDER BY record",
            (moved,),
        )
    staging.execute(
        "INSERT INTO faults (record, place, col, value, reason)"
        " SELECT record + ?, place, col, value, reason FROM half.faults ORDER BY record, place",
        (moved,),
    )
