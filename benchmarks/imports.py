"""Imports by the command line beside other programs, each job in processes of its own, their starts counted.

What is compared runs in turns, so that a change in the machine's speed concerns all alike.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from opspilot_desktop.cli.shared import DONE, ROWS_SKIPPED
from opspilot_desktop.domain.fields import RECORDS, FieldType, Kind

from . import shell
from .data import SEED, DataSet

OURS, SHELL = "OpsPilot", "sqlite3"
EMPTY, FILLED, SMALL, BAD, WHOLE = "empty", "filled", "small", "bad", "end to end"
_ROOT = Path(__file__).resolve().parent.parent
_BAD_ROWS = 0.1
_LARGEST = 5
"""The largest size is this many times the rows that were asked for."""

Files = dict[Kind, Path]
Seconds = dict[str, dict[str, list[float]]]
"""By what is measured and by program: the seconds of each turn."""


@dataclass(frozen=True)
class Options:
    """What to measure: `data` is a folder in which the generated files stay, `rivals` the Python that has the
    rivals' libraries; `largest` says whether the largest size is measured too."""

    rows: int = 1_000_000
    repeats: int = 3
    seed: int = SEED
    data: Path | None = None
    rivals: Path | None = None
    largest: bool = True


def measure(options: Options) -> dict[str, Any]:
    """Everything, as JSON; `problems` says what was found wrong."""
    with tempfile.TemporaryDirectory(prefix="opspilot-benchmark-") as work:
        return _Bench(options, Path(work)).measure()


