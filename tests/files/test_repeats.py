"""Ids that come twice: the later row goes, whatever became of the earlier one."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opspilot_desktop.files.repeats import Ascending, move_repeated


@pytest.fixture
def staging() -> Iterator[sqlite3.Connection]:
    with closing(staging_database()) as connection:
        yield connection


def staging_database() -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.execute("CREATE TABLE rows (record INTEGER PRIMARY KEY, line INTEGER, key TEXT)")
    connection.execute("CREATE TABLE rejects (line INTEGER, record INTEGER PRIMARY KEY, key TEXT, raw TEXT)")
    connection.execute(
        "CREATE TABLE faults (record INTEGER, place INTEGER, col TEXT, value TEXT, reason TEXT)"
    )
    return connection


def good(staging: sqlite3.Connection, *rows: tuple[int, int, str | None]) -> None:
    staging.executemany("INSERT INTO rows VALUES (?, ?, ?)", rows)


def bad(staging: sqlite3.Connection, record: int, line: int, key: str | None) -> None:
    staging.execute("INSERT INTO rejects VALUES (?, ?, ?, 'raw')", (line, record, key))
    staging.execute("INSERT INTO faults VALUES (?, 1, 'price', 'x', 'Wrong')", (record,))


def rejects(staging: sqlite3.Connection) -> list[tuple[object, ...]]:
    return staging.execute(
        "SELECT record, line, col, value, reason, raw FROM rejects JOIN faults USING (record)"
        " ORDER BY record, place"
    ).fetchall()


def test_every_later_row_names_the_first(staging: sqlite3.Connection) -> None:
    good(
        staging, (1, 2, "A"), (2, 3, "B"), (3, 7, "A"), (4, 8, None), (5, 9, None), (6, 10, "A"), (7, 11, "a")
    )
    assert move_repeated(staging, "trade_id") == 2
    said = "Already on line 2 of this file"
    assert rejects(staging) == [(3, 7, "trade_id", "A", said, None), (6, 10, "trade_id", "A", said, None)]
    assert staging.execute("SELECT record FROM rows").fetchall() == [(1,), (2,), (4,), (5,), (7,)]


def test_a_bad_row_counts_as_the_first(staging: sqlite3.Connection) -> None:
    bad(staging, 1, 2, "A")
    good(staging, (2, 3, "A"))
    assert move_repeated(staging, "entry_id") == 1
    assert rejects(staging)[1] == (2, 3, "entry_id", "A", "Already on line 2 of this file", None)


def test_a_bad_row_that_repeats_has_that_said_first(staging: sqlite3.Connection) -> None:
    good(staging, (1, 2, "A"))
    bad(staging, 2, 3, "A")
    bad(staging, 3, 4, None)
    assert move_repeated(staging, "trade_id") == 0
    assert rejects(staging) == [
        (2, 3, "trade_id", "A", "Already on line 2 of this file", "raw"),
        (2, 3, "price", "x", "Wrong", "raw"),
        (3, 4, "price", "x", "Wrong", "raw"),
    ]


def test_nothing_repeats(staging: sqlite3.Connection) -> None:
    good(staging, (1, 2, "A"), (2, 3, "B"))
    assert move_repeated(staging, "trade_id") == 0
    assert rejects(staging) == []


KEYS = st.sampled_from(["A", "B", "a", "C", None])


@given(st.lists(st.tuples(KEYS, st.booleans()), max_size=12))
def test_what_stays_is_the_first_of_each(rows: list[tuple[str | None, bool]]) -> None:
    seen: dict[str, int] = {}
    stays, repeats = [], []
    with closing(staging_database()) as staging:
        for record, (key, is_good) in enumerate(rows, start=1):
            if is_good:
                good(staging, (record, record + 1, key))
            else:
                bad(staging, record, record + 1, key)
            if key is not None and key in seen:
                repeats.append((record, seen[key]))
            elif is_good:
                stays.append((record,))
            if key is not None:
                seen.setdefault(key, record + 1)
        move_repeated(staging, "trade_id")
        assert staging.execute("SELECT record FROM rows ORDER BY record").fetchall() == stays
        for record, line in repeats:
            reason = next(row[4] for row in rejects(staging) if row[0] == record)
            assert str(reason).startswith(f"Already on line {line} of this file")


@given(st.lists(st.lists(st.text(min_size=1, max_size=2) | st.none(), max_size=4), max_size=4))
def test_ascending_keys_do_not_repeat(batches: list[list[str | None]]) -> None:
    ascending = Ascending()
    for batch in batches:
        ascending.add(batch)
    keys = [key for batch in batches for key in batch if key is not None]
    assert ascending.holds == all(first < second for first, second in pairwise(keys))
    is_whole = bool(keys) and None not in [key for batch in batches for key in batch]
    assert ascending.ends == ((keys[0], keys[-1]) if ascending.holds and is_whole else None)


@given(
    st.lists(st.text(min_size=1, max_size=2) | st.none(), max_size=4),
    st.lists(st.text(min_size=1, max_size=2) | st.none(), max_size=4),
)
def test_two_halves_of_a_file_ascend_as_the_whole_does(
    first: list[str | None], second: list[str | None]
) -> None:
    whole, half, later = Ascending(), Ascending(), Ascending()
    whole.add([*first, *second])
    half.add(first)
    later.add(second)
    half.join(later)
    assert (half.holds, half.ends) == (whole.holds, whole.ends)
