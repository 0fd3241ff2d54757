"""What can be undone and done again, newest last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from opspilot_desktop import operations
from opspilot_desktop.domain.errors import KnownError
from opspilot_desktop.domain.jobs import Handle
from opspilot_desktop.operations.workspace import Workspace

from .desk import Desk
from .runner import Lane

if TYPE_CHECKING:
    from opspilot_desktop.operations.steps import Step


class UndoHistory(QObject):
    """The steps of this window since the workspace was opened; `changed` says that it is another list."""

    changed = Signal()
    stepped = Signal(object)
    """A step that was done, undone or done again in the workspace that is open."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._desk = desk
        self._done: list[Step] = []
        self._undone: list[Step] = []
        self._busy = False
        desk.workspaceChanged.connect(self.clear)

    def add(self, step: Step, workspace: Workspace) -> None:
        """A person did something new; what was undone before cannot be done again.

        A step of a workspace that is no longer open is told, but not kept: its number means another
        operation in the workspace that is.
        """
        if workspace is not self._desk.workspace:
            self._desk.say(f"{step.text}: done in {workspace.name}.")
            return
        self._done.append(step)
        self._undone.clear()
        self._desk.say(f"{step.text}: done. Ctrl+Z undoes it.")
        self.changed.emit()
        self.stepped.emit(step)

    def clear(self) -> None:
        """Forgets everything: another workspace is open."""
        self._done.clear()
        self._undone.clear()
        self.changed.emit()

    @property
    def next_undo(self) -> str:
        """What Undo would undo; "" when nothing."""
        return self._done[-1].text if self._done and not self._busy else ""

    @property
    def next_redo(self) -> str:
        """What Redo would do again; "" when nothing."""
        return self._undone[-1].text if self._undone and not self._busy else ""

    def undo(self) -> None:
        """Puts back what the last step changed."""
        self._turn(self._done, self._undone, "Undo", "undone")

    def redo(self) -> None:
        """Does again what was undone last."""
        self._turn(self._undone, self._done, "Redo", "done again")

    def _turn(self, taken: list[Step], given: list[Step], verb: str, said: str) -> None:
        if not taken or self._busy:
            return
        step = taken[-1]
        workspace = self._desk.workspace
        self._busy = True

        def job(handle: Handle) -> Step:
            return operations.steps.undo(workspace, step, handle=handle)

        def done(turned: Step) -> None:
            if taken and taken[-1] is step:
                taken.pop()
                given.append(turned)
            self._desk.say(f"{turned.text}: {said}.")
            if workspace is self._desk.workspace:
                self.stepped.emit(turned)

        def failed(error: KnownError) -> None:
            # What cannot be undone would bar the way to the steps before it.
            if taken and taken[-1] is step:
                taken.pop()
            self._desk.runner.changed.emit(step.changes)  # the tables show what is no longer so
            self._desk.refuse(error)

        def end() -> None:
            self._busy = False
            self.changed.emit()

        self._desk.runner.run(
            Lane.WRITE, job, title=f"{verb} {step.text}", on_done=done, on_error=failed, on_end=end
        )
        self.changed.emit()
