"""Asks whether a dropped file holds trades or ledger entries."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QRadioButton, QWidget

from opspilot_desktop.domain.fields import RECORDS, Kind
from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.theme import Theme

from .frame import DialogFrame


class KindDialog(DialogFrame):
    """``chosen(kind)`` carries "trades" or "ledger"."""

    chosen = Signal(str)

    def __init__(self, theme: Theme, icons: Icons, file: str, *, parent: QWidget | None = None) -> None:
        super().__init__(
            theme,
            icons,
            "What does this file hold?",
            f"The columns of {file} fit neither kind by their names alone.",
            primary="Import",
            width=420,
            parent=parent,
        )
        self.setObjectName("kindDialog")
        self.choices: dict[Kind, QRadioButton] = {}
        for kind, text in ((Kind.TRADES, "Trades"), (Kind.LEDGER, "Ledger entries")):
            choice = QRadioButton(text)
            choice.setObjectName(f"kind-{kind.value}")
            choice.setAccessibleName(f"{RECORDS[kind].label} file")
            choice.toggled.connect(lambda _on: self.set_primary(enabled=True))
            self.body.addWidget(choice)
            self.choices[kind] = choice
        self.set_primary(enabled=False, reason="Choose one")

    def submit(self) -> None:
        """Says what was chosen and closes."""
        for kind, choice in self.choices.items():
            if choice.isChecked():
                self.chosen.emit(kind.value)
                self.accept()
