"""What the tables on screen and the exports read: ordered ids first, then rows by their ids.

A filter and an order become one query for ids (8 bytes a row in memory); the rows themselves are read in
pages by id, so that neither a filter nor a position deep in the table costs more than a page.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from math import ceil, floor
from operator import itemgetter
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    Connection,
    FromClause,
    Select,
    Text,
    and_,
    case,
    cast,
    func,
    literal,
    not_,
    or_,
    select,
    true,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from ..domain.decimals import Exact, to_decimal, to_text
from ..domain.fields import RECORDS, Field, FieldType, Kind, MatchStatus, Record
from ..domain.issues import IssueStatus, IssueType, Severity
from ..domain.query import Operator, Query, Term, plain_number
from .database import SQLITE
from .match_status import match_status
from .run_filter import touched_by_runs
from .schema import RECORD_TABLES, issues, trades

_FETCH = 20_000
_LONGEST_AGE = 36_500  # days
_DATE_PART = re.compile("[0-9-]+", re.ASCII)
# Looked for by what they are called: asking a million rows how they match, only to see that no such word
# is in any answer, takes a second.
_CODED: Mapping[FieldType, Mapping[str, str]] = {
    FieldType.ISSUE_TYPE: {kind.value: kind.label for kind in IssueType},
    FieldType.SEVERITY: {severity.value: severity.label for severity in Severity},
    FieldType.ISSUE_STATUS: {status.value: status.label for status in IssueStatus},
    FieldType.MATCH_STATUS: {status.value: status.value for status in MatchStatus},
    FieldType.SIDE: {side: side for side in ("BUY", "SELL")},
    FieldType.KIND: {kind.value: kind.value for kind in (Kind.TRADES, Kind.LEDGER)},
}
_SEVERITY_ORDER = {severity.value: rank for rank, severity in enumerate(reversed(Severity))}


class TableReader:
    """Reads the records of one kind; `checked_statuses` decides how a trade's match status is derived."""

    def __init__(self, kind: Kind, checked_statuses: Sequence[str]) -> None:
        self.record: Record = RECORDS[kind]
        self.table = RECORD_TABLES[kind]
        self.checked_statuses = tuple(checked_statuses)
        self.source: FromClause = self.table
        if kind is Kind.ISSUES:
            self.source = issues.outerjoin(trades, trades.c.trade_id == issues.c.trade_id)

    @cached_property
    def _row_statement(self) -> tuple[Select[Any], list[slice]]:
        """What `rows` asks, and where in its answer's rows the parts of decimals stand, last ones first."""
        wanted: list[ColumnElement[Any]] = [self.table.c.id]
        decimals: list[slice] = []
        for field in self.record.fields:
            parts = self._columns(field)
            if field.type is FieldType.DECIMAL:
                decimals.insert(0, slice(len(wanted), len(wanted) + len(parts)))
            wanted += parts
        return select(*wanted).select_from(self.source), decimals

    def ids(self, connection: Connection, query: Query) -> array[int]:
        """The ids of the rows that pass the query's terms, in its order."""
        statement = select(self.table.c.id).select_from(self._needed_source(query))
        statement = statement.where(*self.conditions(query))
        statement = statement.order_by(*self._order(query))
        found = array("q")
        for part in _in_parts(connection, statement):
            found.extend(map(itemgetter(0), part))
        return found

    def conditions(self, query: Query) -> list[ColumnElement[bool]]:
        """What a row has to meet to pass the query's terms."""
        return [self._condition(term, query.shown) for term in query.terms]

    def count(self, connection: Connection) -> int:
        """How many rows there are."""
        return connection.execute(select(func.count()).select_from(self.table)).scalar_one()

    def rows(self, connection: Connection, ids: Sequence[int]) -> dict[int, tuple[Any, ...]]:
        """Rows by id: a value for each field of the record, decimals as plain text, blanks as None."""
        every, decimals = self._row_statement
        statement = every.where(_is_among(self.table.c.id, ids))
        found: dict[int, tuple[Any, ...]] = {}
        for part in _in_parts(connection, statement):
            for row in part:
                values = list(row)
                for at in decimals:  # from the right, so that what is left of it stays in place
                    limbs = values[at]
                    values[at] = (None if limbs[0] is None else to_text(*limbs),)
                found[row[0]] = tuple(values[1:])
        return found

    def _needed_source(self, query: Query) -> FromClause:
        """Issues are joined with their trades only if the query asks for something of the trade."""
        names = {term.field for term in query.terms} | {query.sort.field if query.sort else None}
        free_text = any(term.field is None for term in query.terms)
        if free_text or names & {"instrument", "counterparty"}:
            return self.source
        return self.table

    def _columns(self, field: Field) -> list[ColumnElement[Any]]:
        """The columns that hold a field: two or three for a decimal, else one."""
        if self.record.kind is Kind.ISSUES and field.name in ("instrument", "counterparty"):
            return [trades.c[field.name]]
        if field.type is FieldType.DECIMAL:
            stem = "gross" if field.name == "gross_amount" else field.name
            names = [f"{stem}_{part}" for part in ("units", "nanos", "rest")]
            return [self.table.c[name] for name in names if name in self.table.c]
        if field.type is FieldType.MATCH_STATUS:
            return [match_status(self.checked_statuses)]
        if field.name == "age":
            return [self.table.c.detected_at]
        if field.name == "source":  # blank where there is none
            return [func.nullif(self.table.c.source, "")]
        return [self.table.c[field.name]]

    def _order(self, query: Query) -> list[ColumnElement[Any]]:
        if query.sort is None:
            return [self.table.c.id]
        field = self.record.field(query.sort.field)
        descending = query.sort.descending
        columns = self._columns(field)
        if field.type is FieldType.SEVERITY:
            columns = [case(_SEVERITY_ORDER, value=columns[0], else_=-1)]
        if field.name == "age":  # the oldest issue has the greatest age
            descending = not descending
        ordered: list[ColumnElement[Any]] = [
            column.desc() if descending else column.asc() for column in columns
        ]
        if field.type is not FieldType.SEVERITY and field.name not in self._never_blank():
            # Blanks stand last either way, on both databases.
            ordered.insert(0, case((columns[0].is_(None), 1), else_=0))
        return [*ordered, self.table.c.id.asc()]

    def _never_blank(self) -> set[str]:
        required = {field.name for field in self.record.fields if field.required}
        return required | {
            "id",
            "status",
            "issue_type",
            "gross_amount",
            "age",
            "detected_at",
            "match_status",
            "at",
        }

    def _condition(self, term: Term, shown: Sequence[str]) -> ColumnElement[bool]:
        if term.field is None:
            names = shown or [field.name for field in self.record.fields]
            fields = [self.record.field(name) for name in names]
            found = or_(*[self._contains(field, term.value) for field in fields])
        else:
            field = self.record.field(term.field)
            sought = field in self.record.sought
            found = touched_by_runs(term) if sought else self._field_condition(field, term)
        return not_(func.coalesce(found, False)) if term.negated else found

    def _field_condition(self, field: Field, term: Term) -> ColumnElement[bool]:
        columns = self._columns(field)
        if field.name == "age":
            return _compare_age(columns[0], term)
        if field.type.is_numeric and term.number is not None:
            return _compare_typed_number(columns, term, term.number)
        if term.operator in (Operator.CONTAINS, Operator.EQUALS):
            if term.value in ("", "-", "–"):  # the blank is shown as a dash
                return columns[0].is_(None)
            if term.operator is Operator.EQUALS and not field.type.is_numeric:
                return func.lower(columns[0]) == func.lower(term.value)
            return self._contains(field, term.value)
        text = (
            literal(None) if field.type.is_numeric else cast(columns[0], Text)
        )  # no number: see the language
        return _compare(text, term.operator, term.value)

    def _contains(self, field: Field, value: str) -> ColumnElement[bool]:
        """Whether the field, as it is shown, holds the text, in any case of letters."""
        columns = self._columns(field)
        if field.name == "age":
            return literal(False)
        if field.type is FieldType.DECIMAL:
            return _decimal_starts_with(columns, value)
        if field.type in (FieldType.NUMBER, FieldType.COUNT):
            return cast(columns[0], Text) == value
        if field.type in _CODED:
            return _is_called(field, columns[0], value)
        if field.type is FieldType.DATE and not _DATE_PART.fullmatch(value):
            return literal(False)
        return _holds(columns[0], value)


