"""Killed at any point, a watching program loses no file and imports none twice."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

import pytest

from opspilot_desktop import cli
from opspilot_desktop.domain.fields import Kind
from opspilot_desktop.domain.jobs import Handle
from opspilot_desktop.files.profile import Profile
from opspilot_desktop.operations import duplicates, importing
from opspilot_desktop.operations.import_history import list_imports
from opspilot_desktop.operations.profiles import keep_profile
from opspilot_desktop.operations.reading import verify
from opspilot_desktop.operations.workspace import Workspace
from tests.helpers.watching import (
    LEDGER,
    TRADES,
    WITH_IDS,
    leftovers_in,
    names_in,
    put,
    rows_of,
    run_python,
    watched,
)

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no kill -9 on Windows")

POINTS = {
    "before anything": "files.claims.take before",
    "the claim is named": "files.claims.sync_folder before",
    "the claim is written": "files.claims.write_json after",
    "the file is renamed": "files.claims._take_marker before",
    "its marker too": "files.claims._take_marker after",
    "before it is read": "operations.taking_files.check_known_file before",
    "while it is read": "files.staging.create_tables after",
    "once it is read": "operations.taking_files.check_known_file after",
    "the import is recorded": "operations.importing.record_import after",
    "the rows are added": "store.merging.StagedRows.add after",
    "before the commit": "store.audit.append after",
    "after the commit": "operations.taking_files.store_or_refuse after",
    "before the run": "operations.taking_files.reconcile before",
    "in the run": "recon.engine.run after",
    "after the run": "operations.taking_files.reconcile after",
    "before the report": "operations.taking_files.report_text before",
    "while the report is written": "files.writing.os.fsync before 4",
    "after the report": "files.claims.settle before",
    "while the plan is written": "files.writing.os.fsync before 5",
    "after the plan": "files.claims.settle after",
    "the file stands in both places": "files.moving.os.unlink before",
    "the file is moved": "files.claims.put after",
    "the report is moved": "files.claims.put after 2",
    "all is moved": "files.claims._discard before",
    "all is done": "files.claims.carry_out after",
}

CHILD = """
import importlib, os, signal, sys

point, target = sys.argv[1], sys.argv[2]
path, when, *count = point.split()
left = [int(count[0]) if count else 1]

def found(names):
    for length in range(len(names), 0, -1):
        try:
            owner = importlib.import_module("opspilot_desktop." + ".".join(names[:length]))
        except ImportError:
            continue
        for name in names[length:]:
            owner = getattr(owner, name)
        return owner

names = path.split(".")
owner, name = found(names[:-1]), names[-1]
original = getattr(owner, name)

def die():
    left[0] -= 1
    if not left[0]:
        os.kill(os.getpid(), signal.SIGKILL)

def patched(*arguments, **values):
    if when == "before":
        die()
    result = original(*arguments, **values)
    if when == "after":
        die()
    return result

from opspilot_desktop import cli
from opspilot_desktop.operations import duplicates
if "append" in sys.argv:
    duplicates.imported_before = lambda *_: None
setattr(owner, name, patched)
print(cli.main(["watch", "--once", "--db", target]), "not killed", file=sys.stderr)
"""


def killed(point: str, target: str, *how: str) -> None:
    """Lets a program watch until it is killed there."""
    run = run_python(CHILD, point, target, *how)
    assert run.returncode == -signal.SIGKILL, run.stderr


def watch_on(target: str, capsys: pytest.CaptureFixture[str]) -> str:
    """Watches once more, as after a restart; what was said of the files."""
    capsys.readouterr()
    status = cli.main(["watch", "--once", "--db", target])
    printed = capsys.readouterr()
    assert (status, printed.err) == (0, "")
    return printed.out


@pytest.fixture
def as_appending(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lines without an id are stored however often they were before, as where a profile appends."""
    monkeypatch.setattr(duplicates, "imported_before", lambda *_: None)


# What is done with files alone is the same for any database.
IN_THE_DATABASE = [
    "the import is recorded",
    "before the commit",
    "after the commit",
    "in the run",
    "after the plan",
]


