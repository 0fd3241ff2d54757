"""The rules' settings: what a dry run says is what the next run does, and nobody's settings are lost."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields, replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, event, func, select, text

from opspilot_desktop.domain.jobs import Cancelled, Handle
from opspilot_desktop.operations.issue_work import ignore_issues, reopen_issues, resolve_issues
from opspilot_desktop.operations.reconciling import change_rule_settings, reconcile
from opspilot_desktop.operations.rules import (
    RulesPreview,
    SavedMeanwhile,
    preview_rules,
    read_rules,
    read_versions,
    save_rules,
)
from opspilot_desktop.operations.workspace import Workspace, open_workspace
from opspilot_desktop.recon import matching
from opspilot_desktop.recon.findings import findings, storing
from opspilot_desktop.recon.preview import _shadow
from opspilot_desktop.recon.rule import Check
from opspilot_desktop.recon.rule_facts import EVERY_SETTING, FACTS, SETTING_LABELS, SHARED, facts_of
from opspilot_desktop.recon.rule_settings import CONTRACT_RULES, RuleSettings, SignConvention, Tolerance
from opspilot_desktop.recon.rules import built_in
from opspilot_desktop.recon.scope import Scope
from opspilot_desktop.recon.temporary import create
from opspilot_desktop.store import schema
from opspilot_desktop.store.schema import issue_comments, issues
from tests.helpers.books import add_entries, add_trades, change_trade, entry, trade

OUTCOMES = ("opened", "reopened", "changed", "cleared")


def fill(workspace: Workspace) -> None:
    """Trades and entries in which every rule of the contract finds something, at several sizes."""
    add_trades(
        workspace,
        *[
            trade(
                f"T{number}",
                quantity=str(10 + number % 7 + (900 if number % 11 == 0 else 0)),
                price="2.5",
                instrument="ABC" if number % 2 else "XYZ",
                account=f"A{number % 3}",
                counterparty="Bank" if number % 5 else "Broker",
                side="BUY" if number % 3 else "SELL",
                status="settled" if number % 6 == 5 else "pending",
                trade_date="2026-11-02",
                settle_date=f"2026-11-{2 + number % 27:02d}",
            )
            for number in range(60)
        ],
    )
    entries = []
    for number in range(64):
        if number % 9 == 4:
            continue
        gross = Decimal(10 + number % 7 + (900 if number % 11 == 0 else 0)) * Decimal("2.5")
        off = Decimal(number % 4) * Decimal("0.02")
        entries.append(
            entry(
                f"T{number}",
                f"{gross + off:f}",
                currency="USD" if number % 13 == 3 else "EUR",
                entry_type="debit" if number % 3 else "credit",
                account=f"A{number % 4}",
                value_date="2026-11-09",
            )
        )
    add_entries(workspace, *entries)


def counted(preview: RulesPreview) -> Counter[tuple[str, str]]:
    """A dry run's counts, by rule and outcome."""
    counts: Counter[tuple[str, str]] = Counter()
    for change in preview.changes:
        numbers = (change.opened, change.reopened, change.updated, change.cleared)
        counts.update({(change.kind.value, name): n for name, n in zip(OUTCOMES, numbers, strict=True)})
    return +counts


def done(workspace: Workspace, run_id: int) -> Counter[tuple[str, str]]:
    """What a run did, read off the issues and their history."""
    counts: Counter[tuple[str, str]] = Counter()
    of_run = issue_comments.c.run_id == run_id
    joined = issue_comments.join(issues, issues.c.id == issue_comments.c.issue_id)
    kinds = select(issues.c.issue_type, issue_comments.c.kind, func.count()).select_from(joined)
    opened = select(issues.c.issue_type, func.count()).where(issues.c.opened_run == run_id)
    with workspace.database.read() as connection:
        for kind, outcome, number in connection.execute(
            kinds.where(of_run, issue_comments.c.kind.in_(OUTCOMES)).group_by(
                issues.c.issue_type, issue_comments.c.kind
            )
        ):
            counts[kind, outcome] = number
        for kind, number in connection.execute(opened.group_by(issues.c.issue_type)):
            counts[kind, "opened"] = number
    return counts


