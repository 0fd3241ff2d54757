"""Settings that belong to a workspace, by name."""

from __future__ import annotations

from sqlalchemy import Connection, delete, insert, select

from .schema import settings


def read_setting(connection: Connection, name: str) -> str | None:
    """The value kept under the name; None when there is none."""
    return connection.execute(select(settings.c.value).where(settings.c.name == name)).scalar_one_or_none()


def forget_setting(connection: Connection, name: str) -> None:
    """Keeps nothing under the name any longer. The caller holds the lock."""
    connection.execute(delete(settings).where(settings.c.name == name))


def write_setting(connection: Connection, name: str, value: str) -> None:
    """Keeps the value under the name. The caller holds the lock and writes the audit row."""
    forget_setting(connection, name)
    connection.execute(insert(settings).values(name=name, value=value))
