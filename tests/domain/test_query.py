"""The filter language: what a text that a user typed means."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opspilot_desktop.domain.decimals import Exact
from opspilot_desktop.domain.fields import ISSUES, RECORDS, TRADES, Record
from opspilot_desktop.domain.query import Operator, Term, parse_filter

C = Operator.CONTAINS


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("", []),
        ("   ", []),
        ("asml", [Term("asml")]),
        ("asml  vod", [Term("asml"), Term("vod")]),
        ('"Morgan Stanley"', [Term("Morgan Stanley")]),
        ('counterparty:"Morgan Stanley"', [Term("Morgan Stanley", "counterparty", C)]),
        ("Counterparty:ubs", [Term("ubs", "counterparty", C)]),
        ("ccy:EUR", [Term("EUR", "currency", C)]),
        ("tradedate:2026-11", [Term("2026-11", "trade_date", C)]),
        ("trade:T-1", [Term("T-1", "trade_id", C)]),
        ("-asml", [Term("asml", negated=True)]),
        ("-side:buy", [Term("buy", "side", C, negated=True)]),
        ('-"a b"', [Term("a b", negated=True)]),
        ("-12.5", [Term("-12.5")]),
        ("-.5", [Term("-.5")]),
        ("nobody:knows", [Term("nobody:knows")]),
        ("-nobody:knows", [Term("nobody:knows", negated=True)]),
        ("10:30", [Term("10:30")]),
        (
            "quantity>1,000.5",
            [Term("1,000.5", "quantity", Operator.GREATER, number=Exact(1000, 500_000_000))],
        ),
        ("quantity >= 5", [Term("5", "quantity", Operator.AT_LEAST, number=Exact(5, 0))]),
        ("price<-0.01", [Term("-0.01", "price", Operator.LESS, number=Exact(0, -10_000_000))]),
        ("price<=−1", [Term("−1", "price", Operator.AT_MOST, number=Exact(-1, 0))]),
        ("price=2", [Term("2", "price", Operator.EQUALS, number=Exact(2, 0))]),
        ("price>abc", [Term("abc", "price", Operator.GREATER)]),
        ("-price>abc", [Term("abc", "price", Operator.GREATER, negated=True)]),
        ("price>1e5", [Term("1e5", "price", Operator.GREATER)]),
        ("price>1,5", [Term("1,5", "price", Operator.GREATER)]),
        ("price:1,5", [Term("1,5", "price", C)]),
        ("price >", [Term("price >")]),
        ("instrument>A", [Term("instrument>A")]),
        ("trade_date>=2026-11-01", [Term("2026-11-01", "trade_date", Operator.AT_LEAST)]),
        ("currency:-", [Term("-", "currency", C)]),
        ('currency:""', [Term("", "currency", C)]),
        ('"unfinished', [Term("unfinished")]),
        ('"two words', [Term("two words")]),
        ('counterparty:"Morgan St', [Term("Morgan St", "counterparty", C)]),
        ('"', []),
        ('""', []),
        ("status:", [Term("", "status", C)]),
        ("status: asml", [Term("asml", "status", C)]),
        ("status: trader:ann", [Term("", "status", C), Term("ann", "trader", C)]),
        ("-status: -side=BUY", [Term("", "status", C, True), Term("BUY", "side", Operator.EQUALS, True)]),
        ("status: 10:30", [Term("10:30", "status", C)]),
        ("as\0ml\x1b vod", [Term("asml"), Term("vod")]),
        ("asml\tvod -x", [Term("asml"), Term("vod"), Term("x", negated=True)]),
        (":", [Term(":")]),
        ("-", [Term("-")]),
    ],
)
def test_what_a_filter_means(text: str, terms: list[Term]) -> None:
    assert list(parse_filter(text, TRADES)) == terms


def test_issues_have_an_age_and_a_number() -> None:
    assert parse_filter("age>3 id=12", ISSUES) == (
        Term("3", "age", Operator.GREATER, number=Exact(3, 0)),
        Term("12", "id", Operator.EQUALS, number=Exact(12, 0)),
    )


@pytest.mark.parametrize("text", ["age>=3d", "age>=3 d", "age >= 3 D", 'age>="3 d"', "age>=3 days"])
def test_an_age_may_have_its_unit(text: str) -> None:
    age = Term("3", "age", Operator.AT_LEAST, number=Exact(3, 0))
    assert parse_filter(text, ISSUES) == (age,)
    assert parse_filter(f"{text} delta", ISSUES) == (age, Term("delta"))


@pytest.mark.parametrize("text", ["assignee:unassigned", "assignee=Unassigned", 'assignee:""', "assignee:"])
def test_nobody_is_called_unassigned(text: str) -> None:
    (term,) = parse_filter(text, ISSUES)
    assert (term.field, term.value) == ("assigned_to", "")


@given(st.text(max_size=60), st.sampled_from(list(RECORDS.values())))
def test_any_text_is_a_filter(text: str, record: Record) -> None:
    names = {field.name for field in record.fields}
    for term in parse_filter(text, record):
        assert term.field is None or term.field in names
        assert term.field is not None or term.operator is C
        assert term.value or term.field is not None


@given(
    st.text(st.characters(exclude_characters='"', exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20)
)
def test_quotes_keep_a_text_together(text: str) -> None:
    assert parse_filter(f'"{text}"', TRADES) == (Term(text),)
    assert parse_filter(f'counterparty:"{text}"', TRADES) == (Term(text, "counterparty", C),)
