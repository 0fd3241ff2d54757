from __future__ import annotations

import pytest

from opspilot_desktop.domain.links import LinkEntry, LinkTrade
from opspilot_desktop.recon.nearness import nearness, ordered

ONE = 10**18


def traded(trade_id: str = "T-20481937", gross: int = 1000, **others: object) -> LinkTrade:
    return LinkTrade(1, trade_id, gross * ONE, str(gross), **others)  # type: ignore[arg-type]


def booked(trade_id: str = "X", amount: int = 0, **others: object) -> LinkEntry:
    return LinkEntry(2, trade_id, amount * ONE, str(amount), **others)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("amount", "word"),
    [
        (1000, "same amount"),
        (-1000, "same amount"),
        (1001, "amount within 0.1 %"),
        (1002, "amount within 1 %"),
        (990, "amount within 1 %"),
        (989, "amount within 5 %"),
        (950, "amount within 5 %"),
        (949, ""),
    ],
)
def test_how_near_an_amount_is(amount: int, word: str) -> None:
    found = [said for said in nearness(traded(), [booked(amount=amount)]).why if "amount" in said]
    assert found == ([word] if word else [])


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("T-20481937", "its file names this trade"),
        ("t 20481937", "same id but for case or punctuation"),
        ("MX/T20481937", "one id holds the other"),
        ("MX/20481937", "similar id"),
        ("T-20481973", "similar id"),
        ("T-99999999", ""),
        ("937", ""),
    ],
)
def test_how_near_an_id_is(name: str, word: str) -> None:
    found = [said for said in nearness(traded(), [booked(name)]).why if "id" in said or "file" in said]
    assert found == ([word] if word else [])


@pytest.mark.parametrize(
    ("day", "word"),
    [
        ("2026-11-20", "same date"),
        ("2026-11-18", "same date"),
        ("2026-11-21", "1 day apart"),
        ("2026-11-25", "5 days apart"),
        ("2026-11-26", ""),
        ("someday", ""),
        (None, ""),
    ],
)
def test_how_near_a_date_is(day: str | None, word: str) -> None:
    trade = traded(trade_date="2026-11-18", settle_date="2026-11-20")
    found = [said for said in nearness(trade, [booked(value_date=day)]).why if "da" in said]
    assert found == ([word] if word else [])


def test_an_instrument_counts_as_a_whole_word_only() -> None:
    trade = traded(instrument="MC.PA")
    assert "instrument in the description" in nearness(trade, [booked(description="Buy MC.PA 10")]).why
    assert "instrument in the description" not in nearness(trade, [booked(description="IMC.PAT")]).why


def test_one_of_several_in_another_currency_counts_for_all() -> None:
    trade = traded(currency="EUR")
    entries = [booked(currency="EUR"), booked(currency="GBp")]
    assert "other currency" in nearness(trade, entries).why
    assert "other currency" not in nearness(trade, [booked(currency=None)]).why


def test_the_order_is_always_the_same() -> None:
    found = [
        nearness(traded(name, gross), [booked(amount=1000)])
        for name, gross in (
            ("B", 1000),
            ("A", 1000),
            ("D", 5000),
            ("C", 4000),
        )
    ]
    names = ["A", "B", "C", "D"]
    assert [near.trade.trade_id for near in ordered(found)] == names
    assert [near.trade.trade_id for near in ordered(found[::-1])] == names
