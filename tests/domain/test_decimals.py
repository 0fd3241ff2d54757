"""Exact decimals, held against `decimal.Decimal` at a precision at which nothing is rounded."""

from __future__ import annotations

from decimal import Context, Decimal, localcontext

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from opspilot_desktop.domain import decimals
from opspilot_desktop.domain.decimals import (
    GROSS_TOO_LARGE,
    NOT_PLAIN,
    TOO_LARGE,
    TOO_MANY_DECIMALS,
    DecimalError,
    Exact,
    display,
    from_decimal,
    gross,
    parse,
    split,
    to_decimal,
    to_text,
)

EXACT = Context(prec=80)
ATOM = Decimal("1e-18")

digits = st.text("0123456789", min_size=1, max_size=16)
fractions = st.text("0123456789", min_size=0, max_size=9)
signs = st.sampled_from(["", "+", "-"])
plain = st.builds(
    lambda sign, whole, part: f"{sign}{whole}.{part}" if part else sign + whole, signs, digits, fractions
)
atoms = st.integers(-(10**36) + 1, 10**36 - 1)
stored = st.integers(-(10**25) + 1, 10**25 - 1)


def value_of(exact: tuple[int, ...]) -> Decimal:
    units, nanos, rest = (*exact, 0)[:3]
    return EXACT.add(
        EXACT.add(Decimal(units), EXACT.multiply(Decimal(nanos), Decimal("1e-9"))),
        EXACT.multiply(Decimal(rest), ATOM),
    )


def has_one_sign(exact: tuple[int, ...]) -> bool:
    return all(part >= 0 for part in exact) or all(part <= 0 for part in exact)


@given(plain)
@example("-0")
@example("0000000000000000000000001.5")
@example("9999999999999999.999999999")
@example("-9999999999999999.999999999")
def test_a_plain_decimal_is_read_exactly(text: str) -> None:
    parts = parse(text)
    assert value_of(parts) == EXACT.create_decimal(text)
    assert has_one_sign(parts)
    assert abs(parts[1]) < 10**9


@given(plain)
def test_what_is_read_is_written_in_its_shortest_form(text: str) -> None:
    written = to_text(*parse(text))
    assert EXACT.create_decimal(written) == EXACT.create_decimal(text)
    assert parse(written) == parse(text)
    assert "." not in written or written[-1] not in ".0"
    assert not written.startswith(("+", ".", "-."))
    assert written != "-0"
    assert len(written.lstrip("-").partition(".")[0].lstrip("0") or "0") == len(
        written.lstrip("-").partition(".")[0]
    )


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        *[(text, NOT_PLAIN) for text in ("", " ", ".", "+", "-", "-.", "+.", "--1", "+-1", "1-", "1+")],
        *[
            (text, NOT_PLAIN)
            for text in ("1e5", "1E5", "1e-2", "1e400", "nan", "NaN", "inf", "-Infinity", "sNaN")
        ],
        *[
            (text, NOT_PLAIN)
            for text in ("0x10", "1_000", "1,000", "1.000,5", "1.2.3", "..1", " 1", "1 ", "1\n", "1 0")
        ],
        *[
            (text, NOT_PLAIN)
            for text in ("١٢", "１２", "²", "½", "1٫5", "−1", "1\0", "(1)", "1.-5", "$1", "0b1", "1f")
        ],
        *[(text, TOO_LARGE) for text in ("10000000000000000", "-10000000000000000", "9" * 17, "9" * 5000)],
        *[(text, TOO_MANY_DECIMALS) for text in ("0.0000000001", "-1.1234567891", "0." + "0" * 5000 + "1")],
    ],
)
def test_anything_else_is_refused(text: str, reason: str) -> None:
    with pytest.raises(DecimalError) as caught:
        parse(text)
    assert str(caught.value) == reason


@given(st.text(max_size=12))
def test_no_text_is_guessed(text: str) -> None:
    """What parse accepts is digits, a sign, a point, and nothing that Decimal would read otherwise."""
    try:
        parts = parse(text)
    except DecimalError:
        return
    assert set(text) <= set("+-.0123456789")
    assert value_of(parts) == EXACT.create_decimal(text)


def test_zeros_that_change_nothing_are_accepted() -> None:
    assert parse("1.5000000000000") == (1, 500_000_000)
    assert parse("0" * 40 + "7") == (7, 0)
    assert parse("-.5") == (0, -500_000_000)
    assert parse("5.") == (5, 0)


@given(atoms)
def test_split_takes_a_number_apart_and_atoms_puts_it_together(number: int) -> None:
    exact = split(number)
    assert exact.atoms() == number
    assert has_one_sign(exact)
    assert abs(exact.nanos) < 10**9
    assert abs(exact.rest) < 10**9
    assert value_of(exact) == EXACT.multiply(Decimal(number), ATOM)
    assert EXACT.create_decimal(to_text(*exact)) == value_of(exact)
    with localcontext(prec=5):  # the caller's precision must not round
        assert from_decimal(value_of(exact)) == exact
        assert to_decimal(*exact) == value_of(exact)


@given(atoms, atoms)
def test_stored_parts_sort_as_the_numbers_do(one: int, other: int) -> None:
    assert (split(one) < split(other)) == (one < other)
    near = split(one + 1)
    assert split(one) < near


@given(stored, stored)
@example(10**18, 10**18)
@example(10**18 - 1, 10**18)
@example(10**18, -(10**18))
@example(1, 1)
@example(-1, 10**24)
def test_gross_is_the_exact_product(quantity: int, price: int) -> None:
    parts = [split(number * 10**9)[:2] for number in (quantity, price)]
    product = EXACT.multiply(EXACT.multiply(Decimal(quantity), Decimal(price)), ATOM)
    if abs(product) >= Decimal(10) ** 18:
        with pytest.raises(DecimalError, match=GROSS_TOO_LARGE[:12]):
            gross(parts[0], parts[1])
        return
    exact = gross(parts[0], parts[1])
    assert value_of(exact) == product
    assert has_one_sign(exact)
    assert abs(exact.units) < decimals.MAX_GROSS


@pytest.mark.parametrize("text", ["NaN", "Infinity", "-Infinity", "sNaN", "1e-19", "0.1234567890123456789"])
def test_a_decimal_that_cannot_be_held_is_refused(text: str) -> None:
    with pytest.raises(DecimalError):
        from_decimal(Decimal(text))


def test_from_decimal_takes_any_exponent() -> None:
    assert from_decimal(Decimal("1e3")) == Exact(1000, 0, 0)
    assert from_decimal(Decimal("-1.50e-18000") * 0) == Exact(0, 0, 0)
    assert from_decimal(Decimal("1.000000000000000000000")) == Exact(1, 0, 0)
    assert from_decimal(Decimal("-0.000000001000000001")) == Exact(0, -1, -1)


@given(stored, st.integers(0, 9))
def test_display_loses_no_digit(number: int, places: int) -> None:
    text = to_text(*split(number * 10**9))
    shown = display(text, places)
    assert EXACT.create_decimal(shown.replace(",", "").replace("−", "-")) == EXACT.create_decimal(text)
    assert "-" not in shown
    whole, _, fraction = shown.partition(".")
    assert len(fraction) >= places
    groups = whole.removeprefix("−").split(",")
    assert all(len(group) == 3 for group in groups[1:])
    assert 1 <= len(groups[0]) <= 3


def test_display_as_people_read_it() -> None:
    assert display("-1265330", 2) == "−1,265,330.00"
    assert display("0.000000001") == "0.000000001"
    assert display("7") == "7"
