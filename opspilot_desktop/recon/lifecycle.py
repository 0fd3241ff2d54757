"""What becomes of the issues there are once a run has its findings.

| the data | open, investigating | resolved, ignored | cleared |
|---|---|---|---|
| still show it, material evidence equal | stay | stay | (cannot be) |
| still show it, material evidence changed | stay, with the new evidence | open, with a note | (cannot be) |
| no longer show it | cleared | stay, marked gone | stay |
| show it again | stay | resolved open; ignored stay if the material is equal, else open | open |

Assignee, comments and history survive all of it. Everything here is set-based. An issue that is gone is
open or investigating only when a person reopened it after the run that found it gone; that leaves a mark
(see store.issue_writes), so that the next run looks at it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Insert,
    MetaData,
    Table,
    Update,
    and_,
    bindparam,
    case,
    exists,
    func,
    insert,
    literal,
    null,
    or_,
    select,
    update,
)

from ..domain.issues import UNDER_WORK, IssueKind, IssueStatus, IssueType
from ..store.schema import PlainText, RowId, issue_comments, issues, trades
from . import sql
from .findings import findings
from .scope import Scope
from .temporary import create

_temporary = MetaData()
_outcomes = Table(
    "outcomes",
    _temporary,
    Column("issue_id", RowId, primary_key=True),
    Column("outcome", PlainText),
    prefixes=["TEMPORARY"],
)

_REOPENED, _CHANGED, _BACK, _CLEARED, _GONE = "reopened", "changed", "back", "cleared", "gone"
NO_LONGER_SHOWN = "The data no longer show it"
NO_LONGER_CHECKED = "No longer checked"
SHOWN_AGAIN = "The data show it again"
EVIDENCE_CHANGED = "The evidence changed"

# What a statement is given of the run that executes it (see RunMark).
_RUN_ID = bindparam("run_id", type_=RowId)
_AT = bindparam("at", type_=PlainText)
_WHO = bindparam("who", type_=PlainText)


@dataclass(frozen=True)
class Counts:
    """What a run did to the issues."""

    opened: int
    reopened: int
    updated: int
    cleared: int


@dataclass(frozen=True)
class RunMark:
    """The run that changes the issues: its number, time and person."""

    run_id: int
    at: str
    who: str


def apply_findings(
    connection: Connection,
    mark: RunMark,
    scope: Scope,
    looked_at: Sequence[IssueKind],
    checked_statuses: Sequence[str],
) -> Counts:
    """Opens, reopens, updates and clears issues by the table `findings`, with their history.

    Issues of types that were not looked at stay as they are.
    """
    _keep_people_out(connection)
    find_outcomes(connection, scope, looked_at)
    by_outcome = select(_outcomes.c.outcome, func.count()).group_by(_outcomes.c.outcome)
    counted: dict[str, int] = dict(connection.execute(by_outcome).all())
    if counted:
        connection.execute(_note_in_history(tuple(checked_statuses)), vars(mark))
    for outcome in counted:
        connection.execute(_updates()[outcome], vars(mark))
    opened = connection.execute(_open_new(), vars(mark)).rowcount
    return Counts(opened, counted.get(_REOPENED, 0), counted.get(_CHANGED, 0), counted.get(_CLEARED, 0))


def _keep_people_out(connection: Connection) -> None:
    """Makes people's actions wait until the run is committed; what is read here is then what is updated.

    They take no part in the lock that the run holds. Readers go on.
    """
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("LOCK TABLE issues IN EXCLUSIVE MODE")


def _identity() -> ColumnElement[bool]:
    return and_(issues.c.issue_type == findings.c.issue_type, issues.c.issue_key == findings.c.issue_key)


def _under_work() -> ColumnElement[bool]:
    return issues.c.status.in_([status.value for status in UNDER_WORK])


@cache
def _find_shown() -> Insert:
    """The outcome for issues that the data show, where there is one."""
    changed = issues.c.material != findings.c.material
    outcome = case(
        (issues.c.status == IssueStatus.CLEARED.value, _REOPENED),
        (and_(_under_work(), changed), _CHANGED),
        (and_(_under_work(), issues.c.gone), _BACK),
        (_under_work(), null()),
        (changed, _REOPENED),
        (and_(issues.c.gone, issues.c.status == IssueStatus.RESOLVED.value), _REOPENED),
        (issues.c.gone, _BACK),
        else_=null(),
    )
    found = select(issues.c.id, outcome.label("outcome")).select_from(issues.join(findings, _identity()))
    inner = found.subquery()
    return insert(_outcomes).from_select(
        ["issue_id", "outcome"], select(inner).where(inner.c.outcome.is_not(None))
    )


@lru_cache(maxsize=64)
def _find_vanished(scope: Scope, kind: IssueKind) -> Insert:
    """The outcome for issues of a rule that it looked at, and that the data no longer show."""
    found = select(literal(1)).where(_identity()).correlate(issues).select_from(findings)
    vanished = select(issues.c.id, case((_under_work(), _CLEARED), else_=_GONE)).where(
        issues.c.issue_type == kind.value,
        scope.looks_at(kind, issues.c.issue_key),
        issues.c.status != IssueStatus.CLEARED.value,
        or_(_under_work(), ~issues.c.gone),
        ~exists(found),
    )
    return insert(_outcomes).from_select(["issue_id", "outcome"], vanished)


@lru_cache(maxsize=8)
def _note_in_history(checked_statuses: tuple[str, ...]) -> Insert:
    """A line of history for each outcome."""
    # An orphan goes when its trade comes, whatever the trade's status.
    left = [
        kind.value for kind in IssueType if kind.is_matching and kind is not IssueType.ORPHAN_LEDGER_ENTRY
    ]
    trade = exists().where(trades.c.trade_id == issues.c.trade_id, trades.c.status.not_in(checked_statuses))
    unchecked = and_(issues.c.issue_type.in_(left), trade.correlate(issues))
    moved = or_(
        issues.c.difference_units.is_distinct_from(findings.c.difference_units),
        issues.c.difference_nanos.is_distinct_from(findings.c.difference_nanos),
        issues.c.difference_rest.is_distinct_from(findings.c.difference_rest),
    )
    both = and_(issues.c.difference_units.is_not(None), findings.c.difference_units.is_not(None))
    texts = case(
        (and_(_outcomes.c.outcome.in_([_CLEARED, _GONE]), unchecked), NO_LONGER_CHECKED),
        (_outcomes.c.outcome.in_([_CLEARED, _GONE]), NO_LONGER_SHOWN),
        (and_(moved, both), _difference(issues).concat(" became ").concat(_difference(findings))),
        (issues.c.material != findings.c.material, EVIDENCE_CHANGED),
        else_=SHOWN_AGAIN,
    )
    source = _outcomes.join(issues, issues.c.id == _outcomes.c.issue_id).outerjoin(findings, _identity())
    rows = select(_outcomes.c.issue_id, _outcomes.c.outcome, _AT, _WHO, texts, _RUN_ID).select_from(source)
    names = ["issue_id", "kind", "at", "who", "text", "run_id"]
    return insert(issue_comments).from_select(names, rows.order_by(_outcomes.c.issue_id))


def _difference(table: Table) -> ColumnElement[str]:
    return sql.stored_text(table.c.difference_units, table.c.difference_nanos, table.c.difference_rest)


_EVIDENCE = (
    *("severity", "entry_id", "currency", "difference_units", "difference_nanos", "difference_rest"),
    *("material", "evidence"),
)


@cache
def _updates() -> dict[str, Update]:
    """What each outcome does to its issues."""
    of_outcome = issues.c.id == _outcomes.c.issue_id
    shown = and_(of_outcome, _identity())
    evidence = {name: findings.c[name] for name in _EVIDENCE}
    reopened = {"status": IssueStatus.OPEN.value, "reason": None, "comment": None, "gone": False}
    changes: dict[str, tuple[ColumnElement[bool], dict[str, Any]]] = {
        _CHANGED: (shown, {**evidence, "gone": False}),
        _REOPENED: (shown, {**evidence, **reopened}),
        _BACK: (of_outcome, {"gone": False}),
        _CLEARED: (of_outcome, {"status": IssueStatus.CLEARED.value, "gone": True}),
        _GONE: (of_outcome, {"gone": True}),
    }
    changed_by = {
        "changed_run": _RUN_ID,
        "changed_at": _AT,
        "changed_by": _WHO,
        "row_version": issues.c.row_version + 1,
    }
    return {
        outcome: update(issues).values(**changed_by, **values).where(taken, _outcomes.c.outcome == outcome)
        for outcome, (taken, values) in changes.items()
    }


@cache
def _open_new() -> Insert:
    """Adds an issue for every finding that has none yet."""
    copied = [column.name for column in findings.columns]
    own: dict[str, ColumnElement[Any]] = {
        "status": literal(IssueStatus.OPEN.value),
        "gone": literal(False),
        "detected_at": _AT,
        "opened_run": _RUN_ID,
        "changed_run": _RUN_ID,
        "changed_by": _WHO,
        "changed_at": _AT,
        "row_version": literal(1),
    }
    rows = (
        select(*[findings.c[name] for name in copied], *own.values())
        .where(is_new())
        .order_by(findings.c.issue_type, findings.c.issue_key)
    )
    added = insert(issues).from_select([*copied, *own], rows)
    return added.execution_options(preserve_rowcount=True)


# What a dry run sees of it (see preview)

outcomes = _outcomes
"""The temporary table that `find_outcomes` fills."""
REOPENED, CHANGED, CLEARED = _REOPENED, _CHANGED, _CLEARED


def find_outcomes(connection: Connection, scope: Scope, looked_at: Sequence[IssueKind]) -> None:
    """Fills the table `outcomes` with what becomes of the issues there are; changes none of them."""
    create(connection, _outcomes)
    connection.execute(_find_shown())
    for kind in looked_at:
        connection.execute(_find_vanished(scope, kind))


def same_issue() -> ColumnElement[bool]:
    """Whether a finding is of an issue there is."""
    return _identity()


def is_new() -> ColumnElement[bool]:
    """Whether a finding has no issue yet."""
    known = select(literal(1)).select_from(issues).where(_identity()).correlate(findings)
    return ~exists(known)
