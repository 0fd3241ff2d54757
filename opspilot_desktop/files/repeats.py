"""Rows whose id stands earlier in the same file: found in the staging database, moved to its rejects."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from itertools import islice
from operator import lt

from .cells import Stored

_FIND = """
    CREATE TEMP TABLE repeated AS
    SELECT key, min(record) AS first FROM (
        SELECT key, record FROM rows WHERE key IS NOT NULL
        UNION ALL SELECT key, record FROM rejects WHERE key IS NOT NULL
    ) GROUP BY key HAVING count(*) > 1
"""
_FIND_LATER = """
    CREATE TEMP TABLE later AS
    SELECT each.record, each.line, each.key, 'Already on line ' || coalesce(
        (SELECT line FROM rows WHERE record = first), (SELECT line FROM rejects WHERE record = first)
    ) || ' of this file' AS reason
    FROM (SELECT record, line, key FROM rows UNION ALL SELECT record, line, key FROM rejects) AS each
    JOIN repeated ON repeated.key = each.key
    WHERE each.record > first
"""
_SAY = "INSERT INTO faults (record, place, col, value, reason) SELECT record, 0, ?, key, reason FROM later"
_REJECT_GOOD = """
    INSERT INTO rejects (line, record, key)
    SELECT line, record, key FROM later WHERE record IN (SELECT record FROM rows)
"""
_REMOVE_GOOD = "DELETE FROM rows WHERE record IN (SELECT record FROM later)"


class Ascending:
    """Watches the keys of a file go by; while each is greater than the one before, none can repeat.

    Most systems write their files in the order of their ids, and to see that is twenty times faster than
    to sort them.
    """

    def __init__(self) -> None:
        self.holds = True
        self._first = ""
        self._last = ""
        self._missing = False

    @property
    def ends(self) -> tuple[str, str] | None:
        """The first and the last, where each row has one and they ascend; None elsewhere."""
        return (self._first, self._last) if self.holds and self._first and not self._missing else None

    def add(self, keys: Sequence[Stored]) -> None:
        """Takes note of the next keys, in the file's order."""
        texts = [key for key in keys if isinstance(key, str)]
        self._missing = self._missing or len(texts) < len(keys)
        if self.holds and texts:
            self.holds = self._last < texts[0] and all(map(lt, texts, islice(texts, 1, None)))
            self._first = self._first or texts[0]
            self._last = texts[-1]

    def join(self, later: Ascending) -> None:
        """Takes note of the keys that follow in the file."""
        self.holds = self.holds and later.holds and (not later._first or self._last < later._first)
        self._first = self._first or later._first
        self._last = later._last or self._last
        self._missing = self._missing or later._missing


def move_repeated(staging: sqlite3.Connection, column: str) -> int:
    """Moves good rows that repeat the key of an earlier row to the rejects; returns how many.

    The key is the record's `column`. Earlier rows count whether good or bad; a bad row that repeats a key
    has that said first. The rejects made here have no raw text yet.
    """
    staging.execute(_FIND)
    if staging.execute("SELECT 1 FROM repeated").fetchone() is None:
        return 0
    staging.execute("CREATE UNIQUE INDEX temp.repeated_key ON repeated (key)")
    staging.execute(_FIND_LATER)
    staging.execute("CREATE UNIQUE INDEX temp.later_record ON later (record)")
    staging.execute(_SAY, (column,))
    moved = staging.execute(_REJECT_GOOD).rowcount
    staging.execute(_REMOVE_GOOD)
    return moved
