from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from opspilot_desktop.domain.fields import Kind
from opspilot_desktop.ui.tables.row_cache import Page, RowCache, worded_page
from opspilot_desktop.ui.tables.table_spec import MISSING, columns_of


def page(name: str) -> Page:
    return Page(((name,),), ((name,),))


def test_the_page_used_longest_ago_goes_first() -> None:
    cache = RowCache(kept=2)
    cache.put(1, page("one"))
    cache.put(2, page("two"))
    assert cache.get(1) == page("one")
    cache.put(3, page("three"))
    assert cache.get(2) is None
    assert cache.get(1) == page("one")
    assert cache.get(3) == page("three")
    assert len(cache) == 2


def test_an_expired_page_is_still_there_but_not_fresh() -> None:
    cache = RowCache()
    assert not cache.is_fresh(1)
    cache.put(1, page("old"))
    assert cache.is_fresh(1)
    cache.expire()
    assert cache.get(1) == page("old")
    assert not cache.is_fresh(1)
    cache.put(1, page("new"))
    assert cache.is_fresh(1)
    assert cache.get(1) == page("new")


def test_clear_forgets_everything() -> None:
    cache = RowCache()
    cache.put(1, page("one"))
    cache.clear()
    assert cache.get(1) is None
    assert not cache.is_fresh(1)
    assert len(cache) == 0


@given(st.lists(st.tuples(st.sampled_from(["put", "get", "expire"]), st.integers(0, 9))), st.integers(1, 4))
def test_it_keeps_what_was_used_last(steps: list[tuple[str, int]], kept: int) -> None:
    cache, used = RowCache(kept), []
    for step, number in steps:
        if step == "expire":
            cache.expire()
        elif step == "put" or number in used:
            cache.put(number, page(str(number))) if step == "put" else cache.get(number)
            used = [item for item in used if item != number] + [number]
            used = used[-kept:]
    assert {number for number in range(10) if cache.get(number)} == set(used)


def test_a_page_has_words_dashes_and_the_longest_text_of_each_column() -> None:
    columns = columns_of(Kind.LEDGER)
    first = ("LE-1", "T-1", "X-1", "-1265330", "EUR", None, "2026-11-09", None, "Fee", None)
    second = (None, "T-20481937", None, "625", None, "FEE", None, "4410", None, None)
    made = worded_page(columns, [first, None, second])
    assert made.rows[0] == (
        *("LE-1", "T-1", "X-1", "−1,265,330.00", "EUR", MISSING),
        *("2026-11-09", MISSING, "Fee", MISSING),
    )
    assert made.rows[1] == (MISSING,) * len(columns)
    assert made.rows[2][0] == MISSING
    assert made.longest[1] == (MISSING, "T-1", "T-20481937")
    assert made.longest[3] == (MISSING, "625.00", "−1,265,330.00")


def test_of_many_texts_a_page_names_a_few_of_the_longest() -> None:
    columns = columns_of(Kind.LEDGER)
    rows = [("x" * number, *(None,) * (len(columns) - 1)) for number in range(1, 200)]
    longest = worded_page(columns, rows).longest[0]
    assert [len(text) for text in longest] == list(range(192, 200))
