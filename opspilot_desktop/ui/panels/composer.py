"""Where a question is typed: the box, what is sent, and Send or Stop."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPlainTextEdit, QStackedWidget, QVBoxLayout, QWidget

from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.measures import RADIUS_CARD
from opspilot_desktop.ui.theme import Theme
from opspilot_desktop.ui.widgets.buttons import text_button
from opspilot_desktop.ui.widgets.elided_label import ElidedLabel
from opspilot_desktop.ui.widgets.painting import paint_focus_ring, paint_ground

MOST_LINES = 6


class QuestionEdit(QPlainTextEdit):
    """Plain text that grows with its lines; Enter sends, Shift+Enter begins a line, Esc stops."""

    submitted = Signal()
    cancelled = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "plain")
        self.setObjectName("copilotInput")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setTabChangesFocus(True)
        self.setAcceptDrops(False)  # a file dropped here is meant for the import
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFont(theme.fonts.base)
        self.document().setDocumentMargin(0)
        self.textChanged.connect(self.fit)
        self.fit()

    def fit(self) -> None:
        """Takes the height of the lines there are, up to six."""
        lines = max(1, int(self.document().documentLayout().documentSize().height()))
        wanted = min(lines, MOST_LINES) * self.fontMetrics().lineSpacing() + 4
        if wanted != self.height():
            self.setFixedHeight(wanted)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Sends on Enter, whatever keyboard it is on."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
                self.insertPlainText("\n")
                self.ensureCursorVisible()
            else:
                self.submitted.emit()
        elif event.key() == Qt.Key.Key_Escape:
            self.cancelled.emit()
        else:
            super().keyPressEvent(event)


class Composer(QWidget):
    """The box at the foot of the dock. `send` carries the question."""

    send = Signal(str)
    stop = Signal()
    preview = Signal()

    def __init__(self, theme: Theme, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.input = QuestionEdit(theme)
        self.what_is_sent = text_button(icons, "What is sent", kind="link")
        self.what_is_sent.setObjectName("copilotPreview")
        self.what_is_sent.setFont(theme.fonts.small)
        self.summary = ElidedLabel(tone="dim", font=theme.fonts.small)
        self.send_button = text_button(icons, "Send", "send")
        self.send_button.setObjectName("copilotSend")
        self.stop_button = text_button(icons, "Stop", "stop")
        self.stop_button.setObjectName("copilotStop")
        self._buttons = QStackedWidget()
        for button in (self.send_button, self.stop_button):
            self._buttons.addWidget(button)
        self._lay_out()
        self.input.submitted.connect(self._submit)
        self.input.cancelled.connect(self._cancel)
        self.input.textChanged.connect(self._enable)
        self.input.installEventFilter(self)
        self.send_button.clicked.connect(self._submit)
        self.stop_button.clicked.connect(self.stop)
        self.what_is_sent.clicked.connect(self.preview)
        theme.changed.connect(self.update)
        self.set_busy(False)

    @property
    def is_busy(self) -> bool:
        """Whether Stop stands in the place of Send."""
        return self._buttons.currentWidget() is self.stop_button

    def question(self) -> str:
        """What is typed, without the space around it."""
        return self.input.toPlainText().strip()

    def clear(self) -> None:
        """Empties the box."""
        self.input.clear()

    def set_subject(self, placeholder: str, summary: str) -> None:
        """Says what a question is about, and how much of it is sent."""
        self.input.setPlaceholderText(placeholder)
        self.input.setAccessibleName(placeholder.rstrip("…"))
        self.summary.setText(summary)

    def set_busy(self, busy: bool) -> None:
        """Puts Stop in the place of Send while an answer arrives, and back."""
        shown = self._buttons.currentWidget()
        had_focus = shown is not None and shown.hasFocus()
        self._buttons.setCurrentWidget(self.stop_button if busy else self.send_button)
        self._enable()
        if had_focus:
            (self.stop_button if busy else self.input).setFocus(Qt.FocusReason.OtherFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Paints the ring around the whole box when the input gets or loses the focus."""
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self.update()
        elif event.type() == QEvent.Type.Resize:
            self.input.fit()
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paints the box."""
        painter = QPainter(self)
        color = self._theme.color
        paint_ground(painter, self.rect(), RADIUS_CARD, color("surface"), color("control"))
        if self.input.hasFocus():
            paint_focus_ring(painter, self.rect(), RADIUS_CARD, color("focus"))

    def sizeHint(self) -> QSize:
        """As narrow as the dock allows."""
        return QSize(200, super().sizeHint().height())

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self.what_is_sent)
        row.addWidget(self.summary, 1)
        row.addWidget(self._buttons)
        self._buttons.setSizePolicy(self.stop_button.sizePolicy())
        column = QVBoxLayout(self)
        above = QHBoxLayout()
        above.setContentsMargins(9, 0, 4, 0)
        above.addWidget(self.input)
        # The link's own padding puts its text under the question's.
        column.setContentsMargins(2, 9, 6, 6)
        column.setSpacing(6)
        column.addLayout(above)
        column.addLayout(row)

    def _enable(self) -> None:
        self.send_button.setEnabled(bool(self.question()))

    def _submit(self) -> None:
        if self.question() and not self.is_busy:
            self.send.emit(self.question())

    def _cancel(self) -> None:
        if self.is_busy:
            self.stop.emit()
