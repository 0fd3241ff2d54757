"""What is told of past runs, against the states that were recorded when they ended."""

from __future__ import annotations

import csv
import random
from dataclasses import replace
from decimal import Decimal
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from opspilot_desktop.domain.clock import now
from opspilot_desktop.domain.errors import KnownError
from opspilot_desktop.domain.fields import ISSUES, Kind
from opspilot_desktop.domain.issues import IssueAction, IssueStatus, is_allowed
from opspilot_desktop.domain.jobs import Handle
from opspilot_desktop.domain.query import Query, parse_filter
from opspilot_desktop.domain.run_history import Effect, Touched
from opspilot_desktop.operations import issue_work, run_history
from opspilot_desktop.operations.importing import import_file
from opspilot_desktop.operations.reading import list_ids
from opspilot_desktop.operations.reconciling import change_rule_settings, reconcile, rule_settings
from opspilot_desktop.operations.run_history import compare_runs, export_runs, list_runs, read_run
from opspilot_desktop.operations.workspace import Workspace
from opspilot_desktop.store.schema import issue_comments, issues, runs
from tests.helpers.books import (
    add_entries,
    add_trades,
    change_trade,
    entry,
    remove_entries,
    remove_trade,
    trade,
)

Snapshot = dict[int, tuple[bool, str]]
"""For each issue whether the data show it, and its material evidence."""


def run(workspace: Workspace, **how: Any) -> int:
    return reconcile(Handle(), workspace, **how).summary.run_id


def snapshot(workspace: Workspace) -> Snapshot:
    with workspace.database.read() as connection:
        rows = connection.execute(select(issues.c.id, issues.c.gone, issues.c.material))
        return {row.id: (not row.gone, row.material) for row in rows}


def ids(touched: Touched, effect: Effect) -> set[int]:
    return {issue.issue_id for issue in touched.issues if issue.effect is effect}


def shift(workspace: Workspace, chance: random.Random, amounts: dict[str, str]) -> None:
    """Changes something in the books, or something that people do with issues."""
    name = f"T{chance.randrange(6)}"
    if chance.random() < 0.4:
        with workspace.database.read() as connection:
            found = connection.execute(select(issues.c.id, issues.c.status)).all()
        if found:
            issue = chance.choice(found)
            act_on(workspace, issue.id, IssueStatus(issue.status), chance)
    elif name not in amounts:
        amounts[name] = ""
        add_trades(workspace, trade(name))
    elif chance.random() < 0.25:
        remove_trade(workspace, name)
        remove_entries(workspace, name)
        del amounts[name]
    elif amounts[name] and chance.random() < 0.4:
        amounts[name] = ""
        remove_entries(workspace, name)
    elif chance.random() < 0.3:
        change_trade(workspace, trade(name, chance.choice(["10", "20"])))
    else:
        amounts[name] = "x"
        add_entries(workspace, entry(name, chance.choice(["25", "24", "1"])))


def act_on(workspace: Workspace, issue_id: int, status: IssueStatus, chance: random.Random) -> None:
    action = chance.choice(list(IssueAction))
    if not is_allowed(action, status):
        return
    if action is IssueAction.RESOLVE:
        issue_work.resolve_issues(workspace, [issue_id], "TIMING")
    elif action is IssueAction.IGNORE:
        issue_work.ignore_issues(workspace, [issue_id], "TIMING")
    elif action is IssueAction.REOPEN:
        issue_work.reopen_issues(workspace, [issue_id])
    else:
        issue_work.investigate_issues(workspace, [issue_id])


@pytest.mark.parametrize("seed", [0, 2, 3])
def test_two_runs_compared_are_the_states_they_left(workspace: Workspace, seed: int) -> None:
    chance, amounts = random.Random(seed), dict[str, str]()
    states: dict[int, Snapshot] = {}
    for _ in range(12):
        for _ in range(chance.randrange(1, 6)):
            shift(workspace, chance, amounts)
        number = run(workspace, full=chance.random() < 0.2)
        states[number] = snapshot(workspace)
    seen = set[Effect]()
    for older, newer in combinations(states, 2):
        before, after = states[older], states[newer]
        was = {issue_id for issue_id, (shown, _) in before.items() if shown}
        now_shown = {issue_id for issue_id, (shown, _) in after.items() if shown}
        on_the_way = [states[number] for number in states if older <= number <= newer]
        changed = {
            issue_id for issue_id in was & now_shown if len({state[issue_id][1] for state in on_the_way}) > 1
        }
        touched = compare_runs(Handle(), workspace, newer, older).touched
        assert ids(touched, Effect.OPENED) == now_shown - was
        assert ids(touched, Effect.CLEARED) == was - now_shown
        assert ids(touched, Effect.CHANGED) == changed
        assert touched.total == len(touched.issues)
        seen |= set(touched.counts)
    assert seen == {Effect.OPENED, Effect.CLEARED, Effect.CHANGED}


