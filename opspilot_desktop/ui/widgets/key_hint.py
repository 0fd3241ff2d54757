"""Keycaps: the keys of a shortcut, each in a small outlined box."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize
from PySide6.QtGui import QKeySequence, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from opspilot_desktop.ui.theme import Theme

from .painting import paint_ground, paint_line, text_width

HEIGHT = 20
SIDE = 5
GAP = 5
RADIUS = 4


def split_keys(shortcut: QKeySequence | str) -> list[str]:
    """The keys of a shortcut as this desktop calls them: "Ctrl+Shift+F" gives Ctrl, Shift, F."""
    text = QKeySequence(shortcut).toString(QKeySequence.SequenceFormat.NativeText)
    if not text:
        return []
    keys = text.split("+")
    # The key "+" itself leaves two empty parts at the end.
    if len(keys) >= 2 and keys[-1] == keys[-2] == "":
        keys[-2:] = ["+"]
    return keys


def key_caps_width(theme: Theme, keys: list[str]) -> int:
    """The width of the keycaps in device-independent pixels."""
    if not keys:
        return 0
    return sum(_cap_width(theme, key) for key in keys) + GAP * (len(keys) - 1)


def paint_key_caps(painter: QPainter, theme: Theme, keys: list[str], left_top: QPoint) -> None:
    """Paints the keycaps from ``left_top``, each 20 px high."""
    x = left_top.x()
    for key in keys:
        cap = QRect(x, left_top.y(), _cap_width(theme, key), HEIGHT)
        paint_ground(painter, cap, RADIUS, None, theme.color("edge"))
        text = cap.adjusted((cap.width() - text_width(theme.fonts.tiny, key)) // 2, 0, 0, 0)
        paint_line(painter, text, key, theme.fonts.tiny, theme.color("dim"))
        x += cap.width() + GAP


def _cap_width(theme: Theme, key: str) -> int:
    return max(HEIGHT, text_width(theme.fonts.tiny, key) + 2 * SIDE)


class KeyHint(QWidget):
    """The keycaps of one shortcut."""

    def __init__(self, theme: Theme, shortcut: QKeySequence | str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._keys: list[str] = []
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.set_shortcut(shortcut)
        theme.changed.connect(self.update)

    def set_shortcut(self, shortcut: QKeySequence | str) -> None:
        """Shows another shortcut."""
        self._keys = split_keys(shortcut)
        self.setAccessibleName(" ".join(self._keys))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """The size of the keycaps."""
        return QSize(key_caps_width(self._theme, self._keys), HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paints the keycaps."""
        paint_key_caps(QPainter(self), self._theme, self._keys, QPoint(0, 0))
