"""Reads and checks a file into a throw-away SQLite database, from where its good rows can be merged.

Nothing of the workspace is touched or locked meanwhile. The staging database has no journal, since
whatever goes wrong, it is deleted.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field, replace
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType

from ..domain.decimals import DecimalError
from ..domain.errors import KnownError
from ..domain.fields import Kind, Record
from ..domain.jobs import Handle
from ..paths import as_text
from .asked import Misread, ReadAs
from .cells import CellError
from .checking import Checker, Fault, Problem, key_field, shown
from .dialect import format_line
from .leaving_out import Footer, RowFilter
from .mapping import NeedsMapping, resolve
from .opening import for_file, opener
from .profile import Profile
from .reading import Batch
from .recognising import drift_notices, refuse_drifted
from .repeats import Ascending, move_repeated
from .source import RecordFile
from .specials import Mark, Special, numbers_notice
from .staging_database import create_tables, insert_into, keep_marks, new_folder, staging_database
from .staging_notices import decimal_commas, rounding_notices
from .writing import replacing

_Bad = tuple[int, int, Problem, str, str]
"""A bad row: its line and record, what is wrong with it, its cells as a line, its text in the file."""

_FEW = 8  # rows; where something is wrong with so few, they are checked one by one


@dataclass(frozen=True)
class Reject:
    """A row that cannot be imported, or one wrong cell of it.

    `line` is the physical line on which it starts (1 = the file's first), `record` its number (1 = first
    after the header); `column` is "" where the fault is in the row as a whole. `raw` is the row as it
    stands in a text file, to be looked at; of a workbook, its cells as a line.
    """

    line: int
    record: int
    column: str
    value: str
    reason: str
    raw: str = field(default="", compare=False, repr=False)


def _as_one(first: Reject, *others: Reject) -> Reject:
    """The wrong cells of one row as one: the first, with what is said of the others."""
    if not others:
        return first
    reason = first.reason + "".join([f"; {also.column}: {also.reason}" for also in others])
    return replace(first, reason=reason)


_REJECTS = """
    SELECT line, record, col, value, reason, text
    FROM (SELECT line, record, text FROM rejects ORDER BY record LIMIT ?) JOIN faults USING (record)
    ORDER BY record, place
"""
_FAULTS = """
    SELECT line, record, col, value, reason, text FROM rejects JOIN faults USING (record)
    ORDER BY record, place LIMIT ?
"""


@dataclass
class Staged:
    """A file that has been read and checked; closing it deletes its staging database, at `path`.

    The table `rows` holds `record`, `line` and the stored columns of the good rows (see
    `checking.stored_columns`), all of them, whatever the file has; `present` names the fields it has.
    `read` counts the data rows, `good` and `rejected_total` what became of them; rows that the `profile`
    skips are no data, `skipped` counts them. `sha256` and `size` (in bytes) are the file's own.
    """

    path: Path
    kind: Kind
    source: Path
    file: str
    header: tuple[str, ...]
    present: tuple[str, ...]
    delimiter: str
    folder: TemporaryDirectory[str] = field(repr=False)
    profile: Profile
    skipped: int = 0
    sha256: str = ""
    size: int = 0
    read: int = 0
    good: int = 0
    rejected_total: int = 0
    warnings: tuple[str, ...] = ()
    uncertain: str = ""
    """Why even the good rows must not be stored: a sentence, or nothing."""
    mended: int = 0
    """How many values of the good rows a person has corrected (see files.mending)."""

    def __enter__(self) -> Staged:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Deletes the staging database; more than once is fine."""
        self.folder.cleanup()

    def rejects(self, limit: int | None = 1000) -> list[Reject]:
        """The rows that cannot be imported, in the file's order; all of them when `limit` is None.

        Each row once: with its first wrong cell, and the others in the reason.
        """
        with self._reading() as staging:
            found = staging.execute(_REJECTS, (-1 if limit is None else limit,))
            cells = (Reject(*cell) for cell in found)
            return [_as_one(*of_row) for _, of_row in groupby(cells, attrgetter("record"))]

    def faults(self, limit: int = 1000) -> list[Reject]:
        """The wrong cells, in the file's order: a row stands here once for each of them."""
        with self._reading() as staging:
            return [Reject(*cell) for cell in staging.execute(_FAULTS, (limit,))]

    def fault_counts(self) -> dict[str, int]:
        """How many cells of each column are wrong, the most frequent first."""
        query = "SELECT col, count(*) FROM faults GROUP BY col ORDER BY count(*) DESC, col"
        with self._reading() as staging:
            return dict(staging.execute(query))

    def save_rejects(self, path: Path) -> None:
        """Saves the rejected rows under the file's own header, to be mended and imported by the same profile:
        where that leaves out lines and footers, there are such.

        Cells stand there as they were read. Raises KnownError when the file cannot be written, and for the
        file that they are from: its good rows would be gone.
        """
        with suppress(OSError):  # one of the two is not there
            if path.samefile(self.source):
                raise KnownError(f"{path} is the file that is imported; save the rejects under another name.")
        with replacing(path) as part, part.open("x", encoding="utf-8-sig", newline="") as file:
            said = self.profile.read_as
            above = max(said.header_row - 1, 0)
            header = format_line(self.header, self.delimiter)
            between = max(said.first_row - above - len(header.splitlines()) - 1, 0)
            file.write(above * "\r\n" + header + between * "\r\n")
            with self._reading() as staging:
                for (raw,) in staging.execute("SELECT raw FROM rejects ORDER BY record"):
                    file.write(raw)
            file.write(self.profile.footer_rows * "-\r\n")

    def _reading(self) -> closing[sqlite3.Connection]:
        return closing(sqlite3.connect(f"{self.path.as_uri()}?mode=ro", uri=True))


