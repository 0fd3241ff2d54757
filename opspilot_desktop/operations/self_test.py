"""The main job from end to end in a temporary workspace, without a window: what CI and a bundle run."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .. import paths
from ..domain.errors import KnownError
from ..domain.fields import Kind
from ..domain.issues import IssueStatus, ReasonCode
from ..domain.jobs import Handle
from .demo import sample_file
from .explaining import explain_issue
from .exporting import export_rows
from .importing import import_file
from .issue_work import reopen_issues, resolve_issues
from .reading import issue_query, list_issues, read_issue, verify
from .reconciling import reconcile
from .workspace import Workspace, open_workspace


@dataclass(frozen=True)
class Check:
    """One step of the self-test: what it did, and what was wrong ("" when nothing was)."""

    name: str
    problem: str

    @property
    def ok(self) -> bool:
        """Whether the step held."""
        return not self.problem


def run_self_test() -> Iterator[Check]:
    """Does the main job step by step; it ends at the first step that does not hold."""
    with (
        tempfile.TemporaryDirectory(prefix="opspilot-self-test-") as folder,
        open_workspace(str(Path(folder, "self-test.opspilot")), create=True) as workspace,
    ):
        for name, step in _steps(workspace, Path(folder)):
            check = Check(name, _problem(step))
            yield check
            if not check.ok:
                return


def _problem(step: Callable[[], object]) -> str:
    try:
        return str(step() or "")
    except KnownError as error:
        return error.message
    except Exception as error:  # whatever it is, the self-test says so and fails
        return f"{type(error).__name__}: {error}"


def _steps(workspace: Workspace, folder: Path) -> list[tuple[str, Callable[[], object]]]:
    handle = Handle()
    return [
        ("import the sample trades", lambda: _import(handle, workspace, Kind.TRADES)),
        ("import the sample ledger", lambda: _import(handle, workspace, Kind.LEDGER)),
        ("reconcile and find the planted issues", lambda: _reconcile(handle, workspace)),
        ("resolve and reopen an issue", lambda: _resolve_and_reopen(handle, workspace)),
        ("ask the offline copilot", lambda: _ask(handle, workspace)),
        ("export the issues", lambda: _export(handle, workspace, folder)),
        ("verify the database and the audit trail", lambda: _verify(handle, workspace)),
    ]


def _import(handle: Handle, workspace: Workspace, kind: Kind) -> str:
    result = import_file(handle, workspace, sample_file(kind), kind)
    return "" if result.imported == result.read > 0 and not result.refused else result.message


def _reconcile(handle: Handle, workspace: Workspace) -> str:
    reconcile(handle, workspace)
    found = {(issue["issue_type"], issue["trade_id"]) for issue in _issues(handle, workspace)}
    planted = planted_issues()
    return "" if found == planted else f"missing {planted - found}, too many {found - planted}"


def planted_issues() -> set[tuple[str, str]]:
    """The issues that are in the sample files, by type and trade id."""
    with (paths.resources() / "sample" / "planted.csv").open(encoding="utf-8", newline="") as file:
        return {(row["issue_type"], row["trade_id"]) for row in csv.DictReader(file)}


def _issues(handle: Handle, workspace: Workspace) -> list[dict[str, Any]]:
    return list_issues(handle, workspace, issue_query(None, None))


def _resolve_and_reopen(handle: Handle, workspace: Workspace) -> str:
    number = _issues(handle, workspace)[0]["id"]
    resolve_issues(workspace, [number], ReasonCode.TIMING.value, "Self-test")
    resolved = read_issue(handle, workspace, number).issue["status"]
    reopen_issues(workspace, [number])
    reopened = read_issue(handle, workspace, number).issue["status"]
    wanted = (IssueStatus.RESOLVED.value, IssueStatus.OPEN.value)
    return "" if (resolved, reopened) == wanted else f"the issue was {resolved}, then {reopened}"


def _ask(handle: Handle, workspace: Workspace) -> str:
    issue = _issues(handle, workspace)[0]
    answer = "".join(explain_issue(handle, workspace, issue["id"], offline=True))
    return "" if issue["trade_id"] in answer else "the answer does not name the trade"


def _export(handle: Handle, workspace: Workspace, folder: Path) -> str:
    for ending in ("csv", "xlsx", "jsonl"):
        path = folder / f"issues.{ending}"
        written = export_rows(handle, workspace, Kind.ISSUES, path)
        if written != len(planted_issues()) or not path.stat().st_size:
            return f"{path.name} has {written} rows"
    return ""


def _verify(handle: Handle, workspace: Workspace) -> str:
    verdict = verify(handle, workspace)
    return "" if verdict.ok else f"{verdict.database_message}; audit row {verdict.broken_audit_row}"
