from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opspilot_desktop.ui.dialogs.raw_text import shown_raw


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("", "(blank)"),
        ("BUYY", "BUYY"),
        ("two words", "two words"),
        (" 5 ", "␠5␠"),
        ("   ", "␠␠␠"),
        ("a\tb\r\n", "a␉b␍␊"),
        ("a\x00b\x7f", "a␀b␡"),
        ("12\u200b34", "12⟨U+200B⟩34"),
        ("\u202eabc", "⟨U+202E⟩abc"),
        ("1\u00a0000", "1⟨U+00A0⟩000"),
        ("<b>1</b>", "<b>1</b>"),
        ("Société Générale", "Société Générale"),
    ],
)
def test_what_cannot_be_seen_is_made_visible(value: str, shown: str) -> None:
    assert shown_raw(value) == shown


@given(st.text())
def test_everything_shown_can_be_seen_and_stays_on_one_line(value: str) -> None:
    shown = shown_raw(value)
    assert shown
    assert shown == shown.strip()
    assert not any(unicodedata.category(character).startswith(("C", "Zl", "Zp")) for character in shown)
