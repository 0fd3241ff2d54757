"""The shade over a window while a dialog is open, with the dialog's soft shadow."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QRegion
from PySide6.QtWidgets import QDialog, QWidget

from opspilot_desktop.ui.measures import RADIUS_CARD
from opspilot_desktop.ui.theme import Theme
from opspilot_desktop.ui.widgets.painting import paint_ground

SHADE = QColor(13, 16, 23)
SHADE_LIGHT, SHADE_DARK = 0.38, 0.50
SHADOW_WIDTH = 14
SHADOW_STEP = 0.042  # the opacity each of the shadow's rings adds


class Scrim(QWidget):
    """Covers ``window`` until ``dialog`` is done; it belongs to the window and takes no focus."""

    def __init__(self, theme: Theme, window: QWidget, dialog: QDialog) -> None:
        super().__init__(window)
        self._theme = theme
        self._dialog = dialog
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setGeometry(window.rect())
        window.installEventFilter(self)
        # A dialog over a dialog: the corners of the one below are round.
        self._radius = RADIUS_CARD if isinstance(window, QDialog) else 0
        dialog.installEventFilter(self)
        theme.changed.connect(self.update)
        self.raise_()
        self.show()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follows the window's size, and the dialog for the sake of its shadow."""
        kind = event.type()
        window = self.parentWidget()
        if watched is window and kind == QEvent.Type.Resize:
            self.setGeometry(window.rect())
        elif watched is self._dialog and kind in (QEvent.Type.Move, QEvent.Type.Resize, QEvent.Type.Show):
            self.update()
        elif watched is self._dialog and kind == QEvent.Type.Hide and not event.spontaneous():
            self._end()
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paints the shade and the shadow."""
        painter = QPainter(self)
        shade = QColor(SHADE)
        shade.setAlphaF(SHADE_DARK if self._theme.is_dark else SHADE_LIGHT)
        paint_ground(painter, self.rect(), self._radius, shade)
        if not self._dialog.isVisible():
            return
        shadow = QColor(SHADE)
        shadow.setAlphaF(SHADOW_STEP)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(shadow)
        inner = QRect(self.mapFromGlobal(self._dialog.pos()), self._dialog.size())
        # What the dialog covers anyway is most of the area, and fourteen times as slow to blend as to leave.
        covered = inner.adjusted(RADIUS_CARD, RADIUS_CARD, -RADIUS_CARD, -RADIUS_CARD)
        painter.setClipRegion(QRegion(self.rect()).subtracted(QRegion(covered)))
        for spread in range(SHADOW_WIDTH, 0, -1):
            ring = QRectF(inner).adjusted(-spread, -spread + 2, spread, spread + 2)
            painter.drawRoundedRect(ring, RADIUS_CARD + spread, RADIUS_CARD + spread)

    def _end(self) -> None:
        self.hide()
        self.deleteLater()
