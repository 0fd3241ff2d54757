"""What a table paints below and above its cells: grounds of rows, hairlines, selection bars, the ring."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QLine, QRect
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QTableView

from opspilot_desktop.ui.measures import SELECTION_BAR
from opspilot_desktop.ui.theme import Theme
from opspilot_desktop.ui.widgets.painting import paint_focus_ring


def row_rect(view: QTableView, row: int) -> QRect:
    """The whole row, as wide as the viewport."""
    return QRect(0, view.rowViewportPosition(row), view.viewport().width(), view.rowHeight(row))


def paint_grounds(
    view: QTableView, theme: Theme, hovered: int, chosen: Iterable[int], selected: QColor
) -> None:
    """The row under the mouse (-1: none) and the selected rows, each in one piece."""
    painter = QPainter(view.viewport())
    if hovered >= 0:
        painter.fillRect(row_rect(view, hovered), theme.color("row_hover"))
    for row in chosen:
        painter.fillRect(row_rect(view, row), selected)
    painter.end()


def paint_lines(view: QTableView, theme: Theme, rows: Iterable[int], chosen: Iterable[int]) -> None:
    """A hairline below each row, a bar at the left of each selected one, the ring of the current cell."""
    painter = QPainter(view.viewport())
    width = view.viewport().width()
    painter.setPen(QPen(theme.color("grid"), 1))
    bottoms = [view.rowViewportPosition(row) + view.rowHeight(row) - 1 for row in rows]
    painter.drawLines([QLine(0, bottom, width, bottom) for bottom in bottoms])
    for row in chosen:
        bar = row_rect(view, row)
        bar.setWidth(SELECTION_BAR)
        painter.fillRect(bar, theme.color("accent"))
    current = view.currentIndex()
    if view.hasFocus() and current.isValid():
        paint_focus_ring(painter, view.visualRect(current), 0, theme.color("focus"))
    painter.end()
