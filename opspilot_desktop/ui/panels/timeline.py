"""An issue's history, newest first: icon, what happened, who or what did it and when."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from opspilot_desktop.domain.situation import Event
from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.measures import ICON_SMALL
from opspilot_desktop.ui.theme import Theme
from opspilot_desktop.ui.widgets.elided_label import ElidedLabel
from opspilot_desktop.ui.widgets.plain_label import PlainLabel, plain_label, plain_tool_tip

from .history import Happening, happening

MOST = 100
"""How many events are shown; an issue has seldom more than ten."""
TEXT_LEFT = ICON_SMALL + 9
BELOW = 6


class _Words(PlainLabel):
    """What happened; a comment can be long, and words of any length can stand in it."""

    def __init__(self, text: str, theme: Theme) -> None:
        super().__init__(text)
        self.setFont(theme.fonts.small)
        self.setWordWrap(True)
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)  # a new policy forgets that the text wraps
        self.setSizePolicy(policy)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)

    def minimumSizeHint(self) -> QSize:
        """One line: a label's own idea of its least height is that of a narrower one."""
        return QSize(0, self.fontMetrics().height())


class TimelineEntry(QWidget):
    """One event, with the line that ties it to the one below."""

    def __init__(self, theme: Theme, icons: Icons, what: Happening, *, last: bool) -> None:
        super().__init__()
        self._theme = theme
        self._icons = icons
        self._what = what
        self._last = last
        self.text = _Words(what.text, theme)
        self.by = ElidedLabel(what.by, tone="dim", font=theme.fonts.small)
        self.setToolTip(plain_tool_tip(what.tip))
        self.setAccessibleName(f"{what.text}, {what.by}")
        column = QVBoxLayout(self)
        column.setContentsMargins(TEXT_LEFT, 0, 0, BELOW)
        column.setSpacing(0)
        column.addWidget(self.text)
        column.addWidget(self.by)
        theme.changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paints icon and line."""
        painter = QPainter(self)
        first_line = self.text.fontMetrics().height()
        top = max(0, (first_line - ICON_SMALL) // 2 + 1)
        if not self._last:
            middle = ICON_SMALL // 2
            painter.fillRect(
                middle, top + ICON_SMALL + 3, 1, self.height() - ICON_SMALL - 5, self._theme.color("line")
            )
        icon = self._icons.pixmap(self._what.icon, ICON_SMALL, self._what.role, self.devicePixelRatioF())
        painter.drawPixmap(0, top, icon)


class Timeline(QScrollArea):
    """The events of one issue."""

    def __init__(self, theme: Theme, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icons = icons
        self._whole = False
        self.setObjectName("issueTimeline")
        self.setAccessibleName("Timeline")
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._content = QWidget()
        self._column = QVBoxLayout(self._content)
        self._column.setContentsMargins(0, 0, 2, 8)
        self._column.setSpacing(0)
        self._column.addStretch(1)
        self.setWidget(self._content)
        self._content.setAutoFillBackground(False)
        self.viewport().setAutoFillBackground(False)

    @property
    def entries(self) -> list[TimelineEntry]:
        """The events shown, newest first."""
        widgets = [self._widget_at(place) for place in range(self._column.count())]
        return [widget for widget in widgets if isinstance(widget, TimelineEntry)]

    def show_events(self, events: Sequence[Event], severity: str) -> None:
        """Shows other events."""
        self._clear()
        shown = events[:MOST]
        for place, event in enumerate(shown):
            last = place == len(shown) - 1
            entry = TimelineEntry(self._theme, self._icons, happening(event, severity), last=last)
            self._column.insertWidget(place, entry)
        if len(events) > MOST:
            earlier = len(events) - MOST
            note = plain_label(f"and {earlier:,} earlier", tone="dim", font=self._theme.fonts.small)
            self._column.insertWidget(len(shown), note)
        self.verticalScrollBar().setValue(0)
        self.updateGeometry()

    def set_whole(self, whole: bool) -> None:
        """Takes all the height it needs, where something around it scrolls; otherwise scrolls itself."""
        self._whole = whole
        policy = Qt.ScrollBarPolicy.ScrollBarAlwaysOff if whole else Qt.ScrollBarPolicy.ScrollBarAsNeeded
        self.setVerticalScrollBarPolicy(policy)
        self.updateGeometry()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width wraps the texts elsewhere."""
        super().resizeEvent(event)
        if self._whole and event.size().width() != event.oldSize().width():
            self.updateGeometry()

    def minimumSizeHint(self) -> QSize:
        """Small while it scrolls."""
        if not self._whole:
            return QSize(120, 40)
        return QSize(120, self._column.totalHeightForWidth(max(self.viewport().width(), 120)))

    def _widget_at(self, place: int) -> QWidget | None:
        item = self._column.itemAt(place)
        return item.widget() if item is not None else None

    def _clear(self) -> None:
        for place in reversed(range(self._column.count())):
            widget = self._widget_at(place)
            if isinstance(widget, TimelineEntry | QLabel):
                self._column.removeWidget(widget)
                widget.hide()
                widget.deleteLater()
