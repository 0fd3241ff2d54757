"""What was measured, as Markdown."""

from __future__ import annotations

import os
import platform
import sqlite3
import statistics
from collections.abc import Iterable, Sequence
from typing import Any

from .memory import MIB

LONGEST_BLOCK_MS = 100
MOST_MEMORY_MIB = 500
SLOWEST_START = 0.6


def machine_report(rows: int) -> str:
    """The heading: what was measured on what."""
    return (
        "# Benchmarks\n\n"
        f'`make bench ARGS="--rows {rows} --write"`, with {rows:,} trades and about as many ledger entries,'
        f" on {platform.system()} with {os.cpu_count()} processors, Python {platform.python_version()},"
        f" SQLite {sqlite3.sqlite_version}, off screen. The load when it began was"
        f" {os.getloadavg()[0]:.1f}; other work on the machine makes every figure worse."
        if hasattr(os, "getloadavg")
        else f"# Benchmarks\n\n{rows:,} trades, {platform.system()}, {os.cpu_count()} processors, off screen."
    )


def start_up_report(seconds: Sequence[float]) -> str:
    """From the start of the process to the shown window."""
    each = ", ".join(f"{run:.2f}" for run in seconds)
    return (
        "## Start\n\n"
        f"From the start of the process to the shown window, warm: median {statistics.median(seconds):.2f} s"
        f" (of {each}); the goal is under {SLOWEST_START} s."
    )


def headless_report(measured: dict[str, Any]) -> str:
    """The command line's figures, beside those of SQLite's own shell."""
    seconds: dict[str, float] = measured["seconds"]
    rows = []
    for name, taken in seconds.items():
        beside = (
            seconds.get(name.replace("import ", "sqlite3 .import ")) if name.startswith("import") else None
        )
        rows.append((name, f"{taken:.2f}", f"{taken / beside:.1f} ×" if beside else ""))
    return (
        "## Command line\n\n"
        "`sqlite3 .import` loads the same file as text and builds indexes on the same keys; it checks"
        " nothing.\n\n"
        f"{_table(('what', 'seconds', 'of sqlite3 .import'), rows)}\n\n"
        f"Memory at most: {measured['peak'] // MIB} MiB."
    )


def window_report(measured: dict[str, Any]) -> str:
    """The window's figures by phase, its times, and where it was away for long."""
    worst, own = (max(gap["worst"] for gap in measured[kind].values()) for kind in ("gaps", "own"))
    most = max(measured["peaks"].values()) // MIB
    return "\n\n".join(
        [
            "## Window",
            "The files go through the window's own import while the trades are scrolled, 40 rows a frame with"
            " a jump to anywhere in every fiftieth. A pause is the time in which the window's thread did not"
            " come back to its event loop (a timer of 5 ms measures it); its own part is without the time in"
            " which it was ready and other threads and programs had the processors. An event is what the"
            " handling of one event took, a frame is moving the scroll bar and painting the table."
            " Milliseconds, p50 / p99 / longest.",
            _phases(measured),
            f"Longest pause: {worst:.0f} ms, by its own part {own:.0f} ms; the goal is at most"
            f" {LONGEST_BLOCK_MS} ms."
            f" Memory at most: {most} MiB; the goal is at most {MOST_MEMORY_MIB} MiB.",
            _table(
                ("what", "seconds"), [(name, f"{taken:.2f}") for name, taken in measured["seconds"].items()]
            ),
            _absences(measured["absences"]),
        ]
    )


def _phases(measured: dict[str, Any]) -> str:
    rows = []
    for name, gap in measured["gaps"].items():
        kinds = (gap, *[measured[kind].get(name) for kind in ("own", "handled", "frames", "jumps")])
        rows.append((name, *[_spread(kind) for kind in kinds], str(measured["peaks"][name] // MIB)))
    return _table(("phase", "pause", "its own part", "event", "scrolled frame", "jump", "MiB"), rows)


def _spread(spread: dict[str, float] | None) -> str:
    return "–" if not spread else f"{spread['p50']:.0f} / {spread['p99']:.0f} / {spread['worst']:.0f}"


def _absences(absences: Iterable[dict[str, Any]]) -> str:
    """The pauses over the goal, with what the thread was seen doing."""
    long = [absence for absence in absences if absence["own"] * 1000 > LONGEST_BLOCK_MS]
    if not long:
        return "No pause was over the goal by its own part."
    parts = ["Pauses over the goal by their own part, and where the window's thread was seen:"]
    for absence in long:
        text = "\n".join(stack for stack, _ in absence["stacks"][:1])
        parts.append(f"{absence['phase']}, {absence['own'] * 1000:.0f} ms\n\n```\n{text.rstrip()}\n```")
    return "\n\n".join(parts)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
