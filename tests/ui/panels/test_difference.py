from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opspilot_desktop.domain.issues import IssueType
from opspilot_desktop.domain.situation import IssueDetail
from opspilot_desktop.ui.panels.difference import basis_points, figures_of
from opspilot_desktop.ui.panels.figures import Fact
from tests.helpers.situations import amount_evidence, detail, entry, fee_with_wrong_sign

pytestmark = pytest.mark.usefixtures("utc")

NOW = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)


def opened(found: IssueDetail) -> IssueDetail:
    return replace(found, issue={**found.issue, "opened_run": 306})


def facts(found: IssueDetail) -> dict[str, str]:
    return {fact.label: fact.value for fact in figures_of(found, NOW).facts}


def test_an_amount_mismatch() -> None:
    figures = figures_of(opened(fee_with_wrong_sign()), NOW)
    assert (figures.title, figures.figure, figures.unit) == ("Difference", "−1,250.00", "EUR")
    assert figures.line == "about 9.87 bp of the trade"
    assert figures.facts == (
        Fact("Quantity × price", "1,265,955.00", "1,850 × 684.30"),
        Fact("Sum of 2 entries", "1,264,705.00", "With its sign: −1,264,705.00"),
        Fact("Tolerance", "0.01"),
        Fact("Detected", "Run 306, 10 Nov", "2026-11-10 09:10:00"),
    )
    assert figures.warning == ""


def test_no_digit_of_an_amount_is_dropped() -> None:
    evidence = amount_evidence("0.000000000000000001", "-0.000000001", "0.000000000999999999")
    found = detail(IssueType.AMOUNT_MISMATCH, evidence)
    assert figures_of(found, NOW).figure == "0.000000000999999999"
    assert facts(found)["Quantity × price"] == "0.000000000000000001"


def test_rows_that_changed_since_are_said_to_have() -> None:
    found = fee_with_wrong_sign()
    changed = replace(found, entries=(found.entries[0], {**found.entries[1], "amount": "-625"}))
    assert "Reconcile" in figures_of(changed, NOW).warning
    came = detail(IssueType.MISSING_LEDGER_ENTRY, {"gross": "1"}, entry("LE-1", "-1"))
    assert "Reconcile" in figures_of(came, NOW).warning
    known = detail(IssueType.ORPHAN_LEDGER_ENTRY, {"entries": 1}, entry("LE-1", "-1"))
    assert "Reconcile" in figures_of(known, NOW).warning
    assert figures_of(replace(known, trade=None), NOW).warning == ""


def test_a_missing_entry_is_as_large_as_its_trade() -> None:
    evidence = {"quantity": "1850", "price": "684.3", "gross": "1265955", "currency": "EUR"}
    figures = figures_of(detail(IssueType.MISSING_LEDGER_ENTRY, evidence), NOW)
    assert (figures.figure, figures.unit) == ("1,265,955.00", "EUR")


def test_an_unusual_quantity() -> None:
    evidence = {
        "quantity": "1000000",
        "mean": "1234.567890123",
        "factor": "5",
        "threshold": "6172.839450615",
        "trades": 48_210,
    }
    found = detail(IssueType.ANOMALOUS_QUANTITY, evidence)
    figures = figures_of(found, NOW)
    assert (figures.title, figures.figure) == ("Quantity", "1,000,000")
    assert figures.line == "about 810.0 times the mean"
    assert facts(found) == {
        "Mean quantity": "about 1,234.57",
        "Factor": "5",
        "Threshold": "about 6,172.84",
        "Mean over": "48,210 trades",
        "Detected": "10 Nov",
    }
    assert figures.facts[0].tip == "1,234.567890123"


def test_orphans_of_one_currency_and_of_several() -> None:
    one = {"entries": 1, "sums": [{"currency": "EUR", "sum": "-12.5", "entries": 1}]}
    figures = figures_of(replace(detail(IssueType.ORPHAN_LEDGER_ENTRY, one), trade=None), NOW)
    assert (figures.figure, figures.unit) == ("−12.50", "EUR")
    assert figures.line == "1 entry under a trade id that no trade has"
    two = {"entries": 2, "sums": [*one["sums"], {"currency": None, "sum": "7", "entries": 1}]}  # type: ignore[misc]
    found = detail(IssueType.ORPHAN_LEDGER_ENTRY, two)
    assert figures_of(found, NOW).unit == "currencies"
    assert (facts(found)["EUR"], facts(found)["No currency"]) == ("−12.50", "7.00")


def test_a_currency_mismatch_gives_the_sums_by_currency() -> None:
    evidence = {
        "gross": "1265955",
        "currency": "EUR",
        "sums": [{"currency": "USD", "sum": "-1265955", "entries": 1}],
        "entries": 1,
    }
    found = detail(IssueType.CURRENCY_MISMATCH, evidence)
    assert (figures_of(found, NOW).figure, figures_of(found, NOW).unit) == ("1,265,955.00", "EUR")
    assert facts(found)["Entries in USD"] == "−1,265,955.00"


@pytest.mark.parametrize("issue_type", [*IssueType, "SOMETHING_ELSE"])
def test_missing_evidence_gives_fewer_facts_and_never_an_error(issue_type: str) -> None:
    figures = figures_of(detail(issue_type, {}), NOW)
    assert figures.figure in ("–", "0")


def test_basis_points() -> None:
    assert basis_points("-1250", "1250000") == "10.00 bp of the trade"
    assert basis_points("0.001", "1000000000") == "less than 0.01 bp of the trade"
    assert basis_points("0", "10") == "0.00 bp of the trade"
    assert basis_points("5", "0") == ""
    assert basis_points(None, "5") == ""


amounts = st.decimals(-(10**15), 10**15, places=9).map(lambda value: f"{value:f}")


@given(amounts, amounts)
def test_basis_points_are_near_and_say_about_unless_they_are_exact(part: str, whole: str) -> None:
    text = basis_points(part, whole)
    if not Decimal(whole):
        assert text == ""
        return
    with localcontext() as context:
        context.prec = 80
        exact = abs(Decimal(part)) * 10_000 / abs(Decimal(whole))
    if text.startswith("less than"):
        assert 0 < exact < Decimal("0.01")
        return
    shown = Decimal(text.removeprefix("about ").split()[0].replace(",", ""))
    assert abs(shown - exact) <= Decimal("0.005")
    if not text.startswith("about"):
        assert shown == exact
