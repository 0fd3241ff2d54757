"""Exact arithmetic, texts and JSON inside SQL, the same on SQLite and PostgreSQL.

An exact number is a tuple of *limbs*, most significant first, each worth 10^9 of the next: billions,
units below a billion, nanos (1e-9) and, for gross amounts, rest (1e-18). Limbs of a sum or a difference
may have any sign and size; `settle` brings a number into its plain form.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Table,
    Text,
    Update,
    and_,
    case,
    cast,
    false,
    func,
    literal,
    literal_column,
    or_,
    type_coerce,
    update,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from ..domain.decimals import from_decimal

RADIX = 10**9
Limbs = tuple[ColumnElement[Any], ...]
_RADIX: ColumnElement[Any] = literal_column(str(RADIX), BigInteger)


class quoted_json(FunctionElement[str]):  # noqa: N801 (reads as a SQL function)
    """A text as a JSON string, quotes included; `null` for NULL."""

    type = Text()
    inherit_cache = True
    name = "quoted_json"


@compiles(quoted_json, "sqlite")
def _quoted_on_sqlite(element: quoted_json, compiler: SQLCompiler, **options: Any) -> str:
    return f"json_quote({compiler.process(element.clauses, **options)})"


@compiles(quoted_json, "postgresql")
def _quoted_on_postgresql(element: quoted_json, compiler: SQLCompiler, **options: Any) -> str:
    return f"coalesce(to_json({compiler.process(element.clauses, **options)})::text, 'null')"


def whole(expression: ColumnElement[Any]) -> ColumnElement[Any]:
    """The expression as a 64-bit integer (PostgreSQL's sums are numeric, and divide with fractions)."""
    return cast(expression, BigInteger)


def zero() -> ColumnElement[Any]:
    """The number 0 as a limb."""
    return literal_column("0", BigInteger)


def absolute(expression: ColumnElement[Any]) -> ColumnElement[Any]:
    """The size of a whole number, still a whole number."""
    return type_coerce(func.abs(expression), BigInteger)


def limbs(units: ColumnElement[Any], *smaller: ColumnElement[Any]) -> Limbs:
    """A stored number (units, nanos and perhaps rest) as limbs."""
    return (units // _RADIX, units % _RADIX, *smaller)


def summed(units: ColumnElement[Any], nanos: ColumnElement[Any]) -> Limbs:
    """The sum over a group as limbs; no sum overflows 64 bits below nine billion rows."""
    return (
        whole(func.sum(units // _RADIX)),
        whole(func.sum(units % _RADIX)),
        whole(func.sum(nanos)),
    )


def constant(value: Decimal) -> tuple[int, ...]:
    """A number that is not negative as limbs in Python."""
    exact = from_decimal(value)
    return (*divmod(exact.units, RADIX), exact.nanos, exact.rest)


def carried(value: Limbs) -> Limbs:
    """The same number with every limb but the first below 10^9 in size; signs may still differ."""
    done: list[ColumnElement[Any]] = []
    carry: ColumnElement[Any] | None = None
    for limb in reversed(value[1:]):
        total = limb if carry is None else limb + carry
        done.append(total % _RADIX)
        carry = total // _RADIX
    assert carry is not None
    return (value[0] + carry, *reversed(done))


def sign(value: Limbs) -> ColumnElement[Any]:
    """-1, 0 or 1, of a carried number: the sign of its first limb that is not 0."""
    whens = [(limb != 0, case((limb < 0, -1), else_=1)) for limb in value]
    return case(*whens, else_=0)


def times(value: Limbs, factor: ColumnElement[Any]) -> Limbs:
    """The number with each limb multiplied, for a factor of -1, 0 or 1."""
    return tuple(limb * factor for limb in value)


def borrowed(value: Limbs) -> Limbs:
    """A carried number that is not negative, with no limb below 0."""
    done: list[ColumnElement[Any]] = []
    borrow: ColumnElement[Any] = zero()
    for limb in reversed(value[1:]):
        left = limb - borrow
        done.append(case((left < 0, left + _RADIX), else_=left))
        borrow = case((left < 0, 1), else_=0)
    return (value[0] - borrow, *reversed(done))


def minus(left: Limbs, right: Limbs) -> Limbs:
    """The difference, limb by limb; to be carried."""
    return tuple(a - b for a, b in zip(left, right, strict=True))


def exceeds(value: Limbs, limit: Sequence[int] | Limbs) -> ColumnElement[bool]:
    """Whether a number without negative limbs is greater than the limit."""
    result: ColumnElement[bool] = false()
    for limb, bound in reversed(list(zip(value, limit, strict=True))):
        result = or_(limb > bound, and_(limb == bound, result))
    return result


def number_columns(name: str, size: int) -> list[Column[Any]]:
    """The columns of a temporary table that hold a number: its sign and its limbs."""
    names = [f"{name}_sign", *[f"{name}_{index}" for index in range(size)]]
    return [Column(column, BigInteger) for column in names]


def number(table: Table, name: str) -> Limbs:
    """The limbs of a number that a temporary table holds."""
    return tuple(table.c[f"{name}_{index}"] for index in range(4) if f"{name}_{index}" in table.c)


def settling(table: Table, name: str, value: Limbs | None = None) -> tuple[Update, ...]:
    """The statements that give a number of a temporary table its plain form: a sign, and limbs of which none
    is negative.

    They start from `value`, or from the limbs that are there. Two updates and not one expression: nested,
    the carries would be written out once for each place that uses them.
    """
    limbs_of = number(table, name)
    raw = dict(zip(limbs_of, carried(value or limbs_of), strict=True))
    direction = sign(limbs_of)
    plain = dict(zip(limbs_of, borrowed(times(limbs_of, direction)), strict=True))
    return (
        update(table).values(raw),
        update(table).values({table.c[f"{name}_sign"]: direction, **plain}),
    )


def units_of(value: Limbs) -> ColumnElement[Any]:
    """The whole units of a number; NULL when they do not fit in 64 bits."""
    return case((value[0] < 9 * RADIX, value[0] * _RADIX + value[1]), else_=None)


def number_text(table: Table, name: str) -> ColumnElement[str]:
    """A settled number of a temporary table as a plain decimal."""
    return plain_text(table.c[f"{name}_sign"], number(table, name))


def plain_text(number_sign: ColumnElement[Any], size: Limbs) -> ColumnElement[str]:
    """A sign, and limbs of which none is negative, as a plain decimal without trailing zeros."""
    billions, units, *fraction = size
    wholes = case((billions == 0, _text(units)), else_=_text(billions).concat(_nine_digits(units)))
    digits = _nine_digits(fraction[0])
    for limb in fraction[1:]:
        digits = digits.concat(_nine_digits(limb))
    digits = func.rtrim(digits, "0")
    tail = case((digits == "", ""), else_=literal(".", Text).concat(digits))
    return case((number_sign < 0, "-"), else_="").concat(wholes).concat(tail)


def stored_text(*parts: ColumnElement[Any]) -> ColumnElement[str]:
    """A stored number (units, nanos and perhaps rest) as a plain decimal."""
    is_negative = or_(*[part < 0 for part in parts])
    return plain_text(case((is_negative, -1), else_=1), limbs(*[absolute(part) for part in parts]))


def _text(value: ColumnElement[Any]) -> ColumnElement[str]:
    return cast(value, Text)


def _nine_digits(value: ColumnElement[Any]) -> ColumnElement[str]:
    return func.substr(_text(value + _RADIX), 2)


def json_object(**values: ColumnElement[Any]) -> ColumnElement[str]:
    """A JSON object as text, from values that are JSON already (see `quoted_json`, `json_number`)."""
    result: ColumnElement[str] = literal("{", Text)
    for index, (name, value) in enumerate(values.items()):
        comma = "," if index else ""
        result = result.concat(f'{comma}"{name}":').concat(value)
    return result.concat("}")


def json_number(value: ColumnElement[Any]) -> ColumnElement[str]:
    """A whole number as JSON."""
    return _text(value)


def json_text(value: ColumnElement[Any] | str) -> ColumnElement[str]:
    """A text as JSON."""
    return quoted_json(literal(value, Text) if isinstance(value, str) else value)


def json_list(items: ColumnElement[str]) -> ColumnElement[str]:
    """An aggregate that makes a JSON list of a group's items, in the order in which they come."""
    return literal("[", Text).concat(func.aggregate_strings(items, ",")).concat("]")


def whole_constant(value: int) -> ColumnElement[int]:
    """A whole number of the program's own, as a 64-bit integer."""
    return literal(value, BigInteger)