def stage(
    handle: Handle,
    path: Path,
    record: Record,
    profile: Profile | None = None,
    *,
    read_as: ReadAs | None = None,
    directory: Path | None = None,
) -> Staged:
    """Reads and checks a file of trades or ledger entries; the caller closes the result.

    `read_as` is what a person has said of this file besides the `profile` of its source. The staging
    database stands in a new folder in `directory`, by default the system's for temporary files; nothing
    is left of it when this raises: KnownError for a file that cannot be read (NeedsMapping, NeedsEncoding
    or NeedsSheet when a person has to say something of it), Cancelled.
    """
    by = for_file(profile or Profile(record.kind), path, read_as)
    opened = opener(path, record, by, is_mapped=profile is not None)
    with opened() as file:
        if by.name and by.header:
            refuse_drifted(file.header, by, record, as_text(path.name))
        try:
            columns = resolve(file.header, record, None if profile is None else by.mapping)
        except NeedsMapping:
            from .proposing import propose_for_file

            raise NeedsMapping(propose_for_file(path, record, by.read_as)) from None
        checker = Checker(record, columns)
        rules = RowFilter(by.skip, file.header)
        folder = new_folder(directory)
        try:
            staged = Staged(
                path=Path(folder.name, "staging.sqlite"),
                kind=record.kind,
                source=path,
                file=as_text(path.name),
                header=file.header,
                present=columns.present,
                delimiter=file.delimiter,
                folder=folder,
                profile=by,
                warnings=(*drift_notices(file.header, by), *columns.warnings),
            )
            with staging_database(handle, staged.path) as staging:
                _Staging(handle, staging, record, checker, rules, staged).run(file, opened)
        except BaseException:
            folder.cleanup()
            raise
    return staged


