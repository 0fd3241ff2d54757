"""The view of a table: hairlines, one hover shade, selection bars, and a ring on the current cell."""

from __future__ import annotations

import sys
from array import array

from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QContextMenuEvent,
    QCursor,
    QFocusEvent,
    QHelpEvent,
    QHoverEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QStyle,
    QStyleOptionViewItem,
    QTableView,
    QToolTip,
    QWidget,
)

from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.measures import CELL_PADDING, ICON_SMALL, ROW
from opspilot_desktop.ui.theme import Theme
from opspilot_desktop.ui.widgets.flat_view import flatten
from opspilot_desktop.ui.widgets.header_view import HeaderView
from opspilot_desktop.ui.widgets.painting import text_width
from opspilot_desktop.ui.widgets.pills import Pills
from opspilot_desktop.ui.widgets.plain_label import plain_tool_tip

from .column_layout import ColumnLayout
from .delegates import LEAST_NAME, NAME_LEFT, PILL_OVERHANG, CellDelegate, delegate_for
from .row_painting import paint_grounds, paint_lines, row_rect
from .rows_model import RowsModel
from .selection import RowRange, count_rows, ids_in, rows_within, selected_ranges, selection_of
from .sight import Sight
from .table_spec import Column, Painter

Index = QModelIndex | QPersistentModelIndex
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_CTRL = Qt.KeyboardModifier.ControlModifier
_SHIFT = Qt.KeyboardModifier.ShiftModifier
_CTRL_SHIFT = _CTRL | _SHIFT
_OWN_MENU_EVENT = sys.platform == "win32"  # there Shift+F10 is the system's, which asks for the menu itself
_MOVES = (
    *(Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Left, Qt.Key.Key_Right),
    *(Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown),
)
_SELECT_ROW = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows


class TableView(QTableView):
    """Shows a `RowsModel`. Selects whole rows; ids go out through its signals and methods."""

    selectedCount = Signal(int)
    currentRowChanged = Signal(object)
    """The id of the current row, None when there is none."""
    rowActivated = Signal(object)
    """The id of a row that was double-clicked or on which Enter was pressed."""
    menuRequested = Signal(QPoint)
    copyRequested = Signal(bool)
    """Ctrl+C; True with Shift, which asks for the headers as well."""
    resized = Signal()
    moved = Signal()
    """The user has selected something else, or scrolled."""

    def __init__(
        self, model: RowsModel, theme: Theme, icons: Icons, pills: Pills, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._rows = model
        self._theme = theme
        self._pills = pills
        self._hovered = -1
        self._current_id: int | None = None
        self._selected: list[RowRange] = []
        self._replacing = False
        header = HeaderView(theme, icons, self)
        self.setHorizontalHeader(header)
        self.setModel(model)
        # A header asks of each column, row by row, whether all of it is selected. A selection of its own,
        # always empty, spares it 20 s after Ctrl+A in a million rows.
        header.setSelectionModel(QItemSelectionModel(model, header))
        self.layout_of_columns = ColumnLayout(header, model.columns, theme, self._content_width)
        self._first_column: int = -1
        self._delegates = self._make_delegates(icons)
        self._first_delegates = [
            CellDelegate(theme, column, self._is_first, self) for column in model.columns
        ]
        self._set_up()
        self._place_delegates()
        self.layout_of_columns.shownChanged.connect(self._place_delegates)
        model.pageShown.connect(self.layout_of_columns.make_room)
        theme.changed.connect(self.viewport().update)
        self.verticalScrollBar().valueChanged.connect(self._hover_under_mouse)
        self.verticalScrollBar().valueChanged.connect(self._tell_moved)

    @property
    def rows(self) -> RowsModel:
        """The model, by its own type."""
        return self._rows

    def selected(self) -> list[RowRange]:
        """The selected rows, as ranges from top to bottom. Do not change what it returns."""
        return self._selected

    def selected_count(self) -> int:
        """How many rows are selected."""
        return count_rows(self.selected())

    def selected_ids(self) -> array[int]:
        """The ids of the selected rows, in the order of the table."""
        return ids_in(self._rows.ids, self.selected())

    def current_row(self) -> int:
        """The row of the current cell, -1 for none."""
        return self.currentIndex().row()

    def current_id(self) -> int | None:
        """The id of the current row, None when there is none."""
        row = self.current_row()
        return self._rows.row_id(row) if row >= 0 else None

    def sight(self) -> Sight:
        """What is selected and where the table is scrolled to."""
        top = self.rowAt(0)
        offset = -self.rowViewportPosition(top) if top >= 0 else 0
        current = self.currentIndex()
        return Sight(tuple(self.selected()), current.row(), max(current.column(), 0), top, offset)

    def show_rows(self, ids: array[int], sight: Sight) -> None:
        """Shows other rows, with this of them selected, current and at the top (rows of the new order)."""
        self._replacing = True
        try:
            self._rows.set_ids(ids)
            self._take_up(sight)
        finally:
            self._replacing = False
        self._tell_selection()
        self._tell_current()

    def select_row(self, row: int) -> None:
        """Makes the row the current and only selected one, and scrolls to it."""
        index = self._rows.index(row, max(self.currentIndex().column(), self._first_column, 0))
        self.selectionModel().setCurrentIndex(index, _SELECT_ROW)
        self.scrollTo(index)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens, Ctrl+C copies, Shift+F10 asks for the menu.

        A key that moves selects even where there is nowhere to move to.
        """
        if event.key() in _ENTER and self.current_row() >= 0:
            self.rowActivated.emit(self.current_id())
        elif event.matches(QKeySequence.StandardKey.Copy):
            self.copyRequested.emit(False)
        elif event.key() in (Qt.Key.Key_Home, Qt.Key.Key_End) and event.modifiers() == _CTRL:
            self._select_end(event.key())
        elif event.key() == Qt.Key.Key_F10 and event.modifiers() == _SHIFT and not _OWN_MENU_EVENT:
            self.contextMenuEvent(
                QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, QPoint(), self.mapToGlobal(QPoint()))
            )
        elif event.key() == Qt.Key.Key_C and event.modifiers() == _CTRL_SHIFT:
            self.copyRequested.emit(True)
        else:
            super().keyPressEvent(event)
            if event.key() in _MOVES:
                self._select_current()

    def keyboardSearch(self, search: str) -> None:
        """Nothing: looking for what was typed would read millions of rows; the filter box is for that."""

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Opens the row."""
        super().mouseDoubleClickEvent(event)
        row = self.rowAt(event.position().toPoint().y())
        if event.button() == Qt.MouseButton.LeftButton and row >= 0:
            self.rowActivated.emit(self._rows.row_id(row))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Asks for the menu of the selected rows, at the mouse or, by keyboard, below the current cell."""
        place = event.globalPos()
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            self._select_current()
            cell = self.visualRect(self.currentIndex()).intersected(self.viewport().rect())
            place = self.viewport().mapToGlobal(cell.bottomLeft() + QPoint(CELL_PADDING, 0))
        elif self.rowAt(event.pos().y()) < 0:
            return
        if self._selected:
            self.menuRequested.emit(place)

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        """Tells how many rows are selected."""
        super().selectionChanged(selected, deselected)
        self._selected = selected_ranges(self.selectionModel())
        self._tell_selection()

    def currentChanged(self, current: Index, previous: Index) -> None:
        """Tells which row is the current one."""
        super().currentChanged(current, previous)
        self._tell_current()

    def reset(self) -> None:
        """Other rows: Qt forgets the selection without a word."""
        super().reset()
        self._selected = []

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Shows the ring, and the selection in its own colour."""
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Takes the ring away."""
        super().focusOutEvent(event)
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Tells what lies over the table."""
        super().resizeEvent(event)
        self.resized.emit()

    def viewportEvent(self, event: QEvent) -> bool:
        """Follows the mouse, and explains cells that are cut."""
        kind = event.type()
        if isinstance(event, QHoverEvent):
            inside = kind != QEvent.Type.HoverLeave
            self._hover(self.rowAt(event.position().toPoint().y()) if inside else -1)
        elif kind == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            self._explain(event)
            return True
        return super().viewportEvent(event)

    def initViewItemOption(self, option: QStyleOptionViewItem) -> None:
        """A view without the keyboard shows its selection in the colour for that."""
        super().initViewItemOption(option)
        if not self.hasFocus():
            option.state &= ~QStyle.StateFlag.State_Active

    def paintEvent(self, event: QPaintEvent) -> None:
        """Grounds, cells, then hairlines, selection bars and the ring."""
        first, last = self.rowAt(event.rect().top()), self.rowAt(event.rect().bottom())
        if first >= 0:
            last = last if last >= 0 else self._rows.rowCount() - 1
            chosen = rows_within(self._selected, first, last)
            ground = self._theme.color("sel" if self._is_active() else "sel_idle")
            paint_grounds(self, self._theme, self._hovered, chosen, ground)
            super().paintEvent(event)
            paint_lines(self, self._theme, range(first, last + 1), chosen)
        else:
            super().paintEvent(event)

    def _is_active(self) -> bool:
        return self.hasFocus() and self.isActiveWindow()

    def _hover(self, row: int) -> None:
        before, self._hovered = self._hovered, row
        if before != row:
            for changed in (before, row):
                if changed >= 0:
                    self.viewport().update(row_rect(self, changed))

    def _hover_under_mouse(self) -> None:
        """The rows moved under a mouse that did not."""
        if self._hovered >= 0:
            self._hover(self.rowAt(self.viewport().mapFromGlobal(QCursor.pos()).y()))

    def _explain(self, event: QHelpEvent) -> None:
        """The whole text of a cell, as its tooltip, when the cell cuts it."""
        index = self.indexAt(event.pos())
        text = str(index.data() or "") if index.isValid() else ""
        room = self.visualRect(index).width() - 2 * CELL_PADDING
        column = self._rows.columns[index.column()] if text else None
        if column is not None and column.painter is Painter.ASSIGNEE and text != column.missing:
            room = room - NAME_LEFT if room >= NAME_LEFT + LEAST_NAME else 0
        cut = column is not None and column.painter is not Painter.PILL
        if cut and text_width(self._theme.fonts.base, text) > room:
            QToolTip.showText(event.globalPos(), plain_tool_tip(text), self.viewport())
        else:
            QToolTip.hideText()

    def _select_end(self, key: int) -> None:
        """The first row or the last one; Qt would move the ring there and leave the selection behind."""
        rows = self._rows.rowCount()
        if rows:
            self.select_row(0 if key == Qt.Key.Key_Home else rows - 1)

    def _select_current(self) -> None:
        """The row of the ring, when nothing is selected."""
        if not self._selected and self.current_row() >= 0:
            self.select_row(self.current_row())

    def _take_up(self, sight: Sight) -> None:
        model, selection = self._rows, self.selectionModel()
        chosen = selection_of(model, sight.selected)
        selection.select(chosen, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        if sight.current >= 0:
            index = model.index(sight.current, sight.column)
            selection.setCurrentIndex(index, QItemSelectionModel.SelectionFlag.NoUpdate)
        if sight.top >= 0:
            self.verticalScrollBar().setValue(
                sight.top * self.verticalHeader().defaultSectionSize() + sight.offset
            )
        else:
            self.verticalScrollBar().setValue(0)

    def _tell_moved(self) -> None:
        if not self._replacing:
            self.moved.emit()

    def _tell_selection(self) -> None:
        if not self._replacing:
            self.moved.emit()
            self.selectedCount.emit(self.selected_count())

    def _tell_current(self) -> None:
        current = self.current_id()
        if not self._replacing and current != self._current_id:
            self._current_id = current
            self.moved.emit()
            self.currentRowChanged.emit(current)

    def _set_up(self) -> None:
        flatten(self, ROW)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setMouseTracking(True)
        rows = self.verticalHeader()
        rows.setSectionResizeMode(rows.ResizeMode.Fixed)
        header = self.horizontalHeader()
        header.setResizeContentsPrecision(0)  # a double click on a divider looks at the visible rows only

    def _content_width(self, column: Column) -> int:
        """What the widest of a column's known values takes."""
        font = self._theme.fonts.base
        if column.painter is Painter.PILL:
            return max(self._pills.size(value).width() for value in column.values.values()) - PILL_OVERHANG
        if column.painter is Painter.AGE:
            return text_width(font, "999 d") + ICON_SMALL + CELL_PADDING
        return max((text_width(font, word) for word in column.usual), default=0)

    def _make_delegates(self, icons: Icons) -> list[CellDelegate | None]:
        columns = self._rows.columns
        status = next((at for at, column in enumerate(columns) if column.name == "status"), 0)
        is_first = self._is_first
        return [
            delegate_for(column, self._theme, icons, self._pills, status, is_first, self)
            for column in columns
        ]

    def _is_first(self, column: int) -> bool:
        return column == self._first_column

    def _place_delegates(self) -> None:
        """Gives Python the columns it has to paint, the first one shown among them."""
        columns = self._rows.columns
        first = (at for at in range(len(columns)) if self.layout_of_columns.is_first(at))
        self._first_column = next(first, -1)
        for at, own in enumerate(self._delegates):
            delegate = self._first_delegates[at] if own is None and self._is_first(at) else own
            self.setItemDelegateForColumn(at, delegate or self.itemDelegate())
        self.viewport().update()