def assert_foretold(workspace: Workspace, wanted: RuleSettings) -> RulesPreview:
    """Looks ahead, keeps the settings, runs, and compares."""
    preview = preview_rules(Handle(), workspace, wanted)
    change_rule_settings(workspace, wanted)
    summary = reconcile(Handle(), workspace).summary
    assert counted(preview) == done(workspace, summary.run_id)
    return preview


def amounts(most: int) -> st.SearchStrategy[Decimal]:
    return st.integers(0, most).map(lambda cents: Decimal(cents) / 100)


NAMES = sorted(rule.issue_type.value for rule in built_in())
LINES = st.builds(
    Tolerance,
    absolute=amounts(8),
    basis_points=amounts(200),
    instrument=st.sampled_from([None, "ABC"]),
    account=st.sampled_from([None, "A1"]),
    currency=st.sampled_from([None, "EUR"]),
)
CHANGES: dict[str, st.SearchStrategy[Any]] = {
    "tolerance": amounts(8),
    "basis_points": amounts(30),
    "tolerances": st.lists(LINES, max_size=2).map(tuple),
    "anomaly_factor": st.sampled_from([Decimal(1), Decimal(2), Decimal(5), Decimal(8)]),
    "checked_statuses": st.sampled_from([("pending",), ("settled",), ("pending", "settled"), ("none",)]),
    "enabled": st.sets(st.sampled_from(NAMES)).map(frozenset),
    "signs": st.sampled_from([{}, {"": SignConvention.BY_ENTRY_TYPE}, {"": SignConvention.BUY_NEGATIVE}]),
    "debit_types": st.sampled_from([("debit",), ("credit",)]),
    "calendar": st.sampled_from(["", "DE"]),
    "missing_days": st.integers(0, 3),
    "stale_days": st.integers(0, 5),
    "settlement_days": st.integers(0, 5),
    "accounts": st.sampled_from([{}, {"A3": "A0"}]),
    "duplicate_ignored": st.sampled_from([(), ("settled",)]),
    "price_deviations": st.sampled_from([Decimal(1), Decimal(10)]),
    "quantity_deviations": st.sampled_from([Decimal(1), Decimal(10)]),
    "sample_size": st.sampled_from([3, 20]),
}
STEPS = st.lists(
    st.sampled_from(sorted(CHANGES)).flatmap(lambda name: st.tuples(st.just(name), CHANGES[name])), max_size=4
)


def test_every_setting_can_be_changed_here() -> None:
    assert set(CHANGES) == {one.name for one in fields(RuleSettings)}


@contextmanager
def filled(target: str) -> Iterator[Workspace]:
    with open_workspace(target, create=True) as workspace:
        fill(workspace)
        yield workspace


@pytest.fixture
def books(target: str) -> Iterator[Workspace]:
    with filled(target) as workspace:
        yield workspace


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS, touch=st.integers(0, 3))
def test_a_dry_run_says_what_the_next_run_does(books: Workspace, steps: list[Any], touch: int) -> None:
    """The workspace goes on from example to example: from any settings to any others."""
    wanted = read_rules(Handle(), books).settings
    for number, (name, value) in enumerate(steps):
        wanted = replace(wanted, **{name: value})
        if touch == 1 and number == 1:  # data that changed since the last run
            change_trade(books, trade("T2", quantity=str(100 + len(steps)), account="A2"))
        if touch == 2 and number == 2:  # settings that were kept, and no run since
            change_rule_settings(books, replace(wanted, tolerance=Decimal("0.5")))
        assert_foretold(books, wanted)


def test_before_the_first_run_everything_would_open(books: Workspace) -> None:
    preview = assert_foretold(books, RuleSettings())
    assert preview.pending
    assert set(preview.was_run) == set(NAMES)
    assert {outcome for _, outcome in counted(preview)} == {"opened"}
    assert {change.kind.value for change in preview.changes} == CONTRACT_RULES
    examples = preview.changes[0].examples
    assert len(examples) == 3
    assert examples[0].issue_id is None
    assert examples[0].trade_id is not None
    assert "too much" in examples[0].description


