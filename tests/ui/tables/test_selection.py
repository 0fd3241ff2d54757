from __future__ import annotations

import itertools
from array import array

from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QItemSelectionModel
from PySide6.QtGui import QStandardItemModel

from opspilot_desktop.ui.tables.selection import (
    count_rows,
    ids_in,
    ranges_of,
    rows_within,
    selected_ranges,
    selection_of,
)

SELECT = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
TOGGLE = QItemSelectionModel.SelectionFlag.Toggle | QItemSelectionModel.SelectionFlag.Rows

some_rows = st.sets(st.integers(0, 40))


@given(some_rows)
def test_ranges_hold_exactly_the_rows_and_are_few(rows: set[int]) -> None:
    ranges = ranges_of(rows)
    assert [row for first, last in ranges for row in range(first, last + 1)] == sorted(rows)
    assert count_rows(ranges) == len(rows)
    assert all(after[0] > before[1] + 1 for before, after in itertools.pairwise(ranges))


@given(some_rows, st.integers(0, 40), st.integers(0, 40))
def test_rows_within(rows: set[int], first: int, last: int) -> None:
    assert rows_within(ranges_of(rows), first, last) == [row for row in range(first, last + 1) if row in rows]


@given(some_rows)
def test_ids_in(rows: set[int]) -> None:
    ids = array("q", range(1000, 1041))
    assert list(ids_in(ids, ranges_of(rows))) == [1000 + row for row in sorted(rows)]


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 40), st.integers(0, 6)), max_size=12))
def test_ranges_of_a_selection_model(steps: list[tuple[bool, int, int]]) -> None:
    model = QStandardItemModel(41, 3)
    selection = QItemSelectionModel(model)
    chosen: set[int] = set()
    for toggle, first, more in steps:
        rows = set(range(first, min(first + more, 40) + 1))
        selection.select(selection_of(model, ranges_of(rows)), TOGGLE if toggle else SELECT)
        chosen = chosen ^ rows if toggle else chosen | rows
    assert selected_ranges(selection) == ranges_of(chosen)
