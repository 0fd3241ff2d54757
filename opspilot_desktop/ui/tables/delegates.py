"""The cells that Python paints: pills, ages, assignees, and the first column, which stands further in.

All other cells are painted by Qt itself, which is far faster. The row's ground (selected, under the mouse)
is the view's; a delegate only puts its content on it.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, Qt, Slot
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from opspilot_desktop.domain.issues import UNDER_WORK
from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.measures import CELL_PADDING, FIRST_CELL_PADDING, ICON_SMALL
from opspilot_desktop.ui.theme import Theme
from opspilot_desktop.ui.widgets.painting import paint_ground, paint_line, text_width
from opspilot_desktop.ui.widgets.pills import Pills

from .table_spec import MISSING, Column, Painter

OVERDUE_DAYS = 7
"""An issue under work that is older than this shows a clock."""

_ICON_GAP = 6
BADGE = 20
"""The width and height of a person's badge."""
PILL_OVERHANG = 5
"""A pill may come so much nearer to the next column than a text: it has an edge of its own."""
_BADGE_GAP = 6
NAME_LEFT = BADGE + _BADGE_GAP
"""How far to the right of its badge's left edge a person's name begins."""
LEAST_NAME = 28
"""With less room than this for a person's name only the initials are shown."""
_UNDER_WORK = frozenset(status.label for status in UNDER_WORK)
_DISPLAY = int(Qt.ItemDataRole.DisplayRole)

Index = QModelIndex | QPersistentModelIndex


