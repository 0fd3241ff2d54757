from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opspilot_desktop.domain.text import visible


@pytest.mark.parametrize(
    ("text", "shown", "prose"),
    [
        ("T-1", "T-1", "T-1"),
        ("Société Générale 株式 🙂", "Société Générale 株式 🙂", "Société Générale 株式 🙂"),
        ("T\u200b1", "T⟨U+200B⟩1", "T⟨U+200B⟩1"),
        ("\u202eabc\u202c", "⟨U+202E⟩abc⟨U+202C⟩", "⟨U+202E⟩abc⟨U+202C⟩"),
        ("a\u2066b\u200f\ufeff", "a⟨U+2066⟩b⟨U+200F⟩⟨U+FEFF⟩", "a⟨U+2066⟩b⟨U+200F⟩⟨U+FEFF⟩"),
        ("a\x00b\x1bc\x7fd\x9be", "a␀b␛c␡d⟨U+009B⟩e", "a␀b␛c␡d⟨U+009B⟩e"),
        ("a\rb\u2028c\u00add", "a␍b⟨U+2028⟩c⟨U+00AD⟩d", "a␍b⟨U+2028⟩c⟨U+00AD⟩d"),
        ("a\u3164b\u2800", "a⟨U+3164⟩b⟨U+2800⟩", "a⟨U+3164⟩b⟨U+2800⟩"),
        ("a\nb\tc", "a␊b␉c", "a\nb\tc"),
        ("1\u00a0000", "1⟨U+00A0⟩000", "1\u00a0000"),
        ("⚠\ufe0f", "⚠⟨U+FE0F⟩", "⚠\ufe0f"),
    ],
)
def test_what_cannot_be_seen_is_made_visible(text: str, shown: str, prose: str) -> None:
    assert visible(text) == shown
    assert visible(text, prose=True) == prose


@given(st.text())
def test_everything_shown_can_be_seen(text: str) -> None:
    shown = visible(text)
    assert shown.isprintable()
    assert visible(shown) == shown
    written = visible(text, prose=True)
    unseen = [unicodedata.category(letter) for letter in written if letter not in "\n\t"]
    assert not any(category.startswith("C") or category in ("Zl", "Zp") for category in unseen)


@given(st.text(), st.text())
def test_texts_that_differ_never_look_alike_for_what_is_unseen(one: str, other: str) -> None:
    if not set("⟨⟩␀␉␊␡") & set(one + other) and not any(0x2400 <= ord(c) <= 0x2421 for c in one + other):
        assert (visible(one) == visible(other)) == (one == other)
