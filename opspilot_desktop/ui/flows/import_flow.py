"""Importing files: choose, confirm the columns, look at bad rows and changes, store.

Dialogs are loaded when they are first shown, here and in the other flows: the window opens sooner.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog

from opspilot_desktop import operations
from opspilot_desktop.domain.errors import KnownError
from opspilot_desktop.domain.fields import RECORDS, Kind
from opspilot_desktop.domain.jobs import Handle
from opspilot_desktop.domain.text import visible
from opspilot_desktop.files.asked import Misread, NeedsEncoding, NeedsSheet, ReadAs
from opspilot_desktop.files.dialect import WINDOWS_1252
from opspilot_desktop.files.mapping import NeedsMapping
from opspilot_desktop.files.profile import Duplicates, Profile
from opspilot_desktop.files.recognising import Drifted, SeveralFit, drift_notice
from opspilot_desktop.files.staging import Staged
from opspilot_desktop.ui.desk import Desk
from opspilot_desktop.ui.runner import Lane, Ticket, TicketState

from .nothing_new import NothingNew
from .wizard_flow import Asked, WizardFlow, several_fit

if TYPE_CHECKING:
    from opspilot_desktop.files.mending import WrongValues
    from opspilot_desktop.operations.importing import ImportResult, Preview
    from opspilot_desktop.store.lookalikes import Lookalikes
    from opspilot_desktop.ui.dialogs.confirm_dialog import ConfirmDialog
    from opspilot_desktop.ui.dialogs.sheet_dialog import SheetDialog

T = TypeVar("T")

_FILES = (
    "Tables (*.csv *.tsv *.txt *.xlsx *.xls *.ods *.gz *.zip);;Delimited text (*.csv *.tsv *.txt)"
    ";;Workbooks (*.xlsx *.xls *.ods);;All files (*)"
)
_FOLDER = "import-folder"
_SAY_HOW = "You can also say below how it is read."
_KEEP_AGAIN = "Check the fields, and keep the profile again below if its files look so from now on."


class ImportFlow(QObject):
    """One file after the other; nothing is stored before the last question about it is answered."""

    finished = Signal(object)
    """The ImportResult of a file that was stored."""
    emptied = Signal()
    """The last of the files is through, however it ended."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._desk = desk
        self._waiting: deque[tuple[Path, Kind | None]] = deque()  # None: what it holds is to be found out
        self._staged: Staged | None = None
        self._ticket: Ticket | None = None
        self._workspace = desk.workspace
        self._busy = False
        self._read_as = ReadAs()  # what the person has said of the file at hand
        self._wizard = WizardFlow(desk)
        self._duplicates: Duplicates | None = None  # also of it
        self._keeps_choice = False
        self._nothing_new = NothingNew(desk)

    @property
    def is_busy(self) -> bool:
        """Whether a file is being read, asked about or stored."""
        return self._busy

    def choose(self, kind: Kind) -> None:
        """Lets the person choose files of this kind."""
        label = RECORDS[kind].label.lower()
        folder = self._desk.settings.get(_FOLDER, str(Path.home()))
        dialog = QFileDialog(self._desk.window, f"Import {label}", folder, _FILES)
        dialog.setObjectName("importFileDialog")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.setLabelText(QFileDialog.DialogLabel.Accept, "Import")
        dialog.filesSelected.connect(lambda files: self.start([Path(file) for file in files], kind))
        self._desk.open(dialog)

    def drop(self, files: Sequence[Path]) -> None:
        """Imports files that were dropped on the window; what a header leaves open is asked."""
        self.start(files, None)

    def start(self, files: Sequence[Path], kind: Kind | None) -> None:
        """Imports the files, one after the other; without a kind, what each holds is found out."""
        if files:
            self._desk.settings.set(_FOLDER, str(files[0].parent))
        self._waiting.extend((file, kind) for file in files)
        self._next()

    def close(self) -> None:
        """Lets go of the files that have not been stored; whatever asked about one has to be closed first."""
        self._waiting.clear()
        if self._ticket is not None:
            self._ticket.cancel()
        self._let_go()

    def _find_kind(self, file: Path) -> None:
        def known(kinds: frozenset[Kind]) -> None:
            if len(kinds) == 1:
                self._check(file, next(iter(kinds)))
                return
            from opspilot_desktop.ui.dialogs.kind_dialog import KindDialog

            dialog = KindDialog(
                self._desk.theme, self._desk.icons, visible(file.name), parent=self._desk.window
            )
            dialog.chosen.connect(lambda kind: self._check(file, Kind(kind)))
            dialog.rejected.connect(lambda: self._abandoned(visible(file.name)))
            self._desk.open(dialog)

        def failed(error: KnownError) -> None:
            if isinstance(error, Misread):
                known(frozenset())
            else:
                self._ask_or_refuse(file, error, lambda: self._find_kind(file))

        workspace = self._workspace
        self._run(
            Lane.READ,
            f"Reading {visible(file.name)}",
            visible(file.name),
            lambda handle: operations.profiles.kinds_of_file(handle, workspace, file, self._read_as),
            known,
            failed,
        )

    def _next(self) -> None:
        if self._busy or not self._waiting:
            return
        file, kind = self._waiting.popleft()
        self._workspace = self._desk.workspace
        self._busy = True
        self._read_as = ReadAs()
        self._duplicates = None
        self._keeps_choice = False
        if kind is None:
            self._find_kind(file)
        else:
            self._check(file, kind)

    def _check(self, file: Path, kind: Kind) -> None:
        workspace = self._workspace

        def job(handle: Handle) -> Staged:
            return operations.wizard.check_or_ask(handle, workspace, file, kind, self._read_as)

        def failed(error: KnownError) -> None:
            if isinstance(error, Drifted):
                notice = f"{drift_notice(error.profile, error.drift)} {_KEEP_AGAIN}"
                self._open_wizard(file, kind, error, notice)
            elif isinstance(error, SeveralFit):
                self._open_wizard(file, kind, error, several_fit(error))
            elif isinstance(error, operations.wizard.NeedsWizard):
                is_misread = isinstance(error.because, Misread)
                self._open_wizard(file, kind, error, f"{error.message} {_SAY_HOW}" if is_misread else "")
            elif isinstance(error, NeedsMapping):
                self._open_wizard(file, kind, error)
            else:
                self._ask_or_refuse(file, error, lambda: self._check(file, kind))

        self._run(Lane.READ, f"Reading {visible(file.name)}", visible(file.name), job, self._checked, failed)

    def _run(
        self,
        lane: Lane,
        title: str,
        file: str,
        job: Callable[[Handle], T],
        on_done: Callable[[T], None],
        on_error: Callable[[KnownError], None] | None = None,
    ) -> None:
        """Runs one of the steps of a file; whatever goes wrong with it, the next file gets its turn."""
        told: list[KnownError] = []

        def failed(error: KnownError) -> None:
            told.append(error)
            if on_error is not None:
                on_error(error)
            else:
                self._refuse(file, error)

        def ended() -> None:
            if ticket.state is TicketState.FAILED and not told:  # a defect, which the desk has reported
                self._end()

        ticket = self._desk.runner.run(
            lane,
            job,
            title=title,
            on_done=on_done,
            on_error=failed,
            on_cancelled=lambda: self._abandoned(file),
            on_end=ended,
            owner=self,
        )
        self._ticket = ticket

    def _refuse(self, file: str, error: KnownError) -> None:
        """Says why; the next file gets its turn when that has been read."""
        self._desk.show_message(f"{file} was not imported", error.message, self._end)

    def _ask_or_refuse(self, file: Path, error: KnownError, again: Callable[[], None]) -> None:
        """Asks what nothing in the file tells, and tries again with the answer; otherwise says why not."""

        def answered(*, encoding: str = "", sheet: str = "") -> None:
            said = self._read_as
            self._read_as = replace(said, encoding=encoding or said.encoding, sheet=sheet or said.sheet)
            again()

        theme, icons, window = self._desk.theme, self._desk.icons, self._desk.window
        dialog: ConfirmDialog | SheetDialog
        if isinstance(error, NeedsSheet):
            from opspilot_desktop.ui.dialogs.sheet_dialog import SheetDialog

            dialog = SheetDialog(theme, icons, visible(file.name), error.sheets, parent=window)
            dialog.chosen.connect(lambda sheet: answered(sheet=sheet))
        elif isinstance(error, NeedsEncoding):
            from opspilot_desktop.ui.dialogs.confirm_dialog import ConfirmDialog

            question = f"{error.fact}. Is “{visible(error.word)}” what should stand there?"
            title = "Is this Windows-1252 text?"
            dialog = ConfirmDialog(theme, icons, title, question, "Import as Windows-1252", parent=window)
            dialog.accepted.connect(lambda: answered(encoding=WINDOWS_1252))
        else:
            self._refuse(visible(file.name), error)
            return
        dialog.rejected.connect(lambda: self._abandoned(visible(file.name)))
        self._desk.open(dialog)

    def _open_wizard(
        self,
        file: Path,
        kind: Kind,
        error: KnownError | None = None,
        notice: str = "",
        profile: Profile | None = None,
    ) -> None:
        """Asks for everything that has to be said of the file in one window."""
        from opspilot_desktop.files.proposing import ProfileProposal

        name = visible(file.name)
        proposal = error.proposal if isinstance(error, NeedsMapping) else None
        proposal = proposal if isinstance(proposal, ProfileProposal) else None
        if isinstance(error, Drifted | operations.wizard.NeedsWizard):
            profile = error.profile
        asked = Asked(
            file,
            kind,
            self._workspace,
            on_checked=self._checked,
            on_abandoned=lambda: self._abandoned(name),
            on_refused=lambda refusal: self._refuse(name, refusal),
            read_as=self._read_as,
            profile=profile,
            notice=notice,
            proposal=proposal,
        )
        self._ticket = self._wizard.open(asked)

    def _checked(self, staged: Staged) -> None:
        self._staged = staged
        if not staged.rejected_total:
            self._preview()
            return

        def job(_handle: Handle) -> WrongValues:
            from opspilot_desktop.files.mending import wrong_values

            return wrong_values(staged)

        title = f"Listing what is wrong in {visible(staged.file)}"
        self._run(Lane.READ, title, visible(staged.file), job, lambda wrong: self._show_wrong(staged, wrong))

    def _show_wrong(self, staged: Staged, wrong: WrongValues) -> None:
        from opspilot_desktop.ui.flows.row_errors_flow import RowErrorsFlow

        RowErrorsFlow(self._desk, staged, wrong).ask(
            self._preview,
            lambda: self._read_otherwise(staged),
            lambda: self._abandoned(visible(staged.file)),
        )

    def _read_otherwise(self, staged: Staged) -> None:
        """Opens the wizard with how the file was read; where nobody has said that, with what it may be."""
        said = replace(staged.profile, read_as=ReadAs())
        self._staged = None
        staged.close()
        profile = None if said == Profile(staged.kind) else staged.profile
        self._open_wizard(staged.source, staged.kind, profile=profile)

    def _preview(self) -> None:
        staged, workspace = self._staged, self._workspace
        assert staged is not None

        def job(handle: Handle) -> Preview:
            return operations.importing.preview_import(handle, workspace, staged)

        title = f"Comparing {visible(staged.file)} with what is stored"
        self._run(Lane.READ, title, visible(staged.file), job, self._previewed)

    def _previewed(self, preview: Preview) -> None:
        staged = self._staged
        assert staged is not None
        if preview.lookalikes is not None and self._duplicates is None:
            self._ask_about_lookalikes(staged, preview, preview.lookalikes)
            return
        if not preview.merge.updated:
            self._store()
            return
        from opspilot_desktop.ui.dialogs.changes_dialog import ChangesDialog

        dialog = ChangesDialog(
            self._desk.theme,
            self._desk.icons,
            file=visible(staged.file),
            record=RECORDS[staged.kind],
            imported=preview.merge.imported,
            updated=preview.merge.updated,
            amendments=preview.amendments,
            parent=self._desk.window,
        )
        dialog.accepted.connect(self._store)
        dialog.rejected.connect(lambda: self._abandoned(visible(staged.file)))
        self._desk.open(dialog)

    def _ask_about_lookalikes(self, staged: Staged, preview: Preview, found: Lookalikes) -> None:
        from opspilot_desktop.ui.dialogs.lookalikes_dialog import LookalikesDialog

        def chosen(choice: str, keep: bool) -> None:
            self._duplicates = "append" if choice == "append" else "merge"
            self._keeps_choice = keep
            added = found.stored if choice == "append" else 0
            merge = replace(preview.merge, imported=preview.merge.imported + added)
            self._previewed(replace(preview, merge=merge))

        dialog = LookalikesDialog(
            self._desk.theme,
            self._desk.icons,
            file=visible(staged.file),
            lines=found.lines,
            stored=found.stored,
            examples=found.examples,
            profile=staged.profile.name,
            parent=self._desk.window,
        )
        dialog.chosen.connect(chosen)
        dialog.rejected.connect(lambda: self._abandoned(visible(staged.file)))
        self._desk.open(dialog)

    def _store(self) -> None:
        staged, workspace = self._staged, self._workspace
        duplicates, keeps = self._duplicates, self._keeps_choice
        assert staged is not None

        def job(handle: Handle) -> ImportResult:
            if keeps and duplicates is not None:
                operations.profiles.keep_duplicates(handle, workspace, staged.profile.name, duplicates)
            return operations.importing.store_file(handle, workspace, staged, duplicates=duplicates)

        self._run(Lane.WRITE, f"Storing {visible(staged.file)}", visible(staged.file), job, self._stored)

    def _stored(self, result: ImportResult) -> None:
        if result.refused:  # somebody else has stored such lines meanwhile
            self._preview()
            return
        told = dict.fromkeys([result.message, *result.warnings])  # a repeated file's warning is its message
        self._desk.say(" ".join(told), "warn" if result.warnings else "ok")
        self._nothing_new.note(result)
        self.finished.emit(result)
        self._end()

    def _abandoned(self, file: str) -> None:
        self._desk.say(f"{file} was not imported; nothing was changed.", "dim")
        self._end()

    def _end(self) -> None:
        was_busy = self._busy
        self._let_go()
        self._next()
        if was_busy and not self._busy:
            self._nothing_new.tell()
            self.emptied.emit()

    def _let_go(self) -> None:
        if self._staged is not None:
            self._staged.close()
            self._staged = None
        self._busy = False
