"""The thin lines between parts and around them."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget


def boxed(widget: QWidget) -> QFrame:
    """The widget within an edge."""
    edge = QFrame()
    edge.setProperty("ground", "box")
    inside = QVBoxLayout(edge)
    inside.setContentsMargins(1, 1, 1, 1)
    inside.addWidget(widget)
    return edge


def hairline(*, flat: bool = False) -> QFrame:
    """A line between parts: upright, or `flat`."""
    line = QFrame()
    line.setProperty("ground", "line")
    if flat:
        line.setFixedHeight(1)
    else:
        line.setFixedWidth(1)
    return line
