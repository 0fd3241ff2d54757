"""Exact decimals: `Decimal` in Python, whole units and nanos in the database.

A value is kept as two integers that both carry its sign, `units` (whole) and `nanos` (9 decimals),
as in google.type.Money: exact, sortable as a pair, summable, the same SQL on every database. A gross
amount (quantity x price) can have 18 decimals, so it has a third part, `rest`, counted in 1e-18.
Nothing here rounds, and nothing here is ever a float.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import NamedTuple

NANO = 10**9
"""How many nanos make a unit."""
MAX_UNITS = 10**16
"""Quantities, prices and amounts are smaller than this."""
MAX_GROSS = 10**18
"""Gross amounts are smaller than this."""
DECIMALS = 9
"""How many decimals a stored value can have."""

_PLAIN = re.compile(r"([+-]?)([0-9]*)(?:\.([0-9]*))?", re.ASCII)


class Exact(NamedTuple):
    """A decimal number as three integers of one sign: units, nanos (1e-9) and rest (1e-18)."""

    units: int
    nanos: int
    rest: int = 0

    def atoms(self) -> int:
        """The value as a whole number of 1e-18."""
        return (self.units * NANO + self.nanos) * NANO + self.rest


class DecimalError(ValueError):
    """A text is not a number that can be stored; the message says why, as the user reads it."""


NOT_PLAIN = "Not a plain decimal number"
TOO_MANY_DECIMALS = "More than 9 decimals; a mapping can allow rounding"
TOO_LARGE = "Too large: the number must be smaller than 10,000,000,000,000,000"
GROSS_TOO_LARGE = "Quantity × price is too large: it must be smaller than 1,000,000,000,000,000,000"


def parse(text: str) -> tuple[int, int]:
    """Reads a plain decimal (`-12.5`, ASCII digits, `.`) into (units, nanos).

    Trailing zeros beyond the ninth decimal change nothing and are accepted. Raises DecimalError for
    everything else: blanks, exponents, separators, infinities, hexadecimal, digits beyond the range.
    """
    match = _PLAIN.fullmatch(text)
    if match is None:
        raise DecimalError(NOT_PLAIN)
    sign, whole, fraction = match.group(1), match.group(2), match.group(3) or ""
    if not whole and not fraction:
        raise DecimalError(NOT_PLAIN)
    if len(fraction) > DECIMALS:
        if fraction[DECIMALS:].strip("0"):
            raise DecimalError(TOO_MANY_DECIMALS)
        fraction = fraction[:DECIMALS]
    if len(whole) > 16:
        whole = whole.lstrip("0")
        if len(whole) > 16:
            raise DecimalError(TOO_LARGE)
    units = int(whole) if whole else 0
    nanos = int(fraction.ljust(DECIMALS, "0")) if fraction else 0
    return (-units, -nanos) if sign == "-" else (units, nanos)


def split(atoms: int) -> Exact:
    """The parts of a whole number of 1e-18."""
    sign = -1 if atoms < 0 else 1
    nanos, rest = divmod(abs(atoms), NANO)
    units, nanos = divmod(nanos, NANO)
    return Exact(sign * units, sign * nanos, sign * rest)


def from_decimal(value: Decimal) -> Exact:
    """The parts of a Decimal; raises DecimalError when it has more than 18 decimals or is not finite."""
    if not value.is_finite():
        raise DecimalError(NOT_PLAIN)
    sign, digits, exponent = value.as_tuple()
    assert isinstance(exponent, int)
    number = int("".join(map(str, digits)) or "0")
    shift = exponent + 2 * DECIMALS
    if shift >= 0:
        atoms = number * 10**shift
    else:
        atoms, lost = divmod(number, 10**-shift)
        if lost:
            raise DecimalError("More than 18 decimals")
    return split(-atoms if sign else atoms)


def to_decimal(units: int, nanos: int, rest: int = 0) -> Decimal:
    """The value as an exact Decimal without trailing zeros."""
    return Decimal(to_text(units, nanos, rest))


def to_text(units: int, nanos: int, rest: int = 0) -> str:
    """The value as a plain decimal: ASCII minus, no separators, no trailing zeros (`-0.01`, `7`)."""
    minus = "-" if units < 0 or nanos < 0 or rest < 0 else ""
    if not nanos and not rest:
        return f"{minus}{abs(units)}"
    fraction = f"{abs(nanos):09d}{abs(rest):09d}".rstrip("0")
    return f"{minus}{abs(units)}.{fraction}"


def gross(quantity: tuple[int, int], price: tuple[int, int]) -> Exact:
    """Quantity x price, exactly. Raises DecimalError when it reaches 10^18."""
    atoms = (quantity[0] * NANO + quantity[1]) * (price[0] * NANO + price[1])
    if abs(atoms) >= MAX_GROSS * NANO * NANO:
        raise DecimalError(GROSS_TOO_LARGE)
    return split(atoms)


def display(text: str, decimals: int = 0) -> str:
    """A plain decimal as people read it: thousands separators, a true minus, at least `decimals` decimals.

    `display("-1265330", 2)` is `−1,265,330.00`. No digit is dropped.
    """
    minus, digits = ("−", text[1:]) if text.startswith("-") else ("", text)
    whole, _, fraction = digits.partition(".")
    fraction = fraction.ljust(decimals, "0")
    grouped = f"{int(whole or '0'):,}"
    return f"{minus}{grouped}.{fraction}" if fraction else f"{minus}{grouped}"
