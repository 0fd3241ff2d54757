"""Reads and checks a file into a throw-away SQLite database, from where its good rows can be merged.

Nothing of the workspace is touched or locked meanwhile. The staging database has no journal, since
whatever goes wrong, it is deleted.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, closing, nullcontext, suppress
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType

from ..domain.errors import KnownError
from ..domain.fields import Kind, Record
from ..domain.jobs import Handle
from ..paths import as_text
from .asked import ReadAs
from .checking import Checker, Problem, key_field, shown
from .child import Child
from .dialect import format_line
from .leaving_out import Footer, RowFilter
from .mapping import NeedsMapping, resolve
from .opening import for_file, opener
from .profile import Profile
from .reading import DelimitedFile
from .recognising import drift_notices, refuse_drifted
from .repeats import Settled, joined_key, settle_repeated
from .source import RecordFile
from .specials import Mark, numbers_notice
from .staging_database import create_tables, keep_marks, new_folder, staging_database
from .staging_halves import Half, join_half, stage_rest
from .staging_rows import RowStaging
from .staging_words import decimal_commas, nothing_read, rounding_notices
from .writing import replacing

_LARGE = 5 << 20  # bytes; to start another process takes a tenth of a second, and a smaller file little more
_HALVED = 16 << 20  # bytes; to put the halves together takes an eighth of the time as well


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


RejectedRow = tuple[int, int, str, str, str, str]
"""The values of a Reject, in their order; a file may have so many that making objects of them takes long."""


def _as_one(cells: Iterable[RejectedRow]) -> Iterator[RejectedRow]:
    """The wrong cells of each row as one: the first, with what is said of the others."""
    for _, of_row in groupby(cells, itemgetter(1)):
        first, *others = of_row
        if others:
            line, record, column, value, reason, raw = first
            reason += "".join([f"; {also}: {why}" for _, _, also, _, why, _ in others])
            first = (line, record, column, value, reason, raw)
        yield first


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
    profile: Profile
    folder: TemporaryDirectory[str] | None = field(default=None, repr=False)
    skipped: int = 0
    sha256: str = ""
    size: int = 0
    read: int = 0
    good: int = 0
    rejected_total: int = 0
    warnings: tuple[str, ...] = ()
    uncertain: str = ""
    """Why even the good rows must not be stored: a sentence, or nothing."""
    key_ends: tuple[str, str] | None = None
    """The first and the last id, where each row has one that is greater than the one before it."""
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
        if self.folder is not None:
            self.folder.cleanup()

    def rejects(self, limit: int = 1000) -> list[Reject]:
        """The rows that cannot be imported, in the file's order.

        Each row once: with its first wrong cell, and the others in the reason.
        """
        return [Reject(*row) for row in self.rejected_rows(limit)]

    def rejected_rows(self, limit: int = -1) -> Iterator[RejectedRow]:
        """The same as bare values; all of them without a limit."""
        with self._reading() as staging:
            yield from _as_one(staging.execute(_REJECTS, (limit,)))

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
    folder = new_folder(directory)
    try:
        work = (path, record, profile, read_as, Path(folder.name))
        if _keeps_a_window_waiting(path):
            with Child(f"Reading {as_text(path.name)}", stage_into, *work, yields=True) as child:
                staged = child.result(handle)
        else:
            staged = stage_into(handle, *work)
    except BaseException:
        folder.cleanup()
        raise
    staged.folder = folder
    return staged


def _keeps_a_window_waiting(path: Path) -> bool:
    """Whether to stage the file is work for a process of its own.

    Python that computes in a thread beside the window's makes it stutter; on the main thread nobody waits.
    """
    if threading.current_thread() is threading.main_thread():
        return False
    with suppress(OSError):
        return path.stat().st_size >= _LARGE
    return False


def stage_into(
    handle: Handle,
    path: Path,
    record: Record,
    profile: Profile | None,
    read_as: ReadAs | None,
    folder: Path,
) -> Staged:
    """What `stage` does, in a folder that is there already, and that the result knows nothing of."""
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
        staged = Staged(
            path=folder / "staging.sqlite",
            kind=record.kind,
            source=path,
            file=as_text(path.name),
            header=file.header,
            present=columns.present,
            delimiter=file.delimiter,
            profile=by,
            warnings=(*drift_notices(file.header, by), *columns.warnings),
        )
        with staging_database(handle, staged.path) as staging:
            run = _Staging(handle, staging, record, checker, rules, staged)
            run.run(file, opened, is_mapped=profile is not None)
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
        self.record = record
        create_tables(staging, record, key_field(record))
        self.rows = RowStaging(staging, checker, record)

    def run(self, file: RecordFile, again: Callable[[], RecordFile], *, is_mapped: bool) -> None:
        """Stages the file and completes `staged`; `again` opens it once more."""
        with self._second_half(file, is_mapped=is_mapped) as second:
            self._add(file)
            if second is not None and isinstance(file, DelimitedFile):
                self._join(second.result(self.handle), file.records)
        self._complete(file, again)

    def _second_half(
        self, file: RecordFile, *, is_mapped: bool
    ) -> AbstractContextManager[Child[Half] | None]:
        """The process that stages the second half of the file meanwhile, where that is worth it."""
        staged = self.staged
        if not isinstance(file, DelimitedFile) or file.size < _HALVED or staged.profile.footer_rows:
            return nullcontext()
        rest = file.halve() if (os.cpu_count() or 1) > 1 else None
        if rest is None:
            return nullcontext()
        path = staged.path.with_name("half.sqlite")
        work = (staged.source, self.record, staged.profile, is_mapped, rest, path)
        return Child(f"Reading {staged.file}", stage_rest, *work, quiet=True)

    def _join(self, half: Half, records: int) -> None:
        join_half(self.staging, half, records, self.checker)
        self.rows.good += half.good
        self.rows.rejected += half.rejected
        self.rows.keys.join(half.keys)
        self.rules.count_also(half.skipped)
        self.checker.count_also(half.rounded)

    def _add(self, file: RecordFile) -> None:
        batches = file.batches()
        if self.staged.profile.footer_rows:
            batches = self.footer.before(batches)
        for batch in batches:
            self.rules.apply(batch)
            self.rows.add(batch, file.delimiter)
            self._step(file, f"Reading {self.staged.file}")

    def _complete(self, file: RecordFile, again: Callable[[], RecordFile]) -> None:
        staged = self.staged
        staged.good, staged.rejected_total = self.rows.good, self.rows.rejected
        staged.read = staged.good + staged.rejected_total
        staged.skipped = self.rules.total
        if not staged.read:
            is_left_out = self.rules.total or self.footer.notices
            raise nothing_read(staged.file, self._left_out if is_left_out else [])
        _, total = file.progress
        self.handle.step(total, total, f"Looking for repeated ids in {staged.file}")
        repeated = self._settle_repeated()
        if repeated.moved:
            staged.good -= repeated.moved
            staged.rejected_total += repeated.moved
            self._add_raw(again)
        staged.key_ends = self.rows.keys.ends
        staged.sha256, staged.size = file.sha256, file.size
        file.refuse_if_changed()
        staged.uncertain = decimal_commas(self.staging, staged.file)
        numbers = numbers_notice(self.record.importable, self.rows.numeric)
        rounded = rounding_notices(self.checker, staged.profile)
        said = (*file.notices, *self._left_out, *numbers, *rounded, *repeated.notices)
        staged.warnings = (*staged.warnings, *said)

    def _settle_repeated(self) -> Settled:
        """Sees to rows with an id that an earlier one has, where there may be such."""
        if self.rows.keys.holds:
            return Settled()
        key = key_field(self.record)
        joined = joined_key(self.staged.profile.mapping, key)
        return settle_repeated(self.staging, key, self.checker.key_column, joined)

    @property
    def _left_out(self) -> list[str]:
        """What the profile left out, as sentences."""
        return [*self.rules.notices, *self.footer.notices]

    def _is_data(self, row: list[str], marks: dict[int, Mark]) -> bool:
        """Whether a row could be imported."""
        return self.rules.skips(row) is None and not isinstance(self.checker.one(row, marks), Problem)

    def _step(self, file: RecordFile, text: str) -> None:
        self.handle.step(*file.progress, text)

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
