"""The holidays that are no business days: a country's, an exchange's, or none."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QCompleter, QVBoxLayout

from opspilot_desktop.domain.errors import KnownError
from opspilot_desktop.operations.rules import Choices
from opspilot_desktop.recon.rule_facts import SETTING_LABELS
from opspilot_desktop.ui.dialogs.choice import Choice
from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.theme import Theme
from opspilot_desktop.ui.widgets.field import Field

from .setting_input import SettingInput

NONE = "None: weekends alone"


class CalendarInput(SettingInput):
    """A list to choose from, in which one can type a code or a part of a name."""

    def __init__(self, theme: Theme, icons: Icons) -> None:
        super().__init__("calendar")
        self.box = Choice()
        self.box.setObjectName("rules:calendar")
        self.box.setEditable(True)
        self.box.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        completer = QCompleter(self.box.model(), self.box)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.box.setCompleter(completer)
        self.field = Field(theme, icons, SETTING_LABELS["calendar"], self.box, note="Country or exchange")
        self._known = {"": NONE}
        self.box.addItem(NONE, "")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.field)
        self.box.currentTextChanged.connect(lambda _text: self.changed.emit())

    def set_value(self, value: str) -> None:
        """See SettingInput."""
        if value not in self._known:  # its name comes with the list
            self._add(value, value)
        self.box.setCurrentIndex(self.box.findData(value))
        self.box.setEditText(self._known[value])

    def value(self) -> str:
        """See SettingInput."""
        typed = self.box.currentText().strip().casefold()
        for code, label in self._known.items():
            if typed in (label.casefold(), code.casefold()):
                self.field.set_error("")
                return code
        sentence = (
            f"There is no holiday calendar “{self.box.currentText().strip()}”; choose one from the list."
        )
        self.field.set_error(sentence)
        raise KnownError(sentence)

    def offer(self, choices: Choices) -> None:
        """See SettingInput."""
        blocked = self.box.blockSignals(True)
        text = self.box.currentText()
        for code, name in choices.calendars:
            label = f"{code} – {name}"
            if code in self._known:
                self.box.setItemText(self.box.findData(code), label)
                text = label if text == self._known[code] else text
                self._known[code] = label
            else:
                self._add(code, label)
        self.box.setCurrentIndex(self.box.findText(text))
        self.box.setEditText(text)
        self.box.blockSignals(blocked)

    def _add(self, code: str, label: str) -> None:
        self._known[code] = label
        self.box.addItem(label, code)
