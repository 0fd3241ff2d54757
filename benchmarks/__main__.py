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
from .report import headless_report, machine_report, start_up_report, window_report
from .start_up import start_up_seconds

PARTS = ("start-up", "headless", "window")
_DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "benchmarks.md"


def main() -> int:
    """Runs the parts that were asked for; returns 1 when one of them found something wrong."""
    arguments = _parse()
    sections = [machine_report(arguments.rows)]
    problems: list[str] = []
    with tempfile.TemporaryDirectory(prefix="opspilot-data-") as temporary:
        folder = arguments.data or Path(temporary)
        if arguments.parts != ["start-up"]:
            print(f"Making {arguments.rows:,} trades (seed {SEED})…", file=sys.stderr)
            DataSet.make(folder, arguments.rows)
        for part in arguments.parts:
            print(f"Measuring: {part}…", file=sys.stderr)
            if part == "start-up":
                sections.append(start_up_report(start_up_seconds()))
                continue
            measured = _child(f"benchmarks.{part}", folder, arguments.rows)
            problems += measured["problems"]
            sections.append((headless_report if part == "headless" else window_report)(measured))
    text = "\n\n".join(sections) + "\n"
    print(text)
    for problem in problems:
        print(f"Wrong: {problem}", file=sys.stderr)
    if arguments.write:
        _DOCUMENT.write_text(text, encoding="utf-8")
    return 1 if problems else 0


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "parts", nargs="*", help=f"what to measure: {', '.join(PARTS)}; all of them by default"
    )
    parser.add_argument("--rows", type=int, default=1_000_000, help="how many trades (default 1,000,000)")
    parser.add_argument("--data", type=Path, metavar="FOLDER", help="keeps the generated files there")
    parser.add_argument("--write", action="store_true", help="writes docs/benchmarks.md as well")
    arguments = parser.parse_args()
    if unknown := set(arguments.parts) - set(PARTS):
        parser.error(f"there is no part called {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    if arguments.rows < 1:
        parser.error("--rows has to be at least 1")
    arguments.parts = arguments.parts or list(PARTS)
    return arguments


def _child(module: str, folder: Path, rows: int) -> dict[str, Any]:
    """What a part prints, run in a process of its own so that its memory is its own."""
    command = [sys.executable, "-m", module, str(folder), str(rows)]
    done = subprocess.run(command, env=dict(os.environ), stdout=subprocess.PIPE, text=True, check=False)
    if not done.stdout.strip():
        raise SystemExit(f"{module} failed on {platform.platform()}; see what it wrote above.")
    measured: dict[str, Any] = json.loads(done.stdout)
    return measured


if __name__ == "__main__":
    sys.exit(main())