class _Staging:
    """One run of `stage`: what its steps share."""

    def __init__(
        self,
        handle: Handle,
        staging: sqlite3.Connection,
        record: Record,
        checker: Checker,
        rules: RowFilter,
        staged: Staged,
    ) -> None:
        self.handle = handle
        self.staging = staging
        self.staged = staged
        self.checker = checker
        self.rules = rules
        self.footer = Footer(staged.profile.footer_rows, staged.file, self._is_data)
        self.key = key_field(record)
        self.record = record
        self.numeric: set[str] = set()
        self.keys = Ascending()
        create_tables(staging, record, self.key)
        self.insert = insert_into("rows", ("record", "line", *self.checker.stored))

    def run(self, file: RecordFile, again: Callable[[], RecordFile]) -> None:
        """Stages the file and completes `staged`; `again` opens it once more."""
        staged = self.staged
        batches = file.batches()
        if staged.profile.footer_rows:
            batches = self.footer.before(batches)
        for batch in batches:
            self.rules.apply(batch)
            self._stage(batch, file.delimiter)
            self._step(file, f"Reading {staged.file}")
        staged.read = staged.good + staged.rejected_total
        staged.skipped = self.rules.total
        if not staged.read:
            raise self._nothing_read()
        _, total = file.progress
        self.handle.step(total, total, f"Looking for repeated ids in {staged.file}")
        if self.key in staged.present and not self.keys.holds:
            moved = move_repeated(self.staging, self.checker.key_column)
            staged.good -= moved
            staged.rejected_total += moved
            if moved:
                self._add_raw(again)
        staged.sha256, staged.size = file.sha256, file.size
        file.refuse_if_changed()
        staged.uncertain = decimal_commas(self.staging, staged.file)
        staged.warnings = (*staged.warnings, *file.notices, *self._notices())

    def _is_data(self, row: list[str], marks: dict[int, Mark]) -> bool:
        """Whether a row could be imported."""
        return self.rules.skips(row) is None and not isinstance(self.checker.one(row, marks), Problem)

    def _nothing_read(self) -> KnownError:
        left_out = " ".join([*self.rules.notices, *self.footer.notices])
        if self.rules.total or self.footer.notices:
            return Misread(
                f"{self.staged.file} has no rows besides those that the profile leaves out ({left_out});"
                " choose another file or correct the profile."
            )
        return KnownError(f"{self.staged.file} has a header and no rows; choose a file with rows.")

    def _step(self, file: RecordFile, text: str) -> None:
        self.handle.step(*file.progress, text)

    def _stage(self, batch: Batch, delimiter: str) -> None:
        if batch.special:
            self.numeric |= self.checker.named(batch.special, Special.NUMBER)
        if batch.rows:
            self._stage_rows(batch, 0, len(batch.rows), delimiter)
        self._reject(
            [
                (
                    each.line,
                    each.record,
                    Problem((Fault("", shown(each.value), each.reason),), None),
                    each.raw,
                    shown(each.text or each.value),
                )
                for each in batch.broken
            ]
        )

    def _stage_rows(self, batch: Batch, start: int, end: int, delimiter: str) -> None:
        """Stages the rows from `start` up to `end`, halving them until the bad ones stand in a few."""
        records, lines = batch.records[start:end], batch.lines[start:end]
        needs_care = batch.has_nul or (batch.special and self.checker.objects(batch.special))
        try:
            if needs_care:
                raise CellError
            columns = self.checker.many(batch.rows[start:end])
        except (CellError, DecimalError):
            if end - start <= _FEW or needs_care:
                self._stage_one_by_one(batch, start, end, delimiter)
            else:
                middle = (start + end) // 2
                self._stage_rows(batch, start, middle, delimiter)
                self._stage_rows(batch, middle, end, delimiter)
            return
        self.staging.executemany(self.insert, zip(records, lines, *columns, strict=True))
        self.staged.good += len(records)
        if self.key in self.staged.present:
            self.keys.add(columns[self.checker.stored.index(self.key)])

    def _stage_one_by_one(self, batch: Batch, start: int, end: int, delimiter: str) -> None:
        self.keys.holds = False
        good: list[tuple[object, ...]] = []
        bad: list[_Bad] = []
        for place in range(start, end):
            row, record, line = batch.rows[place], batch.records[place], batch.lines[place]
            checked = self.checker.one(row, batch.marks.get(place))
            if isinstance(checked, Problem):
                raw = format_line(row, delimiter)
                bad.append((line, record, checked, raw, shown(batch.text(place) or raw.rstrip("\r\n"))))
            else:
                good.append((record, line, *checked))
        self.staging.executemany(self.insert, good)
        self.staged.good += len(good)
        self._reject(bad)
        if batch.marks:
            keep_marks(self.staging, batch, {record for _, record, *_ in bad})

    def _reject(self, bad: Sequence[_Bad]) -> None:
        self.staging.executemany(
            "INSERT INTO rejects VALUES (?, ?, ?, ?, ?)",
            [(line, record, problem.key, raw, text) for line, record, problem, raw, text in bad],
        )
        self.staging.executemany(
            "INSERT INTO faults VALUES (?, ?, ?, ?, ?)",
            [
                (record, place, fault.column, fault.value, fault.reason)
                for _, record, problem, _, _ in bad
                for place, fault in enumerate(problem.faults, start=1)
            ],
        )
        self.staged.rejected_total += len(bad)

    def _add_raw(self, again: Callable[[], RecordFile]) -> None:
        """Reads the file again for the text of good rows that were rejected afterwards."""
        find = "SELECT record FROM rejects WHERE raw IS NULL AND record BETWEEN ? AND ?"
        keep = "UPDATE rejects SET raw = ?, text = ? WHERE record = ?"
        with again() as file:
            for batch in file.batches():
                if batch.records:
                    wanted = {
                        record
                        for (record,) in self.staging.execute(find, (batch.records[0], batch.records[-1]))
                    }
                    self.staging.executemany(
                        keep,
                        [
                            (raw := format_line(row, file.delimiter), shown(batch.text(place) or raw), record)
                            for place, (row, record) in enumerate(zip(batch.rows, batch.records, strict=True))
                            if record in wanted
                        ],
                    )
                    keep_marks(self.staging, batch, wanted)
                self._step(file, f"Collecting repeated rows of {self.staged.file}")

    def _notices(self) -> list[str]:
        notices = numbers_notice(self.record.importable, self.numeric)
        notices += rounding_notices(self.checker, self.staged.profile.mapping)
        return [*self.rules.notices, *self.footer.notices, *notices]