def _is_called(field: Field, column: ColumnElement[Any], value: str) -> ColumnElement[bool]:
    """Whether what a code is called on screen holds the text."""
    wanted, coded = value.lower().replace("_", " "), _CODED[field.type]
    codes = [code for code, label in coded.items() if wanted in label.lower()]
    found = column.in_(codes) if codes else literal(False)
    if field.type is not FieldType.ISSUE_TYPE:
        return found
    # Types of plug-ins are listed nowhere: they read as they are stored, without the underscores.
    return or_(found, and_(column.not_in(list(coded)), _holds(func.replace(column, "_", " "), wanted)))


def _in_parts(connection: Connection, statement: Select[Any]) -> Iterator[Sequence[Sequence[Any]]]:
    """The rows of the answer, some thousands at a time."""
    if connection.dialect.name != SQLITE:
        yield from connection.execute(statement.execution_options(yield_per=_FETCH)).partitions()
        return
    # The driver's own rows: to have a million of them wrapped takes a second, and says nothing more.
    driver = connection.dialect.loaded_dbapi
    with connection.execute(statement) as result:
        cursor = result.cursor
        try:
            while cursor is not None and (part := cursor.fetchmany(_FETCH)):
                yield part
        except driver.Error as error:  # as SQLAlchemy itself would have raised it
            raise DBAPIError.instance(None, None, error, driver.Error, dialect=connection.dialect) from error


def _is_among(column: ColumnElement[int], ids: Sequence[int]) -> ColumnElement[bool]:
    """Whether the column has one of these ids, each given once; those of a page mostly follow each other."""
    if ids and max(ids) - min(ids) == len(ids) - 1:
        return column.between(min(ids), max(ids))
    return column.in_(list(ids))


