"""A table with its filter bar: what one tab of the window shows."""

from __future__ import annotations

from array import array
from collections.abc import Callable
from dataclasses import dataclass, replace

from PySide6.QtCore import QPoint, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QHideEvent, QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from opspilot_desktop.domain.errors import KnownError
from opspilot_desktop.domain.fields import RECORDS, Kind
from opspilot_desktop.domain.jobs import Changes, Handle
from opspilot_desktop.domain.query import Query, Sort
from opspilot_desktop.operations.workspace import Workspace
from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.runner import Lane, Runner
from opspilot_desktop.ui.theme import Theme
from opspilot_desktop.ui.widgets.pills import Pills

from .filter_bar import FilterBar
from .listing import Listing, RowSource, find_places, list_rows
from .no_hits import NoHits
from .quick_filters import QuickFilter, default_filters, offered_filters
from .rows_model import LOCAL_BUDGET, RowsModel
from .sight import Remembered, find_again, remember
from .table_message import TableMessage
from .table_spec import columns_of
from .table_view import TableView

PATIENCE_MS = 300
"""A search that takes longer says so."""
_ROUNDS = 3  # of looking rows up anew because the user moved on meanwhile
_SHOWN_COPY = 2_000  # rows; copying more is a job that the job bar shows

_USUAL_SORT = {
    Kind.ISSUES: Sort("severity", descending=True),
    Kind.IMPORTS: Sort("id", descending=True),
}
_EMPTY = {
    Kind.TRADES: ("No trades yet", "Import a file of trades to see them here."),
    Kind.LEDGER: ("No ledger entries yet", "Import a file of ledger entries to see them here."),
    Kind.ISSUES: ("No issues", "Reconcile to compare the trades with the ledger."),
    Kind.IMPORTS: ("No imports yet", "Every imported file is listed here, and can be undone."),
}


@dataclass(frozen=True)
class _Request:
    """A question on its way: what was asked, and what the table showed at that moment."""

    query: Query
    before: Remembered
    focus: int | None
    first: bool = False
    """Whether the first row is to be selected, whatever was before."""
    rounds: int = 0


