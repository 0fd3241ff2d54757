"""The list in the command palette: sections, icons, the letters found, details and keys."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from .icons import Icons
from .measures import ICON, RADIUS_CONTROL
from .theme import Theme
from .widgets.key_hint import HEIGHT as CAP_HEIGHT
from .widgets.key_hint import key_caps_width, paint_key_caps, split_keys
from .widgets.painting import paint_ground, paint_line, text_width

ROW_HEIGHT = 34
SECTION_HEIGHT = 26
SIDE = 8  # from the list's edge to a row's ground
TEXT_LEFT = 38  # from the row's ground to its text
GAP = 14

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
_ITEM = int(Qt.ItemDataRole.UserRole)


@dataclass(frozen=True)
class PaletteItem:
    """Something that can be chosen; where `enabled` is false, `detail` says why.

    `keys` is the shortcut in Qt's portable spelling, `icon` the name of a drawing.
    """

    section: str
    text: str
    detail: str = ""
    keys: str = ""
    icon: str = ""
    enabled: bool = True
    run: Callable[[], None] | None = None


@dataclass(frozen=True)
class Shown:
    """An item and which letters of its text were found."""

    item: PaletteItem
    letters: tuple[int, ...] = ()


class _Model(QAbstractListModel):
    """Items, each section under a heading that cannot be chosen."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.lines: list[Shown | str] = []

    def show_items(self, items: Sequence[Shown]) -> None:
        self.beginResetModel()
        self.lines = []
        section = None
        for shown in items:
            if shown.item.section != section:
                section = shown.item.section
                self.lines.append(section)
            self.lines.append(shown)
        self.endResetModel()

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.lines)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        line = self.lines[index.row()]
        if role == _ITEM:
            return line
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            if isinstance(line, str):
                return line
            words = (line.item.text, line.item.detail, line.item.keys)
            return ", ".join(word for word in words if word)
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid() or isinstance(self.lines[index.row()], str):
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable


