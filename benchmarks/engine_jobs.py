"""The engine's runs that the benchmark measures, each in a process of its own: its memory is its own.

`python -m benchmarks.engine_jobs JOB TARGET …` prints one JSON object. Seconds are those of the operation,
from opening the connection to the commit, with the program's modules loaded before.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import DeclarativeBase, Session

from opspilot_desktop.domain.decimals import NANO
from opspilot_desktop.domain.fields import Kind
from opspilot_desktop.domain.issues import IssueType
from opspilot_desktop.domain.jobs import Cancelled, Handle
from opspilot_desktop.operations.importing import import_file
from opspilot_desktop.operations.reconciling import Reconciled, change_rule_settings, reconcile, rule_settings
from opspilot_desktop.operations.rules import preview_rules
from opspilot_desktop.operations.workspace import Workspace, open_workspace
from opspilot_desktop.recon import engine  # noqa: F401 (loaded before the first run is timed)
from opspilot_desktop.recon.rule_settings import CONTRACT_RULES
from opspilot_desktop.recon.rules import built_in
from opspilot_desktop.store import schema

from .memory import peak_memory

MEDIAN_RULES = ("ANOMALOUS_PRICE", "ANOMALOUS_QUANTITY_BY_INSTRUMENT")
"""Rules that hold each trade against the median of its instrument: what they cost goes by the instruments."""


def further_rules() -> list[str]:
    """The rules that this version has beyond the contract's, which are timed apart from those."""
    names = [rule.issue_type.value for rule in built_in()]
    return [name for name in names if name not in CONTRACT_RULES]


_WRITTEN = (
    *(schema.issues, schema.issue_comments, schema.runs, schema.dirty),
    *(schema.settings, schema.rule_versions, schema.audit_log),
)
"""The tables that a run writes to."""


def load(target: str, trades: Path, ledger: Path) -> dict[str, Any]:
    """Makes the workspace and imports both files."""
    started = time.perf_counter()
    with open_workspace(target, create=True) as workspace:
        for kind, file in ((Kind.TRADES, trades), (Kind.LEDGER, ledger)):
            result = import_file(Handle(), workspace, file, kind)
            if result.refused or result.rejected_total:
                raise SystemExit(result.message)
    return {"seconds": time.perf_counter() - started}


def full(target: str) -> dict[str, Any]:
    """The first run of a workspace, and the same once more with every issue there already."""
    with open_workspace(target, create=False) as workspace:
        seconds, first = _timed(workspace)
        peak = peak_memory()
        again, second = _timed(workspace, full=True)
    return {
        "seconds": seconds,
        "again": again,
        "peak": peak,
        "found": dict(first.summary.open_by_type),
        "same": second.summary.open_by_type == first.summary.open_by_type and not second.summary.opened,
    }


def incremental(target: str, changed: Path, repeats: int) -> dict[str, Any]:
    """After a first run: trades change, an incremental run, a full run; in turns.

    The changes open issues, change them, and take them back.
    """
    seconds: list[float] = []
    everything: list[float] = []
    same = True
    with open_workspace(target, create=False) as workspace:
        reconcile(Handle(), workspace)
        for number in range(1, repeats + 1):
            file = _with_more(changed, number % 3)
            updated = import_file(Handle(), workspace, file, Kind.TRADES).updated
            taken, run = _timed(workspace)
            seconds.append(taken)
            taken, whole = _timed(workspace, full=True)
            everything.append(taken)
            same = same and run.summary.open_by_type == whole.summary.open_by_type
            same = same and run.summary.scope == "incremental" and run.summary.checked == updated
    return {"seconds": seconds, "full": everything, "changed": updated, "same": same, "peak": peak_memory()}


def cancel(target: str, seconds: float, moments: int) -> dict[str, Any]:
    """Full runs that are cancelled at moments spread over the `seconds` that a run takes.

    Says for each how long it then took to return, whether it left everything as it was, and what a run
    finds afterwards.
    """
    answers: list[float] = []
    unchanged = True
    with open_workspace(target, create=False) as workspace:
        for number in range(moments):
            before = _state(workspace)
            answer = _cancelled_after(workspace, seconds * (number + 0.5) / moments)
            if answer is not None:  # else the run was over sooner
                answers.append(answer)
                unchanged = unchanged and _state(workspace) == before
        found = reconcile(Handle(), workspace, full=True).summary.open_by_type
    return {"answers": answers, "unchanged": unchanged, "found": dict(found)}


def change(target: str, changed: Path, more: int) -> dict[str, Any]:
    """Amends trades, and leaves the run to others."""
    with open_workspace(target, create=False) as workspace:
        return {"changed": import_file(Handle(), workspace, _with_more(changed, more), Kind.TRADES).updated}


def once(target: str) -> dict[str, Any]:
    """One run in a process that has made none yet, as from the command line."""
    with open_workspace(target, create=False) as workspace:
        seconds, run = _timed(workspace)
        return {"seconds": seconds, "scope": run.summary.scope, "peak": peak_memory()}


