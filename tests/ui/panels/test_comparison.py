from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opspilot_desktop.domain.issues import IssueType
from opspilot_desktop.domain.situation import IssueDetail
from opspilot_desktop.ui.panels.comparison import CompareRow, Comparison, Mark, compare
from tests.helpers.situations import amount_evidence, detail, entry, fee_with_wrong_sign, linked_by_hand
from tests.helpers.time_zones import time_zone


def row(comparison: Comparison, label: str) -> CompareRow:
    return next(each for each in comparison.rows if each.label == label)


def texts(comparison: Comparison, label: str) -> list[str]:
    return [cell.text for cell in row(comparison, label).cells]


def marks(comparison: Comparison, label: str) -> list[Mark]:
    return [cell.mark for cell in row(comparison, label).cells]


def with_accounts() -> IssueDetail:
    found = fee_with_wrong_sign()
    trade = {**(found.trade or {}), "account": "4410-EQ-AMS"}
    first, second = found.entries
    entries = ({**first, "account": "4410-EQ-AMS"}, {**second, "account": "4410-FEE"})
    return replace(found, trade=trade, entries=entries)


def test_the_trade_stands_beside_its_entries() -> None:
    comparison = compare(with_accounts())
    assert comparison.headers == ("Trade T-20481937", "Entry LE-771203", "Entry LE-771204")
    assert texts(comparison, "Amount") == ["1,265,955.00", "−1,265,330.00", "625.00"]
    assert texts(comparison, "Quantity") == ["1,850", "–", "–"]
    assert texts(comparison, "Price") == ["684.30", "–", "–"]
    assert texts(comparison, "Entry type") == ["–", "PRINCIPAL", "FEE"]
    assert comparison.left_out == 0


def test_what_differs_stands_first_and_is_marked() -> None:
    comparison = compare(with_accounts())
    assert [each.label for each in comparison.rows[:2]] == ["Amount", "Account"]
    assert marks(comparison, "Amount") == [Mark.DIFFERS] * 3
    assert marks(comparison, "Account") == [Mark.DIFFERS, Mark.EQUAL, Mark.DIFFERS]
    assert marks(comparison, "Currency") == [Mark.EQUAL] * 3
    assert marks(comparison, "Value date") == [Mark.EQUAL] * 3


def test_a_blank_agrees_with_any_value() -> None:
    found = fee_with_wrong_sign()
    entries = ({**found.entries[0], "currency": None}, {**found.entries[1], "currency": "EUR"})
    assert marks(compare(replace(found, entries=entries)), "Currency") == [Mark.EQUAL] * 3


def test_case_counts_in_currencies() -> None:
    found = detail(
        IssueType.CURRENCY_MISMATCH,
        {"gross": "1", "currency": "GBP"},
        entry("LE-1", "-1", currency="GBp"),
        of_trade={"trade_id": "T-1", "gross_amount": "1", "currency": "GBP"},
    )
    comparison = compare(found)
    assert marks(comparison, "Currency") == [Mark.DIFFERS, Mark.DIFFERS]
    assert marks(comparison, "Amount") == [Mark.EQUAL, Mark.EQUAL]


def test_copied_figures_have_an_ascii_minus_and_no_separators() -> None:
    cells = row(compare(with_accounts()), "Amount").cells
    assert [cell.raw for cell in cells] == ["1265955", "-1265330", "625"]
    assert row(compare(with_accounts()), "Quantity").cells[1].raw == ""


def test_a_missing_entry_leaves_its_place_empty() -> None:
    comparison = compare(detail(IssueType.MISSING_LEDGER_ENTRY, {"gross": "1265955"}))
    assert comparison.headers == ("Trade T-20481937", "No ledger entry")
    assert texts(comparison, "Amount") == ["1,265,955.00", "–"]
    assert row(comparison, "Amount").mark is Mark.DIFFERS


