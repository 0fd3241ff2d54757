"""A dry run: what the next run would open, reopen, change and clear by other settings.

It uses the engine's own matching, rules and outcomes, and stops before an issue is touched. Whatever it
writes is temporary, so that it takes no lock from anybody: the tables in which rules keep something from run
to run are shadowed by temporary ones of the same name, which both databases look at first.

It says what the *next run* would do. Where nothing changed since the last run, only the rules that can find
something else by the other settings are run; where something did, or there was no run yet, all are, because
the next run sees the changed data and the settings together.

Of a rule that has no issue yet, whatever it finds would be opened: that is counted, a few are read, and the
evidence of the others is not spelled out.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, MetaData, Select, Table, func, select

from ..domain.issues import IssueKind, IssueType
from ..domain.jobs import Handle
from ..store.schema import dirty, issues, runs, settings
from .doubtful import lay_side_by_side
from .engine import find, keep_findings
from .explain import describe
from .findings import findings
from .guard import Guard
from .lifecycle import CHANGED, CLEARED, REOPENED, find_outcomes, is_new, outcomes, same_issue
from .matching import find_pairs
from .rule import Check, Countable, Rule
from .rule_facts import is_affected, is_ours, uses_pairs
from .rule_settings import RuleSettings
from .scope import Scope
from .temporary import analyze, create, create_as, plan_for_many_rows

OPENED = "opened"
EXAMPLES = 3
"""How many issues of each sort are named for each rule."""

_KEY, _TRADE_ID, _EVIDENCE = (
    findings.columns.keys().index(name) for name in ("issue_key", "trade_id", "evidence")
)
_OUTCOMES = (OPENED, REOPENED, CHANGED, CLEARED)
_SHADOWED: tuple[Table, ...] = (settings,)


@dataclass(frozen=True)
class Example:
    """An issue that would be opened, reopened, changed or cleared; `issue_id` is None while there is none."""

    outcome: str
    issue_id: int | None
    trade_id: str | None
    description: str


@dataclass(frozen=True)
class RuleChange:
    """What the next run would do to one rule's issues; it counts as a run does."""

    kind: IssueKind
    opened: int = 0
    reopened: int = 0
    updated: int = 0
    cleared: int = 0
    examples: tuple[Example, ...] = ()

    @property
    def total(self) -> int:
        """How many issues it concerns."""
        return self.opened + self.reopened + self.updated + self.cleared


@dataclass(frozen=True)
class DryRun:
    """What the next run would do. `was_run` are the names of the rules that were run for it; `pending` says
    that data changed since the last run, or that there was none, so that it is not the settings alone."""

    changes: tuple[RuleChange, ...]
    was_run: tuple[str, ...]
    pending: bool
    warnings: tuple[str, ...] = ()


def dry_run(connection: Connection, handle: Handle, rules: Sequence[Rule], after: RuleSettings) -> DryRun:
    """Runs what has to be run inside the caller's transaction, which has to be rolled back.

    Raises Cancelled through the handle, and KnownError as a run does.
    """
    before = None if _data_changed(connection) else _last_settings(connection)
    wanted = [rule for rule in rules if before is None or is_affected(rule.issue_type.value, before, after)]
    active = [rule for rule in wanted if after.is_on(rule.issue_type.value)]
    # As a run does: an issue of a rule that is off is cleared, whoever reopened it.
    looked_at = [rule for rule in rules if rule in wanted or not after.is_on(rule.issue_type.value)]
    steps = len(active) + 3
    guard = Guard(connection, handle)
    handle.step(0, steps, "Matching")
    plan_for_many_rows(connection)
    _shadow(connection)
    check = Check(connection, Scope(is_full=True), after, handle=handle)
    if any(uses_pairs(rule.issue_type.value) for rule in active):
        find_pairs(check)
    elif any(rule.issue_type is IssueType.ORPHAN_LEDGER_ENTRY for rule in active):
        lay_side_by_side(connection, after)
    create(connection, findings)
    only_opened = _OnlyOpened(_kinds_with_issues(connection))
    find(check, guard, active, steps, only_opened.keep)
    handle.step(steps - 1, steps, "Comparing with the issues there are")
    analyze(connection, findings)
    find_outcomes(connection, check.scope, [rule.issue_type for rule in guard.standing(looked_at)])
    changes = _changes(connection, [rule.issue_type for rule in rules], only_opened.changes)
    warnings = tuple(
        f"The plug-in {one.plugin} fails ({one.reason}); a run would switch it off."
        for one in guard.failures.values()
    )
    return DryRun(changes, tuple(rule.issue_type.value for rule in wanted), before is None, warnings)


