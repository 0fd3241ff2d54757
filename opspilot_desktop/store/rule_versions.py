"""The versions of the rules' settings in a workspace."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, insert, select

from .schema import rule_versions

_NEWEST = select(rule_versions).order_by(rule_versions.c.id.desc()).limit(1)


@dataclass(frozen=True)
class RuleVersion:
    """One version of the settings: its number, when and by whom it was saved, and its JSON."""

    number: int
    at: str
    who: str
    value: str


def newest_version(connection: Connection) -> RuleVersion | None:
    """The version in force; None while nobody has changed anything."""
    row = connection.execute(_NEWEST).first()
    return None if row is None else RuleVersion(row.id, row.at, row.who, row.value)


def all_versions(connection: Connection) -> list[RuleVersion]:
    """Every version, the newest first."""
    rows = connection.execute(select(rule_versions).order_by(rule_versions.c.id.desc()))
    return [RuleVersion(row.id, row.at, row.who, row.value) for row in rows]


def add_version(connection: Connection, at: str, who: str, value: str) -> int:
    """Keeps a new version and returns its number. The caller holds the lock and writes the audit row."""
    key = connection.execute(insert(rule_versions).values(at=at, who=who, value=value)).inserted_primary_key
    assert key is not None
    return int(key[0])
