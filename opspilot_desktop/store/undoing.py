"""Undoing an operation of a person, by what its audit row says it changed."""

from __future__ import annotations

from sqlalchemy import Connection

from ..domain.errors import KnownError
from . import audit, issue_writes, links
from .schema import entry_links, issue_comments


def undo_operation(connection: Connection, who: str, audit_id: int) -> tuple[int, int]:
    """Puts back what an operation changed; returns the undo's audit id and how many rows.

    Raises KnownError when one of them has been changed since; nothing is put back then.
    """
    changes = audit.changes_of(connection, audit_id)
    if not changes:
        raise KnownError("There is nothing to undo in that step.")
    table = changes[0].table
    if table == issue_comments.name:
        undone = [issue_writes.undo_comment(connection, who, change) for change in changes]
    elif table == entry_links.name:
        undone = links.put_back(connection, who, changes)
    else:
        undone = issue_writes.put_back(connection, who, changes)
    details = {"undoes": audit_id}
    return audit.append(connection, who, "undo", f"operation {audit_id}", details, undone), len(changes)
