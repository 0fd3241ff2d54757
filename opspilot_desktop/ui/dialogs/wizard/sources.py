"""Where a field's value can come from: the columns of a file, and the ways to make it of something else.

One model stands behind all boxes that offer the same, so that 300 columns cost what one box costs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import Enum
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QStyle,
    QStyledItemDelegate,
    QStyleOptionComboBox,
    QStyleOptionViewItem,
    QStylePainter,
    QWidget,
)

from opspilot_desktop.domain.fields import Field, FieldType
from opspilot_desktop.files.taking import (
    Constant,
    DebitCredit,
    Joined,
    SignedBy,
    SignOf,
    Taken,
    Unsigned,
)
from opspilot_desktop.ui.dialogs.choice import Choice
from opspilot_desktop.ui.dialogs.raw_text import shown_raw
from opspilot_desktop.ui.measures import MENU_ITEM
from opspilot_desktop.ui.theme import Theme
from opspilot_desktop.ui.widgets.painting import paint_ground, paint_line, text_width
from opspilot_desktop.ui.widgets.plain_label import plain_tool_tip

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
FIRST_VALUES = 3
"""How many of a column's first values are told beside its name."""
LONGEST_NAME = 48
NARROWEST = 110
"""The least width of a box."""
LONGEST_VALUE = 24
_LONGEST_TIP = 400
SAMPLES_ROLE = Qt.ItemDataRole.UserRole + 1
_MOST_POPUP_LINES = 14
_SEPARATOR_HEIGHT = 9


class Way(Enum):
    """How a value is made that is no column as it stands. Each has the words that offer it."""

    LEFT_OUT = "Not in the file"
    CONSTANT = "Always the same…"
    JOINED = "Several columns joined…"
    DEBIT_CREDIT = "Debit and credit columns…"
    SIGNED_BY = "Sign by another column…"
    SIGN_OF = "Sign of a number tells the side…"
    UNSIGNED = "Sign only repeats the side…"


Source = Way | str
"""A way, or a column by its header."""


_WAYS: dict[type[object], Way] = {
    Constant: Way.CONSTANT,
    Joined: Way.JOINED,
    DebitCredit: Way.DEBIT_CREDIT,
    SignedBy: Way.SIGNED_BY,
    SignOf: Way.SIGN_OF,
    Unsigned: Way.UNSIGNED,
}


def source_of(taken: Taken) -> Source:
    """The source that a choice of a profile is."""
    return taken or Way.LEFT_OUT if isinstance(taken, str) else _WAYS[type(taken)]


def ways_of(field: Field) -> tuple[Way, ...]:
    """The ways that make sense for a field, besides taking a column as it stands."""
    ways = [Way.LEFT_OUT, Way.CONSTANT]
    if field.type is FieldType.ID:
        ways.append(Way.JOINED)
    if field.type is FieldType.DECIMAL:
        ways += [Way.DEBIT_CREDIT, Way.SIGNED_BY]
    if field.positive:
        ways.append(Way.UNSIGNED)
    if field.type is FieldType.SIDE:
        ways.append(Way.SIGN_OF)
    return tuple(ways)


def shortened(text: str, most: int = LONGEST_NAME) -> str:
    """The text on one line, cut in its middle: long names differ at their ends as often as elsewhere."""
    shown = shown_raw(text)
    if len(shown) <= most:
        return shown
    end = most // 3
    return f"{shown[: most - end - 1]}…{shown[-end:]}"


class FileColumns:
    """The columns of a file that have a name, with their first values. `gone` are columns that a profile
    names and the file does not have."""

    def __init__(self) -> None:
        self.names: tuple[str, ...] = ()
        self.gone: tuple[str, ...] = ()
        self._samples: Mapping[str, Sequence[str]] = {}
        self._here: frozenset[str] = frozenset()

    def set_file(self, header: Sequence[str], samples: Mapping[str, Sequence[str]]) -> None:
        """Takes the columns of another file."""
        self.names = tuple(dict.fromkeys(name for name in header if name))
        self.gone = ()
        self._samples = samples
        self._here = frozenset(self.names)

    def set_named(self, names: Iterable[str]) -> None:
        """Takes note of the columns that a profile names."""
        self.gone = tuple(name for name in dict.fromkeys(names) if name and name not in self._here)

    def __contains__(self, name: str) -> bool:
        return name in self._here

    def samples(self, name: str) -> Sequence[str]:
        """The first cells of a column."""
        return self._samples.get(name, ())

    def distinct(self, name: str, most: int) -> list[str]:
        """The first different values of a column without regard to case and outer spaces."""
        found: dict[str, str] = {}
        for cell in self.samples(name):
            found.setdefault(cell.strip().lower(), cell.strip())
            if len(found) == most:
                break
        return list(found.values())

    def first_values(self, name: str) -> str:
        """The first values of a column that are no blanks, in words."""
        filled = [cell for cell in self.samples(name) if cell.strip()][:FIRST_VALUES]
        return ", ".join(shortened(cell, LONGEST_VALUE) for cell in filled)

    def tip(self, name: str) -> str:
        """The whole name of a column and its first values."""
        whole = shown_raw(name)
        whole = whole if len(whole) <= _LONGEST_TIP else f"{whole[:_LONGEST_TIP]}…"
        if name not in self._here:
            return f"{whole}\nThis file does not have the column."
        return f"{whole}\n{self.first_values(name)}".rstrip()


