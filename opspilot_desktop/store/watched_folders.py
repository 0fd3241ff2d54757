"""The watched folders that are kept in a workspace, and what was stored of the files taken from them."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, select

from ..domain.watched import WatchedFolder
from . import audit
from .schema import import_rejects, imports, settings
from .workspace_settings import read_setting, write_setting

_NAME = "watched_folders"


@dataclass(frozen=True)
class Watched:
    """A workspace's watched folders, and the name by which it knows what was taken for it."""

    workspace: str = ""
    folders: tuple[WatchedFolder, ...] = ()

    def named(self, folder_id: str) -> WatchedFolder | None:
        """The folder of that id; None when it is no longer watched."""
        return next((one for one in self.folders if one.id == folder_id), None)


def read_watched(connection: Connection) -> Watched:
    """The watched folders, in the order in which they were added."""
    value = read_setting(connection, _NAME)
    if value is None:
        return Watched()
    kept = json.loads(value)
    return Watched(kept["workspace"], tuple(WatchedFolder.from_json(one) for one in kept["folders"]))


def keep_watched(
    connection: Connection, who: str, operation: str, folder: WatchedFolder, after: Sequence[WatchedFolder]
) -> None:
    """Keeps these folders, audited as the operation on one of them. The caller holds the lock."""
    before = read_watched(connection)
    kept = replace(before, workspace=before.workspace or secrets.token_hex(16), folders=tuple(after))
    value = {"workspace": kept.workspace, "folders": [one.as_json() for one in kept.folders]}
    write_setting(connection, _NAME, json.dumps(value, ensure_ascii=False))
    was, now = before.named(folder.id), kept.named(folder.id)
    change = audit.Change(
        settings.name,
        f"{_NAME}:{folder.id}",
        None if was is None else was.as_json(),
        None if now is None else now.as_json(),
    )
    audit.append(connection, who, operation, folder.path, {}, [change])


def claimed_import(connection: Connection, claim: str) -> Mapping[str, Any] | None:
    """The import that was stored under that claim; None where there is none."""
    row = connection.execute(select(imports).where(imports.c.claim == claim)).mappings().first()
    return None if row is None else dict(row)


def rejects_of(connection: Connection, import_id: int, most: int) -> list[tuple[int, int, str, str, str]]:
    """The first rows that an import left out: line, record, column, value and reason."""
    kept = import_rejects.c
    query = select(kept.line, kept.record, kept.field, kept.value, kept.reason)
    query = query.where(kept.import_id == import_id).order_by(kept.record, kept.id).limit(most)
    return [(row[0], row[1], row[2], row[3], row[4]) for row in connection.execute(query)]
