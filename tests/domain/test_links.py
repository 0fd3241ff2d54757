from __future__ import annotations

import pytest

from opspilot_desktop.domain.links import (
    TO_LINK,
    TO_UNLINK,
    Link,
    LinkEntry,
    LinkReason,
    LinkTrade,
    reason_label,
    what_follows,
)

ONE = 10**18


def traded(gross: int = 1000, **others: object) -> LinkTrade:
    return LinkTrade(1, "T", gross * ONE, str(gross), currency="EUR", **others)  # type: ignore[arg-type]


def booked(amount: int, currency: str | None = "EUR", trade_id: str = "X") -> LinkEntry:
    return LinkEntry(amount, trade_id, amount * ONE, str(amount), currency=currency)


@pytest.mark.parametrize(
    ("trade", "entries", "sentence"),
    [
        (traded(), [booked(-1000)], "The trade's one entry is −1,000.00 EUR and agrees with the trade."),
        (
            traded(),
            [booked(400), booked(599)],
            "The sum of the trade's 2 entries becomes 999.00 EUR; a difference of 1.00 remains.",
        ),
        (
            traded(entries=1, booked=400 * ONE, currencies=("EUR",)),
            [booked(600)],
            "The sum of the trade's 2 entries becomes 1,000.00 EUR and agrees with the trade.",
        ),
        (
            traded(entries=1, booked=400 * ONE),
            [booked(400, trade_id="T")],  # it is the entry that the trade has
            "The trade's one entry is 400.00 EUR; a difference of 600.00 remains.",
        ),
        (
            traded(),
            [booked(1000, "USD")],
            "The trade's one entry is 1,000.00, but the currencies differ: EUR, USD.",
        ),
        (
            traded(status="settled", is_checked=False),
            [booked(1000, None)],
            "The trade's one entry is 1,000.00 EUR and agrees with the trade."
            " The trade is settled, which is not checked.",
        ),
    ],
)
def test_what_a_link_makes_of_the_trade(trade: LinkTrade, entries: list[LinkEntry], sentence: str) -> None:
    assert what_follows(trade, entries) == sentence


def test_a_billionth_remains_and_is_said() -> None:
    entry = LinkEntry(1, "X", 1000 * ONE - 1, "1000", currency="EUR")
    assert "a difference of 0.000000000000000001 remains" in what_follows(traded(), [entry])


def test_every_reason_has_its_words_and_its_use() -> None:
    assert len({reason.label for reason in LinkReason}) == len(LinkReason)
    assert {*TO_LINK, *TO_UNLINK} == set(LinkReason)
    assert reason_label("SOMETHING_NEW") == "Something new"


def test_a_link_is_said_with_what_there_is() -> None:
    assert Link("X", "bob", "", "OTHER", "why").said == "Other: why"
    assert Link("X", "bob", "", "OTHER").said == "Other"
    assert Link("X", "bob", "", "").said == ""
