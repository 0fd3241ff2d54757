"""Numbers and dates in a source's own form: read exactly, or a row error; never guessed."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opspilot_desktop.domain.errors import KnownError
from opspilot_desktop.files.cells import CellError
from opspilot_desktop.files.formats import DateText, NumberText, Rounder
from opspilot_desktop.files.taking import NumberFormat, Rounding, RoundingMode

GERMAN = NumberFormat(",", ".", trailing_minus=True, parentheses=True)
SWISS = NumberFormat(".", "'")


@pytest.mark.parametrize(
    ("form", "cell", "plain"),
    [
        (GERMAN, "1.234,5", "1234.5"),
        (GERMAN, " -1.234.567 ", "-1234567"),
        (GERMAN, "1234,5-", "-1234.5"),
        (GERMAN, "(1.234,50)", "-1234.50"),
        (GERMAN, ",5", ".5"),
        (GERMAN, "+7", "7"),
        (GERMAN, "  ", ""),
        (SWISS, "1’234'567.8", "1234567.8"),
        (NumberFormat(",", " "), "1\u202f234\u00a0567,8", "1234567.8"),
        (NumberFormat(","), "1,234", "1.234"),
        (NumberFormat(".", ","), "1,234", "1234"),
    ],
)
def test_numbers(form: NumberFormat, cell: str, plain: str) -> None:
    reader = NumberText(form)
    assert reader.one(cell) == plain
    assert list(reader.many([cell, "7"])) == [plain, "7"]


@pytest.mark.parametrize(
    ("form", "cell"),
    [
        (GERMAN, "1.23"),  # no group of three
        (GERMAN, "1.2345"),
        (GERMAN, "1,234.5"),
        (GERMAN, "1234.567"),
        (GERMAN, "-(5)"),
        (GERMAN, "(-5)"),
        (GERMAN, "-5-"),
        (GERMAN, "()"),
        (GERMAN, "1e5"),
        (GERMAN, "٣"),
        (GERMAN, "5\n6"),
        (SWISS, "1'23.5"),
        (SWISS, "1.234'5"),
        (SWISS, "5-"),
        (SWISS, "(5)"),
        (NumberFormat(","), "1.234"),
        (NumberFormat(","), "1.234,5"),
        (NumberFormat(".", " "), "1  234"),
    ],
)
def test_what_is_no_number_of_this_form(form: NumberFormat, cell: str) -> None:
    reader = NumberText(form)
    with pytest.raises(CellError, match="Not a number as the profile says: decimal "):
        reader.one(cell)
    with pytest.raises(CellError):
        reader.many(["7", cell])


@pytest.mark.parametrize(
    ("form", "cell", "day"),
    [
        ("YYYYMMDD", " 20260403 ", "2026-04-03"),
        ("DD/MM/YYYY", "03/04/2026", "2026-04-03"),
        ("MM/DD/YYYY", "03/04/2026", "2026-03-04"),
        ("D.M.YYYY", "3.4.2026", "2026-04-03"),
        ("DD-MMM-YYYY", "03-APR-2026", "2026-04-03"),
        ("DD.MM.YY", "03.04.99", "2099-04-03"),
        ("DD-MM-YYYY hh:mm:ss", "03-04-2026 23:59:59", "2026-04-03"),
        ("YYYYMMDDThhmmss", "20260403T000000", "2026-04-03"),
        ("YYYY-DD-MM", "2026-04-03", "2026-03-04"),
        ("DD/MM/YYYY", "", ""),
    ],
)
def test_dates(form: str, cell: str, day: str) -> None:
    reader = DateText(form)
    assert reader.one(cell) == day
    assert list(reader.many([cell, cell])) == [day, day]


@pytest.mark.parametrize(
    ("form", "cell"),
    [
        ("DD/MM/YYYY", "3/4/2026"),
        ("DD/MM/YYYY", "03/13/2026"),
        ("DD/MM/YYYY", "30/02/2026"),
        ("DD/MM/YYYY", "2026-04-03"),
        ("DD/MM/YYYY", "03.04.2026"),
        ("DD/MM/YYYY", "03/04/26"),
        ("DD/MM/YYYY", "03/04/2026 10:00"),
        ("DD/MM/YYYY", "٠٣/04/2026"),
        ("YYYYMMDD", "00000101"),
        ("DD-MMM-YYYY", "03-Mai-2026"),
        ("DD-MM-YYYY hh:mm:ss", "03-04-2026 24:00:00"),
    ],
)
def test_what_is_no_date_of_this_form(form: str, cell: str) -> None:
    with pytest.raises(CellError, match=form):
        DateText(form).one(cell)


@pytest.mark.parametrize(
    "form", ["", "DD/MM", "DD/MM/YYYY YYYY", "dd/mm/yyyy", "DMYYYY", "DD/MM/MMM/YYYY", "Year"]
)
def test_forms_that_are_none(form: str) -> None:
    with pytest.raises(KnownError, match="is no form of dates; write it with"):
        DateText(form)


@pytest.mark.parametrize(
    ("decimals", "mode", "cell", "rounded"),
    [
        (2, "half-even", "2.665", "2.66"),
        (2, "half-even", "2.675", "2.68"),
        (2, "half-up", "2.665", "2.67"),
        (2, "half-up", "-2.665", "-2.67"),
        (0, "half-even", "0.5", "0"),
        (0, "half-up", "999999999999999.5", "1000000000000000"),
        (9, "half-even", "0.0000000005", "0.000000000"),
    ],
)
def test_rounding(decimals: int, mode: str, cell: str, rounded: str) -> None:
    rounder = Rounder(Rounding(decimals, RoundingMode(mode)))
    assert rounder.one(cell) == rounded
    assert list(rounder.many([cell, "7", "7.0000000000000"])) == [rounded, "7", "7.0000000000000"]
    assert rounder.count == 2


@given(st.decimals(allow_nan=False, allow_infinity=False, places=12, min_value=-(10**9), max_value=10**9))
def test_rounding_is_exact(value: Decimal) -> None:
    rounder = Rounder(Rounding(4))
    assert abs(Decimal(rounder.one(format(value, "f"))) - value) <= Decimal("0.00005")


@pytest.mark.parametrize("cell", ["x", "1e5", "1.2.3456", "", "12345678901234567890123.123456"])
def test_what_is_no_number_is_left_to_the_checker(cell: str) -> None:
    assert Rounder(Rounding(2)).one(cell) == cell
