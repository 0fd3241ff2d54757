"""A run of the engine: scope, the matching pass, the rules, and what becomes of the issues."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache, partial
from typing import Any

from sqlalchemy import Connection, Select, SelectBase, bindparam, func, insert, select, update

from ..domain.clock import now
from ..domain.issues import IssueStatus, IssueType
from ..domain.jobs import Handle
from ..store import audit
from ..store.former_trades import keep_former
from ..store.plugin_states import keep_matching_types
from ..store.quantities import count_quantities, keep_quantities, kept_quantities
from ..store.rule_indexes import make_rule_indexes
from ..store.schema import imports, issues, runs, trades
from .due_dates import follow_the_date
from .findings import findings, store, storing
from .guard import Failure, Guard
from .lifecycle import Counts, RunMark, apply_findings
from .matching import find_pairs
from .plugin_rules import FromPlugin, RuleInPython
from .prepared import execute
from .python_pass import run_python_rules
from .rule import Check, ComparesTrades, Rule
from .rule_settings import RuleSettings
from .scope import (
    Scope,
    add_further_keys,
    close_scope,
    has_few_keys,
    look_up_trades,
    open_scope,
    scope_keys,
)
from .temporary import analyze, create, plan_for_few_rows, plan_for_many_rows

_LAST_SETTINGS = select(runs.c.settings).order_by(runs.c.id.desc()).limit(1)
_LAST_IMPORT = select(func.max(imports.c.id))
_ADD_RUN = insert(runs)
_COMPLETE_RUN = update(runs).where(runs.c.id == bindparam("run"))
_OPEN_BY_TYPE = (
    select(issues.c.issue_type, func.count())
    .where(issues.c.status == IssueStatus.OPEN.value)
    .group_by(issues.c.issue_type)
    .order_by(issues.c.issue_type)
)

_PLUGINS = "plugins"
"""Under this name a run's settings keep the versions of the plug-ins' rules."""


@dataclass(frozen=True)
class RunSummary:
    """What a run did. `checked`, `matched` and `not_checked` (by trade status) are of the run's scope;
    `open_by_type` is every issue with status open afterwards; `seconds` run from lock to commit."""

    run_id: int
    scope: str
    checked: int
    not_checked: Mapping[str, int]
    matched: int
    opened: int
    reopened: int
    updated: int
    cleared: int
    open_by_type: Mapping[str, int]
    seconds: float
    warnings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    """What is good to know, and nothing to worry about."""
    failures: tuple[Failure, ...] = ()
    """The plug-ins that failed; whoever started the run switches them off."""


@dataclass(frozen=True)
class Request:
    """What a run is asked: by whom, everything or what changed, and perhaps as of which date.

    `rules_version` is the number of the settings it uses, None while they are the program's own.
    """

    who: str
    settings: RuleSettings
    full: bool = False
    as_of: date | None = None
    rules_version: int | None = None


def run(connection: Connection, handle: Handle, rules: Sequence[Rule], request: Request) -> RunSummary:
    """Runs the rules inside the caller's transaction, which already holds the lock, and audits the run.

    The run is full when asked, when it is the first, or when the settings changed; otherwise it checks
    what changed. Issues of rules that are switched off are cleared. Raises Cancelled through the handle; the
    caller's rollback leaves nothing behind.
    """
    started = time.perf_counter()
    settings = request.settings
    active = [rule for rule in rules if settings.is_on(rule.issue_type.value)]
    steps = len(active) + 3
    guard = Guard(connection, handle)
    plan_for_many_rows(connection)
    handle.step(0, steps, "Looking at what changed")
    make_rule_indexes(connection, [rule.issue_type.value for rule in active])
    check = _begin(connection, request, active, guard)
    mark = RunMark(_new_run(connection, check.scope, request), now(), request.who)
    checked, not_checked = _count_checked(connection, check.scope, settings)
    handle.step(1, steps, f"Matching {checked:,} trades")
    find_pairs(check)
    create(connection, findings)
    notes = find(check, guard, active, steps)
    handle.step(steps - 1, steps, "Updating the issues")
    active = guard.standing(active)
    unmatched = _count_unmatched(connection, active)
    # Of a rule that is off there are no findings: what a person reopened of its issues is cleared again.
    looked_at = [rule.issue_type for rule in guard.standing(rules)]
    counts = apply_findings(connection, mark, check.scope, looked_at, settings.checked_statuses)
    keep_matching_types(connection, _matching_types(active))
    close_scope(connection)
    compares = any(isinstance(rule, ComparesTrades) for rule in active)
    if compares or check.scope.is_full:  # after switching the last of them off, a run is full
        keep_former(connection, on=compares)
    failures = tuple(guard.failures.values())
    summary = RunSummary(
        run_id=mark.run_id,
        scope=check.scope.name,
        checked=checked,
        not_checked=not_checked,
        matched=checked - unmatched,
        opened=counts.opened,
        reopened=counts.reopened,
        updated=counts.updated,
        cleared=counts.cleared,
        open_by_type=_open_by_type(connection),
        seconds=time.perf_counter() - started,
        warnings=(
            *_warnings(connection, checked, not_checked, settings),
            *[failure.warning for failure in failures],
        ),
        notes=notes,
        failures=failures,
    )
    _record(connection, mark, summary, counts, what_counts(settings, active))
    return summary


Keeping = Callable[[Connection, Rule, Select[Any]], None]


def keep_findings(connection: Connection, rule: Rule, query: Select[Any]) -> None:
    """Keeps what a rule's query finds in the table `findings`."""
    if isinstance(rule, FromPlugin):  # another object each time, and of any types
        connection.execute(storing.__wrapped__(query))
    else:
        store(connection, query)