@pytest.mark.parametrize("seed", range(2))
def test_a_run_tells_what_it_counted(workspace: Workspace, seed: int) -> None:
    chance, amounts = random.Random(seed), dict[str, str]()
    for _ in range(10):
        for _ in range(chance.randrange(1, 6)):
            shift(workspace, chance, amounts)
        summary = reconcile(Handle(), workspace).summary
        told = read_run(Handle(), workspace, summary.run_id)
        counts = {
            Effect.OPENED: summary.opened,
            Effect.REOPENED: summary.reopened,
            Effect.CHANGED: summary.updated,
            Effect.CLEARED: summary.cleared,
        }
        assert {effect: told.touched.count(effect) for effect in counts} == counts
        assert told.run.checked == summary.checked
        assert told.run.matched == summary.matched
        assert told.run.seconds <= summary.seconds
        query = Query(parse_filter(f"run:{summary.run_id}", ISSUES))
        found = list_ids(Handle(), workspace, Kind.ISSUES, query)
        assert set(found) == {issue.issue_id for issue in told.touched.issues}


def test_opened_and_cleared_in_between_is_neither(workspace: Workspace) -> None:
    add_trades(workspace, trade("A"))
    add_entries(workspace, entry("A", "25"))
    first = run(workspace)
    add_trades(workspace, trade("B"))
    second = run(workspace)
    add_entries(workspace, entry("B", "25"))
    third = run(workspace)
    assert compare_runs(Handle(), workspace, first, third).touched == Touched({}, ())
    assert ids(compare_runs(Handle(), workspace, first, second).touched, Effect.OPENED) == {1}
    cleared = compare_runs(Handle(), workspace, second, third).touched
    assert [(one.issue_id, one.note, one.status) for one in cleared.issues] == [
        (1, "The data no longer show it", "cleared")
    ]


def test_what_people_did_plays_no_part(workspace: Workspace) -> None:
    add_trades(workspace, trade("A"), trade("B"))
    first = run(workspace)
    issue_work.resolve_issues(workspace, [1], "TIMING")
    add_entries(workspace, entry("A", "25"))
    second = run(workspace)
    assert ids(compare_runs(Handle(), workspace, first, second).touched, Effect.CLEARED) == {1}
    assert ids(read_run(Handle(), workspace, second).touched, Effect.GONE) == {1}


def test_figures_are_told_from_the_first_to_the_last(workspace: Workspace) -> None:
    add_trades(workspace, trade("A"))
    add_entries(workspace, entry("A", "20"))
    first = run(workspace)
    for amount in ("1", "2"):
        add_entries(workspace, entry("A", amount))
        last = run(workspace)
    (issue,) = compare_runs(Handle(), workspace, first, last).touched.issues
    assert (issue.effect, issue.note) == (Effect.CHANGED, "−5.00 became −2.00")
    (issue,) = read_run(Handle(), workspace, last).touched.issues
    assert issue.note == "−4.00 became −2.00"


def test_runs_name_the_files_and_the_settings(workspace: Workspace, tmp_path: Path) -> None:
    one, two = tmp_path / "one.csv", tmp_path / "two.csv"
    one.write_text("trade_id,instrument,side,quantity,price\nA,X,BUY,1,1\n")
    two.write_text("trade_id,amount\nA,1\n")
    run(workspace)
    import_file(Handle(), workspace, one, Kind.TRADES)
    run(workspace)
    import_file(Handle(), workspace, two, Kind.LEDGER)
    before = rule_settings(workspace)
    enabled = before.enabled - {"ANOMALOUS_QUANTITY"}
    change_rule_settings(
        workspace, replace(before, tolerance=Decimal("0.05"), enabled=enabled, accounts={"1": "2"})
    )
    run(workspace)
    found = list_runs(Handle(), workspace)
    assert [run.number for run in found.runs] == [3, 2, 1]
    assert [[file.file for file in run.inputs] for run in found.runs] == [["two.csv"], ["one.csv"], []]
    assert [run.settings_version for run in found.runs] == [1, None, None]
    assert found.runs[0].settings_who == workspace.user
    assert not found.more
    compared = compare_runs(Handle(), workspace, 1, 3)
    assert [file.file for file in compared.inputs] == ["one.csv", "two.csv"]
    assert [(one.label, one.before, one.after) for one in compared.settings] == [
        ("Tolerance, in the trade's currency", "0.01", "0.05"),
        ("Rule: Anomalous quantity", "on", "off"),
        ("Account names that mean the same 1", "–", "2"),
    ]
    assert compare_runs(Handle(), workspace, 1, 2).settings == ()


