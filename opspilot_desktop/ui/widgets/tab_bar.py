"""A flat tab bar with a count beside each tab's text."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QTabBar, QWidget

from opspilot_desktop.ui.measures import RADIUS_CONTROL, RADIUS_PILL, TAB
from opspilot_desktop.ui.theme import Theme

from .painting import paint_focus_ring, paint_ground, paint_line, text_height, text_width

FIRST = 2  # so that the first text stands near the page gutter
SIDE = 14
UNDERLINE_INSET = 10
UNDERLINE = 2
BADGE_GAP = 7
BADGE_SIDE = 7


class TabBar(QTabBar):
    """Paints its tabs itself: a sheet knows neither badges beside the text nor the width of a bold tab."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setDrawBase(False)
        self.setDocumentMode(True)
        self.setExpanding(False)
        self.setMouseTracking(True)
        self.setUsesScrollButtons(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFont(theme.fonts.medium)
        theme.changed.connect(self.update)

    def set_count(self, index: int, count: str) -> None:
        """Shows the count (as it is to be read, "1,204") beside the tab's text; "" shows none."""
        if self.count_of(index) == count:
            return
        # The text is set again because only that makes a tab bar measure its tabs anew.
        self.setTabData(index, count)
        text = self.tabText(index)
        self.setAccessibleTabName(index, f"{text.replace('&', '')}, {count}" if count else "")
        self.setTabText(index, text)
        self.updateGeometry()
        self.update()

    def count_of(self, index: int) -> str:
        """The count shown beside the tab's text, "" for none."""
        data = self.tabData(index)
        return data if isinstance(data, str) else ""

    def tabSizeHint(self, index: int) -> QSize:
        """Text, badge and padding."""
        width = text_width(self.font(), self._text(index)) + 2 * SIDE
        if count := self.count_of(index):
            width += BADGE_GAP + self._badge_width(count)
        return QSize(width + (FIRST if index == 0 else 0), TAB)

    def minimumTabSizeHint(self, index: int) -> QSize:
        """The same: tabs are scrolled, not cut."""
        return self.tabSizeHint(index)

    def sizeHint(self) -> QSize:
        """As high as the look has it."""
        return QSize(super().sizeHint().width(), TAB)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paints tabs, badges, underline, hairline and focus ring."""
        painter = QPainter(self)
        under_mouse = self.mapFromGlobal(self.cursor().pos()) if self.underMouse() else None
        hovered = self.tabAt(under_mouse) if under_mouse is not None else -1
        painter.fillRect(0, self.height() - 1, self.width(), 1, self._theme.color("line"))
        for index in range(self.count()):
            if self.isTabVisible(index):
                self._paint_tab(painter, index, hovered == index)

    def _paint_tab(self, painter: QPainter, index: int, hovered: bool) -> None:
        theme = self._theme
        rect = self.tabRect(index)
        if index == 0:
            rect.setLeft(rect.left() + FIRST)
        current = index == self.currentIndex()
        role = "control" if not self.isTabEnabled(index) else "text" if current or hovered else "dim"
        text = self._text(index)
        left = rect.left() + SIDE
        width = text_width(self.font(), text) + 1
        paint_line(painter, QRect(left, rect.top(), width, TAB), text, self.font(), theme.color(role))
        if count := self.count_of(index):
            font = theme.fonts.badge
            height = text_height(font) + 3
            badge = QRect(left + width - 1 + BADGE_GAP, 0, self._badge_width(count), height)
            badge.moveTop(rect.top() + (TAB - height) // 2)
            paint_ground(
                painter, badge, min(RADIUS_PILL, height / 2), theme.color("sel" if current else "sunken")
            )
            paint_line(
                painter,
                badge,
                count,
                font,
                theme.color("text" if current else "dim"),
                Qt.AlignmentFlag.AlignHCenter,
            )
        if current:
            inner = rect.adjusted(UNDERLINE_INSET, 0, -UNDERLINE_INSET, 0)
            bottom = self.height() - 1 - UNDERLINE
            painter.fillRect(inner.left(), bottom, inner.width(), UNDERLINE, theme.color("accent"))
            if self.hasFocus():
                ring = rect.adjusted(4, 4, -4, -5)
                paint_focus_ring(painter, ring, RADIUS_CONTROL, theme.color("focus"))

    def _text(self, index: int) -> str:
        return self.tabText(index).replace("&&", "\0").replace("&", "").replace("\0", "&")

    def _badge_width(self, count: str) -> int:
        return text_width(self._theme.fonts.badge, count) + 2 * BADGE_SIDE
