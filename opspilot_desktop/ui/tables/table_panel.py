"""A table with its filter bar: what one tab of the window shows."""

from __future__ import annotations

from array import array

from PySide6.QtCore import QPoint, Signal
from PySide6.QtWidgets import QWidget

from opspilot_desktop.domain.fields import Kind
from opspilot_desktop.domain.jobs import Changes
from opspilot_desktop.domain.query import Query
from opspilot_desktop.operations.workspace import Workspace
from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.runner import Runner
from opspilot_desktop.ui.theme import Theme
from opspilot_desktop.ui.widgets.pills import Pills

from .quick_filters import QuickFilter


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
        raise NotImplementedError

    # view: TableView and filter_bar: FilterBar are public attributes.

    def set_workspace(self, workspace: Workspace) -> None:
        """Shows another workspace's records; filter, columns and order stay."""

    def on_changes(self, changes: Changes) -> None:
        """Asks again if the changes concern this table: now when it is seen, else when it is shown."""

    def refresh(self) -> None:
        """Asks again, keeping selection, current row and scroll position by id."""

    def focus_table(self) -> None:
        """Gives the keyboard to the table."""

    def selected_count(self) -> int: ...

    def selected_ids(self) -> array[int]:
        """The ids of the selected rows in the order of the table."""

    def current_id(self) -> int | None: ...

    def position(self) -> tuple[int, int]:
        """The current row's place (from 1; 0 without one) and how many rows the table shows."""

    def step(self, by: int) -> None:
        """Makes the row `by` rows further down the current and only selected one."""

    def focus_id(self, row_id: int) -> None:
        """Selects the row and scrolls to it; filters that hide it are taken away."""

    def set_query_text(self, text: str, *, keep_chips: bool = True) -> None:
        """Filters by this text at once."""

    def show_only(self, quick: QuickFilter) -> None:
        """Filters by this chip alone; exact also for values that a filter text cannot spell."""

    def query(self) -> Query:
        """The filter and order in force: what an export of this table takes."""

    def copy_selection(self, *, headers: bool = False) -> None:
        """Puts the selected rows on the clipboard as tab-separated text."""

    def save_state(self) -> str:
        """Columns (order, width, shown) and sort order, as an opaque text."""

    def restore_state(self, state: str) -> None:
        """Takes up what `save_state` gave; what it does not understand changes nothing."""
