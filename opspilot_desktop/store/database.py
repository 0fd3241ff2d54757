"""Opening a workspace's database: connections, transactions, the one lock, and errors said plainly."""

from __future__ import annotations

import sqlite3
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError
from sqlalchemy.pool import NullPool

from ..domain.errors import KnownError, NotNow
from ..domain.jobs import Cancelled, Handle
from .targets import is_postgresql, name_of, shown_name

SQLITE = "sqlite"
POSTGRESQL = "postgresql"

LOCK_WAIT_SECONDS = 60.0
"""How long a write waits for another program's write before it gives up."""

_WRITE_LOCK = 0x4F70_5031  # "OpP1": the advisory lock that import, reconcile, undo and migration share
_RETRY_SECONDS = 0.05
_LOOK_SECONDS = 20  # a million rows take a fifth of one
_CACHE_KIB = 32 * 1024


class Database:
    """A database and how to talk to it; one object a workspace, safe to share between threads.

    Every connection is opened for one use, in the thread that uses it.
    """

    def __init__(self, target: str) -> None:
        self.target = target
        self.dialect = POSTGRESQL if is_postgresql(target) else SQLITE
        self.engine = _postgresql_engine(target) if self.is_postgresql else _sqlite_engine(target)
        if not self.is_postgresql:
            event.listen(self.engine, "do_connect", self._refuse_if_gone)

        self._file = Path(target).absolute()  # wherever the program goes meanwhile
        self.is_made = False
        """Whether the workspace is known to be there: a file that is gone is then never made anew."""

    def _refuse_if_gone(self, *_: object) -> None:
        if self.is_made and not self._file.exists():
            raise NotNow(f"{self.target} is no longer there; put it back, or open another workspace.")

    @property
    def is_postgresql(self) -> bool:
        """Whether this is a PostgreSQL server."""
        return self.dialect == POSTGRESQL

    @property
    def name(self) -> str:
        """What the window's title calls it: the file's name, or the server's database."""
        return name_of(self.target)

    @contextmanager
    def read(self, handle: Handle | None = None) -> Iterator[Connection]:
        """A connection that sees one consistent state and can change nothing.

        Raises Cancelled when the handle is cancelled, KnownError for what the user can mend.
        """
        with self.said_plainly(handle), self.engine.connect() as connection:
            if self.is_postgresql:
                connection.execution_options(isolation_level="REPEATABLE READ")
                connection.execute(text("SET TRANSACTION READ ONLY"))
            else:
                connection.exec_driver_sql("PRAGMA query_only = ON")
            with _interruptible(connection, handle):
                yield connection

    @contextmanager
    def write(
        self, handle: Handle | None = None, *, exclusive: bool = True, attach: Path | None = None
    ) -> Iterator[Connection]:
        """A transaction: committed at the end, rolled back whole by any exception.

        `exclusive` takes the lock that import, reconcile, undo and migration share at once; without it a
        transaction on PostgreSQL goes on beside others, and may call `lock` later. `attach` is a SQLite
        file that the transaction can read as schema `staging` (SQLite only). Raises as `read` does.
        """
        with self.said_plainly(handle), self.engine.connect() as connection:
            self._attach(connection, attach)
            begun = connection.begin() if self.is_postgresql else _begin_immediate(connection, handle)
            with begun, _interruptible(connection, handle):
                if exclusive:
                    self.lock(connection)
                yield connection

    @contextmanager
    def scratch(
        self, handle: Handle | None = None, *, attach: Path | None = None, steady: bool = False
    ) -> Iterator[Connection]:
        """A transaction that is always rolled back, for reads that need a temporary table.

        `steady` lets all of its statements see one and the same state on PostgreSQL too.
        """
        with self.said_plainly(handle), self.engine.connect() as connection:
            self._attach(connection, attach)
            if steady and self.is_postgresql:
                connection.execution_options(isolation_level="REPEATABLE READ")
            transaction = connection.begin()
            try:
                with _interruptible(connection, handle):
                    yield connection
            finally:
                transaction.rollback()

    def lock(self, connection: Connection) -> None:
        """Takes the lock that import, reconcile, undo and migration share, until the transaction ends.

        SQLite has one writer at a time anyway.
        """
        if self.is_postgresql:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _WRITE_LOCK})

    def look_through(self, table: str) -> None:
        """Has PostgreSQL look through a table to which many rows were added (SQLite needs no such thing).

        The first to read them would have to note which are there for everybody, at several times the cost;
        and only then do indexes answer alone. Nothing depends on it: if the server refuses, it does so
        itself in its own time.
        """
        if self.is_postgresql:
            with suppress(DBAPIError), self.engine.connect() as connection:
                connection.execution_options(isolation_level="AUTOCOMMIT")
                connection.execute(text(f"SET statement_timeout = '{_LOOK_SECONDS}s'"))
                connection.execute(text(f"VACUUM (SKIP_LOCKED, TRUNCATE FALSE) {table}"))

    def version(self, connection: Connection) -> str:
        """The engine and its version, for a person to read."""
        if self.is_postgresql:
            return f"PostgreSQL {connection.execute(text('SHOW server_version')).scalar_one()}"
        return f"SQLite {sqlite3.sqlite_version}"

    def integrity(self, connection: Connection) -> str:
        """ "ok", or what the database's own check found wrong (PostgreSQL checks its pages by itself)."""
        if self.is_postgresql:
            return "ok"
        found = connection.exec_driver_sql("PRAGMA integrity_check(5)").scalars().all()
        foreign = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
        return "; ".join(found) if foreign is None else f"a row of {foreign[0]} points to nothing"

    def _attach(self, connection: Connection, path: Path | None) -> None:
        if path is not None and not self.is_postgresql:
            raw: Any = connection.connection.driver_connection
            raw.execute("ATTACH DATABASE ? AS staging", (str(path),))

    @contextmanager
    def said_plainly(self, handle: Handle | None = None) -> Iterator[None]:
        """Turns an error of the database into Cancelled or KnownError, where it is one of these."""
        try:
            yield
        except Exception as error:
            # The driver's own errors come unwrapped from what goes past SQLAlchemy, such as COPY.
            origin = error.orig if isinstance(error, DBAPIError) else error
            if not isinstance(origin, _driver_errors()):
                raise
            if handle is not None and handle.cancelled:
                raise Cancelled from error
            known = explain_database_error(origin, shown_name(self.target))
            if known is None:
                raise
            raise known from error

    def close(self) -> None:
        """Lets go of the file or the server."""
        self.engine.dispose()


