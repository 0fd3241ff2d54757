"""Each choice of a profile: what it makes of a row, and what is wrong, said of the file's own column."""

from __future__ import annotations

import pytest

from opspilot_desktop.domain.errors import KnownError
from opspilot_desktop.domain.fields import LEDGER, TRADES, Record
from opspilot_desktop.files.checking import Checker, Problem
from opspilot_desktop.files.mapping import Mapping, resolve
from opspilot_desktop.files.specials import Mark, Special
from opspilot_desktop.files.taking import (
    Constant,
    DebitCredit,
    Joined,
    NumberFormat,
    Rounding,
    RoundingMode,
    SignedBy,
    SignOf,
    Taken,
    Unsigned,
)

LEDGER_HEADER = ("Ref", "No", "Soll", "Haben", "Amt", "Typ")
TRADE_HEADER = ("Ref", "ISIN", "B/S", "Qty", "Px", "Day")
TRADE: dict[str, Taken] = {
    "trade_id": "Ref",
    "instrument": "ISIN",
    "side": "B/S",
    "quantity": "Qty",
    "price": "Px",
}


def checked(
    record: Record,
    header: tuple[str, ...],
    mapping: Mapping,
    row: list[str],
    marks: dict[int, Mark] | None = None,
) -> dict[str, object] | list[tuple[str, str, str]]:
    """The stored values of a row, or its faults; the fast way and the careful one agree."""
    checker = Checker(record, resolve(header, record, mapping))
    one = checker.one(row, marks)
    if isinstance(one, Problem):
        if marks is None:
            with pytest.raises(ValueError):  # noqa: PT011 (CellError or DecimalError)
                Checker(record, resolve(header, record, mapping)).many([row])
        return [(fault.column, fault.value, fault.reason) for fault in one.faults]
    if marks is None:
        many = Checker(record, resolve(header, record, mapping)).many([row, row])
        assert [list(column) for column in many] == [[value, value] for value in one]
    return dict(zip(checker.stored, one, strict=True))


def entry(amount: Taken, row: list[str], **further: object) -> object:
    mapping = Mapping({"trade_id": "Ref", "amount": amount}, **further)  # type: ignore[arg-type]
    found = checked(LEDGER, LEDGER_HEADER, mapping, row)
    return (found["amount_units"], found["amount_nanos"]) if isinstance(found, dict) else found


def trade(columns: dict[str, Taken], row: list[str], **further: object) -> object:
    return checked(TRADES, TRADE_HEADER, Mapping({**TRADE, **columns}, **further), row)  # type: ignore[arg-type]


BALANCE = DebitCredit("Soll", "Haben")


@pytest.mark.parametrize(
    ("debit", "credit", "stored"),
    [
        ("10.5", "", (-10, -500_000_000)),
        ("", "10.5", (10, 500_000_000)),
        ("0.00", "3", (3, 0)),
        ("+3", " 0 ", (-3, 0)),
        ("0", "", (0, 0)),
        ("3", "4", [("Soll + Haben", "3 + 4", "Debit and credit both have an amount")]),
        ("", "", [("Soll + Haben", "", "Amount is required")]),
        ("1e5", "", [("Soll", "1e5", "Not a plain decimal number")]),
        ("", "x", [("Haben", "x", "Not a plain decimal number")]),
        ("-3", "", [("Soll", "-3", "A negative debit, which the profile does not take for a reversal")]),
    ],
)
def test_debit_and_credit(debit: str, credit: str, stored: object) -> None:
    assert entry(BALANCE, ["R", "1", debit, credit, "", ""]) == stored


def test_debits_can_count_positive_and_negative_ones_as_reversals() -> None:
    assert entry(DebitCredit("Soll", "Haben", "debit"), ["R", "1", "3", "", "", ""]) == (3, 0)
    assert entry(DebitCredit("Soll", "Haben", reversals=True), ["R", "1", "-3", "", "", ""]) == (3, 0)


BY_TYPE = SignedBy("Amt", "Typ", negative=("Fee", "Buy"), positive=("Sell",))


@pytest.mark.parametrize(
    ("amount", "by", "stored"),
    [
        ("3.5", "FEE ", (-3, -500_000_000)),
        ("3", "sell", (3, 0)),
        ("0", "fee", (0, 0)),
        (
            "3",
            "Dividend",
            [("Typ", "Dividend", "The profile does not say whether this makes an amount negative")],
        ),
        ("3", "", [("Typ", "", "The profile does not say whether this makes an amount negative")]),
        ("-3", "fee", [("Amt", "-3", "Has a minus of its own, although Typ is to say the sign")]),
        ("x", "fee", [("Amt", "x", "Not a plain decimal number")]),
    ],
)
def test_an_amount_signed_by_another_column(amount: str, by: str, stored: object) -> None:
    assert entry(BY_TYPE, ["R", "1", "", "", amount, by]) == stored


@pytest.mark.parametrize(
    ("quantity", "side", "stored"),
    [
        ("-5", "SELL", ("SELL", 5)),
        ("5", "BUY", ("BUY", 5)),
        ("5", "SELL", [("Qty", "5", "The sign says BUY, the side says SELL")]),
        ("-5", "B", [("B/S", "B", "Side must be BUY or SELL")]),
        ("0", "BUY", [("Qty", "0", "Quantity must be greater than 0")]),
        ("x", "BUY", [("Qty", "x", "Not a plain decimal number")]),
    ],
)
def test_a_sign_that_repeats_the_side(quantity: str, side: str, stored: object) -> None:
    found = trade({"quantity": Unsigned("Qty")}, ["R", "X", side, quantity, "1", ""])
    assert (found if isinstance(found, list) else (found["side"], found["quantity_units"])) == stored  # type: ignore[index]


