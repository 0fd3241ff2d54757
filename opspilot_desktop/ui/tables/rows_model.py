"""The one model behind every table: ids in an array, rows in pages, read when they are painted."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QBrush

from opspilot_desktop.domain.errors import KnownError
from opspilot_desktop.domain.jobs import Handle
from opspilot_desktop.domain.query import PAGE
from opspilot_desktop.ui.runner import Lane, Runner, Ticket
from opspilot_desktop.ui.theme import Theme

from .row_cache import Page, RowCache
from .table_spec import Column

ReadPage = Callable[[Handle, Sequence[int]], Page]
Index = QModelIndex | QPersistentModelIndex

LOCAL_BUDGET = 0.02
"""Seconds that painting waits for a page of a local file; what takes longer comes in when it is there."""
MOST_ASKED = 4  # pages; more of them are of places the user has already scrolled past

# As plain integers: comparing with an enum's member costs more than everything else in `data`.
_DISPLAY = int(Qt.ItemDataRole.DisplayRole)
_FOREGROUND = int(Qt.ItemDataRole.ForegroundRole)
_ALIGNMENT = int(Qt.ItemDataRole.TextAlignmentRole)
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_NO_PARENT = QModelIndex()
_NO_IDS: array[int] = array("q")


class RowsModel(QAbstractTableModel):
    """Rows by id. A page that is not there in time shows as blanks and fills in by itself.

    `budget` is how many seconds painting may wait for a page, 0 for never.
    """

    pageShown = Signal(object)
    """A page (`Page`) has come in that was not there before."""
    failed = Signal(object)
    """The KnownError that kept a page from being read; it is not asked for again before `refresh`."""

    def __init__(
        self, columns: Sequence[Column], runner: Runner, theme: Theme, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self._runner = runner
        self._theme = theme
        self._alignments = [_RIGHT if column.right else _LEFT for column in columns]
        self._blank = ("",) * len(self.columns)
        self._ids: array[int] = array("q")
        self._read: ReadPage | None = None
        self._budget = 0.0
        self._cache = RowCache()
        self._asked: dict[int, Ticket] = {}
        self._hot = (
            -1
        )  # the page of the cell asked for last, and its rows: the next cell is nearly always there
        self._hot_rows: Sequence[tuple[str, ...]] = ()
        self._refused: set[int] = set()
        self._generation = 0  # of the pages: what was asked for before a refresh is not taken for new
        self._painting = False
        self._brushes: list[dict[str, QBrush]] = []
        self._plain: list[QBrush | None] = []
        self._choose_colours()
        theme.changed.connect(self._choose_colours)

    @property
    def ids(self) -> array[int]:
        """The ids of all rows in order. Do not change what it returns."""
        return self._ids

    def set_reader(self, read: ReadPage, budget: float) -> None:
        """Takes another source of pages; what is shown stays until the new source has answered."""
        self._read = read
        self._budget = budget
        self.refresh()

    def set_ids(self, ids: array[int]) -> None:
        """Shows these rows, in this order. The same ids again only mean `refresh`."""
        if ids == self._ids:
            self.refresh()
            return
        self._forget_pages()
        if len(ids) < len(self._ids):
            # Going straight from millions to a few keeps the header busy for over a second.
            self._reset(_NO_IDS)
        self._reset(ids)

    def refresh(self) -> None:
        """Reads every page anew when it is next painted; until it is there the old one is shown."""
        self._cancel_asked()
        self._refused.clear()
        self._cache.expire()
        self._hot = -1
        if len(self._ids):
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._ids) - 1, len(self.columns) - 1))

    def row_id(self, row: int) -> int:
        """The id of the row at this place."""
        return self._ids[row]

    def is_loaded(self, row: int) -> bool:
        """Whether the row's page is here, rather than blanks in its place."""
        return self._cache.get(row // PAGE) is not None

    def rowCount(self, parent: Index = _NO_PARENT) -> int:
        """How many rows there are; a row has no rows of its own."""
        return 0 if parent.isValid() else len(self._ids)

    def columnCount(self, parent: Index = _NO_PARENT) -> int:
        """How many columns there are, hidden ones included."""
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = _DISPLAY) -> Any:
        """Text, alignment and colour of a cell."""
        if role == _DISPLAY:
            return self._row(index.row())[index.column()]
        if role == _ALIGNMENT:
            return self._alignments[index.column()]
        if role == _FOREGROUND:
            column = index.column()
            text = self._row(index.row())[column]
            return self._brushes[column].get(text, self._plain[column])
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _DISPLAY) -> Any:
        """A column's label and alignment; rows have no header."""
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(self.columns):
            return None
        if role == _DISPLAY:
            return self.columns[section].label
        return self._alignments[section] if role == _ALIGNMENT else None

    def _row(self, row: int) -> tuple[str, ...]:
        number = row // PAGE
        if number == self._hot:
            return self._hot_rows[row % PAGE]
        page = self._cache.get(number)
        if page is None or not self._cache.is_fresh(number):
            page = self._ask(number) or page
        if page is None:
            return self._blank
        if self._cache.is_fresh(number):
            self._hot, self._hot_rows = number, page.rows
        return page.rows[row % PAGE]

    def _ask(self, number: int) -> Page | None:
        """Asks for a page, and waits for it a moment; None when it is not there yet."""
        if self._read is None or number in self._asked or number in self._refused:
            return None
        while len(self._asked) >= MOST_ASKED:
            self._asked.pop(next(iter(self._asked))).cancel()
        # Once a page was too slow the next ones are not waited for, or a slow disk would stop the window.
        slow = any(not ticket.state.is_over for ticket in self._asked.values())
        ids = self._ids[number * PAGE : (number + 1) * PAGE]
        ticket = self._asked[number] = self._runner.run(
            Lane.PAGES,
            partial(_read_page, self._read, ids),
            owner=self,
            on_done=partial(self._arrive, self._generation, number),
            on_error=partial(self._refuse, number),
        )
        self._painting = True
        try:
            self._runner.wait(ticket, 0.0 if slow else self._budget)
        finally:
            self._painting = False
        return self._cache.get(number)

    def _arrive(self, generation: int, number: int, page: Page) -> None:
        if generation != self._generation:
            return  # other rows, or other values, stand here by now
        self._asked.pop(number, None)
        self._cache.put(number, page)
        if not self._painting:
            first = number * PAGE
            last = first + len(page.rows) - 1
            self.dataChanged.emit(self.index(first, 0), self.index(last, len(self.columns) - 1), [_DISPLAY])
        self.pageShown.emit(page)

    def _refuse(self, number: int, error: KnownError) -> None:
        self._asked.pop(number, None)
        self._refused.add(number)
        self.failed.emit(error)

    def _forget_pages(self) -> None:
        self._cancel_asked()
        self._refused.clear()
        self._cache.clear()
        self._hot = -1

    def _cancel_asked(self) -> None:
        self._generation += 1
        asked, self._asked = self._asked, {}
        for ticket in asked.values():
            ticket.cancel()

    def _reset(self, ids: array[int]) -> None:
        self.beginResetModel()
        self._ids = ids
        self.endResetModel()

    def _choose_colours(self) -> None:
        """Brushes by column: of certain texts, and of all others (None: the palette's)."""
        theme = self._theme
        dim = QBrush(theme.color("dim"))
        self._brushes = [
            {column.missing: dim, **{text: QBrush(theme.color(role)) for text, role in column.roles.items()}}
            for column in self.columns
        ]
        self._plain = [
            None if column.role == "text" else QBrush(theme.color(column.role)) for column in self.columns
        ]


def _read_page(read: ReadPage, ids: Sequence[int], handle: Handle) -> Page:
    return read(handle, ids)
