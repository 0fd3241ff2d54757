"""What stays in sight when a table's rows change: selection, current row and scroll position, by id."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .selection import RowRange, count_rows, ids_in, ranges_of

MOST_KEPT = 100_000
"""A selection of more rows than this is not looked for among new rows."""
_MOST_RANGES = 10_000  # a selection model takes a second for more of them


@dataclass(frozen=True)
class Sight:
    """What is selected, current and at the top of a table, by row; -1 is none.

    `offset` is by how many pixels the top row has been scrolled out.
    """

    selected: tuple[RowRange, ...] = ()
    current: int = -1
    column: int = 0
    top: int = -1
    offset: int = 0


@dataclass(frozen=True)
class Remembered:
    """A sight with the ids behind its rows."""

    sight: Sight
    selected: frozenset[int]
    current: int | None
    top: int | None

    @property
    def ids(self) -> set[int]:
        """All the ids whose new places are wanted."""
        return set(self.selected) | {row_id for row_id in (self.current, self.top) if row_id is not None}


def remember(sight: Sight, ids: array[int]) -> Remembered:
    """The sight with the ids of these rows."""
    keep = count_rows(sight.selected) <= MOST_KEPT
    return Remembered(
        sight,
        frozenset(ids_in(ids, sight.selected)) if keep else frozenset(),
        ids[sight.current] if sight.current >= 0 else None,
        ids[sight.top] if sight.top >= 0 else None,
    )


def find_again(before: Remembered, places: Mapping[int, int], rows: int, *, same_query: bool) -> Sight:
    """The sight among `rows` new rows, where the remembered ids stand at these places.

    With the same query a current row that has gone hands over to the one that stands in its place, so
    that a list can be worked off. With another query the table begins at its top.
    """
    sight = before.sight
    chosen: Sequence[RowRange] = ranges_of(places[row_id] for row_id in before.selected if row_id in places)
    if len(chosen) > _MOST_RANGES:
        chosen = ()
    current = places.get(before.current, -1) if before.current is not None else -1
    if current < 0 <= sight.current and same_query and rows:
        current = min(sight.current, rows - 1)
        if not chosen and sight.selected:
            chosen = [(current, current)]
    top, offset = -1, 0
    if same_query and sight.top >= 0:
        found = places.get(before.top, -1) if before.top is not None else -1
        top, offset = (found, sight.offset) if found >= 0 else (min(sight.top, rows - 1), sight.offset)
    return Sight(tuple(chosen), current, sight.column, top, offset)