class CellDelegate(QStyledItemDelegate):
    """Paints a cell's text in the colours of its column; `is_first` says which column stands further in."""

    def __init__(
        self, theme: Theme, column: Column, is_first: Callable[[int], bool], parent: QObject
    ) -> None:
        super().__init__(parent)
        self.theme = theme
        self.column = column
        self._is_first = is_first

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paints the content of one cell."""
        text = index.data(_DISPLAY)
        if text:
            left = FIRST_CELL_PADDING if self._is_first(index.column()) else CELL_PADDING
            rect: QRect = option.rect
            self.paint_content(painter, rect.adjusted(left, 0, -CELL_PADDING, 0), text, index)

    def paint_content(self, painter: QPainter, rect: QRect, text: str, index: Index) -> None:
        """Paints the text; `rect` is the cell without its padding."""
        column = self.column
        role = "dim" if text in (column.missing, MISSING) else column.roles.get(text, column.role)
        align = Qt.AlignmentFlag.AlignRight if column.right else Qt.AlignmentFlag.AlignLeft
        paint_line(painter, rect, text, self.theme.fonts.base, self.theme.color(role), align)


class PillDelegate(CellDelegate):
    """Paints a severity or a status as a pill."""

    def __init__(
        self, theme: Theme, column: Column, is_first: Callable[[int], bool], pills: Pills, parent: QObject
    ) -> None:
        super().__init__(theme, column, is_first, parent)
        self._pills = pills

    def paint_content(self, painter: QPainter, rect: QRect, text: str, index: Index) -> None:
        """Paints the pill; a word that has none is written as it is."""
        value = self.column.values.get(text)
        if value is None:
            super().paint_content(painter, rect, text, index)
        else:
            self._pills.paint(painter, rect.adjusted(0, 0, PILL_OVERHANG, 0), value, padding=0)


class AgeDelegate(CellDelegate):
    """Paints an age; one that is overdue has a clock, and both are in the colour of what is bad."""

    def __init__(
        self,
        theme: Theme,
        column: Column,
        is_first: Callable[[int], bool],
        icons: Icons,
        status_column: int,
        parent: QObject,
    ) -> None:
        super().__init__(theme, column, is_first, parent)
        self._icons = icons
        self._status_column = status_column

    def paint_content(self, painter: QPainter, rect: QRect, text: str, index: Index) -> None:
        """Paints the age and, if need be, the clock before it."""
        if not self.is_overdue(text, index):
            super().paint_content(painter, rect, text, index)
            return
        theme = self.theme
        width = text_width(theme.fonts.base, text)
        color = theme.color("bad")
        paint_line(painter, rect, text, theme.fonts.base, color, Qt.AlignmentFlag.AlignRight)
        left = rect.right() + 1 - width - _ICON_GAP - ICON_SMALL
        if left >= rect.left():
            clock = self._icons.pixmap("clock", ICON_SMALL, "bad", painter.device().devicePixelRatio())
            painter.drawPixmap(left, rect.top() + (rect.height() - ICON_SMALL) // 2, clock)

    def is_overdue(self, text: str, index: Index) -> bool:
        """Whether the issue is older than it should be and still asks for work."""
        days = text.partition(" ")[0]
        if not days.isdecimal() or int(days) <= OVERDUE_DAYS:
            return False
        return index.sibling(index.row(), self._status_column).data(_DISPLAY) in _UNDER_WORK


class AssigneeDelegate(CellDelegate):
    """Paints a person as a badge with initials and a name; a narrow column has only the badge."""

    def __init__(
        self, theme: Theme, column: Column, is_first: Callable[[int], bool], parent: QObject
    ) -> None:
        super().__init__(theme, column, is_first, parent)
        self._badges: dict[tuple[str, float], QPixmap] = {}
        theme.changed.connect(self._forget)

    def paint_content(self, painter: QPainter, rect: QRect, text: str, index: Index) -> None:
        """Paints badge and name."""
        if text == self.column.missing:
            shown = text if rect.width() >= NAME_LEFT + LEAST_NAME else MISSING
            super().paint_content(painter, rect, shown, index)
            return
        badge = self._badge(initials(text), painter.device().devicePixelRatio())
        painter.drawPixmap(rect.left(), rect.top() + (rect.height() - BADGE) // 2, badge)
        name = rect.adjusted(NAME_LEFT, 0, 0, 0)
        if name.width() >= LEAST_NAME:
            super().paint_content(painter, name, text, index)

    @Slot()
    def _forget(self) -> None:
        self._badges.clear()

    def _badge(self, letters: str, ratio: float) -> QPixmap:
        key = (letters, ratio)
        badge = self._badges.get(key)
        if badge is None:
            badge = QPixmap(round(BADGE * ratio), round(BADGE * ratio))
            badge.setDevicePixelRatio(ratio)
            badge.fill(Qt.GlobalColor.transparent)
            painter = QPainter(badge)
            square = QRect(0, 0, BADGE, BADGE)
            paint_ground(painter, square, BADGE / 2, self.theme.color("sunken"))
            painter.setFont(self.theme.fonts.tiny)
            painter.setPen(self.theme.color("dim"))
            painter.drawText(square, int(Qt.AlignmentFlag.AlignCenter), letters)
            painter.end()
            self._badges[key] = badge
        return badge


def initials(name: str) -> str:
    """One or two letters for a person: `j.meyer` and `Jana Meyer` are both JM."""
    parts = [part for part in re.split(r"[\W_]+", name) if part]
    if not parts:
        return "?"
    letters = parts[0][0] + parts[-1][0] if len(parts) > 1 else parts[0][:2]
    return letters.upper()


def delegate_for(
    column: Column,
    theme: Theme,
    icons: Icons,
    pills: Pills,
    status_column: int,
    is_first: Callable[[int], bool],
    parent: QObject,
) -> CellDelegate | None:
    """The delegate of a column; None where Qt paints."""
    if column.painter is Painter.PILL:
        return PillDelegate(theme, column, is_first, pills, parent)
    if column.painter is Painter.AGE:
        return AgeDelegate(theme, column, is_first, icons, status_column, parent)
    if column.painter is Painter.ASSIGNEE:
        return AssigneeDelegate(theme, column, is_first, parent)
    return None
