from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opspilot_desktop.ui.fuzzy import Match, match


def score(query: str, text: str) -> float:
    found = match(query, text)
    assert found is not None
    return found.score


def test_the_beginning_is_best_then_a_word_then_letters_then_a_near_miss() -> None:
    scores = [
        score("res", "Resolve…"),
        score("res", "Not resolved"),
        score("res", "Compress"),
        score("res", "Remove all filters"),
    ]
    assert scores == sorted(scores, reverse=True)
    assert len(set(scores)) == 4


@pytest.mark.parametrize(
    ("query", "text", "letters"),
    [
        ("res", "Resolve…", (0, 1, 2)),
        ("RES", "resolve…", (0, 1, 2)),
        ("res", "Remove all filters", (0, 1, 17)),
        ("imp led", "Import ledger…", (0, 1, 2, 7, 8, 9)),
        ("ledger", "Import ledger…", (7, 8, 9, 10, 11, 12)),
        ("", "Resolve…", ()),
        ("  ", "Resolve…", ()),
    ],
)
def test_the_letters_that_were_found(query: str, text: str, letters: tuple[int, ...]) -> None:
    found = match(query, text)
    assert found is not None
    assert found.letters == letters


@pytest.mark.parametrize(("query", "text"), [("reslove", "Resolve…"), ("exprot", "Export the table…")])
def test_a_mistyped_word_is_understood(query: str, text: str) -> None:
    found = match(query, text)
    assert found is not None
    assert found.letters


@pytest.mark.parametrize(("query", "text"), [("xyz", "Resolve…"), ("zz", "Ignore…"), ("qqqq", "Reconcile")])
def test_what_does_not_fit(query: str, text: str) -> None:
    assert match(query, text) is None


@given(st.text(max_size=12), st.text(max_size=40))
def test_the_letters_always_lie_in_the_text_in_order(query: str, text: str) -> None:
    found = match(query, text)
    if found is not None:
        assert list(found.letters) == sorted(set(found.letters))
        assert all(0 <= place < len(text) for place in found.letters)


@given(st.text(min_size=1, max_size=20))
def test_a_text_fits_itself(text: str) -> None:
    assert match(text, text) is not None


def test_everything_fits_nothing() -> None:
    assert match("", "anything") == Match(0, ())
