"""Working the selected issues: take, comment, resolve, ignore, reopen."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from PySide6.QtCore import QObject

from opspilot_desktop.domain.issues import IssueAction, IssueStatus, is_allowed
from opspilot_desktop.domain.jobs import Handle
from opspilot_desktop.operations import issue_work
from opspilot_desktop.operations.issue_work import Step
from opspilot_desktop.operations.reading import issues_by_id
from opspilot_desktop.ui.desk import Desk
from opspilot_desktop.ui.undo import UndoHistory

Issue = Mapping[str, Any]


class IssueFlow(QObject):
    """Reads the issues first, so that what is done is done to what the person sees now."""

    def __init__(self, desk: Desk, history: UndoHistory) -> None:
        super().__init__(desk)
        self._desk = desk
        self._history = history

    def assign(self, ids: Sequence[int]) -> None:
        """Assigns the issues to the person at work."""
        workspace = self._desk.workspace
        self._do("Assigning", lambda: issue_work.assign_issues(workspace, ids))

    def investigate(self, ids: Sequence[int]) -> None:
        """Marks the issues as being investigated."""
        workspace = self._desk.workspace
        self._with_allowed(
            ids,
            IssueAction.INVESTIGATE,
            lambda issues: self._do(
                "Starting the investigation",
                lambda: issue_work.investigate_issues(workspace, _ids(issues), _versions(issues)),
            ),
        )

    def reopen(self, ids: Sequence[int]) -> None:
        """Opens resolved and ignored issues again."""
        workspace = self._desk.workspace
        self._with_allowed(
            ids,
            IssueAction.REOPEN,
            lambda issues: self._do(
                "Reopening", lambda: issue_work.reopen_issues(workspace, _ids(issues), _versions(issues))
            ),
        )

    def resolve(self, ids: Sequence[int]) -> None:
        """Asks for reason and comment, then resolves."""
        self._with_allowed(ids, IssueAction.RESOLVE, lambda issues: self._decide(IssueAction.RESOLVE, issues))

    def ignore(self, ids: Sequence[int]) -> None:
        """Asks for reason and comment, then ignores."""
        self._with_allowed(ids, IssueAction.IGNORE, lambda issues: self._decide(IssueAction.IGNORE, issues))

    def comment(self, ids: Sequence[int]) -> None:
        """Asks for a comment and adds it."""
        workspace = self._desk.workspace

        def ask(issues: list[Issue]) -> None:
            from opspilot_desktop.ui.dialogs.comment_dialog import CommentDialog

            dialog = CommentDialog(self._desk.theme, self._desk.icons, issues, parent=self._desk.window)
            dialog.commented.connect(
                lambda text: self._do(
                    "Commenting", lambda: issue_work.comment_issues(workspace, _ids(issues), text)
                )
            )
            self._desk.open(dialog)

        self._read(ids, ask)

    def _decide(self, action: IssueAction, issues: list[Issue]) -> None:
        workspace = self._desk.workspace
        work = issue_work.resolve_issues if action is IssueAction.RESOLVE else issue_work.ignore_issues
        from opspilot_desktop.ui.dialogs.resolve_dialog import ResolveDialog

        dialog = ResolveDialog(self._desk.theme, self._desk.icons, action, issues, parent=self._desk.window)
        dialog.decided.connect(
            lambda reason, comment: self._do(
                "Resolving" if action is IssueAction.RESOLVE else "Ignoring",
                lambda: work(workspace, _ids(issues), reason, comment, _versions(issues)),
            )
        )
        self._desk.open(dialog)

    def _read(self, ids: Sequence[int], then: Callable[[list[Issue]], None]) -> None:
        workspace, wanted = self._desk.workspace, list(ids)

        def job(handle: Handle) -> list[Issue]:
            return list(issues_by_id(handle, workspace, wanted))

        self._desk.read(job, then, key="issues to work")

    def _with_allowed(
        self, ids: Sequence[int], action: IssueAction, then: Callable[[list[Issue]], None]
    ) -> None:
        """Goes on with the issues that the action applies to; the others are left out and counted."""

        def sort_out(issues: list[Issue]) -> None:
            allowed = [issue for issue in issues if is_allowed(action, IssueStatus(issue["status"]))]
            left_out = len(issues) - len(allowed)
            if not allowed:
                status = IssueStatus(issues[0]["status"]).label.lower() if issues else "gone"
                self._desk.say(f"Nothing to {action.value}: the issue is {status}.", "warn")
                return
            if left_out:
                self._desk.say(
                    f"{left_out:,} of {len(issues):,} issues are left out by their status.", "warn"
                )
            then(allowed)

        self._read(ids, sort_out)

    def _do(self, title: str, work: Callable[[], Step]) -> None:
        self._desk.write(title, lambda _handle: work(), self._history.add)


def _ids(issues: Sequence[Issue]) -> list[int]:
    return [issue["id"] for issue in issues]


def _versions(issues: Sequence[Issue]) -> dict[int, int]:
    return {issue["id"]: issue["row_version"] for issue in issues}
