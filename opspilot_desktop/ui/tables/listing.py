"""What the tables read in the background: ordered ids, where known rows stand in them, pages, copies."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from opspilot_desktop import operations
from opspilot_desktop.domain.errors import KnownError
from opspilot_desktop.domain.fields import Kind
from opspilot_desktop.domain.jobs import Handle
from opspilot_desktop.domain.query import PAGE, Query
from opspilot_desktop.operations.workspace import Workspace
from opspilot_desktop.ui.clipboard import tab_separated

from .row_cache import Page, worded_page
from .table_spec import Column

if TYPE_CHECKING:
    from opspilot_desktop.operations.reading import PageReader

MOST_COPIED = 100_000
"""More rows than this are a matter for an export, not for the clipboard."""


@dataclass(frozen=True)
class Listing:
    """The ids of a table's rows in order, how many rows there are without a filter, and places in it.

    `places` has the row numbers of those wanted ids that are there.
    """

    ids: array[int] = field(default_factory=lambda: array("q"))
    total: int = 0
    places: Mapping[int, int] = field(default_factory=dict)


def list_rows(
    handle: Handle, workspace: Workspace, kind: Kind, query: Query, wanted: Iterable[int]
) -> Listing:
    """Lists the rows that pass the query. Raises KnownError and Cancelled as the operations do."""
    ids = operations.reading.list_ids(handle, workspace, kind, query)
    total = operations.reading.count_rows(handle, workspace, kind) if query.terms else len(ids)
    return Listing(ids, total, find_places(handle, ids, wanted))


def find_places(handle: Handle, ids: array[int], wanted: Iterable[int]) -> dict[int, int]:
    """The row numbers of the wanted ids that are among the ids. Raises Cancelled."""
    left = set(wanted)
    places: dict[int, int] = {}
    step = PAGE * 16
    for start in range(0, len(ids), step):
        if not left:
            break
        handle.check()
        part = ids[start : start + step]
        if left.isdisjoint(part):  # nearly always, and then nothing but C has run
            continue
        for row, row_id in enumerate(part, start):
            if row_id in left:
                places[row_id] = row
                left.remove(row_id)
    return places


class RowSource:
    """Reads the rows of one table and words them, in a worker's thread.

    How a trade matches depends on the workspace's settings as they were at the first reading.
    """

    def __init__(self, workspace: Workspace, kind: Kind, columns: Sequence[Column]) -> None:
        self._workspace = workspace
        self._kind = kind
        self._columns = tuple(columns)
        self._reader: PageReader | None = None

    def page(self, handle: Handle, ids: Sequence[int]) -> Page:
        """The rows of these ids as they are shown."""
        return worded_page(self._columns, self._read().rows(ids, handle))

    def copy(self, handle: Handle, ids: Sequence[int], fields: Sequence[str], *, headers: bool) -> str:
        """These rows' fields as tab-separated lines for a spreadsheet.

        Raises KnownError when there are too many rows for a clipboard.
        """
        if len(ids) > MOST_COPIED:
            raise KnownError(
                f"{len(ids):,} rows are too many to copy; select at most {MOST_COPIED:,}, or export them."
            )
        at = {column.name: number for number, column in enumerate(self._columns)}
        wanted = [(at[name], self._columns[at[name]].copy) for name in fields]
        lines = [[self._columns[number].label for number, _ in wanted]] if headers else []
        reader = operations.reading.PageReader(self._workspace, self._kind)
        for start in range(0, len(ids), PAGE):
            handle.step(start, len(ids), "Copying rows")
            for row in reader.rows(ids[start : start + PAGE], handle):
                if row is not None:
                    lines.append(
                        ["" if row[number] is None else copy(row[number]) for number, copy in wanted]
                    )
        return tab_separated(lines)

    def _read(self) -> PageReader:
        reader = self._reader
        if reader is None:
            reader = self._reader = operations.reading.PageReader(self._workspace, self._kind)
        return reader
