"""What was measured of the import, as Markdown: each goal beside its figure."""

from __future__ import annotations

from collections.abc import Mapping
from statistics import median
from typing import Any

from .imports import BAD, EMPTY, FILLED, OURS, SHELL, SMALL, WHOLE
from .memory import MIB
from .report import markdown_table, verdict

_GOALS_ARE_FOR = 1_000_000
_MOST_MEMORY_MIB = 250


def import_report(measured: Mapping[str, Any]) -> str:
    """The section on imports, from what `imports.measure` returned."""
    rows, entries = measured["rows"], measured["entries"]
    parts = [
        f"{rows:,} trades and {entries:,} entries, a file each, by the command line, each in a process of its"
        " own: the seconds are those of both together, starts counted. `sqlite3 .import` loads the same files"
        " as texts, builds indexes on the same keys afterwards and checks nothing; for issues it finds what"
        " the contract's five rules find, and stores no evidence. Medians of turns in one"
        " run; the other programs once.",
        markdown_table(("what", "seconds", "beside", "ratio", "goal", ""), _goals(measured)),
    ]
    if not measured["has_shell"]:
        parts.append(
            "The shell of SQLite is not installed (Debian's package sqlite3): nothing was held against it."
        )
    if rows != _GOALS_ARE_FOR:
        parts.append(f"The goals are set for {_GOALS_ARE_FOR:,} trades, not for {rows:,}.")
    if measured["others"]:
        parts += ["### Other programs", _others(measured)]
    parts += ["### Every turn", _turns(measured)]
    return "\n\n".join(parts)


def _goals(measured: Mapping[str, Any]) -> list[tuple[str, ...]]:
    count, small = f"{measured['rows']:,}", f"{measured['small']:,}"
    lines = [
        _ratio(measured, "into an empty workspace", EMPTY, 3.0, 2.0),
        _ratio(measured, f"{small} trades into an empty workspace", SMALL, 3.0, 2.0),
        _ratio(measured, f"into one of {count} trades, the keys indexed", FILLED, 1.8, 1.2),
        _ratio(measured, "both files to stored issues", WHOLE, 1.2, 0.8),
    ]
    seconds = measured["seconds"]
    bad, clean = median(seconds[BAD][OURS]), median(seconds[EMPTY][OURS])
    lines.append(
        (
            "10 % of the rows bad, left out",
            f"{bad:.2f}",
            f"clean {clean:.2f}",
            f"{bad / clean:.2f} ×",
            "≤ 1.5 ×",
            verdict(bad <= 1.5 * clean),
        )
    )
    for size, peaks in measured["peaks"].items():
        most = max(peaks.values()) / MIB
        told = " / ".join(f"{peak / MIB:.0f}" for peak in peaks.values())
        lines.append(
            (
                f"memory of all processes, {int(size):,} trades / entries",
                f"{told} MiB",
                "",
                "",
                f"≤ {_MOST_MEMORY_MIB} MiB",
                verdict(most <= _MOST_MEMORY_MIB),
            )
        )
    return lines


def _ratio(measured: Mapping[str, Any], what: str, name: str, goal: float, aim: float) -> tuple[str, ...]:
    seconds = measured["seconds"][name]
    ours = median(seconds[OURS])
    if SHELL not in seconds:
        return what, f"{ours:.2f}", "sqlite3 is missing", "", f"≤ {goal} ×", ""
    theirs = median(seconds[SHELL])
    beside = "sqlite3 in exact decimals" if name == WHOLE else "sqlite3 .import"
    return (
        what,
        f"{ours:.2f}",
        f"{beside} {theirs:.2f}",
        f"{ours / theirs:.2f} ×",
        f"≤ {goal} ×, aim {aim} ×",
        verdict(ours <= goal * theirs),
    )


def _others(measured: Mapping[str, Any]) -> str:
    ours = median(measured["seconds"][EMPTY][OURS])
    whole = median(measured["seconds"][WHOLE][OURS])
    lines = []
    for name, taken in measured["others"].items():
        if isinstance(taken, str):
            lines.append((name, taken, "", "", ""))
            continue
        is_whole = "end to end" in name
        own = whole if is_whole else ours
        met = "reported" if is_whole else verdict(own < taken)
        lines.append((name, f"{taken:.2f}", f"{own:.2f}", f"{own / taken:.2f} ×", met))
    return (
        "To be faster than each that validates or types is the goal. pandas, csvs-to-sqlite and sqlite-utils"
        " type and store without checking anything (amounts become floats); frictionless validates by a"
        " schema of the same types and keys, and stores nothing; DuckDB loads both files and compares them in"
        " memory.\n\n" + markdown_table(("program", "its seconds", "OpsPilot", "ratio", "faster"), lines)
    )


def _turns(measured: Mapping[str, Any]) -> str:
    lines = [
        (what, who, ", ".join(f"{turn:.2f}" for turn in turns))
        for what, by in measured["seconds"].items()
        for who, turns in by.items()
    ]
    return markdown_table(("what", "program", "seconds"), lines)
