"""Mending rejected rows in the staging database: a person's values in place of the file's, checked again.

A mended row is checked as the file's own are: by the same mapping and profile, and against the ids of all
other rows. What is right then counts as good; what is not stays rejected with its new values and the new
reasons. Each value that was changed is kept, with what the file has, for whoever asks later.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any, NamedTuple

from ..domain.fields import RECORDS
from ..domain.jobs import Handle
from .cells import Stored
from .checking import Checker, Fault, Problem, key_field, shown
from .dialect import format_line, parse_line
from .leaving_out import RowFilter
from .mapping import resolve
from .repeats import Numbering, alike_notices, joined_key, numbered_notices, remedy
from .specials import Mark
from .staging import Staged
from .staging_database import insert_into, marks_as_text, marks_of, staged_again
from .staging_words import rounding_notices

LISTED_FAULTS = 100_000
"""How many wrong values are listed to be mended; saving the rejects keeps all of them."""
LONGEST_MENDED = 10_000
"""Characters of a value that can be mended in place; a longer one is mended in the file."""
LONGEST_LINE = 20_000
"""Characters of a row that are shown as they stand in the file."""

_FAULTS = """
    SELECT line, record, faults.col, value, reason, before IS NOT NULL, coalesce(before, '')
    FROM faults JOIN rejects USING (record) LEFT JOIN mends USING (record, line, col)
    ORDER BY record, place LIMIT ?
"""
_REPEATED = """
    SELECT tried.record, min(each.line) FROM (
        SELECT key, record, line, 1 AS is_good FROM rows WHERE key IS NOT NULL
        UNION ALL SELECT key, record, line, 0 FROM rejects WHERE key IS NOT NULL
    ) AS each CROSS JOIN tried ON tried.key = each.key
    WHERE each.is_good OR each.record < tried.record
    GROUP BY tried.record
"""
# Rows that were rejected for an id that one of the mended rows had.
_FREED = """
    SELECT record FROM rejects JOIN faults USING (record)
    WHERE place = 0 AND key IN (SELECT key FROM former) AND record NOT IN (SELECT record FROM tried)
"""


class WrongValue(NamedTuple):
    """A wrong cell of a rejected row, or what is wrong with it as a whole (`column` is "" then).

    `before` is what the file has, where a person has `mended` it; `mendable` says whether it can be mended
    here: not what several columns or the row as a whole are wrong in.
    """

    line: int
    record: int
    column: str
    value: str
    reason: str
    mended: bool = False
    before: str = ""
    mendable: bool = False


@dataclass(frozen=True)
class Mended:
    """A cell that a person has changed: what the file has and what it is now; `imported` says whether its
    row is among the good ones."""

    line: int
    record: int
    column: str
    before: str
    after: str
    imported: bool

    def as_json(self) -> dict[str, Any]:
        """As the audit trail keeps it; very long values are cut, which an ellipsis tells."""
        told = {"before": shown(self.before), "after": shown(self.after), "imported": bool(self.imported)}
        return {**vars(self), **told}


class WrongValues(NamedTuple):
    """The wrong values that are listed, and how many each column has in all, the most frequent first."""

    listed: list[WrongValue]
    counts: dict[str, int]


@dataclass(frozen=True)
class RowText:
    """A rejected row as it stands in the file; `cut` says that it goes on."""

    text: str
    cut: bool


def wrong_values(staged: Staged, limit: int = LISTED_FAULTS) -> WrongValues:
    """The wrong values, in the file's order: a row stands here once for each of them."""
    with closing(_opened(staged)) as staging:
        listed = [
            WrongValue._make((*row, bool(row[2]) and row[2] in staged.header))
            for row in staging.execute(_FAULTS, (limit,))
        ]
    return WrongValues(listed, staged.fault_counts())


def list_mended(staged: Staged, limit: int) -> list[Mended]:
    """What a person has changed, in the file's order."""
    query = (
        "SELECT line, record, col, before, after, record IN (SELECT record FROM rows) FROM mends"
        " ORDER BY record, col LIMIT ?"
    )
    with closing(_opened(staged)) as staging:
        return [Mended(*row) for row in staging.execute(query, (limit,))]


def cell_of(staged: Staged, record: int, column: str) -> str:
    """The whole value of a rejected row in a column of the file."""
    with closing(_opened(staged)) as staging:
        return _cells(staged, staging, record)[staged.header.index(column)]


