"""Ids that come twice: the later row goes, whatever became of the earlier one, or is numbered."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opspilot_desktop.domain.fields import LONGEST_KEY
from opspilot_desktop.files.mapping import Mapping
from opspilot_desktop.files.repeats import (
    Ascending,
    Numbering,
    Settled,
    joined_key,
    move_repeated,
    settle_repeated,
)
from opspilot_desktop.files.taking import Joined


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


NUMBERED = Joined(("Day", "Paper"), repeats="number")


def number(staging: sqlite3.Connection, joined: Joined = NUMBERED) -> Settled:
    """Settles what repeats; in these tables the field with the id is called key."""
    return settle_repeated(staging, "key", "Day + Paper", joined)


def keys(staging: sqlite3.Connection) -> dict[int, str | None]:
    return dict(staging.execute("SELECT record, key FROM rows ORDER BY record").fetchall())


def test_good_rows_are_numbered_in_the_order_of_the_file(staging: sqlite3.Connection) -> None:
    good(staging, (1, 2, "A|B"), (2, 3, "A|C"), (4, 5, "A|B"), (6, 7, None), (7, 8, None), (8, 9, "A|B"))
    said = "2 rows have the same key as an earlier one and were numbered, such as A|B|2."
    assert number(staging) == Settled(0, (said,))
    assert keys(staging) == {1: "A|B", 2: "A|C", 4: "A|B|2", 6: None, 7: None, 8: "A|B|3"}
    assert rejects(staging) == []


def test_a_bad_row_takes_no_number_and_is_told_apart(staging: sqlite3.Connection) -> None:
    bad(staging, 1, 2, "A|B")
    good(staging, (2, 3, "A|B"), (4, 5, "A|B"))
    bad(staging, 3, 4, "A|B")
    bad(staging, 5, 6, "A|D")
    bad(staging, 6, 7, "A|D")
    assert number(staging).notices == (
        "1 row has the same key as an earlier one and was numbered: A|B|2.",
        "2 wrong rows have the same key as a good one; mend them in the list of bad rows or in the whole"
        " file: in a file of wrong rows they would be taken for the good one.",
    )
    assert keys(staging) == {2: "A|B", 4: "A|B|2"}
    assert [row[3:5] for row in rejects(staging)] == [("x", "Wrong")] * 4


def test_an_id_without_room_for_a_number_stays_a_repeat(staging: sqlite3.Connection) -> None:
    longest = f"A|{'x' * (LONGEST_KEY - 2)}"
    fits = longest[:-2]
    good(staging, *[(record, record + 1, longest) for record in (1, 2)])
    good(staging, *[(record, record + 1, fits) for record in range(3, 14)])
    settled = number(staging)
    assert settled.moved == 3
    assert list(keys(staging).values()) == [longest, fits, *[f"{fits}|{place}" for place in range(2, 10)]]
    said = "Already on line {} of this file; numbered, its id would be too long or another row's"
    assert [(row[0], row[4]) for row in rejects(staging)] == [
        (2, said.format(2)),
        (12, said.format(4)),
        (13, said.format(4)),
    ]
    assert [len(str(row[3])) for row in rejects(staging)] == [LONGEST_KEY, LONGEST_KEY - 2, LONGEST_KEY - 2]


def test_a_number_that_makes_the_id_of_another_row_is_refused(staging: sqlite3.Connection) -> None:
    joined = Joined(("Day", "Paper"), "11", "number")  # overlaps with itself
    good(staging, *[(record, record + 1, "A11B") for record in range(1, 13)])
    good(staging, (13, 14, "A11B1"), (14, 15, "A11B1"))  # A, 11, B1
    assert number(staging, joined).moved == 1
    assert keys(staging)[12] == "A11B1112"
    assert [(row[0], row[4]) for row in rejects(staging)] == [
        (14, "Already on line 13 of this file; numbered, its id would be too long or another row's")
    ]


def test_what_does_not_repeat_stays_what_it_is(staging: sqlite3.Connection) -> None:
    good(staging, (1, 2, "B|A"), (2, 3, "A|B"), (3, 4, None))
    bad(staging, 4, 5, "C|C")
    assert number(staging) == Settled()
    assert keys(staging) == {1: "B|A", 2: "A|B", 3: None}


def test_the_remedy_is_named_where_ids_are_made(staging: sqlite3.Connection) -> None:
    good(staging, (1, 2, "A|B"), (2, 3, "A|B"))
    assert settle_repeated(staging, "key", "Day + Paper", Joined(("Day", "Paper"))) == Settled(1)
    said = "Already on line 2 of this file; where both are real, let the profile number rows that repeat"
    assert rejects(staging) == [(2, 3, "Day + Paper", "A|B", said, None)]


def test_only_an_id_of_several_columns_is_made() -> None:
    assert joined_key(Mapping({"trade_id": NUMBERED}), "trade_id") == NUMBERED
    assert joined_key(Mapping({"trade_id": "Ref", "entry_id": NUMBERED}), "trade_id") is None
    assert joined_key(Mapping(), "trade_id") is None


MADE = st.sampled_from(["A|B", "A|C", "A|B2", "2|B", None, "A|" + "x" * (LONGEST_KEY - 4)])


@given(st.lists(st.tuples(MADE, st.booleans()), max_size=30))
def test_the_nth_good_row_of_an_id_gets_the_number_n(rows: list[tuple[str | None, bool]]) -> None:
    seen: dict[str, int] = {}
    wanted: dict[int, str | None] = {}
    refused = []
    with closing(staging_database()) as staging:
        for record, (key, is_good) in enumerate(rows, start=1):
            if not is_good:
                bad(staging, record, record + 1, key)
                continue
            good(staging, (record, record + 1, key))
            place = seen[key] = seen.get(key, 0) + 1 if key is not None else 1
            made = key if place == 1 else f"{key}|{place}"
            if made is not None and len(made) > LONGEST_KEY:
                refused.append(record)
            else:
                wanted[record] = made
        settled = number(staging)
        assert keys(staging) == wanted
        assert settled.moved == len(refused)
        told = [row[0] for row in rejects(staging) if str(row[4]).startswith("Already")]
        assert told == refused
        made_ids = [key for key in wanted.values() if key is not None]
        assert len(made_ids) == len(set(made_ids))


def test_a_mended_row_gets_the_next_number_that_is_free(staging: sqlite3.Connection) -> None:
    good(staging, (1, 2, "A|B"), (2, 3, "A|B|2"), (3, 4, "A|D"))
    numbering = Numbering(staging, NUMBERED)
    assert [numbering.free("A|C"), numbering.free("A|B")] == ["A|C", "A|B|3"]
    good(staging, (4, 5, "A|B|3"))
    assert [numbering.free("A|B"), numbering.free("A|D")] == ["A|B|4", "A|D|2"]
    longest = "x" * (LONGEST_KEY - 1)
    good(staging, (5, 6, longest))
    assert numbering.free(longest) is None
    assert numbering.given == ["A|B|3", "A|B|4", "A|D|2"]
    numbering.done()
    assert staging.execute("SELECT count(*) FROM sqlite_schema WHERE type = 'index'").fetchone() == (0,)


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
