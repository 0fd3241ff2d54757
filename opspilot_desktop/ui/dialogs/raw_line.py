"""A row as it stands in its file: plain text of equal widths, with what cannot be seen made visible."""

from __future__ import annotations

from PySide6.QtGui import QFontDatabase, QTextOption
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QVBoxLayout, QWidget

from opspilot_desktop.domain.text import visible
from opspilot_desktop.ui.theme import Theme
from opspilot_desktop.ui.widgets.plain_label import plain_label

HEIGHT = 64


class RawLine(QWidget):
    """Below a table of rows: the raw line of the one that is chosen, and a remark about it."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._label = plain_label(tone="dim", font=theme.fonts.small)
        self.note = plain_label(tone="dim", font=theme.fonts.small, wrap=True)
        self.text = QPlainTextEdit()
        self.text.setObjectName("rowErrorsRawLine")
        self.text.setReadOnly(True)
        self.text.setTabChangesFocus(True)
        self.text.setFrameShape(QFrame.Shape.NoFrame)
        self.text.setWordWrapMode(QTextOption.WrapMode.WrapAnywhere)
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        font.setPixelSize(theme.fonts.small.pixelSize())
        self.text.setFont(font)
        self.text.setFixedHeight(HEIGHT)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self._label)
        column.addWidget(self.text)
        column.addWidget(self.note)

    def show_line(self, label: str, text: str, note: str) -> None:
        """Shows a line under its label, with a remark below."""
        self._label.setText(label)
        self.text.setAccessibleName(label)
        self.text.setPlainText(visible(text))
        self.note.setText(note)
