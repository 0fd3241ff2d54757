"""The table of wrong values, in which a person mends them.

A hundred thousand values are kept as they were read; what a cell shows is made when it is painted.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any, cast

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QIcon, QKeyEvent, QPainter
from PySide6.QtWidgets import QLineEdit, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from opspilot_desktop.domain.text import visible
from opspilot_desktop.files.mending import LONGEST_MENDED, WrongValue
from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.measures import ICON_SMALL
from opspilot_desktop.ui.theme import Theme
from opspilot_desktop.ui.widgets.plain_label import plain_tool_tip

from .list_table import Column, ListModel, ListTable, Value, text_of
from .raw_text import shown_raw

Index = QModelIndex | QPersistentModelIndex
WholeValue = Callable[[int, str], str]
"""Gives the whole value of a rejected row, by record and column."""

WHOLE_ROW = "(row)"
NOT_TRIED = "Mended, not tried yet"
COLUMN, VALUE, REASON = 2, 3, 4
LEAST_TYPED = 200
"""How wide the column of values is at least, whatever stands in it."""
_COLUMNS = (
    Column("Line", numeric=True),
    Column("Row", numeric=True),
    Column("Column"),
    Column("Value", widest=260),
    Column("Reason", widest=0),
)
_PLAIN = re.compile(r"\s*[+-]?[0-9]{1,40}(?:\.[0-9]{1,40})?\s*")


def _by_value(rows: Sequence[Sequence[Value]], *, descending: bool) -> list[Sequence[Value]]:
    """The rows by their values: numbers as numbers, and before all else.

    Apart, since to compare a hundred thousand pairs of a kind and a value takes three times as long.
    """
    values = [str(row[VALUE]) for row in rows]
    is_plain = _PLAIN.fullmatch
    numbers = [place for place, text in enumerate(values) if is_plain(text) is not None]
    numeric = set(numbers)
    others = [place for place in range(len(rows)) if place not in numeric]
    keys = [text.casefold() for text in values]
    numbers.sort(key=lambda place: float(values[place]), reverse=descending)
    others.sort(key=keys.__getitem__, reverse=descending)
    return [rows[place] for place in (others + numbers if descending else numbers + others)]


class WrongValuesModel(ListModel):
    """The rows are WrongValues; `edits` are values that a person has typed and that were not tried yet, by
    record and column. ``edited`` comes with each change of them."""

    edited = Signal()

    def __init__(self, theme: Theme, icons: Icons, whole_value: WholeValue) -> None:
        super().__init__(_COLUMNS)
        self._theme = theme
        self._icons = icons
        self._whole_value = whole_value
        self._whole: dict[tuple[int, str], str] = {}  # of the values that somebody has begun to edit
        self.edits: dict[tuple[int, str], str] = {}

    def at(self, row: int) -> WrongValue:
        """What stands in a row."""
        return cast(WrongValue, self.rows[row])

    def begin(self, row: int) -> str:
        """The whole value of a row as it is to be edited."""
        one = self.at(row)
        place = (one.record, one.column)
        if place not in self._whole:
            self._whole[place] = self._whole_value(*place)
        return self.edits.get(place, self._whole[place])

    def forget_edits(self) -> None:
        """Lets go of what was typed: it has been tried."""
        self.edits.clear()
        self._whole.clear()

    def text(self, row: Sequence[Value], column: int) -> str:
        """What a cell of a row shows."""
        one = cast(WrongValue, row)
        edit = self.edits.get((one.record, one.column))
        if column == COLUMN:
            return visible(one.column) if one.column else WHOLE_ROW
        if column == VALUE:
            return shown_raw(one.value if edit is None else edit)
        if column == REASON and edit is not None:
            return NOT_TRIED
        return text_of(row[column])

    def copied(self, row: Sequence[Value]) -> list[str]:
        """What is copied of a row: what it shows, numbers without separators."""
        return [
            str(row[place]) if place < COLUMN else self.text(row, place) for place in range(len(_COLUMNS))
        ]

    def sort_key(self, column: int) -> Callable[[Sequence[Value]], Any]:
        """As simple as can be: a hundred thousand are made at once."""
        return itemgetter(column) if column < COLUMN else lambda row: str(row[column]).casefold()

    def _order(self) -> None:
        if self._sort is not None and self._sort[0] == VALUE:
            self._rows = _by_value(self._rows, descending=self._sort[1])
        else:
            super()._order()

    def is_mended(self, row: int) -> bool:
        """Whether a person has changed the value of this row."""
        one = self.at(row)
        return one.mended or (one.record, one.column) in self.edits

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Values of one cell can be edited."""
        flags = super().flags(index)
        if index.isValid() and index.column() == VALUE and self.at(index.row()).mendable:
            flags |= Qt.ItemFlag.ItemIsEditable
        return flags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The text of a cell, and how a mended value is marked."""
        if not index.isValid() or index.column() != VALUE:
            return super().data(index, role)
        marked = self._mark(index, role) if self.is_mended(index.row()) else None
        return super().data(index, role) if marked is None else marked

    def _mark(self, index: Index, role: int) -> object:
        """How a mended value differs from others in a role."""
        if role == Qt.ItemDataRole.FontRole:
            return self._theme.fonts.strong
        if role == Qt.ItemDataRole.DecorationRole:
            return QIcon(self._icons.pixmap("edit", ICON_SMALL, "text", 2.0))
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            told = self._told(index)
            return plain_tool_tip(told) if role == Qt.ItemDataRole.ToolTipRole else told
        return None

    def _told(self, index: Index) -> str:
        one = self.at(index.row())
        before = one.before if one.mended else one.value
        shown = self.text(one, VALUE)
        return f"{shown}, mended; the file has {shown_raw(before)}"

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Notes a value that was typed; the value that was there before takes the note away."""
        one = self.at(index.row())
        place = (one.record, one.column)
        if role != Qt.ItemDataRole.EditRole or place not in self._whole:
            return False
        if value == self._whole[place]:
            self.edits.pop(place, None)
        else:
            self.edits[place] = str(value)
        self.dataChanged.emit(self.index(0, 0), self.index(self.rowCount() - 1, REASON))
        self.edited.emit()
        return True