def test_only_the_rules_concerned_are_run(books: Workspace) -> None:
    reconcile(Handle(), books)
    now = RuleSettings()
    assert preview_rules(Handle(), books, now).was_run == ()
    wider = preview_rules(Handle(), books, replace(now, tolerance=Decimal(1)))
    assert wider.was_run == ("AMOUNT_MISMATCH",)
    assert not wider.pending
    [change] = wider.changes
    assert change.cleared == change.total > 0
    assert change.examples[0].issue_id is not None
    off = preview_rules(Handle(), books, replace(now, enabled=now.enabled - {"ORPHAN_LEDGER_ENTRY"}))
    assert off.was_run == ("ORPHAN_LEDGER_ENTRY",)
    statuses = preview_rules(Handle(), books, replace(now, checked_statuses=("settled",)))
    assert set(statuses.was_run) == {"AMOUNT_MISMATCH", "MISSING_LEDGER_ENTRY", "CURRENCY_MISMATCH"}


@pytest.mark.parametrize("name", NAMES)
def test_one_rule_that_is_switched_on_alone_is_foretold(books: Workspace, name: str) -> None:
    """Whatever it needs of the other rules' work has to be there without them."""
    on = RuleSettings(enabled=CONTRACT_RULES | {name})
    change_rule_settings(books, replace(on, enabled=on.enabled - {name}))
    reconcile(Handle(), books)
    preview = assert_foretold(books, on)
    assert preview.was_run == (name,)
    if name in CONTRACT_RULES:
        assert counted(preview)[name, "opened"] > 0


@pytest.mark.parametrize("name", ["ACCOUNT_MISMATCH", "SETTLEMENT_DATE_MISMATCH"])
def test_a_trade_with_several_entries_that_differ_is_counted_once(workspace: Workspace, name: str) -> None:
    said = {"account": "A", "settle_date": "2026-11-02"}
    add_trades(workspace, *[trade(trade_id, **said) for trade_id in ("T1", "T2", "T3")])
    other = {"account": "B", "value_date": "2026-11-20"}
    same = {"account": "A", "value_date": "2026-11-02"}
    add_entries(workspace, *[entry(trade_id, "25", **other) for trade_id in ("T1", "T2", "T1", "T1", "T2")])
    add_entries(workspace, entry("T3", "25", **same), entry("T3", "25", **other), entry("T1", "25", **same))
    reconcile(Handle(), workspace)
    preview = assert_foretold(workspace, RuleSettings(enabled=CONTRACT_RULES | {name}))
    assert counted(preview)[name, "opened"] == 3


def test_what_people_did_is_foretold_too(books: Workspace) -> None:
    reconcile(Handle(), books)
    with books.database.read() as connection:
        ids = connection.execute(
            select(issues.c.id).where(issues.c.issue_type == "AMOUNT_MISMATCH").order_by(issues.c.id)
        ).scalars()
        first, second, third, *_ = ids
    resolve_issues(books, [first, third], "FEES", "")
    ignore_issues(books, [second], "ACCEPTED", "")
    assert_foretold(books, replace(RuleSettings(), tolerance=Decimal(1)))
    reopen_issues(books, [third])  # gone, and open by hand
    assert_foretold(books, replace(RuleSettings(), tolerance=Decimal(2)))
    back = assert_foretold(books, RuleSettings())
    assert counted(back)["AMOUNT_MISMATCH", "reopened"] > 0


def test_after_a_run_as_of_a_date_the_next_one_is_foretold(books: Workspace) -> None:
    from datetime import date

    reconcile(Handle(), books, as_of=date(2026, 11, 10))
    preview = assert_foretold(books, RuleSettings())
    assert counted(preview)["MISSING_LEDGER_ENTRY", "opened"] > 0


def test_a_dry_run_takes_no_lock_and_leaves_nothing(books: Workspace) -> None:
    """It goes on while somebody else holds every lock that a run takes, with every rule on."""
    reconcile(Handle(), books)
    wanted = replace(
        RuleSettings(), enabled=frozenset(NAMES), anomaly_factor=Decimal(2), tolerance=Decimal(1)
    )
    before = state(books)
    with books.database.write() as connection:
        if books.database.is_postgresql:
            connection.execute(text("LOCK TABLE issues IN EXCLUSIVE MODE"))
            connection.execute(text("LOCK TABLE settings IN EXCLUSIVE MODE"))
        handle = Handle()
        assert preview_rules(handle, books, wanted).changes
    assert state(books) == before


def state(workspace: Workspace) -> list[Any]:
    tables = (schema.issues, schema.issue_comments, schema.runs, schema.dirty, schema.settings)
    with workspace.database.read() as connection:
        return [
            connection.execute(select(table).order_by(*table.primary_key)).all()
            for table in (*tables, schema.rule_versions, schema.audit_log)
        ]


