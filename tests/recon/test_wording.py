from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtGui import QTextDocument
from pytestqt.qtbot import QtBot

from opspilot_desktop.recon.wording import as_plain_text, atoms, count, escape, flat, listed, money, ratio


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("-1264705", "−1,264,705.00"),
        ("0.000000001", "0.000000001"),
        ("12.5", "12.50"),
        ("999999999999999999.123456789012345678", "999,999,999,999,999,999.123456789012345678"),
    ],
)
def test_money_keeps_every_digit(value: str, text: str) -> None:
    assert money(value) == text
    assert money(value, "EUR") == f"{text} EUR"


@pytest.mark.parametrize("value", [None, "", "abc", "1e5", "nan", "1.", [], {}])
def test_what_is_no_amount_is_none(value: object) -> None:
    assert money(value) is None
    assert atoms(value) is None


@given(st.integers(-(10**30), 10**30), st.integers(1, 10**30), st.integers(0, 6))
def test_a_ratio_is_rounded_to_the_nearest(numerator: int, denominator: int, decimals: int) -> None:
    shown = Fraction(ratio(numerator, denominator, decimals).replace(",", "").replace("−", "-"))
    assert abs(shown - Fraction(numerator, denominator)) <= Fraction(1, 2 * 10**decimals)


def test_counts_and_lists() -> None:
    assert count(1, "entry", "entries") == "1 entry"
    assert count(1204, "entry", "entries") == "1,204 entries"
    assert listed(["a"]) == "a"
    assert listed(["a", "b", "c"]) == "a, b and c"
    assert listed(list("abcdefg")) == "a, b, c, d, e and 2 more"


@given(text=st.text(st.characters(codec="utf-8"), max_size=40).filter(lambda text: bool(flat(text))))
def test_escaped_data_is_shown_as_it_stands(text: str, qapp: object) -> None:
    for markdown in (escape(text), f"- {escape(text)}", f"**{escape('x' + text + 'x')}**"):
        document = QTextDocument()
        document.setMarkdown(markdown, QTextDocument.MarkdownFeature.MarkdownDialectGitHub)
        shown = document.toPlainText()
        wanted = f"x{text}x" if markdown.startswith("**") else text
        assert shown == flat(wanted)
        assert "<a href" not in document.toHtml()
        assert "<img" not in document.toHtml()


@pytest.mark.parametrize(
    "text",
    [
        "![x](http://example.com/a.png)",
        "<img src=x>",
        "[a](http://b.example)",
        "https://example.com/path",
        "www.example.com",
        "a@example.com",
        "# heading",
        "1. one",
        "- item",
        "***",
        "a | b",
        "`code` _x_ ~~y~~",
        "&lt;b&gt;",
        "+ x",
        "===",
        "> quoted",
    ],
)
def test_markup_in_data_does_nothing(text: str, qtbot: QtBot) -> None:
    document = QTextDocument()
    document.setMarkdown(escape(text), QTextDocument.MarkdownFeature.MarkdownDialectGitHub)
    assert document.toPlainText() == text
    html = document.toHtml()
    assert "<a href" not in html
    assert "<img" not in html


def test_unseen_characters_are_made_visible() -> None:
    assert flat(" T-1\u202e2\n3\x00\t  4") == "T-1⟨U+202E⟩2␊3␀␉ 4"


def test_plain_text_of_an_explanation() -> None:
    assert as_plain_text("### What\n\n- A\\_B is **1.00**") == "What\n\n- A_B is 1.00"
