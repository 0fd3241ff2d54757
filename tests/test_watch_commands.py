"""`watch` on the command line: as other programs run it, and as it ends."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from opspilot_desktop import cli
from opspilot_desktop.domain.fields import Kind
from opspilot_desktop.operations.workspace import open_workspace
from tests.helpers.watching import LEDGER, TRADES, WITH_IDS, leftovers_in, names_in, put, rows_of

Captured = pytest.CaptureFixture[str]
ROOT = Path(__file__).parent.parent


def ran(capsys: Captured, target: str, *arguments: str) -> tuple[int, str, str]:
    """The exit status and what was said."""
    capsys.readouterr()
    status = cli.main([*arguments, "--db", target])
    printed = capsys.readouterr()
    assert "Traceback" not in printed.err
    return status, printed.out, printed.err


def add(capsys: Captured, target: str, folder: Path, kind: str, *options: str) -> None:
    folder.mkdir(exist_ok=True)
    assert ran(capsys, target, "watch", "add", kind, str(folder), *options)[0] == 0


@contextmanager
def watching(target: str, *options: str) -> Iterator[subprocess.Popen[str]]:
    """A program that watches; it is ended at the latest when the test is."""
    command = [sys.executable, "-m", "opspilot_desktop", "watch", "--db", target, *options]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, stdout=pipe, stderr=pipe, text=True) as program:
        try:
            yield program
        finally:
            program.kill()


def test_folders_are_added_listed_paused_and_removed(target: str, tmp_path: Path, capsys: Captured) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    status, out, _ = ran(capsys, target, "watch", "add", "ledger", str(folder), "--settle", "7")
    assert (status, out) == (0, f"{folder} is watched: Ledger, unchanged for 7 s; whole files only.\n")
    options = ("--marker", ".ok", "--on-error", "skip")
    (tmp_path / "two").mkdir()
    for name in ("letter.txt", "t.csv", "t.csv.ok"):
        (tmp_path / "two" / name).touch()
    status, _, err = ran(capsys, target, "watch", "add", "trades", str(tmp_path / "two"), *options)
    assert (status, err) == (0, "1 file stands there already and will be taken too: t.csv.\n")
    assert ran(capsys, target, "watch", "pause", str(folder))[:2] == (0, f"{folder} is paused.\n")
    assert ran(capsys, target, "watch", "list")[1].splitlines() == [
        f"{folder}  Ledger  unchanged for 7 s; whole files only  (paused)",
        f"{tmp_path / 'two'}  Trades  once NAME.ok is there; good rows only",
    ]
    for arguments in (("watch", "list", "--json"), ("watch", "--json", "list")):
        listed = json.loads(ran(capsys, target, *arguments)[1])
        assert [(one["path"], one["kind"], one["paused"]) for one in listed] == [
            (str(folder), "ledger", True),
            (str(tmp_path / "two"), "trades", False),
        ]
    told = json.loads(ran(capsys, target, "watch", "pause", str(folder), "--json")[1])
    assert (told["path"], told["paused"]) == (str(folder), True)
    assert ran(capsys, target, "watch", "resume", str(folder))[:2] == (0, f"{folder} is watched again.\n")
    assert ran(capsys, target, "watch", "remove", str(folder))[:2] == (0, f"{folder} is no longer watched.\n")
    status, out, err = ran(capsys, target, "watch", "remove", str(folder))
    assert (status, out) == (1, "")
    assert "is no watched folder" in err
    status, out, _ = ran(capsys, target, "watch", "--json", "add", "trades", str(tmp_path / "none"))
    assert status == 1
    assert json.loads(out)["refused"] is True


def test_without_a_folder_there_is_nothing_to_watch(target: str, capsys: Captured) -> None:
    open_workspace(target, create=True).close()
    status, out, err = ran(capsys, target, "watch", "--once")
    assert (status, out) == (1, "")
    assert err == "No folder is watched yet; add one with watch add trades|ledger FOLDER.\n"


def test_the_exit_statuses_and_a_line_for_each_file(target: str, tmp_path: Path, capsys: Captured) -> None:
    trades, ledger = tmp_path / "trades", tmp_path / "ledger"
    add(capsys, target, trades, "trades", "--marker", ".ok", "--on-error", "skip")
    add(capsys, target, ledger, "ledger", "--marker", ".ok")
    assert ran(capsys, target, "watch", "--once") == (0, "", "")
    put(trades, "t.csv", TRADES, marker=".ok")
    put(ledger, "l.csv", WITH_IDS, marker=".ok")
    status, out, err = ran(capsys, target, "watch", "--once")
    assert (status, err) == (0, "")
    assert out.splitlines() == [
        f"t.csv: 2 imported. ({trades / 'done' / 't.csv'})",
        f"l.csv: 2 imported. ({ledger / 'done' / 'l.csv'})",
    ]
    put(trades, "some.csv", TRADES.replace("T", "U") + "T3,X,HOLD,1,1\n", marker=".ok")
    status, out, err = ran(capsys, target, "watch", "--once", "--json")
    assert (status, err) == (3, "")
    told = json.loads(out)
    assert told["outcome"] == "done"
    assert (told["file"], told["kind"], told["imported"], told["rejected_total"]) == (
        "some.csv",
        "trades",
        2,
        1,
    )
    assert told["rejected"][0]["column"] == "side"
    assert (told["moved_to"], told["folder"]) == (str(trades / "done" / "some.csv"), str(trades))
    assert Path(told["report"]).is_file()
    assert told["run"]["opened"] == 2
    assert told["import_id"] >= 3
    put(ledger, "bad.csv", "trade_id,amount\nT1,x\n", marker=".ok")
    put(ledger, "pdf.csv", "%PDF-1.7", marker=".ok")
    put(trades, "more.csv", TRADES + "T3,X,HOLD,1,1\n", marker=".ok")
    status, out, err = ran(capsys, target, "watch", "--once", "--json")
    assert (status, err) == (1, "")
    lines = {told["file"]: told for told in map(json.loads, out.splitlines())}
    assert {name: one["outcome"] for name, one in lines.items()} == {
        "bad.csv": "rejected",
        "pdf.csv": "rejected",
        "more.csv": "done",
    }
    assert lines["pdf.csv"]["refused"] is True
    assert lines["pdf.csv"]["run"] is None


def test_once_waits_as_long_as_a_folder_asks(target: str, tmp_path: Path, capsys: Captured) -> None:
    folder = tmp_path / "in"
    add(capsys, target, folder, "trades", "--settle", "1")
    put(folder, "t.csv", TRADES)
    (folder / "empty.csv").touch()
    begun = time.monotonic()
    status, out, err = ran(capsys, target, "watch", "--once")
    assert status == 0
    assert out.startswith("t.csv: 2 imported.")
    assert err == f"{folder}: Waiting for empty.csv to be complete\n"
    assert 1 <= time.monotonic() - begun < 10


def test_more_files_than_are_taken_at_once(target: str, tmp_path: Path, capsys: Captured) -> None:
    folder = tmp_path / "in"
    add(capsys, target, folder, "ledger", "--marker", ".ok")
    for number in range(23):
        put(folder, f"{number}.csv", f"trade_id,amount\nT{number},1\n", marker=".ok")
    status, out, _ = ran(capsys, target, "watch", "--once")
    assert (status, len(out.splitlines())) == (0, 23)
    assert leftovers_in(folder) == []


def test_a_folder_that_is_away_costs_the_others_nothing(
    target: str, tmp_path: Path, capsys: Captured
) -> None:
    away, folder = tmp_path / "away", tmp_path / "in"
    add(capsys, target, away, "trades", "--marker", ".ok")
    add(capsys, target, folder, "trades", "--marker", ".ok")
    away.rename(tmp_path / "moved")
    put(folder, "t.csv", TRADES, marker=".ok")
    status, out, err = ran(capsys, target, "watch", "--once")
    assert (status, err) == (1, f"{away}: Cannot be reached: no such file or directory\n")
    assert out.startswith("t.csv: 2 imported.")


def test_names_do_nothing_to_a_terminal(target: str, tmp_path: Path, capsys: Captured) -> None:
    folder = tmp_path / "in"
    add(capsys, target, folder, "trades", "--marker", ".ok")
    put(folder, "-x\n\x1b[31m.csv", TRADES, marker=".ok")
    status, out, _ = ran(capsys, target, "watch", "--once")
    assert status == 0
    assert out.startswith("-x␊␛[31m.csv: 2 imported.")
    assert out.count("\n") == 1


@pytest.mark.skipif(sys.platform == "win32", reason="signals are another thing on Windows")
@pytest.mark.parametrize(
    ("target", "number"), [("sqlite", signal.SIGINT), ("postgresql", signal.SIGTERM)], indirect=["target"]
)
def test_it_watches_until_it_is_ended(
    target: str, tmp_path: Path, capsys: Captured, number: signal.Signals
) -> None:
    folder = tmp_path / "in"
    add(capsys, target, folder, "ledger", "--settle", "1")
    with watching(target, "--json") as program:
        assert program.stdout is not None
        for name in ("one.csv", "two.csv"):
            put(folder, name, LEDGER.replace("T", name[0]))
            told = json.loads(program.stdout.readline())
            assert (told["file"], told["imported"]) == (name, 3)
        program.send_signal(number)
        assert program.wait(10) == 0
        assert program.stderr is not None
        assert program.stderr.read() == ""
    assert names_in(folder) == [
        f"done/{name}.csv{ending}" for name in ("one", "two") for ending in ("", ".report.txt")
    ]
    with open_workspace(target, create=False) as workspace:
        assert rows_of(workspace, Kind.LEDGER) == 6


@pytest.mark.skipif(sys.platform == "win32", reason="signals are another thing on Windows")
def test_one_that_is_ended_while_it_reads_leaves_the_file_for_the_next(
    target: str, tmp_path: Path, capsys: Captured
) -> None:
    folder = tmp_path / "in"
    add(capsys, target, folder, "ledger", "--marker", ".ok")
    rows = "".join(f"T{number},1.5\n" for number in range(400_000))
    put(folder, "long.csv", f"trade_id,amount\n{rows}", marker=".ok")
    with watching(target) as program:
        give_up = time.monotonic() + 30
        while (folder / "long.csv").exists() and time.monotonic() < give_up:
            time.sleep(0.01)
        program.send_signal(signal.SIGTERM)
        assert program.wait(20) == 0
    with open_workspace(target, create=False) as workspace:
        assert rows_of(workspace, Kind.LEDGER) == 0
        assert len(leftovers_in(folder)) == 1  # in `taking`
        status, out, _ = ran(capsys, target, "watch", "--once")
        assert (status, out.split("(")[0]) == (0, "long.csv: 400,000 imported. ")
        assert rows_of(workspace, Kind.LEDGER) == 400_000
    assert leftovers_in(folder) == []


@pytest.mark.skipif(sys.platform == "win32", reason="signals are another thing on Windows")
def test_two_programs_watch_one_folder(target: str, tmp_path: Path, capsys: Captured) -> None:
    folder = tmp_path / "in"
    add(capsys, target, folder, "ledger", "--marker", ".ok")
    with watching(target) as one, watching(target) as other:
        for number in range(30):
            put(folder, f"{number}.csv", f"trade_id,amount\nT{number},1\nT{number},1\n", marker=".ok")
            time.sleep(0.02)
        give_up = time.monotonic() + 60
        while leftovers_in(folder) and time.monotonic() < give_up:
            time.sleep(0.1)
        for program in (one, other):
            program.send_signal(signal.SIGTERM)
            assert program.wait(20) == 0
            assert program.stderr is not None
            assert program.stderr.read() == ""
    assert leftovers_in(folder) == []
    with open_workspace(target, create=False) as workspace:
        assert rows_of(workspace, Kind.LEDGER) == 60
    assert len([name for name in names_in(folder) if name.endswith(".report.txt")]) == 30
