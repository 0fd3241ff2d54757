"""Programs and people that work at once lose no change, raise nothing twice, and do not wait in a circle."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

from sqlalchemy import select, text

from opspilot_desktop.domain.jobs import Handle
from opspilot_desktop.operations.reading import verify
from opspilot_desktop.operations.reconciling import reconcile
from opspilot_desktop.operations.workspace import Workspace, open_workspace
from opspilot_desktop.store.schema import issue_comments, issues
from tests.helpers import at_once
from tests.helpers.books import add_trades, trade

_FILES, _TRADES = 4, 40
WANTED = {"MISSING_LEDGER_ENTRY": 2 * _FILES * _TRADES // 5, "ORPHAN_LEDGER_ENTRY": 2 * _FILES}


def write_files(folder: Path, name: str, other: str) -> None:
    """Trades of one program, entries of the other's: every fifth trade stays without, one is an orphan."""
    for number in range(_FILES):
        trades = ["trade_id,instrument,side,quantity,price"]
        ledger = ["entry_id,trade_id,amount", f"{name}{number}-X,{name}{number}-NOBODY,1"]
        for index in range(_TRADES):
            trades.append(f"{name}{number}-{index},ABC,BUY,1,10")
            if index % 5:
                ledger.append(f"{name}{number}-{index},{other}{number}-{index},10")
        (folder / f"{name}-{number}-trades.csv").write_text("\n".join(trades) + "\n")
        (folder / f"{name}-{number}-ledger.csv").write_text("\n".join(ledger) + "\n")


class Programs:
    """Other programs on the workspace, which begin together."""

    def __init__(self, workspace: Workspace, folder: Path) -> None:
        self.target, self.folder = workspace.database.target, folder
        self.running: dict[str, subprocess.Popen[str]] = {}

    def start(self, **works: str) -> None:
        """Starts programs, by name, and lets them begin once all are ready."""
        for name, what in works.items():
            command = [sys.executable, at_once.__file__, what, self.target, str(self.folder), name]
            self.running[name] = subprocess.Popen(
                command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
            )
        deadline = time.monotonic() + 60
        while not all((self.folder / f"ready-{name}").exists() for name in works):
            assert time.monotonic() < deadline
            time.sleep(0.01)
        (self.folder / "go").touch()

    def told(self, name: str) -> dict[str, Any]:
        """What a program did, once it has ended."""
        out, errors = self.running[name].communicate(timeout=120)
        assert self.running[name].returncode == 0, errors
        answer: dict[str, Any] = json.loads(out)
        return answer

    def __enter__(self) -> Programs:
        return self

    def __exit__(self, *_: object) -> None:
        for program in self.running.values():
            with program:
                program.kill()


def assert_nothing_is_left_to_do(workspace: Workspace) -> None:
    """A full run finds what the runs so far found, and the audit trail holds."""
    full = reconcile(Handle(), workspace, full=True).summary
    assert (full.opened, full.reopened, full.updated, full.cleared) == (0, 0, 0, 0)
    assert verify(Handle(), workspace).ok


def test_two_programs_at_once(workspace: Workspace, tmp_path: Path) -> None:
    write_files(tmp_path, "a", "b")
    write_files(tmp_path, "b", "a")
    with Programs(workspace, tmp_path) as programs:
        programs.start(a="import_and_reconcile", b="import_and_reconcile")
        opened = sum(programs.told(name)["opened"] for name in ("a", "b"))
    last = reconcile(Handle(), workspace).summary
    assert last.open_by_type == WANTED
    with workspace.database.read() as connection:
        assert opened + last.opened == len(connection.execute(select(issues.c.id)).all())
    assert_nothing_is_left_to_do(workspace)


def test_two_runs_at_once_open_each_issue_once(workspace: Workspace, tmp_path: Path) -> None:
    add_trades(workspace, *[trade(f"T{number}") for number in range(50)])
    with Programs(workspace, tmp_path) as programs:
        programs.start(a="reconcile_once", b="reconcile_once")
        assert sorted(programs.told(name)["opened"] for name in ("a", "b")) == [0, 50]
    assert_nothing_is_left_to_do(workspace)


def test_a_program_that_is_killed_loses_no_change(workspace: Workspace, tmp_path: Path) -> None:
    """Wherever it was, what it had stored is checked by the next run, and what it had not is not there."""
    write_files(tmp_path, "a", "a")
    for moment in (0.05, 0.2, 0.4):
        with Programs(workspace, tmp_path) as programs:
            programs.start(a="import_and_reconcile")
            time.sleep(moment)
        (tmp_path / "ready-a").unlink()
        (tmp_path / "go").unlink()
        reconcile(Handle(), workspace)
        assert_nothing_is_left_to_do(workspace)


def test_people_work_while_programs_import_and_reconcile(postgres_url: str, tmp_path: Path) -> None:
    write_files(tmp_path, "a", "b")
    write_files(tmp_path, "b", "a")
    with open_workspace(postgres_url, create=True) as workspace:
        with Programs(workspace, tmp_path) as programs:
            at_work = dict.fromkeys(("ann", "bob"), "work_issues")
            programs.start(a="import_and_reconcile", b="import_and_reconcile", **at_work)
            for name in ("a", "b"):
                programs.told(name)
            (tmp_path / "stop").touch()
            people = [programs.told(name) for name in at_work]
        reconcile(Handle(), workspace)
        assert_nothing_is_left_to_do(workspace)
        assert_no_change_was_overwritten(workspace)
    assert all(person["done"] > 0 for person in people)
    # What the server says when two wait for each other.
    circles = [said for person in people for said in person["refused"] if "in the same moment" in said]
    assert circles == []


def assert_no_change_was_overwritten(workspace: Workspace) -> None:
    """Each change of an issue counted its version on and left a line in its history."""
    with workspace.database.read() as connection:
        rows = connection.execute(select(issues.c.id, issues.c.row_version)).all()
        told = select(issue_comments.c.issue_id).where(issue_comments.c.kind != "comment")
        lines = Counter(connection.execute(told).scalars())
    assert {row.id: row.row_version for row in rows} == {row.id: 1 + lines[row.id] for row in rows}


def test_a_server_that_is_set_to_see_the_past(postgres_url: str, tmp_path: Path) -> None:
    """A run that waited for another program's import sees what it imported, however the server is set."""
    write_files(tmp_path, "a", "b")
    write_files(tmp_path, "b", "a")
    with open_workspace(postgres_url, create=True) as workspace:
        with workspace.database.engine.begin() as connection:
            name = connection.execute(text("SELECT current_database()")).scalar_one()
            connection.execute(
                text(f"ALTER DATABASE \"{name}\" SET default_transaction_isolation TO 'repeatable read'")
            )
        with Programs(workspace, tmp_path) as programs:
            programs.start(a="import_and_reconcile", b="import_and_reconcile")
            for each in ("a", "b"):
                programs.told(each)
        assert reconcile(Handle(), workspace).summary.open_by_type == WANTED
        assert_nothing_is_left_to_do(workspace)
