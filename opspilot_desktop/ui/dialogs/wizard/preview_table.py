"""The table of the preview: values, below them what the file has, and below a row what is wrong with it."""

from __future__ import annotations

from heapq import nlargest

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFont, QGuiApplication, QKeyEvent, QKeySequence, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from opspilot_desktop.domain.fields import Record
from opspilot_desktop.files.mapping import Mapping
from opspilot_desktop.files.previewing import FilePreview
from opspilot_desktop.ui.clipboard import tab_separated
from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.measures import CELL_PADDING, FIRST_CELL_PADDING, ICON_SMALL, ROW, SELECTION_BAR
from opspilot_desktop.ui.theme import Theme
from opspilot_desktop.ui.widgets.flat_view import flatten
from opspilot_desktop.ui.widgets.header_view import HeaderView
from opspilot_desktop.ui.widgets.painting import paint_focus_ring, paint_line, text_width

from .preview_model import UNDECIDED, Outcome, PreviewModel

Index = QModelIndex | QPersistentModelIndex
SECOND_LINE = 18
_MEASURED_ROWS = 60
_MEASURED_TEXTS = 4
_WIDEST = 260


class _Cells(QStyledItemDelegate):
    """Paints a value and, where it is asked for, the file's own text below it."""

    def __init__(self, theme: Theme, icons: Icons, table: PreviewTable) -> None:
        super().__init__(table)
        self._theme = theme
        self._icons = icons
        self._table = table

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(60, ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        model, row, section = self._table.preview, index.row(), index.column()
        color, fonts = self._theme.color, self._theme.fonts
        rect: QRect = option.rect
        if option.state & QStyle.StateFlag.State_Selected:
            active = option.state & QStyle.StateFlag.State_Active
            painter.fillRect(rect, color("sel" if active else "sel_idle"))
        if section > len(model.parts):
            return
        left = FIRST_CELL_PADDING if section == 0 else CELL_PADDING
        upper = QRect(rect.left() + left, rect.top(), rect.width() - left - CELL_PADDING, ROW - 1)
        align = Qt.AlignmentFlag(model.data(index, Qt.ItemDataRole.TextAlignmentRole))
        outcome = model.outcome(row)
        text = str(model.data(index))
        font, role = fonts.base, "text" if outcome in (Outcome.GOOD, Outcome.BARE) else "dim"
        if section == 0 or text == UNDECIDED or outcome is Outcome.LEFT_OUT:
            role = "dim"
        elif outcome is Outcome.PROBLEM and model.is_wrong(row, section - 1):
            role, font = "bad", fonts.strong
            self._paint_sign(painter, upper, text, at_end=bool(align & Qt.AlignmentFlag.AlignRight))
        paint_line(painter, upper, text, font, color(role), align & Qt.AlignmentFlag.AlignHorizontal_Mask)
        if section and outcome is Outcome.GOOD and self._table.compares:
            raw = model.raw(row, section - 1)
            if raw and raw != text:
                below = QRect(upper.left(), rect.top() + ROW - 6, upper.width(), SECOND_LINE - 2)
                horizontal = align & Qt.AlignmentFlag.AlignHorizontal_Mask
                paint_line(painter, below, raw, fonts.small, color("dim"), horizontal)

    def _paint_sign(self, painter: QPainter, upper: QRect, text: str, *, at_end: bool) -> None:
        """The sign stands before the text, wherever that begins; the rest of the rectangle is left to it."""
        width = text_width(self._theme.fonts.strong, text)
        left = max(upper.right() - width - ICON_SMALL - 4, upper.left()) if at_end else upper.left()
        pixmap = self._icons.pixmap("warning", ICON_SMALL, "bad", painter.device().devicePixelRatio())
        painter.drawPixmap(left, upper.top() + (upper.height() - ICON_SMALL) // 2, pixmap)
        upper.setLeft(left + ICON_SMALL + 4)


class PreviewTable(QTableView):
    """Read-only; Ctrl+C copies the selected rows."""

    def __init__(self, theme: Theme, icons: Icons, record: Record) -> None:
        super().__init__()
        self._theme = theme
        self._icons = icons
        self.preview = PreviewModel(record, self)
        self.compares = True
        self.setModel(self.preview)
        header = HeaderView(theme, icons, self)
        header.setSectionsClickable(False)
        header.setStretchLastSection(True)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        self.setHorizontalHeader(header)
        self.setObjectName("wizard:preview")
        self.setAccessibleName("The first rows as they would be imported")
        flatten(self, ROW)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setItemDelegate(_Cells(theme, icons, self))
        theme.changed.connect(self.viewport().update)

    def show_preview(
        self, preview: FilePreview, mapping: Mapping, hidden: frozenset[str], *, bare: bool
    ) -> None:
        """Shows other rows, from where one stood if the columns are the same."""
        before = [part.label for part in self.preview.parts]
        at = (self.horizontalScrollBar().value(), self.verticalScrollBar().value())
        self.preview.show(preview, mapping, hidden, bare=bare)
        if self.preview.tells_nothing:
            self.preview.show(preview, mapping, hidden, bare=True)
        self._fit_rows()
        self._fit_columns()
        if before == [part.label for part in self.preview.parts]:
            self.executeDelayedItemsLayout()  # or there is nothing yet to be scrolled
            self.horizontalScrollBar().setValue(at[0])
            self.verticalScrollBar().setValue(at[1])

    def set_compares(self, on: bool) -> None:
        """Shows the file's own cells below the values, or not."""
        self.compares = on
        self._fit_rows()
        self._fit_columns()
        self.viewport().update()

    def select_row(self, row: int) -> None:
        """Makes a row the current one, and shows it."""
        index = self.preview.index(row, 0)
        flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
        self.selectionModel().setCurrentIndex(index, flags)
        self.scrollTo(index)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copies the selected rows with the usual key; Enter is left to the dialog."""
        if event.matches(QKeySequence.StandardKey.Copy):
            chosen = sorted({index.row() for index in self.selectionModel().selectedRows()})
            QGuiApplication.clipboard().setText(tab_separated([self.preview.copied(row) for row in chosen]))
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            event.ignore()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paints the rows, then hairlines, the reasons, the bar of the selected ones and the focus ring."""
        super().paintEvent(event)
        painter = QPainter(self.viewport())
        color, width = self._theme.color, self.viewport().width()
        selection = self.selectionModel()
        first, last = self.rowAt(0), self.rowAt(self.viewport().height() - 1)
        last = self.preview.rowCount() - 1 if last < 0 else last
        for row in range(max(first, 0), last + 1):
            top, height = self.rowViewportPosition(row), self.rowHeight(row)
            painter.fillRect(0, top + height - 1, width, 1, color("grid"))
            if selection.isRowSelected(row, QModelIndex()):
                painter.fillRect(0, top, SELECTION_BAR, height - 1, color("accent"))
            if self.preview.outcome(row) in (Outcome.PROBLEM, Outcome.LEFT_OUT):
                self._paint_reason(painter, row, QRect(0, top + ROW - 6, width, SECOND_LINE - 2))
        current = self.currentIndex()
        if self.hasFocus() and current.isValid():
            paint_focus_ring(painter, self.visualRect(current).adjusted(0, 0, 0, -1), 0, color("focus"))

    def _paint_reason(self, painter: QPainter, row: int, line: QRect) -> None:
        """The reason stands below the whole row, wherever that is scrolled to."""
        is_problem = self.preview.outcome(row) is Outcome.PROBLEM
        name, role = ("warning", "bad") if is_problem else ("ignore", "dim")
        left = self.columnWidth(0) + CELL_PADDING
        pixmap = self._icons.pixmap(name, ICON_SMALL, role, self.devicePixelRatioF())
        painter.drawPixmap(left, line.top() + (line.height() - ICON_SMALL) // 2, pixmap)
        rest = line.adjusted(left + ICON_SMALL + 6, 0, -CELL_PADDING, 0)
        word = "Problem: " if is_problem else ""
        text = f"{word}{self.preview.reason(row)}"
        paint_line(painter, rest, text, self._theme.fonts.small, self._theme.color(role))

    def _fit_rows(self) -> None:
        """Rows that could be imported are all as high as those with something below their values."""
        model = self.preview
        good = [row for row in range(model.rowCount()) if model.outcome(row) is Outcome.GOOD]
        differs = self.compares and any(model.differs(row) for row in good)
        for row in range(model.rowCount()):
            outcome = model.outcome(row)
            told = outcome in (Outcome.PROBLEM, Outcome.LEFT_OUT)
            told = told or (outcome is Outcome.GOOD and differs)
            self.setRowHeight(row, ROW + (SECOND_LINE - 4 if told else 0))

    def _fit_columns(self) -> None:
        fonts, model = self._theme.fonts, self.preview
        rows = range(min(model.rowCount(), _MEASURED_ROWS))
        lines = max((len(f"{row.line:,}") for row in model.rows), default=1)
        header = text_width(fonts.header, "Line")
        wide = max(text_width(fonts.base, "0" * lines), header) + FIRST_CELL_PADDING + CELL_PADDING + 4
        self.setColumnWidth(0, wide)
        for place in range(len(model.parts)):
            texts = {model.value(row, place) for row in rows}
            width = _widest(fonts.strong, texts)
            if self.compares and not model.is_bare:
                width = max(width, _widest(fonts.small, {model.raw(row, place) for row in rows}))
            label = str(model.headerData(place + 1, Qt.Orientation.Horizontal))
            width = max(min(width, _WIDEST), min(text_width(fonts.header, label), _WIDEST))
            sign = ICON_SMALL if any(model.is_wrong(row, place) for row in rows) else 0
            self.setColumnWidth(place + 1, width + 2 * CELL_PADDING + 8 + sign)


def _widest(font: QFont, texts: set[str]) -> int:
    return max((text_width(font, text) for text in nlargest(_MEASURED_TEXTS, texts, key=len)), default=0)
