"""The import wizard's work: what it shows is read in workers, and what was chosen is checked and kept."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject

from opspilot_desktop import operations
from opspilot_desktop.domain.errors import KnownError
from opspilot_desktop.domain.fields import RECORDS, Kind
from opspilot_desktop.domain.jobs import Changes, Handle
from opspilot_desktop.domain.text import visible
from opspilot_desktop.files.asked import ReadAs
from opspilot_desktop.files.looking import FileLook, HeldRows, look_at, preview_held
from opspilot_desktop.files.previewing import FilePreview
from opspilot_desktop.files.profile import Profile
from opspilot_desktop.files.proposing import ProfileProposal
from opspilot_desktop.files.recognising import SeveralFit
from opspilot_desktop.files.staging import Staged
from opspilot_desktop.operations.workspace import Workspace
from opspilot_desktop.ui.desk import Desk
from opspilot_desktop.ui.runner import Lane, Ticket, TicketState

from .waiting import is_open

if TYPE_CHECKING:
    from opspilot_desktop.operations.wizard import Start
    from opspilot_desktop.ui.dialogs.wizard.wizard_dialog import ImportWizard

T = TypeVar("T")
_DIALOG = "opspilot_desktop.ui.dialogs.wizard.wizard_dialog"


@dataclass(frozen=True)
class Asked:
    """A file about which a person has to be asked: what was said of it before, the profile to begin with, why
    that has to be looked at, and what is to be done with the file once it is checked, or if it is not."""

    file: Path
    kind: Kind
    workspace: Workspace
    on_checked: Callable[[Staged], None]
    on_abandoned: Callable[[], None]
    on_refused: Callable[[KnownError], None]
    read_as: ReadAs = field(default_factory=ReadAs)
    profile: Profile | None = None
    notice: str = ""
    proposal: ProfileProposal | None = None
    """What the file is proposed to be, read by `read_as`, if that is known already."""


class WizardFlow(QObject):
    """One wizard at a time."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._desk = desk
        self._held: HeldRows | None = None  # of the file that the open wizard is about

    def open(self, asked: Asked) -> Ticket:
        """Reads what the wizard begins with, then shows it."""

        def job(handle: Handle) -> Start:
            # Loaded here rather than when it is shown: the window would stand still meanwhile.
            importlib.import_module(_DIALOG)
            return operations.wizard.read_start(handle, asked.workspace, asked.file, asked.kind)

        return self._desk.runner.run(
            Lane.READ,
            job,
            title=f"Reading {visible(asked.file.name)}",
            owner=self,
            on_done=lambda start: self._show(asked, start),
            on_error=asked.on_refused,
            on_cancelled=asked.on_abandoned,
        )

    def _show(self, asked: Asked, start: Start) -> None:
        from opspilot_desktop.ui.dialogs.wizard.opening import Opening
        from opspilot_desktop.ui.dialogs.wizard.wizard_dialog import ImportWizard

        opening = Opening(
            visible(asked.file.name),
            asked.kind,
            start.facts,
            start.profiles,
            start.taken,
            asked.profile,
            visible(asked.notice),
        )
        dialog = ImportWizard(self._desk.theme, self._desk.icons, opening, parent=self._desk.window)
        dialog.lookWanted.connect(lambda read_as: self._look(dialog, asked, start, read_as))
        dialog.previewWanted.connect(lambda profile, number: self._preview(dialog, asked, profile, number))
        dialog.checkWanted.connect(lambda profile, keep: self._check(dialog, asked, profile, keep))
        dialog.finished.connect(self._forget)
        dialog.rejected.connect(asked.on_abandoned)
        self._desk.open(dialog)
        read_as = asked.profile.read_as if asked.profile is not None else asked.read_as
        self._look(dialog, asked, start, read_as, asked.proposal)

    def _forget(self) -> None:
        self._held = None

    def _look(
        self,
        dialog: ImportWizard,
        asked: Asked,
        start: Start,
        read_as: ReadAs,
        proposal: ProfileProposal | None = None,
    ) -> None:
        """Only the newest question is answered; an older one is interrupted."""

        def job(_handle: Handle) -> FileLook:
            return look_at(asked.file, RECORDS[asked.kind], read_as, start.facts, proposal)

        def failed(error: KnownError) -> None:
            dialog.file.set_read_as(read_as)
            dialog.show_trouble(error)

        self._desk.runner.run(
            Lane.READ,
            job,
            key="wizard-look",
            owner=dialog,
            on_done=dialog.show_look,
            on_error=failed,
        )

    def _preview(self, dialog: ImportWizard, asked: Asked, profile: Profile, number: int) -> None:
        """As above; an answer that comes too late is dropped by the dialog."""
        held = self._held

        def job(_handle: Handle) -> tuple[FilePreview, HeldRows | None]:
            return preview_held(asked.file, RECORDS[asked.kind], profile, held)

        def done(found: tuple[FilePreview, HeldRows | None]) -> None:
            preview, self._held = found
            dialog.show_preview(number, profile, preview)

        self._desk.runner.run(
            Lane.READ,
            job,
            key="wizard-preview",
            owner=dialog,
            on_done=done,
            on_error=lambda error: dialog.show_trouble(error, number),
        )

    def _check(self, dialog: ImportWizard, asked: Asked, profile: Profile, keep: bool) -> None:
        """Checks the whole file. The wizard stays until that is done: what was chosen is not lost."""

        def job(handle: Handle) -> Staged:
            return operations.importing.check_file(handle, asked.file, asked.kind, profile)

        def done(staged: Staged) -> None:
            if not is_open(dialog):
                staged.close()
            elif staged.uncertain:
                staged.close()
                dialog.stop_waiting(KnownError(staged.uncertain))
            elif keep:
                self._keep(dialog, asked, profile, staged)
            else:
                dialog.accept()
                asked.on_checked(staged)

        def progressed(done: int, total: int, _text: str) -> None:
            if is_open(dialog) and total:
                dialog.say_progress(f"Checking the whole file, {min(done * 100 // total, 100)} %…")

        self._run(
            dialog, Lane.READ, f"Checking {visible(asked.file.name)}", job, done, on_progress=progressed
        )

    def _keep(self, dialog: ImportWizard, asked: Asked, profile: Profile, staged: Staged) -> None:
        """Keeps the profile by which the file could be read, and goes on."""

        def job(handle: Handle) -> Changes:
            return operations.profiles.keep_profile(handle, asked.workspace, profile)

        def done(_changes: Changes) -> None:
            if is_open(dialog):
                dialog.accept()
                asked.on_checked(staged)
            else:
                staged.close()

        dialog.say_progress("Keeping the profile…")
        self._run(
            dialog, Lane.WRITE, f"Keeping the profile {visible(profile.name)}", job, done, staged=staged
        )

    def _run(
        self,
        dialog: ImportWizard,
        lane: Lane,
        title: str,
        job: Callable[[Handle], T],
        on_done: Callable[[T], None],
        *,
        on_progress: Callable[[int, int, str], None] | None = None,
        staged: Staged | None = None,
    ) -> None:
        """Runs a step for which the wizard waits. Whatever goes wrong with it, the wizard waits no longer,
        and what was `staged` before is let go of."""
        told: list[KnownError] = []

        def failed(error: KnownError) -> None:
            told.append(error)

        def ended() -> None:
            if ticket.state is TicketState.DONE:
                return
            if staged is not None:
                staged.close()
            if is_open(dialog):  # without an error it was cancelled, or a defect that the desk has reported
                dialog.stop_waiting(told[0] if told else None)
            elif told and lane is Lane.WRITE:
                self._desk.show_error(told[0])

        ticket = self._desk.runner.run(
            lane,
            job,
            title=title,
            on_done=on_done,
            on_error=failed,
            on_progress=on_progress,
            on_end=ended,
        )
        dialog.rejected.connect(ticket.cancel)


def several_fit(error: SeveralFit) -> str:
    """What is said of a file that fits several profiles."""
    names = [f"“{profile.name}”" for profile in error.profiles]
    return f"This file fits the profiles {', '.join(names[:-1])} and {names[-1]}: choose one below."