@pytest.mark.parametrize(
    ("quantity", "stored"),
    [
        ("-5", ("BUY", 5)),
        ("5", ("SELL", 5)),
        ("", [("Qty", "", "Side is required"), ("Qty", "", "Quantity is required")]),
        (
            "0",
            [
                ("Qty", "0", "0 has no sign that tells the side"),
                ("Qty", "0", "Quantity must be greater than 0"),
            ],
        ),
        ("1,5", [("Qty", "1,5", "Not a plain decimal number")]),  # said once
    ],
)
def test_a_side_told_by_a_sign(quantity: str, stored: object) -> None:
    columns: dict[str, Taken] = {"side": SignOf("Qty", "BUY"), "quantity": Unsigned("Qty", "BUY")}
    found = trade(columns, ["R", "X", "?", quantity, "1", ""])
    assert (found if isinstance(found, list) else (found["side"], found["quantity_units"])) == stored  # type: ignore[index]


def test_a_side_that_is_the_same_in_every_row_is_held_against_the_sign_too() -> None:
    columns: dict[str, Taken] = {"side": Constant("SELL"), "quantity": Unsigned("Qty")}
    assert trade(columns, ["R", "X", "?", "5", "1", ""]) == [
        ("Qty", "5", "The sign says BUY, the side says SELL")
    ]


@pytest.mark.parametrize(
    ("cells", "stored"),
    [
        ((" 007 ", "1e5"), "007|1e5"),
        (("A", ""), [("No", "", "Blank, and so a part of the id is missing")]),
        (("A|B", "C"), [("Ref", "A|B", "Has the separator “|” of the id in it; choose another")]),
        (("", ""), [("Ref + No", "", "Trade id is required")]),
        (("A\0", "B"), [("Ref", "A\0", "The cell has a NUL character")]),
    ],
)
def test_an_id_of_several_columns(cells: tuple[str, str], stored: object) -> None:
    mapping = Mapping({"trade_id": Joined(("Ref", "No")), "amount": "Amt"})
    checker = Checker(LEDGER, resolve(LEDGER_HEADER, LEDGER, mapping))
    found = checker.one([*cells, "", "", "1", ""])
    if isinstance(found, Problem):
        assert [(each.column, each.value, each.reason) for each in found.faults] == stored
    else:
        assert found[0] == stored


def test_constants_are_checked_once() -> None:
    assert trade({"currency": Constant(" CHF ")}, ["R", "X", "BUY", "1", "1", ""])["currency"] == "CHF"  # type: ignore[index]
    with pytest.raises(KnownError) as refused:
        trade({"trade_date": Constant("31.12.2026")}, ["R", "X", "BUY", "1", "1", ""])
    assert refused.value.message == (
        "The mapping gives “31.12.2026” to trade_date in every row, which cannot be: not a date; use"
        " YYYY-MM-DD; correct the mapping."
    )


def test_rounded_values_are_counted_once_however_often_they_are_looked_at() -> None:
    mapping = Mapping(TRADE, rounding={"price": Rounding(2, RoundingMode.HALF_UP)})
    checker = Checker(TRADES, resolve(TRADE_HEADER, TRADES, mapping))
    good = ["R", "X", "BUY", "1", "2.675", ""]
    for rows in ([good, ["R", "X", "?", "1", "1.001", ""]], [["R", "X", "BUY", "1e5", "1.001", ""], good]):
        with pytest.raises(ValueError):  # noqa: PT011
            checker.many(rows)
        for row in rows:
            checker.one(row)
    assert checker.rounded_by_field == {"price": 2}
    assert dict(zip(checker.stored, checker.many([good]), strict=True))["price_nanos"] == [680_000_000]
    assert checker.rounded_by_field == {"price": 3}


def test_cells_that_a_workbook_holds_as_numbers_and_dates_have_no_format() -> None:
    """1.234 typed as a number is 1.234, and the text 1.234 is 1234 where points stand between thousands."""
    mapping = Mapping(
        {**TRADE, "trade_date": "Day"},
        numbers=NumberFormat(",", "."),
        dates={"trade_date": "DD/MM/YYYY"},
    )
    row = ["R", "X", "BUY", "1.234", "1.234", "2026-04-03"]
    marks = {4: Mark(Special.NUMBER, "E2"), 5: Mark(Special.DATE, "F2")}
    found = checked(TRADES, TRADE_HEADER, mapping, row, marks)
    assert isinstance(found, dict)
    assert (found["quantity_units"], found["price_units"], found["price_nanos"]) == (1234, 1, 234_000_000)
    assert found["trade_date"] == "2026-04-03"
    checker = Checker(TRADES, resolve(TRADE_HEADER, TRADES, mapping))
    assert checker.objects({(4, Special.NUMBER)})
    assert checker.objects({(5, Special.DATE)})
    assert not checker.objects({(0, Special.NUMBER), (5, Special.NUMBER)})


def test_an_error_of_a_workbook_is_said_of_the_part_that_has_it() -> None:
    mapping = Mapping({"trade_id": "Ref", "amount": BALANCE})
    marks = {3: Mark(Special.ERROR, "D2")}
    found = checked(LEDGER, LEDGER_HEADER, mapping, ["R", "1", "", "#N/A", "", ""], marks)
    assert found == [("Haben", "#N/A", "Cell D2 has the error #N/A; mend it in the workbook")]
