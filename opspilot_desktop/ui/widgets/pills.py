"""Pills: a severity (filled) or a status (outlined), always with icon and word."""

from __future__ import annotations

from PySide6.QtCore import QObject, QRect, QSize, Qt, Slot
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget

from opspilot_desktop.domain.issues import IssueStatus, Severity
from opspilot_desktop.ui.icons import TINT_ICONS, Icons
from opspilot_desktop.ui.measures import CELL_PADDING, ICON_SMALL, PILL, RADIUS_PILL
from opspilot_desktop.ui.roles import NEEDS_APPROVAL
from opspilot_desktop.ui.theme import Theme

from .painting import paint_ground, paint_line, text_width

LEFT, GAP, RIGHT = 7, 5, 9
OUTLINE_ALPHA = 0.45


_WORDS: dict[str, str] = {
    **{severity.value: severity.label for severity in Severity},
    **{status.value: status.label for status in IssueStatus},
    NEEDS_APPROVAL: "Needs approval",
}


def pill_word(value: str) -> str:
    """The word in the pill of a severity or status value. Raises KeyError for anything else."""
    return _WORDS[value]


class Pills(QObject):
    """Draws pills from a cache of pixmaps; one for the whole window, shared by tables and labels."""

    def __init__(self, theme: Theme, icons: Icons) -> None:
        super().__init__(theme)
        self.theme = theme
        self._icons = icons
        self._pixmaps: dict[tuple[str, float], QPixmap] = {}
        theme.changed.connect(self._forget)

    def size(self, value: str) -> QSize:
        """The pill's size in device-independent pixels."""
        width = LEFT + ICON_SMALL + GAP + text_width(self.theme.fonts.pill, pill_word(value)) + RIGHT
        return QSize(width, PILL)

    def pixmap(self, value: str, ratio: float) -> QPixmap:
        """The pill of a Severity or IssueStatus value, for a screen of this ratio."""
        key = (value, ratio)
        found = self._pixmaps.get(key)
        if found is None:
            found = self._pixmaps[key] = self._draw(value, ratio)
        return found

    def paint(self, painter: QPainter, rect: QRect, value: str, padding: int = CELL_PADDING) -> None:
        """The pill at the left of a table cell, vertically centred and cut at the cell's edge."""
        pixmap = self.pixmap(value, painter.device().devicePixelRatio())
        painter.save()
        painter.setClipRect(rect)
        painter.drawPixmap(rect.left() + padding, rect.top() + (rect.height() - PILL) // 2, pixmap)
        painter.restore()

    def _draw(self, value: str, ratio: float) -> QPixmap:
        size = self.size(value)
        ground = self.theme.roles.tints[value].ground
        color = self.theme.color(value)
        pixmap = QPixmap(round(size.width() * ratio), round(size.height() * ratio))
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        if ground is not None:
            paint_ground(painter, QRect(0, 0, size.width(), PILL), RADIUS_PILL, QColor(ground))
        else:
            edge = QColor(color)
            edge.setAlphaF(OUTLINE_ALPHA)
            paint_ground(painter, QRect(0, 0, size.width(), PILL), RADIUS_PILL, None, edge)
        icon = self._icons.pixmap(TINT_ICONS[value], ICON_SMALL, value, ratio)
        painter.drawPixmap(LEFT, (PILL - ICON_SMALL) // 2, icon)
        word = QRect(LEFT + ICON_SMALL + GAP, 0, size.width(), PILL)
        paint_line(painter, word, pill_word(value), self.theme.fonts.pill, color)
        painter.end()
        return pixmap

    @Slot()
    def _forget(self) -> None:
        self._pixmaps.clear()


class PillLabel(QWidget):
    """A pill outside of a table."""

    def __init__(self, pills: Pills, value: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pills = pills
        self._value = value
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.set_value(value)
        pills.theme.changed.connect(self.update)

    @property
    def value(self) -> str:
        """The Severity or IssueStatus value shown."""
        return self._value

    def set_value(self, value: str) -> None:
        """Shows another severity or status."""
        self._value = value
        self.setAccessibleName(pill_word(value))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """The size of the pill."""
        return self._pills.size(self._value)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paints the pill."""
        self._pills.paint(QPainter(self), self.rect(), self._value, padding=0)
