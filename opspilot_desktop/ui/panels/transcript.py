"""The conversation with the copilot: own questions, answers, and notices about what went wrong."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.measures import ICON_LARGE, ICON_SMALL, RADIUS_CONTROL
from opspilot_desktop.ui.theme import Theme
from opspilot_desktop.ui.widgets.buttons import text_button
from opspilot_desktop.ui.widgets.icon_label import IconLabel
from opspilot_desktop.ui.widgets.painting import paint_focus_ring
from opspilot_desktop.ui.widgets.plain_label import plain_label

from .answer_view import AnswerView

GUTTER = 14
NEAR_END = 24
"""Within so many pixels of the end the view follows what arrives."""
BUBBLE_SHARE = 0.86
LINK_PADDING = 9
"""What a link button has before its text, which is to stand under the text above."""


class Transcript(QScrollArea):
    """Question bubbles at the right, answers over the whole width. Follows the end unless scrolled away."""

    retry_requested = Signal()
    settings_requested = Signal()

    def __init__(self, theme: Theme, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icons = icons
        self._follows = True
        self._items: list[QWidget] = []
        self.setObjectName("copilotTranscript")
        self.setAccessibleName("Conversation")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # so that the keyboard can scroll it
        self.empty = EmptyChat(theme, icons)
        self.empty.settings_requested.connect(self.settings_requested)
        self._column = QWidget()
        self._layout = QVBoxLayout(self._column)
        self._layout.setContentsMargins(GUTTER, 6, GUTTER, 12)
        self._layout.setSpacing(10)
        self._layout.addWidget(self.empty, 1)
        self._layout.addStretch(0)
        self.setWidget(self._column)
        self._column.setAutoFillBackground(False)  # setWidget switches it on, and a grey ground with it
        self.viewport().setAutoFillBackground(False)
        bar = self.verticalScrollBar()
        bar.valueChanged.connect(self._note_place)
        bar.rangeChanged.connect(self._follow)

    def add_question(self, text: str) -> None:
        """Shows the user's question; from here on the view follows the end again."""
        self.retire_actions()
        self._follows = True
        self._add(Bubble(self._theme, text))

    def begin_answer(self, waiting: str) -> AnswerView:
        """Adds an answer that is to come; `waiting` is shown until its first piece."""
        answer = AnswerView(self._theme, self._icons, waiting)
        self._add(answer)
        return answer

    def add_notice(self, sentence: str, kind: str, *, retry: bool, settings: bool) -> None:
        """Says in one sentence why there is no answer, with what can be done; `kind` is warn or info."""
        notice = Notice(self._theme, self._icons, sentence, kind, retry=retry, settings=settings)
        notice.retry_requested.connect(self.retry_requested)
        notice.settings_requested.connect(self.settings_requested)
        self._add(notice)

    def remove(self, item: QWidget) -> None:
        """Takes an item away, such as an answer of which nothing came."""
        self._items.remove(item)
        self._layout.removeWidget(item)
        item.hide()
        item.deleteLater()

    def clear(self) -> None:
        """Forgets everything and shows the empty state."""
        for item in list(self._items):
            self.remove(item)
        self.empty.show()
        self._layout.setStretch(self._layout.count() - 1, 0)

    def toPlainText(self) -> str:
        """The whole conversation as text."""
        return "\n\n".join(_text_of(item) for item in self._items)

    def retire_actions(self) -> None:
        """Retry means the newest question: an older notice no longer offers it."""
        for item in self._items:
            if isinstance(item, Notice):
                item.retire()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Shows the ring."""
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Takes the ring away."""
        super().focusOutEvent(event)
        self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paints the ring, in the gutters of what is shown."""
        super().paintEvent(event)
        if self.hasFocus():
            area = self.viewport().rect().adjusted(2, 0, -2, 0)
            paint_focus_ring(QPainter(self.viewport()), area, RADIUS_CONTROL, self._theme.color("focus"))

    def _add(self, item: QWidget) -> None:
        self.empty.hide()
        self._layout.setStretch(self._layout.count() - 1, 1)
        self._items.append(item)
        self._layout.insertWidget(self._layout.count() - 1, item)

    def _note_place(self, value: int) -> None:
        self._follows = value >= self.verticalScrollBar().maximum() - NEAR_END

    def _follow(self, _minimum: int, maximum: int) -> None:
        if self._follows:
            self.verticalScrollBar().setValue(maximum)


class Bubble(QWidget):
    """The user's own question, in a bubble at the right."""

    def __init__(self, theme: Theme, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._frame = QFrame()
        self._frame.setProperty("ground", "sunken")
        self.label = plain_label(text, wrap=True)
        self.label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.label.setAccessibleName(f"You asked: {text}")
        inside = QHBoxLayout(self._frame)
        inside.setContentsMargins(10, 6, 10, 6)
        inside.addWidget(self.label)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 6, 0, 2)
        row.addStretch(1)
        row.addWidget(self._frame)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Makes the bubble as wide as its text needs, up to its share of the column."""
        super().resizeEvent(event)
        most = int(event.size().width() * BUBBLE_SHARE) - 20
        metrics = self.label.fontMetrics()
        lines = self.label.text().splitlines() or [""]
        natural = max(metrics.horizontalAdvance(line) for line in lines) + 4
        self.label.setFixedWidth(max(1, min(natural, most)))
        self.label.setFixedHeight(self.label.heightForWidth(self.label.width()))


class Notice(QWidget):
    """One sentence about what went wrong, and links to its remedies."""

    retry_requested = Signal()
    settings_requested = Signal()

    def __init__(
        self,
        theme: Theme,
        icons: Icons,
        sentence: str,
        kind: str,
        *,
        retry: bool,
        settings: bool,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        sign = ("warning", "warn") if kind == "warn" else ("info", "dim")
        self.label = plain_label(sentence, tone="text", font=theme.fonts.small, wrap=True)
        self.label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._actions: list[QPushButton] = []
        actions = QHBoxLayout()
        actions.setSpacing(4)
        actions.setContentsMargins(ICON_SMALL + 8 - LINK_PADDING, 0, 0, 0)
        if retry:
            actions.addWidget(self._action(icons, "Retry", "copilotRetry", self.retry_requested))
        if settings:
            actions.addWidget(
                self._action(icons, "Open Settings", "copilotSettings", self.settings_requested)
            )
        actions.addStretch(1)
        words = QHBoxLayout()
        words.setSpacing(8)
        words.addWidget(IconLabel(theme, icons, *sign, size=ICON_SMALL), 0, Qt.AlignmentFlag.AlignTop)
        words.addWidget(self.label, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 2, 0, 2)
        column.setSpacing(0)
        column.addLayout(words)
        column.addLayout(actions)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)

    def retire(self) -> None:
        """Takes the actions away: there is a newer question."""
        for action in self._actions:
            action.hide()

    def _action(self, icons: Icons, text: str, name: str, signal: object) -> QPushButton:
        button = text_button(icons, text, kind="link")
        button.setObjectName(name)
        button.clicked.connect(signal)
        self._actions.append(button)
        return button


class EmptyChat(QWidget):
    """What the dock shows before the first question."""

    settings_requested = Signal()

    def __init__(self, theme: Theme, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        middle = Qt.AlignmentFlag.AlignHCenter
        title = plain_label("Ask about any issue", font=theme.fonts.strong)
        self.text = plain_label(tone="dim", font=theme.fonts.small, wrap=True)
        self.text.setAlignment(middle)
        # The height of wrapped text follows from the width, which only the layout knows.
        self.text.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        self.settings = text_button(icons, "Open Settings", kind="link")
        self.settings.clicked.connect(self.settings_requested)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addStretch(1)
        column.addWidget(IconLabel(theme, icons, "copilot", "link", ICON_LARGE), 0, middle)
        column.addWidget(title, 0, middle)
        column.addWidget(self.text)
        column.addWidget(self.settings, 0, middle)
        column.addStretch(1)


def _text_of(item: QWidget) -> str:
    if isinstance(item, AnswerView):
        return item.plain_text()
    return item.label.text() if isinstance(item, Bubble | Notice) else ""
