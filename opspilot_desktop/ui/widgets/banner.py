"""A one-line message above or inside what it is about, with up to two things to do."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.measures import ICON, RADIUS_CONTROL
from opspilot_desktop.ui.style import set_property
from opspilot_desktop.ui.theme import Theme

from .buttons import icon_button
from .elided_label import ElidedLabel
from .painting import paint_ground
from .plain_label import plain_label

BannerKind = Literal["info", "ok", "warn", "bad"]

# kind: (ground, icon, role of the icon)
_KINDS: dict[BannerKind, tuple[str, str, str]] = {
    "info": ("sel", "info", "link"),
    "ok": ("sunken", "resolved", "ok"),
    "warn": ("diff", "warning", "warn"),
    "bad": ("CRITICAL.ground", "warning", "bad"),
}
MOST_ACTIONS = 2
HEIGHT = 36


class Banner(QWidget):
    """A message with an icon, link buttons and ×. ``wrap`` lets a message in a dialog take several lines."""

    closed = Signal()

    def __init__(
        self,
        theme: Theme,
        icons: Icons,
        kind: BannerKind = "info",
        text: str = "",
        *,
        icon: str = "",
        wrap: bool = False,
        closable: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icons = icons
        self._kind: BannerKind = kind
        self._icon = icon
        self._actions: list[QPushButton] = []
        self._label: QLabel = plain_label(wrap=True) if wrap else ElidedLabel()
        self._label.setSizePolicy(
            QSizePolicy.Policy.Ignored if not wrap else QSizePolicy.Policy.Expanding,
            QSizePolicy.Policy.Preferred,
        )
        self._row = QHBoxLayout(self)
        edge = 8 if wrap else 4
        self._row.setContentsMargins(12 + ICON + 10, edge, 6 if closable or not wrap else 12, edge)
        self._row.setSpacing(4)
        self._row.addWidget(self._label, 1)
        self.close_button = icon_button(icons, "close", "Close this message")
        self.close_button.clicked.connect(self._close)
        self._row.addWidget(self.close_button)
        self.close_button.setVisible(closable)
        self.setMinimumHeight(HEIGHT)
        height = QSizePolicy.Policy.Minimum if wrap else QSizePolicy.Policy.Fixed
        self.setSizePolicy(QSizePolicy.Policy.Expanding, height)
        theme.changed.connect(self.update)
        self.set_message(text, kind, icon=icon)

    @property
    def text(self) -> str:
        """The message."""
        return self._label.text()

    def set_message(self, text: str, kind: BannerKind | None = None, *, icon: str = "") -> None:
        """Shows another message; ``icon`` takes the place of the kind's own."""
        self._kind = kind if kind is not None else self._kind
        self._icon = icon or _KINDS[self._kind][1]
        self._label.setText(text)
        self.setAccessibleName(text)
        self.update()

    def add_action(self, text: str) -> QPushButton:
        """Adds something to do about it, as a link button. Raises ValueError for a third."""
        if len(self._actions) >= MOST_ACTIONS:
            raise ValueError("a banner has room for two actions")
        button = QPushButton(text, self)
        set_property(button, "kind", "link")
        button.setAutoDefault(True)  # or Enter on it would press the dialog's primary button
        self._actions.append(button)
        self._row.insertWidget(len(self._actions), button)
        return button

    def clear_actions(self) -> None:
        """Takes the actions away, for another message."""
        for button in self._actions:
            self._row.removeWidget(button)
            button.deleteLater()
        self._actions.clear()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paints ground and icon."""
        ground, _, role = _KINDS[self._kind]
        painter = QPainter(self)
        paint_ground(painter, self.rect(), RADIUS_CONTROL, self._theme.color(ground))
        pixmap = self._icons.pixmap(self._icon, ICON, role, self.devicePixelRatioF())
        line = min(self.height(), HEIGHT)
        painter.drawPixmap(12, (line - ICON) // 2, pixmap)

    def _close(self) -> None:
        self.hide()
        self.closed.emit()
