"""Labels that show data as it is: never as markup."""

from __future__ import annotations

import html

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QLabel, QWidget


def plain_label(
    text: str = "",
    *,
    tone: str = "text",
    font: QFont | None = None,
    wrap: bool = False,
    parent: QWidget | None = None,
) -> QLabel:
    """A label for untrusted text, in the colour of a tone the style sheet knows."""
    label = QLabel(parent)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setText(text)
    label.setProperty("tone", tone)
    label.setWordWrap(wrap)
    if font is not None:
        label.setFont(font)
    return label


def plain_tool_tip(text: str) -> str:
    """The text in a form that a tooltip shows as it is, even where it looks like markup."""
    return f"<qt>{html.escape(text)}</qt>" if "<" in text else text
