"""The throw-away database that a file is staged in: its folder, its settings, its tables."""

from __future__ import annotations

import json
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from ..domain.errors import NotNow
from ..domain.fields import Record
from ..domain.jobs import Cancelled, Handle
from .checking import stored_columns
from .reading import Batch
from .specials import Mark, Special

_PREFIX = "opspilot-staging-"
_ABANDONED_AFTER = 24 * 60 * 60  # seconds


def _sweep(directory: Path) -> None:
    """Deletes what a program that was killed has left; nothing is staged for a whole day."""
    for folder in directory.glob(f"{_PREFIX}*"):
        with suppress(OSError):
            if time.time() - folder.stat().st_mtime > _ABANDONED_AFTER:
                shutil.rmtree(folder, ignore_errors=True)


def new_folder(directory: Path | None) -> TemporaryDirectory[str]:
    """A new folder for a staging database; raises NotNow where none can be made."""
    _sweep(directory or Path(tempfile.gettempdir()))
    try:
        return TemporaryDirectory(prefix=_PREFIX, dir=directory, ignore_cleanup_errors=True)
    except OSError as error:
        raise NotNow(
            f"No temporary folder can be made ({error.strerror or error}); free some disk space and try"
            " again."
        ) from None


_NEW = ("page_size = 16384", "journal_mode = OFF", "synchronous = OFF", "cache_size = -16384")
_AGAIN = ("journal_mode = MEMORY", "synchronous = OFF")


def staging_database(handle: Handle, path: Path) -> AbstractContextManager[sqlite3.Connection]:
    """A new database in one transaction, which a cancel interrupts."""
    return _transaction(handle, path, _NEW)


def staged_again(handle: Handle, path: Path) -> AbstractContextManager[sqlite3.Connection]:
    """A staging database that is there, in one transaction, which an error or a cancel takes back."""
    return _transaction(handle, path, _AGAIN)


@contextmanager
def _transaction(handle: Handle, path: Path, pragmas: Sequence[str]) -> Iterator[sqlite3.Connection]:
    staging = sqlite3.connect(path, isolation_level=None)

    def interrupt() -> None:
        with suppress(sqlite3.ProgrammingError):  # closed since: there is nothing left to interrupt
            staging.interrupt()

    forget = handle.on_cancel(interrupt)
    try:
        for pragma in pragmas:
            staging.execute(f"PRAGMA {pragma}")
        staging.execute("BEGIN")
        yield staging
        handle.check()
        staging.execute("COMMIT")
    except sqlite3.OperationalError as error:
        if handle.cancelled:
            raise Cancelled from None
        raise _without_room(error, path) or error from error
    finally:
        forget()
        staging.close()


def _without_room(error: sqlite3.OperationalError, path: Path) -> NotNow | None:
    """The sentence for an error of a disk that is full or cannot be written, and None for any other."""
    if error.sqlite_errorcode & 0xFF not in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR):
        return None
    return NotNow(
        f"The folder for temporary files, {path.parent.parent}, is full or cannot be written"
        f" ({error}); free some disk space and try again."
    )


def create_tables(staging: sqlite3.Connection, record: Record, key: str) -> None:
    """Makes the tables for good rows, for rejected ones, and for what is wrong with them."""
    columns = ", ".join(f"{name} {kind}" for name, kind in stored_columns(record).items())
    staging.execute(
        f"CREATE TABLE rows (record INTEGER PRIMARY KEY, line INTEGER, {columns},"
        f" key TEXT GENERATED ALWAYS AS ({key}) VIRTUAL)"
    )
    staging.execute(
        "CREATE TABLE rejects (line INTEGER, record INTEGER PRIMARY KEY, key TEXT, raw TEXT, text TEXT)"
    )
    staging.execute(
        "CREATE TABLE faults (record INTEGER, place INTEGER, col TEXT, value TEXT, reason TEXT,"
        " PRIMARY KEY (record, place)) WITHOUT ROWID"
    )
    # Of a workbook's rejected rows, which cells are special: a mended row is checked with those again.
    staging.execute("CREATE TABLE marks (record INTEGER PRIMARY KEY, marks TEXT)")
    # What a person has corrected: a cell as the file has it, and as it is now.
    staging.execute(
        "CREATE TABLE mends (record INTEGER, line INTEGER, col TEXT, before TEXT, after TEXT,"
        " PRIMARY KEY (record, col)) WITHOUT ROWID"
    )


def keep_marks(staging: sqlite3.Connection, batch: Batch, records: set[int]) -> None:
    """Keeps the special cells of these records of the batch, as far as they have any."""
    staging.executemany(
        "INSERT OR REPLACE INTO marks VALUES (?, ?)",
        [
            (
                batch.records[place],
                json.dumps({index: list(vars(mark).values()) for index, mark in of.items()}),
            )
            for place, of in batch.marks.items()
            if batch.records[place] in records
        ],
    )


def marks_as_text(marks: Mapping[int, Mark]) -> str:
    """The special cells of a row as they are kept."""
    return json.dumps({index: [mark.special, mark.cell] for index, mark in marks.items()})


def marks_of(staging: sqlite3.Connection, record: int) -> dict[int, Mark]:
    """The special cells of a rejected row, by index."""
    row = staging.execute("SELECT marks FROM marks WHERE record = ?", (record,)).fetchone()
    kept = json.loads(row[0]) if row is not None else {}
    return {int(index): Mark(Special(special), cell) for index, (special, cell) in kept.items()}


def insert_into(table: str, columns: Sequence[str]) -> str:
    """The statement that adds a row of these columns."""
    places = ", ".join("?" * len(columns))
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})"  # noqa: S608 (our own names)
