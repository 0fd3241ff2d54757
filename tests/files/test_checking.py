"""Rows: every wrong cell, in the order of the fields, the same whether checked alone or together."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opspilot_desktop.domain.decimals import GROSS_TOO_LARGE, DecimalError
from opspilot_desktop.domain.fields import LEDGER, TRADES
from opspilot_desktop.files.cells import CellError
from opspilot_desktop.files.checking import Checker, Problem, shown, stored_columns
from opspilot_desktop.files.mapping import Mapping, resolve
from opspilot_desktop.files.taking import Rounding, Unsigned

TRADE = ("trade_id", "instrument", "side", "quantity", "price")
GOOD = ["T1", "XS1", "buy", "2.5", "-10"]


def trades(*further: str, mapping: Mapping | None = None) -> Checker:
    return Checker(TRADES, resolve((*TRADE, *further), TRADES, mapping))


def problem(checker: Checker, row: list[str]) -> tuple[str, str, str, str | None]:
    checked = checker.one(row)
    assert isinstance(checked, Problem)
    (fault,) = checked.faults
    return fault.column, fault.value, fault.reason, checked.key


def test_stored_columns() -> None:
    assert list(stored_columns(TRADES)) == [
        *("trade_id", "instrument", "side", "quantity_units", "quantity_nanos", "price_units", "price_nanos"),
        *(
            "currency",
            "status",
            "trade_date",
            "settle_date",
            "counterparty",
            "account",
            "trader",
            "timestamp",
        ),
        *("gross_units", "gross_nanos", "gross_rest"),
    ]
    assert list(stored_columns(LEDGER)) == [
        *("entry_id", "trade_id", "amount_units", "amount_nanos", "currency", "entry_type", "value_date"),
        *("account", "description", "timestamp"),
    ]


def test_a_good_row() -> None:
    checker = trades("status", "account", "desk")
    stored = checker.one([*GOOD, " Settled", "", "ignored"])
    assert dict(zip(checker.stored, stored, strict=True)) == {
        **{"trade_id": "T1", "instrument": "XS1", "side": "BUY", "account": None, "status": "settled"},
        **{"quantity_units": 2, "quantity_nanos": 500_000_000, "price_units": -10, "price_nanos": 0},
        **{"gross_units": -25, "gross_nanos": 0, "gross_rest": 0},
    }


def faults(checker: Checker, row: list[str]) -> list[tuple[str, str, str]]:
    checked = checker.one(row)
    assert isinstance(checked, Problem)
    return [(fault.column, fault.value, fault.reason) for fault in checked.faults]


def test_every_wrong_cell_is_a_fault() -> None:
    assert faults(trades(), ["T1", "XS1", "BUYY", "0", ""]) == [
        ("side", "BUYY", "Side must be BUY or SELL"),
        ("quantity", "0", "Quantity must be greater than 0"),
        ("price", "", "Price is required"),
    ]


def test_the_order_is_that_of_the_fields_not_of_the_file() -> None:
    header = ("price", "quantity", "side", "instrument", "trade_id")
    checker = Checker(TRADES, resolve(header, TRADES, None))
    assert faults(checker, ["x", "1", "buy", " ", "T9"]) == [
        ("instrument", " ", "Instrument is required"),
        ("price", "x", "Not a plain decimal number"),
    ]


def test_a_gross_amount_too_large_is_a_problem_of_the_quantity() -> None:
    row = ["T1", "XS1", "BUY", "1000000000000000", "1000"]
    assert faults(trades("trade_date"), [*row, "2026-02-30"]) == [
        (
            "quantity",
            "1000000000000000",
            "Quantity × price is too large: it must be smaller than 1,000,000,000,000,000,000",
        ),
        ("trade_date", "2026-02-30", "This date does not exist; use YYYY-MM-DD"),
    ]
    row[4] = "-999.999999999"
    assert not isinstance(trades().one(row), Problem)


def test_a_nul_anywhere_is_a_problem() -> None:
    checker = trades("desk")
    nul = "The cell has a NUL character"
    assert problem(checker, ["T1", "X\0", "buy", "1", "2", "d"]) == ("instrument", "X\0", nul, "T1")
    assert problem(checker, [*GOOD, "d\0"]) == ("desk", "d\0", nul, "T1")
    assert problem(checker, ["T\0", *GOOD[1:], "d"]) == ("trade_id", "T\0", nul, None)


def test_keys() -> None:
    ledger = Checker(LEDGER, resolve(("trade_id", "amount", "entry_id"), LEDGER, None))
    assert problem(ledger, ["T1", "x", " L1 "])[3] == "L1"
    assert problem(ledger, ["T1", "x", " "])[3] is None
    without = Checker(LEDGER, resolve(("trade_id", "amount"), LEDGER, None))
    assert problem(without, ["T1", "x"])[3] is None
    assert problem(trades(), [" ", *GOOD[1:]]) == ("trade_id", " ", "Trade id is required", None)


def test_rounded_numbers_are_counted_in_good_rows_only() -> None:
    checker = trades(mapping=Mapping(rounded=True))
    rows = [["T1", "X", "buy", "1.00000000049", "2.9999999999"], ["T2", "X", "b", "1.00000000049", "2"], GOOD]
    with pytest.raises(CellError):
        checker.many(rows)
    good = checker.one(rows[0])
    assert good[3:7] == (1, 0, 3, 0)
    assert isinstance(checker.one(rows[1]), Problem)
    assert not isinstance(checker.one(GOOD), Problem)
    assert checker.rounded == 2


def test_long_values_are_cut_for_showing() -> None:
    assert shown("x" * 500) == "x" * 500
    assert shown("x" * 501) == "x" * 500 + "…"


CELLS = st.tuples(
    st.sampled_from(["T1", " T2", "", "T3"]),
    st.sampled_from(["X", ""]) | st.text(max_size=3),
    st.sampled_from(["BUY", "sell", "hold"]),
    st.sampled_from(["1", "2.5", "9999999999999999", "0"]),
    st.sampled_from(["1", "-2.5", "9999999999999999.999999999", "x"]),
    st.sampled_from(["2026-01-31", "2026-02-31", ""]),
)


@given(st.lists(CELLS, min_size=1, max_size=4))
def test_rows_check_together_as_they_do_alone(rows: list[tuple[str, ...]]) -> None:
    checker = trades("trade_date")
    rows = [row for row in rows if "\0" not in "".join(row)]
    alone = [checker.one(row) for row in rows]
    if not rows:
        return
    try:
        together = list(zip(*checker.many(rows), strict=True))
    except (CellError, DecimalError):
        assert any(isinstance(each, Problem) for each in alone)
    else:
        assert together == alone


MADE = Mapping(columns={"quantity": Unsigned("quantity", "SELL")}, rounding={"price": Rounding(2)})


@given(st.lists(CELLS, min_size=1, max_size=6), st.sampled_from([None, MADE]))
def test_refused_rows_are_told_column_by_column_as_they_are_alone(
    rows: list[tuple[str, ...]], mapping: Mapping | None
) -> None:
    checker = trades("trade_date", mapping=mapping)
    rows = [row for row in rows if "\0" not in "".join(row)]
    if not rows:
        return
    alone = {place: checker.one(row) for place, row in enumerate(rows)}
    rounded = dict(checker.rounded_by_field)
    refused = checker.refused(rows)
    assert checker.rounded_by_field == rounded
    assert refused == {place: alone[place] for place in refused}
    left = [alone[place] for place in alone if place not in refused]
    too_large = [each for each in left if isinstance(each, Problem)]
    assert all(fault.reason == GROSS_TOO_LARGE for each in too_large for fault in each.faults)
