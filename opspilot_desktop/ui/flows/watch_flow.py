"""Watched folders in the window: looking every few seconds, taking what is ready, and their dialog.

Each step of taking a file is a job of its own, reading beside the person's work and storing in its turn. What
stands in the way is said once in the status bar and shown in the dialog; no message has to be clicked away.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, QUrl
from PySide6.QtGui import QDesktopServices

from opspilot_desktop import operations
from opspilot_desktop.domain.errors import KnownError
from opspilot_desktop.domain.fields import Kind
from opspilot_desktop.domain.jobs import Changes, Handle
from opspilot_desktop.domain.text import visible
from opspilot_desktop.domain.watched import WatchedFolder
from opspilot_desktop.ui.desk import Desk
from opspilot_desktop.ui.notifying import Notifier
from opspilot_desktop.ui.runner import Lane, Ticket, TicketState

from .waiting import is_open, store_for

if TYPE_CHECKING:
    from opspilot_desktop.operations.taking_files import Batch, Step
    from opspilot_desktop.operations.watch_report import Taken
    from opspilot_desktop.operations.watching import FolderState, Glance, Watcher
    from opspilot_desktop.ui.dialogs.watched_folder_dialog import WatchedFolderDialog
    from opspilot_desktop.ui.dialogs.watched_folders_dialog import WatchedFoldersDialog

    Looked = tuple[Watcher, Glance, Batch | None]

LOOK_MS = 2_000
LOOK_SELDOM_MS = 60_000
"""While nothing is watched: somebody else, or another program, may add a folder to the workspace."""


class WatchFlow(QObject):
    """Begins once the window has shown everything else. `close` it when no job runs any more."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._desk = desk
        self._notifier: Notifier | None = None
        self._dialog: WatchedFoldersDialog | None = None
        self._watcher: Watcher | None = None
        self._states: Sequence[FolderState] = ()
        self._said: dict[str, str] = {}
        self._looking: Ticket | None = None
        self._is_asked_for = False
        self._batch: Batch | None = None
        self._steps: Iterator[Step] = iter(())
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.look)
        desk.workspaceChanged.connect(self._restart)
        desk.runner.becameIdle.connect(self.look, Qt.ConnectionType.SingleShotConnection)

    def look(self) -> None:
        """Looks at the folders, in a worker, unless that or the taking of files is under way."""
        if self._looking is not None or self._batch is not None:
            return
        workspace, known = self._desk.workspace, self._watcher

        def job(handle: Handle) -> Looked:
            watcher = known or operations.watching.Watcher(workspace)
            glance = watcher.look(handle)
            batch = operations.taking_files.Batch(workspace, glance) if glance.work else None
            return watcher, glance, batch

        def failed(error: KnownError) -> None:
            told.append(error)
            self._cannot_look(error)

        def ended() -> None:
            self._looking = None
            if ticket.state is TicketState.FAILED and not told:  # a defect, which the desk has reported
                self._timer.stop()
            if self._is_asked_for or workspace is not self._desk.workspace:
                self._is_asked_for = False
                self.look_soon()

        told: list[KnownError] = []
        ticket = self._looking = self._desk.runner.run(
            Lane.READ, job, owner=self, on_done=self._looked, on_error=failed, on_end=ended
        )

    def look_anew(self) -> None:
        """Looks, at the folders as they are kept now."""
        if self._watcher is not None:
            self._watcher.read_again()
        self._is_asked_for = self._looking is not None
        self.look()

    def open(self) -> None:
        """Shows the folders and how they stand."""
        from opspilot_desktop.ui.dialogs.watched_folders_dialog import WatchedFoldersDialog

        dialog = self._dialog = WatchedFoldersDialog(
            self._desk.theme, self._desk.icons, parent=self._desk.window
        )
        dialog.addRequested.connect(lambda: self._edit(WatchedFolder("", "", Kind.TRADES)))
        dialog.editRequested.connect(self._edit)
        dialog.pauseRequested.connect(self._pause)
        dialog.removeRequested.connect(self._ask_to_remove)
        dialog.doneRequested.connect(self._open_done)
        dialog.finished.connect(lambda _result: setattr(self, "_dialog", None))
        dialog.set_states(self._states)
        self._desk.open(dialog)
        self.look_anew()

    def close(self) -> None:
        """Lets go of the folders; what was taken and not stored is taken up when they are next watched."""
        self._timer.stop()
        if self._batch is not None:
            self._batch.close()
            self._batch = None
        if self._notifier is not None:
            self._notifier.close()

    def _restart(self) -> None:
        """Another workspace is open, with folders of its own."""
        if self._batch is not None:
            self._batch.stop()  # what has been taken for the one before still comes to its end
        self._watcher = None
        self._states = ()
        self._said = {}
        self.look()

    # Looking

    def _looked(self, found: Looked) -> None:
        watcher, glance, batch = found
        self._said.pop("", None)
        if watcher.workspace is not self._desk.workspace:  # another one was opened meanwhile
            return
        self._watcher = watcher
        self._show(glance.states)
        self._timer.start(LOOK_MS if glance.states else LOOK_SELDOM_MS)
        if batch is not None:
            self._batch, self._steps = batch, batch.steps()
            self._next_step()

    def look_soon(self) -> None:
        """Looks again in a moment, once what runs now has been heard of."""
        QTimer.singleShot(0, self.look)

    def _cannot_look(self, error: KnownError) -> None:
        self._say_problem("", error.message)
        if self._states:
            self._timer.start(LOOK_MS)

    def _show(self, states: Sequence[FolderState]) -> None:
        self._states = states
        for state in states:
            words = f"{state.folder.path}: {state.words}" if state.problem else ""
            self._say_problem(state.folder.id, words)
        if self._dialog is not None:
            self._dialog.set_states(states)

    def _say_problem(self, folder_id: str, words: str) -> None:
        """Says what is in the way, once for as long as it is."""
        if words and self._said.get(folder_id) != words:
            self._desk.say(visible(words), "warn", action=("Watched folders…", self.open))
        if words:
            self._said[folder_id] = words
        else:
            self._said.pop(folder_id, None)

    # Taking

    def _next_step(self) -> None:
        step, batch = next(self._steps, None), self._batch
        if batch is None:
            return
        if step is None:
            self._end(batch)
            return
        told: list[BaseException] = []

        def failed(error: KnownError) -> None:
            told.append(error)
            batch.fail(error)

        def cancelled() -> None:
            if self._watcher is not None and batch.current is not None:
                self._watcher.stop(batch.current.id, "it was cancelled")
            batch.stop()

        def ended() -> None:
            if ticket.state is TicketState.FAILED and not told:  # a defect, which the desk has reported
                if self._watcher is not None and batch.current is not None:
                    self._watcher.stop(batch.current.id, "an error in the program was in the way")
                batch.stop()
            self._next_step()

        ticket = self._desk.runner.run(
            Lane.WRITE if step.writes else Lane.READ,
            step.work,
            title=step.title,
            on_error=failed,
            on_cancelled=cancelled,
            on_end=ended,
            owner=self,
        )

    def _end(self, batch: Batch) -> None:
        """All files of the batch are through: says what became of them, and looks for more."""
        batch.close()
        self._batch = None
        if self._watcher is not None:
            self._watcher.note(batch.troubles, operations.taking_files.reported(batch.taken))
        if batch.taken:
            self._tell(batch.taken)
        if batch.taken or self._watcher is None:
            self.look_soon()

    def _tell(self, taken: Sequence[Taken]) -> None:
        rejected = sum(not one.outcome.is_done for one in taken)
        short = any(one.outcome.result is not None and one.outcome.result.rejected_total for one in taken)
        sentence = taken[0].sentence
        if len(taken) > 1:
            sentence = f"{len(taken):,} files from watched folders: {len(taken) - rejected:,} imported"
            sentence += f", {rejected:,} rejected." if rejected else "."
        run = taken[0].run.summary
        if run is not None:
            sentence += f" Run {run.run_id}: {run.opened:,} opened, {run.cleared:,} cleared."
        tone = "warn" if rejected or short else "ok"
        self._desk.say(visible(sentence), tone, action=("Watched folders…", self.open))
        if self._notifier is None and self._desk.window is not None:
            self._notifier = Notifier(self._desk.window)
        if self._notifier is not None:
            self._notifier.tell("Watched folders", visible(sentence))

    # What the dialog asks for

    def _edit(self, folder: WatchedFolder) -> None:
        workspace = self._desk.workspace

        def job(handle: Handle) -> list[tuple[str, str]]:
            return [(one.name, one.kind) for one in operations.profiles.list_profiles(handle, workspace)]

        def show(profiles: list[tuple[str, str]]) -> None:
            from opspilot_desktop.ui.dialogs.watched_folder_dialog import WatchedFolderDialog

            dialog = WatchedFolderDialog(
                self._desk.theme,
                self._desk.icons,
                folder,
                profiles,
                parent=self._dialog or self._desk.window,
            )
            dialog.saved.connect(lambda wanted: self._look_there(dialog, wanted))
            self._desk.open(dialog)

        self._desk.read(job, show, key="watched folder")

    def _look_there(self, dialog: WatchedFolderDialog, folder: WatchedFolder) -> None:
        """A folder that is new may be full of other things: its files are not taken without a word."""
        workspace = self._desk.workspace

        def job(handle: Handle) -> list[str]:
            return operations.watched_folders.files_to_be_taken(handle, workspace, folder)

        def decide(there: list[str]) -> None:
            if there and is_open(dialog):
                self._ask_to_take(dialog, folder, there)
            elif is_open(dialog):
                self._keep(dialog, folder)

        def refuse(error: KnownError) -> None:
            if is_open(dialog):
                dialog.refuse(error.message)

        def ended() -> None:
            if ticket.state is not TicketState.DONE and is_open(dialog):
                dialog.stop_waiting()

        ticket = self._desk.runner.run(Lane.READ, job, on_done=decide, on_error=refuse, on_end=ended)
        dialog.rejected.connect(ticket.cancel)

    def _ask_to_take(self, dialog: WatchedFolderDialog, folder: WatchedFolder, there: list[str]) -> None:
        from opspilot_desktop.ui.dialogs.confirm_dialog import ConfirmDialog

        sentence = (
            f"{operations.watched_folders.told_of_files_there(there)} What cannot be imported is moved into"
            " “rejected” in that folder, with a report beside it."
        )
        asked = ConfirmDialog(
            self._desk.theme,
            self._desk.icons,
            "Take the files that are there?",
            visible(sentence),
            "Watch folder",
            parent=dialog,
        )
        asked.accepted.connect(lambda: self._keep(dialog, folder))
        asked.rejected.connect(dialog.stop_waiting)
        self._desk.open(asked)

    def _keep(self, dialog: WatchedFolderDialog, folder: WatchedFolder) -> None:
        workspace = self._desk.workspace

        def job(handle: Handle) -> WatchedFolder:
            return operations.watched_folders.watch_folder(handle, workspace, folder)

        store_for(
            self._desk,
            dialog,
            "Saving the folder",
            job,
            on_done=lambda _kept: self.look_anew(),
            on_refused=lambda error: dialog.refuse(error.message),
        )

    def _pause(self, folder: WatchedFolder) -> None:
        if self._watcher is not None:
            self._watcher.go_on(folder.id)
        mine = [one for one in self._states if one.folder.id == folder.id]
        if not folder.paused and any(one.is_stopped for one in mine):
            self.look()
            return
        workspace, paused = self._desk.workspace, not folder.paused

        def job(handle: Handle) -> Changes:
            return operations.watched_folders.pause_folder(handle, workspace, folder.id, paused=paused)

        title = "Pausing the folder" if paused else "Resuming the folder"
        self._desk.write(title, job, lambda _done: self.look_anew())

    def _ask_to_remove(self, folder: WatchedFolder) -> None:
        from opspilot_desktop.ui.dialogs.confirm_dialog import ConfirmDialog

        sentence = (
            f"Files in {folder.path} are then no longer imported by themselves. The folder and what is in it"
            " stay as they are."
        )
        dialog = ConfirmDialog(
            self._desk.theme,
            self._desk.icons,
            "Watch this folder no longer?",
            visible(sentence),
            "Remove folder",
            parent=self._dialog or self._desk.window,
        )
        dialog.accepted.connect(lambda: self._remove(folder))
        self._desk.open(dialog)

    def _remove(self, folder: WatchedFolder) -> None:
        workspace = self._desk.workspace

        def job(handle: Handle) -> Changes:
            return operations.watched_folders.stop_watching(handle, workspace, folder.id)

        self._desk.write("Removing the folder", job, lambda _done: self.look_anew())

    def _open_done(self, folder: WatchedFolder) -> None:
        path = Path(folder.path, "done")
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(path))):
            sentence = f"{path} cannot be opened here; look for it in your file manager."
            self._desk.say(visible(sentence), "warn")
