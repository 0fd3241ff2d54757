"""What every flow of the window shares: the open workspace, who runs jobs, how things look and are said."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QDialog, QWidget

from opspilot_desktop import crash, paths
from opspilot_desktop.domain.errors import KnownError
from opspilot_desktop.domain.jobs import Changes, Handle
from opspilot_desktop.operations.workspace import Workspace
from opspilot_desktop.settings import UserSettings
from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.runner import Lane, Runner, Ticket
from opspilot_desktop.ui.theme import Theme
from opspilot_desktop.ui.widgets.pills import Pills

T = TypeVar("T")


class Desk(QObject):
    """One for each window. `said` carries a finished job's sentence, its tone (a colour role) and None, or
    what there is to do about it: what that is called, and what does it."""

    said = Signal(str, str, object)
    workspaceChanged = Signal()

    def __init__(
        self, workspace: Workspace, settings: UserSettings, theme: Theme, icons: Icons, runner: Runner
    ) -> None:
        super().__init__()
        self.workspace = workspace
        self.settings = settings
        self.theme = theme
        self.icons = icons
        self.pills = Pills(theme, icons)
        self.runner = runner
        self.window: QWidget | None = None
        self._dialogs: list[QDialog] = []
        self._shown: set[str] = set()
        runner.crashed.connect(self.show_crash)

    def write(
        self, title: str, job: Callable[[Handle], T], on_done: Callable[[T], None] | None = None
    ) -> Ticket:
        """Runs a job that changes data, after those that were asked for before; errors are shown."""
        return self.runner.run(Lane.WRITE, job, title=title, on_done=on_done, on_error=self.show_error)

    def read(
        self, job: Callable[[Handle], T], on_done: Callable[[T], None], *, key: str | None = None
    ) -> Ticket:
        """Runs a job that only reads; with a key, a newer one takes its place. Errors are shown."""
        return self.runner.run(Lane.READ, job, key=key, on_done=on_done, on_error=self.show_error)

    def read_shown(self, title: str, job: Callable[[Handle], T], on_done: Callable[[T], None]) -> Ticket:
        """Runs a long job that only reads; the status bar shows its title and can cancel it."""
        return self.runner.run(Lane.READ, job, title=title, on_done=on_done, on_error=self.show_error)

    def open(self, dialog: QDialog) -> None:
        """Shows a dialog without blocking, and lets go of it when it closes."""
        self._dialogs.append(dialog)
        dialog.finished.connect(lambda _result: self._let_go(dialog))
        dialog.open()

    def _let_go(self, dialog: QDialog) -> None:
        self._dialogs.remove(dialog)
        dialog.deleteLater()

    def close_dialogs(self) -> None:
        """Closes whatever is still open."""
        for dialog in list(self._dialogs):
            dialog.close()

    def say(
        self, text: str, tone: str = "ok", *, action: tuple[str, Callable[[], None]] | None = None
    ) -> None:
        """Says a sentence in the status bar; `action` is a link beside it."""
        self.said.emit(text, tone, action)

    def say_cancelled(self) -> None:
        """Says that what was to be stored was not."""
        self.say("Cancelled; nothing was changed.", "dim")

    def refuse(self, error: KnownError) -> None:
        """Shows why issues were not changed, and the issues as they are now."""
        self.runner.changed.emit(Changes(issues=True))
        self.show_error(error)

    def show_error(self, error: KnownError) -> None:
        """Shows the sentence of an error that the user can mend."""
        self.show_message("That did not work", error.message)

    def show_message(self, title: str, sentence: str, then: Callable[[], None] | None = None) -> None:
        """Shows a sentence that has to be read, and calls back when it has been."""
        from opspilot_desktop.ui.dialogs.error_dialog import MessageDialog

        if sentence in self._shown:  # said already, and not yet read
            if then is not None:
                then()
            return
        self._shown.add(sentence)
        dialog = MessageDialog(self.theme, self.icons, title, sentence, parent=self.window)
        dialog.finished.connect(lambda _result: self._shown.discard(sentence))
        if then is not None:
            dialog.finished.connect(lambda _result: then())
        self.open(dialog)

    def show_crash(self, error: BaseException) -> None:
        """Keeps a report of a defect and shows it; the program goes on."""
        self.show_caught(crash.caught(error, paths.logs()))

    def show_caught(self, caught: crash.Crash) -> None:
        """Shows the report of a defect that was caught elsewhere."""
        from opspilot_desktop.ui.dialogs.error_dialog import CrashDialog

        self.open(CrashDialog(self.theme, self.icons, caught, parent=self.window))
