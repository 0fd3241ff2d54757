"""Working the selected issues: take, comment, resolve, ignore, reopen."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from opspilot_desktop import operations
from opspilot_desktop.domain.issues import IssueAction, IssueStatus, is_allowed
from opspilot_desktop.domain.jobs import Changes, Handle
from opspilot_desktop.operations.workspace import Workspace
from opspilot_desktop.ui.desk import Desk
from opspilot_desktop.ui.runner import Lane
from opspilot_desktop.ui.undo import UndoHistory

from .storing import Storing

if TYPE_CHECKING:
    from opspilot_desktop.operations.steps import Step

Issue = Mapping[str, Any]


class IssueFlow(QObject):
    """Reads the issues first, so that what is done is done to what the person sees now.

    A verb stays with the workspace in which it was begun, whatever is open by the time it is carried out.
    """

    def __init__(self, desk: Desk, history: UndoHistory) -> None:
        super().__init__(desk)
        self._desk = desk
        self._history = history
        self._storing = Storing(desk, history)

    def assign(self, ids: Sequence[int]) -> None:
        """Assigns the issues to the person at work; asks first where somebody else has one."""
        workspace = self._desk.workspace

        def assign(issues: list[Issue]) -> None:
            def work(handle: Handle) -> Step:
                return operations.issue_work.assign_issues(
                    workspace, _ids(issues), versions=_versions(issues), handle=handle
                )

            others = sorted({issue["assigned_to"] for issue in issues} - {None, workspace.user})
            if others:
                self._ask_to_take_over(others, len(issues), lambda: self._do(workspace, "Assigning", work))
            else:
                self._do(workspace, "Assigning", work)

        self._read(workspace, ids, assign)

    def investigate(self, ids: Sequence[int]) -> None:
        """Marks the issues as being investigated."""
        self._change(
            ids,
            IssueAction.INVESTIGATE,
            "Starting the investigation",
            operations.issue_work.investigate_issues,
        )

    def reopen(self, ids: Sequence[int]) -> None:
        """Opens resolved and ignored issues again."""
        self._change(ids, IssueAction.REOPEN, "Reopening", operations.issue_work.reopen_issues)

    def resolve(self, ids: Sequence[int]) -> None:
        """Asks for reason and comment, then resolves."""
        self._decide(ids, IssueAction.RESOLVE, "Resolving", operations.issue_work.resolve_issues)

    def ignore(self, ids: Sequence[int]) -> None:
        """Asks for reason and comment, then ignores."""
        self._decide(ids, IssueAction.IGNORE, "Ignoring", operations.issue_work.ignore_issues)

    def comment(self, ids: Sequence[int]) -> None:
        """Asks for a comment and adds it."""
        workspace = self._desk.workspace

        def ask(issues: list[Issue]) -> None:
            from opspilot_desktop.ui.dialogs.comment_dialog import CommentDialog

            def commented(text: str) -> None:
                def work(handle: Handle) -> Step:
                    return operations.issue_work.comment_issues(workspace, _ids(issues), text, handle=handle)

                self._storing.store(dialog, workspace, "Commenting", work)

            dialog = CommentDialog(self._desk.theme, self._desk.icons, issues, parent=self._desk.window)
            dialog.commented.connect(commented)
            self._desk.open(dialog)

        self._read(workspace, ids, ask)

    def _change(self, ids: Sequence[int], action: IssueAction, title: str, verb: Callable[..., Step]) -> None:
        """Changes the status of those of the issues that the action applies to."""
        workspace = self._desk.workspace

        def change(issues: list[Issue]) -> None:
            def work(handle: Handle) -> Step:
                return verb(workspace, _ids(issues), versions=_versions(issues), handle=handle)

            self._do(workspace, title, work)

        self._with_allowed(workspace, ids, action, change)

    def _decide(self, ids: Sequence[int], action: IssueAction, title: str, verb: Callable[..., Step]) -> None:
        """The same, with a reason and perhaps a comment."""
        workspace = self._desk.workspace

        def ask(issues: list[Issue]) -> None:
            from opspilot_desktop.ui.dialogs.resolve_dialog import ResolveDialog

            def decided(reason: str, comment: str) -> None:
                asked = dialog.issues  # as they were shown last

                def work(handle: Handle) -> Step:
                    versions = _versions(asked)
                    return verb(workspace, _ids(asked), reason, comment, versions=versions, handle=handle)

                self._storing.store(dialog, workspace, title, work, action)

            dialog = ResolveDialog(
                self._desk.theme, self._desk.icons, action, issues, parent=self._desk.window
            )
            dialog.decided.connect(decided)
            self._desk.open(dialog)

        self._with_allowed(workspace, ids, action, ask)

    def _ask_to_take_over(self, others: Sequence[str], count: int, then: Callable[[], None]) -> None:
        from opspilot_desktop.ui.dialogs.confirm_dialog import ConfirmDialog

        names = ", ".join(others)
        dialog = ConfirmDialog(
            self._desk.theme,
            self._desk.icons,
            "Take over from a colleague?",
            f"Of what is selected, issues are assigned to {names}.",
            f"Assign {count:,} {'issue' if count == 1 else 'issues'} to me",
            parent=self._desk.window,
        )
        dialog.accepted.connect(then)
        self._desk.open(dialog)

    def _read(self, workspace: Workspace, ids: Sequence[int], then: Callable[[list[Issue]], None]) -> None:
        wanted = list(ids)

        def job(handle: Handle) -> list[Issue]:
            return list(operations.reading.issues_by_id(handle, workspace, wanted))

        self._desk.read(job, then, key="issues to work")

    def _with_allowed(
        self,
        workspace: Workspace,
        ids: Sequence[int],
        action: IssueAction,
        then: Callable[[list[Issue]], None],
    ) -> None:
        """Goes on with the issues that the action applies to; the others are left out and counted."""

        def sort_out(issues: list[Issue]) -> None:
            allowed = [issue for issue in issues if is_allowed(action, IssueStatus(issue["status"]))]
            left_out = len(issues) - len(allowed)
            if left_out:  # the table may show what is no longer so
                self._desk.runner.changed.emit(Changes(issues=True))
            if not allowed:
                status = IssueStatus(issues[0]["status"]).label.lower() if issues else "gone"
                self._desk.say(f"Nothing to {action.value}: the issue is {status}.", "warn")
                return
            if left_out:
                self._desk.say(
                    f"{left_out:,} of {len(issues):,} issues are left out by their status.", "warn"
                )
            then(allowed)

        self._read(workspace, ids, sort_out)

    def _do(self, workspace: Workspace, title: str, work: Callable[[Handle], Step]) -> None:
        self._desk.runner.run(
            Lane.WRITE,
            work,
            title=title,
            on_done=lambda step: self._history.add(step, workspace),
            on_error=self._desk.refuse,
            on_cancelled=self._desk.say_cancelled,
        )


def _ids(issues: Sequence[Issue]) -> list[int]:
    return [issue["id"] for issue in issues]


def _versions(issues: Sequence[Issue]) -> dict[int, int]:
    return {issue["id"]: issue["row_version"] for issue in issues}
