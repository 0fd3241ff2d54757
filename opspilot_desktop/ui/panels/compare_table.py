"""The comparison on screen: field and trade stay in place while the entries scroll beside them."""

from __future__ import annotations

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QSizePolicy,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from opspilot_desktop.ui.clipboard import tab_separated
from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.measures import CELL_PADDING, COMPARE_ROW, FIRST_CELL_PADDING, ICON_SMALL
from opspilot_desktop.ui.theme import Theme
from opspilot_desktop.ui.widgets.flat_view import flatten
from opspilot_desktop.ui.widgets.header_view import HeaderView
from opspilot_desktop.ui.widgets.painting import paint_focus_ring, paint_line, text_width
from opspilot_desktop.ui.widgets.plain_label import plain_label

from .compare_model import MARK_ROLE, RAW_ROLE, CompareModel
from .comparison import Comparison, Mark

FROZEN = 2  # the field and the trade
FIELD_WIDTH = 116
WIDEST = 220
NARROWEST = 96
LEAST_WIDTH = FIELD_WIDTH + NARROWEST
SIGN_ROOM = 19

Index = QModelIndex | QPersistentModelIndex


class _CellDelegate(QStyledItemDelegate):
    """Paints a cell flat: ground, icon of a row that differs, text, hairline."""

    def __init__(self, theme: Theme, icons: Icons, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icons = icons

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        self.initStyleOption(option, index)
        theme, rect = self._theme, option.rect
        view = option.widget
        selected = isinstance(view, QTableView) and view.selectionModel().isSelected(index)
        mark = index.data(MARK_ROLE)
        if selected:
            painter.fillRect(rect, theme.color("sel" if view.hasFocus() else "sel_idle"))
        elif mark is not Mark.EQUAL:
            painter.fillRect(rect, theme.color("diff"))
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, theme.color("grid"))
        role = "dim" if mark is Mark.EQUAL else "text"
        font = theme.fonts.base if mark is Mark.EQUAL else theme.fonts.strong
        if index.column() == 0:
            self._paint_sign(painter, option, mark)
            inner = rect.adjusted(FIRST_CELL_PADDING + SIGN_ROOM, 0, -4, 0)
            paint_line(painter, inner, index.data(), font, theme.color(role))
        else:
            inner = rect.adjusted(4, 0, -CELL_PADDING, 0)
            paint_line(painter, inner, index.data(), font, theme.color(role), Qt.AlignmentFlag.AlignRight)
        if isinstance(view, QTableView) and view.hasFocus() and view.currentIndex() == index:
            paint_focus_ring(painter, rect, 0, theme.color("focus"))

    def _paint_sign(self, painter: QPainter, option: QStyleOptionViewItem, mark: Mark) -> None:
        if mark is Mark.EQUAL:
            return
        name = "not-equal" if mark is Mark.DIFFERS else "warning"
        ratio = painter.device().devicePixelRatio()
        top = option.rect.top() + (option.rect.height() - ICON_SMALL) // 2
        painter.drawPixmap(
            option.rect.left() + FIRST_CELL_PADDING - 2,
            top,
            self._icons.pixmap(name, ICON_SMALL, "warn", ratio),
        )


