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
    Select,
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
    tuple_,
    update,
)

from ..domain.issues import UNDER_WORK, IssueKind, IssueStatus, IssueType
from ..store.plugin_states import is_matching_type
from ..store.schema import PlainText, RowId, issue_comments, issues, trades
from . import sql
from .findings import findings
from .prepared import execute
from .scope import Scope, further_keys
from .temporary import create

outcomes = Table(
    "outcomes",
    MetaData(),
    Column("issue_id", RowId, primary_key=True, autoincrement=False),
    Column("outcome", PlainText),
    prefixes=["TEMPORARY"],
)

REOPENED, CHANGED, _BACK, CLEARED, _GONE = "reopened", "changed", "back", "cleared", "gone"
NO_LONGER_SHOWN = "The data no longer show it"
NO_LONGER_CHECKED = "No longer checked"
SHOWN_AGAIN = "The data show it again"
EVIDENCE_CHANGED = "The evidence changed"

# What a statement is given of the run that executes it (see RunMark).
_RUN_ID = bindparam("run_id", None, type_=RowId)
_AT = bindparam("at", None, type_=PlainText)
_WHO = bindparam("who", None, type_=PlainText)


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
    counted: dict[str, int] = dict(execute(connection, _by_outcome()).all())
    if counted:
        execute(connection, _note_in_history(tuple(checked_statuses)), vars(mark))
    for outcome in counted:
        execute(connection, _updates()[outcome], vars(mark))
    opened = execute(connection, _open_new(), vars(mark)).rowcount
    return Counts(opened, counted.get(REOPENED, 0), counted.get(CHANGED, 0), counted.get(CLEARED, 0))


def find_outcomes(connection: Connection, scope: Scope, looked_at: Sequence[IssueKind]) -> None:
    """Fills the temporary table `outcomes` with what becomes of the issues there are; changes none."""
    create(connection, outcomes)
    execute(connection, _find_shown())
    execute(connection, _find_vanished(scope, tuple(looked_at)))


def is_new() -> ColumnElement[bool]:
    """Whether a finding has no issue yet."""
    known = select(literal(1)).select_from(issues).where(same_issue()).correlate(findings)
    return ~exists(known)


def _keep_people_out(connection: Connection) -> None:
    """Makes people's actions wait until the run is committed; what is read here is then what is updated.

    They take no part in the lock that the run holds. Readers go on.
    """
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("LOCK TABLE issues IN EXCLUSIVE MODE")


def same_issue() -> ColumnElement[bool]:
    """Whether a finding is of an issue that there is."""
    return and_(issues.c.issue_type == findings.c.issue_type, issues.c.issue_key == findings.c.issue_key)


def _under_work() -> ColumnElement[bool]:
    return issues.c.status.in_([status.value for status in UNDER_WORK])


@cache
def _find_shown() -> Insert:
    """The outcome for issues that the data show, where there is one."""
    changed = issues.c.material != findings.c.material
    outcome = case(
        (issues.c.status == IssueStatus.CLEARED.value, REOPENED),
        (and_(_under_work(), changed), CHANGED),
        (and_(_under_work(), issues.c.gone), _BACK),
        (_under_work(), null()),
        (changed, REOPENED),
        (and_(issues.c.gone, issues.c.status == IssueStatus.RESOLVED.value), REOPENED),
        (issues.c.gone, _BACK),
        else_=null(),
    )
    found = select(issues.c.id, outcome.label("outcome")).select_from(issues.join(findings, same_issue()))
    inner = found.subquery()
    return insert(outcomes).from_select(
        ["issue_id", "outcome"], select(inner).where(inner.c.outcome.is_not(None))
    )