class _OnlyOpened:
    """Takes what rules without an issue find, and leaves what the others do to `keep_findings`."""

    def __init__(self, with_issues: Set[str]) -> None:
        self._with_issues = with_issues
        self.changes: dict[str, RuleChange] = {}

    def keep(self, connection: Connection, rule: Rule, query: Select[Any]) -> None:
        """Counts what the query finds, and reads a few examples."""
        kind = rule.issue_type
        if kind.value in self._with_issues or not is_ours(kind.value):
            keep_findings(connection, rule, query)  # a plug-in's has to be looked through for its faults
            return
        every_one = select(func.count()).select_from(query.subquery())
        count = connection.execute(rule.counting() if isinstance(rule, Countable) else every_one).scalar_one()
        if count:
            # The first that come: putting all in order would spell them all out.
            few = sorted(connection.execute(query.limit(EXAMPLES)).all(), key=lambda row: str(row[_KEY]))
            examples = tuple(
                Example(OPENED, None, row[_TRADE_ID], describe(kind.value, json.loads(row[_EVIDENCE])))
                for row in few
            )
            self.changes[kind.value] = RuleChange(kind, opened=count, examples=examples)


def _kinds_with_issues(connection: Connection) -> frozenset[str]:
    return frozenset(connection.execute(select(issues.c.issue_type).distinct()).scalars())


def last_date(connection: Connection) -> date | None:
    """The date as of which the last run looked, None without one."""
    as_of = connection.execute(select(runs.c.as_of).order_by(runs.c.id.desc()).limit(1)).scalar()
    return None if as_of is None else date.fromisoformat(as_of)


def _data_changed(connection: Connection) -> bool:
    """Whether the next run sees other data, or another date, than the last one did."""
    marked = connection.execute(select(dirty.c.id).limit(1)).first() is not None
    return marked or last_date(connection) is not None


def _last_settings(connection: Connection) -> RuleSettings | None:
    """The settings that the issues there are rest on; None where there was no run."""
    last = connection.execute(select(runs.c.settings).order_by(runs.c.id.desc()).limit(1)).scalar()
    return None if last is None else RuleSettings.from_json(last)


def _shadow(connection: Connection) -> None:
    """Lets what the rules keep from run to run go into temporary copies."""
    is_sqlite = connection.dialect.name == "sqlite"
    for table in _SHADOWED:
        stored: Table = table.to_metadata(MetaData(), schema="main") if is_sqlite else table
        create_as(connection, table.name, select(*stored.columns))


def _changes(
    connection: Connection, kinds: Sequence[IssueKind], known: Mapping[str, RuleChange]
) -> tuple[RuleChange, ...]:
    """The outcomes, counted by rule, with a few of each as examples; rules without any are left out."""
    counted: dict[tuple[str, str], int] = {}
    shown = select(issues.c.issue_type, outcomes.c.outcome, func.count()).select_from(
        outcomes.join(issues, issues.c.id == outcomes.c.issue_id)
    )
    for kind, outcome, count in connection.execute(shown.group_by(issues.c.issue_type, outcomes.c.outcome)):
        counted[kind, outcome] = count
    added = select(findings.c.issue_type, func.count()).where(is_new()).group_by(findings.c.issue_type)
    for kind, count in connection.execute(added):
        counted[kind, OPENED] = count
    found = []
    for kind in kinds:
        if kind.value in known:
            found.append(known[kind.value])
            continue
        opened, reopened, changed, cleared = (counted.get((kind.value, name), 0) for name in _OUTCOMES)
        if opened or reopened or changed or cleared:
            examples = _examples(connection, kind, counted)
            found.append(RuleChange(kind, opened, reopened, changed, cleared, examples))
    return tuple(found)


def _examples(
    connection: Connection, kind: IssueKind, counted: dict[tuple[str, str], int]
) -> tuple[Example, ...]:
    examples: list[Example] = []
    for outcome in _OUTCOMES:
        if counted.get((kind.value, outcome)):
            query = _new_ones(kind) if outcome == OPENED else _known_ones(kind, outcome)
            for number, trade_id, evidence in connection.execute(query.limit(EXAMPLES)):
                examples.append(
                    Example(outcome, number, trade_id, describe(kind.value, json.loads(evidence)))
                )
    return tuple(examples)


def _new_ones(kind: IssueKind) -> Select[Any]:
    names: list[ColumnElement[Any]] = [findings.c.trade_id, findings.c.evidence]
    new = select(func.nullif(1, 1), *names).where(findings.c.issue_type == kind.value, is_new())
    return new.order_by(findings.c.issue_key)


def _known_ones(kind: IssueKind, outcome: str) -> Select[Any]:
    """What is shown of an issue is what the run would leave: the new evidence where there is some."""
    evidence = func.coalesce(findings.c.evidence, issues.c.evidence)
    source = outcomes.join(issues, issues.c.id == outcomes.c.issue_id).outerjoin(findings, same_issue())
    return (
        select(issues.c.id, issues.c.trade_id, evidence)
        .select_from(source)
        .where(issues.c.issue_type == kind.value, outcomes.c.outcome == outcome)
        .order_by(issues.c.id)
    )