class SourceModel(QAbstractListModel):
    """The ways, a line between, and the columns. Made once for all boxes that offer the same."""

    def __init__(self, columns: FileColumns, ways: Sequence[Way], parent: QObject) -> None:
        super().__init__(parent)
        self._columns = columns
        self._ways = tuple(ways)
        self._sources: list[Source | None] = []
        self._places: dict[Source, int] = {}
        self.refresh()

    def refresh(self) -> None:
        """Takes note of other columns."""
        self.beginResetModel()
        columns = [*self._columns.names, *self._columns.gone]
        self._sources = [*self._ways, *[None][: bool(self._ways and columns)], *columns]
        self._places = {each: place for place, each in enumerate(self._sources) if each is not None}
        self.endResetModel()

    def place(self, source: Source) -> int:
        """In which line the source stands, -1 where it is not offered."""
        return self._places.get(source, -1)

    def source(self, row: int) -> Source | None:
        """The source in a line."""
        return self._sources[row] if 0 <= row < len(self._sources) else None

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """How many lines there are."""
        return 0 if parent.isValid() else len(self._sources)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """The line between cannot be chosen."""
        return Qt.ItemFlag.NoItemFlags if self.source(index.row()) is None else super().flags(index)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """What is shown of a line."""
        source = self.source(index.row())
        if source is None:
            return "separator" if role == Qt.ItemDataRole.AccessibleDescriptionRole else None
        if role == Qt.ItemDataRole.DisplayRole:
            return source.value if isinstance(source, Way) else shortened(source)
        if isinstance(source, Way):
            return None
        if role == SAMPLES_ROLE:
            return self._columns.first_values(source) if source in self._columns else "not in this file"
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tool_tip(self._columns.tip(source))
        return None


class _Lines(QStyledItemDelegate):
    """Paints a column's name with its first values dim behind it."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        is_line = index.data(Qt.ItemDataRole.AccessibleDescriptionRole) == "separator"
        return QSize(120, _SEPARATOR_HEIGHT if is_line else MENU_ITEM)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        rect, color, font = option.rect, self._theme.color, self._theme.fonts.base
        if index.data(Qt.ItemDataRole.AccessibleDescriptionRole) == "separator":
            painter.fillRect(rect.left(), rect.center().y(), rect.width(), 1, color("line"))
            return
        if option.state & QStyle.StateFlag.State_Selected:
            paint_ground(painter, rect, 4, color("sel"))
        inner = rect.adjusted(8, 0, -8, 0)
        text, samples = str(index.data(Qt.ItemDataRole.DisplayRole)), index.data(SAMPLES_ROLE)
        left = Qt.AlignmentFlag.AlignLeft
        paint_line(painter, inner, text, font, color("text"), left)
        gone = min(text_width(font, text), inner.width()) + 12
        if samples and gone < inner.width():
            paint_line(painter, inner.adjusted(gone, 0, 0, 0), str(samples), font, color("dim"), left)


class SourceBox(Choice):
    """A box of sources. It has no way to type in it; a letter key jumps to the next name."""

    def __init__(self, theme: Theme, model: SourceModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._offered = model
        self._has_lines = False
        # By what it contains it would ask each of the columns for its width.
        self.setSizeAdjustPolicy(Choice.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(8)
        self.setMinimumWidth(NARROWEST)  # its own least width is that of its placeholder
        self.setMaxVisibleItems(_MOST_POPUP_LINES)
        self.setModel(model)
        self.setPlaceholderText("Choose a column")
        self.setCurrentIndex(-1)
        self.currentIndexChanged.connect(lambda _index: self._explain())

    @property
    def source(self) -> Source | None:
        """What is chosen."""
        return self._offered.source(self.currentIndex())

    def choose(self, source: Source | None) -> None:
        """Shows a source as chosen; None for nothing."""
        self.setCurrentIndex(-1 if source is None else self._offered.place(source))

    def showPopup(self) -> None:
        """Opens the list; wide enough for the values."""
        if not self._has_lines:
            self._has_lines = True
            self.setItemDelegate(_Lines(self._theme, self))
            self.view().setTextElideMode(Qt.TextElideMode.ElideRight)
        self.view().setMinimumWidth(max(self.width(), 360))
        super().showPopup()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paints the box; a long name is cut with "…"."""
        painter = QStylePainter(self)
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        text = self.currentText() if self.currentIndex() >= 0 else self.placeholderText()
        part = QStyle.SubControl.SC_ComboBoxEditField
        room = self.style().subControlRect(QStyle.ComplexControl.CC_ComboBox, option, part, self).width()
        option.currentText = self.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, room - 2)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)

    def _explain(self) -> None:
        tip = self._offered.data(self._offered.index(self.currentIndex()), Qt.ItemDataRole.ToolTipRole)
        self.setToolTip(tip or "")
