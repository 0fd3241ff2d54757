"""Strokes that several widgets share: rounded grounds, focus rings, one line of text."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen

from opspilot_desktop.ui.measures import FOCUS_RING


def paint_ground(
    painter: QPainter,
    rect: QRect,
    radius: float,
    ground: QColor | None,
    edge: QColor | None = None,
) -> None:
    """A rounded rectangle with an edge of one pixel inside ``rect``."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(ground if ground is not None else Qt.BrushStyle.NoBrush)
    if edge is None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawRoundedRect(QRectF(rect), radius, radius)
    else:
        painter.setPen(QPen(edge, 1))
        inset = QRectF(rect).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(inset, radius - 0.5, radius - 0.5)
    painter.restore()


def paint_focus_ring(painter: QPainter, rect: QRect, radius: float, color: QColor) -> None:
    """The focus ring, inside ``rect``, so that it takes no room of its own."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(color, FOCUS_RING))
    half = FOCUS_RING / 2
    painter.drawRoundedRect(QRectF(rect).adjusted(half, half, -half, -half), radius - half, radius - half)
    painter.restore()


def paint_line(
    painter: QPainter,
    rect: QRect,
    text: str,
    font: QFont,
    color: QColor,
    align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
) -> None:
    """One line of text, vertically centred in ``rect`` and cut with "…" where it is too long."""
    if rect.width() <= 0:
        return
    painter.setFont(font)
    painter.setPen(color)
    flags = int((align | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine).value)
    shown = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, rect.width())
    painter.drawText(rect, flags, shown)


def text_width(font: QFont, text: str) -> int:
    """The width of the text, in device-independent pixels."""
    return QFontMetrics(font).horizontalAdvance(text)


def text_height(font: QFont) -> int:
    """The height of a line, in device-independent pixels."""
    return QFontMetrics(font).height()