class TablePanel(QWidget):
    """Loads through the runner's read lane, only while it can be seen; asks again after `on_changes`."""

    selectionChanged = Signal(int)
    """How many rows are selected; `selected_ids` has them."""
    currentChanged = Signal(object)
    """The id of the current row, None when there is none."""
    rowActivated = Signal(object)
    """The id of a row that was double-clicked or on which Enter was pressed."""
    menuRequested = Signal(QPoint)
    """Where (in global coordinates) the menu of the selected rows is to open."""
    countsChanged = Signal(object, object)
    """How many rows the table shows, and how many there are without any filter."""
    copied = Signal(int)
    """How many rows are on the clipboard now."""
    problem = Signal(object)
    """A KnownError that is not about the table as a whole, such as too many rows to copy."""

    def __init__(
        self,
        workspace: Workspace,
        kind: Kind,
        runner: Runner,
        theme: Theme,
        icons: Icons,
        pills: Pills,
        *,
        table_name: str,
        filter_name: str,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.kind = kind
        self._workspace = workspace
        self._runner = runner
        self._columns = columns_of(kind)
        self._stale = True
        self._shown_query: Query | None = None
        self._focus: int | None = None
        self._first = False
        self._moves = 0  # how often the user has selected or scrolled
        self._empty_text = _EMPTY[kind]
        self.model = RowsModel(self._columns, runner, theme, self)
        self.view = TableView(self.model, theme, icons, pills, self)
        self.view.setObjectName(table_name)
        self.view.setAccessibleName(RECORDS[kind].label)
        self.filter_bar = FilterBar(
            theme,
            icons,
            RECORDS[kind],
            offered_filters(kind, workspace.user),
            self.view.layout_of_columns.fill_menu,
            object_name=filter_name,
            parent=self,
        )
        self.filter_bar.set_filter("", default_filters(kind))
        self.message = TableMessage(theme, icons, self.view)
        self._no_hits = NoHits(runner, self.filter_bar, self.message, RECORDS[kind], self)
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(PATIENCE_MS)
        self._lay_out()
        self._connect()
        self._take_source()

    def set_workspace(self, workspace: Workspace) -> None:
        """Shows another workspace's records; filter, columns and order stay."""
        self._workspace = workspace
        self._shown_query = None
        self.model.set_ids(array("q"))
        self._take_source()
        self.refresh()

    def set_narrow(self, narrow: bool) -> None:
        """Shows assignees by their initials where there is little room."""
        self.view.layout_of_columns.set_narrow(narrow)

    def set_empty_text(self, heading: str, line: str) -> None:
        """What to say when there are no rows at all."""
        self._empty_text = (heading, line)

    def on_changes(self, changes: Changes) -> None:
        """Asks again if the changes concern this table: now when it is seen, else when it is shown."""
        if changes.settings:
            self._take_source()
        if _concerns(self.kind, changes):
            self.refresh()

    def refresh(self) -> None:
        """Asks again, keeping selection, current row and scroll position by id."""
        self._stale = True
        if self.isVisible():
            self._ask()

    def focus_table(self) -> None:
        """Gives the keyboard to the table."""
        self.view.setFocus()

    def selected_count(self) -> int:
        """How many rows are selected."""
        return self.view.selected_count()

    def selected_ids(self) -> array[int]:
        """The ids of the selected rows in the order of the table."""
        return self.view.selected_ids()

    def current_id(self) -> int | None:
        """The id of the current row, None when there is none."""
        return self.view.current_id()

    def position(self) -> tuple[int, int]:
        """The current row's place (from 1; 0 without one) and how many rows the table shows."""
        return self.view.current_row() + 1, self.model.rowCount()

    def step(self, by: int) -> None:
        """Makes the row `by` rows further down the current and only selected one."""
        rows = self.model.rowCount()
        if rows:
            self.view.select_row(min(max(self.view.current_row() + by, 0), rows - 1))

    def focus_id(self, row_id: int) -> None:
        """Selects the row and scrolls to it; filters that hide it are taken away."""
        self._focus = row_id
        self.refresh()

    def set_query_text(self, text: str, *, keep_chips: bool = True) -> None:
        """Filters by this text at once."""
        self.filter_bar.set_filter(text, self.filter_bar.chips if keep_chips else ())

    def show_usual(self, text: str) -> None:
        """Filters by this text and the chips the table begins with, whatever was asked for before."""
        self.filter_bar.set_filter(text, default_filters(self.kind))

    def show_only(self, quick: QuickFilter) -> None:
        """Filters by this chip alone, exact also for values that a filter text cannot spell.

        The first row found is selected.
        """
        self._first = True
        self.filter_bar.set_filter("", (quick,))

    def query(self) -> Query:
        """The filter and order in force: what an export of this table takes."""
        columns = self.view.layout_of_columns
        terms = self.filter_bar.terms()
        # The columns matter to free text only; leaving them out otherwise keeps equal queries equal.
        shown = columns.shown() if any(term.field is None for term in terms) else ()
        return Query(terms, columns.sort() or _USUAL_SORT.get(self.kind), shown)

    def copy_selection(self, *, headers: bool = False) -> None:
        """Puts the selected rows on the clipboard as tab-separated text."""
        ids = self.selected_ids()
        if not ids:
            return
        source = RowSource(self._workspace, self.kind, self._columns)
        fields = self.view.layout_of_columns.shown()

        def done(text: str) -> None:
            QGuiApplication.clipboard().setText(text)
            self.copied.emit(len(ids))

        self._runner.run(
            Lane.READ,
            lambda handle: source.copy(handle, ids, fields, headers=headers),
            key=(self._key, "copy"),
            owner=self,
            on_done=done,
            on_error=self.problem.emit,
            title=f"Copying {len(ids):,} rows" if len(ids) > _SHOWN_COPY else "",
        )

    def save_state(self) -> str:
        """Columns (order, width, shown) and sort order, as an opaque text."""
        return self.view.layout_of_columns.save()

    def restore_state(self, state: str) -> None:
        """Takes up what `save_state` gave; what it does not understand changes nothing."""
        self.view.layout_of_columns.restore(state)

    def showEvent(self, event: QShowEvent) -> None:
        """Catches up with what changed while nobody looked."""
        super().showEvent(event)
        if self._stale:
            self._ask()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody waits any more."""
        super().hideEvent(event)
        self._patience.stop()

    @property
    def _key(self) -> str:
        return self.view.objectName()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.filter_bar)
        column.addWidget(self.view, 1)
        self.setFocusProxy(self.view)

    def _connect(self) -> None:
        view, columns = self.view, self.view.layout_of_columns
        self.filter_bar.changed.connect(self.refresh)
        self.filter_bar.left.connect(self.focus_table)
        self._patience.timeout.connect(lambda: self.filter_bar.set_busy(True))
        columns.sortChanged.connect(self.refresh)
        columns.shownChanged.connect(self._on_columns)
        view.selectedCount.connect(self.selectionChanged)
        view.currentRowChanged.connect(self.currentChanged)
        view.rowActivated.connect(self.rowActivated)
        view.menuRequested.connect(self.menuRequested)
        view.copyRequested.connect(lambda headers: self.copy_selection(headers=headers))
        view.resized.connect(lambda: self.message.setGeometry(view.viewport().geometry()))
        view.moved.connect(self._count_move)
        self.model.failed.connect(self._fail)

    def _take_source(self) -> None:
        source = RowSource(self._workspace, self.kind, self._columns)
        self.model.set_reader(source.page, 0.0 if self._workspace.is_shared else LOCAL_BUDGET)

    def _on_columns(self) -> None:
        if self._shown_query is not None and self.query() != self._shown_query:
            self.refresh()

    def _count_move(self) -> None:
        self._moves += 1

    def _ask(self) -> None:
        self._stale = False
        before = remember(self.view.sight(), self.model.ids)
        request = _Request(self.query(), before, self._focus, self._first)
        workspace, kind, wanted = self._workspace, self.kind, _wanted(request)
        self._patience.start()
        self._run(lambda handle: list_rows(handle, workspace, kind, request.query, wanted), request)

    def _run(self, job: Callable[[Handle], Listing], request: _Request) -> None:
        moves = self._moves
        self._no_hits.cancel()
        self._runner.run(
            Lane.READ,
            job,
            key=(self._key, "list"),
            owner=self,
            on_done=lambda listing: self._take(listing, request, moves),
            on_error=self._fail,
        )

    def _take(self, listing: Listing, request: _Request, moves: int) -> None:
        """New rows are there. If the user moved meanwhile, the places to keep are looked up once more."""
        if moves != self._moves and request.rounds < _ROUNDS and listing.ids != self.model.ids:
            before = remember(self.view.sight(), self.model.ids)
            again = replace(request, before=before, rounds=request.rounds + 1)
            ids, total, wanted = listing.ids, listing.total, _wanted(again)
            self._run(lambda handle: Listing(ids, total, find_places(handle, ids, wanted)), again)
            return
        if request.focus is not None and self._look_further(listing, request):
            return
        self._patience.stop()
        self._show(listing, request)
        self.filter_bar.set_busy(False)
        self.filter_bar.set_counts(len(listing.ids), listing.total)
        self._say(listing)
        self.countsChanged.emit(len(listing.ids), listing.total)

    def _look_further(self, listing: Listing, request: _Request) -> bool:
        """Whether the row to go to is hidden by a filter, which then goes."""
        if request.focus in listing.places or not request.query.terms:
            return False
        self.filter_bar.set_filter("", ())
        return True

    def _show(self, listing: Listing, request: _Request) -> None:
        if listing.ids == self.model.ids:
            self.model.refresh()
        else:
            same = request.query == self._shown_query
            sight = find_again(request.before, listing.places, len(listing.ids), same_query=same)
            self.view.show_rows(listing.ids, sight)
        self._shown_query = request.query
        if request.first:
            self._first = False
            if listing.ids:
                self.view.select_row(0)
        if request.focus is not None:
            if request.focus == self._focus:
                self._focus = None
            if (row := listing.places.get(request.focus)) is not None:
                self.view.select_row(row)

    def _say(self, listing: Listing) -> None:
        if listing.ids:
            self.message.hide()
        elif listing.total:
            workspace, query = self._workspace, self.query()
            self._no_hits.explain(workspace, query, listing.total)
        else:
            self.message.say(*self._empty_text)

    def _fail(self, error: KnownError) -> None:
        self._patience.stop()
        self.filter_bar.set_busy(False)
        self.message.say("The table cannot be read", error.message, [("Try again", self.refresh)])


def _wanted(request: _Request) -> set[int]:
    """The ids whose places among the new rows matter."""
    return request.before.ids | ({request.focus} if request.focus is not None else set())


def _concerns(kind: Kind, changes: Changes) -> bool:
    """Whether a table of this kind shows something of what has changed."""
    if kind is Kind.TRADES:  # how a trade matches follows from all of them
        return changes.trades or changes.ledger or changes.issues or changes.settings
    if kind is Kind.IMPORTS:
        return changes.imports
    return changes.ledger if kind is Kind.LEDGER else changes.issues or changes.trades
