"""The filter that keeps the rows which have the same value as a cell."""

from __future__ import annotations

from typing import Any

from opspilot_desktop.domain.clock import age_in_days
from opspilot_desktop.domain.fields import RECORDS, FieldType, Kind
from opspilot_desktop.domain.query import Operator, Term, parse_filter

from .quick_filters import QuickFilter
from .table_spec import Column


def same_as(kind: Kind, column: Column, value: Any) -> QuickFilter | None:
    """Rows of the kind whose value in the column is this one, or blank like it; None for points in time, of
    which no two rows need have the same."""
    if value is None:
        return QuickFilter(f"{column.label} is", "blank", (Term("", column.name, Operator.EQUALS),))
    if column.name == "age":
        terms = _number(kind, column, str(age_in_days(value)))
    elif column.declared.type is FieldType.INSTANT:
        return None
    elif column.declared.type.is_numeric:
        terms = _number(kind, column, str(value))
    else:
        terms = (Term(str(value), column.name, Operator.EQUALS),)
    return QuickFilter(f"{column.label} is", column.show(value), terms)


def _number(kind: Kind, column: Column, text: str) -> tuple[Term, ...]:
    return parse_filter(f"{column.name}={text}", RECORDS[kind])
