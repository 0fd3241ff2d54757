"""Puts rows into a staging database: the good ones as values, the bad ones with what is wrong with them.

Rows are checked some hundred at once, column by column. Where something is wrong with one of them, the
columns tell which rows those are, and only these are checked one by one.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence

from ..domain.decimals import DecimalError
from ..domain.fields import Record
from .cells import CellError, Stored
from .checking import Checker, Fault, Problem, key_field, shown
from .dialect import format_line
from .reading import Batch
from .repeats import Ascending
from .specials import Special
from .staging_database import insert_into, keep_marks

_Bad = tuple[int, int, Problem, str, str]
"""A bad row: its line and record, what is wrong with it, its cells as a line, its text in the file."""

_FEW = 8  # rows; where something is wrong with so few, they are checked one by one


class RowStaging:
    """Stages the rows of batches, in the file's order.

    `good` and `rejected` count them, `keys` tells whether their keys ascend, `numeric` names the fields that
    had numbers in a workbook.
    """

    def __init__(self, staging: sqlite3.Connection, checker: Checker, record: Record) -> None:
        self._staging = staging
        self._checker = checker
        self._insert = insert_into("rows", ("record", "line", *checker.stored))
        key = key_field(record)
        self._key = checker.stored.index(key) if key in checker.stored else None
        self.good = 0
        self.rejected = 0
        self.keys = Ascending()
        self.numeric: set[str] = set()

    def add(self, batch: Batch, delimiter: str) -> None:
        """Stages the rows of a batch."""
        if batch.special:
            self.numeric |= self._checker.named(batch.special, Special.NUMBER)
        if batch.rows:
            self._add_rows(batch, delimiter)
        self._reject(
            [
                (
                    each.line,
                    each.record,
                    Problem((Fault("", shown(each.value), each.reason),), None),
                    each.raw,
                    shown(each.text or each.value),
                )
                for each in batch.broken
            ]
        )

    def _add_rows(self, batch: Batch, delimiter: str) -> None:
        places = range(len(batch.rows))
        keys: dict[int, Stored] = {}
        if batch.has_nul or (batch.special and self._checker.objects(batch.special)):
            self._add_one_by_one(batch, places, delimiter, keys)
        elif (all_keys := self._add_at_once(batch.rows, batch.records, batch.lines)) is not None:
            self.keys.add(all_keys)
            return
        else:
            refused = self._checker.refused(batch.rows)
            bad = [_bad(batch, place, delimiter, refused[place]) for place in sorted(refused)]
            self._reject_of(batch, bad)
            keys.update({place: problem.key for place, problem in refused.items()})
            self._add_halved(batch, [place for place in places if place not in refused], delimiter, keys)
        self.keys.add([keys[place] for place in places if place in keys])

    def _add_halved(
        self, batch: Batch, places: Sequence[int], delimiter: str, keys: dict[int, Stored]
    ) -> None:
        """Stages the rows at these places, halving them until those with a fault stand in a few."""
        if not places:
            return
        rows = [batch.rows[place] for place in places]
        records = [batch.records[place] for place in places]
        found = self._add_at_once(rows, records, [batch.lines[place] for place in places])
        if found is not None:
            keys.update(zip(places, found, strict=False))  # none where the file has no ids
            return
        if len(places) <= _FEW:
            self._add_one_by_one(batch, places, delimiter, keys)
            return
        middle = len(places) // 2
        self._add_halved(batch, places[:middle], delimiter, keys)
        self._add_halved(batch, places[middle:], delimiter, keys)

    def _add_at_once(
        self, rows: Sequence[list[str]], records: Sequence[int], lines: Sequence[int]
    ) -> Sequence[Stored] | None:
        """Stages the rows if nothing is wrong with any of them; returns their ids, as far as the file has
        any, and None if it did not."""
        try:
            columns = self._checker.many(rows)
        except (CellError, DecimalError):
            return None
        self._staging.executemany(self._insert, zip(records, lines, *columns, strict=True))
        self.good += len(records)
        return [] if self._key is None else columns[self._key]

    def _add_one_by_one(
        self, batch: Batch, places: Iterable[int], delimiter: str, keys: dict[int, Stored]
    ) -> None:
        good: list[tuple[Stored, ...]] = []
        bad: list[_Bad] = []
        for place in places:
            checked = self._checker.one(batch.rows[place], batch.marks.get(place))
            if isinstance(checked, Problem):
                bad.append(_bad(batch, place, delimiter, checked))
                keys[place] = checked.key
            else:
                good.append((batch.records[place], batch.lines[place], *checked))
                keys[place] = checked[self._key] if self._key is not None else None
        self._staging.executemany(self._insert, good)
        self.good += len(good)
        self._reject_of(batch, bad)

    def _reject_of(self, batch: Batch, bad: Sequence[_Bad]) -> None:
        self._reject(bad)
        if batch.marks:
            keep_marks(self._staging, batch, {record for _, record, *_ in bad})

    def _reject(self, bad: Sequence[_Bad]) -> None:
        self._staging.executemany(
            "INSERT INTO rejects VALUES (?, ?, ?, ?, ?)",
            [(line, record, problem.key, raw, text) for line, record, problem, raw, text in bad],
        )
        self._staging.executemany(
            "INSERT INTO faults VALUES (?, ?, ?, ?, ?)",
            [
                (record, place, fault.column, fault.value, fault.reason)
                for _, record, problem, _, _ in bad
                for place, fault in enumerate(problem.faults, start=1)
            ],
        )
        self.rejected += len(bad)


def _bad(batch: Batch, place: int, delimiter: str, problem: Problem) -> _Bad:
    raw = format_line(batch.rows[place], delimiter)
    text = shown(batch.text(place) or raw.rstrip("\r\n"))
    return batch.lines[place], batch.records[place], problem, raw, text
