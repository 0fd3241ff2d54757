"""The block beside the comparison: a big figure, what it comes from, and when it was found."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from opspilot_desktop.ui.theme import Theme
from opspilot_desktop.ui.widgets.elided_label import ElidedLabel
from opspilot_desktop.ui.widgets.plain_label import plain_label, plain_tool_tip

from .difference import Figures


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
        self._facts = QGridLayout()
        self._facts.setContentsMargins(0, 6, 0, 0)
        self._facts.setHorizontalSpacing(8)
        self._facts.setVerticalSpacing(2)
        self._facts.setColumnStretch(0, 1)
        self._lay_out()

    @property
    def facts(self) -> list[tuple[str, str]]:
        """The facts shown, label and value."""
        labels = [self._fact(row, 0).text() for row in range(self._fact_count())]
        return list(zip(labels, [self._fact(row, 1).text() for row in range(len(labels))], strict=True))

    def show_figures(self, figures: Figures) -> None:
        """Shows the figures of another issue."""
        self.title.setText(figures.title)
        self.figure.setText(figures.figure)
        self.unit.setText(figures.unit)
        self.line.setText(figures.line)
        self.line.setVisible(bool(figures.line))
        self.warning.setText(figures.warning)
        self.warning.setVisible(bool(figures.warning))
        self._clear()
        small = self._theme.fonts.small
        for row, fact in enumerate(figures.facts):
            label = ElidedLabel(fact.label, tone="dim", font=small)
            value = plain_label(fact.value, font=small)
            value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            value.setToolTip(plain_tool_tip(fact.tip))
            value.setAccessibleName(f"{fact.label}: {fact.value}")
            self._facts.addWidget(label, row, 0)
            self._facts.addWidget(value, row, 1)

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

    def _fact_count(self) -> int:
        return sum(self._facts.itemAtPosition(row, 0) is not None for row in range(self._facts.rowCount()))

    def _fact(self, row: int, column: int) -> QLabel:
        item = self._facts.itemAtPosition(row, column)
        widget = item.widget() if item is not None else None
        assert isinstance(widget, QLabel)
        return widget

    def _clear(self) -> None:
        while (item := self._facts.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
