"""The source profiles that are kept in a workspace, by name."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select

from ..domain.clock import now
from . import audit
from .schema import source_profiles


@dataclass(frozen=True)
class SavedProfile:
    """A profile as it is kept: its TOML, the header that its files have (JSON), and who saved it when."""

    name: str
    kind: str
    toml: str
    header_signature: str
    version: int
    who: str
    at: str


def all_profiles(connection: Connection, kind: str = "") -> list[SavedProfile]:
    """Every profile, or those of a kind, by name."""
    query = select(source_profiles).order_by(source_profiles.c.name)
    if kind:
        query = query.where(source_profiles.c.kind == kind)
    return [SavedProfile(**row) for row in connection.execute(query).mappings()]


def find_profile(connection: Connection, name: str) -> SavedProfile | None:
    """The profile of that name; None when there is none."""
    row = connection.execute(select(source_profiles).where(source_profiles.c.name == name)).mappings().first()
    return None if row is None else SavedProfile(**row)


def keep_profile(
    connection: Connection, who: str, name: str, kind: str, toml: str, header_signature: str
) -> SavedProfile:
    """Keeps a profile under its name, in place of an earlier version, audited. The caller holds the lock.

    One that is there already just as it is stays the version that it is.
    """
    before = find_profile(connection, name)
    if before is not None and (before.kind, before.toml) == (kind, toml):
        return before
    version = 1 if before is None else before.version + 1
    kept = SavedProfile(name, kind, toml, header_signature, version, who, now())
    connection.execute(delete(source_profiles).where(source_profiles.c.name == name))
    connection.execute(insert(source_profiles).values(vars(kept)))
    change = audit.Change(
        source_profiles.name,
        name,
        None if before is None else {"kind": before.kind, "toml": before.toml},
        {"kind": kind, "toml": toml},
    )
    audit.append(connection, who, "save profile", name, {"kind": kind, "version": version}, [change])
    return kept


def remove_profile(connection: Connection, who: str, name: str) -> bool:
    """Takes a profile away, audited; False when there is none of that name. The caller holds the lock."""
    before = find_profile(connection, name)
    if before is None:
        return False
    connection.execute(delete(source_profiles).where(source_profiles.c.name == name))
    change = audit.Change(source_profiles.name, name, {"kind": before.kind, "toml": before.toml}, None)
    audit.append(connection, who, "remove profile", name, {"version": before.version}, [change])
    return True
