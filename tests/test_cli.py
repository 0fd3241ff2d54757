"""The command line: what other programs rely on."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from opspilot_desktop import cli
from opspilot_desktop.operations.workspace import open_workspace

TRADES = "trade_id,instrument,side,quantity,price\n"
Captured = pytest.CaptureFixture[str]


def write(folder: Path, text: str, name: str = "trades.csv") -> str:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return str(path)


@pytest.fixture
def books(target: str, tmp_path: Path, capsys: Captured) -> str:
    """A workspace with two trades, one of them with an entry that is wrong, reconciled."""
    trades = write(tmp_path, TRADES + "Tä1,X,BUY,10,2.5\nT2,X,BUY,1,1\n")
    ledger = write(tmp_path, "entry_id,trade_id,amount\nE1,Tä1,24\n", "ledger.csv")
    for command in (["import", "trades", trades], ["import", "ledger", ledger], ["reconcile"]):
        assert cli.main([*command, "--db", target]) == 0
    capsys.readouterr()
    return target


def table_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def json_of(capsys: Captured) -> Any:
    printed = capsys.readouterr().out
    assert printed.count("\n") == 1
    return json.loads(printed)


def test_the_target_stands_anywhere(books: str, capsys: Captured) -> None:
    for arguments in (
        ["--db", books, "issues", "--format", "json"],
        ["issues", "--db", books, "--format", "json"],
        ["issues", "--format", "json", "--db", books],
        [f"--db={books}", "issues", "--format=json"],
    ):
        assert cli.main(arguments) == 0
        assert len(json_of(capsys)) == 2


def test_issues_as_json_have_the_keys_of_the_contract(books: str, capsys: Captured) -> None:
    assert cli.main(["issues", "--db", books, "--format", "json"]) == 0
    found = {issue["issue_type"]: issue for issue in json_of(capsys)}
    assert set(found) == {"AMOUNT_MISMATCH", "MISSING_LEDGER_ENTRY"}
    issue = found["AMOUNT_MISMATCH"]
    wanted = {
        *("id", "issue_type", "severity", "status", "trade_id", "entry_id", "description", "evidence"),
        *("detected_at", "assigned_to", "reason", "comment"),
    }
    assert set(issue) >= wanted
    assert (issue["severity"], issue["status"], issue["trade_id"]) == ("CRITICAL", "open", "Tä1")
    assert (issue["evidence"]["gross"], issue["evidence"]["difference"]) == ("25", "-1")
    assert issue["detected_at"].endswith("Z")


def test_issues_by_status_and_type(books: str, capsys: Captured) -> None:
    assert cli.main(["issues", "--db", books, "--type", "AMOUNT_MISMATCH", "--format", "json"]) == 0
    number = str(json_of(capsys)[0]["id"])
    assert cli.main(["resolve", number, "--reason", "FEES", "--comment", "näh", "--db", books]) == 0
    capsys.readouterr()
    for status, count in (("all", 2), ("open", 1), ("resolved", 1), ("cleared", 0)):
        assert cli.main(["issues", "--db", books, "--status", status, "--format", "json"]) == 0
        assert len(json_of(capsys)) == count
    assert cli.main(["issues", "--db", books, "--status", "all", "--format", "csv"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [row["comment"] for row in rows if row["id"] == number] == ["näh"]
    assert cli.main(["issues", "--db", books, "--status", "all"]) == 0
    assert "Tä1" in capsys.readouterr().out
    assert cli.main(["reopen", number, "--db", books]) == 0
    assert cli.main(["ignore", number, "--reason", "OTHER", "--db", books]) == 0


def test_reconcile_as_json_has_the_keys_of_the_contract(books: str, capsys: Captured) -> None:
    assert cli.main(["reconcile", "--full", "--json", "--db", books]) == 0
    told = json_of(capsys)
    assert set(told) >= {
        *("run_id", "scope", "checked", "not_checked", "matched", "opened", "reopened", "updated", "cleared"),
        *("open_by_type", "seconds"),
    }
    assert (told["scope"], told["checked"], told["matched"], told["opened"]) == ("full", 2, 0, 0)
    assert told["open_by_type"] == {"AMOUNT_MISMATCH": 1, "MISSING_LEDGER_ENTRY": 1}
    assert isinstance(told["seconds"], float)


def test_several_issues_all_or_none(books: str, capsys: Captured) -> None:
    assert cli.main(["resolve", "1", "999", "--reason", "FEES", "--db", books]) == 1
    assert "There is no issue 999" in capsys.readouterr().err
    for number in (str(2**63), "9" * 40):
        assert cli.main(["resolve", "1", number, "--reason", "FEES", "--db", books]) == 1
        assert f"There is no issue {number}" in capsys.readouterr().err
        assert cli.main(["explain", number, "--offline", "--db", books]) == 1
        assert f"There is no issue {number}" in capsys.readouterr().err
    assert cli.main(["issues", "--db", books, "--format", "json"]) == 0
    assert len(json_of(capsys)) == 2


def test_the_exit_statuses_of_an_import(target: str, tmp_path: Path, capsys: Captured) -> None:
    mixed = write(tmp_path, TRADES + "A,X,BUY,1,2\nB,X,BUY,0,2\n")
    assert cli.main(["import", "trades", mixed, "--db", target, "--json"]) == 1
    told = json_of(capsys)
    assert (told["refused"], told["imported"], told["rejected_total"]) == (True, 0, 1)
    assert cli.main(["import", "trades", mixed, "--db", target, "--on-error", "skip", "--json"]) == 3
    told = json_of(capsys)
    assert (told["refused"], told["imported"], told["rejected_total"]) == (False, 1, 1)
    good = write(tmp_path, TRADES + "A,X,BUY,1,2\n", "good.csv")
    assert cli.main(["import", "trades", good, "--db", target, "--json"]) == 0
    assert json_of(capsys)["unchanged"] == 1
    assert cli.main(["import", "trades", str(tmp_path / "none.csv"), "--db", target, "--json"]) == 1
    told = json_of(capsys)
    assert (told["file"], told["kind"], told["refused"]) == ("none.csv", "trades", True)
    with pytest.raises(SystemExit) as caught:
        cli.main(["import", "trade", good, "--db", target])
    assert caught.value.code == 2


def test_only_import_makes_a_workspace(tmp_path: Path, capsys: Captured) -> None:
    missing = tmp_path / "none.opspilot"
    for command in (
        ["reconcile", "--json"],
        ["issues", "--format", "json"],
        ["verify", "--json"],
        ["resolve", "1", "--reason", "FEES"],
        ["reopen", "1"],
        ["ignore", "1", "--reason", "FEES"],
        ["explain", "1"],
        ["export", "trades", str(tmp_path / "x.csv")],
    ):
        assert cli.main([*command, "--db", str(missing)]) == 1
        printed = capsys.readouterr()
        assert "There is no workspace" in printed.err
        assert "import a file first" in printed.err
        assert printed.err.count("\n") == 1
        if command[-1].endswith("json"):
            assert json.loads(printed.out)["message"] in printed.err
        else:
            assert printed.out == ""
    assert list(tmp_path.iterdir()) == []
    trades = write(tmp_path, TRADES + "A,X,BUY,1,2\n")
    assert cli.main(["import", "trades", trades, "--db", str(missing)]) == 0
    assert missing.exists()


def test_a_csv_named_as_the_workspace_is_left_alone(tmp_path: Path, capsys: Captured) -> None:
    trades = write(tmp_path, TRADES + "A,X,BUY,1,2\n")
    for command in (["import", "trades", trades], ["reconcile"], ["issues"]):
        assert cli.main([*command, "--db", trades]) == 1
        assert "not an OpsPilot workspace" in capsys.readouterr().err
    assert Path(trades).read_text() == TRADES + "A,X,BUY,1,2\n"


@pytest.mark.parametrize("ending", ["csv", "xlsx", "jsonl"])
def test_every_table_is_exported(books: str, tmp_path: Path, capsys: Captured, ending: str) -> None:
    for table, rows in (("trades", 2), ("ledger", 1), ("issues", 2), ("audit", 3)):
        path = tmp_path / f"{table}.{ending}"
        assert cli.main(["export", table, str(path), "--db", books]) == 0
        assert f"{rows} rows" in capsys.readouterr().out
        if ending == "csv":
            assert len(table_of(path)) == rows
        if ending == "jsonl":
            assert len([json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]) == rows


def test_json_lines_hold_the_stored_values(books: str, tmp_path: Path) -> None:
    path = tmp_path / "trades.jsonl"
    assert cli.main(["export", "trades", str(path), "--db", books]) == 0
    first = json.loads(path.read_text(encoding="utf-8").splitlines()[0])
    assert (first["trade_id"], first["quantity"], first["price"], first["currency"]) == (
        "Tä1",
        "10",
        "2.5",
        None,
    )
    assert set(first) == {
        *("trade_id", "instrument", "side", "quantity", "price", "trader", "currency", "trade_date"),
        *("settle_date", "counterparty", "account", "status", "timestamp"),
    }


def test_no_cell_of_an_export_is_a_formula(target: str, tmp_path: Path) -> None:
    evil = ["=cmd|' /C calc'!A0", "+1+1", "-1+1", "@SUM(A1)", "\t=1", " =1"]
    lines = [f'T{n},"{text}",BUY,1,-2' for n, text in enumerate(evil)]
    trades = write(tmp_path, TRADES + "\n".join(lines) + "\n")
    assert cli.main(["import", "trades", trades, "--db", target]) == 0
    path = tmp_path / "out.csv"
    assert cli.main(["export", "trades", str(path), "--db", target]) == 0
    rows = table_of(path)
    assert len(rows) == len(evil)
    assert all(row["instrument"].lstrip()[0] not in "=+-@" for row in rows)
    assert {row["price"] for row in rows} == {"-2"}


def test_verify_finds_what_was_tampered_with(books: str, capsys: Captured) -> None:
    from sqlalchemy import update

    from opspilot_desktop.store.schema import audit_log

    assert cli.main(["verify", "--db", books, "--json"]) == 0
    assert json_of(capsys)["ok"] is True
    with open_workspace(books, create=False) as workspace, workspace.database.write() as connection:
        connection.execute(update(audit_log).where(audit_log.c.id == 2).values(who="somebody"))
    assert cli.main(["verify", "--db", books, "--json"]) == 1
    printed = capsys.readouterr()
    assert json.loads(printed.out)["broken_audit_row"] == 2
    assert "row 2" in printed.err


def program(*arguments: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "opspilot_desktop", *arguments],
        capture_output=True,
        env=os.environ | environment,
        timeout=60,
        check=False,
    )


def test_a_console_without_unicode(tmp_path: Path) -> None:
    db = str(tmp_path / "wörk.opspilot")
    trades = write(tmp_path, TRADES + "Ωä\U0001f600,X,BUY,1,2\n", "trädes.csv")
    plain = {"LANG": "C", "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
    for command in (["import", "trades", trades], ["reconcile"], ["issues"], ["issues", "--format", "csv"]):
        done = program(*command, "--db", db, **plain)
        assert (done.returncode, done.stderr) == (0, b"")
    done = program("issues", "--format", "json", "--db", db, PYTHONIOENCODING="ascii")
    assert done.returncode == 0
    assert json.loads(done.stdout)[0]["trade_id"] == "Ωä\U0001f600"


@pytest.mark.skipif(sys.platform != "linux", reason="names that are no text exist on Linux alone")
def test_a_file_name_that_is_no_text(tmp_path: Path) -> None:
    path = os.fsencode(tmp_path) + b"/trad\xe9s.csv"
    with open(path, "wb") as file:
        file.write(TRADES.encode() + b"A,X,BUY,1,2\n")
    db = str(tmp_path / "w.opspilot")
    done = subprocess.run(
        [sys.executable, "-m", "opspilot_desktop", "import", "trades", path, "--db", db, "--json"],
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout)["imported"] == 1


def test_a_reader_that_has_seen_enough(tmp_path: Path) -> None:
    db = str(tmp_path / "w.opspilot")
    trades = write(tmp_path, TRADES + "".join(f"T{n},X,BUY,1,2\n" for n in range(3000)))
    assert cli.main(["import", "trades", trades, "--db", db]) == 0
    assert cli.main(["reconcile", "--db", db]) == 0
    command = [sys.executable, "-m", "opspilot_desktop", "issues", "--db", db, "--format", "json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.read(10)
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(30) == 0


def test_never_a_traceback(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(cli.shared, "open_workspace", fail)
    assert cli.main(["reconcile", "--json", "--db", str(tmp_path / "x")]) == 1
    printed = capsys.readouterr()
    assert "Traceback" not in printed.err
    assert printed.err.count("\n") == 1
    assert json.loads(printed.out)["refused"] is True


FAILING = """
import sys
from opspilot_desktop import cli
cli.shared.open_workspace = lambda *_, **__: 1 / 0
sys.exit(cli.main(["reconcile", "--db", "x"]))
"""


def test_a_fault_of_the_program_is_one_sentence_on_standard_error() -> None:
    done = subprocess.run([sys.executable, "-c", FAILING], capture_output=True, timeout=60, check=False)
    assert done.returncode == 1
    assert done.stdout == b""
    assert done.stderr.startswith(
        b"An error in the program stopped this (ZeroDivisionError); the report is in "
    )
    assert done.stderr.count(b"\n") == 1


def test_processes_that_import_at_once_lose_nothing(tmp_path: Path) -> None:
    """They also make the workspace at once: one of them does, the others wait."""
    db = str(tmp_path / "w.opspilot")
    running = []
    for name in "abcd":
        lines = "".join(f"{name}{n},X,BUY,1,2\n" for n in range(2000))
        path = write(tmp_path, TRADES + "SHARED,X,BUY,1,2\n" + lines, f"{name}.csv")
        command = [sys.executable, "-m", "opspilot_desktop", "import", "trades", path, "--db", db]
        running.append(subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE))
    for process in running:
        _, said = process.communicate(timeout=60)
        assert (process.returncode, said) == (0, b"")
    with open_workspace(db, create=False) as workspace:
        from opspilot_desktop.domain.jobs import Handle
        from opspilot_desktop.operations.reading import read_overview, verify

        assert read_overview(Handle(), workspace).trades == 4 * 2000 + 1
        assert verify(Handle(), workspace).ok


def test_a_fault_that_names_a_file_is_one_sentence_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    trades = tmp_path / "trades.csv"
    trades.write_text("trade_id,instrument,side,quantity,price\nT1,ABC,BUY,1,1\n")
    monkeypatch.setenv("OPSPILOT_HOME", str(trades / "home"))  # a file where a folder has to be made
    assert cli.main(["import", "trades", str(trades)]) == 1
    told = capsys.readouterr().err
    assert "NotADirectoryError" in told
    assert "Traceback" not in told
    assert len(told.splitlines()) == 1


def test_imports_are_listed_and_undone(books: str, capsys: Captured) -> None:
    assert cli.main(["imports", "--db", books]) == 0
    listed = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in listed] == ["2", "1"]
    assert cli.main(["undo-import", "2", "--db", books, "--json"]) == 0
    undone = json.loads(capsys.readouterr().out)
    assert (undone["import_id"], undone["kind"], undone["restored"]) == (2, "ledger", 0)
    assert cli.main(["imports", "--db", books, "--json"]) == 0
    newest = json.loads(capsys.readouterr().out)[0]
    assert (newest["id"], newest["imported"]) == (2, undone["removed"])
    assert newest["undone_at"]
    assert cli.main(["undo-import", "2", "--db", books]) == 1
    assert "nothing left to undo" in capsys.readouterr().err
    assert cli.main(["imports", "--db", books]) == 0
    assert ", undone by " in capsys.readouterr().out.splitlines()[0]


def test_runs_are_listed_and_compared(books: str, tmp_path: Path, capsys: Captured) -> None:
    ledger = write(tmp_path, "entry_id,trade_id,amount\nE2,T2,1\n", "late.csv")
    for command in (["import", "ledger", ledger], ["reconcile"]):
        assert cli.main([*command, "--db", books]) == 0
    capsys.readouterr()
    assert cli.main(["runs", "--db", books, "--json"]) == 0
    listed = json_of(capsys)
    assert [run["number"] for run in listed["runs"]] == [2, 1]
    assert [[file["file"] for file in run["inputs"]] for run in listed["runs"]] == [
        ["late.csv"],
        ["trades.csv", "ledger.csv"],
    ]
    assert listed["more"] is False
    assert cli.main(["runs", "--db", books, "--compare", "2", "1", "--json"]) == 0
    compared = json_of(capsys)
    assert compared["counts"] == {"cleared": {"MISSING_LEDGER_ENTRY": 1}}
    assert [issue["trade_id"] for issue in compared["issues"]] == ["T2"]
    assert (compared["settings"], compared["older"]["number"]) == ([], 1)
    assert cli.main(["runs", "--db", books, "--compare", "1", "2"]) == 0
    told = capsys.readouterr().out
    assert "Cleared: 1 (1 Missing ledger entry)" in told
    assert "File: late.csv (ledger, 1 rows" in told
    assert cli.main(["runs", "--db", books, "--last", "1"]) == 0
    told = capsys.readouterr().out
    assert "late.csv" in told
    assert "trades.csv" not in told
    assert "There are older runs" in told


@pytest.mark.parametrize("asked", [["1", "1"], ["1", "9"]])
def test_runs_that_cannot_be_compared(books: str, asked: list[str], capsys: Captured) -> None:
    assert cli.main(["runs", "--db", books, "--compare", *asked, "--json"]) == 1
    assert json_of(capsys)["refused"] is True


def test_no_runs_yet(target: str, tmp_path: Path, capsys: Captured) -> None:
    assert cli.main(["import", "trades", write(tmp_path, TRADES + "T,X,BUY,1,1\n"), "--db", target]) == 0
    capsys.readouterr()
    assert cli.main(["runs", "--db", target]) == 0
    assert capsys.readouterr().out == "There has been no run yet.\n"


def test_entries_are_linked_and_unlinked(books: str, tmp_path: Path, capsys: Captured) -> None:
    ledger = write(tmp_path, "entry_id,trade_id,amount\nE2,T-2,1\n", "more.csv")
    for command in (["import", "ledger", ledger], ["reconcile"]):
        assert cli.main([*command, "--db", books]) == 0
    command = ["link", "E2", "--to", "T2", "--reason", "WRONG_ID", "--comment", "a slip", "--db", books]
    assert cli.main(command) == 0
    assert capsys.readouterr().out.endswith(
        "Link entry E2 to T2: done; run reconcile for the issues to follow\n"
    )
    assert cli.main(["reconcile", "--db", books]) == 0
    capsys.readouterr()
    assert cli.main(["issues", "--db", books, "--format", "json"]) == 0
    assert [issue["issue_type"] for issue in json_of(capsys)] == ["AMOUNT_MISMATCH"]
    assert cli.main(["explain", "1", "--offline", "--db", books]) == 0
    capsys.readouterr()
    for refused, sentence in (
        (["link", "E2", "--to", "T2", "--reason", "OTHER"], "stands under trade T2 already"),
        (["link", "E9", "--to", "T2", "--reason", "OTHER"], "There is no ledger entry E9"),
        (["link", "E1", "--to", "T9", "--reason", "OTHER"], "There is no trade T9"),
        (["unlink", "E1", "--reason", "MISTAKE"], "entry E1 is not linked by hand"),
    ):
        assert cli.main([*refused, "--db", books]) == 1
        told = capsys.readouterr()
        assert sentence in told.err
        assert (told.out, told.err.count("\n")) == ("", 1)
    assert cli.main(["unlink", "E2", "--reason", "MISTAKE", "--db", books]) == 0
    assert cli.main(["verify", "--db", books]) == 0
    with pytest.raises(SystemExit) as wrong:
        cli.main(["link", "E2", "--to", "T2", "--db", books])
    assert wrong.value.code == 2


def test_rules_are_printed_and_switched(books: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["rules", "--db", books]) == 0
    told = capsys.readouterr().out
    assert told.startswith("The program's own settings\non  AMOUNT_MISMATCH\n")
    assert "Tolerance, in the trade's currency: 0.01" in told
    switches = ["--off", "ANOMALOUS_QUANTITY", "--off", "ORPHAN_LEDGER_ENTRY", "--on", "AMOUNT_MISMATCH"]
    assert cli.main(["rules", *switches, "--json", "--db", books]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["version"]["number"] == 1
    assert said["rules"]["AMOUNT_MISMATCH"]
    assert not said["rules"]["ANOMALOUS_QUANTITY"]
    assert "ORPHAN_LEDGER_ENTRY" not in said["settings"]["enabled"]
    assert cli.main(["rules", "--on", "NO_SUCH_RULE", "--db", books]) == 1
    assert "There is no rule NO_SUCH_RULE; there are ACCOUNT_MISMATCH, " in capsys.readouterr().err


def test_a_check_stores_nothing_and_makes_no_workspace(tmp_path: Path, capsys: Captured) -> None:
    path, db = tmp_path / "trades.csv", tmp_path / "none.opspilot"
    path.write_text("trade_id,instrument,side,quantity,price\nT1,X,BUY,1,2\nT2,X,BUY,0,2\n")
    command = ["import", "trades", str(path), "--db", str(db), "--check", "--json"]
    assert cli.main(command) == 1
    told = json.loads(capsys.readouterr().out)
    assert (told["checked"], told["refused"], told["rejected"][0]["line"]) == (True, True, 3)
    assert cli.main([*command, "--on-error", "skip"]) == 3
    told = json.loads(capsys.readouterr().out)
    assert (told["checked"], told["refused"], told["imported"], told["rejected_total"]) == (True, False, 1, 1)
    assert not db.exists()


def test_a_file_that_cannot_be_read_was_only_checked_as_well(tmp_path: Path, capsys: Captured) -> None:
    command = ["import", "trades", str(tmp_path / "none.csv"), "--db", str(tmp_path / "w.opspilot"), "--json"]
    for more, checked in (([], None), (["--check"], True)):
        assert cli.main([*command, *more]) == 1
        told = json.loads(capsys.readouterr().out)
        assert (told["refused"], told.get("checked")) == (True, checked)


def test_lines_without_an_id_that_are_stored_already(target: str, tmp_path: Path, capsys: Captured) -> None:
    first = write(tmp_path, "trade_id,amount\nT1,5\n", "first.csv")
    second = write(tmp_path, "trade_id,amount\nT1,5.0\nT2,6\n", "second.csv")
    command = ["import", "ledger", second, "--db", target]
    assert cli.main([*command, "--check"]) == 0  # there is no workspace yet, and nothing in it
    assert cli.main(["import", "ledger", first, "--db", target]) == 0
    capsys.readouterr()
    for more in ([], ["--check"]):
        assert cli.main([*command, *more]) == 1
        printed = capsys.readouterr()
        assert printed.out == ""
        assert printed.err.startswith("second.csv: 1 of 2 lines without an entry id is already stored")
        assert printed.err.count("\n") == 1
        assert cli.main([*command, *more, "--json"]) == 1
        told = json_of(capsys)
        assert (told["refused"], told["imported"], told.get("checked", False)) == (True, 0, bool(more))
    assert cli.main([*command, "--duplicates", "merge", "--check", "--json"]) == 0
    assert json_of(capsys)["merged"] == 1
    assert cli.main([*command, "--duplicates", "merge"]) == 0
    assert "1 imported, 1 unchanged (1 of them without an entry id)" in capsys.readouterr().out
    assert cli.main([*command, "--json"]) == 0  # the very same file
    assert (told := json_of(capsys))["unchanged"] == 2
    assert "merged" not in told
    assert cli.main([*command, "--duplicates", "append", "--json"]) == 0
    assert json_of(capsys)["imported"] == 2
    with pytest.raises(SystemExit) as wrong:
        cli.main([*command, "--duplicates", "ask"])
    assert wrong.value.code == 2


def test_trades_have_no_lines_without_an_id(tmp_path: Path, capsys: Captured) -> None:
    path = write(tmp_path, TRADES + "T1,X,BUY,10,2.5\n")
    command = ["import", "trades", path, "--db", str(tmp_path / "w.opspilot"), "--duplicates", "merge"]
    assert cli.main(command) == 1
    assert capsys.readouterr().err.startswith("Every trade has an id")
