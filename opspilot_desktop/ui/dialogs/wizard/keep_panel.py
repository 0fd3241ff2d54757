"""What becomes of the choices: kept under a name or not, and what else a profile says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QLineEdit, QVBoxLayout, QWidget

from opspilot_desktop.domain.fields import LONGEST_KEY, Kind
from opspilot_desktop.files.profile import Duplicates, Profile
from opspilot_desktop.operations.importing import checked_source
from opspilot_desktop.ui.dialogs.choice import Choice
from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.theme import Theme
from opspilot_desktop.ui.widgets.field import Field
from opspilot_desktop.ui.widgets.plain_label import plain_label

_NOTE = "The next file with these columns is then read without a question."
_DUPLICATES: tuple[tuple[str, Duplicates], ...] = (
    ("Ask each time", "ask"),
    ("Add them again", "append"),
    ("Add only what is not stored yet", "merge"),
)


class KeepPanel(QWidget):
    """``changed`` comes with every step of the user."""

    changed = Signal()

    def __init__(self, theme: Theme, icons: Icons, kind: Kind, taken: Mapping[str, Kind]) -> None:
        super().__init__()
        self._kind = kind
        self._taken = dict(taken)
        self._own = ""
        self.keep = QCheckBox("Keep these choices as a source profile")
        self.keep.setObjectName("wizard:keep")
        self.name = QLineEdit()
        self.name.setObjectName("wizard:profileName")
        self.name.setMaxLength(LONGEST_KEY)
        self.name.setPlaceholderText("Such as the bank that the file comes from")
        self._name_field = Field(theme, icons, "Name of the profile", self.name)
        self._note = plain_label(_NOTE, tone="dim", font=theme.fonts.small, wrap=True)
        self.source = QLineEdit()
        self.source.setObjectName("wizard:entrySource")
        self.source.setMaxLength(LONGEST_KEY)
        self.source.setPlaceholderText("None")
        self._source_field = Field(theme, icons, "Source of the entries; their ids are its own", self.source)
        self.duplicates = Choice()
        self.duplicates.setObjectName("wizard:duplicates")
        for text, value in _DUPLICATES:
            self.duplicates.addItem(text, value)
        self._duplicates_field = Field(
            theme, icons, "Lines without an id that are stored already", self.duplicates
        )
        self._connect()
        self._lay_out()
        self._show_name()

    @property
    def is_kept(self) -> bool:
        """Whether the choices are to be kept."""
        return self.keep.isChecked()

    @property
    def wanted(self) -> str:
        """The name as it is typed, without outer white space."""
        return self.name.text().strip()

    @property
    def replaces(self) -> str:
        """What a profile that goes by the name already is for, "" where none does, or where it is the one
        that these choices come from."""
        kind = self._taken.get(self.wanted) if self.wanted != self._own else None
        return {None: "", Kind.LEDGER: "ledger entries"}.get(kind, "trades")

    @property
    def lacks_name(self) -> bool:
        """Whether the choices are to be kept under no name."""
        return self.is_kept and not self.wanted

    def load(self, profile: Profile) -> None:
        """Shows what a profile says."""
        self._own = profile.name
        self.source.setText(profile.source)
        self.duplicates.setCurrentIndex(self.duplicates.findData(profile.duplicates))
        self.name.setText(profile.name)
        self._show_name()

    def apply(self, profile: Profile) -> Profile:
        """The profile with what is said here, its name apart. Raises KnownError where that cannot be."""
        if self._kind is not Kind.LEDGER:
            return profile
        chosen: Duplicates = self.duplicates.currentData()
        source = checked_source(self.source.text(), self._kind)
        return replace(profile, source=source, duplicates=chosen)

    def _show_name(self) -> None:
        self._name_field.setVisible(self.is_kept)
        is_own = self.is_kept and bool(self._own) and self.wanted == self._own
        self._note.setText(f"The profile “{self._own}” is replaced. {_NOTE}" if is_own else _NOTE)
        self._note.setVisible(self.is_kept)

    def _step(self) -> None:
        self._show_name()
        self.changed.emit()

    def _toggle(self, on: bool) -> None:
        self._step()
        if on:
            self.name.setFocus()

    def _connect(self) -> None:
        self.keep.toggled.connect(self._toggle)
        self.name.textEdited.connect(lambda _text: self._step())
        self.source.textEdited.connect(lambda _text: self._step())
        self.duplicates.currentIndexChanged.connect(lambda _index: self._step())

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        if self._kind is Kind.LEDGER:
            column.addWidget(self._source_field)
            column.addWidget(self._duplicates_field)
        else:
            for field in (self._source_field, self._duplicates_field):
                field.setParent(self)
                field.hide()
        column.addWidget(self.keep)
        column.addWidget(self._name_field)
        column.addWidget(self._note)
