"""How a file writes the dates of a field, and how its numbers are rounded."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QWidget

from opspilot_desktop.domain.decimals import DECIMALS
from opspilot_desktop.domain.errors import KnownError
from opspilot_desktop.domain.fields import Field
from opspilot_desktop.files.cells import CellError
from opspilot_desktop.files.formats import DateText, date_pattern
from opspilot_desktop.files.taking import Rounding, RoundingMode
from opspilot_desktop.ui.dialogs.choice import Choice
from opspilot_desktop.ui.widgets.elided_label import ElidedLabel
from opspilot_desktop.ui.widgets.plain_label import plain_label

from .editor import GAP, Editor, Tools, beside
from .sources import shortened
from .spin import Spin

ISO = "YYYY-MM-DD"
FORMS = (
    ISO,
    "YYYYMMDD",
    "DD.MM.YYYY",
    "DD/MM/YYYY",
    "MM/DD/YYYY",
    "YYYY/MM/DD",
    "DD-MM-YYYY",
    "DD-MMM-YYYY",
    "DD.MM.YY",
)
"""The forms of dates that are offered; any other can be typed."""
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def told_date(cell: str, form: str) -> str:
    """What date a cell of this form is, in words nobody can take for another: 3 Apr 2026. "" for none."""
    if not cell.strip():
        return ""
    try:
        day = date.fromisoformat(DateText(form).one(cell))
    except (CellError, KnownError):
        return ""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


class FormInput(Editor):
    """The form of a field's dates. Its value is "" while somebody still has to say it."""

    def __init__(self, tools: Tools, field: Field) -> None:
        super().__init__(tools, field)
        self.box = Choice()
        self.box.setEditable(True)
        self.box.setInsertPolicy(Choice.InsertPolicy.NoInsert)
        # Without a completer, which would make DD/MM/YYYY of a DD/MM/YY that somebody types.
        self.box.setCompleter(None)  # type: ignore[arg-type]
        self.box.addItems(FORMS)
        self.box.setObjectName(f"wizard:form:{field.name}")
        self._example = ElidedLabel(tone="dim", font=tools.theme.fonts.small)
        self._cell = ""
        edit = self.box.lineEdit()
        if edit is not None:
            edit.setPlaceholderText("Such as DD.MM.YYYY")
            edit.setAccessibleName(f"How the dates of {field.label} are written")
        row = beside(tools.labelled("Dates are written", self.box, f"How {field.label} is written"))
        row.addWidget(self._example, 1, Qt.AlignmentFlag.AlignBottom)
        self.rows.addLayout(row)
        self._example.setFixedHeight(28)
        self.box.currentTextChanged.connect(self._show_example)
        self.box.currentTextChanged.connect(self.step)

    def set_value(self, value: str) -> None:
        """See Editor."""
        self.box.setCurrentText(value)
        if not value:
            self.box.setCurrentIndex(-1)

    def read(self) -> str:
        """See Editor."""
        form = self.box.currentText()
        date_pattern(form)
        return form

    @property
    def example(self) -> str:
        """What a cell of the column is, as it is told."""
        return self._example.text()

    def show_cell(self, cell: str) -> None:
        """Tells of a cell of the column what date it is."""
        self._cell = cell.strip()
        self._show_example()

    def _show_example(self) -> None:
        told = told_date(self._cell, self.box.currentText())
        text = f"{shortened(self._cell, 24)} is {told or 'no such date'}"
        self._example.setText(text if self._cell else "")


class RoundingInput(Editor):
    """Whether a field's numbers are rounded, to how many decimals, and where a middle goes."""

    def __init__(self, tools: Tools, field: Field) -> None:
        super().__init__(tools, field)
        self.check = QCheckBox("Round to")
        self.check.setAccessibleName(f"Round {field.label}")
        self.decimals = Spin(0, DECIMALS)
        self.decimals.setAccessibleName(f"Decimals of {field.label}")
        self.mode = Choice()
        self.mode.addItem("half to even", RoundingMode.HALF_EVEN)
        self.mode.addItem("half away from 0", RoundingMode.HALF_UP)
        self.mode.setAccessibleName(f"Where a middle of {field.label} goes")
        row = QHBoxLayout()
        row.setSpacing(GAP)
        unit = plain_label("decimals,")
        widgets: tuple[QWidget, ...] = (self.check, self.decimals, unit, self.mode)
        for widget in widgets:
            row.addWidget(widget)
        row.addStretch(1)
        self.rows.addLayout(row)
        self.check.toggled.connect(self._switch)
        self.decimals.valueChanged.connect(self.step)
        self.mode.currentIndexChanged.connect(self.step)
        self.show_value(None)

    def set_value(self, value: Rounding | None) -> None:
        """See Editor."""
        shown = value if value is not None else Rounding(2)
        self.check.setChecked(value is not None)
        self.decimals.setValue(shown.decimals)
        self.mode.setCurrentIndex(self.mode.findData(shown.mode))
        self._switch()

    def read(self) -> Rounding | None:
        """See Editor."""
        if not self.check.isChecked():
            return None
        return Rounding(self.decimals.value(), RoundingMode(self.mode.currentData()))

    def _switch(self) -> None:
        for widget in (self.decimals, self.mode):
            widget.setEnabled(self.check.isChecked())
        self.step()
