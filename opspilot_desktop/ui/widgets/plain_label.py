"""Labels that show data as it is: never as markup, and with what cannot be seen made visible."""

from __future__ import annotations

import html

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QLabel, QWidget

from opspilot_desktop.domain.text import visible


class PlainLabel(QLabel):
    """A label for untrusted text."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(text)

    def setText(self, text: str) -> None:
        """Shows the text."""
        super().setText(visible(text, prose=True))


def plain_label(
    text: str = "",
    *,
    tone: str = "text",
    font: QFont | None = None,
    wrap: bool = False,
    parent: QWidget | None = None,
) -> QLabel:
    """A label for untrusted text, in the colour of a tone the style sheet knows."""
    label = PlainLabel(text, parent)
    label.setProperty("tone", tone)
    label.setWordWrap(wrap)
    if font is not None:
        label.setFont(font)
    return label


def plain_tool_tip(text: str) -> str:
    """The text in a form that a tooltip shows as it is, even where it looks like markup."""
    text = visible(text, prose=True)
    return f"<qt>{html.escape(text)}</qt>" if "<" in text else text
