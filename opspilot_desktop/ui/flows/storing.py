"""Storing what a dialog about issues decided, while the dialog waits for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from opspilot_desktop import operations
from opspilot_desktop.domain.errors import KnownError
from opspilot_desktop.domain.issues import IssueAction, IssueStatus, is_allowed
from opspilot_desktop.domain.jobs import Changes, Handle
from opspilot_desktop.operations.workspace import Workspace
from opspilot_desktop.ui.desk import Desk
from opspilot_desktop.ui.runner import Lane
from opspilot_desktop.ui.undo import UndoHistory

from .waiting import store_for

if TYPE_CHECKING:
    from opspilot_desktop.operations.steps import Step
    from opspilot_desktop.ui.dialogs.work_dialog import WorkDialog

Issue = Mapping[str, Any]


class Storing:
    """A refusal is shown inside the dialog, with the issues as they are now; what was typed stays."""

    def __init__(self, desk: Desk, history: UndoHistory) -> None:
        self._desk = desk
        self._history = history

    def store(
        self,
        dialog: WorkDialog,
        workspace: Workspace,
        title: str,
        work: Callable[[Handle], Step],
        action: IssueAction | None = None,
    ) -> None:
        """Runs the work, then closes the dialog, or tells it why not. `action` is what the status allows."""

        def refused(error: KnownError) -> None:
            self._desk.runner.changed.emit(Changes(issues=True))
            self._look_again(dialog, workspace, error, action)

        store_for(
            self._desk,
            dialog,
            title,
            work,
            on_done=lambda step: self._history.add(step, workspace),
            on_refused=refused,
            on_gone=self._desk.refuse,
            on_cancelled=self._desk.say_cancelled,
        )

    def _look_again(
        self, dialog: WorkDialog, workspace: Workspace, error: KnownError, action: IssueAction | None
    ) -> None:
        """Reads the issues as they are now, so that what is confirmed again is what was read."""
        before = dialog.issues
        wanted = [issue["id"] for issue in before]
        found: list[Issue] = []

        def look(handle: Handle) -> list[Issue]:
            return list(operations.reading.issues_by_id(handle, workspace, wanted))

        def ended() -> None:
            issues = found or before  # they cannot be read where the workspace is gone
            left = [issue for issue in issues if _still_applies(action, issue)]
            dialog.refuse(" ".join([error.message, *_what_is_new(before, issues, len(left))]), left)

        self._desk.runner.run(Lane.READ, look, on_done=found.extend, on_end=ended, owner=dialog)


def _still_applies(action: IssueAction | None, issue: Issue) -> bool:
    return action is None or is_allowed(action, IssueStatus(issue["status"]))


def _what_is_new(before: Sequence[Issue], after: Sequence[Issue], left: int) -> list[str]:
    """How the issues stand now, as far as they are not as they were: one in full, several counted."""
    versions = {issue["id"]: issue["row_version"] for issue in before}
    changed = [issue for issue in after if issue["row_version"] != versions[issue["id"]]]
    if not changed:
        return []
    if len(after) == 1:
        status, person = IssueStatus(after[0]["status"]).label.lower(), after[0]["assigned_to"]
        return [f"It is {status} now{f', assigned to {person}' if person else ''}."]
    out = len(after) - left
    told = f"{len(changed):,} of the {len(after):,} issues changed"
    return [f"{told}; {out:,} left out by {'its' if out == 1 else 'their'} status." if out else f"{told}."]