@pytest.mark.parametrize(
    ("target", "name"),
    [*[("sqlite", name) for name in POINTS], *[("postgresql", name) for name in IN_THE_DATABASE]],
    indirect=["target"],
)
def test_lines_that_would_be_appended_again(
    workspace: Workspace,
    target: str,
    tmp_path: Path,
    name: str,
    capsys: pytest.CaptureFixture[str],
    as_appending: None,
) -> None:
    folder = tmp_path / "in"
    put(tmp_path, "trades.csv", TRADES)
    importing.import_file(Handle(), workspace, tmp_path / "trades.csv", Kind.TRADES)
    keep_profile(Handle(), workspace, Profile(Kind.LEDGER, "Cash", duplicates="append"))
    watched(workspace, folder, Kind.LEDGER, profile="Cash", marker=".ok")
    put(folder, "cash.csv", LEDGER, marker=".ok")
    killed(POINTS[name], target, "append")
    told = watch_on(target, capsys)
    assert names_in(folder) == ["done/cash.csv", "done/cash.csv.ok", "done/cash.csv.report.txt"]
    assert leftovers_in(folder) == []
    assert (folder / "done" / "cash.csv").read_text() == LEDGER
    assert rows_of(workspace, Kind.LEDGER) == 3
    (stored,) = [one for one in list_imports(Handle(), workspace) if one["kind"] == "ledger"]
    assert stored["imported"] == 3
    report = (folder / "done" / "cash.csv.report.txt").read_text()
    assert report.splitlines()[1] == "Done: 3 imported."
    assert f"Import      {stored['id']}\n" in report
    assert "Reconciliation (run" in report
    if name != "all is done":
        assert told.startswith("cash.csv: 3 imported")
    assert verify(Handle(), workspace).ok
    assert watch_on(target, capsys) == ""  # and once only


@pytest.mark.parametrize(
    ("kind", "text"), [(Kind.TRADES, TRADES), (Kind.LEDGER, WITH_IDS), (Kind.LEDGER, LEDGER)]
)
@pytest.mark.parametrize("name", ["the rows are added", "after the commit"])
def test_files_of_each_kind(
    workspace: Workspace,
    target: str,
    tmp_path: Path,
    kind: Kind,
    text: str,
    name: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = tmp_path / "in"
    watched(workspace, folder, kind, marker=".ok")
    put(folder, "one.csv", text, marker=".ok")
    killed(POINTS[name], target)
    watch_on(target, capsys)
    assert names_in(folder) == ["done/one.csv", "done/one.csv.ok", "done/one.csv.report.txt"]
    assert leftovers_in(folder) == []
    assert rows_of(workspace, kind) == text.count("\n") - 1
    (one,) = list_imports(Handle(), workspace)
    assert (one["file"], one["imported"]) == ("one.csv", text.count("\n") - 1)


@pytest.mark.parametrize("name", ["the file is renamed", "after the commit"])
def test_a_file_that_is_complete_by_its_size_alone(
    workspace: Workspace, target: str, tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "in"
    watched(workspace, folder, Kind.LEDGER, settle=1)
    put(folder, "one.csv", LEDGER)
    killed(POINTS[name], target)
    watch_on(target, capsys)
    assert names_in(folder) == ["done/one.csv", "done/one.csv.report.txt"]
    assert rows_of(workspace, Kind.LEDGER) == 3


@pytest.mark.parametrize("target", ["sqlite"], indirect=True)  # nothing is stored
@pytest.mark.parametrize(
    "point",
    [
        "operations.taking_files.check_known_file after",
        "files.staging.Staged.save_rejects after",
        "operations.taking_files.store_or_refuse after",
        "files.claims.settle before",
        "files.claims.settle after",
        "files.claims.put after",
        "files.claims.put after 2",
    ],
)
def test_a_file_that_is_rejected(
    workspace: Workspace, target: str, tmp_path: Path, point: str, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "in"
    watched(workspace, folder, marker=".ok")
    put(folder, "one.csv", TRADES + "T3,X,HOLD,1,1\n", marker=".ok")
    killed(point, target)
    assert cli.main(["watch", "--once", "--db", target]) == 1
    beside = ["", ".ok", ".rejects.csv", ".report.txt"]
    assert names_in(folder) == [f"rejected/one.csv{ending}" for ending in beside]
    assert leftovers_in(folder) == []
    assert rows_of(workspace, Kind.TRADES) == 0


@pytest.mark.parametrize("point", ["operations.taking_files.store_or_refuse after", "files.claims.put after"])
def test_good_rows_are_stored_once_and_the_others_are_kept(
    workspace: Workspace, target: str, tmp_path: Path, point: str, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "in"
    watched(workspace, folder, marker=".ok", skip_bad_rows=True)
    put(folder, "one.csv", TRADES + "T3,X,HOLD,1,1\n", marker=".ok")
    killed(point, target)
    cli.main(["watch", "--once", "--db", target])
    assert names_in(folder) == [
        f"done/one.csv{ending}" for ending in ("", ".ok", ".rejects.csv", ".report.txt")
    ]
    assert rows_of(workspace, Kind.TRADES) == 2
    report = (folder / "done" / "one.csv.report.txt").read_text()
    assert "line 4, row 3, side: " in report
    assert (folder / "done" / "one.csv.rejects.csv").read_text("utf-8-sig").splitlines()[1] == "T3,X,HOLD,1,1"
