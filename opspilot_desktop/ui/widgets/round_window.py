"""Windows without a frame of their own that have round corners: menus and dialogs."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QPainterPath, QRegion
from PySide6.QtWidgets import QMenu, QWidget

from opspilot_desktop.ui.measures import RADIUS_CARD


def corners_blend() -> bool:
    """Whether corners can be transparent: on X11 nothing may compose the windows, and they turn black."""
    return QGuiApplication.platformName() != "xcb"


def round_menu(menu: QMenu) -> None:
    """Lets a menu's corners be round; to be called once, before it is shown. Submenus need it too."""
    menu.setWindowFlag(Qt.WindowType.FramelessWindowHint)
    menu.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground, corners_blend())


def cut_corners(widget: QWidget) -> None:
    """Cuts the corners off a window where they cannot be transparent; to be called after each resize."""
    if not corners_blend():
        path = QPainterPath()
        path.addRoundedRect(widget.rect(), RADIUS_CARD, RADIUS_CARD)
        widget.setMask(QRegion(path.toFillPolygon().toPolygon()))