def find(
    check: Check, guard: Guard, active: Sequence[Rule], steps: int, keeping: Keeping = keep_findings
) -> tuple[str, ...]:
    """Asks every rule, and takes back what plug-ins found that failed; returns the run's notes."""

    def keep(rule: Rule) -> None:
        query = rule.query(check)
        if query is not None:
            keeping(check.connection, rule, query)

    for number, rule in enumerate(active, start=2):
        guard.handle.step(number, steps, rule.issue_type.label)
        guard.ask(rule, partial(keep, rule))
    notes: tuple[str, ...] = ()
    in_python = [rule for rule in guard.standing(active) if isinstance(rule, RuleInPython)]
    if in_python:
        done = run_python_rules(check, guard, in_python, steps - 2, steps)
        names = ", ".join(rule.issue_type.label for rule in guard.standing(in_python))
        if names:
            notes = (f"Rules in Python, which are slower, took {done.seconds:.2f} s: {names}.",)
    guard.forget(active)
    return notes


def _matching_types(active: Sequence[Rule]) -> dict[str, bool]:
    """The types that plug-ins bring, and whether they keep a trade from being matched."""
    kinds = [rule.issue_type for rule in active if isinstance(rule, FromPlugin)]
    return {kind.value: kind.is_matching for kind in kinds}


def _begin(connection: Connection, request: Request, active: Sequence[Rule], guard: Guard) -> Check:
    """The run's scope, with what the date and the rules add to it."""
    if request.full or kept_quantities(connection) is None:  # "everything" trusts nothing that is kept
        keep_quantities(connection, count_quantities(connection))
    full = request.full or _settings_changed(connection, request.settings, active)
    scope = open_scope(connection, full=full)
    check = Check(connection, scope, request.settings, request.as_of, guard.handle)
    follow_the_date(check)

    def keep_keys(rule: Rule) -> None:
        keys = rule.further_keys(check)
        if keys is not None:
            add_further_keys(connection, rule.issue_type, keys)

    if not full:
        if has_few_keys(connection):
            plan_for_few_rows(connection)
        else:
            analyze(connection, scope_keys)
        for rule in active:
            guard.ask(rule, partial(keep_keys, rule))
        look_up_trades(connection)
    return check


def what_counts(settings: RuleSettings, active: Sequence[Rule]) -> str:
    """What decides about the issues besides the data: the settings, and the versions of plug-in rules."""
    versions = {rule.issue_type.value: rule.version for rule in active if isinstance(rule, FromPlugin)}
    text = settings.to_json()
    return json.dumps({**json.loads(text), _PLUGINS: versions}, sort_keys=True) if versions else text


