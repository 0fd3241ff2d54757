"""The rows of a file that cannot be imported: looked at, mended and tried again, saved; then the choice."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog

from opspilot_desktop.domain.jobs import Handle
from opspilot_desktop.domain.text import visible
from opspilot_desktop.files import mending
from opspilot_desktop.files.mending import WrongValues
from opspilot_desktop.files.staging import Staged
from opspilot_desktop.ui.desk import Desk
from opspilot_desktop.ui.dialogs.row_errors_dialog import RowErrorsDialog
from opspilot_desktop.ui.runner import Lane, Ticket

T = TypeVar("T")


class RowErrorsFlow(QObject):
    """One for each file with such rows, until a choice is made; what is mended lies in its staging."""

    def __init__(self, desk: Desk, staged: Staged, wrong: WrongValues) -> None:
        super().__init__(desk)
        self._desk = desk
        self._staged = staged
        self._ticket: Ticket | None = None
        self.dialog = RowErrorsDialog(
            desk.theme,
            desk.icons,
            file=visible(staged.file),
            read=staged.read,
            good=staged.good,
            wrong=wrong,
            whole_value=lambda record, column: mending.cell_of(staged, record, column),
            raw_text=lambda record: mending.row_text(staged, record),
            parent=desk.window,
        )
        self.dialog.saveRequested.connect(self._choose_where_to_save)
        self.dialog.tryAgainRequested.connect(self._try_again)
        self.dialog.finished.connect(lambda _result: self._end())

    def ask(
        self, on_import: Callable[[], None], on_otherwise: Callable[[], None], on_cancel: Callable[[], None]
    ) -> None:
        """Shows the rows; nothing is stored before one of the three is called: to go on, to read the file in
        another way, or to let it be."""
        self.dialog.accepted.connect(on_import)
        self.dialog.otherwiseRequested.connect(on_otherwise)
        self.dialog.rejected.connect(on_cancel)
        self._desk.open(self.dialog)

    def _end(self) -> None:
        if self._ticket is not None:
            self._ticket.cancel()
        self.deleteLater()

    def _try_again(self, values: Mapping[tuple[int, str], str]) -> None:
        staged = self._staged

        def job(handle: Handle) -> WrongValues:
            mending.try_again(handle, staged, values)
            return mending.wrong_values(staged)

        self._run(
            f"Checking mended rows of {visible(staged.file)}",
            job,
            lambda wrong: self.dialog.show_outcome(staged.good, wrong),
        )

    def _choose_where_to_save(self) -> None:
        staged = self._staged
        start = str(staged.source.with_name(f"{staged.source.stem}-rejects.csv"))
        chooser = QFileDialog(self.dialog, "Save rejects", start, "CSV (*.csv)")
        chooser.setObjectName("saveRejectsDialog")
        chooser.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        chooser.setDefaultSuffix("csv")
        chooser.selectFile(start)
        chooser.fileSelected.connect(self._save)
        self._desk.open(chooser)

    def _save(self, path: str) -> None:
        staged = self._staged
        self._run(
            f"Saving rejects of {visible(staged.file)}",
            lambda _handle: staged.save_rejects(Path(path)),
            lambda _none: self.dialog.say_saved(path),
        )

    def _run(self, title: str, job: Callable[[Handle], T], on_done: Callable[[T], None]) -> None:
        """Runs a step in a worker; the dialog waits, and can be cancelled."""
        self.dialog.set_busy(True)
        self._ticket = self._desk.runner.run(
            Lane.READ,
            job,
            title=title,
            owner=self.dialog,
            on_done=on_done,
            on_error=self._desk.show_error,
            on_end=lambda: self.dialog.set_busy(False),
        )