def rules(target: str, changed: Path, repeats: int, *names: str) -> dict[str, Any]:
    """Runs with the contract's rules alone ("") and with each of the named ones beside them.

    Before them, what the rules' dialog waits for: a dry run of each, of the contract's with twice the
    tolerance.
    """
    measured: dict[str, list[dict[str, Any]]] = {"": [], **{name: [] for name in names}}
    with open_workspace(target, create=False) as workspace:
        reconcile(Handle(), workspace)
        plain = rule_settings(workspace)
        wanted = {
            name: replace(plain, enabled=plain.enabled | {name})
            if name
            else replace(plain, tolerance=2 * plain.tolerance)
            for name in measured
        }
        dry = [
            {name: preview_rules(Handle(), workspace, wanted[name]).seconds for name in measured}
            for _ in range(repeats)
        ]
        steps = count(1)
        for turn in dry:
            for name, runs in measured.items():
                change_rule_settings(workspace, wanted[name] if name else plain)
                seconds, whole = _timed(workspace, full=True)
                import_file(Handle(), workspace, _with_more(changed, next(steps) % 2), Kind.TRADES)
                runs.append(
                    {
                        "dry": turn[name],
                        "full": seconds,
                        "incremental": _timed(workspace)[0],
                        "found": whole.summary.open_by_type.get(name, 0),
                    }
                )
    return measured


def orm(target: str) -> dict[str, Any]:
    """What a program does that asks the database for the entries of each trade."""
    with open_workspace(target, create=False) as workspace, Session(workspace.database.engine) as session:
        started = time.perf_counter()
        found = {kind.value: 0 for kind in (IssueType.MISSING_LEDGER_ENTRY, IssueType.AMOUNT_MISMATCH)}
        for trade in session.scalars(select(_Trade).where(_Trade.status == "pending")):
            entries = session.scalars(select(_Entry).where(_Entry.trade_id == trade.trade_id)).all()
            quantity = _decimal(trade.quantity_units, trade.quantity_nanos)
            gross = quantity * _decimal(trade.price_units, trade.price_nanos)
            total = sum((_decimal(entry.amount_units, entry.amount_nanos) for entry in entries), Decimal())
            if not entries:
                found[IssueType.MISSING_LEDGER_ENTRY.value] += 1
            elif abs(abs(gross) - abs(total)) > Decimal("0.01"):
                found[IssueType.AMOUNT_MISMATCH.value] += 1
        return {"seconds": time.perf_counter() - started, "peak": peak_memory(), "found": found}


def breaks(target: str, found: Path) -> dict[str, Any]:
    """Writes the trade ids of the breaks that a run finds between trades and ledger to a file, one a line."""
    is_break = schema.issues.c.issue_type.in_([kind.value for kind in IssueType if kind.is_matching])
    with open_workspace(target, create=False) as workspace:
        reconcile(Handle(), workspace)
        with workspace.database.read() as connection:
            ids = connection.execute(select(schema.issues.c.trade_id).where(is_break)).scalars().all()
    found.write_text("".join(f"{trade_id}\n" for trade_id in ids), encoding="utf-8")
    return {"found": len(ids)}


class _Base(DeclarativeBase):
    metadata = schema.metadata


# Classes whose attributes are the tables' columns.
_Trade: Any = type("_Trade", (_Base,), {"__table__": schema.trades})
_Entry: Any = type("_Entry", (_Base,), {"__table__": schema.ledger_entries})


def _decimal(units: int, nanos: int) -> Decimal:
    return units + Decimal(nanos) / NANO


def _timed(workspace: Workspace, *, full: bool = False) -> tuple[float, Reconciled]:
    started = time.perf_counter()
    result = reconcile(Handle(), workspace, full=full)
    return time.perf_counter() - started, result


def _with_more(changed: Path, more: int) -> Path:
    """A file like that of the changed trades, whose quantities are `more` than the first ones."""
    made = changed.with_name(f"changed-{more}.csv")
    with (
        changed.open(encoding="utf-8", newline="") as lines,
        made.open("w", encoding="utf-8", newline="") as file,
    ):
        rows = csv.DictReader(lines)
        writer = csv.DictWriter(file, rows.fieldnames or ())
        writer.writeheader()
        writer.writerows({**row, "quantity": str(int(row["quantity"]) + more - 1)} for row in rows)
    return made


def _cancelled_after(workspace: Workspace, seconds: float) -> float | None:
    """How long a run took to return after it was cancelled, None if it was over sooner."""
    handle = Handle()
    pressed: list[float] = []

    def press() -> None:
        pressed.append(time.perf_counter())
        handle.cancel()

    timer = threading.Timer(seconds, press)
    timer.start()
    try:
        reconcile(handle, workspace, full=True)
    except Cancelled:
        return time.perf_counter() - pressed[0]
    finally:
        timer.cancel()
        timer.join()
    return None


def _state(workspace: Workspace) -> str:
    """A digest of every row in the tables that a run writes to."""
    digest = hashlib.sha256()
    with workspace.database.read() as connection:
        for table in _WRITTEN:
            for row in connection.execute(select(table).order_by(*table.primary_key)):
                digest.update(repr(tuple(row)).encode())
    return digest.hexdigest()


def main() -> None:
    """Runs one job."""
    jobs: dict[str, tuple[Callable[..., dict[str, Any]], list[type]]] = {
        "load": (load, [Path, Path]),
        "full": (full, []),
        "incremental": (incremental, [Path, int]),
        "cancel": (cancel, [float, int]),
        "change": (change, [Path, int]),
        "once": (once, []),
        "rules": (rules, [Path, int]),
        "orm": (orm, []),
        "breaks": (breaks, [Path]),
    }
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("job", choices=jobs)
    parser.add_argument("target")
    parser.add_argument("others", nargs="*")
    arguments = parser.parse_args()
    job, kinds = jobs[arguments.job]
    kinds = [*kinds, *[str] * (len(arguments.others) - len(kinds))]
    others = [kind(text) for kind, text in zip(kinds, arguments.others, strict=True)]
    print(json.dumps(job(arguments.target, *others)))


if __name__ == "__main__":
    main()
