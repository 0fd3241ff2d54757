"""An icon that stands by itself and keeps to the theme's colours."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.measures import ICON_SMALL
from opspilot_desktop.ui.theme import Theme


class IconLabel(QWidget):
    """Decoration only: it has no name of its own, because a word always stands beside it."""

    def __init__(
        self,
        theme: Theme,
        icons: Icons,
        name: str = "",
        role: str = "dim",
        size: int = ICON_SMALL,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._icons = icons
        self._name = name
        self._role = role
        self._size = size
        self.setFixedSize(QSize(size, size))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        if not name:
            self.hide()
        theme.changed.connect(self.update)

    @property
    def icon_name(self) -> str:
        """The icon shown, "" for none."""
        return self._name

    def set_icon(self, name: str, role: str = "dim") -> None:
        """Shows another icon, in the colour of a role, severity or status."""
        self._name, self._role = name, role
        if self.parentWidget() is not None:
            self.show()
        else:  # showing it now would open a window of its own; let the parent to come show it
            self.setAttribute(Qt.WidgetAttribute.WA_WState_ExplicitShowHide, False)
        self.update()

    def clear(self) -> None:
        """Shows nothing and takes no room."""
        self._name = ""
        self.setVisible(False)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paints the icon."""
        if self._name:
            pixmap = self._icons.pixmap(self._name, self._size, self._role, self.devicePixelRatioF())
            QPainter(self).drawPixmap(0, 0, pixmap)
