"""The engine beside other programs, at several sizes and on both databases.

What is compared runs in turns, so that a change in the machine's speed concerns all alike. Each run is a
process of its own and begins with a fresh copy of an imported workspace.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from tests.helpers.postgres import PostgresServer, embedded_server

from .data import SEED, DataSet
from .engine_jobs import MEDIAN_RULES, further_rules
from .mixes import HARDER, MANY_INSTRUMENTS, USUAL, Mix
from .ties import CASES, Ties, make_ties

OURS, POSTGRESQL, DATACOMPY, DUCKDB = "ours", "postgresql", "datacompy_polars", "duckdb_join"
FLOATS, PANDAS = "sql_floats", "pandas_merge"

Runs = dict[str, list[dict[str, Any]]]
"""What each run of a series printed."""

_ROOT = Path(__file__).resolve().parent.parent
_LARGEST = 5
"""The largest size is this many times the rows that were asked for."""
_INCREMENTAL_RUNS = 5
_CANCELLED_RUNS = 12


@dataclass(frozen=True)
class Options:
    """What to measure: `data` is a folder in which the generated files stay, `rivals` the Python that has the
    rivals' libraries, `cases` how many ties there are."""

    rows: int = 1_000_000
    repeats: int = 3
    seed: int = SEED
    data: Path | None = None
    rivals: Path | None = None
    postgres: bool = True
    cases: int = CASES


def measure(options: Options) -> dict[str, Any]:
    """Everything, as JSON; `problems` says what was found wrong."""
    with tempfile.TemporaryDirectory(prefix="opspilot-benchmark-") as work:
        if not options.postgres:
            return _measure(_Bench(options, Path(work), None))
        with embedded_server({}) as server:  # as PostgreSQL is by default
            return _measure(_Bench(options, Path(work), server))


def prepare_rivals() -> Path:
    """Makes the environment of the rivals, if need be, and returns its Python."""
    command = [sys.executable, str(_ROOT / "scripts" / "environment.py"), "--rivals"]
    if subprocess.run(command, check=False, stdout=sys.stderr).returncode:
        raise SystemExit("The other programs could not be installed; --no-rivals measures without them.")
    return _ROOT / ".venv-bench" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


class _Bench:
    """Where the files are, how a run is made, and what was found wrong."""

    def __init__(self, options: Options, work: Path, server: PostgresServer | None) -> None:
        self.options = options
        self.work = work
        self.server = server
        self.problems: list[str] = []

    def data(self, rows: int, mix: Mix = USUAL) -> DataSet:
        """The generated files of that size."""
        self.say(f"{rows:,} trades, {mix.about}")
        folder = (self.options.data or self.work) / f"{mix.name}-{rows}"
        return DataSet.make(folder, rows, self.options.seed, mix)

    def imported(self, data: DataSet, *, on_server: bool = False) -> str:
        """A workspace with these files in it, and no run yet."""
        self.say("importing" + (" on PostgreSQL" if on_server else ""))
        if on_server:
            assert self.server is not None
            target = self.server.create_database()
        else:
            target = str(self.work / f"{data.trades.parent.name}.opspilot")
        self.job("load", target, data.trades, data.ledger)
        return target

    @contextmanager
    def copy(self, imported: str) -> Iterator[str]:
        """A copy to work on, with nothing left to be written to the disk."""
        if "://" in imported:
            assert self.server is not None
            target = self.server.create_database(imported)
            yield target
            self.server.drop_database(target)
            return
        target = str(self.work / "copy.opspilot")
        shutil.copyfile(imported, target)
        if hasattr(os, "sync"):
            os.sync()
        yield target
        for ending in ("", "-wal", "-shm"):
            Path(target + ending).unlink(missing_ok=True)

    def job(self, name: str, target: str, *others: object) -> dict[str, Any]:
        """What a job of `engine_jobs` prints."""
        return self.process(sys.executable, "engine_jobs", name, target, *others)

    def full(self, imported: str, data: DataSet) -> dict[str, Any]:
        """A first run on a copy; what it finds is checked."""
        with self.copy(imported) as target:
            run = self.job("full", target)
        self.check(
            run["found"] == data.planted.issues, f"planted {data.planted.issues}, found {run['found']}"
        )
        self.check(run["same"], "a second full run found something else than the first")
        return run

    def rival(self, name: str, trades: Path, ledger: Path, *breaks: Path) -> dict[str, Any]:
        """What a rival prints."""
        assert self.options.rivals is not None
        return self.process(self.options.rivals, f"rivals.{name}", trades, ledger, *breaks)

    def process(self, python: str | Path, module: str, *arguments: object) -> dict[str, Any]:
        """What a module of the benchmarks prints, run in a process of its own."""
        command = [str(python), "-m", f"benchmarks.{module}", *[str(argument) for argument in arguments]]
        done = subprocess.run(command, cwd=_ROOT, stdout=subprocess.PIPE, text=True, check=True)
        printed: dict[str, Any] = json.loads(done.stdout)
        return printed

    def say(self, text: str) -> None:
        """Tells the person who waits."""
        print(f"  {text}", file=sys.stderr)

    def check(self, holds: bool, problem: str) -> None:
        """Notes what went wrong."""
        if not holds:
            self.problems.append(problem)