class _Bench:
    def __init__(self, options: Options, work: Path) -> None:
        self.options = options
        self.work = work
        self.environment = {**os.environ, "OPSPILOT_HOME": str(work / "home")}
        self.has_shell = shell.installed() is not None
        self.problems: list[str] = []
        self.seconds: Seconds = {}

    def measure(self) -> dict[str, Any]:
        rows = self.options.rows
        data = self.data(rows)
        files = {Kind.TRADES: data.trades, Kind.LEDGER: data.ledger}
        more, bad = _more(files, self.work / "more"), _bad(files, self.work / "bad", self.options.seed)
        small = self.data(rows * 3 // 10)
        for turn in range(self.options.repeats):
            self.say(f"side by side, turn {turn + 1}")
            self.ours(files, more, data)
            self.take(BAD, OURS, lambda: self.load(self.new("bad"), bad, "--on-error", "skip"))
            few = {Kind.TRADES: small.trades, Kind.LEDGER: small.ledger}
            self.take(SMALL, OURS, lambda few=few: self.load(self.new("small"), few))
            if self.has_shell:
                self.by_shell(files, more, data)
                self.take(SMALL, SHELL, lambda few=few: self.load_by_shell(self.new("small"), few))
        others = self.others(files, data) if self.options.rivals else {}
        peaks = {str(rows): self.peak(files)}
        if self.options.largest:
            largest = self.data(rows * _LARGEST)
            peaks[str(rows * _LARGEST)] = self.peak(
                {Kind.TRADES: largest.trades, Kind.LEDGER: largest.ledger}
            )
        return {
            "rows": rows,
            "entries": data.planted.entries,
            "small": small.planted.trades,
            "seconds": self.seconds,
            "others": others,
            "peaks": peaks,
            "has_shell": self.has_shell,
            "problems": self.problems,
        }

    # The program

    def ours(self, files: Files, more: Files, data: DataSet) -> None:
        """Into an empty workspace, into a filled one, and from files to issues."""
        workspace = self.new("ours")
        loaded = self.take(EMPTY, OURS, lambda: self.load(workspace, files))
        filled = self.new("filled")
        shutil.copyfile(workspace, filled)
        self.take(FILLED, OURS, lambda: self.load(filled, more))
        filled.unlink()
        started = time.perf_counter()
        run = self.program("--db", str(workspace), "reconcile", "--json")
        self.add(WHOLE, OURS, loaded + time.perf_counter() - started)
        found = json.loads(run)["open_by_type"]
        self.check(found == data.planted.issues, f"planted {data.planted.issues}, found {found}")

    def load(self, workspace: Path, files: Files, *options: str) -> None:
        for kind, file in files.items():
            self.program("--db", str(workspace), "import", kind.value, str(file), *options)

    def program(self, *arguments: str) -> str:
        """What the command line prints."""
        command = [sys.executable, "-m", "opspilot_desktop", *arguments]
        done = subprocess.run(
            command, cwd=_ROOT, env=self.environment, stdout=subprocess.PIPE, text=True, check=False
        )
        if done.returncode not in (DONE, ROWS_SKIPPED):
            raise SystemExit(f"{' '.join(command)} failed with status {done.returncode}")
        return done.stdout

    def peak(self, files: Files) -> dict[str, float]:
        """The most memory of all of the program's processes together, importing once more without a clock."""
        self.say(f"memory, {files[Kind.TRADES].stat().st_size / 1e6:,.0f} MB of trades")
        workspace = self.new("memory")
        most = {}
        for kind, file in files.items():
            command = [sys.executable, "-m", "opspilot_desktop", "--db", str(workspace)]
            with subprocess.Popen(
                [*command, "import", kind.value, str(file)],
                cwd=_ROOT,
                env=self.environment,
                stdout=subprocess.DEVNULL,
            ) as process:
                most[kind.value] = _peak_of(process)
            self.check(process.returncode == 0, f"{file.name} was not imported")
        return most

    # Others

    def by_shell(self, files: Files, more: Files, data: DataSet) -> None:
        """The same by SQLite's own shell."""
        database = self.new("shell")
        loaded = self.take(EMPTY, SHELL, lambda: self.load_by_shell(database, files))
        filled = self.new("shell-filled")
        shutil.copyfile(database, filled)
        self.take(FILLED, SHELL, lambda: self.load_by_shell(filled, more, indexed=True))
        filled.unlink()
        started = time.perf_counter()
        found = shell.compare(database)
        self.add(WHOLE, SHELL, loaded + time.perf_counter() - started)
        planted = data.planted.issues
        self.check(found == planted, f"the shell finds {found}, planted are {planted}")

    def load_by_shell(self, database: Path, files: Files, *, indexed: bool = False) -> None:
        for kind, file in files.items():
            shell.load(database, kind, file, indexed=indexed)

    def others(self, files: Files, data: DataSet) -> dict[str, float | str]:
        """Seconds of the other programs, once each: most take so long that chance does not matter."""
        python = self.options.rivals
        assert python is not None
        pairs = [part for kind, file in files.items() for part in (kind.value, str(file))]
        module = [str(python), "-m", "benchmarks.rivals"]
        beside = python.parent
        schemas = [part for kind, file in files.items() for part in (str(self.schema(kind, file)), str(file))]
        exact = [f"{module[2]}.duckdb_join", str(data.trades), str(data.ledger)]
        typed = [str(beside / "csvs-to-sqlite"), *map(str, files.values()), str(self.new("csvs"))]
        commands = {
            "pandas read_csv + to_sql": [
                [str(python), "-m", "benchmarks.rivals.load_pandas", str(self.new("pandas")), *pairs]
            ],
            "csvs-to-sqlite": [typed],
            "sqlite-utils insert": [
                [str(beside / "sqlite-utils"), "insert", str(self.new("utils")), kind, file, "--csv"]
                for kind, file in zip(pairs[::2], pairs[1::2], strict=True)
            ],
            "frictionless validate": [
                [str(python), "-m", "benchmarks.rivals.validate_frictionless", *schemas]
            ],
            "DuckDB, exact decimals, end to end": [[str(python), "-m", *exact]],
        }
        return {name: self.other(name, each) for name, each in commands.items()}

    def other(self, name: str, commands: list[list[str]]) -> float | str:
        self.say(name)
        started = time.perf_counter()
        for command in commands:
            try:
                done = subprocess.run(command, cwd=_ROOT, capture_output=True, text=True, check=False)
            except OSError:
                return "is not installed"
            if done.returncode:
                print((done.stderr or done.stdout)[-2000:], file=sys.stderr)
                return f"failed with status {done.returncode}"
        return time.perf_counter() - started

    def schema(self, kind: Kind, file: Path) -> Path:
        """What frictionless is to check: the same fields, types and unique key as the program does."""
        names = {
            FieldType.DECIMAL: "number",
            FieldType.DATE: "date",
        }
        known = {field.name: field for field in RECORDS[kind].fields}
        with file.open(encoding="utf-8") as lines:
            header = lines.readline().strip().split(",")
        fields = [
            {
                "name": name,
                "type": names.get(known[name].type, "string"),
                "constraints": {"required": known[name].required},
            }
            for name in header
        ]
        path = self.work / f"{kind.value}.schema.json"
        path.write_text(json.dumps({"fields": fields, "primaryKey": [header[0]]}), encoding="utf-8")
        return path

    # Helpers

    def data(self, rows: int) -> DataSet:
        self.say(f"{rows:,} trades")
        return DataSet.make((self.options.data or self.work) / f"import-{rows}", rows, self.options.seed)

    def new(self, name: str) -> Path:
        """A path at which there is nothing."""
        for ending in ("", "-wal", "-shm"):
            (self.work / f"{name}.sqlite{ending}").unlink(missing_ok=True)
        return self.work / f"{name}.sqlite"

    def take(self, what: str, who: str, job: Callable[[], object]) -> float:
        """Runs a job with nothing left to be written to the disk; returns its seconds, which are kept."""
        if hasattr(os, "sync"):
            os.sync()
        started = time.perf_counter()
        job()
        return self.add(what, who, time.perf_counter() - started)

    def add(self, what: str, who: str, seconds: float) -> float:
        self.seconds.setdefault(what, {}).setdefault(who, []).append(seconds)
        return seconds

    def say(self, text: str) -> None:
        print(f"  {text}", file=sys.stderr)

    def check(self, holds: bool, problem: str) -> None:
        if not holds:
            self.problems.append(problem)


def _more(files: Files, folder: Path) -> Files:
    """As many rows again, whose ids come after those of the files."""
    folder.mkdir()
    made = {}
    for kind, file in files.items():
        made[kind] = folder / file.name
        with _rewritten(file, made[kind]) as (lines, write):
            for line in lines:
                write(f"U{line[1:]}" if kind is Kind.TRADES else f"M{line[1:]}".replace(",T-", ",U-"))
    return made


def _bad(files: Files, folder: Path, seed: int) -> Files:
    """The files with something wrong in a tenth of their rows, mostly in one cell, sometimes in several."""
    folder.mkdir()
    chance = random.Random(seed)
    faults = {
        Kind.TRADES: ((2, "HOLD"), (3, "-5"), (4, "12x"), (7, "2026-02-30")),
        Kind.LEDGER: ((2, "1e5"), (2, ""), (3, ""), (5, "30.02.2026")),
    }
    made = {}
    for kind, file in files.items():
        made[kind] = folder / file.name
        with _rewritten(file, made[kind]) as (lines, write):
            for line in lines:
                if chance.random() < _BAD_ROWS:
                    cells = line.split(",")
                    for place, wrong in chance.sample(faults[kind], chance.choice((1, 1, 1, 2))):
                        cells[place] = wrong
                    write(",".join(cells))
                else:
                    write(line)
    return made


@contextmanager
def _rewritten(file: Path, made: Path) -> Iterator[tuple[Iterator[str], Callable[[str], object]]]:
    """The lines of the file after its header, and what writes into the one that is made."""
    with file.open(encoding="utf-8") as lines, made.open("w", encoding="utf-8", newline="") as written:
        written.write(next(lines))
        yield lines, written.write


def _peak_of(process: subprocess.Popen[bytes]) -> float:
    """The most memory, in bytes, that the process and its children had at the same time, seen often.

    What processes share is counted once where the system says how much that is.
    """
    most = 0.0
    ended = threading.Event()
    threading.Thread(target=lambda: (process.wait(), ended.set()), daemon=True).start()
    root = psutil.Process(process.pid)
    while not ended.wait(0.05):
        try:
            most = max(most, sum(_memory(each) for each in (root, *root.children(recursive=True))))
        except psutil.NoSuchProcess:
            continue
    return most


def _memory(process: psutil.Process) -> float:
    try:
        memory = process.memory_full_info()
    except psutil.Error:
        return 0.0
    return float(getattr(memory, "pss", memory.rss))
