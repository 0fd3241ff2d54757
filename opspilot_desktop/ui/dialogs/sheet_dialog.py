"""Asks which sheet of a workbook holds the table."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from opspilot_desktop.domain.text import visible
from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.theme import Theme

from .choice import Choice
from .frame import DialogFrame


class SheetDialog(DialogFrame):
    """``chosen(sheet)`` carries the name of the sheet."""

    chosen = Signal(str)

    def __init__(
        self,
        theme: Theme,
        icons: Icons,
        file: str,
        sheets: Sequence[str],
        *,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(
            theme,
            icons,
            "Which sheet holds the table?",
            f"{file} has several sheets that are not empty.",
            primary="Import",
            width=420,
            parent=parent,
        )
        self.setObjectName("sheetDialog")
        self.choice = Choice()
        self.choice.setObjectName("sheetChoice")
        self.choice.setAccessibleName("Sheet")
        for sheet in sheets:
            self.choice.addItem(visible(sheet), sheet)
        self.choice.setCurrentIndex(-1)
        self.choice.setPlaceholderText("Choose a sheet")
        self.choice.currentIndexChanged.connect(lambda _index: self.set_primary(enabled=True))
        self.body.addWidget(self.choice)
        self.set_primary(enabled=False, reason="Choose one")

    def submit(self) -> None:
        """Says what was chosen and closes."""
        if self.choice.currentIndex() >= 0:
            self.chosen.emit(self.choice.currentData())
            self.accept()
