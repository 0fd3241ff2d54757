"""Chips: a filter in force, or a value with its count."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from opspilot_desktop.domain.text import visible
from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.measures import CHIP, RADIUS_CONTROL
from opspilot_desktop.ui.theme import Theme

from .painted_button import PaintedButton
from .painting import paint_focus_ring, paint_ground, paint_line, text_width
from .plain_label import plain_tool_tip

SIDE = 9
GAP = 3
COUNT_GAP = 5
CROSS = 12
CROSS_ROOM = 26
WIDEST_VALUE = 240


class _Cross(PaintedButton):
    """The × at a chip's end. The keyboard removes a chip with Delete instead of one more stop."""

    def __init__(self, theme: Theme, icons: Icons, parent: QWidget) -> None:
        super().__init__(theme, parent)
        self._icons = icons
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFixedSize(CROSS_ROOM - 6, CHIP - 6)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self.underMouse():
            paint_ground(painter, self.rect(), 4, self.theme.color("track"))
        role = "text" if self.underMouse() else "dim"
        pixmap = self._icons.pixmap("close", CROSS, role, self.devicePixelRatioF())
        painter.drawPixmap((self.width() - CROSS) // 2, (self.height() - CROSS) // 2, pixmap)


class Chip(PaintedButton):
    """Field and operator dim, value bold, count dim, ×. ``clicked`` asks to edit, ``removed`` to drop it."""

    removed = Signal()

    def __init__(
        self,
        theme: Theme,
        icons: Icons,
        label: str,
        value: str,
        count: str = "",
        *,
        removable: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(theme, parent)
        self._label = visible(label)
        self._value = visible(value)
        self._count = count
        self._cross = _Cross(theme, icons, self) if removable else None
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        if self._cross is not None:
            self._cross.setAccessibleName("Remove this filter")
            self._cross.clicked.connect(self.removed)
        self.set_count(count)

    @property
    def count(self) -> str:
        """The count shown, as it is to be read."""
        return self._count

    def set_count(self, count: str) -> None:
        """Shows how many rows the filter leaves; "" shows none."""
        self._count = count
        name = f"{self._label} {self._value}".strip()
        self.setAccessibleName(f"{name}, {count}" if count else name)
        hint = f"{name}\nDelete removes it" if self._cross is not None else name
        self.setToolTip(plain_tool_tip(hint))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """As wide as its words, a very long value excepted."""
        return QSize(self._width(min(self._value_width(), WIDEST_VALUE)), CHIP)

    def minimumSizeHint(self) -> QSize:
        """The value gives way first."""
        return QSize(self._width(min(self._value_width(), 24)), CHIP)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Delete and Backspace remove it."""
        if self._cross is not None and event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.removed.emit()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keeps the × at the end."""
        super().resizeEvent(event)
        if self._cross is not None:
            self._cross.move(self.width() - self._cross.width() - 4, 3)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paints the chip."""
        painter = QPainter(self)
        theme, fonts = self.theme, self.theme.fonts
        ground = "track" if self.isDown() else "sel" if self.isChecked() else "sunken"
        edge = "accent" if self.isChecked() else "edge" if self.underMouse() else "line"
        paint_ground(painter, self.rect(), RADIUS_CONTROL, theme.color(ground), theme.color(edge))
        fixed = self._width(0)
        x = SIDE
        for text, font, role, room in (
            (self._label, fonts.small, "dim", text_width(fonts.small, self._label) + 1),
            (self._value, fonts.small_strong, "text", max(0, self.width() - fixed)),
            (self._count, fonts.small, "dim", text_width(fonts.small, self._count) + 1),
        ):
            if text:
                width = min(room, text_width(font, text) + 1)
                paint_line(painter, QRect(x, 0, width, CHIP), text, font, theme.color(role))
                x += width + (COUNT_GAP if text is self._value else GAP)
        if self.hasFocus():
            paint_focus_ring(painter, self.rect(), RADIUS_CONTROL, theme.color("focus"))

    def _value_width(self) -> int:
        return text_width(self.theme.fonts.small_strong, self._value) + 1

    def _width(self, value: int) -> int:
        small = self.theme.fonts.small
        width = SIDE + value + (CROSS_ROOM if self._cross is not None else SIDE)
        if self._label:
            width += text_width(small, self._label) + 1 + GAP
        if self._count:
            width += text_width(small, self._count) + 1 + COUNT_GAP
        return width