def test_a_run_without_a_note_of_its_newest_import(workspace: Workspace, tmp_path: Path) -> None:
    """As the program's first version recorded them."""
    file = tmp_path / "one.csv"
    file.write_text("trade_id,instrument,side,quantity,price\nA,X,BUY,1,1\n")
    import_file(Handle(), workspace, file, Kind.TRADES)
    run(workspace)
    with workspace.database.write() as connection:
        connection.execute(update(runs).values(last_import=None))
    assert [one.file for one in read_run(Handle(), workspace, 1).run.inputs] == ["one.csv"]


def test_runs_are_read_in_pages(workspace: Workspace) -> None:
    for _ in range(5):
        run(workspace)
    first = list_runs(Handle(), workspace, most=2)
    assert ([one.number for one in first.runs], first.more) == ([5, 4], True)
    second = list_runs(Handle(), workspace, before=4, most=2)
    assert ([one.number for one in second.runs], second.more) == ([3, 2], True)
    last = list_runs(Handle(), workspace, before=2, most=2)
    assert ([one.number for one in last.runs], last.more) == ([1], False)
    assert list_runs(Handle(), workspace, before=1).runs == ()


def test_the_list_is_cut_and_the_count_is_not(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_history, "LISTED_ISSUES", 2)
    add_trades(workspace, *[trade(f"T{number}") for number in range(5)])
    touched = read_run(Handle(), workspace, run(workspace)).touched
    assert (touched.total, len(touched.issues)) == (5, 2)
    assert touched.by_type(Effect.OPENED) == "5 Missing ledger entry"


def test_people_write_between_the_runs(workspace: Workspace) -> None:
    """Lines of people's have no run, and gaps in the numbers are no end of them."""
    add_trades(workspace, *[trade(f"T{number}") for number in range(3)])
    run(workspace)
    with workspace.database.write() as connection:
        line = {"issue_id": 1, "kind": "comment", "at": now(), "who": "u", "text": "", "run_id": None}
        connection.execute(insert(issue_comments), [line | {"id": number} for number in (5, 90, 91, 400)])
    add_entries(workspace, entry("T1", "25"))
    second = run(workspace)
    remove_entries(workspace, "T1")
    third = run(workspace)
    assert len(read_run(Handle(), workspace, second).touched.issues) == 1
    assert ids(read_run(Handle(), workspace, third).touched, Effect.REOPENED) == {2}
    assert compare_runs(Handle(), workspace, 1, third).touched.total == 0


@pytest.mark.parametrize("number", [0, -1, 2, 2**63 - 1, 2**70])
def test_a_run_that_there_is_not(workspace: Workspace, number: int) -> None:
    run(workspace)
    with pytest.raises(KnownError, match="There is no run"):
        read_run(Handle(), workspace, number)
    with pytest.raises(KnownError, match="There is no run"):
        compare_runs(Handle(), workspace, 1, number)
    with pytest.raises(KnownError, match="two different runs"):
        compare_runs(Handle(), workspace, 1, 1)


def test_runs_go_into_a_file(workspace: Workspace, tmp_path: Path) -> None:
    file = tmp_path / "one.csv"
    file.write_text("trade_id,instrument,side,quantity,price,status\nA,X,BUY,1,1,settled\n")
    import_file(Handle(), workspace, file, Kind.TRADES)
    run(workspace)
    run(workspace)
    target = tmp_path / "runs.csv"
    assert export_runs(Handle(), workspace, target) == 2
    with target.open(encoding="utf-8-sig", newline="") as written:
        rows = list(csv.DictReader(written))
    assert [(row["run"], row["not_checked"], row["files"]) for row in rows] == [
        ("2", "", ""),
        ("1", "1 settled", "one.csv"),
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("run:2", [1, 3]),
        ("run=2", [1, 3]),
        ("-run:2", [2]),
        ("run:1-2", [1, 2, 3]),
        ("run:1–1", [1, 2]),
        ("run:7", []),
        ("run:x", []),
        ("run>1", []),
        ("run:999999999999999999-9", []),
    ],
)
def test_issues_are_found_by_run(workspace: Workspace, text: str, found: list[int]) -> None:
    add_trades(workspace, trade("A"), trade("B"))
    run(workspace)
    add_entries(workspace, entry("A", "25"))
    add_trades(workspace, trade("C"))
    run(workspace)
    assert list(list_ids(Handle(), workspace, Kind.ISSUES, Query(parse_filter(text, ISSUES)))) == found