def _compare(
    left: ColumnElement[Any], operator: Operator, right: ColumnElement[Any] | Any
) -> ColumnElement[bool]:
    comparisons: dict[Operator, ColumnElement[bool]] = {
        Operator.GREATER: left > right,
        Operator.LESS: left < right,
        Operator.AT_LEAST: left >= right,
        Operator.AT_MOST: left <= right,
        Operator.EQUALS: left == right,
        Operator.CONTAINS: left == right,
    }
    return comparisons[operator]


def _compare_number(
    columns: Sequence[ColumnElement[Any]], operator: Operator, number: Exact
) -> ColumnElement[bool]:
    """Compares part by part, exactly: the parts of a number all carry its sign."""
    # A part that the field has no column for is 0: no whole number is 12.5.
    parts = [part for place, part in enumerate(number) if place < len(columns) or any(number[place:])]
    stored = [*columns, *[literal(0, BigInteger)] * (len(parts) - len(columns))]
    result: ColumnElement[bool] | None = None
    for column, part in reversed(list(zip(stored, parts, strict=True))):
        value = literal(part, BigInteger)
        if result is None:
            result = _compare(column, operator, value)
        elif operator in (Operator.EQUALS, Operator.CONTAINS):
            result = and_(column == value, result)
        else:
            strict = column > value if operator in (Operator.GREATER, Operator.AT_LEAST) else column < value
            result = or_(strict, and_(column == value, result))
    assert result is not None
    return result


def _compare_typed_number(
    columns: Sequence[ColumnElement[Any]], term: Term, number: Exact
) -> ColumnElement[bool]:
    """As `_compare_number`; a number that is looked for without a sign is found with either."""
    found = _compare_number(columns, term.operator, number)
    if term.operator is not Operator.CONTAINS or term.value.startswith(("-", "−", "+")):
        return found
    return or_(found, _compare_number(columns, term.operator, Exact(*(-part for part in number))))


def _compare_age(detected_at: ColumnElement[Any], term: Term) -> ColumnElement[bool]:
    """Age in whole days: `age>=3` is detected at least three days ago."""
    if term.number is None:
        return literal(False)
    from datetime import UTC, datetime, timedelta

    def days_ago(days: int) -> str:
        moment = datetime.now(UTC) - timedelta(days=days)
        return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def is_reached(days: int) -> ColumnElement[bool]:
        return detected_at <= days_ago(min(days, _LONGEST_AGE)) if days > 0 else true()

    days = to_decimal(*term.number)
    at_least, more = is_reached(ceil(days)), is_reached(floor(days) + 1)
    return {
        Operator.AT_LEAST: at_least,
        Operator.GREATER: more,
        Operator.LESS: not_(at_least),
        Operator.AT_MOST: not_(more),
    }.get(term.operator, and_(at_least, not_(more)))


class _Like(FunctionElement[bool]):
    """A pattern that a text matches in any case of letters.

    SQLite's LIKE does that by itself; lowering both sides first, as SQLAlchemy would, takes three times as
    long.
    """

    type = Boolean()
    inherit_cache = True
    name = "like_any_case"


@compiles(_Like, "sqlite")
def _like_on_sqlite(element: _Like, compiler: SQLCompiler, **options: Any) -> str:
    text, pattern = element.clauses
    return f"({compiler.process(text, **options)} LIKE {compiler.process(pattern, **options)} ESCAPE '/')"


@compiles(_Like, "postgresql")
def _like_on_postgresql(element: _Like, compiler: SQLCompiler, **options: Any) -> str:
    text, pattern = element.clauses
    return f"({compiler.process(text, **options)} ILIKE {compiler.process(pattern, **options)} ESCAPE '/')"


def _holds(text: ColumnElement[Any], value: str) -> ColumnElement[bool]:
    """Whether the text holds the value, in any case of letters."""
    escaped = re.sub("[%_/]", r"/\g<0>", value)
    return _Like(text, literal(f"%{escaped}%"))


def _decimal_starts_with(columns: Sequence[ColumnElement[Any]], value: str) -> ColumnElement[bool]:
    """Whether the number is the one typed, or begins with its whole digits (1265 finds 1,265,955.00)."""
    digits = plain_number(value)
    unsigned = digits.removeprefix("-")
    if (
        not unsigned
        or not unsigned.replace(".", "", 1).isascii()
        or not unsigned.replace(".", "", 1).isdigit()
    ):
        return literal(False)
    whole, dot, fraction = unsigned.partition(".")
    units = cast(func.abs(columns[0]), Text)
    # Without a minus either sign will do; with one, as it is shown, only a number below 0.
    sign = or_(*[column < 0 for column in columns]) if digits.startswith("-") else true()
    if not dot:
        return and_(sign, units.startswith(whole, autoescape=True))
    padded = func.substr(cast(func.abs(columns[1]) + 1_000_000_000, Text), 2)
    same_units = units == (whole.lstrip("0") or "0")
    return and_(sign, same_units, padded.startswith(fraction, autoescape=True))
