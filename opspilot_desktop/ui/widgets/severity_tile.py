"""The wide tile: open issues by severity, each count a button of its own."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from opspilot_desktop.domain.issues import Severity
from opspilot_desktop.ui.icons import TINT_ICONS, Icons
from opspilot_desktop.ui.measures import ICON_SMALL, PAGE_GUTTER, RADIUS_CONTROL
from opspilot_desktop.ui.theme import Theme

from .painted_button import PaintedButton
from .painting import paint_focus_ring, paint_ground, paint_line, text_height, text_width
from .tile import TOP, CardButton

PAD = 4
ICON_GAP = 6
COUNT_GAP = 12
WORD_GAP = 1


class _SeverityCount(PaintedButton):
    """One severity's icon, count and word. ``chosen`` names the severity when it is pressed."""

    chosen = Signal(str)

    def __init__(self, theme: Theme, icons: Icons, severity: Severity, parent: QWidget) -> None:
        super().__init__(theme, parent)
        self._icons = icons
        self.severity = severity
        self.count = "–"
        self.active = False
        self.narrow = False
        self.clicked.connect(self._choose)

    def set_count(self, count: str) -> None:
        self.count = count
        self.setAccessibleName(f"{self.severity.label}: {count}")
        self.setToolTip(f"Show open issues of severity {self.severity.label}")
        self.update()

    def sizeHint(self) -> QSize:
        fonts = self.theme.fonts
        figure = ICON_SMALL + ICON_GAP + text_width(fonts.heading, self.count)
        width = max(figure, text_width(fonts.tiny, self.severity.label)) + 2 * PAD + 1
        word = 0 if self.narrow else text_height(fonts.tiny) + WORD_GAP
        return QSize(width, text_height(fonts.heading) + word + 2 * PAD - 2)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        theme, fonts = self.theme, self.theme.fonts
        if self.active:
            paint_ground(painter, self.rect(), RADIUS_CONTROL, theme.color("sel"), theme.color("accent"))
        elif self.underMouse() or self.isDown():
            paint_ground(painter, self.rect(), RADIUS_CONTROL, theme.color("sunken"))
        height = text_height(fonts.heading)
        top = PAD - 1
        pixmap = self._icons.pixmap(
            TINT_ICONS[self.severity.value], ICON_SMALL, self.severity.value, self.devicePixelRatioF()
        )
        painter.drawPixmap(PAD, top + (height - ICON_SMALL + 1) // 2, pixmap)
        left = PAD + ICON_SMALL + ICON_GAP
        figure = QRect(left, top, self.width() - left - PAD + 2, height)
        paint_line(painter, figure, self.count, fonts.heading, theme.color("text"))
        if not self.narrow:
            word = QRect(
                PAD, figure.bottom() + 1 + WORD_GAP, self.width() - 2 * PAD + 2, text_height(fonts.tiny)
            )
            paint_line(painter, word, self.severity.label, fonts.tiny, theme.color("dim"))
        if self.hasFocus():
            paint_focus_ring(painter, self.rect(), RADIUS_CONTROL, theme.color("focus"))

    def _choose(self) -> None:
        self.chosen.emit(self.severity.value)


class SeverityTile(CardButton):
    """Four counts. ``clicked`` asks for all open issues, ``severityClicked`` for those of one severity."""

    severityClicked = Signal(str)

    def __init__(self, theme: Theme, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._label = "Open issues"
        self._total = ""
        self._counts = {
            severity: _SeverityCount(theme, icons, severity, self)
            for severity in (Severity.CRITICAL, Severity.HIGH, Severity.MEDIUM, Severity.LOW)
        }
        for count in self._counts.values():
            count.chosen.connect(self.severityClicked)
        self.set_values({}, "")

    def set_values(self, counts: Mapping[Severity, str], total: str) -> None:
        """Shows each severity's count and the total line ("214 in all"), as they are to be read."""
        self._total = total
        self.setAccessibleName(f"{self._label}: {total}" if total else self._label)
        self.setToolTip("Show all open issues")
        for severity, button in self._counts.items():
            button.set_count(counts.get(severity, "–"))
        self._place()
        self.updateGeometry()
        self.update()

    def set_active_severity(self, severity: Severity | None) -> None:
        """Shows which severity's filter is in force, if any."""
        for key, button in self._counts.items():
            button.active = key is severity
            button.update()

    def set_narrow(self, narrow: bool) -> None:
        """Leaves out the words under the counts in a narrow window."""
        super().set_narrow(narrow)
        for button in self._counts.values():
            button.narrow = narrow
        self._place()

    def sizeHint(self) -> QSize:
        """Wide enough for the four counts and the head line."""
        counts = sum(button.sizeHint().width() for button in self._counts.values())
        counts += COUNT_GAP * (len(self._counts) - 1) - 2 * PAD
        small = self.theme.fonts.small
        head = text_width(small, self._label) + COUNT_GAP + text_width(small, self._total)
        return QSize(max(counts, head) + 2 * PAGE_GUTTER, self.tile_height())

    def minimumSizeHint(self) -> QSize:
        """The counts are never cut: they are what the eye looks for."""
        return QSize(self.sizeHint().width(), self.tile_height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Spreads the counts over the width."""
        super().resizeEvent(event)
        self._place()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paints the card and its head line; the counts paint themselves."""
        painter = QPainter(self)
        self.paint_card(painter)
        head = self.line_rects()[0]
        small, dim = self.theme.fonts.small, self.theme.color("dim")
        total = text_width(small, self._total)
        paint_line(painter, head, self._total, small, dim, Qt.AlignmentFlag.AlignRight)
        paint_line(painter, head.adjusted(0, 0, -total - COUNT_GAP, 0), self._label, small, dim)

    def _place(self) -> None:
        buttons = list(self._counts.values())
        widths = [button.sizeHint().width() for button in buttons]
        spare = self.width() - 2 * (PAGE_GUTTER - PAD) - sum(widths)
        gap = max(0.0, spare / (len(buttons) - 1))
        x = float(PAGE_GUTTER - PAD)
        for button, width in zip(buttons, widths, strict=True):
            height = button.sizeHint().height()
            button.setGeometry(round(x), self.height() - TOP + PAD - 1 - height, width, height)
            x += width + gap
