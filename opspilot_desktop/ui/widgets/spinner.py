"""A small turning arc that says that something runs. It costs nothing while hidden or stopped."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QHideEvent, QPainter, QPaintEvent, QPen, QShowEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from opspilot_desktop.ui.measures import ICON_SMALL
from opspilot_desktop.ui.theme import Theme

STEP_MS = 80
STEP_DEGREES = 30
ARC_DEGREES = 270
STROKE = 1.6


class Spinner(QWidget):
    """The arc, 14 px square unless told otherwise."""

    def __init__(self, theme: Theme, size: int = ICON_SMALL, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._running = False
        self._angle = 90
        self._timer = QTimer(self)
        self._timer.setInterval(STEP_MS)
        self._timer.timeout.connect(self._turn)
        self.setFixedSize(QSize(size, size))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Running")
        theme.changed.connect(self.update)

    @property
    def is_running(self) -> bool:
        """Whether it was started; it turns only while it can be seen."""
        return self._running

    @property
    def is_turning(self) -> bool:
        """Whether it is repainted now."""
        return self._timer.isActive()

    def start(self) -> None:
        """Turns, as soon as it can be seen."""
        self._running = True
        if self.isVisible():
            self._timer.start()
        self.update()

    def stop(self) -> None:
        """Stops and shows nothing."""
        self._running = False
        self._timer.stop()
        self.update()

    def showEvent(self, event: QShowEvent) -> None:
        """Goes on turning."""
        super().showEvent(event)
        if self._running:
            self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody sees it: no timer."""
        super().hideEvent(event)
        self._timer.stop()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paints the arc where it stands."""
        if not self._running:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(self._theme.color("link"), STROKE)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        inset = STROKE / 2 + 0.5
        arc = QRectF(self.rect()).adjusted(inset, inset, -inset, -inset)
        painter.drawArc(arc, self._angle * 16, ARC_DEGREES * 16)

    def _turn(self) -> None:
        self._angle = (self._angle - STEP_DEGREES) % 360
        self.update()
