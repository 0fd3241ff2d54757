"""The command line's import beside `sqlite3 .import`, and the engine's runs.

Runs in a process of its own and prints a JSON object: `python -m benchmarks.headless DATA_FOLDER ROWS SEED`.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path
from typing import Any

from opspilot_desktop.domain.fields import Kind
from opspilot_desktop.domain.jobs import Handle
from opspilot_desktop.operations.importing import import_file
from opspilot_desktop.operations.reconciling import Reconciled, reconcile
from opspilot_desktop.operations.workspace import Workspace, open_workspace

from .data import DataSet
from .memory import peak_memory

_KEYS = {"trades": ("trade_id",), "ledger": ("entry_id", "trade_id")}
"""The columns that the program's own tables are keyed and joined by."""


def measure(data: DataSet, folder: Path) -> dict[str, Any]:
    """Seconds and peak memory of the imports and runs, and what the runs found."""
    seconds: dict[str, float] = {}
    problems: list[str] = []
    files = {Kind.TRADES: data.trades, Kind.LEDGER: data.ledger}
    with open_workspace(str(folder / "benchmark.opspilot"), create=True) as workspace:
        for kind, file in files.items():
            started = time.perf_counter()
            result = import_file(Handle(), workspace, file, kind)
            seconds[f"import {kind.value}"] = time.perf_counter() - started
            if result.refused or result.rejected_total:
                problems.append(f"{file.name}: {result.message}")
        full = _run(workspace, seconds, "full run")
        if dict(full.summary.open_by_type) != data.planted.issues:
            problems.append(f"planted {data.planted.issues}, found {dict(full.summary.open_by_type)}")
        changed = import_file(Handle(), workspace, data.changed, Kind.TRADES)
        incremental = _run(workspace, seconds, "incremental run")
        if incremental.summary.checked != changed.updated:
            problems.append(f"{changed.updated} trades changed, {incremental.summary.checked} were checked")
        again = _run(workspace, seconds, "second full run", full=True)
        if again.summary.open_by_type != incremental.summary.open_by_type:
            problems.append("a full run finds other issues than the incremental one before it")
    for kind, file in files.items():
        taken = _shell_import(file, kind.value, folder)
        if taken is not None:
            seconds[f"sqlite3 .import {kind.value}"] = taken
    return {"seconds": seconds, "peak": peak_memory(), "problems": problems}


def _run(workspace: Workspace, seconds: dict[str, float], name: str, *, full: bool = False) -> Reconciled:
    started = time.perf_counter()
    result = reconcile(Handle(), workspace, full=full)
    seconds[name] = time.perf_counter() - started
    return result


def _shell_import(file: Path, table: str, folder: Path) -> float | None:
    """Seconds that SQLite's own shell takes for the same file and keys; None where it is not installed."""
    shell = shutil.which("sqlite3")
    if shell is None:
        return None
    database = folder / f"shell-{table}.sqlite"
    with file.open(encoding="utf-8") as lines:
        columns = ", ".join(f"{name.strip()} TEXT" for name in lines.readline().split(","))
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA page_size = 16384")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(f"CREATE TABLE {table} ({columns})")
    indexes = [f"CREATE INDEX {table}_{column} ON {table} ({column});" for column in _KEYS[table]]
    script = ["PRAGMA synchronous = FULL;", f".import --csv --skip 1 {file} {table}", *indexes]
    started = time.perf_counter()
    subprocess.run(
        [shell, str(database)], input="\n".join(script), text=True, check=True, capture_output=True
    )
    return time.perf_counter() - started


def main(folder: Path, rows: int, seed: int) -> int:
    """Runs the benchmark; returns the exit status."""
    data = DataSet.make(folder, rows, seed)
    with tempfile.TemporaryDirectory(prefix="opspilot-benchmark-") as work:
        report = measure(data, Path(work))
    print(json.dumps(report))
    return 1 if report["problems"] else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])))