def test_a_dry_run_can_be_cancelled(books: Workspace) -> None:
    handle = Handle()
    handle.report = lambda done, _total, _text: handle.cancel() if done else None
    handle.interval = 0
    with pytest.raises(Cancelled):
        preview_rules(handle, books, RuleSettings())


def test_newer_settings_of_somebody_else_are_not_overwritten(books: Workspace) -> None:
    mine = read_rules(Handle(), books)
    assert mine.version is None
    colleague = Workspace(books.path, "a.okafor", books.database)
    save_rules(Handle(), colleague, replace(mine.settings, tolerance=Decimal(3)), None)
    with pytest.raises(SavedMeanwhile, match=r"a\.okafor saved version 1 on 20") as refused:
        save_rules(Handle(), books, replace(mine.settings, anomaly_factor=Decimal(7)), mine.version)
    assert read_rules(Handle(), books).settings.tolerance == Decimal(3)
    save_rules(Handle(), books, replace(mine.settings, anomaly_factor=Decimal(7)), refused.value.version)
    assert read_rules(Handle(), books).settings == replace(mine.settings, anomaly_factor=Decimal(7))
    assert [(version.number, version.who) for version in read_versions(Handle(), books)][1] == (1, "a.okafor")
    run = reconcile(Handle(), books).summary.run_id
    with books.database.read() as connection:
        found = connection.execute(text("SELECT rules_version FROM runs WHERE id = :run"), {"run": run})
        assert found.scalar_one() == 2


class Spying(RuleSettings):
    """Settings that note which of them are read."""

    def __getattribute__(self, name: str) -> Any:
        if name in EVERY_SETTING:
            seen = object.__getattribute__(self, "__dict__").get("_seen")
            if seen is not None:
                seen.add(name)
        return object.__getattribute__(self, name)

    def __eq__(self, other: object) -> bool:  # nothing is read to keep a statement for the next time
        return self is other

    def __hash__(self) -> int:
        return id(self)


def spying(plain: RuleSettings) -> tuple[Spying, set[str]]:
    seen: set[str] = set()
    made = Spying(**{one.name: getattr(plain, one.name) for one in fields(plain)})
    object.__setattr__(made, "_seen", seen)
    return made, seen


@contextmanager
def statements(connection: Connection) -> Iterator[list[str]]:
    heard: list[str] = []

    def hear(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        heard.append(statement)

    event.listen(connection, "before_cursor_execute", hear)
    yield heard
    event.remove(connection, "before_cursor_execute", hear)


@pytest.mark.parametrize("name", NAMES)
def test_the_settings_that_a_rule_reads_are_declared(books: Workspace, name: str) -> None:
    """A dry run would leave a rule out that reads a setting without saying so."""
    rule = next(rule for rule in built_in() if rule.issue_type.value == name)
    signs = {"": SignConvention.BY_ENTRY_TYPE}
    plain = replace(
        RuleSettings(), enabled=frozenset({name}), tolerances=(Tolerance(currency="EUR"),), signs=signs
    )
    own, read = spying(plain)
    shared, read_for_pairs = spying(plain)
    with books.database.scratch() as connection:
        _shadow(connection)
        matching.find_pairs(Check(connection, Scope(is_full=True), shared))
        create(connection, findings)
        with statements(connection) as heard:
            query = rule.query(Check(connection, Scope(is_full=True), own))
            if query is not None:
                connection.execute(storing(query))
    if any(re.search(r"\bpairs\b", statement) for statement in heard):
        read |= read_for_pairs
    assert read <= facts_of(name).reads, f"{sorted(read - facts_of(name).reads)} stand not in rule_facts"


@pytest.mark.parametrize("name", NAMES)
def test_every_rule_of_the_program_is_described(name: str) -> None:
    assert name in FACTS


def test_every_setting_has_its_place_and_its_words() -> None:
    owned = [setting for facts in FACTS.values() for setting in facts.settings]
    assert len(owned) == len(set(owned)), "a setting is shown twice"
    assert set(owned) | set(SHARED) == set(EVERY_SETTING) == set(SETTING_LABELS)
    assert len(set(SETTING_LABELS.values())) == len(SETTING_LABELS), "two settings have the same label"
    assert not set(owned) & set(SHARED)
    assert {name for facts in FACTS.values() for name in facts.shared} == set(SHARED)