class _Delegate(QStyledItemDelegate):
    """Paints headings and items."""

    def __init__(self, theme: Theme, icons: Icons, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icons = icons

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        heading = isinstance(index.data(_ITEM), str)
        return QSize(0, SECTION_HEIGHT if heading else ROW_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        line = index.data(_ITEM)
        theme, fonts = self._theme, self._theme.fonts
        if isinstance(line, str):
            rect = option.rect.adjusted(SIDE + 10, 4, -SIDE, 0)
            paint_line(painter, rect, line, fonts.small, theme.color("dim"))
            return
        ground = option.rect.adjusted(SIDE, 0, -SIDE, 0)
        view = option.widget
        if isinstance(view, QListView) and view.currentIndex() == index:
            paint_ground(painter, ground, RADIUS_CONTROL, theme.color("sel"))
        self._paint_item(painter, ground, line)

    def _paint_item(self, painter: QPainter, rect: QRect, shown: Shown) -> None:
        item, theme, fonts = shown.item, self._theme, self._theme.fonts
        role = "text" if item.enabled else "dim"
        if item.icon:
            ratio = painter.device().devicePixelRatio()
            pixmap = self._icons.pixmap(item.icon, ICON, role, ratio)
            painter.drawPixmap(rect.left() + 10, rect.top() + (rect.height() - ICON) // 2, pixmap)
        keys = split_keys(item.keys) if item.keys else []
        caps = key_caps_width(theme, keys)
        right = rect.right() - 10
        if keys:
            corner = QPoint(right - caps, rect.top() + (rect.height() - CAP_HEIGHT) // 2)
            paint_key_caps(painter, theme, keys, corner)
            right -= caps + GAP
        x = self._paint_text(painter, QRect(rect.left() + TEXT_LEFT, rect.top(), right, rect.height()), shown)
        detail = QRect(x + GAP, rect.top(), right - x - GAP, rect.height())
        paint_line(painter, detail, item.detail, fonts.small, theme.color("dim"))

    def _paint_text(self, painter: QPainter, rect: QRect, shown: Shown) -> int:
        """The text with the letters found in another colour and weight; returns where it ends."""
        theme, fonts = self._theme, self._theme.fonts
        plain = "text" if shown.item.enabled else "dim"
        found = set(shown.letters)
        x = rect.left()
        for text, is_found in _runs(shown.item.text, found):
            font = fonts.strong if is_found else fonts.base
            role = "link" if is_found and shown.item.enabled else plain
            room = QRect(x, rect.top(), rect.right() - x, rect.height())
            paint_line(painter, room, text, font, theme.color(role))
            x += text_width(font, text)
        return min(x, rect.right())


def _runs(text: str, found: set[int]) -> list[tuple[str, bool]]:
    """The text cut where found letters begin and end."""
    runs: list[tuple[str, bool]] = []
    for place, letter in enumerate(text):
        is_found = place in found
        if runs and runs[-1][1] == is_found:
            runs[-1] = (runs[-1][0] + letter, is_found)
        else:
            runs.append((letter, is_found))
    return runs


class PaletteList(QListView):
    """The keyboard stays in the input above; ``chosen(PaletteItem)`` is a click."""

    chosen = Signal(object)

    def __init__(self, theme: Theme, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._nothing = ""
        self._lines = _Model(self)
        self.setObjectName("paletteList")
        self.setAccessibleName("Results")
        self.setModel(self._lines)
        self.setItemDelegate(_Delegate(theme, icons, self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setProperty("ground", "clear")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMouseTracking(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.entered.connect(self._hover)
        self.clicked.connect(self._click)
        theme.changed.connect(self.viewport().update)

    def show_items(self, items: Sequence[Shown], nothing: str = "") -> None:
        """Shows other items; the first that can be run is the current one. `nothing` stands for none."""
        self._lines.show_items(items)
        self._nothing = nothing
        self.scrollToTop()
        places = self._places()
        runnable = [place for place in places if self._item(place).enabled]
        if places:
            self.setCurrentIndex(self._lines.index((runnable or places)[0], 0))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paints the items, or says that there are none."""
        super().paintEvent(event)
        if not self._lines.lines:
            painter = QPainter(self.viewport())
            line = QRect(SIDE + 10, 4, self.viewport().width() - 2 * SIDE - 10, ROW_HEIGHT)
            paint_line(painter, line, self._nothing, self._theme.fonts.base, self._theme.color("dim"))

    @property
    def shown(self) -> list[PaletteItem]:
        """The items shown, without the headings."""
        return [self._item(place) for place in self._places()]

    def current(self) -> PaletteItem | None:
        """The item that Enter would run."""
        line = self.currentIndex().data(_ITEM)
        return line.item if isinstance(line, Shown) else None

    def move_by(self, step: int) -> None:
        """Goes up or down, over headings, and round at the ends when by one."""
        places = self._places()
        if not places:
            return
        row = self.currentIndex().row()
        at = places.index(row) if row in places else -1
        at = (at + step) % len(places) if abs(step) == 1 else min(max(at + step, 0), len(places) - 1)
        index = self._lines.index(places[at], 0)
        self.setCurrentIndex(index)
        # A section's heading is shown with its first item.
        if places[at] and isinstance(self._lines.lines[places[at] - 1], str):
            self.scrollTo(self._lines.index(places[at] - 1, 0))
        self.scrollTo(index)

    def _places(self) -> list[int]:
        return [row for row, line in enumerate(self._lines.lines) if isinstance(line, Shown)]

    def _item(self, row: int) -> PaletteItem:
        line = self._lines.lines[row]
        assert isinstance(line, Shown)
        return line.item

    def _hover(self, index: QModelIndex) -> None:
        if isinstance(index.data(_ITEM), Shown):
            self.setCurrentIndex(index)

    def _click(self, index: QModelIndex) -> None:
        line = index.data(_ITEM)
        if isinstance(line, Shown):
            self.chosen.emit(line.item)