class _Values(QStyledItemDelegate):
    """Marks mended values, and edits them in a plain input.

    What is typed counts at once, and not when the input is left: a button can be pressed before that.
    """

    def __init__(self, theme: Theme, model: WrongValuesModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._model = model
        self._before = ""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        if self._model.is_mended(index.row()) and not option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, self._theme.color("diff"))
        super().paint(painter, option, index)

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        edit = QLineEdit(parent)
        edit.setObjectName("wrongValueEdit")
        edit.setAccessibleName("Value")
        edit.setMaxLength(2 * LONGEST_MENDED)
        self._before = self._model.begin(index.row())
        edit.setText(self._before)
        edit.selectAll()
        edit.textEdited.connect(lambda _text: self.commitData.emit(edit))
        return edit

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(watched, QLineEdit) and isinstance(event, QKeyEvent):
            ends = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape)
            if ends and event.type() == QEvent.Type.KeyPress:
                self._end(watched, kept=event.key() != Qt.Key.Key_Escape)
                # It would go on to the dialog, and press its button.
                return True
        return super().eventFilter(watched, event)

    def _end(self, edit: QLineEdit, *, kept: bool) -> None:
        if not kept and edit.isModified():
            edit.setText(self._before)
            edit.setModified(True)
            self.commitData.emit(edit)
        self.closeEditor.emit(edit, QStyledItemDelegate.EndEditHint.NoHint)

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        pass  # it has its text since it was made, and what is typed must not be overwritten

    def setModelData(self, editor: QWidget, model: Any, index: Index) -> None:
        # What cannot be seen in the input stays as it is, unless somebody has typed.
        if isinstance(editor, QLineEdit) and editor.isModified():
            model.setData(index, editor.text())

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: Index) -> None:
        editor.setGeometry(option.rect.adjusted(1, 0, -1, -1))

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        super().initStyleOption(option, index)
        option.decorationSize = QSize(ICON_SMALL, ICON_SMALL)


class WrongValuesTable(ListTable):
    """A double click on a row, or F2, edits its value; ``refused`` says why that cannot be."""

    refused = Signal(str)

    def __init__(self, theme: Theme, icons: Icons, whole_value: WholeValue) -> None:
        self.wrong = WrongValuesModel(theme, icons, whole_value)
        super().__init__(theme, icons, _COLUMNS, model=self.wrong)
        self.wrong.setParent(self)
        self.setItemDelegateForColumn(VALUE, _Values(theme, self.wrong, self))
        self.doubleClicked.connect(self.edit_row)

    @property
    def edits(self) -> Mapping[tuple[int, str], str]:
        """What was typed and not tried yet, by record and column."""
        return self.wrong.edits

    def show_wrong(self, rows: Sequence[WrongValue]) -> None:
        """Shows other rows; the order stays."""
        self.show_rows(rows)

    def edit_row(self, index: QModelIndex) -> None:
        """Edits the value of a row, or says why it cannot be."""
        if not index.isValid():
            return
        why = why_not(self.wrong.at(index.row()))
        if not why and len(self.wrong.begin(index.row())) > LONGEST_MENDED:
            why = f"Values of more than {LONGEST_MENDED:,} characters are mended in the file."
        if why:
            self.refused.emit(why)
            return
        place = self.wrong.index(index.row(), VALUE)
        self.scrollTo(place)
        self.edit(place)

    def _fit(self) -> None:
        """Leaves room in which a value can be typed."""
        super()._fit()
        more = LEAST_TYPED - self.columnWidth(VALUE)
        if more > 0:
            self.setColumnWidth(VALUE, LEAST_TYPED)
            self.setColumnWidth(REASON, max(160, self.columnWidth(REASON) - more))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """F2 edits."""
        if event.key() == Qt.Key.Key_F2:
            self.edit_row(self.currentIndex())
        else:
            super().keyPressEvent(event)


def why_not(one: WrongValue) -> str:
    """Why a value cannot be mended here; "" where it can."""
    if one.mendable:
        return ""
    if not one.column:
        return "The row is broken as a whole: mend it in the file, or in the saved rejects."
    return "Several columns are wrong together: mend the row in the file, or in the saved rejects."
