"""Shows exactly what the next question to the copilot sends."""

from __future__ import annotations

from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.theme import Theme

from .frame import DialogFrame

HEIGHT = 420


class SentDialog(DialogFrame):
    """The text as it is sent, to read and to copy."""

    def __init__(
        self, theme: Theme, icons: Icons, fact: str, text: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(
            theme,
            icons,
            "What is sent",
            fact,
            primary="Copy",
            cancel="Close",
            icon=("eye", "dim"),
            width=680,
            parent=parent,
        )
        self.setObjectName("copilotSentDialog")
        self.text = QPlainTextEdit()
        self.text.setObjectName("copilotSentText")
        self.text.setAccessibleName("What is sent")
        self.text.setReadOnly(True)
        self.text.setTabChangesFocus(True)
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        font.setPixelSize(theme.fonts.small.pixelSize())
        self.text.setFont(font)
        self.text.setPlainText(text)
        self.text.setMinimumHeight(HEIGHT)
        self.body.addWidget(self.text, 1)
        self.set_first_focus(self.text)

    def submit(self) -> None:
        """Copies the text and stays open."""
        QGuiApplication.clipboard().setText(self.text.toPlainText())
        self.set_reason("Copied")
