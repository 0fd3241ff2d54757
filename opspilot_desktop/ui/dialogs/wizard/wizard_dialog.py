"""The import wizard: what a file is, which column is which field, and what that makes of its first rows."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from opspilot_desktop.domain.errors import KnownError
from opspilot_desktop.domain.fields import RECORDS, Kind
from opspilot_desktop.domain.text import visible
from opspilot_desktop.files.asked import NeedsEncoding, NeedsSheet, ReadAs
from opspilot_desktop.files.dialect import WINDOWS_1252
from opspilot_desktop.files.drafting import for_preview
from opspilot_desktop.files.looking import FileLook
from opspilot_desktop.files.previewing import FilePreview
from opspilot_desktop.files.profile import Profile
from opspilot_desktop.files.profile_toml import checked_name
from opspilot_desktop.files.proposing import Question
from opspilot_desktop.ui.dialogs.frame import DialogFrame
from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.theme import Theme
from opspilot_desktop.ui.widgets.banner import Banner
from opspilot_desktop.ui.widgets.edges import hairline

from .asking import AskingBanner
from .fields_panel import FieldsPanel
from .file_panel import FilePanel
from .keep_panel import KeepPanel
from .opening import Opening, known_name, undecided_fields
from .preview_pane import PreviewPane
from .sections import Sections, order_tabs
from .skip_panel import SkipPanel

WIDTH, HEIGHT = 1400, 900
SETTLE_MS = 250
_FIELDS = "Fields"


class ImportWizard(DialogFrame):
    """``lookWanted(ReadAs)`` asks to read the file anew: answered by `show_look` or `show_trouble`.
    ``previewWanted(Profile, int)`` asks what a profile makes of the first rows: answered by `show_preview` or
    `show_trouble` with the same number. ``checkWanted(Profile, bool)`` comes with the primary button; whoever
    checks the whole file calls `accept`, or `stop_waiting` with why not. The bool tells to keep the profile.
    """

    lookWanted = Signal(object)
    previewWanted = Signal(object, int)
    checkWanted = Signal(object, bool)

    def __init__(
        self, theme: Theme, icons: Icons, opening: Opening, *, parent: QWidget | None = None
    ) -> None:
        self._record = RECORDS[opening.kind]
        name = "ledger entries" if opening.kind is Kind.LEDGER else self._record.label.lower()
        super().__init__(
            theme,
            icons,
            f"Import {name}",
            opening.file,
            primary="Check the file",
            width=WIDTH,
            resizable=True,
            parent=parent,
        )
        self.setObjectName("importWizard")
        self.primary.setObjectName("wizardCheck")
        self.cancel.setObjectName("wizardCancel")
        self._opening = opening
        self._look: FileLook | None = None
        self._base: Profile | None = opening.profile
        self._said: dict[tuple[str, ...], Profile] = {}
        self._asked = 0
        self._loading = False
        self._touched = False
        self._may_fill = opening.profile is None
        self._waiting = False
        self._may_go = False
        self._trouble = ""
        self._hidden: frozenset[str] = frozenset()
        self.notice = Banner(theme, icons, "warn", opening.notice, wrap=True, closable=True)
        self.notice.setObjectName("wizardNotice")
        self.banner = AskingBanner(theme, icons)
        self.file = FilePanel(theme, icons, opening.facts, opening.profiles)
        self._fields: FieldsPanel | None = None
        self.skip = SkipPanel(theme, icons)
        self.keep = KeepPanel(theme, icons, opening.kind, opening.taken)
        self.preview = PreviewPane(theme, icons, self._record)
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(SETTLE_MS)
        self._settle.timeout.connect(self._ask)
        self._connect_parts()
        self._lay_out_body()
        self._begin()

    @property
    def fields(self) -> FieldsPanel:
        """The panel of the fields; made when the file is known, so that the window is there sooner."""
        if self._fields is None:
            self._fields = FieldsPanel(self.theme, self.icons, self._record)
            self._fields.changed.connect(self._choose_field)
            self._fields.changed.connect(self._step)
            self._fields.answered.connect(self._answer)
            self._area.fill(_FIELDS, self._fields)
        return self._fields

    # What is known of the file

    def show_look(self, look: FileLook) -> None:
        """Shows the file as it was read, with what was chosen for such columns before, or the proposal."""
        before = self._look
        self._look = look
        self._trouble = ""
        self.banner.hide()
        self._loading = True
        self.file.show_look(look)
        if before is None or before.header != look.header or self._may_fill:
            self._fill(look)
        self._loading = False
        self.set_fact(self._opening.fact(None))
        self._area.show_all(True)
        if before is None:
            self._focus_first()
        self._changed()

    def show_preview(self, number: int, profile: Profile, preview: FilePreview) -> None:
        """Shows what the first rows become, unless something was changed meanwhile."""
        if number != self._asked or self._settle.isActive():
            return
        self._trouble = ""
        undecided = bool(self._hidden)
        self.preview.show_preview(preview, profile.mapping, self._hidden, undecided=undecided)
        self.set_fact(self._opening.fact(preview))
        self._check()

    def show_trouble(self, error: KnownError, number: int | None = None) -> None:
        """Says why the file cannot be read so; nothing that was chosen is lost."""
        if number is not None and (number != self._asked or self._settle.isActive()):
            return
        if isinstance(error, NeedsEncoding):
            self._ask_encoding(error)
        elif isinstance(error, NeedsSheet):
            self.file.offer_sheets(error.sheets)
            self.file.sheet.setFocus()
            self._trouble = "Choose the sheet that holds the table"
            self.preview.stop("Several sheets of this workbook are not empty: choose one at the left.")
        else:
            self._trouble = "The file cannot be read so"
            self.preview.stop(visible(error.message))
        self._check()

    def stop_waiting(self, error: KnownError | None = None) -> None:
        """The file was not taken: everything is as it was chosen, and the error is said."""
        self._waiting = False
        for part in (self._sections, self.preview):
            part.setEnabled(True)
        self._check()
        if isinstance(error, NeedsEncoding):
            self._ask_encoding(error)
        elif error is not None:
            self.banner.refuse(error.message)

    def say_progress(self, text: str) -> None:
        """Says how far the check of the whole file is."""
        if self._waiting:
            self.set_reason(text)

    # What is chosen

    def profile(self) -> Profile:
        """All that is chosen, without a name. Raises KnownError where something cannot be."""
        made = Profile(
            self._opening.kind,
            mapping=self.fields.mapping(),
            read_as=self.file.read_as() if self._base is not None else self.file.read_as_seen(),
            skip=self.skip.rules(),
            footer_rows=self.skip.footer_rows(),
            header=() if self._look is None else self._look.header,
        )
        return self.keep.apply(made)

    def submit(self) -> None:
        """Asks for the whole file to be checked, and waits."""
        if self._waiting or not self.primary.isEnabled():
            return
        try:
            profile = self._named(self.profile())
        except KnownError as error:
            self.banner.refuse(error.message)
            return
        if self.keep.is_kept and self.keep.replaces:
            self.banner.ask_replace(
                profile.name, self.keep.replaces, self._rename, lambda: self._send(profile)
            )
        else:
            self._send(profile)

    def reject(self) -> None:
        """Closes; asks first where something would be lost."""
        if self._may_go or not self._touched or self._waiting:
            super().reject()
            return
        self.banner.ask_discard(self._stay, self._go)

    def closeEvent(self, event: QCloseEvent) -> None:
        """The window closes with everything in it; a person who closes the dialog is asked."""
        self._may_go = self._may_go or not event.spontaneous()
        super().closeEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter ends the typing in an input, and checks nothing yet; Ctrl+Enter does."""
        is_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if is_enter and self._area.isAncestorOf(self.focusWidget()):
            event.accept()
        else:
            super().keyPressEvent(event)

    def height_for(self, width: int) -> int:
        """As high as there is room for, up to what a page of fields needs."""
        return max(super().height_for(width), HEIGHT)

    # Parts

    def _begin(self) -> None:
        profile = self._base
        if profile is not None:
            self.file.show_profile(profile.name)
            self.file.set_read_as(profile.read_as)
        self._area.show_all(False)
        self.set_first_focus(self.file.header_line)
        self.preview.wait()
        self.set_primary(enabled=False)

    def _fill(self, look: FileLook) -> None:
        """Shows what is said of columns like these: earlier here, by the profile, or by the proposal."""
        proposal = look.proposal
        said = self._said.get(look.header) or self._base or proposal.profile
        self.fields.show_file(look.header, dict(look.samples), proposal)
        self.skip.show_file(look.header, dict(look.samples))
        if said is not proposal.profile:
            self.fields.set_mapping(said.mapping)
        self.skip.set_rules(said.skip)
        self.skip.set_footer_rows(said.footer_rows)
        if said is self._base:
            self.keep.load(said)

    def _choose_profile(self, profile: Profile | None) -> None:
        """Reads the file by another profile, or by the proposal."""
        self._base = profile
        self._may_fill = profile is None
        self._said.clear()
        self._look = None
        self._loading = True
        self.keep.load(profile if profile is not None else Profile(self._opening.kind))
        self._loading = False
        self.notice.hide()
        self._read_anew(profile.read_as if profile is not None else ReadAs())

    def _reread(self) -> None:
        self._touched = True
        if self._look is not None and not self._may_fill:
            try:
                self._said[self._look.header] = self.profile()
            except KnownError:  # what cannot be is not kept for later
                self._said.pop(self._look.header, None)
        self._read_anew(self.file.read_as())

    def _read_anew(self, read_as: ReadAs) -> None:
        self._settle.stop()
        self._asked += 1
        self.preview.wait()
        self._trouble = "Reading the file…"
        self._check()
        self.lookWanted.emit(read_as)

    def _step(self) -> None:
        if not self._loading:
            self._touched = True
            self._changed()

    def _choose_field(self) -> None:
        """Once somebody has said something of the columns, no new proposal takes its place."""
        if not self._loading:
            self._may_fill = False

    def _answer(self, question: Question, choice: str) -> None:
        """An answer that concerns which rows are left out; all others are the fields' own."""
        if self._look is None or choice not in ("skip", "keep"):
            return
        self.skip.include(self._look.proposal.profile.skip, choice == "skip")

    def _changed(self) -> None:
        if self._look is None:
            return
        self._check()
        panels = (self.file, self.fields, self.skip, self.keep, self.preview)
        order_tabs(panels, (self.cancel, self.primary))
        self._asked += 1
        self.preview.wait()
        self._settle.start()

    def _ask(self) -> None:
        if self._look is None:
            return
        try:
            profile = self.profile()
        except KnownError as error:
            self.preview.stop(visible(error.message))
            return
        undecided = undecided_fields(self._record, self.fields.invalid)
        draft, self._hidden = for_preview(profile, self._record, self._look.header, undecided)
        self.previewWanted.emit(draft, self._asked)

    def _focus_first(self) -> None:
        """Gives the keyboard to the first field that still needs something, or to the first of all."""
        if self.fields.invalid:
            self.fields.focus_invalid()
        else:
            next(iter(self.fields.rows.values())).box.setFocus()

    def _check(self) -> None:
        """Switches the primary button, and says why it is off."""
        if self._waiting:
            return
        reason = self._trouble
        if not reason and self._look is not None and self.fields.invalid:
            names = ", ".join(self.fields.invalid)
            reason = f"{names} {'needs' if len(self.fields.invalid) == 1 else 'need'} to be settled"
        if not reason and self.keep.lacks_name:
            reason = "The profile needs a name"
        self.set_primary(enabled=not reason and self._look is not None, reason=reason)
        self._area.fit()

    def _named(self, profile: Profile) -> Profile:
        """The profile with the name that it is kept or known under."""
        name = checked_name(self.keep.wanted) if self.keep.is_kept else known_name(profile, self._base)
        return replace(profile, name=name)

    def _send(self, profile: Profile) -> None:
        self.banner.hide()
        self._waiting = True
        self.setFocus()  # and not Cancel, on which a second Enter would cancel
        for part in (self._sections, self.preview):
            part.setEnabled(False)
        self.set_primary(enabled=False)
        self.set_reason("Checking the whole file…")
        self.checkWanted.emit(profile, self.keep.is_kept)

    def _ask_encoding(self, error: NeedsEncoding) -> None:
        self._trouble = "The encoding has to be chosen"
        self.banner.ask_encoding(error, lambda: self.file.set_encoding(WINDOWS_1252))
        self.preview.stop("How the text is encoded has to be said first.")

    def _rename(self) -> None:
        self.banner.hide()
        self.keep.name.setFocus()
        self.keep.name.selectAll()

    def _stay(self) -> None:
        self.banner.hide()
        self.fields.setFocus(Qt.FocusReason.OtherFocusReason)

    def _go(self) -> None:
        self._may_go = True
        self.reject()

    def _connect_parts(self) -> None:
        self.file.changed.connect(self._reread)
        self.file.profileChosen.connect(self._choose_profile)
        self.skip.changed.connect(self._choose_field)
        for changed in (self.skip.changed, self.keep.changed):
            changed.connect(self._step)

    def _lay_out_body(self) -> None:
        area = self._area = Sections(
            self.theme,
            (
                ("File", self.file),
                (_FIELDS, None),
                ("Rows left out", self.skip),
                ("Keep", self.keep),
            ),
        )
        self._sections = area.inner
        row = QHBoxLayout()
        row.setSpacing(0)
        row.addWidget(area, 5)
        row.addWidget(hairline())
        row.addWidget(self.preview, 7)
        self.notice.setVisible(bool(self._opening.notice))
        self.body.setContentsMargins(1, 14, 1, 0)  # within the dialog's edge
        self.body.setSpacing(0)
        self.body.addWidget(self.notice)
        self.body.addWidget(self.banner)
        self.body.addWidget(hairline(flat=True))
        self.body.addLayout(row, 1)
