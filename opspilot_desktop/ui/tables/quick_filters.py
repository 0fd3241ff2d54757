"""Filters with a name of their own, shown as chips: what they are called, and what they ask for."""

from __future__ import annotations

import re
from dataclasses import dataclass

from opspilot_desktop.domain.fields import RECORDS, Kind, MatchStatus
from opspilot_desktop.domain.issues import UNDER_WORK, IssueStatus, Severity
from opspilot_desktop.domain.query import Operator, Term
from opspilot_desktop.domain.text import visible

_PLAIN = re.compile(r"\w[\w.-]*")


@dataclass(frozen=True)
class QuickFilter:
    """A chip: `label` is its field and operator ("Status is"), `value` what stands in bold."""

    label: str
    value: str
    terms: tuple[Term, ...]

    @property
    def text(self) -> str:
        """The chip as a sentence's part: "Status is not closed"."""
        return f"{self.label} {self.value}"


NOT_CLOSED = QuickFilter(
    "Status is",
    "not closed",
    tuple(
        Term(status.value, "status", Operator.EQUALS, negated=True)
        for status in IssueStatus
        if status not in UNDER_WORK
    ),
)
"""Issues that still ask for somebody's work."""


def field_is(kind: Kind, field: str, value: str) -> QuickFilter:
    """Rows whose field has this value, in any case of letters."""
    label = RECORDS[kind].field(field).label
    return QuickFilter(f"{label} is", value, (Term(value, field, Operator.EQUALS),))


def default_filters(kind: Kind) -> tuple[QuickFilter, ...]:
    """The chips that a table begins with."""
    return (NOT_CLOSED,) if kind is Kind.ISSUES else ()


def offered_filters(kind: Kind, user: str) -> tuple[QuickFilter, ...]:
    """The chips that a table's “Add filter” offers to this user."""
    if kind is Kind.ISSUES:
        urgent = (
            QuickFilter("Severity is", severity.label, _equals("severity", severity.value))
            for severity in (Severity.CRITICAL, Severity.HIGH)
        )
        mine = QuickFilter("Assignee is", user, _equals("assigned_to", user))
        nobody = QuickFilter("Assignee is", "nobody", _equals("assigned_to", ""))
        return (NOT_CLOSED, *urgent, mine, nobody)
    if kind is Kind.TRADES:
        return tuple(
            QuickFilter("Match is", status.value, _equals("match_status", status.value))
            for status in (MatchStatus.BROKEN, MatchStatus.UNCHECKED, MatchStatus.MATCHED)
        )
    return ()


def spelled(terms: tuple[Term, ...]) -> str | None:
    """The conditions as a filter text; None for a value that such a text cannot hold."""
    if any('"' in term.value or term.value != visible(term.value) for term in terms):
        return None
    return " ".join(
        f"{'-' if term.negated else ''}{term.field or ''}{term.operator.value if term.field else ''}"
        + (term.value if _PLAIN.fullmatch(term.value) else f'"{term.value}"')
        for term in terms
    )


def _equals(field: str, value: str) -> tuple[Term, ...]:
    return (Term(value, field, Operator.EQUALS),)