def _sqlite_engine(target: str) -> Engine:
    # NullPool: a connection belongs to one use in one thread. Opening one takes about 0.2 ms.
    engine = create_engine(
        # Not a text, in which a file's name could mean something; absolute for the same reason (":memory:").
        URL.create("sqlite", database=str(Path(target).absolute())),
        poolclass=NullPool,
        connect_args={"timeout": 0.0, "check_same_thread": False, "isolation_level": None},
    )

    @event.listens_for(engine, "connect")
    def _set_pragmas(connection: sqlite3.Connection, _record: object) -> None:
        # First of all: the next one reads the file, and another connection that closes at that moment may
        # hold it for as long as it takes to tidy up.
        connection.execute("PRAGMA busy_timeout = 5000")
        connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        if not connection.get_execution_options().get("begun"):
            connection.exec_driver_sql("BEGIN")

    return engine


def _postgresql_engine(target: str) -> Engine:
    try:
        url = make_url(target).set(drivername="postgresql+psycopg")
    except (ArgumentError, ValueError):
        url = None
    if url is None or not 0 < (url.port or 5432) < 65536:
        raise KnownError(
            f"{shown_name(target)} is no address of a database; write it as"
            " postgresql://user:password@host:5432/database."
        )
    # Whatever the server's own default: who has waited for the lock has to see what was written meanwhile.
    seen = "READ COMMITTED"
    return create_engine(url, poolclass=NullPool, isolation_level=seen, connect_args={"connect_timeout": 10})


