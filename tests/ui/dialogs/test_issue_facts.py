from __future__ import annotations

from decimal import Decimal, localcontext
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from opspilot_desktop.ui.dialogs.issue_facts import CurrencySum, by_type, difference_sums, numbered


def issue(issue_type: str = "AMOUNT_MISMATCH", number: int = 1, **evidence: Any) -> dict[str, Any]:
    return {"id": number, "issue_type": issue_type, "evidence": evidence}


def test_issues_are_counted_by_type_the_most_frequent_first() -> None:
    issues = [
        issue("MISSING_LEDGER_ENTRY"),
        issue(),
        issue(),
        issue("ANOMALOUS_QUANTITY"),
        issue("LATE_SETTLEMENT"),
        issue("LATE_SETTLEMENT"),
    ]
    assert by_type(issues) == (
        "2 amount mismatches, 2 late settlements, 1 missing ledger entry, 1 anomalous quantity"
    )


def test_differences_are_summed_by_currency() -> None:
    issues = [
        issue(difference="-1250.5", currency="EUR"),
        issue(difference="0.25", currency="EUR"),
        issue(difference="-0.02", currency="CHF"),
        issue(difference="7", currency=None),
        issue("MISSING_LEDGER_ENTRY", gross="5", currency="EUR"),
    ]
    assert difference_sums(issues) == [
        CurrencySum("EUR", "−1,250.25", 2),
        CurrencySum("CHF", "−0.02", 1),
        CurrencySum("No currency", "7.00", 1),
    ]


def test_without_evidence_there_is_nothing_to_sum() -> None:
    assert difference_sums([{"id": 1, "issue_type": "AMOUNT_MISMATCH", "evidence": None}]) == []


@given(st.lists(st.decimals(-(10**15), 10**15, places=9), min_size=1, max_size=20))
def test_sums_are_exact(differences: list[Decimal]) -> None:
    (total,) = difference_sums([issue(difference=f"{value:f}", currency="EUR") for value in differences])
    with localcontext() as context:
        context.prec = 80
        assert Decimal(total.amount.replace(",", "").replace("−", "-")) == sum(differences)
    assert total.issues == len(differences)


def test_a_verb_names_its_issues() -> None:
    assert numbered([issue(number=1042)]) == "issue 1042"
    assert numbered([issue()] * 1_204) == "1,204 issues"
