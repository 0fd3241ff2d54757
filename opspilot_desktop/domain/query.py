"""What a table shows: a filter as the user types it, and an order.

`text` looks into the columns shown; `field:value` into one field; `field>number` compares exactly.
A quoted word may hold spaces: `counterparty:"Morgan Stanley"`. A leading `-` turns a term round, unless
a digit follows: `-12.5` looks for that amount.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from .decimals import DecimalError, Exact, parse
from .fields import FieldType, Record


class Operator(StrEnum):
    """How a term compares."""

    CONTAINS = ":"
    EQUALS = "="
    AT_LEAST = ">="
    AT_MOST = "<="
    GREATER = ">"
    LESS = "<"


@dataclass(frozen=True)
class Term:
    """One condition; without a `field` it looks into every field named in the query's `shown`."""

    value: str
    field: str | None = None
    operator: Operator = Operator.CONTAINS
    negated: bool = False
    number: Exact | None = None


@dataclass(frozen=True)
class Sort:
    """The order of a table; rows that are equal in it stand in the order of their ids."""

    field: str
    descending: bool = False


@dataclass(frozen=True)
class Query:
    """Which rows, in which order. `shown` are the fields that free text looks into."""

    terms: tuple[Term, ...] = ()
    sort: Sort | None = None
    shown: tuple[str, ...] = ()


_TERM = re.compile(
    r"""(?P<minus>-(?=[^\d.]))?(?:(?P<field>[A-Za-z_]\w*)\s*(?P<operator>>=|<=|[:=<>])\s*)?"""
    r"""(?:"(?P<quoted>[^"]*)"|(?P<word>\S+))"""
)


def _field_named(name: str, record: Record) -> str | None:
    """The record's field called so by its name or its label, without case, spaces and underscores."""
    wanted = name.lower().replace("_", "")
    for field in record.fields:
        if wanted in (field.name.replace("_", ""), field.label.lower().replace(" ", "")):
            return field.name
    return None


def _number(text: str) -> Exact | None:
    """The text as an exact number, thousands separators and a true minus allowed."""
    try:
        return Exact(*parse(text.replace(",", "").replace("−", "-")))
    except DecimalError:
        return None


def parse_filter(text: str, record: Record) -> tuple[Term, ...]:
    """The terms of a filter text; a word that names no field of the record is looked for as it stands."""
    terms: list[Term] = []
    for match in _TERM.finditer(text):
        value = match["quoted"] if match["quoted"] is not None else match["word"]
        negated = bool(match["minus"])
        name = _field_named(match["field"], record) if match["field"] else None
        if name is None:
            whole = match[0] if match["field"] else value
            terms.append(Term(whole.removeprefix("-") if negated else whole, negated=negated))
            continue
        operator = Operator(match["operator"])
        numeric = record.field(name).type.is_numeric
        number = _number(value) if numeric else None
        dated = record.field(name).type in (FieldType.DATE, FieldType.INSTANT, FieldType.TIMESTAMP)
        if operator not in (Operator.CONTAINS, Operator.EQUALS) and number is None and not dated:
            terms.append(Term(match[0].removeprefix("-") if negated else match[0], negated=negated))
            continue
        terms.append(Term(value, name, operator, negated, number))
    return tuple(terms)