def _settings_changed(connection: Connection, settings: RuleSettings, active: Sequence[Rule]) -> bool:
    """Whether the last run used other settings, or not these versions of the plug-ins' rules, or there was
    none.

    A rule that the last run had and this one has not changes nothing: its issues are left alone.
    """
    last = execute(connection, _LAST_SETTINGS).scalar()
    if last is None:
        return True
    values = json.loads(last)
    versions = values.pop(_PLUGINS, {})
    return json.dumps(values, sort_keys=True) != settings.to_json() or any(
        versions.get(rule.issue_type.value) != rule.version for rule in active if isinstance(rule, FromPlugin)
    )


def _new_run(connection: Connection, scope: Scope, request: Request) -> int:
    numbers = dict.fromkeys(
        ("checked", "matched", "opened", "reopened", "updated", "cleared", "milliseconds"), 0
    )
    values = {
        "at": now(),
        "who": request.who,
        "scope": scope.name,
        "settings": request.settings.to_json(),
        "as_of": None if request.as_of is None else request.as_of.isoformat(),
        "rules_version": request.rules_version,
        "last_import": execute(connection, _LAST_IMPORT).scalar(),
        **numbers,
    }
    key = connection.execute(_ADD_RUN, {"not_checked": "{}", **values}).inserted_primary_key
    assert key is not None
    return int(key[0])


def _count_checked(
    connection: Connection, scope: Scope, settings: RuleSettings
) -> tuple[int, dict[str, int]]:
    """How many trades in scope are checked, and how many are not, by status."""
    both, others = _counting(scope, settings.checked_statuses)
    total, checked = execute(connection, both).one()
    return checked, {} if checked == total else dict(execute(connection, others).all())


@lru_cache(maxsize=8)
def _counting(scope: Scope, checked_statuses: tuple[str, ...]) -> tuple[SelectBase, SelectBase]:
    """The queries for the number of all and of the checked trades, and for the others by status."""
    status = scope.trades.c.status
    is_checked = status.in_(checked_statuses)
    both = select(func.count(), func.count().filter(is_checked)).select_from(scope.trades)
    return both, select(status, func.count()).where(~is_checked).group_by(status).order_by(status)


def _count_unmatched(connection: Connection, rules: Sequence[Rule]) -> int:
    """How many checked trades have a finding that keeps them from being matched.

    Those of orphans are left out: their key is on no trade. The other matching rules look at checked trades.
    """
    kinds = [rule.issue_type for rule in rules if rule.issue_type.is_matching]
    matching = [kind.value for kind in kinds if kind is not IssueType.ORPHAN_LEDGER_ENTRY]
    return int(execute(connection, _unmatched(tuple(matching))).scalar_one())


@lru_cache(maxsize=8)
def _unmatched(issue_types: tuple[str, ...]) -> Select[Any]:
    return select(func.count(findings.c.issue_key.distinct())).where(findings.c.issue_type.in_(issue_types))


def _open_by_type(connection: Connection) -> dict[str, int]:
    return dict(execute(connection, _OPEN_BY_TYPE).all())


def _warnings(
    connection: Connection, checked: int, not_checked: Mapping[str, int], settings: RuleSettings
) -> tuple[str, ...]:
    if checked or not not_checked:
        return ()
    others = connection.execute(
        select(trades.c.id).where(trades.c.status.in_(settings.checked_statuses)).limit(1)
    ).first()
    if others is not None:
        return ()
    found = ", ".join(f"{count:,} {status}" for status, count in not_checked.items())
    wanted = ", ".join(settings.checked_statuses)
    return (f"No trade was checked: only trades that are {wanted} are matched, and there are {found}.",)


def _record(
    connection: Connection, mark: RunMark, summary: RunSummary, counts: Counts, settings: str
) -> None:
    numbers: dict[str, Any] = {"checked": summary.checked, "matched": summary.matched, **vars(counts)}
    known = {
        "run": mark.run_id,
        "settings": settings,
        "not_checked": json.dumps(dict(summary.not_checked)),
        "milliseconds": int(summary.seconds * 1000),
    }
    connection.execute(_COMPLETE_RUN, {**known, **numbers})
    details = {"run_id": mark.run_id, "scope": summary.scope, **numbers}
    audit.append(connection, mark.who, "reconcile", f"run {mark.run_id}", details)
