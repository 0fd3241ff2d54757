"""What a table shows: a filter as the user types it, and an order.

`text` looks into the columns shown; `field:value` into one field; `field>number` compares exactly.
A quoted word may hold spaces: `counterparty:"Morgan Stanley"`; a quote that is not closed yet runs to the
end of the text. A leading `-` turns a term round, unless a digit follows: `-12.5` looks for that amount.

`field:` and `field:""` look for what is blank; so does `assignee:unassigned`, as it is called on screen.
An age may carry its unit: `age>1d`, `age>=3 d`, `age:"0 d"`. `:` finds an amount of either sign unless one
is typed. Thousands are separated in groups of three only: `1,5` is no number rather than 15, and no number
of a field compares with what is no number, so `price>1,5` finds nothing, and is not looked for as a text.
`run:12` and `run:9-12` find the issues that these runs opened, reopened, changed or cleared.
Control characters are dropped.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from .decimals import DecimalError, Exact, parse
from .fields import FieldType, Record

PAGE = 256
"""How many rows a page of a table has."""


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


UNASSIGNED = "unassigned"
"""How a blank person is called, in any case of letters."""

_TERM = re.compile(
    r"""\s*(?P<minus>-(?=[^\d.]))?"""
    r"""(?:(?P<field>[A-Za-z_]\w*)\s*(?P<operator>>=|<=|[:=<>])(?P<gap>\s*))?"""
    r"""(?:"(?P<quoted>[^"]*)(?:"|\Z)|(?P<word>\S+)|\Z)"""
)
_NEXT = re.compile(r"-?(?P<field>[A-Za-z_]\w*)(?:>=|<=|[:=<>])")
_UNIT = re.compile(r"\s*d(?:ays?)?(?=\s|\Z)", re.IGNORECASE)
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d*)?", re.ASCII)
# White space among them stays, as it separates words. Neither database takes half of a surrogate pair.
_DROPPED = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


def _field_named(name: str, record: Record) -> str | None:
    """The record's field called so by its name or its label, without case, spaces and underscores."""
    wanted = name.lower().replace("_", "")
    for field in (*record.fields, *record.sought):
        if wanted in (field.name.replace("_", ""), field.label.lower().replace(" ", "")):
            return field.name
    return None


def without_controls(text: str) -> str:
    """The text without what a filter text cannot hold."""
    return _DROPPED.sub("", text)


def plain_number(text: str) -> str:
    """The text without thousands separators and with an ASCII minus; "" if it is not separated in threes."""
    text = text.replace("−", "-")
    if "," in text and not _GROUPED.fullmatch(text):
        return ""
    return text.replace(",", "")


def _number(text: str) -> Exact | None:
    """The text as an exact number, thousands separators and a true minus allowed."""
    try:
        return Exact(*parse(plain_number(text)))
    except DecimalError:
        return None


def parse_filter(text: str, record: Record) -> tuple[Term, ...]:
    """The terms of a filter text; a word that names no field of the record is looked for as it stands."""
    text = without_controls(text)
    terms: list[Term] = []
    at = 0
    while at < len(text) and (match := _TERM.match(text, at)):
        name = _field_named(match["field"], record) if match["field"] else None
        end = match.end()
        value = match["quoted"] if match["quoted"] is not None else match["word"] or ""
        if name is not None and match["gap"] and _begins_term(match["word"], record):
            value, end = "", match.end("gap")
        if name == "age":
            value, end = _without_unit(value, text, end, quoted=match["quoted"] is not None)
        term = _term(match, value, name, record)
        if term.field is not None or term.value:
            terms.append(term)
        at = end
    return tuple(terms)


def _begins_term(word: str | None, record: Record) -> bool:
    """Whether the word is a term of its own, and so not the value of the field before it."""
    match = _NEXT.match(word) if word else None
    return match is not None and _field_named(match["field"], record) is not None


def _without_unit(value: str, text: str, end: int, *, quoted: bool) -> tuple[str, int]:
    """An age without its unit, which may also be the next word, and where the text goes on."""
    found = re.fullmatch(rf"(.*\d){_UNIT.pattern}", value, re.IGNORECASE)
    if found:
        return found[1], end
    after = _UNIT.match(text, end) if not quoted and value[-1:].isdecimal() else None
    return value, after.end() if after else end


def _term(match: re.Match[str], value: str, name: str | None, record: Record) -> Term:
    negated = bool(match["minus"])
    whole = match[0].strip().removeprefix("-") if negated else match[0].strip()
    if name is None:
        return Term(whole if match["field"] else value, negated=negated)
    operator = Operator(match["operator"])
    kind = record.field(name).type
    if operator not in (Operator.CONTAINS, Operator.EQUALS):
        dated = kind in (FieldType.DATE, FieldType.INSTANT, FieldType.TIMESTAMP)
        if not value or not (kind.is_numeric or dated):
            return Term(whole, negated=negated)
    elif kind is FieldType.PERSON and value.lower() == UNASSIGNED:
        value = ""
    return Term(value, name, operator, negated, _number(value) if kind.is_numeric else None)
