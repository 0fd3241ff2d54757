"""Pages of rows as they are shown, the ones used last. No Qt in here."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from .table_spec import MISSING, Column

_LONGEST = 8
PAGES_KEPT = 48
"""With 256 rows a page: what a person scrolls through in a minute, about 15 MB."""


@dataclass(frozen=True)
class Page:
    """Consecutive rows of a table, worded for the screen.

    `longest` has a few of the longest texts of each column; which of them is widest only a font knows.
    """

    rows: tuple[tuple[str, ...], ...]
    longest: tuple[tuple[str, ...], ...]


def worded_page(columns: Sequence[Column], values: Sequence[tuple[Any, ...] | None]) -> Page:
    """The page for these rows of values; a row that is gone shows as a row of dashes."""
    gone = (MISSING,) * len(columns)
    words = [(column.show, column.missing) for column in columns]
    rows = tuple(
        gone
        if row is None
        else tuple(
            [
                missing if value is None else show(value)
                for (show, missing), value in zip(words, row, strict=True)
            ]
        )
        for row in values
    )
    longest = tuple(tuple(sorted(set(texts), key=len)[-_LONGEST:]) for texts in zip(*rows, strict=True))
    return Page(rows, longest)


class RowCache:
    """The pages used last, by number. A page can be marked as old: still shown until a newer one comes."""

    def __init__(self, kept: int = PAGES_KEPT) -> None:
        self._kept = kept
        self._pages: OrderedDict[int, Page] = OrderedDict()
        self._old: set[int] = set()

    def __len__(self) -> int:
        return len(self._pages)

    def get(self, number: int) -> Page | None:
        """The page, and it becomes the one used last."""
        page = self._pages.get(number)
        if page is not None:
            self._pages.move_to_end(number)
        return page

    def is_fresh(self, number: int) -> bool:
        """Whether the page is here and was read since the last `expire`."""
        return number in self._pages and number not in self._old

    def put(self, number: int, page: Page) -> None:
        """Keeps the page and lets go of the one that was not used for longest."""
        self._pages[number] = page
        self._pages.move_to_end(number)
        self._old.discard(number)
        while len(self._pages) > self._kept:
            gone, _ = self._pages.popitem(last=False)
            self._old.discard(gone)

    def expire(self) -> None:
        """Marks every page as old."""
        self._old = set(self._pages)

    def clear(self) -> None:
        """Lets go of everything."""
        self._pages.clear()
        self._old.clear()
