"""The block beside the comparison: a big figure, what it comes from, and when it was found."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from opspilot_desktop.ui.theme import Theme
from opspilot_desktop.ui.widgets.elided_label import ElidedLabel
from opspilot_desktop.ui.widgets.plain_label import plain_label, plain_tool_tip

from .figures import Fact, Figures


class _FactRow(QWidget):
    """A label, which gives way, and its figure, which does not."""

    def __init__(self, theme: Theme, fact: Fact) -> None:
        super().__init__()
        small = theme.fonts.small
        self.label = ElidedLabel(fact.label, tone="dim", font=small)
        self.value = plain_label(fact.value, font=small)
        self.value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.value.setAccessibleName(f"{fact.label}: {fact.value}")
        self.setToolTip(plain_tool_tip(fact.tip))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.label, 1)
        row.addWidget(self.value)


class DifferenceBlock(QWidget):
    """Everything in it can be selected with the mouse and copied."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        small = theme.fonts.small
        self.title = plain_label(tone="dim", font=small)
        self.figure = plain_label(font=theme.fonts.figure)
        self.unit = plain_label(tone="dim")
        self.line = plain_label(font=small, wrap=True)
        self.warning = plain_label(tone="warn", font=small, wrap=True)
        self.figure.setObjectName("differenceFigure")
        for label in (self.figure, self.unit, self.line):
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._facts = QVBoxLayout()
        self._facts.setContentsMargins(0, 6, 0, 0)
        self._facts.setSpacing(2)
        self._rows: list[_FactRow] = []
        self._lay_out()

    @property
    def facts(self) -> list[tuple[str, str]]:
        """The facts shown, label and value."""
        return [(row.label.text(), row.value.text()) for row in self._rows]

    def show_figures(self, figures: Figures) -> None:
        """Shows the figures of another issue."""
        self.title.setText(figures.title)
        self.figure.setText(figures.figure)
        self.unit.setText(figures.unit)
        self.line.setText(figures.line)
        self.line.setVisible(bool(figures.line))
        self.warning.setText(figures.warning)
        self.warning.setVisible(bool(figures.warning))
        for row in self._rows:
            self._facts.removeWidget(row)
            row.hide()
            row.deleteLater()
        self._rows = [_FactRow(self._theme, fact) for fact in figures.facts]
        for row in self._rows:
            self._facts.addWidget(row)

    def _lay_out(self) -> None:
        figure = QHBoxLayout()
        figure.setSpacing(7)
        figure.addWidget(self.figure, 0, Qt.AlignmentFlag.AlignBottom)
        figure.addWidget(self.unit, 0, Qt.AlignmentFlag.AlignBottom)
        figure.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(1)
        column.addWidget(self.title)
        column.addLayout(figure)
        column.addWidget(self.line)
        column.addLayout(self._facts)
        column.addWidget(self.warning)
        column.addStretch(1)
