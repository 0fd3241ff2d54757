"""A label that gives way: it is cut with "…" and never widens what it stands in."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFont, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from opspilot_desktop.domain.text import visible

from .plain_label import plain_tool_tip


class ElidedLabel(QLabel):
    """One line of untrusted text. When it is cut, the whole text is in its tooltip."""

    def __init__(
        self,
        text: str = "",
        *,
        tone: str = "text",
        font: QFont | None = None,
        mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._mode = mode
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("tone", tone)
        # A wish, not a demand: it takes its text's width where there is room, and shrinks where not.
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        if font is not None:
            self.setFont(font)
        self.setText(text)

    def setText(self, text: str) -> None:
        """Shows the text, on one line."""
        super().setText(" ".join(visible(text, prose=True).splitlines()))
        self._explain()

    def shown_text(self) -> str:
        """The text as it is painted, cut if need be."""
        return self.fontMetrics().elidedText(self.text(), self._mode, self.contentsRect().width())

    def minimumSizeHint(self) -> QSize:
        """Nothing wide: see the class."""
        return QSize(0, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keeps the tooltip to what is cut."""
        super().resizeEvent(event)
        self._explain()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paints the shortened text."""
        painter = QPainter(self)
        self.style().drawItemText(
            painter,
            self.contentsRect(),
            int(self.alignment().value),
            self.palette(),
            self.isEnabled(),
            self.shown_text(),
            self.foregroundRole(),
        )

    def _explain(self) -> None:
        cut = self.shown_text() != self.text()
        self.setToolTip(plain_tool_tip(self.text()) if cut else "")
