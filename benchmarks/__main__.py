"""Runs the benchmarks and prints what they measured as Markdown: `python -m benchmarks --rows 1000000`."""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from .data import SEED, DataSet
from .report import HEADINGS, document, headless_report, machine, start_up_report, window_report
from .start_up import packaged_starts, start_up_seconds

_DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "benchmarks.md"


def main() -> int:
    """Runs the parts that were asked for; returns 1 when one of them found something wrong."""
    arguments = _parse()
    problems: list[str] = []
    with tempfile.TemporaryDirectory(prefix="opspilot-data-") as temporary:
        folder = arguments.data or Path(temporary)
        for part in arguments.parts:
            measured_on = machine(f"{part} {_options(arguments)}")
            print(f"Measuring: {part}…", file=sys.stderr)
            body, wrong = _measure(part, arguments, folder)
            problems += wrong
            section = f"{measured_on}\n\n{body}"
            print(f"## {HEADINGS[part]}\n\n{section}\n", flush=True)
            if arguments.write:
                before = _DOCUMENT.read_text(encoding="utf-8") if _DOCUMENT.exists() else ""
                _DOCUMENT.write_text(document(before, {HEADINGS[part]: section}), encoding="utf-8")
    for problem in problems:
        print(f"Wrong: {problem}", file=sys.stderr)
    return 1 if problems else 0


def _measure(part: str, arguments: argparse.Namespace, folder: Path) -> tuple[str, list[str]]:
    """A part's section, and what it found wrong."""
    if part == "start-up":
        return start_up_report(start_up_seconds(), packaged_starts()), []
    if part == "engine":
        from .engine import Options, measure, prepare_rivals
        from .engine_report import engine_report

        rivals = None if arguments.no_rivals else prepare_rivals()
        options = Options(
            arguments.rows,
            arguments.repeats,
            arguments.seed,
            arguments.data,
            rivals,
            not arguments.no_postgres,
        )
        measured = measure(options)
        return engine_report(measured), measured["problems"]
    if part == "import":
        return _measure_imports(arguments)
    DataSet.make(folder, arguments.rows, arguments.seed)
    measured = _child(f"benchmarks.{part}", folder, arguments.rows, arguments.seed)
    report = headless_report if part == "headless" else window_report
    return report(measured), measured["problems"]


def _measure_imports(arguments: argparse.Namespace) -> tuple[str, list[str]]:
    from .engine import prepare_rivals
    from .import_report import import_report
    from .imports import Options, measure

    rivals = None if arguments.no_rivals else prepare_rivals()
    measured = measure(
        Options(
            arguments.rows,
            arguments.repeats,
            arguments.seed,
            arguments.data,
            rivals,
            not arguments.no_largest,
        )
    )
    return import_report(measured), measured["problems"]


def _parse() -> argparse.Namespace:
    parts = ", ".join(HEADINGS)
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("parts", nargs="*", help=f"what to measure: {parts}; all of them by default")
    parser.add_argument("--rows", type=int, default=1_000_000, help="how many trades (default 1,000,000)")
    parser.add_argument("--seed", type=int, default=SEED, help=f"of the generated files (default {SEED})")
    parser.add_argument("--data", type=Path, metavar="FOLDER", help="keeps the generated files there")
    parser.add_argument(
        "--repeats", type=int, default=3, help="turns of the engine's runs and of the imports (default 3)"
    )
    parser.add_argument(
        "--no-rivals", action="store_true", help="the engine and the imports without other programs"
    )
    parser.add_argument(
        "--no-largest", action="store_true", help="the imports without one of five times the rows"
    )
    parser.add_argument("--no-postgres", action="store_true", help="the engine without PostgreSQL")
    parser.add_argument(
        "--write", action="store_true", help="puts what was measured into docs/benchmarks.md as well"
    )
    arguments = parser.parse_args()
    if unknown := set(arguments.parts) - set(HEADINGS):
        parser.error(f"there is no part called {', '.join(sorted(unknown))}; there are {parts}")
    if arguments.rows < 100 or arguments.repeats < 1:
        parser.error("--rows has to be at least 100, and --repeats at least 1")
    arguments.parts = arguments.parts or list(HEADINGS)
    return arguments


def _options(arguments: argparse.Namespace) -> str:
    """The options that decide about the figures, as they are typed."""
    typed = [f"--rows {arguments.rows}", f"--seed {arguments.seed}", f"--repeats {arguments.repeats}"]
    usual = [f"--seed {SEED}", "--repeats 3"]
    return " ".join([*[option for option in typed if option not in usual], "--write"])


def _child(module: str, folder: Path, rows: int, seed: int) -> dict[str, Any]:
    """What a part prints, run in a process of its own so that its memory is its own."""
    # Not with -m: the processes that the program starts would load the benchmark first.
    run = f"import sys, pathlib; from {module} import main; path, rows, seed = sys.argv[1:]"
    call = "sys.exit(main(pathlib.Path(path), int(rows), int(seed)))"
    command = [sys.executable, "-c", f"{run}; {call}", str(folder), str(rows), str(seed)]
    done = subprocess.run(command, env=dict(os.environ), stdout=subprocess.PIPE, text=True, check=False)
    if not done.stdout.strip():
        raise SystemExit(f"{module} failed on {platform.platform()}; see what it wrote above.")
    measured: dict[str, Any] = json.loads(done.stdout)
    return measured


if __name__ == "__main__":
    sys.exit(main())