def _begin_immediate(connection: Connection, handle: Handle | None) -> Any:
    """Begins a writing transaction, waiting for another writer in small steps so that a cancel is heard."""
    raw: sqlite3.Connection = connection.connection.driver_connection  # type: ignore[assignment]
    raw.execute("PRAGMA busy_timeout = 0")
    give_up = time.monotonic() + LOCK_WAIT_SECONDS
    while True:
        try:
            raw.execute("BEGIN IMMEDIATE")
            break
        except sqlite3.OperationalError as error:
            busy = error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
            if not busy or time.monotonic() > give_up:
                raise OperationalError("BEGIN IMMEDIATE", None, error) from error
            if handle is not None:
                handle.check()
            time.sleep(_RETRY_SECONDS)
    return connection.execution_options(begun=True).begin()


@contextmanager
def _interruptible(connection: Connection, handle: Handle | None) -> Iterator[None]:
    """While it lasts, a cancel of the handle interrupts the statement that is running."""
    if handle is None:
        yield
        return
    raw: Any = connection.connection.driver_connection

    def interrupt() -> None:
        with suppress(Exception):  # the statement may just have ended, the connection just been closed
            raw.interrupt() if isinstance(raw, sqlite3.Connection) else raw.cancel()

    remove = handle.on_cancel(interrupt)
    try:
        yield
        handle.check()
    finally:
        remove()


def _driver_errors() -> tuple[type[Exception], ...]:
    """The error classes of the drivers that are loaded: psycopg is, only where a server is used."""
    psycopg = sys.modules.get("psycopg")
    return (sqlite3.Error,) if psycopg is None else (sqlite3.Error, psycopg.Error)


def explain_database_error(error: BaseException | None, name: str) -> NotNow | None:
    """The sentence for a driver's error that the user can mend; None for a fault of the program."""
    if isinstance(error, sqlite3.Error):
        return _explain_sqlite(error, name)
    return _explain_postgresql(error, name)


def _explain_postgresql(error: BaseException | None, name: str) -> NotNow | None:
    from psycopg import OperationalError as ServerError
    from psycopg.errors import (
        DeadlockDetected,
        DiskFull,
        InsufficientPrivilege,
        LockNotAvailable,
        ReadOnlySqlTransaction,
        SerializationFailure,
    )

    detail = str(error).strip().partition("\n")[0] or "no answer"
    if isinstance(error, InsufficientPrivilege | ReadOnlySqlTransaction):
        return NotNow(f"You are not allowed to do this at {name} ({detail}); ask its administrator.")
    if isinstance(error, DeadlockDetected | LockNotAvailable | SerializationFailure):
        return NotNow(f"Somebody else changed the same rows at {name} in the same moment; try again.")
    if isinstance(error, DiskFull):
        return NotNow(f"The disk of the server at {name} is full; tell its administrator.")
    if isinstance(error, ServerError):
        return NotNow(
            f"The server at {name} cannot be used ({detail}); check that it runs and that the address,"
            " user and password are right."
        )
    return None


def _explain_sqlite(error: sqlite3.Error, name: str) -> NotNow | None:
    code = (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF
    busy = f"Another program is writing to {name}; wait until it has finished and try again."
    sentences = {
        sqlite3.SQLITE_BUSY: busy,
        sqlite3.SQLITE_LOCKED: busy,
        sqlite3.SQLITE_FULL: f"The disk that holds {name} is full; free some space and try again.",
        sqlite3.SQLITE_READONLY: f"{name} cannot be written to; check the file's permissions.",
        sqlite3.SQLITE_CANTOPEN: f"{name} cannot be opened; check the path and the permissions.",
        sqlite3.SQLITE_NOTADB: f"{name} is not an OpsPilot workspace; choose another file.",
        sqlite3.SQLITE_CORRUPT: f"{name} is damaged; restore it from a backup.",
        sqlite3.SQLITE_IOERR: f"{name} could not be read or written; check the disk and try again.",
    }
    sentence = sentences.get(code)
    if code == sqlite3.SQLITE_ERROR and str(error).startswith("no such table"):
        sentence = f"{name} is no longer a workspace; open another one, or restore it from a backup."
    return NotNow(sentence) if sentence else None
