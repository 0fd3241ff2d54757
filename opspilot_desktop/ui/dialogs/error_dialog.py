"""Messages: what the user can mend, in one sentence; and a defect of the program, with its report."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QLabel, QPlainTextEdit, QWidget

from opspilot_desktop.crash import Crash
from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.theme import Theme
from opspilot_desktop.ui.widgets.buttons import set_button_text
from opspilot_desktop.ui.widgets.plain_label import plain_label

from .frame import DialogFrame

REPORT_HEIGHT = 240


class MessageDialog(DialogFrame):
    """A KnownError's sentence, or another that has to be read, under what was being done."""

    def __init__(
        self,
        theme: Theme,
        icons: Icons,
        title: str,
        sentence: str,
        *,
        icon: tuple[str, str] | None = ("warning", "warn"),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(
            theme, icons, title, primary="OK", cancel="Close", icon=icon, width=480, parent=parent
        )
        self.setObjectName("messageDialog")
        self.sentence = plain_label(sentence, wrap=True)
        self.sentence.setObjectName("messageText")
        _make_copyable(self.sentence)
        self.setAccessibleDescription(sentence)
        self.body.addWidget(self.sentence)
        self.primary.setObjectName("messageOk")
        self.cancel.hide()


class CrashDialog(DialogFrame):
    """The redacted report of a defect; it can be copied, and the program goes on."""

    def __init__(self, theme: Theme, icons: Icons, crash: Crash, *, parent: QWidget | None = None) -> None:
        super().__init__(
            theme,
            icons,
            "Something went wrong in the program",
            "Nothing half done was stored. Keys, passwords and your home folder are masked in the report.",
            primary="Close",
            cancel="Copy report",
            icon=("warning", "bad"),
            width=680,
            parent=parent,
        )
        self.setObjectName("crashDialog")
        self.report = QPlainTextEdit(crash.report)
        self.report.setObjectName("crashReport")
        self.report.setAccessibleName("Report")
        self.report.setReadOnly(True)
        self.report.setTabChangesFocus(True)
        self.report.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        font.setPixelSize(theme.fonts.small.pixelSize())
        self.report.setFont(font)
        self.report.setFixedHeight(REPORT_HEIGHT)
        self.body.addWidget(self.report)
        self.place = plain_label(
            f"Saved in {crash.path}" if crash.path is not None else "It could not be saved; copy it.",
            tone="dim",
            font=theme.fonts.small,
            wrap=True,
        )
        _make_copyable(self.place)
        self.body.addWidget(self.place)
        self.primary.setObjectName("crashClose")
        self.set_first_focus(self.primary)
        self.copy = self.cancel
        self.copy.setObjectName("crashCopy")
        self.copy.clicked.disconnect(self.reject)
        self.copy.clicked.connect(self._copy)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.report.toPlainText())
        set_button_text(self.copy, "Copied")


def _make_copyable(label: QLabel) -> None:
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
