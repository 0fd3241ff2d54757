"""What a person did that can be undone, and undoing it, whatever it was."""

from __future__ import annotations

from dataclasses import dataclass

from ..domain.jobs import Changes, Handle
from ..store.undoing import undo_operation
from .workspace import Workspace

_CHANGED = Changes(trades=False, issues=True)


@dataclass(frozen=True)
class Step:
    """Something done that can be undone: what to call it, and the operation's number in the audit trail."""

    text: str
    audit_id: int
    changes: Changes = _CHANGED


def undo(workspace: Workspace, step: Step, *, handle: Handle | None = None) -> Step:
    """Puts back what a step changed; the result can be undone in turn, which does it again.

    Raises KnownError when what it changed has been changed since.
    """
    with workspace.database.write(handle) as connection:
        audit_id, _ = undo_operation(connection, workspace.user, step.audit_id)
    return Step(step.text, audit_id, step.changes)


def kept_text(comment: str) -> str:
    """A comment as it is kept: without white space around it, and without NUL, which PostgreSQL refuses."""
    return comment.replace("\0", "").strip()
