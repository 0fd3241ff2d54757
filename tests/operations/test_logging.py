"""The log tells what was done, how much of it and how long it took, and nothing of anybody's data."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from opspilot_desktop import cli, logs, paths
from opspilot_desktop.domain.errors import KnownError
from opspilot_desktop.domain.fields import Kind
from opspilot_desktop.domain.jobs import Cancelled, Handle
from opspilot_desktop.operations import issue_work
from opspilot_desktop.operations.exporting import export_rows
from opspilot_desktop.operations.importing import import_file
from opspilot_desktop.operations.reconciling import change_rule_settings, reconcile, rule_settings
from opspilot_desktop.operations.workspace import Workspace
from opspilot_desktop.store import database

MARK = "zQ7marker"
TRADES = f"trade_id,instrument,side,quantity,price,counterparty\n{MARK}1,{MARK}2,BUY,77123.5,2,{MARK}3\n"
LEDGER = f"entry_id,trade_id,amount,description\n{MARK}4,{MARK}1,88123.25,{MARK}5\n"
VALUES = (MARK, "77123", "88123")


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Path]:
    """The log, written into a folder of the test's."""
    with logs.to_folder(tmp_path / "logs"):
        yield tmp_path / "logs" / logs.FILE_NAME


def lines(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def written(folder: Path, text: str, name: str) -> Path:
    path = folder / f"{MARK}-{name}.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_every_operation_is_logged_without_values(workspace: Workspace, tmp_path: Path, log: Path) -> None:
    import_file(Handle(), workspace, written(tmp_path, TRADES, "trades"), Kind.TRADES)
    import_file(Handle(), workspace, written(tmp_path, LEDGER, "ledger"), Kind.LEDGER)
    reconcile(Handle(), workspace)
    step = issue_work.resolve_issues(workspace, [1], "OTHER", MARK)
    issue_work.undo(workspace, step)
    issue_work.comment_issues(workspace, [1], MARK)
    issue_work.assign_issues(workspace, [1], MARK)
    settings = rule_settings(workspace).with_user_values("88123.25", "5", MARK)
    change_rule_settings(workspace, settings)
    export_rows(Handle(), workspace, Kind.ISSUES, tmp_path / f"{MARK}.csv")
    text = log.read_text(encoding="utf-8")
    assert not [value for value in VALUES if value in text]
    done = [line for line in lines(log) if line["message"] == "Done"]
    assert [line["operation"] for line in done] == [
        *("check file", "import", "check file", "import", "reconcile", "resolve", "undo", "comment"),
        *("assign", "change settings", "export"),
    ]
    assert all(line["seconds"] >= 0 for line in done)
    begun = [line["operation"] for line in lines(log) if line["message"] == "Begun"]
    assert begun == [line["operation"] for line in done]
    wanted = {"kind": "trades", "read": 1, "imported": 1, "updated": 0, "unchanged": 0, "rejected": 0}
    assert wanted.items() <= {**begun_of(log, "import"), **done[1]}.items()
    wanted = {"run_id": 1, "scope": "full", "checked": 1, "matched": 0, "opened": 1, "cleared": 0}
    assert wanted.items() <= done[4].items()


def begun_of(log: Path, operation: str) -> dict[str, Any]:
    return next(line for line in lines(log) if line["message"] == "Begun" and line["operation"] == operation)


def test_what_fails_leaves_its_type_and_no_value(
    workspace: Workspace, tmp_path: Path, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = written(tmp_path, TRADES + f"{MARK}6,X,{MARK}7,1,1,\n", "bad")
    assert import_file(Handle(), workspace, bad, Kind.TRADES).refused
    with pytest.raises(KnownError):
        import_file(Handle(), workspace, written(tmp_path, f"{MARK}\n", "odd"), Kind.TRADES)
    with pytest.raises(KnownError):
        issue_work.comment_issues(workspace, [99], MARK)
    cancelled = Handle()
    cancelled.cancel()
    with pytest.raises(Cancelled):
        reconcile(cancelled, workspace)

    def break_down(*_: object) -> None:
        raise ValueError(f"row {MARK}")

    monkeypatch.setattr("opspilot_desktop.recon.engine.run", break_down)
    with pytest.raises(ValueError, match=MARK):
        reconcile(Handle(), workspace)
    text = log.read_text(encoding="utf-8")
    assert not [value for value in VALUES if value in text]
    failed = [(line["operation"], line["error_type"]) for line in lines(log) if "error_type" in line]
    assert [(name, kind.rpartition(".")[2]) for name, kind in failed] == [
        ("check file", "NeedsMapping"),
        ("comment", "KnownError"),
        ("reconcile", "Cancelled"),
        ("reconcile", "ValueError"),
    ]


def test_the_command_line_logs_too_and_lets_go_of_the_file(tmp_path: Path) -> None:
    before = list(logging.getLogger().handlers)
    target = str(tmp_path / "w.opspilot")
    file = str(written(tmp_path, TRADES, "trades"))
    assert cli.main(["import", "trades", file, "--db", target]) == 0
    assert cli.main(["reconcile", "--db", target]) == 0
    assert cli.main(["issues", "--db", str(tmp_path / MARK)]) == 1
    log = paths.logs() / logs.FILE_NAME
    done = [line["operation"] for line in lines(log) if line["message"] == "Done"]
    assert done == ["check file", "import", "reconcile"]
    assert MARK not in log.read_text(encoding="utf-8")
    assert logging.getLogger().handlers == before


def test_a_refusal_by_the_database_leaves_no_value(
    workspace: Workspace, tmp_path: Path, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a driver says quotes the row."""
    import_file(Handle(), workspace, written(tmp_path, TRADES, "trades"), Kind.TRADES)

    def refuse(*_: object, **__: object) -> None:
        raise RuntimeError(f"DETAIL: Key (trade_id)=({MARK}1) already exists.")

    monkeypatch.setattr(database.Database, "write", refuse)
    with pytest.raises(RuntimeError):
        import_file(Handle(), workspace, written(tmp_path, LEDGER, "ledger"), Kind.LEDGER)
    assert MARK not in log.read_text(encoding="utf-8")
    assert lines(log)[-1]["error_type"] == "RuntimeError"
