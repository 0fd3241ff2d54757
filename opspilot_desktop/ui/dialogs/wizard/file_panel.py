"""How the file is read: by which profile, delimiter, encoding and sheet, and from which line on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QRegularExpression, Signal
from PySide6.QtGui import QRegularExpressionValidator
from PySide6.QtWidgets import QGridLayout, QLineEdit, QWidget

from opspilot_desktop.domain.text import visible
from opspilot_desktop.files.asked import ReadAs
from opspilot_desktop.files.dialect import DELIMITERS, WINDOWS_1252
from opspilot_desktop.files.looking import FileFacts, FileLook
from opspilot_desktop.files.profile import Profile
from opspilot_desktop.ui.dialogs.choice import Choice
from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.theme import Theme
from opspilot_desktop.ui.widgets.field import Field

_LAST_LINE = 1_000_000
_SHORTEST = 6  # characters that a box shows at least
_ENCODINGS = (("UTF-8 or UTF-16", ""), ("Windows-1252", WINDOWS_1252))
_PROPOSED = "None, as proposed"


class FilePanel(QWidget):
    """``changed`` comes with every step of the user that has the file read anew, ``profileChosen(Profile or
    None)`` when one of the kept profiles is to be read by."""

    changed = Signal()
    profileChosen = Signal(object)

    def __init__(self, theme: Theme, icons: Icons, facts: FileFacts, profiles: Sequence[Profile]) -> None:
        super().__init__()
        self._facts = facts
        self._read_as = ReadAs()
        self._profiles = tuple(profiles)
        self._loading = False
        self.profile = _choice("profile", [(_PROPOSED, ""), *[(each.name, each.name) for each in profiles]])
        self.delimiter = _choice(
            "delimiter", [(name.capitalize(), sign) for sign, name in DELIMITERS.items()]
        )
        self.delimiter.setPlaceholderText("As found")
        self.encoding = _choice("encoding", _ENCODINGS)
        self.sheet = _choice("sheet", ())
        self.sheet.setPlaceholderText("Choose a sheet")
        self.sheet.setCurrentIndex(-1)
        self.delimiter.setCurrentIndex(-1)
        self.header_line = _line("headerLine", "As found")
        self.first_line = _line("firstLine", "The next one")
        self._fields = {
            "profile": Field(theme, icons, "Read by the profile", self.profile),
            "delimiter": Field(theme, icons, "Delimiter", self.delimiter),
            "encoding": Field(theme, icons, "Encoding", self.encoding),
            "sheet": Field(theme, icons, "Sheet", self.sheet),
            "header": Field(theme, icons, "Column names on line", self.header_line),
            "first": Field(theme, icons, "First data on line", self.first_line),
        }
        self._connect()
        self._lay_out()

    def read_as(self) -> ReadAs:
        """What is said of the file."""
        return self._read_as

    def read_as_seen(self) -> ReadAs:
        """The same, with the delimiter that was found, which the person has seen; a comma goes without."""
        found = self.delimiter.currentData()
        if self._facts.is_workbook or self._read_as.delimiter or found in (None, ","):
            return self._read_as
        return replace(self._read_as, delimiter=found)

    def offer_sheets(self, sheets: Sequence[str]) -> None:
        """Offers the sheets between which somebody has to choose."""
        self._loading = True
        self.sheet.clear()
        for sheet in sheets:
            self.sheet.addItem(visible(sheet), sheet)
        self.sheet.setCurrentIndex(self.sheet.findData(self._read_as.sheet))
        self._fields["sheet"].show()
        self._loading = False

    def set_read_as(self, read_as: ReadAs) -> None:
        """Shows what was said, before the file has been read so."""
        self._read_as = read_as
        self._show(read_as.delimiter)

    def show_look(self, look: FileLook) -> None:
        """Shows how the file was read."""
        self._read_as = look.read_as
        self._show(look.delimiter)

    def show_profile(self, name: str) -> None:
        """Shows that one as the profile that is read by; "" for none."""
        self._loading = True
        self.profile.setCurrentIndex(max(self.profile.findData(name), 0))
        self._loading = False

    def set_encoding(self, encoding: str) -> None:
        """Chooses the encoding, as the person does in the box."""
        self.encoding.setCurrentIndex(self.encoding.findData(encoding))

    def _show(self, delimiter: str) -> None:
        self._loading = True
        self.delimiter.setCurrentIndex(self.delimiter.findData(delimiter))
        self.encoding.setCurrentIndex(self.encoding.findData(self._read_as.encoding))
        if self._read_as.sheet and self.sheet.findData(self._read_as.sheet) < 0:
            self.offer_sheets((self._read_as.sheet,))
        self._loading = True
        self.sheet.setCurrentIndex(self.sheet.findData(self._read_as.sheet))
        self.header_line.setText(str(self._read_as.header_row or ""))
        self.first_line.setText(str(self._read_as.first_row or ""))
        self._loading = False

    def _step(self, name: str, value: Any) -> None:
        if self._loading or value is None or getattr(self._read_as, name) == value:
            return
        if name == "sheet" and self._read_as.sheet:  # the lines were those of the other sheet
            self._read_as = replace(self._read_as, header_row=0, first_row=0)
        self._read_as = replace(self._read_as, **{name: value})
        self.changed.emit()

    def _choose_profile(self) -> None:
        if not self._loading:
            name = self.profile.currentData()
            self.profileChosen.emit(next((each for each in self._profiles if each.name == name), None))

    def _connect(self) -> None:
        for name, box in (("delimiter", self.delimiter), ("encoding", self.encoding), ("sheet", self.sheet)):
            box.currentIndexChanged.connect(
                lambda _index, name=name, box=box: self._step(name, box.currentData())
            )
        for name, line in (("header_row", self.header_line), ("first_row", self.first_line)):
            line.editingFinished.connect(
                lambda name=name, line=line: self._step(name, min(int(line.text() or 0), _LAST_LINE))
            )
        self.profile.currentIndexChanged.connect(lambda _index: self._choose_profile())

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(10)
        grid.addWidget(self._fields["profile"], 0, 0, 1, 2)
        grid.addWidget(self._fields["sheet"], 1, 0, 1, 2)
        for place, name in enumerate(("delimiter", "encoding", "header", "first")):
            grid.addWidget(self._fields[name], 2 + place // 2, place % 2)
        for column in (0, 1):
            grid.setColumnStretch(column, 1)
        self.setLayout(grid)
        self._fields["profile"].setVisible(bool(self._profiles))
        self._fields["sheet"].hide()
        for name in ("delimiter", "encoding"):
            self._fields[name].setVisible(not self._facts.is_workbook)


def _choice(name: str, items: Sequence[tuple[str, str]]) -> Choice:
    box = Choice()
    box.setObjectName(f"wizard:{name}")
    box.setSizeAdjustPolicy(Choice.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    box.setMinimumContentsLength(_SHORTEST)
    for text, value in items:
        box.addItem(visible(text), value)
    return box


def _line(name: str, nothing: str) -> QLineEdit:
    line = QLineEdit()
    line.setObjectName(f"wizard:{name}")
    # Blank is fine, which a validator of numbers would not let end.
    line.setValidator(QRegularExpressionValidator(QRegularExpression("[0-9]{0,7}"), line))
    line.setPlaceholderText(nothing)
    return line


def _number(line: QLineEdit) -> int:
    """The number in a line, 0 for none."""
    return min(int(line.text() or 0), _LAST_LINE)
