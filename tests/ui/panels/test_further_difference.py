"""The figures of the further rules' issues beside the comparison."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from opspilot_desktop.ui.panels.comparison import Mark, compare
from opspilot_desktop.ui.panels.difference import figures_of
from tests.helpers.situations import detail, entry, trade
from tests.recon.test_further_explain import (
    ACCOUNT,
    DATE,
    DUPLICATE,
    EVIDENCE,
    PRICE,
    QUANTITY,
    SIDE,
    STALE,
)

NOW = datetime(2026, 11, 12, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("kind", "figure", "line", "fact"),
    [
        (DUPLICATE, ("12", "earlier trades"), "The same as T-1, T-2,", ("Price", "684.30")),
        (
            DATE,
            ("2026-11-11", "2 days later"),
            "The trade settles on 2026-11-09",
            ("Allowed", "1 business day"),
        ),
        (SIDE, ("2", "sources"), "the ledger books the opposite", ("Source depot", "−7.00")),
        (ACCOUNT, ("3", "entries"), "The trade is in account 4410-EQ-AMS", ("9", "1 entry")),
        (STALE, ("24", "days"), "Still pending on 2026-11-26", ("Settlement date", "2026-11-02")),
        (PRICE, ("68,430.00", ""), "about 84,682.2 times the median distance", ("Usual to", "692.25")),
        (QUANTITY, ("5", ""), "about 380.0 times the mean distance", ("Median over", "1,200 trades")),
    ],
)
def test_what_the_block_says(kind: str, figure: tuple[str, str], line: str, fact: tuple[str, str]) -> None:
    found = figures_of(detail(kind, EVIDENCE[kind]), NOW)
    assert (found.figure, found.unit) == figure
    assert line in found.line
    assert fact in [(each.label, each.value) for each in found.facts]


@pytest.mark.parametrize("kind", EVIDENCE)
def test_missing_evidence_gives_fewer_facts_and_never_an_error(kind: str) -> None:
    for name in EVIDENCE[kind]:
        figures_of(detail(kind, {key: value for key, value in EVIDENCE[kind].items() if key != name}), NOW)


@pytest.mark.parametrize(
    ("kind", "labels"),
    [
        (SIDE, {"Amount", "Side"}),
        (STALE, {"Value date", "Trade status"}),
        (PRICE, {"Price"}),
        (QUANTITY, {"Quantity"}),
        (DUPLICATE, {"Instrument", "Side", "Quantity", "Price", "Trade date", "Counterparty"}),
    ],
)
def test_what_the_comparison_marks(kind: str, labels: set[str]) -> None:
    of_trade = {**trade(), "status": "pending"}
    rows = compare(detail(kind, EVIDENCE[kind], entry("LE-1", "1265955"), of_trade=of_trade)).rows
    own = {row.label for row in rows if row.mark is not Mark.EQUAL}
    assert labels <= own
    assert own - labels <= {"Currency", "Account", "Value date"}  # which differ in these rows anyway
