"""Bringing a database to the schema this program works with.

Alembic takes about 270 ms to load, so it is imported only when there is something to do.
"""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, inspect, text

from ..domain.errors import KnownError, NoWorkspace
from .database import LOCK_WAIT_SECONDS, Database
from .schema import HEAD
from .targets import LASTING_TABLES, is_postgresql, shown_name

_KNOWN_REVISIONS = ("0001", "0002", "0003", "0004", "0005", "0006", "0007")
_PAGE_SIZE = 16384


def open_database(target: str, *, create: bool) -> Database:
    """Opens a workspace's database, creating or upgrading its schema if need be.

    Raises KnownError when there is no workspace (and `create` is false), when the file is something else,
    or when a newer program wrote it; nothing is changed then.
    """
    if not is_postgresql(target):
        if "://" in target:  # perhaps with a password, so it is not repeated
            raise KnownError("This kind of address is not known; name a file, or a postgresql:// URL.")
        if not target.strip():
            raise KnownError("The workspace has no name; name a file, or a postgresql:// URL.")
        _refuse_impossible_path(target, create)
    database = Database(target)
    try:
        revision = _revision(database)
        if revision is None:
            if not create:
                raise NoWorkspace(f"There is no workspace in {shown_name(target)}, which is empty")
            _upgrade(database)
        elif revision != HEAD:
            if revision not in _KNOWN_REVISIONS:
                raise KnownError(
                    f"{shown_name(target)} was written by a newer version of OpsPilot Desktop;"
                    " install that version."
                )
            _keep_a_copy(database, revision)
            _upgrade(database)
    except BaseException:
        database.close()
        raise
    database.is_made = True
    return database


def _refuse_impossible_path(target: str, create: bool) -> None:
    path = Path(target)
    try:
        is_folder, is_there = path.is_dir(), path.exists()
    except (OSError, ValueError) as error:  # a name that is too long, or has a NUL
        raise KnownError(f"{target} cannot be opened ({error}); choose another name.") from error
    if is_folder:
        raise KnownError(f"{target} is a folder; name a file.")
    if is_there:
        return
    if not create:
        raise NoWorkspace(f"There is no workspace at {target}")
    if not path.parent.is_dir():
        raise KnownError(f"The folder {path.parent} does not exist; create it first.")


def _revision(database: Database) -> str | None:
    """The database's revision; None when it is empty. Raises KnownError when it holds something else."""
    if not database.is_postgresql and not Path(database.target).exists():
        return None
    with database.read() as connection:
        inspector = inspect(connection)
        names = {*inspector.get_table_names(), *inspector.get_view_names()}
        if not names:
            return None
        # Other programs use Alembic too, and their revisions may be called like ours.
        if names >= {"alembic_version", *LASTING_TABLES}:
            found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
            if found is not None:
                return str(found)
    raise KnownError(f"{shown_name(database.target)} is another program's database; choose another one.")


def _upgrade(database: Database) -> None:
    """Runs the missing migrations, in one transaction."""
    from alembic import command
    from alembic.config import Config

    if not database.is_postgresql:
        _prepare_file(database)
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    with database.write() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _prepare_file(database: Database) -> None:
    """Page size and WAL have to be set before the first table, outside a transaction."""
    with database.said_plainly(), database.engine.connect() as connection:
        raw = connection.connection.driver_connection
        assert raw is not None
        raw.execute(f"PRAGMA page_size = {_PAGE_SIZE}")
        _switch_to_wal(raw)


def _switch_to_wal(raw: Any) -> None:
    """Waits by itself for another program that makes the same file: this statement heeds no timeout."""
    give_up = time.monotonic() + LOCK_WAIT_SECONDS
    while True:
        try:
            raw.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > give_up:
                raise
            time.sleep(0.05)


def _keep_a_copy(database: Database, revision: str) -> None:
    """Keeps the file as it is beside it before a migration changes it."""
    if database.is_postgresql:
        return
    path = Path(database.target)
    copy = path.with_name(f"{path.stem}.before-{revision}-to-{HEAD}{path.suffix}")
    if copy.exists():
        return
    with database.said_plainly(), database.engine.connect() as connection:
        raw = connection.connection.driver_connection
        assert raw is not None
        raw.execute("VACUUM INTO ?", (str(copy),))


def current_revision(connection: Connection) -> str:
    """The revision of an open workspace."""
    return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one())