@lru_cache(maxsize=64)
def _find_vanished(scope: Scope, kinds: tuple[IssueKind, ...]) -> Insert:
    """The outcome for issues of the rules that they looked at, and that the data no longer show."""
    found = select(literal(1)).where(same_issue()).correlate(issues).select_from(findings)
    vanished = select(issues.c.id, case((_under_work(), CLEARED), else_=_GONE)).where(
        issues.c.issue_type.in_([kind.value for kind in kinds]),
        issues.c.status != IssueStatus.CLEARED.value,
        or_(_under_work(), ~issues.c.gone),
        ~exists(found),
    )
    if not scope.is_full:
        # The two parts apart: each then looks its keys up by the index of the issues' identities.
        in_scope = vanished.where(scope.contains(issues.c.issue_key))
        further = vanished.where(
            tuple_(issues.c.issue_type, issues.c.issue_key).in_(
                select(further_keys.c.issue_type, further_keys.c.issue_key)
            )
        )
        return insert(outcomes).from_select(["issue_id", "outcome"], in_scope.union(further))
    return insert(outcomes).from_select(["issue_id", "outcome"], vanished)


@cache
def _by_outcome() -> Select[Any]:
    return select(outcomes.c.outcome, func.count()).group_by(outcomes.c.outcome)


@lru_cache(maxsize=8)
def _note_in_history(checked_statuses: tuple[str, ...]) -> Insert:
    """A line of history for each outcome."""
    trade = exists().where(trades.c.trade_id == issues.c.trade_id, trades.c.status.not_in(checked_statuses))
    # An orphan goes when its trade comes, whatever the trade's status.
    orphan = issues.c.issue_type == IssueType.ORPHAN_LEDGER_ENTRY.value
    unchecked = and_(is_matching_type(issues.c.issue_type), ~orphan, trade.correlate(issues))
    moved = or_(
        issues.c.difference_units.is_distinct_from(findings.c.difference_units),
        issues.c.difference_nanos.is_distinct_from(findings.c.difference_nanos),
        issues.c.difference_rest.is_distinct_from(findings.c.difference_rest),
    )
    both = and_(issues.c.difference_units.is_not(None), findings.c.difference_units.is_not(None))
    texts = case(
        (and_(outcomes.c.outcome.in_([CLEARED, _GONE]), unchecked), NO_LONGER_CHECKED),
        (outcomes.c.outcome.in_([CLEARED, _GONE]), NO_LONGER_SHOWN),
        (and_(moved, both), _difference(issues).concat(" became ").concat(_difference(findings))),
        (issues.c.material != findings.c.material, EVIDENCE_CHANGED),
        else_=SHOWN_AGAIN,
    )
    source = outcomes.join(issues, issues.c.id == outcomes.c.issue_id).outerjoin(findings, same_issue())
    rows = select(outcomes.c.issue_id, outcomes.c.outcome, _AT, _WHO, texts, _RUN_ID).select_from(source)
    names = ["issue_id", "kind", "at", "who", "text", "run_id"]
    return insert(issue_comments).from_select(names, rows.order_by(outcomes.c.issue_id))


def _difference(table: Table) -> ColumnElement[str]:
    return sql.stored_text(table.c.difference_units, table.c.difference_nanos, table.c.difference_rest)


_EVIDENCE = (
    *("severity", "entry_id", "currency", "difference_units", "difference_nanos", "difference_rest"),
    *("material", "evidence"),
)


@cache
def _updates() -> dict[str, Update]:
    """What each outcome does to its issues."""
    of_outcome = issues.c.id == outcomes.c.issue_id
    shown = and_(of_outcome, same_issue())
    evidence = {name: findings.c[name] for name in _EVIDENCE}
    reopened = {"status": IssueStatus.OPEN.value, "reason": None, "comment": None, "gone": False}
    changes: dict[str, tuple[ColumnElement[bool], dict[str, Any]]] = {
        CHANGED: (shown, {**evidence, "gone": False}),
        REOPENED: (shown, {**evidence, **reopened}),
        _BACK: (of_outcome, {"gone": False}),
        CLEARED: (of_outcome, {"status": IssueStatus.CLEARED.value, "gone": True}),
        _GONE: (of_outcome, {"gone": True}),
    }
    changed_by = {
        "changed_run": _RUN_ID,
        "changed_at": _AT,
        "changed_by": _WHO,
        "row_version": issues.c.row_version + 1,
    }
    return {
        outcome: update(issues).values(**changed_by, **values).where(taken, outcomes.c.outcome == outcome)
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
