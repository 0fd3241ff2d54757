"""The line above a table: filter text, chips, how many rows pass, and the columns."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QMenu, QSizePolicy, QToolButton, QWidget

from opspilot_desktop.domain.fields import FieldType, Record
from opspilot_desktop.domain.query import Term, parse_filter
from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.measures import CONTROL, FILTER_BAR, PAGE_GUTTER
from opspilot_desktop.ui.theme import Theme
from opspilot_desktop.ui.widgets.buttons import icon_button, text_button
from opspilot_desktop.ui.widgets.chips import Chip
from opspilot_desktop.ui.widgets.plain_label import plain_label
from opspilot_desktop.ui.widgets.round_window import round_menu
from opspilot_desktop.ui.widgets.spinner import Spinner

from .quick_filters import QuickFilter, spelled

DEBOUNCE_MS = 150
PLACEHOLDER = "Filter: text, field:value, amount>…"
_WIDEST = 252
_NARROWEST = 150


class FilterEdit(QLineEdit):
    """Esc empties it, or leaves it when it is empty; Enter and the down arrow leave it for the table."""

    left = Signal()

    def __init__(self, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAcceptDrops(False)  # a file that is dropped here is for the window
        self.setPlaceholderText(PLACEHOLDER)
        self.setMinimumWidth(_NARROWEST)
        self.setMaximumWidth(_WIDEST)
        self.setFixedHeight(CONTROL)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        search = QAction(self)
        icons.bind(search, "search")
        self.addAction(search, QLineEdit.ActionPosition.LeadingPosition)
        search.triggered.connect(self.selectAll)
        self._empty = QAction("Clear the filter", self)
        icons.bind(self._empty, "close")
        self._empty.triggered.connect(self.clear)
        self.addAction(self._empty, QLineEdit.ActionPosition.TrailingPosition)
        self._empty.setVisible(False)
        self.textChanged.connect(lambda text: self._empty.setVisible(bool(text)))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """See the class."""
        key = event.key()
        if key == Qt.Key.Key_Escape and self.text():
            self.clear()
        elif key in (Qt.Key.Key_Escape, Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.left.emit()
        else:
            super().keyPressEvent(event)


class FilterBar(QWidget):
    """What the user wants to see of a table; `changed` when that is something else, a moment after typing."""

    changed = Signal()
    left = Signal()
    """The keyboard is to go to the table."""

    def __init__(
        self,
        theme: Theme,
        icons: Icons,
        record: Record,
        offered: Sequence[QuickFilter],
        fill_columns_menu: Callable[[QMenu], None],
        *,
        object_name: str,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icons = icons
        self._record = record
        self._offered = tuple(offered)
        self._fill_columns_menu = fill_columns_menu
        self._chips: list[tuple[QuickFilter, Chip]] = []
        self._counted = ""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(DEBOUNCE_MS)
        self._timer.timeout.connect(self.changed)
        self.edit = FilterEdit(icons, self)
        self.edit.setObjectName(object_name)
        self.edit.setAccessibleName(f"Filter {record.label.lower()}")
        self.edit.setToolTip(_help(record))
        self._add = text_button(icons, "Add filter", "plus", kind="link", parent=self)
        self._add.setObjectName(f"{object_name}Add")
        self._add.setVisible(bool(offered))
        self._spinner = Spinner(theme, parent=self)
        self._count = plain_label(tone="dim", font=theme.fonts.small, parent=self)
        self._columns = icon_button(icons, "columns", "Columns", parent=self)
        self._columns.setObjectName(f"{object_name}Columns")
        self._lay_out()
        self.edit.textChanged.connect(lambda _text: self._timer.start())
        self.edit.left.connect(self._leave)
        self._add.clicked.connect(self._open_add_menu)
        self._columns.clicked.connect(self._open_columns_menu)

    @property
    def text(self) -> str:
        """The filter as it was typed."""
        return self.edit.text()

    @property
    def chips(self) -> tuple[QuickFilter, ...]:
        """The chips in force, from left to right."""
        return tuple(quick for quick, _ in self._chips)

    @property
    def columns_button(self) -> QToolButton:
        """The button that opens the menu of columns."""
        return self._columns

    @property
    def count_text(self) -> str:
        """How many rows pass, as it is written."""
        return self._count.text()

    def terms(self) -> tuple[Term, ...]:
        """The conditions of the text and of all chips."""
        chips = [term for quick in self.chips for term in quick.terms]
        return (*parse_filter(self.text, self._record), *chips)

    def set_filter(self, text: str, chips: Sequence[QuickFilter]) -> None:
        """Wants something else, at once."""
        self.edit.setText(text)
        for _, chip in self._chips:
            self._row.removeWidget(chip)
            chip.hide()
            chip.deleteLater()
        self._chips.clear()
        for quick in dict.fromkeys(chips):
            self._place_chip(quick)
        self._timer.stop()
        self.changed.emit()

    def remove_chip(self, quick: QuickFilter) -> None:
        """Drops a chip; the keyboard goes to the filter text if it was there."""
        had_focus = any(chip.hasFocus() for kept, chip in self._chips if kept == quick)
        self.set_filter(self.text, [kept for kept in self.chips if kept != quick])
        if had_focus:
            self.edit.setFocus()

    def add_chip(self, quick: QuickFilter) -> None:
        """Asks for one more condition."""
        self.set_filter(self.text, [*self.chips, quick])

    def set_counts(self, shown: int, total: int) -> None:
        """Says how many of all rows pass; nothing when no filter is in force."""
        self._counted = f"{shown:,} of {total:,}" if self.terms() else ""
        self._count.setText(self._counted)

    def set_busy(self, busy: bool) -> None:
        """Shows that the table is still being searched."""
        self._spinner.setVisible(busy)
        if busy:
            self._spinner.start()
        else:
            self._spinner.stop()
        self._count.setText("Searching…" if busy else self._counted)

    def _leave(self) -> None:
        """What was typed counts now, not in a moment."""
        if self._timer.isActive():
            self._timer.stop()
            self.changed.emit()
        self.left.emit()

    def _lay_out(self) -> None:
        self.setFixedHeight(FILTER_BAR)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(PAGE_GUTTER, 0, PAGE_GUTTER, 0)
        self._row.setSpacing(6)
        self._row.addWidget(self.edit, 3)
        self._row.addWidget(self._add)
        self._row.addStretch(1)
        self._row.addWidget(self._spinner)
        self._row.addWidget(self._count)
        self._row.addSpacing(6)
        self._row.addWidget(self._columns)
        self._spinner.hide()

    def _place_chip(self, quick: QuickFilter) -> None:
        chip = Chip(self._theme, self._icons, quick.label, quick.value, parent=self)
        chip.removed.connect(lambda: self.remove_chip(quick))
        chip.clicked.connect(lambda: self._edit_chip(quick))
        self._chips.append((quick, chip))
        self._row.insertWidget(len(self._chips), chip)
        if len(self._chips) > 1:
            QWidget.setTabOrder(self._chips[-2][1], chip)
        else:
            QWidget.setTabOrder(self.edit, chip)
        chip.show()

    def _edit_chip(self, quick: QuickFilter) -> None:
        """The chip becomes text, which can be changed."""
        text = spelled(quick.terms)
        if text is not None:
            self.set_filter(f"{self.text} {text}".strip(), [kept for kept in self.chips if kept != quick])
        self.edit.setFocus()

    def _open_add_menu(self) -> None:
        menu = self._menu()
        for quick in self._offered:
            action = menu.addAction(quick.text.replace("&", "&&"))
            action.setEnabled(quick not in self.chips)
            action.triggered.connect(lambda _checked=False, quick=quick: self.add_chip(quick))
        menu.popup(self._add.mapToGlobal(QPoint(0, self._add.height())))

    def _open_columns_menu(self) -> None:
        menu = self._menu()
        self._fill_columns_menu(menu)
        corner = self._columns.mapToGlobal(QPoint(self._columns.width(), self._columns.height()))
        menu.popup(corner - QPoint(menu.sizeHint().width(), 0))

    def _menu(self) -> QMenu:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        round_menu(menu)
        return menu


def _help(record: Record) -> str:
    """How to write a filter, with this table's own fields."""
    text = next(field for field in record.fields if field.wide >= 16 and field.type is FieldType.TEXT)
    number = next(field for field in record.fields if field.type.is_numeric and field.name != "id")
    name = text.label.lower().replace(" ", "")
    amount = number.label.lower().replace(" ", "")
    words = "Morgan Stanley" if text.name == "counterparty" else "Late fee"
    word = words.partition(" ")[0].lower()
    return (
        "Words look into the columns shown.\n"
        f'{name}:{word}, {name}:"{words}", -{name}:{word}\n'
        f"{amount}>1000, {amount}<=-0.01"
    )
