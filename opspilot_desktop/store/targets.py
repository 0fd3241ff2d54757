"""What can be known of a workspace by its path or URL, without loading the database library."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

HEAD = "0007"
"""The migration this program works with."""
LASTING_TABLES = ("trades", "ledger_entries", "issues", "audit_log")
"""Tables that a workspace of any revision has."""


def is_postgresql(target: str) -> bool:
    """Whether the target is a PostgreSQL URL rather than the path of a file."""
    return target.lower().startswith(("postgresql://", "postgres://"))


def shown_name(target: str) -> str:
    """The target as it may be shown and logged: without a password."""
    if not is_postgresql(target):
        return target
    try:
        parts = urlsplit(target)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:  # no address at all, but there may be a password in it
        return "postgresql://…"
    return f"postgresql://{parts.hostname or 'localhost'}{port}{parts.path}"


def name_of(target: str) -> str:
    """What the window's title calls it: the file's name, or the server's database."""
    if is_postgresql(target):
        return urlsplit(target).path.lstrip("/") or "postgres"
    return Path(target).stem


def is_current_file(target: str) -> bool:
    """Whether the target is a local file that holds a workspace of this program's revision.

    Only looks, and never makes a file; whatever else it may be, opening it says so in a sentence.
    """
    path = Path(target).absolute()
    if is_postgresql(target) or "://" in target:
        return False
    try:
        if not path.is_file():
            return False
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=rw", uri=True)) as connection:
            tables = "SELECT count(*) FROM sqlite_master WHERE name IN (?, ?, ?, ?)"
            if connection.execute(tables, LASTING_TABLES).fetchone() != (len(LASTING_TABLES),):
                return False
            found = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except (sqlite3.Error, OSError, ValueError):
        return False
    return bool(found == (HEAD,))
