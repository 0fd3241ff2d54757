"""Tiles: a figure with its label and a line about it; the whole tile is a button that filters."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from opspilot_desktop.ui.measures import PAGE_GUTTER, RADIUS_CARD, TILE
from opspilot_desktop.ui.theme import Theme

from .painted_button import PaintedButton
from .painting import paint_focus_ring, paint_ground, paint_line, text_height, text_width
from .plain_label import plain_tool_tip

SHORTEST = 84
TOP = 8
LABEL_GAP = 1
LINE_GAP = 2


class CardButton(PaintedButton):
    """The ground that tiles share: a card that shows hover, focus and being in force."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._active = False
        self._narrow = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @property
    def is_active(self) -> bool:
        """Whether this tile's filter is the one in force."""
        return self._active

    def set_active(self, active: bool) -> None:
        """Shows whether this tile's filter is the one in force."""
        self._active = active
        self.update()

    def set_narrow(self, narrow: bool) -> None:
        """Leaves out the third line in a narrow window."""
        self._narrow = narrow
        self.updateGeometry()
        self.update()

    def tile_height(self) -> int:
        """The height, which shrinks with the third line."""
        if not self._narrow:
            return TILE
        return TILE - text_height(self.theme.fonts.tiny) - LINE_GAP

    def minimumSizeHint(self) -> QSize:
        """Tiles give way: their texts are cut rather than the window widened."""
        return QSize(SHORTEST, self.tile_height())

    def paint_card(self, painter: QPainter) -> None:
        """Paints ground, edge and focus ring."""
        ground = "sel" if self._active else "row_hover" if self.underMouse() else "surface"
        if self.isDown():
            ground = "sunken"
        edge = "accent" if self._active else "line"
        paint_ground(painter, self.rect(), RADIUS_CARD, self.theme.color(ground), self.theme.color(edge))
        if self.hasFocus():
            paint_focus_ring(painter, self.rect(), RADIUS_CARD, self.theme.color("focus"))

    def line_rects(self) -> tuple[QRect, QRect, QRect]:
        """Where label, figure and third line stand."""
        fonts = self.theme.fonts
        left, width = PAGE_GUTTER, self.width() - 2 * PAGE_GUTTER
        label = QRect(left, TOP, width, text_height(fonts.small))
        figure = QRect(left, label.bottom() + 1 + LABEL_GAP, width, text_height(fonts.figure))
        line = QRect(left, self.height() - TOP - text_height(fonts.tiny), width, text_height(fonts.tiny))
        if not self._narrow:
            figure.moveTop((label.bottom() + line.top() + 1 - figure.height()) // 2)
        return label, figure, line


class Tile(CardButton):
    """Label, figure and one line. ``clicked`` asks for its filter."""

    def __init__(self, theme: Theme, label: str, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._label = label
        self._figure = ""
        self._line = ""
        self.set_values("–")

    @property
    def figure(self) -> str:
        """The figure shown."""
        return self._figure

    @property
    def line(self) -> str:
        """The third line, also where a narrow window hides it."""
        return self._line

    def set_label(self, label: str) -> None:
        """Names the tile anew; to be followed by ``set_values``."""
        self._label = label

    def set_values(self, figure: str, line: str = "") -> None:
        """Shows a figure and the line about it, both as they are to be read."""
        self._figure, self._line = figure, line
        name = f"{self._label}: {figure}"
        self.setAccessibleName(f"{name}, {line}" if line else name)
        self.setToolTip(plain_tool_tip(self.accessibleName()))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Wide enough for the widest of the three lines."""
        fonts = self.theme.fonts
        widest = max(text_width(fonts.small, self._label), text_width(fonts.figure, self._figure))
        if not self._narrow:
            widest = max(widest, text_width(fonts.tiny, self._line))
        return QSize(max(SHORTEST, widest + 2 * PAGE_GUTTER + 1), self.tile_height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paints the tile."""
        painter = QPainter(self)
        self.paint_card(painter)
        fonts, color = self.theme.fonts, self.theme.color
        label, figure, line = self.line_rects()
        paint_line(painter, label, self._label, fonts.small, color("dim"))
        paint_line(painter, figure, self._figure, fonts.figure, color("text"))
        if not self._narrow:
            paint_line(painter, line, self._line, fonts.tiny, color("dim"))
