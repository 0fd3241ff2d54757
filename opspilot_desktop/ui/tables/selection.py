"""Selected rows as ranges, never one by one: selecting five million rows is one range."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import islice

from PySide6.QtCore import QAbstractItemModel, QItemSelection, QItemSelectionModel, QItemSelectionRange

RowRange = tuple[int, int]
"""The first and the last row of a range, both in it."""


def selected_ranges(selection: QItemSelectionModel) -> list[RowRange]:
    """The selected rows as ranges from top to bottom that neither overlap nor touch."""
    parts = sorted((part.top(), part.bottom()) for part in selection.selection().toList())
    return list(_joined(parts))


def count_rows(ranges: Iterable[RowRange]) -> int:
    """How many rows the ranges hold."""
    return sum(last - first + 1 for first, last in ranges)


def rows_within(ranges: Sequence[RowRange], first: int, last: int) -> list[int]:
    """The rows from `first` to `last` that are in the ranges, which go from top to bottom."""
    found: list[int] = []
    at = max(bisect_right(ranges, (first, last)) - 1, 0)
    for start, end in islice(ranges, at, None):
        if start > last:
            break
        found += range(max(start, first), min(end, last) + 1)
    return found


def ids_in(ids: array[int], ranges: Iterable[RowRange]) -> array[int]:
    """The ids of the rows in the ranges."""
    found = array("q")
    for first, last in ranges:
        found += ids[first : last + 1]
    return found


def ranges_of(rows: Iterable[int]) -> list[RowRange]:
    """The ranges that hold exactly these rows."""
    return list(_joined((row, row) for row in sorted(rows)))


def selection_of(model: QAbstractItemModel, ranges: Iterable[RowRange]) -> QItemSelection:
    """What a selection model takes to select these rows whole."""
    selection = QItemSelection()
    last_column = model.columnCount() - 1
    for first, last in ranges:
        selection.append(QItemSelectionRange(model.index(first, 0), model.index(last, last_column)))
    return selection


def _joined(parts: Iterable[RowRange]) -> Iterable[RowRange]:
    """The same rows in as few ranges as can be; `parts` are in the order of their first rows."""
    first, last = -1, -2
    for start, end in parts:
        if start > last + 1:
            if last >= first:
                yield first, last
            first, last = start, end
        else:
            last = max(last, end)
    if last >= first:
        yield first, last