def test_orphans_name_the_trade_that_is_not_there() -> None:
    found = detail(IssueType.ORPHAN_LEDGER_ENTRY, {"entries": 2}, entry("LE-1", "-12.5"), entry(None, "7"))
    comparison = compare(replace(found, trade=None))
    assert comparison.headers == ("No trade T-20481937", "Entry LE-1", "Entry 2")
    assert texts(comparison, "Amount") == ["–", "−12.50", "7.00"]


def test_an_unusual_quantity_is_marked_on_the_trade_alone() -> None:
    found = detail(IssueType.ANOMALOUS_QUANTITY, {"quantity": "1850"}, entry("LE-1", "-1265955"))
    comparison = compare(found)
    assert comparison.rows[0].label == "Quantity"
    assert marks(comparison, "Quantity") == [Mark.UNUSUAL, Mark.EQUAL]
    assert marks(comparison, "Amount") == [Mark.EQUAL, Mark.EQUAL]


def test_entries_that_are_left_out_are_counted() -> None:
    many = [entry(f"LE-{place}", "1") for place in range(50)]
    found = detail(IssueType.AMOUNT_MISMATCH, amount_evidence("1265955", "62", "1"), *many, entry_count=62)
    comparison = compare(found)
    assert len(comparison.headers) == 51
    assert comparison.left_out == 12
    assert row(comparison, "Amount").mark is Mark.DIFFERS  # not all are at hand, so the issue is believed


@pytest.mark.parametrize(("amount", "mark"), [("-1265954.99", Mark.EQUAL), ("-1265954.98", Mark.DIFFERS)])
def test_amounts_that_were_corrected_since_no_longer_differ(amount: str, mark: Mark) -> None:
    found = detail(
        IssueType.AMOUNT_MISMATCH, amount_evidence("1265955", "-1264705", "-1250"), entry("LE-1", amount)
    )
    assert row(compare(found), "Amount").mark is mark


def test_fields_nobody_filled_in_are_left_out_unless_they_are_expected() -> None:
    labels = [each.label for each in compare(fee_with_wrong_sign()).rows]
    assert "Account" in labels
    assert "Description" not in labels
    assert "Trader" not in labels


def test_values_stay_on_one_line_and_are_never_cut() -> None:
    found = fee_with_wrong_sign()
    entries = (dict(found.entries[0]) | {"description": "two\nlines\x00"}, *found.entries[1:])
    cell = row(compare(replace(found, entries=entries)), "Description").cells[1]
    assert cell.text == "two␊lines␀"
    assert cell.raw == "two\nlines\x00"


@given(st.lists(st.sampled_from(["", "A", "B", "C"]), min_size=2, max_size=6))
def test_marks_and_values_agree(currencies: list[str]) -> None:
    trade, *others = currencies
    found = detail(
        IssueType.CURRENCY_MISMATCH,
        {},
        *(entry(f"LE-{place}", "1", currency=currency or None) for place, currency in enumerate(others)),
        of_trade={"trade_id": "T-1", "gross_amount": "1", "currency": trade or None},
    )
    line = row(compare(found), "Currency")
    named = {value for value in currencies if value}
    assert (line.mark is Mark.DIFFERS) == (len(named) > 1)
    if len(named) > 1:
        marked = {cell.raw for cell in line.cells if cell.mark is Mark.DIFFERS}
        assert marked == named


def test_an_entry_linked_by_hand_says_from_where_by_whom_and_why() -> None:
    with time_zone("UTC"):
        comparison = compare(linked_by_hand("a slip\u202e"))
    assert texts(comparison, "Linked by hand") == [
        "–",
        "–",
        "From T20481937 by a.okafor on 2026-11-20 09:31: Wrong trade id in the ledger: a slip⟨U+202E⟩",
    ]
    assert comparison.rows[0].label == "Amount"
    assert "Linked by hand" not in [each.label for each in compare(fee_with_wrong_sign()).rows]
