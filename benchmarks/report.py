"""What was measured, as Markdown."""

from __future__ import annotations

import os
import platform
import sqlite3
import statistics
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import psutil

from .first_window import Shown
from .memory import MIB

LONGEST_BLOCK_MS = 100
MOST_MEMORY_MIB = 500
SLOWEST_START = 0.6


HEADINGS = {
    "start-up": "Start",
    "headless": "Command line",
    "import": "Import",
    "window": "Window",
    "engine": "Engine",
}
"""The parts, and the heading of each one's section."""


def document(before: str, sections: Mapping[str, str]) -> str:
    """The document with these sections, texts by heading, in the place of those that it had."""
    found = {}
    for section in f"\n{before}".split("\n## ")[1:]:
        heading, _, body = section.partition("\n")
        found[heading] = body.strip()
    found |= sections
    parts = [f"## {heading}\n\n{found[heading]}" for heading in HEADINGS.values() if heading in found]
    return "\n\n".join(["# Benchmarks", *parts]) + "\n"


def machine(options: str) -> str:
    """What was measured with, on what, and how busy that was before."""
    load = f" The load before was {os.getloadavg()[0]:.1f};" if hasattr(os, "getloadavg") else ""
    memory = f"{psutil.virtual_memory().total / 1e9:.0f} GB"
    return (
        f'`make bench ARGS="{options}"` on {platform.system()} with {os.cpu_count()} processors'
        f"{_processor()}, {memory}, Python {platform.python_version()}, SQLite {sqlite3.sqlite_version},"
        f" off screen.{load} other work on the machine makes every figure worse."
    )


def verdict(holds: bool) -> str:
    """Whether a goal is reached, in a word."""
    return "met" if holds else "**missed**"


def _processor() -> str:
    information = Path("/proc/cpuinfo")
    if not information.exists():
        return ""
    lines = information.read_text(encoding="utf-8", errors="replace").splitlines()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return f" ({names[0]})" if names else ""


def start_up_report(seconds: Sequence[float], packaged: Sequence[Shown] = ()) -> str:
    """From the start of the process to the shown window, from the sources and of the packaged program."""
    told = [_start("From the start of the process to the shown window, warm", seconds)]
    if packaged:
        how = "The packaged program on an X display (Xvfb), warm, until the X server maps its window"
        own = statistics.median(start.own for start in packaged)
        told.append(
            f"{_start(how, [start.seconds for start in packaged])} Without the time in which other programs"
            f" had the processors: median {own:.2f} s."
        )
    else:
        told.append("The packaged program was not measured: that takes `make package` and Xvfb.")
    return "\n\n".join(told)


def _start(how: str, seconds: Sequence[float]) -> str:
    each = ", ".join(f"{run:.2f}" for run in seconds)
    taken = statistics.median(seconds)
    met = verdict(taken < SLOWEST_START)
    return f"{how}: median {taken:.2f} s (of {each}); the goal is under {SLOWEST_START} s: {met}."


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
        "`sqlite3 .import` loads the same file as text and builds indexes on the same keys; it checks"
        " nothing.\n\n"
        f"{markdown_table(('what', 'seconds', 'of sqlite3 .import'), rows)}\n\n"
        f"Memory at most: {measured['peak'] // MIB} MiB."
    )


def window_report(measured: dict[str, Any]) -> str:
    """The window's figures by phase, its times, and where it was away for long."""
    worst, own = (max(gap["worst"] for gap in measured[kind].values()) for kind in ("gaps", "own"))
    most = max(measured["peaks"].values()) // MIB
    return "\n\n".join(
        [
            "The files go through the window's own import while the trades are scrolled, 40 rows a frame with"
            " a jump to anywhere in every fiftieth. A pause is the time in which the window's thread did not"
            " come back to its event loop (a timer of 5 ms measures it); its own part is without the time in"
            " which it was ready and other threads and programs had the processors. An event is what the"
            " handling of one event took, a frame is moving the scroll bar and painting the table."
            " Milliseconds, p50 / p99 / longest.",
            _phases(measured),
            f"Longest pause: {worst:.0f} ms, by its own part {own:.0f} ms; the goal is at most"
            f" {LONGEST_BLOCK_MS} ms: {verdict(worst <= LONGEST_BLOCK_MS)}. Memory at most: {most} MiB; the"
            f" goal is at most {MOST_MEMORY_MIB} MiB: {verdict(most <= MOST_MEMORY_MIB)}.",
            markdown_table(
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
    return markdown_table(("phase", "pause", "its own part", "event", "scrolled frame", "jump", "MiB"), rows)


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


def markdown_table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; rows have as many cells as the head."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
