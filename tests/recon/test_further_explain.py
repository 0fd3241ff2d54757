"""The further rules' issues in words: the sentence, the figures, the causes, the next steps."""

from __future__ import annotations

from typing import Any

import pytest

from opspilot_desktop.domain.issues import IssueType
from opspilot_desktop.recon.explain import describe, explain
from tests.helpers.situations import detail, entry

DUPLICATE, DATE, SIDE, ACCOUNT = (
    *(IssueType.DUPLICATE_TRADE, IssueType.SETTLEMENT_DATE_MISMATCH),
    *(IssueType.SIDE_MISMATCH, IssueType.ACCOUNT_MISMATCH),
)
STALE, PRICE, QUANTITY = (
    *(IssueType.STALE_PENDING, IssueType.ANOMALOUS_PRICE),
    IssueType.ANOMALOUS_QUANTITY_BY_INSTRUMENT,
)
EVIDENCE: dict[str, dict[str, Any]] = {
    DUPLICATE: {
        "instrument": "ASML.AS",
        "side": "BUY",
        "quantity": "1850",
        "price": "684.3",
        "trade_date": None,
        "counterparty": "UBS AG",
        "first": "T-1",
        "copies": 12,
        "same_as": [f"T-{number}" for number in range(1, 11)],
    },
    DATE: {
        "settle_date": "2026-11-09",
        "values": [{"value": "2026-11-11", "entries": 1}],
        "entries": 1,
        "days": 1,
    },
    SIDE: {
        "side": "BUY",
        "gross": "1265955",
        "currency": "EUR",
        "sources": [
            {"source": "", "convention": "buy_negative", "sum": "12.5", "entries": 1},
            {"source": "depot", "convention": "buy_positive", "sum": "-7", "entries": 2},
        ],
        "entries": 3,
    },
    ACCOUNT: {
        "account": "4410-EQ-AMS",
        "values": [{"value": "4410-eq-ams", "entries": 2}, {"value": "9", "entries": 1}],
        "entries": 3,
    },
    STALE: {"status": "pending", "settle_date": "2026-11-02", "as_of": "2026-11-26", "days": 2, "gross": "5"},
    PRICE: {
        "instrument": "ASML.AS",
        "price": "68430",
        "median": "684.25",
        "spread": "0.8",
        "spread_kind": "median",
        "deviations": "10",
        "low": "676.25",
        "high": "692.25",
        "trades": 35,
    },
    QUANTITY: {
        "instrument": "ASML.AS",
        "quantity": "5",
        "median": "100",
        "spread": "0.25",
        "spread_kind": "mean",
        "deviations": "20",
        "low": "95",
        "high": "105",
        "trades": 1200,
    },
}


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        (
            DUPLICATE,
            "The trade is the same as 12 earlier trades, the first of them T-1, in instrument, side,"
            " quantity, price, trade date and counterparty.",
        ),
        (
            DATE,
            "The trade settles on 2026-11-09 and 1 ledger entry has the value date 2026-11-11,"
            " more than 1 business day from it.",
        ),
        (
            SIDE,
            "The trade is a purchase and the ledger books the opposite: 12.50 and −7.00 from source depot.",
        ),
        (
            ACCOUNT,
            "The trade is in account 4410-EQ-AMS and 3 ledger entries have the accounts 4410-eq-ams and 9.",
        ),
        (
            STALE,
            "The trade was still pending on 2026-11-26 and was to settle on 2026-11-02,"
            " more than 2 business days before.",
        ),
        (
            PRICE,
            "The price 68,430.00 is outside the usual range of ASML.AS, 676.25 to 692.25, over 35 trades.",
        ),
        (QUANTITY, "The quantity 5 is outside the usual range of ASML.AS, 95 to 105, over 1,200 trades."),
    ],
)
def test_in_one_sentence(kind: IssueType, sentence: str) -> None:
    assert describe(kind, EVIDENCE[kind]) == sentence


@pytest.mark.parametrize(
    ("kind", "parts"),
    [
        (DUPLICATE, ["and 2 more", "have no trade date, in which", "two fills", "cancelled at its source"]),
        (DATE, ["2026-11-11: 1 entry", "2 days later", "**Resolve…** (Timing)"]),
        (SIDE, ["Source depot: together **−7.00**", "purchases positive", "settings of this rule"]),
        (ACCOUNT, ["4410-eq-ams: 2 entries", "two spellings of one account"]),
        (STALE, ["1 ledger entry is booked for it", "may have failed"]),
        (
            PRICE,
            ["Median when this was found: 684.25 over 35 trades", "Divided by 100 the price would be 684.3"],
        ),
        (QUANTITY, ["Mean distance from the median: 0.25; up to 20 times"]),
    ],
)
def test_at_length(kind: IssueType, parts: list[str]) -> None:
    text = explain(detail(kind, EVIDENCE[kind], entry("LE-1", "-5")))
    for part in parts:
        assert part in text


@pytest.mark.parametrize("kind", EVIDENCE)
def test_missing_evidence_makes_a_text_shorter(kind: str) -> None:
    for name in EVIDENCE[kind]:
        left = {key: value for key, value in EVIDENCE[kind].items() if key != name}
        assert describe(kind, left).endswith(".")
        assert "None" not in explain(detail(kind, left))
    assert len(describe(kind, {})) < len(describe(kind, EVIDENCE[kind]))


@pytest.mark.parametrize("kind", EVIDENCE)
def test_data_are_no_markup(kind: str) -> None:
    evil = "**x** <b>y</b> [z](http://e.vil)"
    evidence = {**EVIDENCE[kind], "first": evil, "account": evil, "instrument": evil, "same_as": [evil]}
    evidence["values"] = [{"value": evil, "entries": 1}]
    evidence["sources"] = [{"source": evil, "sum": "1"}]
    text = explain(detail(kind, evidence))
    assert "**x**" not in text
    assert "<b>" not in text.replace("\\<b", "")
    assert "](http" not in text.replace("\\]", "")
