"""A short, read-only table in a dialog: sortable, copied as text, never more than some thousand rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from heapq import nlargest
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QItemSelectionModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
)
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from opspilot_desktop.domain.text import visible
from opspilot_desktop.ui.clipboard import tab_separated
from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.measures import CELL_PADDING, FIRST_CELL_PADDING, ROW, SELECTION_BAR
from opspilot_desktop.ui.theme import Theme
from opspilot_desktop.ui.widgets.flat_view import flatten
from opspilot_desktop.ui.widgets.header_view import HeaderView
from opspilot_desktop.ui.widgets.painting import paint_focus_ring, text_width
from opspilot_desktop.ui.widgets.plain_label import plain_tool_tip

Index = QModelIndex | QPersistentModelIndex
Value = str | int

_RIGHT = int((Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter).value)
_LEFT = int((Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter).value)
_MEASURED_ROWS = 200
_MEASURED_TEXTS = 12
_NOWHERE = QModelIndex()


@dataclass(frozen=True)
class Column:
    """A column: its label, whether figures stand in it, and how wide it may become (0: the rest).

    Of the first column, `ends` says that a text that does not fit keeps both of its ends, as a path does:
    its folders are alike at the beginning.
    """

    label: str
    numeric: bool = False
    widest: int = 220
    ends: bool = False


def text_of(value: Value) -> str:
    """A value as it is to be read: whole numbers with thousands separators, no text unseen."""
    return f"{value:,}" if isinstance(value, int) else visible(value)


class ListModel(QAbstractTableModel):
    """Rows of texts and whole numbers, kept in memory."""

    def __init__(self, columns: Sequence[Column], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self._rows: list[Sequence[Value]] = []
        self._sort: tuple[int, bool] | None = None

    @property
    def rows(self) -> list[Sequence[Value]]:
        """The rows in the order shown."""
        return self._rows

    def show_rows(self, rows: Iterable[Sequence[Value]]) -> None:
        """Shows other rows, in the order in force."""
        self.beginResetModel()
        self._rows = list(rows)
        self._order()
        self.endResetModel()

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """The number of rows."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        """The number of columns."""
        return 0 if parent.isValid() else len(self.columns)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """The labels, aligned as their columns."""
        if orientation != Qt.Orientation.Horizontal or section >= len(self.columns):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.columns[section].label
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if self.columns[section].numeric else _LEFT
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The text of a cell, and the whole of it as its tooltip."""
        if not index.isValid():
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if self.columns[index.column()].numeric else _LEFT
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            text = self.text(self._rows[index.row()], index.column())
            return plain_tool_tip(text) if role == Qt.ItemDataRole.ToolTipRole else text
        return None

    def text(self, row: Sequence[Value], column: int) -> str:
        """What a cell of a row shows."""
        return text_of(row[column])

    def copied(self, row: Sequence[Value]) -> list[str]:
        """What is copied of a row."""
        return [str(cell) for cell in row]

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sorts by a column; rows that are equal in it stay in their order."""
        self.layoutAboutToBeChanged.emit()
        self._sort = (column, order == Qt.SortOrder.DescendingOrder) if column >= 0 else None
        self._order()
        self.layoutChanged.emit()

    def _order(self) -> None:
        if self._sort is not None:
            column, descending = self._sort
            self._rows.sort(key=self.sort_key(column), reverse=descending)

    def sort_key(self, column: int) -> Callable[[Sequence[Value]], Any]:
        """By what rows are put in the order of a column."""
        return lambda row: _sort_key(row[column])


def _sort_key(value: Value) -> tuple[int, str]:
    return (value, "") if isinstance(value, int) else (0, value.casefold())


class _FirstColumn(QStyledItemDelegate):
    """Sets the first column's text in by as much as its header is."""

    def __init__(self, theme: Theme, column: Column, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._ends = column.ends

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        if option.state & QStyle.StateFlag.State_Selected:
            active = option.state & QStyle.StateFlag.State_Active
            painter.fillRect(option.rect, self._theme.color("sel" if active else "sel_idle"))
        inner = QStyleOptionViewItem(option)
        inner.rect = option.rect.adjusted(FIRST_CELL_PADDING - CELL_PADDING, 0, 0, 0)
        if self._ends:
            inner.textElideMode = Qt.TextElideMode.ElideMiddle
        super().paint(painter, inner, index)


class ListTable(QTableView):
    """The table itself, in the look of the big ones; the column whose `widest` is 0 takes the rest."""

    def __init__(
        self,
        theme: Theme,
        icons: Icons,
        columns: Sequence[Column],
        rows: Iterable[Sequence[Value]] = (),
        *,
        sort_by: int | None = 0,
        model: ListModel | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self.list_model = model or ListModel(columns, self)
        self.setModel(self.list_model)
        header = HeaderView(theme, icons, self)
        self.setHorizontalHeader(header)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        flatten(self, ROW)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setItemDelegateForColumn(0, _FirstColumn(theme, self.list_model.columns[0], self))
        if sort_by is not None:
            header.setSortIndicator(sort_by, Qt.SortOrder.AscendingOrder)
            self.setSortingEnabled(True)
        theme.changed.connect(self.viewport().update)
        self.show_rows(rows)

    def show_rows(self, rows: Iterable[Sequence[Value]]) -> None:
        """Shows other rows and fits the columns to them."""
        self.list_model.show_rows(rows)
        self._fit()

    def as_text(self) -> str:
        """The whole table with its header, as tab-separated text."""
        head = [column.label for column in self.list_model.columns]
        return tab_separated([head, *map(self.list_model.copied, self.list_model.rows)])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copies the selected rows with the usual key; Enter is left to the dialog."""
        if event.matches(QKeySequence.StandardKey.Copy):
            chosen = sorted({index.row() for index in self.selectionModel().selectedRows()})
            rows = [self.list_model.copied(self.list_model.rows[row]) for row in chosen]
            QGuiApplication.clipboard().setText(tab_separated(rows))
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            event.ignore()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Gives the widest column what room is left."""
        super().resizeEvent(event)
        self._fit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paints the rows, then hairlines, the bar of the selected ones and the focus ring."""
        super().paintEvent(event)
        painter = QPainter(self.viewport())
        color, width = self._theme.color, self.viewport().width()
        selection = self.selectionModel()
        first, last = self.rowAt(0), self.rowAt(self.viewport().height() - 1)
        last = self.list_model.rowCount() - 1 if last < 0 else last
        for row in range(max(first, 0), last + 1):
            top = self.rowViewportPosition(row)
            painter.fillRect(0, top + ROW - 1, width, 1, color("grid"))
            if selection.isRowSelected(row, QModelIndex()):
                painter.fillRect(0, top, SELECTION_BAR, ROW - 1, color("accent"))
        current = self.currentIndex()
        if self.hasFocus() and current.isValid():
            paint_focus_ring(painter, self.visualRect(current).adjusted(0, 0, 0, -1), 0, color("focus"))

    def select_row(self, row: int) -> None:
        """Makes a row the current one."""
        index = self.list_model.index(row, 0)
        flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
        self.selectionModel().setCurrentIndex(index, flags)

    def _fit(self) -> None:
        fonts = self._theme.fonts
        widths: dict[int, int] = {}
        for place, column in enumerate(self.list_model.columns):
            texts = {self.list_model.text(row, place) for row in self.list_model.rows[:_MEASURED_ROWS]}
            # Measuring a text is slow: the widest is among those with the most letters.
            longest = nlargest(_MEASURED_TEXTS, texts, key=len)
            widest = max((text_width(fonts.base, text) for text in longest), default=0)
            padding = (FIRST_CELL_PADDING if place == 0 else CELL_PADDING) + CELL_PADDING
            # Room for the sort arrow, so that nothing moves when the order changes.
            header = text_width(fonts.medium, column.label) + 20
            widths[place] = max(min(widest, column.widest or widest), header) + padding + 6
        rest = [place for place, column in enumerate(self.list_model.columns) if column.widest == 0]
        spare = self.viewport().width() - sum(widths.values())
        for place in rest:
            widths[place] = max(160, widths[place] + spare // len(rest))
        for place, width in widths.items():
            self.setColumnWidth(place, width)
