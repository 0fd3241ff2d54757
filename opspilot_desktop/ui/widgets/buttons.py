"""Buttons with icons, named properly and in the theme's colours."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QPushButton, QToolButton, QWidget

from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.measures import CONTROL, ICON, RADIUS_CONTROL
from opspilot_desktop.ui.style import set_property
from opspilot_desktop.ui.theme import Theme

from .painting import paint_focus_ring

ButtonKind = Literal["", "primary", "link", "quiet"]

ICON_GAP = "\N{THIN SPACE}\N{THIN SPACE}"
"""Goes between icon and text on a button. A tool bar's action has it in its ``iconText``, set by hand."""

# The role of a button's icon follows from what stands behind it.
_ICON_ROLES: dict[ButtonKind, str] = {"": "dim", "primary": "on_accent", "link": "link", "quiet": "dim"}


def text_button(
    icons: Icons, text: str, icon: str = "", *, kind: ButtonKind = "", parent: QWidget | None = None
) -> QPushButton:
    """A button with a text and, if named, an icon before it."""
    button = QPushButton(parent)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    if kind == "primary":
        make_primary(button, icons.theme)
    elif kind:
        button.setProperty("kind", kind)
    if icon:
        icons.bind(button, icon, _ICON_ROLES[kind])
        button.setIconSize(QSize(ICON, ICON))
    set_button_text(button, text)
    return button


def make_primary(button: QAbstractButton, theme: Theme) -> None:
    """Fills the button; a tool bar's own button too. One for each panel or dialog."""
    set_property(button, "kind", "primary")
    _InnerRing(button, theme)


def set_button_text(button: QAbstractButton, text: str) -> None:
    """Sets the text with a gap after the icon, which a style sheet cannot give, and the clean spoken name."""
    button.setText(text if button.icon().isNull() else ICON_GAP + text)
    button.setAccessibleName(text.replace("&&", "\0").replace("&", "").replace("\0", "&"))


def icon_button(
    icons: Icons, icon: str, name: str, *, role: str = "dim", parent: QWidget | None = None
) -> QToolButton:
    """A quiet square button that shows only ``icon``; ``name`` is spoken and is its tooltip."""
    button = QToolButton(parent)
    button.setProperty("kind", "quiet")
    icons.bind(button, icon, role)
    button.setIconSize(QSize(ICON, ICON))
    button.setFixedSize(CONTROL, CONTROL)
    button.setToolTip(name)
    button.setAccessibleName(name)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button


class _InnerRing(QWidget):
    """The focus ring of a filled button: the usual one has the very colour of the button's ground."""

    def __init__(self, button: QAbstractButton, theme: Theme) -> None:
        super().__init__(button)
        self._button = button
        self._theme = theme
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setGeometry(button.rect())
        button.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self.setGeometry(self._button.rect())
        elif event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self.update()
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._button.hasFocus():
            inside = self.rect().adjusted(2, 2, -2, -2)
            paint_focus_ring(QPainter(self), inside, RADIUS_CONTROL - 2, self._theme.color("on_accent"))
