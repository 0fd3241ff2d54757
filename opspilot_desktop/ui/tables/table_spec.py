"""How each type of field stands in a table: alignment, words, width, who paints it, and how it is copied."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from opspilot_desktop.domain.clock import age_in_days, local_minute
from opspilot_desktop.domain.decimals import display
from opspilot_desktop.domain.fields import RECORDS, Field, FieldType, Kind, MatchStatus
from opspilot_desktop.domain.issues import IssueStatus, IssueType, ReasonCode, Severity
from opspilot_desktop.domain.text import visible
from opspilot_desktop.files.exporting import as_csv

MISSING = "–"
"""What stands for a missing value, on screen only: nothing is zero by looking empty."""
UNASSIGNED = "Unassigned"
LONGEST = 500
"""A cell shows no more characters than this; copying and exporting give all of them."""

_DECIMALS = {"quantity": 0}
_USUAL_DECIMALS = 2


class Painter(StrEnum):
    """Who paints a column's cells; Python paints only what the view's own painter cannot."""

    TEXT = "text"
    PILL = "pill"
    AGE = "age"
    ASSIGNEE = "assignee"


@dataclass(frozen=True)
class Column:
    """A field as a column of a table.

    `show` words a value that is there for the screen, `copy` for a spreadsheet. `never_cut`: the column
    grows rather than cut an id or an amount; `gives_way`: it is made narrower where there is too little
    room, and cuts its texts. `role` is the colour of its texts, `roles` that of certain
    texts.
    """

    declared: Field
    show: Callable[[Any], str]
    copy: Callable[[Any], str]
    painter: Painter = Painter.TEXT
    right: bool = False
    never_cut: bool = False
    gives_way: bool = False
    missing: str = MISSING
    role: str = "text"
    roles: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, str] = field(default_factory=dict)
    """The stored value behind each text on screen, where a pill is painted from it."""

    usual: tuple[str, ...] = ()
    """Texts that the column has room for until the user chooses otherwise."""

    @property
    def name(self) -> str:
        """The field's name."""
        return self.declared.name

    @property
    def label(self) -> str:
        """The header's text."""
        return self.declared.label


def columns_of(kind: Kind) -> tuple[Column, ...]:
    """The columns of a kind of record, in the order of its fields."""
    return tuple(_column(declared) for declared in RECORDS[kind].fields)


def _column(declared: Field) -> Column:
    kind = declared.type
    make = _MAKERS.get("age" if declared.name == "age" else kind)
    if make is not None:
        return make(declared)
    words = _words(declared)
    if words is not None:
        roles = _match_roles() if kind is FieldType.MATCH_STATUS else {}
        is_type = kind is FieldType.ISSUE_TYPE
        usual = [word for word in map(words, IssueType) if len(word) <= declared.wide] if is_type else []
        return Column(declared, words, words, gives_way=is_type, roles=roles, usual=tuple(usual))
    whole = declared.name == "currency" or kind in (FieldType.ID, FieldType.DATE, FieldType.SIDE)
    role = "dim" if declared.name == "currency" else "text"
    return Column(declared, shown_text, copied_text, never_cut=whole, gives_way=not whole, role=role)


def _decimal(declared: Field) -> Column:
    decimals = _DECIMALS.get(declared.name, _USUAL_DECIMALS)
    return Column(declared, lambda text: display(text, decimals), str, right=True, never_cut=True)


def _age(declared: Field) -> Column:
    def show(detected_at: str) -> str:
        return f"{age_in_days(detected_at)} d"

    def copy(detected_at: str) -> str:
        return str(age_in_days(detected_at))

    return Column(declared, show, copy, Painter.AGE, right=True, never_cut=True)


def _pill(declared: Field) -> Column:
    members: type[Severity] | type[IssueStatus]
    members = Severity if declared.type is FieldType.SEVERITY else IssueStatus
    labels = {member.value: member.label for member in members}
    values = {label: value for value, label in labels.items()}
    return Column(declared, _labelled(labels), _labelled(labels), Painter.PILL, values=values)


def _person(declared: Field) -> Column:
    return Column(declared, shown_text, copied_text, Painter.ASSIGNEE, missing=UNASSIGNED)


def _instant(declared: Field) -> Column:
    return Column(declared, local_minute, local_minute, never_cut=True)


def _number(declared: Field) -> Column:
    return Column(declared, str, str, never_cut=True)


def _count(declared: Field) -> Column:
    return Column(declared, lambda count: f"{count:,}", str, right=True, never_cut=True)


def _digest(declared: Field) -> Column:
    return Column(declared, str, str, gives_way=True, role="dim")


_MAKERS: Mapping[str, Callable[[Field], Column]] = {
    "age": _age,
    FieldType.DECIMAL: _decimal,
    FieldType.SEVERITY: _pill,
    FieldType.ISSUE_STATUS: _pill,
    FieldType.PERSON: _person,
    FieldType.INSTANT: _instant,
    FieldType.NUMBER: _number,
    FieldType.COUNT: _count,
    FieldType.DIGEST: _digest,
}


def _words(declared: Field) -> Callable[[Any], str] | None:
    """How a coded value is called, for the fields that have such values."""
    if declared.type is FieldType.ISSUE_TYPE:
        return _labelled({kind.value: kind.label for kind in IssueType})
    if declared.type in (FieldType.MATCH_STATUS, FieldType.TRADE_STATUS, FieldType.KIND):
        return lambda value: shown_text(value).capitalize()
    if declared.name == "reason":
        return _labelled({code.value: code.label for code in ReasonCode})
    return None


def _labelled(labels: Mapping[str, str]) -> Callable[[Any], str]:
    """The label of a code; one that only a plug-in knows is spelled out."""
    return lambda value: labels.get(value) or shown_text(value).replace("_", " ").capitalize()


def _match_roles() -> Mapping[str, str]:
    return {MatchStatus.BROKEN.value.capitalize(): "bad", MatchStatus.UNCHECKED.value.capitalize(): "dim"}


def shown_text(value: Any) -> str:
    """A value as one line that cannot pretend to be another."""
    text = str(value)
    if len(text) > LONGEST:
        text = text[: LONGEST - 1] + "…"
    return visible(text)


def copied_text(value: Any) -> str:
    """A text for a cell of a spreadsheet: as it is stored, and never taken for a formula."""
    return as_csv(str(value), numeric=False)