class ComparePart(QTableView):
    """One of the two tables; what is selected in both is copied together."""

    def __init__(self, theme: Theme, icons: Icons, model: CompareModel) -> None:
        super().__init__()
        self._compare_model = model
        self._theme = theme
        self.setModel(model)
        self.setHorizontalHeader(HeaderView(theme, icons, self))
        self.setItemDelegate(_CellDelegate(theme, icons, self))
        flatten(self, COMPARE_ROW)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        header = self.horizontalHeader()
        header.setSectionsClickable(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        theme.changed.connect(self.viewport().update)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copies with the usual key."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        else:
            super().keyPressEvent(event)

    def copy(self) -> None:
        """The selected cells as tab-separated text: ASCII minus, no thousands separators."""
        selected = self.selectionModel().selectedIndexes()
        if not selected:
            return
        cells = {(index.row(), index.column()): str(index.data(RAW_ROLE)) for index in selected}
        rows = sorted({row for row, _ in cells})
        columns = sorted({column for _, column in cells})
        lines = [[cells.get((row, column), "") for column in columns] for row in rows]
        QGuiApplication.clipboard().setText(tab_separated(lines))


class CompareTable(QWidget):
    """The trade beside up to 50 entries; says how many more there are."""

    def __init__(self, theme: Theme, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._wanted: list[int] = []
        self.model = CompareModel(self)
        self.frozen = ComparePart(theme, icons, self.model)
        self.entries = ComparePart(theme, icons, self.model)
        # As high as the scroll bar beside it, so that both tables scroll equally far.
        self._below = QWidget()
        self._below.hide()
        self.more = plain_label(tone="dim", font=theme.fonts.small)
        self.frozen.setObjectName("compareFields")
        self.frozen.setAccessibleName("Fields of the trade")
        self.entries.setObjectName("compareEntries")
        self.entries.setAccessibleName("Fields of the ledger entries")
        selection = QItemSelectionModel(self.model, self)
        for part in (self.frozen, self.entries):
            part.setSelectionModel(selection)
        self._tie_scroll_bars()
        self._lay_out()

    def show_comparison(self, comparison: Comparison) -> None:
        """Shows another comparison, from its first row on."""
        self.model.show_comparison(comparison)
        left_out = comparison.left_out
        self.more.setText(f"and {left_out:,} more {'entry' if left_out == 1 else 'entries'}, not shown here")
        self.more.setVisible(left_out > 0)
        for column in range(self.model.columnCount()):
            self.frozen.setColumnHidden(column, column >= FROZEN)
            self.entries.setColumnHidden(column, column < FROZEN)
        self._wanted = [self._width_of(column) for column in range(self.model.columnCount())]
        self._fit()
        self.entries.verticalScrollBar().setValue(0)
        self.entries.horizontalScrollBar().setValue(0)

    def _width_of(self, column: int) -> int:
        fonts = self._theme.fonts
        header = str(self.model.headerData(column, Qt.Orientation.Horizontal))
        if column == 0:
            labels = [self.model.row(row).label for row in range(self.model.rowCount())]
            widest = max((text_width(fonts.strong, label) for label in labels), default=0)
            return max(FIELD_WIDTH, widest + FIRST_CELL_PADDING + SIGN_ROOM + 8)
        # Figures and ids are never cut; a long description is, and its tooltip has the whole. But an id of
        # hundreds of letters must not make the window wider than the screen.
        widest = min(text_width(fonts.medium, header), WIDEST)
        for number in range(self.model.rowCount()):
            cell = self.model.row(number).cells[column - 1]
            width = text_width(fonts.strong, cell.text)
            widest = max(widest, width if self.model.row(number).numeric else min(width, WIDEST))
        return max(NARROWEST, widest + 2 * CELL_PADDING + 4)

    def _fit(self) -> None:
        """Makes the columns of values equally wide; where there is no room for that, the entries scroll."""
        if not self._wanted:
            return
        bar = self.entries.verticalScrollBar()
        room = self.width() - (bar.sizeHint().width() if bar.maximum() > 0 else 0)
        field, *wanted = self._wanted
        equal, rest = divmod(room - field, len(wanted))
        if equal >= max(wanted):
            wanted = [equal] * len(wanted)
            wanted[-1] += rest
        elif room > field + sum(wanted):
            wanted[-1] = room - field - sum(wanted[:-1])
        if len(wanted) > 1:  # field and trade leave room for the entries beside them
            spare = max(0, field + wanted[0] - max(LEAST_WIDTH, self.width() * 2 // 3))
            wanted[0] -= spare
            wanted[-1] += min(spare, max(0, room - field - sum(wanted)))
        widths = [field, *wanted]
        for column, width in enumerate(widths):
            part = self.frozen if column < FROZEN else self.entries
            part.setColumnWidth(column, width)
        self.frozen.setFixedWidth(sum(widths[:FROZEN]))

    def _tie_scroll_bars(self) -> None:
        self.frozen.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.frozen.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        mine, others = self.frozen.verticalScrollBar(), self.entries.verticalScrollBar()
        mine.valueChanged.connect(others.setValue)
        others.valueChanged.connect(mine.setValue)
        others.rangeChanged.connect(self._fit)
        across = self.entries.horizontalScrollBar()
        self._below.setFixedHeight(across.sizeHint().height())
        across.rangeChanged.connect(lambda least, most: self._below.setVisible(most > least))

    def _lay_out(self) -> None:
        left = QVBoxLayout()
        left.setSpacing(0)
        left.addWidget(self.frozen, 1)
        left.addWidget(self._below)
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addLayout(left)
        row.addWidget(self.entries, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row, 1)
        # The columns follow the room there is; the room must not follow the columns.
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.setMinimumWidth(LEAST_WIDTH)
        self.more.setContentsMargins(FIRST_CELL_PADDING, 2, FIRST_CELL_PADDING, 2)
        column.addWidget(self.more)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keeps the columns to the room there is."""
        super().resizeEvent(event)
        self._fit()
