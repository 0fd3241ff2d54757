"""A flat table header: labels, ticks between them, and the sort arrow beside the label."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QResizeEvent
from PySide6.QtWidgets import QFrame, QHeaderView, QStyle, QStyleOptionHeader, QStyleOptionHeaderV2, QWidget

from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.measures import CELL_PADDING, FIRST_CELL_PADDING, HEADER, HEADER_TICK
from opspilot_desktop.ui.theme import Theme

from .painting import paint_focus_ring, paint_line, text_width

ARROW = 14
ARROW_GAP = 3


class HeaderView(QHeaderView):
    """Horizontal. Labels stand as the model aligns them (TextAlignmentRole), figures to the right."""

    resized = Signal()

    def __init__(self, theme: Theme, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._theme = theme
        self._icons = icons
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHighlightSections(False)
        self.setSectionsClickable(True)
        self.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.setMinimumSectionSize(44)
        self.setFixedHeight(HEADER)
        self.setFont(theme.fonts.header)
        theme.changed.connect(self.viewport().update)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Tells who shares its width out."""
        super().resizeEvent(event)
        self.resized.emit()

    def sizeHint(self) -> QSize:
        """As high as the look has it."""
        return QSize(super().sizeHint().width(), HEADER)

    def sectionSizeFromContents(self, logical: int) -> QSize:
        """Wide enough for the label and the sort arrow."""
        model = self.model()
        label = model.headerData(logical, self.orientation()) if model is not None else ""
        padding = self._left_padding(logical) + CELL_PADDING
        return QSize(text_width(self.font(), str(label or "")) + padding + ARROW + ARROW_GAP, HEADER)

    def paintSection(self, painter: QPainter, rect: QRect, logical: int) -> None:
        """Paints one label with its arrow and tick."""
        if not rect.isValid():
            return
        option = QStyleOptionHeaderV2()
        self.initStyleOption(option)
        option.rect = rect
        self.initStyleOptionForIndex(option, logical)
        theme = self._theme
        painter.fillRect(rect, theme.color(self._ground(option)))
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, theme.color("line"))
        if self._has_neighbour(logical, 1):
            top = rect.top() + (rect.height() - HEADER_TICK) // 2
            painter.fillRect(rect.right(), top, 1, HEADER_TICK, theme.color("line"))
        self._paint_label(painter, rect, logical, option)
        if self.hasFocus() and self.currentIndex().column() == logical:
            paint_focus_ring(painter, rect, 0, theme.color("focus"))

    def _ground(self, option: QStyleOptionHeader) -> str:
        if not self.sectionsClickable() or not option.state & QStyle.StateFlag.State_Enabled:
            return "alt"
        if option.state & QStyle.StateFlag.State_Sunken:
            return "sunken"
        return "row_hover" if option.state & QStyle.StateFlag.State_MouseOver else "alt"

    def _paint_label(self, painter: QPainter, rect: QRect, logical: int, option: QStyleOptionHeader) -> None:
        arrow = option.sortIndicator != QStyleOptionHeader.SortIndicator.None_
        right = bool(option.textAlignment & Qt.AlignmentFlag.AlignRight)
        inner = rect.adjusted(self._left_padding(logical), 0, -CELL_PADDING, 0)
        room = max(0, inner.width() - (ARROW + ARROW_GAP if arrow else 0))
        width = min(text_width(self.font(), option.text) + 1, room)
        left = inner.right() - width + 1 if right else inner.left()
        label = QRect(left, rect.top(), width, rect.height())
        role = "text" if arrow else "dim"
        paint_line(painter, label, option.text, self.font(), self._theme.color(role))
        if arrow:
            # Points down while the greatest stands on top, which Qt calls a descending order.
            name = (
                "chevron-down" if self.sortIndicatorOrder() == Qt.SortOrder.DescendingOrder else "chevron-up"
            )
            x = left - ARROW_GAP - ARROW if right else left + width + ARROW_GAP
            pixmap = self._icons.pixmap(name, ARROW, "text", painter.device().devicePixelRatio())
            painter.drawPixmap(x, rect.top() + (rect.height() - ARROW) // 2, pixmap)

    def _left_padding(self, logical: int) -> int:
        return CELL_PADDING if self._has_neighbour(logical, -1) else FIRST_CELL_PADDING

    def _has_neighbour(self, logical: int, step: int) -> bool:
        """Whether a section is shown to the right (1) or to the left (-1) of this one."""
        place = self.visualIndex(logical) + step
        while 0 <= place < self.count():
            if not self.isSectionHidden(self.logicalIndex(place)):
                return True
            place += step
        return False
