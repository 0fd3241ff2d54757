"""Rows whose id stands earlier in the same file: found in the staging database, and moved to its rejects, or
numbered where the profile says so.

An id that is numbered is the made one, the separator once more and the number. A made id has one separator
fewer than it has columns, so that no other row has it as its own. Only a separator that can overlap with
itself leaves room for that; such a row stays a repeat, as one does whose id would get too long.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count, islice
from operator import lt

from ..domain.fields import LONGEST_KEY
from .cells import Stored
from .checking import shown
from .mapping import Mapping
from .taking import Joined

_EACH = """
    CREATE TEMP VIEW each AS
    SELECT key, record, line FROM rows UNION ALL SELECT key, record, line FROM rejects
"""
_EACH_GOOD = "CREATE TEMP VIEW each AS SELECT key, record, line FROM rows"
_FIND = """
    CREATE TEMP TABLE repeated AS
    SELECT key, min(record) AS first FROM each WHERE key IS NOT NULL GROUP BY key HAVING count(*) > 1
"""
_INDEX = "CREATE UNIQUE INDEX temp.repeated_key ON repeated (key)"
_NUMBER = """
    CREATE TEMP TABLE numbered AS
    SELECT record, key || :separator || number AS made FROM (
        SELECT record, rows.key AS key, row_number() OVER (PARTITION BY rows.key ORDER BY record) AS number
        FROM rows CROSS JOIN repeated ON repeated.key = rows.key
    ) WHERE number > 1 AND length(key || :separator || number) <= :longest
"""
_GIVE = """
    UPDATE rows SET {key} = (SELECT made FROM numbered WHERE numbered.record = rows.record)
    WHERE record IN (SELECT record FROM numbered)
"""
_COUNT = "SELECT count(*), (SELECT made FROM numbered ORDER BY record LIMIT 1) FROM numbered"
_FIND_AGAIN = """
    INSERT INTO repeated
    SELECT rows.key, min(rows.record) FROM rows CROSS JOIN maybe ON maybe.key = rows.key
    GROUP BY rows.key HAVING count(*) > 1
"""
_FIND_LATER = """
    CREATE TEMP TABLE later AS
    SELECT each.record, each.line, each.key, 'Already on line ' || coalesce(
        (SELECT line FROM rows WHERE record = first), (SELECT line FROM rejects WHERE record = first)
    ) || ' of this file' || ? AS reason
    FROM each JOIN repeated ON repeated.key = each.key
    WHERE each.record > first
"""
_SAY = "INSERT INTO faults (record, place, col, value, reason) SELECT record, 0, ?, key, reason FROM later"
_REJECT_GOOD = """
    INSERT INTO rejects (line, record, key)
    SELECT line, record, key FROM later WHERE record IN (SELECT record FROM rows)
"""
_REMOVE_GOOD = "DELETE FROM rows WHERE record IN (SELECT record FROM later)"
_ALIKE = """
    SELECT count(DISTINCT bad.record) FROM rows CROSS JOIN temp.bad ON bad.key = rows.key
"""


def joined_key(mapping: Mapping, key: str) -> Joined | None:
    """How the record's own id, the field `key`, is made of several columns; None where it is not."""
    taken = mapping.columns.get(key)
    return taken if isinstance(taken, Joined) else None


def remedy(joined: Joined | None) -> str:
    """What is said of a row besides where its id stands already."""
    if joined is None:
        return ""
    if joined.repeats == "number":
        return "; numbered, its id would be too long or another row's"
    return "; where both are real, let the profile number rows that repeat"


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


@dataclass(frozen=True)
class Settled:
    """What became of rows that repeat an id: how many were `moved` to the rejects, and what is to be said."""

    moved: int = 0
    notices: tuple[str, ...] = ()


def settle_repeated(staging: sqlite3.Connection, key: str, column: str, joined: Joined | None) -> Settled:
    """Numbers or rejects the good rows that repeat the id of an earlier row, as the profile says.

    `key` is the field with the id, `column` what it is called in the file, `joined` how it is made.
    """
    if joined is None or joined.repeats == "refuse":
        return Settled(move_repeated(staging, column, remedy(joined)))
    staging.execute(_EACH_GOOD)
    notices = []
    if _find(staging):
        notices = _number(staging, key, joined)
        _find_again(staging)
    return Settled(_move(staging, column, remedy(joined)), (*notices, *alike_notices(staging, key)))