def row_text(staged: Staged, record: int) -> RowText:
    """A rejected row as it stands in the file, up to what can be looked at."""
    query = "SELECT text, substr(raw, 1, ?), length(raw) FROM rejects WHERE record = ?"
    with closing(_opened(staged)) as staging:
        row = staging.execute(query, (LONGEST_LINE, record)).fetchone()
    if row is None:
        return RowText("", cut=False)
    text, raw, length = row
    if not text.endswith("…"):
        return RowText(text, cut=False)
    return RowText(raw.rstrip("\r\n"), cut=length > LONGEST_LINE)


def try_again(handle: Handle, staged: Staged, values: Mapping[tuple[int, str], str]) -> None:
    """Puts the values, by record and column, in place of the file's, and checks those rows again.

    Rows that were rejected for an id that such a row no longer has are checked again as well. Raises
    Cancelled; everything is then as it was.
    """
    if not values:
        return
    with staged_again(handle, staged.path) as staging:
        trial = _Trial(staged, staging)
        before = trial.alike_notices()
        trial.mend(handle, values)
        trial.check(handle, sorted({record for record, _ in values}))
        trial.check(handle, [record for (record,) in staging.execute(_FREED).fetchall()])
        mended = staging.execute("SELECT count(*) FROM mends WHERE record IN (SELECT record FROM rows)")
        count = mended.fetchone()[0]
        notices = [*trial.notices(), *rounding_notices(trial.checker, staged.profile)]
        after = trial.alike_notices()
    staged.good += trial.good
    staged.rejected_total -= trial.good
    staged.mended = count
    staged.key_ends = None  # an id may be another now
    kept = [warning for warning in staged.warnings if warning not in before]
    staged.warnings = (*kept, *[f"Mended rows: {notice}" for notice in notices], *after)


