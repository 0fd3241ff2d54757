from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from opspilot_desktop.ui.panels.difference_block import DifferenceBlock
from opspilot_desktop.ui.panels.figures import Fact, Figures
from opspilot_desktop.ui.theme import Theme

FIGURES = Figures(
    "Difference",
    "−1,250.00",
    "EUR",
    "about 9.87 bp of the trade",
    (Fact("Quantity × price", "1,265,955.00", "1,850 × 684.30"), Fact("Tolerance", "0.01")),
)


def test_it_shows_the_figures_and_they_can_be_selected(theme: Theme, qtbot: QtBot) -> None:
    block = DifferenceBlock(theme)
    qtbot.addWidget(block)
    block.show_figures(FIGURES)
    block.show()
    assert block.figure.text() == "−1,250.00"
    assert block.facts == [("Quantity × price", "1,265,955.00"), ("Tolerance", "0.01")]
    assert not block.warning.isVisible()
    selectable = Qt.TextInteractionFlag.TextSelectableByMouse
    assert block.figure.textInteractionFlags() & selectable
    names = [label.accessibleName() for label in block.findChildren(QLabel)]
    assert "Tolerance: 0.01" in names


def test_figures_are_not_cut_where_labels_are(theme: Theme, qtbot: QtBot) -> None:
    block = DifferenceBlock(theme)
    qtbot.addWidget(block)
    block.setFixedWidth(200)
    block.show_figures(Figures("Difference", "1", facts=(Fact("A very long label indeed", "1,234,567.89"),)))
    block.show()
    value = next(label for label in block.findChildren(QLabel) if label.text() == "1,234,567.89")
    assert value.width() >= value.fontMetrics().horizontalAdvance(value.text())


def test_another_issue_replaces_everything(theme: Theme, qtbot: QtBot) -> None:
    block = DifferenceBlock(theme)
    qtbot.addWidget(block)
    block.show_figures(FIGURES)
    block.show_figures(Figures("Quantity", "5", warning="The rows have changed since."))
    block.show()
    assert block.facts == []
    assert block.title.text() == "Quantity"
    assert not block.line.isVisible()
    assert block.warning.isVisible()
