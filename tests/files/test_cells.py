"""Cells: single ones and whole columns give the same values, and the same says of both what is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opspilot_desktop.domain import decimals
from opspilot_desktop.domain.decimals import DecimalError
from opspilot_desktop.domain.fields import LEDGER, TRADES, Field, FieldType
from opspilot_desktop.files import cells
from opspilot_desktop.files.cells import CellError, Number, Reader, Stored, gross_columns, reader_of

FIELDS = [field for record in (TRADES, LEDGER) for field in record.importable]


def reader(name: str, *, rounding: bool = False, **words: str) -> Reader:
    return reader_of(TRADES.field(name), words, rounding=rounding)


def reason(read: Reader, cell: str) -> str:
    with pytest.raises(CellError) as refused:
        read.one(cell)
    with pytest.raises(CellError):
        read.many([cell])
    return str(refused.value)


@pytest.mark.parametrize("cell", ["007", "1e5", "nan", "NULL", "T-1 a", "t-1", "'1", "a\tb\nc", "\x01"])
def test_ids_keep_everything_but_outer_space(cell: str) -> None:
    assert reader("trade_id").one(f" \t{cell}\n\xa0") == (cell,)


def test_required_text() -> None:
    assert reason(reader("trade_id"), " \t") == "Trade id is required"
    assert reason(reader("instrument"), "") == "Instrument is required"
    assert reader("account").one("  ") == (None,)


@pytest.mark.parametrize(("cell", "side"), [("BUY", "BUY"), (" sell ", "SELL"), ("bUy", "BUY")])
def test_sides(cell: str, side: str) -> None:
    assert reader("side").one(cell) == (side,)


@pytest.mark.parametrize("cell", ["BUYY", "B", "1", "ſell"])
def test_sides_that_are_none(cell: str) -> None:
    assert reason(reader("side"), cell) == "Side must be BUY or SELL"


def test_words_of_a_mapping() -> None:
    side = reader("side", B="BUY", s="sell")
    assert [side.one(cell) for cell in ("b", "S", "buy")] == [("BUY",), ("SELL",), ("BUY",)]
    assert reason(reader("side"), "") == "Side is required"
    assert reader("status", New=" Pending ").one("NEW") == ("pending",)


@pytest.mark.parametrize(("cell", "status"), [("", "pending"), ("  ", "pending"), (" Settled ", "settled")])
def test_statuses(cell: str, status: str) -> None:
    assert reader("status").one(cell) == (status,)


@pytest.mark.parametrize("cell", ["2026-02-30", "2026-13-01", "2025-02-29", "0000-01-01"])
def test_dates_that_do_not_exist(cell: str) -> None:
    assert reason(reader("settle_date"), cell) == "This date does not exist; use YYYY-MM-DD"


@pytest.mark.parametrize("cell", ["20260101", "2026-W01-1", "01/02/2026", "2026-1-1", "٢٠٢٦-01-01", "x"])
def test_dates_that_are_none(cell: str) -> None:
    assert reason(reader("settle_date"), cell) == "Not a date; use YYYY-MM-DD"


@given(st.dates(), st.text(" \t\n\r", max_size=3))
def test_dates(day: date, space: str) -> None:
    assert reader("trade_date").one(f"{space}{day.isoformat()}{space}") == (day.isoformat(),)


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("", "Price is required"),
        *[
            (cell, "Not a plain decimal number")
            for cell in (
                "1e400",
                "inf",
                "NaN",
                "0x1F",
                "1.2.3",
                "1,000",
                "1 0",
                "١",
                "--1",
                "+-1",
                ".",
                "1_0",
                "−1",
                "1\n2",
            )
        ],
        ("12.0000000001", "More than 9 decimals; a mapping can allow rounding"),
        ("10000000000000000", "Too large: the number must be smaller than 10,000,000,000,000,000"),
    ],
)
def test_prices_that_are_none(cell: str, said: str) -> None:
    assert reason(reader("price"), cell) == said


@pytest.mark.parametrize("cell", ["0", "-1", "-0.000000001", "0.0"])
def test_quantities_are_positive(cell: str) -> None:
    assert reason(reader("quantity"), cell) == "Quantity must be greater than 0"
    assert reader("price").one(cell) == decimals.parse(cell)


@given(
    st.decimals(
        allow_nan=False,
        allow_infinity=False,
        min_value=Decimal("-9999999999999999.4"),
        max_value=Decimal("9999999999999999.4"),
    )
)
def test_rounding_is_half_to_even(value: Decimal) -> None:
    read = Number(TRADES.field("price"), rounding=True)
    text = format(value, "f")
    with localcontext(prec=60):
        wanted = value.quantize(Decimal("1e-9"), ROUND_HALF_EVEN)
    units, nanos = read.one(text)
    assert isinstance(units, int)
    assert isinstance(nanos, int)
    with localcontext(prec=60):
        assert decimals.to_decimal(units, nanos) == wanted
    assert read.rounded == (wanted != value)


def test_rounding_stays_in_range() -> None:
    read = reader("price", rounding=True)
    for cell in ("9999999999999999.9999999999", "-" + "1" * 60 + ".0000000001"):
        assert reason(read, cell).startswith("Too large")
    assert reason(reader("quantity", rounding=True), "0.0000000001") == "Quantity must be greater than 0"


def both(read: Reader, column: Sequence[str]) -> tuple[list[tuple[Stored, ...]] | None, ...]:
    """What the column reads as cell by cell, and at once; None where something is said of it."""
    try:
        single: list[tuple[Stored, ...]] | None = [read.one(cell) for cell in column]
    except CellError:
        single = None
    try:
        together: list[tuple[Stored, ...]] | None = list(zip(*read.many(column), strict=True))
    except CellError:
        together = None
    return single, together


PLAIN = st.decimals(allow_nan=False, allow_infinity=False, places=9).map(lambda value: format(value, "f"))
NUMBERS = (
    st.integers(-(10**17), 10**17).map(str)
    | st.from_regex(r"[+-]?[0-9]{0,17}(\.[0-9]{0,11})?", fullmatch=True)
    | PLAIN
)
ODD = st.text("0123456789.-+ \n,e٣é\x1c", max_size=6)
WORDS = st.sampled_from(["BUY", "sell ", "2026-02-28", "2026-02-29", "", " ", "x"])


@given(
    st.sampled_from(FIELDS),
    st.lists(NUMBERS, min_size=1, max_size=6)
    | st.lists(NUMBERS | ODD | WORDS, min_size=1, max_size=6)
    | st.lists(WORDS, min_size=1),
)
def test_a_column_reads_as_its_cells_do(field: Field, column: list[str]) -> None:
    single, together = both(reader_of(field, {}, rounding=False), column)
    assert single == together


@given(st.lists(st.tuples(NUMBERS, NUMBERS), min_size=1, max_size=6))
def test_a_rounding_column_is_read_cell_by_cell_or_exactly(pairs: list[tuple[str, str]]) -> None:
    field = Field("price", "Price", FieldType.DECIMAL, required=True)
    for column in zip(*pairs, strict=True):
        single, together = both(Number(field, rounding=True), column)
        assert together in (single, None)


def test_optional_numbers_may_be_blank() -> None:
    read = Number(Field("fee", "Fee", FieldType.DECIMAL))
    assert both(read, ["1.5", " ", ""]) == ([(1, 500_000_000), (None, None), (None, None)],) * 2


def test_a_limited_number_of_values_is_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cells, "_CACHED", 3)
    read: list[str] = []
    known = cells.Known(lambda cell: read.append(cell) or cell.upper())
    for cell in "aabbcdde":
        assert known[cell] == cell.upper()
        assert len(known) <= 3
    assert read == ["a", "b", "c", "d", "e"]


def test_gross_of_columns_has_a_limit() -> None:
    assert gross_columns([[10**9], [0]], [[10**9 - 1], [999_999_999]])[0] == [10**18 - 1]
    with pytest.raises(DecimalError, match="Quantity × price is too large"):
        gross_columns([[10**9], [0]], [[10**9], [0]])


AMOUNTS = st.integers(0, 10**25 - 1) | st.integers(0, 10**12) | st.integers(0, 10**4).map(lambda n: n * 10**9)


@given(
    st.lists(
        st.tuples(AMOUNTS.map(lambda amount: amount or 1), AMOUNTS | AMOUNTS.map(lambda amount: -amount)),
        min_size=1,
        max_size=5,
    )
)
def test_gross_of_columns_is_that_of_rows(rows: list[tuple[int, int]]) -> None:
    def parts(amount: int) -> tuple[int, int]:
        exact = decimals.split(amount * 10**9)
        return exact.units, exact.nanos

    quantities, prices = [parts(row[0]) for row in rows], [parts(row[1]) for row in rows]
    try:
        wanted: list[tuple[int, ...]] | None = [
            tuple(decimals.gross(quantity, price)) for quantity, price in zip(quantities, prices, strict=True)
        ]
    except DecimalError:
        wanted = None
    try:
        columns = gross_columns(list(zip(*quantities, strict=True)), list(zip(*prices, strict=True)))
        found: list[tuple[Stored, ...]] | None = list(zip(*columns, strict=True))
    except DecimalError:
        found = None
    assert found == wanted