def _measure(bench: _Bench) -> dict[str, Any]:
    rows = bench.options.rows
    data = bench.data(rows)
    imported = bench.imported(data)
    on_server = bench.imported(data, on_server=True) if bench.server else None
    runs = _side_by_side(bench, data, imported, on_server)
    incremental = {str(rows): _incremental(bench, data, imported)}
    cancel = {}
    if on_server:
        incremental[POSTGRESQL] = _incremental(bench, data, on_server)
        cancel[POSTGRESQL] = _cancel(bench, data, on_server, runs[POSTGRESQL])
    named = further_rules()
    rules = {USUAL.name: _rules(bench, data, imported, named)} if named else {}
    sizes, cancel[OURS] = _sizes(bench, {rows: (data, imported)})
    fifth = bench.data(rows // 5)
    incremental[str(rows // 5)] = _incremental(bench, fifth, bench.imported(fifth))
    if by_median := [name for name in named if name in MEDIAN_RULES]:
        many = bench.data(rows, MANY_INSTRUMENTS)
        rules[MANY_INSTRUMENTS.name] = _rules(bench, many, bench.imported(many), by_median)
    return {
        "rows": rows,
        "entries": data.planted.entries,
        "planted": data.planted.issues,
        "runs": runs,
        "incremental": incremental,
        "sizes": sizes,
        "cancel": cancel,
        "rules": rules,
        "orm": _orm(bench, bench.data(rows // 100)),
        "mixes": {mix.about: _harder(bench, bench.data(rows, mix)) for mix in HARDER},
        "ties": _ties(bench),
        "problems": bench.problems,
    }


def _side_by_side(bench: _Bench, data: DataSet, imported: str, on_server: str | None = None) -> Runs:
    """Runs of ours and of the rivals, in turns."""
    runs: Runs = {OURS: []}
    for turn in range(bench.options.repeats):
        bench.say(f"side by side, turn {turn + 1}")
        runs[OURS].append(bench.full(imported, data))
        for name in (DATACOMPY, DUCKDB) if bench.options.rivals else ():
            runs.setdefault(name, []).append(bench.rival(name, data.trades, data.ledger))
        if on_server:
            runs.setdefault(POSTGRESQL, []).append(bench.full(on_server, data))
    return runs


def _harder(bench: _Bench, data: DataSet) -> dict[str, Any]:
    imported = bench.imported(data)
    runs = _side_by_side(bench, data, imported)
    Path(imported).unlink()
    return {"entries": data.planted.entries, "planted": data.planted.issues, "runs": runs}


def _incremental(bench: _Bench, data: DataSet, imported: str) -> dict[str, Any]:
    bench.say("incremental runs")
    with bench.copy(imported) as target:
        runs = bench.job("incremental", target, data.changed, _INCREMENTAL_RUNS)
        alone = []
        for turn in range(bench.options.repeats):
            bench.job("change", target, data.changed, _INCREMENTAL_RUNS + turn)
            alone.append(bench.job("once", target))
    runs["alone"] = [run["seconds"] for run in alone]
    bench.check(all(run["scope"] == "incremental" for run in alone), "a run after changes was a full one")
    bench.check(runs["same"], "an incremental run and a full one found something else")
    return runs


def _cancel(bench: _Bench, data: DataSet, imported: str, full: list[dict[str, Any]]) -> dict[str, Any]:
    """Cancels at moments spread over what a run has taken."""
    bench.say("cancelled runs")
    seconds = median(run["seconds"] for run in full)
    with bench.copy(imported) as target:
        cancelled = bench.job("cancel", target, seconds, _CANCELLED_RUNS)
    bench.check(cancelled["unchanged"], "a cancelled run left something behind")
    bench.check(cancelled["found"] == data.planted.issues, "a run after cancelled ones found something else")
    return {**cancelled, "rows": data.planted.trades}


def _rules(bench: _Bench, data: DataSet, imported: str, names: list[str]) -> dict[str, Any]:
    bench.say("the rules that are off by default")
    with bench.copy(imported) as target:
        return bench.job("rules", target, data.changed, bench.options.repeats, *names)


def _sizes(bench: _Bench, made: dict[int, tuple[DataSet, str]]) -> tuple[Runs, dict[str, Any]]:
    """Runs at each size, in turns, and cancelled runs at the largest."""
    rows = bench.options.rows
    for size in (rows // 100, rows // 10, rows * _LARGEST):
        data = bench.data(size)
        made[size] = (data, bench.imported(data))
    runs: Runs = {str(size): [] for size in sorted(made)}
    for turn in range(bench.options.repeats):
        bench.say(f"every size, turn {turn + 1}")
        for size, (data, imported) in made.items():
            runs[str(size)].append(bench.full(imported, data))
    largest = max(made)
    data, imported = made[largest]
    cancelled = _cancel(bench, data, imported, runs[str(largest)])
    for _, imported in made.values():
        Path(imported).unlink()
    return runs, cancelled


def _orm(bench: _Bench, data: DataSet) -> dict[str, Any]:
    imported = bench.imported(data)
    runs: dict[str, Any] = {OURS: [], "orm": [], "rows": data.planted.trades}
    for turn in range(bench.options.repeats):
        bench.say(f"a query for each trade, turn {turn + 1}")
        runs[OURS].append(bench.full(imported, data))
        runs["orm"].append(bench.job("orm", imported))
    return runs


def _ties(bench: _Bench) -> dict[str, Any]:
    """For each program, how many of the breaks that it found are false, and how many it missed."""
    bench.say("tie cases")
    ties = make_ties(bench.work / "ties", bench.options.cases, bench.options.seed)
    target, found = str(bench.work / "ties.opspilot"), bench.work / "breaks"
    bench.job("load", target, ties.trades, ties.ledger)
    bench.job("breaks", target, found)
    wrong = {OURS: _wrong(ties, found)}
    bench.check(wrong[OURS] == (0, 0), f"of the tie cases, {wrong[OURS]} were found falsely and missed")
    bench.process(sys.executable, f"rivals.{FLOATS}", ties.trades, ties.ledger, found)
    wrong[FLOATS] = _wrong(ties, found)
    for name in (PANDAS, DATACOMPY, DUCKDB) if bench.options.rivals else ():
        bench.rival(name, ties.trades, ties.ledger, found)
        wrong[name] = _wrong(ties, found)
    return {"cases": bench.options.cases, "breaks": len(ties.breaks), "wrong": wrong}


def _wrong(ties: Ties, found: Path) -> tuple[int, int]:
    return ties.wrong(set(found.read_text(encoding="utf-8").split()))