class _Trial:
    """One run of `try_again`: what its steps share. `good` counts the rows that are right now."""

    def __init__(self, staged: Staged, staging: sqlite3.Connection) -> None:
        record = RECORDS[staged.kind]
        self.staged = staged
        self.staging = staging
        self.checker = Checker(record, resolve(staged.header, record, staged.profile.mapping))
        self.rules = RowFilter(staged.profile.skip, staged.header)
        self.good = 0
        self._key = key_field(record)
        self._joined = joined_key(staged.profile.mapping, self._key)
        is_numbered = self._joined is not None and self._joined.repeats == "number"
        self._numbering = Numbering(staging, self._joined) if self._joined and is_numbered else None
        self._insert = insert_into("rows", ("record", "line", *self.checker.stored))
        staging.execute("CREATE TEMP TABLE former (key TEXT)")
        staging.execute("CREATE TEMP TABLE tried (record INTEGER PRIMARY KEY, key TEXT)")
        staging.execute("CREATE INDEX temp.tried_key ON tried (key)")

    def mend(self, handle: Handle, values: Mapping[tuple[int, str], str]) -> None:
        """Puts the values in place, and notes what was changed."""
        by_record: dict[int, dict[str, str]] = {}
        for (record, column), value in values.items():
            by_record.setdefault(record, {})[column] = value.encode("utf-8", "replace").decode()
        for record, changed in by_record.items():
            handle.check()
            cells = _cells(self.staged, self.staging, record)
            marks = marks_of(self.staging, record)
            for column, value in changed.items():
                index = self.staged.header.index(column)
                self._note(record, column, cells[index], value)
                if cells[index] != value:
                    marks.pop(index, None)  # what was typed is text, whatever the cell of the workbook was
                cells[index] = value
            self._put(record, cells, marks)

    def _note(self, record: int, column: str, before: str, after: str) -> None:
        self.staging.execute(
            "INSERT INTO mends SELECT record, line, ?, ?, ? FROM rejects WHERE record = ?"
            " ON CONFLICT DO UPDATE SET after = excluded.after",
            (column, before, after, record),
        )
        self.staging.execute("DELETE FROM mends WHERE record = ? AND before = after", (record,))

    def _put(self, record: int, cells: Sequence[str], marks: Mapping[int, Mark]) -> None:
        raw = format_line(cells, self.staged.delimiter)
        self.staging.execute("UPDATE rejects SET raw = ? WHERE record = ?", (raw, record))
        self.staging.execute("UPDATE marks SET marks = ? WHERE record = ?", (marks_as_text(marks), record))

    def check(self, handle: Handle, records: Sequence[int]) -> None:
        """Checks these rejected rows, one by one and then against the ids of all others."""
        if not records:
            return
        outcomes = {}
        for done, record in enumerate(records):
            handle.step(done, len(records), f"Checking mended rows of {self.staged.file}")
            outcomes[record] = self._outcome(record)
        self._take_keys(outcomes)
        repeated = dict(self.staging.execute(_REPEATED).fetchall())
        for record, checked in outcomes.items():
            outcome, line = self._numbered(checked, repeated.get(record))
            faults = list(outcome.faults) if isinstance(outcome, Problem) else []
            if line is None and not isinstance(outcome, Problem):
                self._accept(record, outcome)
                continue
            self.staging.execute("DELETE FROM faults WHERE record = ?", (record,))
            self._blame(record, 1, faults)
            if line is not None:
                self._blame(record, 0, [self._repetition(record, line)])

    def _numbered(
        self, outcome: tuple[Stored, ...] | Problem, line: int | None
    ) -> tuple[tuple[Stored, ...] | Problem, int | None]:
        """A row whose id stands on a `line` already, numbered where the profile says so; None for the line
        where nothing is to be said of it."""
        key = self._key_of(outcome)
        if self._numbering is None or line is None or key is None:
            return outcome, line
        if isinstance(outcome, Problem):
            return outcome, None
        made = self._numbering.free(key)
        if made is None:
            return outcome, line
        place = self.checker.stored.index(self._key)
        return (*outcome[:place], made, *outcome[place + 1 :]), None

    def notices(self) -> list[str]:
        """How many of the rows were numbered; what served to do so is dropped."""
        if self._numbering is None:
            return []
        self._numbering.done()
        given = self._numbering.given
        return numbered_notices(self._key, len(given), given[0] if given else None)

    def alike_notices(self) -> list[str]:
        """What is said of bad rows that have the id of a good one."""
        return alike_notices(self.staging, self._key) if self._numbering is not None else []

    def _outcome(self, record: int) -> tuple[Stored, ...] | Problem:
        cells = _cells(self.staged, self.staging, record)
        checked = self.checker.one(cells, marks_of(self.staging, record))
        rule = self.rules.skips(cells)
        if rule is None or isinstance(checked, Problem):
            return checked
        skipping = self.staged.profile.skip[rule]
        cell = cells[self.staged.header.index(skipping.column)]
        reason = f"The profile leaves such rows out: {skipping.words}"
        return Problem((Fault(skipping.column, shown(cell), reason),), self._key_of(checked))

    def _key_of(self, outcome: tuple[Stored, ...] | Problem) -> str | None:
        if isinstance(outcome, Problem):
            return outcome.key
        if self._key not in self.checker.stored:
            return None
        key = outcome[self.checker.stored.index(self._key)]
        return None if key is None else str(key)

    def _take_keys(self, outcomes: Mapping[int, tuple[Stored, ...] | Problem]) -> None:
        """Notes the ids that the rows have now, and those that they had."""
        keys = [(record, self._key_of(outcome)) for record, outcome in outcomes.items()]
        self.staging.execute("DELETE FROM tried")
        self.staging.executemany("INSERT INTO tried VALUES (?, ?)", keys)
        self.staging.execute(
            "INSERT INTO former SELECT key FROM rejects WHERE record IN (SELECT record FROM tried)"
        )
        self.staging.executemany(
            "UPDATE rejects SET key = ? WHERE record = ?", [(key, record) for record, key in keys]
        )

    def _repetition(self, record: int, line: int) -> Fault:
        query = "SELECT key FROM tried WHERE record = ?"
        key = self.staging.execute(query, (record,)).fetchone()[0]
        reason = f"Already on line {line} of this file{remedy(self._joined)}"
        return Fault(self.checker.key_column, shown(key), reason)

    def _blame(self, record: int, first: int, faults: Iterable[Fault]) -> None:
        self.staging.executemany(
            "INSERT INTO faults VALUES (?, ?, ?, ?, ?)",
            [
                (record, place, fault.column, fault.value, fault.reason)
                for place, fault in enumerate(faults, start=first)
            ],
        )

    def _accept(self, record: int, stored: tuple[Stored, ...]) -> None:
        """Moves a row to the good ones."""
        found = self.staging.execute("SELECT line FROM rejects WHERE record = ?", (record,)).fetchone()
        self.staging.execute(self._insert, (record, found[0], *stored))
        for table in ("rejects", "faults", "marks"):
            self.staging.execute(f"DELETE FROM {table} WHERE record = ?", (record,))  # noqa: S608 (our own names)
        self.good += 1


def _cells(staged: Staged, staging: sqlite3.Connection, record: int) -> list[str]:
    row = staging.execute("SELECT raw FROM rejects WHERE record = ?", (record,)).fetchone()
    return parse_line(row[0], staged.delimiter)


def _opened(staged: Staged) -> sqlite3.Connection:
    return sqlite3.connect(f"{staged.path.as_uri()}?mode=ro", uri=True)
