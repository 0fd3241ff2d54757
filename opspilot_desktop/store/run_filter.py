"""The issues that runs touched, as a condition of a filter."""

from __future__ import annotations

import re

from sqlalchemy import ColumnElement, literal, or_, select

from ..domain.query import Operator, Term
from .schema import LARGEST_ID, issue_comments, issues

_RUNS = re.compile(r"(\d{1,18})(?:\s*[-–]\s*(\d{1,18}))?", re.ASCII)


def touched_by_runs(term: Term) -> ColumnElement[bool]:
    """Whether an issue was opened, reopened, changed or cleared by run `12`, or by one of the runs `9-12`."""
    found = _RUNS.fullmatch(term.value.strip())
    if found is None or term.operator not in (Operator.CONTAINS, Operator.EQUALS):
        return literal(False)
    first = int(found[1])
    last = min(int(found[2] or first), LARGEST_ID)
    noted = select(issue_comments.c.issue_id).where(issue_comments.c.run_id.between(first, last))
    return or_(issues.c.opened_run.between(first, last), issues.c.id.in_(noted))
