"""Exact arithmetic, texts and JSON inside SQL, the same on SQLite and PostgreSQL.

An exact number is a tuple of *limbs*, most significant first, each worth 10^9 of the next: billions,
units below a billion, nanos (1e-9) and, for gross amounts, rest (1e-18). Limbs of a sum or a difference
may have any sign and size; `settle` brings a number into its plain form.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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


class plain_decimal(FunctionElement[str]):  # noqa: N801 (reads as a SQL function)
    """A sign (-1, 0 or 1) and limbs of which none is negative, three or four, as a plain decimal without
    trailing zeros; NULL for NULL."""

    type = Text()
    inherit_cache = True
    name = "plain_decimal"


@compiles(plain_decimal, "sqlite")
def _decimal_on_sqlite(element: plain_decimal, compiler: SQLCompiler, **options: Any) -> str:
    number_sign, *parts = [compiler.process(part, **options) for part in element.clauses]
    billions, *others = parts
    minus_sign = f"CASE WHEN {number_sign} < 0 THEN '-' END"
    digits = "%s%d%09d." + "%09d" * len(others[1:])
    large = f"rtrim(rtrim(printf('{digits}', {minus_sign}, {', '.join(parts)}), '0'), '.')"
    # Nearly no number has billions; an absent one has neither.
    large = f"CASE WHEN {billions} IS NOT NULL THEN {large} END"
    return f"CASE {billions} WHEN 0 THEN {_printed(minus_sign, *others)} ELSE {large} END"


def _printed(minus_sign: str, units: str, *fraction: str) -> str:
    """SQL for SQLite: a number from the sizes of its parts, with few calls for one with few digits."""
    whole_number = f"coalesce({minus_sign}, '') || {units}"
    text = f"rtrim(printf('%s%d.%09d', {minus_sign}, {units}, {fraction[0]}), '0')"
    text = f"CASE {fraction[0]} WHEN 0 THEN {whole_number} ELSE {text} END"
    if len(fraction) == 1:
        return text
    finest = f"rtrim(printf('%s%d.%09d%09d', {minus_sign}, {', '.join([units, *fraction])}), '0')"
    return f"CASE {fraction[1]} WHEN 0 THEN {text} ELSE {finest} END"


@compiles(plain_decimal, "postgresql")
def _decimal_on_postgresql(element: plain_decimal, compiler: SQLCompiler, **options: Any) -> str:
    number_sign, billions, units, *fraction = [compiler.process(part, **options) for part in element.clauses]
    size = f"{billions}::numeric * 1000000000 + {units}"
    for place, limb in enumerate(fraction, start=1):
        size += f" + {limb} * 1e-{9 * place}"
    return f"trim_scale({number_sign} * ({size}))::text"


class stored_decimal(FunctionElement[str]):  # noqa: N801 (reads as a SQL function)
    """A stored number (units, nanos and perhaps rest, all with its sign) as a plain decimal without trailing
    zeros; NULL for NULL."""

    type = Text()
    inherit_cache = True
    name = "stored_decimal"


@compiles(stored_decimal, "sqlite")
def _stored_on_sqlite(element: stored_decimal, compiler: SQLCompiler, **options: Any) -> str:
    parts = [compiler.process(part, **options) for part in element.clauses]
    is_negative = " OR ".join(f"{part} < 0" for part in parts)
    text = _printed(f"CASE WHEN {is_negative} THEN '-' END", *[f"abs({part})" for part in parts])
    return f"CASE WHEN {parts[0]} IS NOT NULL THEN {text} END"


@compiles(stored_decimal, "postgresql")
def _stored_on_postgresql(element: stored_decimal, compiler: SQLCompiler, **options: Any) -> str:
    units, *fraction = [compiler.process(part, **options) for part in element.clauses]
    smaller = "".join(f" + {part} * 1e-{9 * place}" for place, part in enumerate(fraction, start=1))
    return f"trim_scale({units}::numeric{smaller})::text"


def plain_text(number_sign: ColumnElement[Any], size: Limbs) -> ColumnElement[str]:
    """A sign, and limbs of which none is negative, as a plain decimal without trailing zeros."""
    return plain_decimal(number_sign, *size)


def stored_text(*parts: ColumnElement[Any]) -> ColumnElement[str]:
    """A stored number (units, nanos and perhaps rest) as a plain decimal."""
    return stored_decimal(*parts)


def _text(value: ColumnElement[Any]) -> ColumnElement[str]:
    return cast(value, Text)


class quoted_decimal(FunctionElement[str]):  # noqa: N801 (reads as a SQL function)
    """A plain decimal as a JSON string."""

    type = Text()
    inherit_cache = True
    name = "quoted_decimal"


@compiles(quoted_decimal)
def _quoted_decimal(element: quoted_decimal, compiler: SQLCompiler, **options: Any) -> str:
    return f"('\"' || {compiler.process(element.clauses, **options)} || '\"')"


class json_members(FunctionElement[str]):  # noqa: N801 (reads as a SQL function)
    """A JSON object from its names, in one literal column with commas between them, and their values."""

    type = Text()
    inherit_cache = True
    name = "json_members"

    @property
    def members(self) -> Iterator[tuple[str, ColumnElement[Any]]]:
        """Each name and its value, which is JSON already."""
        names, *values = self.clauses
        return zip(str(names).split(","), values, strict=True)


@compiles(json_members, "sqlite")
def _members_on_sqlite(element: json_members, compiler: SQLCompiler, **options: Any) -> str:
    # One call: with the operator || everything so far would be copied for each piece.
    pieces, values = [], []
    for name, value in element.members:
        is_decimal = isinstance(value, quoted_decimal)
        pieces.append(f'"{name}":"%s"' if is_decimal else f'"{name}":%s')
        values.append(compiler.process(value.clauses if is_decimal else value, **options))
    return f"printf('{{{','.join(pieces)}}}', {', '.join(values)})"


@compiles(json_members, "postgresql")
def _members_on_postgresql(element: json_members, compiler: SQLCompiler, **options: Any) -> str:
    pieces = [f"'\"{name}\":' || {compiler.process(value, **options)}" for name, value in element.members]
    joined = " || ',' || ".join(pieces)
    return f"('{{' || {joined} || '}}')"


def json_object(**values: ColumnElement[Any]) -> ColumnElement[str]:
    """A JSON object as text, from values that are JSON already (see `quoted_json`, `json_number`)."""
    if not values:
        return literal("{}", Text)
    return json_members(literal_column(",".join(values), Text), *values.values())


def json_number(value: ColumnElement[Any]) -> ColumnElement[str]:
    """A whole number as JSON."""
    return _text(value)


def json_text(value: ColumnElement[Any] | str) -> ColumnElement[str]:
    """A text as JSON."""
    return quoted_json(literal(value, Text) if isinstance(value, str) else value)


def json_decimal(value: ColumnElement[str]) -> ColumnElement[str]:
    """A plain decimal as JSON, in quotes: it has nothing in it that would have to be escaped."""
    return quoted_decimal(value)


def json_list(items: ColumnElement[str]) -> ColumnElement[str]:
    """An aggregate that makes a JSON list of a group's items, in the order in which they come."""
    return literal("[", Text).concat(func.aggregate_strings(items, ",")).concat("]")


def whole_constant(value: int) -> ColumnElement[int]:
    """A whole number of the program's own, as a 64-bit integer."""
    return literal(value, BigInteger)
