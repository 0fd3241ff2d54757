"""Settings that belong to a workspace, by name."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, delete, insert, select

from .schema import settings

_NAMED = settings.c.name == bindparam("wanted")
_READ = select(settings.c.value).where(_NAMED)
_REMOVE = delete(settings).where(_NAMED)
_ADD = insert(settings)


def read_setting(connection: Connection, name: str) -> str | None:
    """The value kept under the name; None when there is none."""
    return connection.execute(_READ, {"wanted": name}).scalar_one_or_none()


def forget_setting(connection: Connection, name: str) -> None:
    """Keeps nothing under the name any longer. The caller holds the lock."""
    connection.execute(delete(settings).where(settings.c.name == name))


def write_setting(connection: Connection, name: str, value: str) -> None:
    """Keeps the value under the name. The caller holds the lock and writes the audit row."""
    connection.execute(_REMOVE, {"wanted": name})
    connection.execute(_ADD, {"name": name, "value": value})
