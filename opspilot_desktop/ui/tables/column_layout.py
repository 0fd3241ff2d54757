"""A table's columns: which are shown, in which order, how wide, and which one sorts."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from PySide6.QtCore import QObject, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from opspilot_desktop.domain.query import Sort
from opspilot_desktop.ui.measures import CELL_PADDING, FIRST_CELL_PADDING
from opspilot_desktop.ui.theme import Theme
from opspilot_desktop.ui.widgets.header_view import ARROW, ARROW_GAP, HeaderView
from opspilot_desktop.ui.widgets.painting import text_width
from opspilot_desktop.ui.widgets.round_window import round_menu

from .column_widths import fitted
from .delegates import BADGE
from .row_cache import Page
from .table_spec import Column, Painter

_CHARACTER = 0.75  # of a figure's width; a text is narrower on the average
_WIDEST_GROWTH = 420
_ROUNDING = 2  # between what a text measures and what it needs
_LEAST = 0.6  # of its usual width: so much a column keeps when it gives way
_ASCENDING, _DESCENDING = Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder


class ColumnLayout(QObject):
    """Rules a header. `columns` stand in the model's order; `content_width` is what a column's pills need.

    Each column has a width of its own. Where there is more room the last one shown takes it; where there is
    too little, columns give what their texts do not use, then those that may be cut give way, as long as
    that lets all of them be seen.
    """

    shownChanged = Signal()
    """Other columns are shown, or in another order."""
    sortChanged = Signal()
    """Another order of the rows is wanted: see `sort`."""

    def __init__(
        self,
        header: HeaderView,
        columns: Sequence[Column],
        theme: Theme,
        content_width: Callable[[Column], int],
    ) -> None:
        super().__init__(header)
        self._header = header
        self._columns = tuple(columns)
        self._theme = theme
        self._content_width = content_width
        self._own: dict[int, int] = {}
        self._used: dict[int, int] = {}
        """What the texts of a column take, as far as they have been seen."""
        self._chosen_widths: set[int] = set()
        self._narrow = False
        self._sizing = False
        self._wanted: dict[int, set[str]] = {}
        self._growth = QTimer(self)
        self._growth.setSingleShot(True)
        self._growth.setInterval(0)
        self._growth.timeout.connect(self._grow)
        header.setSectionsMovable(True)
        header.setFirstSectionMovable(True)
        header.setSortIndicatorShown(True)
        header.setSortIndicatorClearable(True)
        header.setSortIndicator(-1, _ASCENDING)
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(self._open_menu)
        self.reset()
        header.sortIndicatorChanged.connect(lambda section, _order: self._on_sort(section))
        header.sectionMoved.connect(lambda *_: self._on_moved())
        header.sectionResized.connect(self._note_width)
        header.resized.connect(self._fit)

    def shown(self) -> tuple[str, ...]:
        """The names of the columns shown, from left to right."""
        return tuple(self._columns[at].name for at in self._sections_shown())

    def is_first(self, section: int) -> bool:
        """Whether the column is the leftmost one shown."""
        return self._sections_shown()[:1] == [section]

    def sort(self) -> Sort | None:
        """The order the user chose; None for the table's own."""
        section = self._header.sortIndicatorSection()
        if not 0 <= section < len(self._columns):
            return None
        return Sort(self._columns[section].name, self._header.sortIndicatorOrder() == _DESCENDING)

    def set_sort(self, sort: Sort | None) -> None:
        """Sorts by another column; None goes back to the table's own order."""
        section = -1 if sort is None else self._section(sort.field)
        descending = sort is not None and sort.descending
        self._header.setSortIndicator(section, _DESCENDING if descending else _ASCENDING)

    def set_shown(self, name: str, shown: bool) -> None:
        """Shows or hides a column; the last one that is shown stays."""
        section = self._section(name)
        if self._header.isSectionHidden(section) == (not shown) or (not shown and len(self.shown()) == 1):
            return
        with self._sizes():
            self._header.setSectionHidden(section, not shown)
        self._on_shown()

    def reset(self) -> None:
        """The columns as they are before anybody chose."""
        with self._sizes():
            for at, column in enumerate(self._columns):
                self._header.moveSection(self._header.visualIndex(at), at)
                self._header.setSectionHidden(at, not column.declared.shown)
                self._own[at] = max(self._usual_width(at), self._used.get(at, 0))
            self._chosen_widths.clear()
        self._on_shown()

    def set_narrow(self, narrow: bool) -> None:
        """Leaves assignees no more than a badge below the whole label, or gives them their room back.

        A width that the user chose stays, and nothing of this is saved.
        """
        self._narrow = narrow
        for at, column in enumerate(self._columns):
            if column.painter is Painter.ASSIGNEE and at not in self._chosen_widths:
                self._own[at] = self._usual_width(at)
        self._fit()

    def make_room(self, page: Page) -> None:
        """Widens columns for the page's texts: at once nothing, as it may be asked for while painting.

        What must never be cut gets all it needs, other texts as many characters as their field declares.
        """
        for at, texts in enumerate(page.longest):
            self._wanted.setdefault(at, set()).update(texts)
        self._growth.start()

    def save(self) -> str:
        """Order, widths that the user chose, what is hidden and the sort order, as one text."""
        header = self._header
        columns = [
            {
                "name": self._columns[at].name,
                "shown": not header.isSectionHidden(at),
                "width": header.sectionSize(at) if at in self._chosen_widths else None,
            }
            for at in self._visual()
        ]
        sort = self.sort()
        return json.dumps({"columns": columns, "sort": [sort.field, sort.descending] if sort else None})

    def restore(self, state: str) -> None:
        """Takes up what `save` gave; a state it does not understand changes nothing."""
        try:
            found = json.loads(state)
            columns = {entry["name"]: entry for entry in found["columns"]}
            sort = Sort(str(found["sort"][0]), bool(found["sort"][1])) if found["sort"] else None
            widths = {name: int(entry["width"] or 0) for name, entry in columns.items()}
        except (ValueError, TypeError, KeyError, IndexError):
            return
        names = [name for name in columns if any(column.name == name for column in self._columns)]
        if not any(columns[name].get("shown") for name in names):
            return
        with self._sizes():
            for place, name in enumerate(names):
                at = self._section(name)
                self._header.moveSection(self._header.visualIndex(at), place)
                self._header.setSectionHidden(at, not columns[name].get("shown"))
                if widths[name] > 0:
                    self._own[at] = widths[name]
                    self._chosen_widths.add(at)
        if sort is None or any(column.name == sort.field for column in self._columns):
            self.set_sort(sort)
        self._on_shown()

    def fill_menu(self, menu: QMenu) -> None:
        """Adds what can be done with the columns; works by keyboard too, unlike a click on a header."""
        shown = self.shown()
        for column in self._columns:
            action = menu.addAction(column.label)
            action.setCheckable(True)
            action.setChecked(column.name in shown)
            action.setEnabled(shown != (column.name,))
            action.toggled.connect(_bound(self.set_shown, column.name))
        menu.addSeparator()
        by = menu.addMenu("Sort by")
        round_menu(by)
        self._fill_sort_menu(by)
        menu.addAction("Reset columns").triggered.connect(self.reset)

    def _open_menu(self, place: QPoint) -> None:
        header = self._header
        menu = QMenu(header)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        round_menu(menu)
        section = header.logicalIndexAt(place)
        if section >= 0 and len(self.shown()) > 1:
            column = self._columns[section]
            hide = menu.addAction(f"Hide “{column.label}”")
            hide.triggered.connect(lambda: self.set_shown(column.name, False))
            menu.addSeparator()
        self.fill_menu(menu)
        menu.popup(header.viewport().mapToGlobal(place))

    def _fill_sort_menu(self, menu: QMenu) -> None:
        current = self.sort()

        def add(text: str, sort: Sort | None) -> QAction:
            action = menu.addAction(text)
            action.setCheckable(True)
            action.setChecked(sort == current)
            action.triggered.connect(lambda _checked=False: self.set_sort(sort))
            return action

        add("Usual order", None)
        menu.addSeparator()
        for column in self._columns:
            if column.name in self.shown():
                add(f"{column.label}, ascending", Sort(column.name))
                add(f"{column.label}, descending", Sort(column.name, descending=True))

    def _sections_shown(self) -> list[int]:
        """From left to right; at least one."""
        return [at for at in self._visual() if not self._header.isSectionHidden(at)]

    def _visual(self) -> list[int]:
        return [self._header.logicalIndex(place) for place in range(len(self._columns))]

    def _section(self, name: str) -> int:
        return next(at for at, column in enumerate(self._columns) if column.name == name)

    def _usual_width(self, section: int) -> int:
        column = self._columns[section]
        label = text_width(self._header.font(), column.label) + _ROUNDING
        if self._narrow and column.painter is Painter.ASSIGNEE:
            return max(BADGE, label) + self._padding(section)
        text = round(column.declared.wide * text_width(self._theme.fonts.base, "0") * _CHARACTER)
        return max(text, label, self._content_width(column)) + self._padding(section)

    def _label_width(self, section: int) -> int:
        """What the whole label takes, with the arrow if the column sorts."""
        label = text_width(self._header.font(), self._columns[section].label) + _ROUNDING
        if self._header.sortIndicatorSection() == section:
            label += ARROW + ARROW_GAP
        return max(label + self._padding(section), self._header.minimumSectionSize())

    def _used_width(self, section: int) -> int:
        """What a column can be narrowed to before any text is cut, as far as texts have been seen."""
        own = self._own[section]
        if section in self._chosen_widths or section not in self._used:
            return own
        return min(own, max(self._label_width(section), self._used[section]))

    def _least_width(self, section: int) -> int:
        """What a column keeps when it gives way: its whole label, and some of its texts."""
        used = self._used_width(section)
        if section in self._chosen_widths or not self._columns[section].gives_way:
            return used
        return min(used, max(self._label_width(section), round(self._usual_width(section) * _LEAST)))

    @contextmanager
    def _sizes(self) -> Iterator[None]:
        """What changes meanwhile is this object's doing, and no choice of the user's."""
        before, self._sizing = self._sizing, True
        try:
            yield
        finally:
            self._sizing = before

    def _on_moved(self) -> None:
        if not self._sizing:
            self._on_shown()

    def _on_shown(self) -> None:
        self._fit()
        self.shownChanged.emit()

    def _fit(self) -> None:
        """Gives each column shown its width, so that together they fill the table where that can be."""
        shown = self._sections_shown()
        floors = [list(map(self._used_width, shown)), list(map(self._least_width, shown))]
        widths = fitted([self._own[at] for at in shown], floors, self._header.viewport().width())
        with self._sizes():
            for at, width in zip(shown, widths, strict=True):
                self._header.resizeSection(at, width)
        self._fill()

    def _fill(self) -> None:
        """Gives the last column what the others leave."""
        *others, last = self._sections_shown()
        room = self._header.viewport().width() - sum(map(self._header.sectionSize, others))
        with self._sizes():
            self._header.resizeSection(last, max(room, min(self._own[last], self._header.sectionSize(last))))

    def _on_sort(self, section: int) -> None:
        """The label that has the arrow now keeps its whole text."""
        if section >= 0 and section not in self._chosen_widths:
            needed = self._header.sectionSizeFromContents(section).width()
            self._own[section] = max(self._own[section], needed)
        self._fit()
        self.sortChanged.emit()

    def _most(self, column: Column) -> int:
        """How wide a column's texts may become by themselves."""
        if column.never_cut:
            return _WIDEST_GROWTH
        return column.declared.wide * text_width(self._theme.fonts.base, "0")

    def _padding(self, section: int) -> int:
        return CELL_PADDING + (FIRST_CELL_PADDING if self.is_first(section) else CELL_PADDING)

    def _grow(self) -> None:
        wanted, self._wanted = self._wanted, {}
        before = self._used.copy()
        for at, texts in wanted.items():
            if self._columns[at].painter is Painter.TEXT:
                width = max(text_width(self._theme.fonts.base, text) for text in texts) + _ROUNDING
                width = min(width, self._most(self._columns[at])) + self._padding(at)
                self._used[at] = max(self._used.get(at, 0), width)
                if at not in self._chosen_widths:
                    self._own[at] = max(self._own[at], width)
        if self._used != before:
            self._fit()

    def _note_width(self, section: int, _before: int, after: int) -> None:
        """The user chose a width: under the mouse nothing else moves but the end of the last column."""
        if not self._sizing and after > 0:
            self._chosen_widths.add(section)
            self._own[section] = after
            self._fill()


def _bound(method: Callable[[str, bool], None], name: str) -> Callable[[bool], Any]:
    return lambda checked: method(name, checked)
