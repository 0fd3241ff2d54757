"""The imports there were, and undoing one."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from ..domain.fields import Kind
from ..domain.jobs import Changes, Handle
from ..logs import operation
from ..store import import_undo
from ..store.import_undo import Undoing
from ..store.schema import imports
from .workspace import Workspace

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Undone:
    """An import that was undone, and what that changed."""

    undoing: Undoing
    changes: Changes

    @property
    def sentence(self) -> str:
        """What was done, for a person to read."""
        one = self.undoing
        restored = f", {one.restored:,} restored" if one.restored else ""
        removed = "1 row" if one.removed == 1 else f"{one.removed:,} rows"
        return f"Import {one.import_id} ({one.file}) is undone: {removed} removed{restored}."

    def as_json(self) -> dict[str, Any]:
        """The object that `undo-import --json` prints."""
        one = self.undoing
        return {"import_id": one.import_id, "file": one.file, "kind": one.kind.value} | {
            "removed": one.removed,
            "restored": one.restored,
        }


def list_imports(handle: Handle, workspace: Workspace) -> list[dict[str, Any]]:
    """Every import as `imports --json` gives it, the newest first; undone ones say when and by whom."""
    shown = [column for column in imports.columns if column.name not in ("rests_on", "claim")]
    with workspace.database.read(handle) as connection:
        return [
            dict(row) for row in connection.execute(select(*shown).order_by(imports.c.id.desc())).mappings()
        ]


def kind_of(handle: Handle, workspace: Workspace, import_id: int) -> Kind:
    """What kind of record an import brought."""
    with workspace.database.read(handle) as connection:
        return Kind(connection.execute(select(imports.c.kind).where(imports.c.id == import_id)).scalar_one())


def look_at_undoing(handle: Handle, workspace: Workspace, import_id: int) -> Undoing:
    """What undoing an import would do. Raises KnownError as `undo_import` does."""
    with workspace.database.read(handle) as connection:
        return import_undo.look_at(connection, import_id)


def undo_import(handle: Handle, workspace: Workspace, import_id: int) -> Undone:
    """Takes away what the import added and gives back what it amended, as one audited step.

    Raises KnownError, naming the reason, when there is no such import, when it was undone before, and while
    a later import or a link made by hand rests on it; Cancelled as the handle says. Nothing is changed then.
    """
    with operation(logger, "undo import") as told, workspace.database.write(handle) as connection:
        undoing = import_undo.look_at(connection, import_id)
        import_undo.undo_import(connection, handle, workspace.user, undoing)
        told |= {"removed": undoing.removed, "restored": undoing.restored}
    is_trades = undoing.kind is Kind.TRADES
    return Undone(undoing, Changes(trades=is_trades, ledger=not is_trades, imports=True))
