"""The rules one below the other, each with its switch; what holds for all of them stands on top."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from opspilot_desktop.operations.rules import RuleShown
from opspilot_desktop.recon.advice import Advice
from opspilot_desktop.recon.rule_settings import CONTRACT_RULES
from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.measures import ICON_SMALL, RADIUS_CONTROL, SELECTION_BAR
from opspilot_desktop.ui.theme import Theme
from opspilot_desktop.ui.widgets.painting import paint_focus_ring, paint_ground, paint_line
from opspilot_desktop.ui.widgets.plain_label import plain_tool_tip

WIDTH = 276
FOR_ALL = ""
"""The name of the line on top, which is no rule."""
_HEIGHT, _BOX, _EDGE, _TEXT = 44, 16, 14, 42
_NAME, _NOTE, _TONE, _WRONG = (Qt.ItemDataRole.UserRole + number for number in range(4))
Index = QModelIndex | QPersistentModelIndex


class _Lines(QStyledItemDelegate):
    """Paints a switch, the rule's name and a word about it."""

    def __init__(self, theme: Theme, icons: Icons, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icons = icons

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(WIDTH, _HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        theme, rect = self._theme, option.rect
        fonts, color, ratio = theme.fonts, theme.color, painter.device().devicePixelRatio()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, color("sel"))
            painter.fillRect(rect.left(), rect.top(), SELECTION_BAR, rect.height(), color("accent"))
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, color("row_hover"))
        if index.data(_NAME) == FOR_ALL:
            icon = self._icons.pixmap("settings", ICON_SMALL + 2, "dim", ratio)
            painter.drawPixmap(rect.left() + _EDGE, rect.top() + (_HEIGHT - ICON_SMALL - 2) // 2, icon)
        else:
            self._paint_switch(painter, switch_in(rect), index, ratio)
        wrong = bool(index.data(_WRONG))
        inner = rect.adjusted(_TEXT, 0, -12 - (ICON_SMALL + 6 if wrong else 0), 0)
        first = QRect(inner.left(), inner.top() + 4, inner.width(), 19)
        second = QRect(inner.left(), inner.top() + 22, inner.width(), 17)
        paint_line(painter, first, index.data(Qt.ItemDataRole.DisplayRole), fonts.base, color("text"))
        paint_line(painter, second, index.data(_NOTE), fonts.small, color(index.data(_TONE)))
        if wrong:
            sign = self._icons.pixmap("warning", ICON_SMALL, "bad", ratio)
            painter.drawPixmap(rect.right() - 12 - ICON_SMALL, rect.top() + (_HEIGHT - ICON_SMALL) // 2, sign)
        if option.state & QStyle.StateFlag.State_HasFocus:
            paint_focus_ring(painter, rect, RADIUS_CONTROL, color("focus"))

    def _paint_switch(self, painter: QPainter, box: QRect, index: Index, ratio: float) -> None:
        color = self._theme.color
        if is_checked(index):
            paint_ground(painter, box, 4, color("accent"))
            tick = self._icons.pixmap("check", ICON_SMALL, "on_accent", ratio)
            painter.drawPixmap(box.left() + 1, box.top() + 1, tick)
        else:
            paint_ground(painter, box, 4, color("surface"), color("control"))

    def editorEvent(
        self, event: QEvent, model: QAbstractItemModel, option: QStyleOptionViewItem, index: Index
    ) -> bool:
        """A click on the switch, or the space bar, turns the rule on or off."""
        if index.data(_NAME) == FOR_ALL:
            return False
        clicked = (
            isinstance(event, QMouseEvent)
            and event.type() in (QEvent.Type.MouseButtonRelease, QEvent.Type.MouseButtonDblClick)
            and event.button() == Qt.MouseButton.LeftButton
            and event.position().x() < option.rect.left() + _TEXT - 4
        )
        pressed = (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
            and event.key() == Qt.Key.Key_Space
        )
        if not (clicked or pressed):
            return False
        state = Qt.CheckState.Unchecked if is_checked(index) else Qt.CheckState.Checked
        return model.setData(index, state, Qt.ItemDataRole.CheckStateRole)


def switch_in(rect: QRect) -> QRect:
    """Where the switch of a line is."""
    return QRect(rect.left() + _EDGE, rect.top() + (_HEIGHT - _BOX) // 2, _BOX, _BOX)


def is_checked(index: Index) -> bool:
    """Whether the rule of a line is on."""
    return Qt.CheckState(index.data(Qt.ItemDataRole.CheckStateRole)) == Qt.CheckState.Checked


class RuleList(QListWidget):
    """``switched`` says that a rule was turned on or off, ``chosen(name)`` which line is the current one."""

    switched = Signal()
    chosen = Signal(str)

    def __init__(self, theme: Theme, icons: Icons, rules: Sequence[RuleShown]) -> None:
        super().__init__()
        self.setObjectName("rulesList")
        self.setAccessibleName("Rules")
        self.setFixedWidth(WIDTH)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setItemDelegate(_Lines(theme, icons, self))
        self._rules = {rule.name: rule for rule in rules}
        self._items: dict[str, QListWidgetItem] = {}
        self._add(FOR_ALL, "For all rules", "Statuses, signs, holidays")
        for rule in rules:
            item = self._add(rule.name, rule.label, "")
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Unchecked)
        self.set_advice({})
        self.setCurrentRow(0)
        self.itemChanged.connect(lambda _item: self.switched.emit())
        self.currentRowChanged.connect(lambda row: self.chosen.emit(self.item(row).data(_NAME)))
        theme.changed.connect(self.viewport().update)

    def is_on(self, name: str) -> bool:
        """Whether the rule is on."""
        return self._items[name].checkState() == Qt.CheckState.Checked

    def switch(self, name: str, *, on: bool) -> None:
        """Turns a rule on or off."""
        self._items[name].setCheckState(Qt.CheckState.Checked if on else Qt.CheckState.Unchecked)

    def choose(self, name: str) -> None:
        """Makes a line the current one."""
        self.setCurrentItem(self._items[name])

    def note_of(self, name: str) -> str:
        """The words below a rule's name."""
        return str(self._items[name].data(_NOTE))

    def set_advice(self, advice: Mapping[str, Advice]) -> None:
        """Says of each rule whether it is recommended, and how severe its issues are."""
        self.blockSignals(True)
        for name, rule in self._rules.items():
            told = advice.get(name)
            note = f"{rule.severity.label}, from a plug-in" if not rule.is_ours else rule.severity.label
            recommended = told is not None and told.recommended and name not in CONTRACT_RULES
            self._say(self._items[name], f"{note} · Recommended" if recommended else note, recommended)
        self.blockSignals(False)
        self.viewport().update()

    def mark_wrong(self, names: frozenset[str]) -> None:
        """Puts a sign beside the lines in which something has to be mended."""
        self.blockSignals(True)
        for name, item in self._items.items():
            item.setData(_WRONG, name in names)
        self.blockSignals(False)
        self.viewport().update()

    def _add(self, name: str, label: str, note: str) -> QListWidgetItem:
        item = QListWidgetItem(label, self)
        item.setData(_NAME, name)
        item.setToolTip(plain_tool_tip(label))
        self._say(item, note, False)
        self._items[name] = item
        return item

    def _say(self, item: QListWidgetItem, note: str, recommended: bool) -> None:
        item.setData(_NOTE, note)
        item.setData(_TONE, "link" if recommended else "dim")
        item.setData(Qt.ItemDataRole.AccessibleDescriptionRole, note)
