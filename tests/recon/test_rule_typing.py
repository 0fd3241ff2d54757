from __future__ import annotations

from decimal import Decimal

import pytest

from opspilot_desktop.domain.errors import KnownError
from opspilot_desktop.recon.rule_settings import Tolerance
from opspilot_desktop.recon.rule_typing import (
    WrongCell,
    accounts_of,
    any_words_of,
    basis_points_of,
    tolerances_of,
    whole_of,
)


@pytest.mark.parametrize(
    ("text", "value"), [("0", "0"), (" 2.5 ", "2.5"), ("0.0001", "0.0001"), ("10000", "10000")]
)
def test_basis_points(text: str, value: str) -> None:
    assert basis_points_of(text) == Decimal(value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("10000.0001", "at most 10,000"),
        ("0.00001", "at most 4 decimals"),
        ("-1", "must not be negative"),
        ("1e2", "plain number"),
        ("", "plain number"),
    ],
)
def test_basis_points_that_cannot_be(text: str, words: str) -> None:
    with pytest.raises(KnownError, match=words):
        basis_points_of(text)


def test_whole_numbers() -> None:
    assert whole_of(" 3 ", "It") == 3
    assert whole_of("366", "It") == 366
    for text in ("", "-1", "1.0", "367", "٣", "9" * 30):
        with pytest.raises(KnownError, match="whole number from 0 to 366"):
            whole_of(text, "It")
    with pytest.raises(KnownError, match="from 3 to"):
        whole_of("2", "It", least=3)


def test_words_that_may_be_missing() -> None:
    assert any_words_of(" , ") == ()
    assert any_words_of("Cancelled, VOID,cancelled") == ("cancelled", "void")


def test_tolerances_line_by_line() -> None:
    rows = [
        ["AZN.L", " ", "", "GBP", "2.5", ""],
        ["", "A1", "", "", "", "0.5"],
        ["", "", "Bank", "", "0", ""],
    ]
    assert tolerances_of(rows) == (
        Tolerance(Decimal("2.5"), Decimal(0), instrument="AZN.L", currency="GBP"),
        Tolerance(Decimal(0), Decimal("0.5"), account="A1"),
        Tolerance(Decimal(0), Decimal(0), counterparty="Bank"),
    )
    assert tolerances_of([]) == ()


@pytest.mark.parametrize(
    ("rows", "place", "words"),
    [
        ([["", "", "", "", "1", ""]], (0, 0), "Line 1 names nothing"),
        (
            [["A", "", "", "", "1", ""], [" A ", "", "", "", "2", ""]],
            (1, 0),
            "Line 2 is for the same as line 1",
        ),
        ([["A", "", "", "", "", " "]], (0, 4), "allows nothing"),
        ([["A", "", "", "", "1e5", ""]], (0, 4), "Line 1: The amount must be a plain number"),
        ([["A", "", "", "", "", "10001"]], (0, 5), "at most 10,000"),
    ],
)
def test_a_wrong_cell_is_named(rows: list[list[str]], place: tuple[int, int], words: str) -> None:
    with pytest.raises(WrongCell, match=words) as wrong:
        tolerances_of(rows)
    assert (wrong.value.row, wrong.value.column) == place


def test_accounts() -> None:
    assert accounts_of([["L1", "T1"], [" L2 ", "T1"]]) == {"L1": "T1", "L2": "T1"}
    with pytest.raises(WrongCell, match="Line 2 needs both names"):
        accounts_of([["L1", "T1"], ["L2", ""]])
    with pytest.raises(WrongCell, match="Line 2 names L1 once more"):
        accounts_of([["L1", "T1"], ["L1", "T2"]])