def move_repeated(staging: sqlite3.Connection, column: str, remedy: str = "") -> int:
    """Moves good rows that repeat the key of an earlier row to the rejects; returns how many.

    The key is the record's `column`. Earlier rows count whether good or bad; a bad row that repeats a key
    has that said first. The rejects made here have no raw text yet.
    """
    staging.execute(_EACH)
    _find(staging)
    return _move(staging, column, remedy)


def _find(staging: sqlite3.Connection) -> bool:
    """Finds the keys that repeat; says whether there are any."""
    staging.execute(_FIND)
    staging.execute(_INDEX)
    return staging.execute("SELECT 1 FROM repeated").fetchone() is not None


def _move(staging: sqlite3.Connection, column: str, remedy: str) -> int:
    if staging.execute("SELECT 1 FROM repeated").fetchone() is None:
        return 0
    staging.execute(_FIND_LATER, (remedy,))
    staging.execute("CREATE UNIQUE INDEX temp.later_record ON later (record)")
    staging.execute(_SAY, (column,))
    moved = staging.execute(_REJECT_GOOD).rowcount
    staging.execute(_REMOVE_GOOD)
    return moved


def _number(staging: sqlite3.Connection, key: str, joined: Joined) -> list[str]:
    """Numbers the good rows that repeat a key, as far as that gives no id that is too long."""
    staging.execute(_NUMBER, {"separator": joined.separator, "longest": LONGEST_KEY})
    staging.execute("CREATE UNIQUE INDEX temp.numbered_record ON numbered (record)")
    staging.execute(_GIVE.format(key=key))
    return numbered_notices(key, *staging.execute(_COUNT).fetchone())


def _find_again(staging: sqlite3.Connection) -> None:
    """Finds the keys that still repeat; only such as did and those that were made can."""
    staging.execute("CREATE TEMP TABLE maybe (key TEXT PRIMARY KEY) WITHOUT ROWID")
    staging.execute("INSERT INTO maybe SELECT key FROM repeated UNION SELECT made FROM numbered")
    staging.execute("DELETE FROM repeated")
    staging.execute(_FIND_AGAIN)


def numbered_notices(key: str, numbered: int, first: str | None) -> list[str]:
    """How many rows were numbered, and the first of their ids; nothing where none was."""
    if first is None:
        return []
    rows = f"{numbered:,} rows have" if numbered > 1 else "1 row has"
    were = "were numbered, such as" if numbered > 1 else "was numbered:"
    return [f"{rows} the same {_words(key)} as an earlier one and {were} {shown(first)}."]


def alike_notices(staging: sqlite3.Connection, key: str) -> list[str]:
    """How many bad rows have the id of a good one: mended in a file of their own, nothing would tell them
    from it."""
    staging.execute("CREATE TEMP TABLE bad AS SELECT record, key FROM rejects WHERE key IS NOT NULL")
    staging.execute("CREATE INDEX temp.bad_key ON bad (key)")
    alike = staging.execute(_ALIKE).fetchone()[0]
    staging.execute("DROP TABLE temp.bad")
    if not alike:
        return []
    rows, them, they = (
        ("1 wrong row has", "it", "it") if alike == 1 else (f"{alike:,} wrong rows have", "them", "they")
    )
    return [
        f"{rows} the same {_words(key)} as a good one; mend {them} in the list of bad rows or in the whole"
        f" file: in a file of wrong rows {they} would be taken for the good one."
    ]


def _words(key: str) -> str:
    return key.replace("_", " ")


class Numbering:
    """Gives rows that are mended the next free number of their id. `given` are the ids with a number."""

    def __init__(self, staging: sqlite3.Connection, joined: Joined) -> None:
        self._staging = staging
        self._separator = joined.separator
        self._next: dict[str, int] = {}
        self.given: list[str] = []

    def free(self, key: str) -> str | None:
        """The id, with a number where it is taken by a good row; None where that would be too long."""
        self._staging.execute("CREATE INDEX IF NOT EXISTS numbering ON rows (key)")
        for number in count(self._next.get(key, 1)):
            made = key if number == 1 else f"{key}{self._separator}{number}"
            if len(made) > LONGEST_KEY:
                break
            self._next[key] = number
            if self._staging.execute("SELECT 1 FROM rows WHERE key = ?", (made,)).fetchone() is None:
                if number > 1:
                    self.given.append(made)
                return made
        return None

    def done(self) -> None:
        """Drops what only served to look up ids."""
        self._staging.execute("DROP INDEX IF EXISTS numbering")
