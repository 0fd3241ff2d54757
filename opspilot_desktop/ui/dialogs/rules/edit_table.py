"""A small table that is typed into, with lines to add and to remove."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCompleter,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from opspilot_desktop.domain.text import visible
from opspilot_desktop.recon.rule_typing import WrongCell
from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.measures import CELL_PADDING, FIRST_CELL_PADDING, HEADER, ICON_SMALL, ROW
from opspilot_desktop.ui.theme import Theme
from opspilot_desktop.ui.widgets.buttons import text_button
from opspilot_desktop.ui.widgets.edges import boxed
from opspilot_desktop.ui.widgets.header_view import HeaderView
from opspilot_desktop.ui.widgets.icon_label import IconLabel
from opspilot_desktop.ui.widgets.painting import paint_focus_ring, paint_line
from opspilot_desktop.ui.widgets.plain_label import plain_label, plain_tool_tip

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
LEAST_SHOWN, MOST_SHOWN = 2, 7
"""How many lines there is room for before the table scrolls."""


@dataclass(frozen=True)
class EditColumn:
    """A column: its label, what an empty cell means, whether figures stand in it, and how wide it is (0: its
    share of the rest)."""

    label: str
    blank: str = ""
    numeric: bool = False
    width: int = 0


class _Model(QAbstractTableModel):
    """The lines as typed."""

    def __init__(self, columns: Sequence[EditColumn], parent: QObject) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self.lines: list[list[str]] = []
        self.wrong: tuple[int, int] | None = None

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.lines)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.columns)

    def flags(self, index: Index) -> Qt.ItemFlag:
        return super().flags(index) | Qt.ItemFlag.ItemIsEditable

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation != Qt.Orientation.Horizontal or section >= len(self.columns):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.columns[section].label
        return int(self._align(section).value) if role == Qt.ItemDataRole.TextAlignmentRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        text = self.lines[index.row()][index.column()]
        if role == Qt.ItemDataRole.EditRole:
            return text
        if role == Qt.ItemDataRole.DisplayRole:
            return visible(text)
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tool_tip(visible(text))
        if role == Qt.ItemDataRole.AccessibleTextRole:
            label = self.columns[index.column()].label
            return f"{label}: {visible(text) or self.columns[index.column()].blank or 'blank'}"
        return int(self._align(index.column()).value) if role == Qt.ItemDataRole.TextAlignmentRole else None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.EditRole or self.lines[index.row()][index.column()] == value:
            return False
        self.lines[index.row()][index.column()] = str(value)
        self.dataChanged.emit(index, index)
        return True

    def _align(self, column: int) -> Qt.AlignmentFlag:
        side = Qt.AlignmentFlag.AlignRight if self.columns[column].numeric else Qt.AlignmentFlag.AlignLeft
        return side | Qt.AlignmentFlag.AlignVCenter


class _Cells(QStyledItemDelegate):
    """Paints the cells, and edits them in a plain input that offers what the data have."""

    def __init__(self, theme: Theme, icons: Icons, model: _Model, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icons = icons
        self._model = model
        self.offers: dict[int, Sequence[str]] = {}

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        edit = QLineEdit(parent)
        edit.setAccessibleName(self._model.columns[index.column()].label)
        offered = self.offers.get(index.column(), ())
        if offered:
            completer = QCompleter(list(offered), edit)
            completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
            completer.setFilterMode(Qt.MatchFlag.MatchContains)
            completer.activated.connect(lambda _text: self.commitData.emit(edit))
            edit.setCompleter(completer)
        # At once and not when the input is left: a button can be pressed while it still has the keyboard.
        edit.textEdited.connect(lambda _text: self.commitData.emit(edit))
        return edit

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        text = index.data(Qt.ItemDataRole.EditRole)
        if isinstance(editor, QLineEdit) and editor.text() != text:
            editor.setText(text)

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: Index) -> None:
        editor.setGeometry(option.rect.adjusted(1, 0, -1, -1))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        column = self._model.columns[index.column()]
        rect, color = option.rect, self._theme.color
        if self._model.wrong == (index.row(), index.column()):
            painter.fillRect(rect, color("CRITICAL.ground"))
            pixmap = self._icons.pixmap("warning", ICON_SMALL, "bad", painter.device().devicePixelRatio())
            at = rect.right() - ICON_SMALL - 4 if not column.numeric else rect.left() + 4
            painter.drawPixmap(at, rect.top() + (ROW - ICON_SMALL) // 2, pixmap)
        text = index.data(Qt.ItemDataRole.DisplayRole)
        left = FIRST_CELL_PADDING if index.column() == 0 else CELL_PADDING
        align = Qt.AlignmentFlag.AlignRight if column.numeric else Qt.AlignmentFlag.AlignLeft
        inner = rect.adjusted(left, 0, -CELL_PADDING, 0)
        role = "text" if text else "faint"
        paint_line(painter, inner, text or column.blank, self._theme.fonts.base, color(role), align)
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, color("grid"))


class _View(QTableView):
    """One click opens a cell; the lines are as high as everywhere."""

    def __init__(self, theme: Theme, icons: Icons, model: _Model) -> None:
        super().__init__()
        self._theme = theme
        self.setModel(model)
        header = HeaderView(theme, icons, self)
        header.setSectionsClickable(False)
        self.setHorizontalHeader(header)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        for place, column in enumerate(model.columns):
            if column.width:
                header.setSectionResizeMode(place, QHeaderView.ResizeMode.Fixed)
                header.resizeSection(place, column.width)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setCornerButtonEnabled(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.AllEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.verticalHeader().setMinimumSectionSize(ROW)
        self.verticalHeader().setDefaultSectionSize(ROW)
        theme.changed.connect(self.viewport().update)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        current = self.currentIndex()
        if self.hasFocus() and current.isValid():
            rect = self.visualRect(current).adjusted(0, 0, 0, -1)
            paint_focus_ring(QPainter(self.viewport()), rect, 0, self._theme.color("focus"))


class EditTable(QWidget):
    """``changed`` comes with every change of a cell and every line that is added or removed."""

    changed = Signal()

    def __init__(
        self,
        theme: Theme,
        icons: Icons,
        name: str,
        columns: Sequence[EditColumn],
        *,
        line: str = "line",
        note: str = "",
    ) -> None:
        """`name` is spoken; `line` is what one line is called."""
        super().__init__()
        self._model = _Model(columns, self)
        self.view = _View(theme, icons, self._model)
        self._cells = _Cells(theme, icons, self._model, self.view)
        self.view.setItemDelegate(self._cells)
        self.view.setAccessibleName(name)
        self.add_button = text_button(icons, f"Add {line}", "plus")
        self.remove_button = text_button(icons, f"Remove {line}", "trash")
        self._sign = IconLabel(theme, icons, "warning", "bad")
        self._sentence = plain_label(tone="bad", font=theme.fonts.small, wrap=True)
        self._error_row = QWidget()
        self._lay_out(theme, name, note)
        self._model.dataChanged.connect(lambda *_: self._after_change())
        self.add_button.clicked.connect(self.add_line)
        self.remove_button.clicked.connect(self.remove_line)
        self.view.selectionModel().currentChanged.connect(lambda *_: self._refresh())
        self._refresh()

    @property
    def lines(self) -> list[list[str]]:
        """What is typed, line by line."""
        return [list(line) for line in self._model.lines]

    @property
    def error(self) -> str:
        """The sentence shown, "" while everything is fine."""
        return self._sentence.text()

    def set_lines(self, lines: Iterable[Sequence[str]]) -> None:
        """Shows other lines."""
        self._model.beginResetModel()
        self._model.lines = [list(line) for line in lines]
        self._model.wrong = None
        self._model.endResetModel()
        self._refresh()

    def offer(self, column: int, values: Sequence[str]) -> None:
        """Offers these values while a cell of the column is typed."""
        self._cells.offers[column] = values

    def set_error(self, error: WrongCell | None) -> None:
        """Marks a cell as wrong and says why; None takes both away."""
        self._model.wrong = None if error is None else (error.row, error.column)
        self._sentence.setText("" if error is None else error.message)
        self._error_row.setVisible(error is not None)
        self.view.setAccessibleDescription(self._sentence.text())
        self.view.viewport().update()

    def add_line(self) -> None:
        """Adds an empty line at the end and opens its first cell."""
        row = len(self._model.lines)
        self._model.beginInsertRows(QModelIndex(), row, row)
        self._model.lines.append([""] * len(self._model.columns))
        self._model.endInsertRows()
        self._after_change()
        self.view.setFocus(Qt.FocusReason.OtherFocusReason)
        self.view.setCurrentIndex(self._model.index(row, 0))
        self.view.scrollToBottom()

    def remove_line(self) -> None:
        """Removes the line of the current cell."""
        row = self.view.currentIndex().row()
        if row < 0:
            return
        self._model.beginRemoveRows(QModelIndex(), row, row)
        del self._model.lines[row]
        self._model.endRemoveRows()
        self._after_change()

    def _after_change(self) -> None:
        self._refresh()
        self.changed.emit()

    def _refresh(self) -> None:
        count = len(self._model.lines)
        shown = min(max(count, LEAST_SHOWN), MOST_SHOWN)
        self.view.setFixedHeight(HEADER + shown * ROW + 1)
        self.remove_button.setEnabled(self.view.currentIndex().isValid() and count > 0)

    def _lay_out(self, theme: Theme, name: str, note: str) -> None:
        box = boxed(self.view)
        below = QHBoxLayout(self._error_row)
        below.setContentsMargins(0, 0, 0, 0)
        below.setSpacing(6)
        below.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignTop)
        below.addWidget(self._sentence, 1)
        self._error_row.hide()
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.add_button)
        buttons.addWidget(self.remove_button)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(plain_label(name, tone="dim", font=theme.fonts.small))
        if note:
            column.addWidget(plain_label(note, tone="dim", font=theme.fonts.small, wrap=True))
        column.addWidget(box)
        column.addWidget(self._error_row)
        column.addLayout(buttons)
