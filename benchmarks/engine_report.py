"""What was measured of the engine, as Markdown: each goal beside its figure, then the figures themselves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from .engine import DATACOMPY, DUCKDB, FLOATS, OURS, PANDAS, POSTGRESQL, Runs
from .report import markdown_table, verdict

_GOALS_ARE_FOR = 1_000_000
_NAMES = {
    OURS: "OpsPilot",
    POSTGRESQL: "OpsPilot on PostgreSQL",
    DATACOMPY: "datacompy with polars",
    DUCKDB: "DuckDB, exact decimals",
    FLOATS: "the same SQL in floats",
    PANDAS: "pandas",
}
_MB = 1_000_000


@dataclass(frozen=True)
class Goal:
    """A line of the first table; `holds` is None where there is no goal."""

    what: str
    figure: str
    goal: str = "reported"
    holds: bool | None = None

    def row(self) -> tuple[str, ...]:
        """The line's cells."""
        return self.what, self.figure, self.goal, "" if self.holds is None else verdict(self.holds)


def engine_report(measured: Mapping[str, Any]) -> str:
    """The section on the engine, from what `engine.measure` returned."""
    parts = [
        f"{measured['rows']:,} trades and {measured['entries']:,} entries in a SQLite file, if a line says"
        " nothing else; medians. A full run is the first one of an imported workspace, from opening the"
        " connection to the commit: the contract's five rules, each issue written with its evidence. The"
        " rivals look for missing, orphan and mismatched entries, and write nothing. What is compared ran in"
        " turns, each run in a process of its own, with its modules loaded.",
        markdown_table(("what", "measured", "goal", ""), [goal.row() for goal in goals(measured)]),
    ]
    if measured["rows"] != _GOALS_ARE_FOR:
        parts.append(f"The goals are set for {_GOALS_ARE_FOR:,} trades, not for {measured['rows']:,}.")
    parts += [
        "### Breaks found wrongly and missed",
        _ties(measured["ties"]),
        "### Every run",
        _runs(measured),
        "### By size",
        _sizes(measured["sizes"]),
        "### Harder data",
        _harder(measured),
    ]
    if any(len(rules) > 1 for rules in measured["rules"].values()):
        parts += ["### Rules that are off by default", _rules(measured["rules"])]
    return "\n\n".join(parts)


def goals(measured: Mapping[str, Any]) -> Iterator[Goal]:
    """Every goal with its figure."""
    runs: Runs = measured["runs"]
    full = _median(runs[OURS])
    if DATACOMPY in runs:
        whole, alone = _median(runs[DATACOMPY]), _median(runs[DATACOMPY], "comparison_seconds")
        yield Goal(
            "full run against datacompy with polars, from both CSV files to its result",
            f"{_time(full)} against {_time(whole)}: {full / whole:.2f} ×",
            "≤ 2 ×, aim 1.2 ×",
            full / whole <= 2,
        )
        yield Goal(
            "full run against datacompy's comparison alone",
            f"{_time(full)} against {_time(alone)}: {full / alone:.2f} ×",
        )
    if DUCKDB in runs:
        joined = _median(runs[DUCKDB], "comparison_seconds")
        yield Goal(
            "full run against a join in DuckDB, in memory, loaded before",
            f"{_time(full)} against {_time(joined)}: {_times(full / joined)}",
            "≤ 9 ×, aim 6 ×",
            full / joined <= 9,
        )
    orm = measured["orm"]
    asked, ours = _median(orm["orm"]), _median(orm[OURS])
    yield Goal(
        f"full run against one ORM query for each trade, {orm['rows']:,} trades",
        f"{_time(ours)} against {_time(asked)}: {_times(asked / ours)} faster",
    )
    yield from _incremental(measured)
    sizes = _by_size(measured["sizes"])
    growth = _growth(sizes)
    yield Goal(
        f"time for a trade, from {min(sizes):,} to {max(sizes):,} of them",
        f"at most {growth:.2f} × that of a smaller size",
        "≤ 1.5 ×",
        growth <= 1.5,
    )
    most = max(run["peak"] for run in measured["sizes"][str(max(sizes))])
    yield Goal(f"memory of a full run at {max(sizes):,} trades", _size(most), "≤ 300 MB", most <= 300 * _MB)
    yield from _on_server(measured, full)
    yield from _cancelled(measured["cancel"])
    yield from _dry_runs(measured["rules"])
    false, missed = measured["ties"]["wrong"][OURS]
    yield Goal(
        "breaks found wrongly, and missed, at the tolerance",
        f"{false} and {missed}",
        "0 and 0",
        not false and not missed,
    )


def _incremental(measured: Mapping[str, Any]) -> Iterator[Goal]:
    for rows, runs in measured["incremental"].items():
        if rows == POSTGRESQL:
            continue
        taken, full = median(runs["seconds"]), median(runs["full"])
        times, fast = full / taken, taken <= 0.03
        is_whole = int(rows) == measured["rows"]
        yield Goal(
            f"incremental run after {runs['changed']:,} changed trades of {int(rows):,}, against a full run",
            f"{_time(taken)} against {_time(full)}: {_times(times)} faster; alone in a process"
            f" {_time(median(runs['alone']))}",
            "≥ 100 × and ≤ 30 ms" if is_whole else "≥ 20 × or ≤ 30 ms",
            (times >= 100 and fast) if is_whole else (times >= 20 or fast),
        )


def _on_server(measured: Mapping[str, Any], full: float) -> Iterator[Goal]:
    if POSTGRESQL not in measured["runs"]:
        return
    there = _median(measured["runs"][POSTGRESQL])
    yield Goal(
        "full run on PostgreSQL 18 as it is by default, against SQLite",
        f"{_time(there)} against {_time(full)}: {there / full:.2f} ×",
        "≤ 2 ×",
        there / full <= 2,
    )
    changes = measured["incremental"]
    there, here = (median(changes[name]["seconds"]) for name in (POSTGRESQL, str(measured["rows"])))
    yield Goal(
        "incremental run on PostgreSQL, against SQLite",
        f"{_time(there)} against {_time(here)}: {there / here:.2f} ×",
        "≤ 2 ×",
        there / here <= 2,
    )


def _cancelled(cancel: Mapping[str, Any]) -> Iterator[Goal]:
    for name, runs in cancel.items():
        answers = runs["answers"]
        if not answers:
            continue
        state = "nothing left behind" if runs["unchanged"] else "something left behind"
        yield Goal(
            f"cancel at {runs['rows']:,} trades" + (" on PostgreSQL" if name == POSTGRESQL else ""),
            f"answers within {_time(max(answers))} at most, of {len(answers)} moments; {state}",
            "≤ 200 ms, as before",
            max(answers) <= 0.2 and runs["unchanged"],
        )


def _ties(ties: Mapping[str, Any]) -> str:
    fine = ties["cases"] - ties["breaks"]
    rows = [(_NAMES[name], str(false), str(missed)) for name, (false, missed) in ties["wrong"].items()]
    about = (
        f"{fine:,} trades that differ from their entries by exactly 0.01, which is allowed, and"
        f" {ties['breaks']:,} that differ by one digit more, which is a break. Values have 2 to 9 decimals."
    )
    return f"{about}\n\n{markdown_table(('', 'false breaks', 'missed breaks'), rows)}"


def _runs(measured: Mapping[str, Any]) -> str:
    rows = []
    for name, runs in measured["runs"].items():
        rows.append(_run(_NAMES[name], runs))
        for key, what in (("again", "a full run once more"), ("comparison_seconds", "its comparison alone")):
            if key in runs[0]:
                rows.append((what, _time(_median(runs, key)), _each(runs, key), "", ""))
    rows += [
        (
            "incremental" + (" on PostgreSQL" if name == POSTGRESQL else f", {int(name):,} trades"),
            _time(median(runs["seconds"])),
            ", ".join(_time(seconds) for seconds in runs["seconds"]),
            _size(runs["peak"]),
            "",
        )
        for name, runs in measured["incremental"].items()
    ]
    rows.append(_run("one ORM query for each trade", measured["orm"]["orm"]))
    return (
        markdown_table(("what", "median", "each", "memory at most", "breaks found"), rows)
        + f"\n\nPlanted: {_found(measured['planted'])}. Memory is the process's own; PostgreSQL's server has"
        " its own beside it."
    )


def _run(name: str, runs: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    most = max(run["peak"] for run in runs)
    return name, _time(_median(runs)), _each(runs), _size(most), _found(runs[0]["found"])


def _sizes(sizes: Runs) -> str:
    by_size = _by_size(sizes)
    rows = [
        (
            f"{size:,}",
            _time(seconds),
            f"{seconds / size * 1e6:.2f} µs",
            _size(max(run["peak"] for run in sizes[str(size)])),
        )
        for size, seconds in by_size.items()
    ]
    return markdown_table(("trades", "full run", "for a trade", "memory at most"), rows)


def _harder(measured: Mapping[str, Any]) -> str:
    usual = _median(measured["runs"][OURS])
    rows = []
    for about, mix in measured["mixes"].items():
        runs: Runs = mix["runs"]
        full = _median(runs[OURS])
        rivals = [
            f"{full / _median(runs[name], key):.2f} ×" if name in runs else "–"
            for name, key in ((DATACOMPY, "seconds"), (DUCKDB, "comparison_seconds"))
        ]
        is_right = all(run["found"] == mix["planted"] for run in runs[OURS])
        rows.append(
            (
                about,
                f"{mix['entries']:,}",
                f"{sum(mix['planted'].values()):,}",
                _time(full),
                f"{full / usual:.2f} ×",
                *rivals,
                "all" if is_right else "**wrong**",
            )
        )
    head = ("data", "entries", "issues", "full run", "of the usual", "of datacompy", "of DuckDB", "found")
    return markdown_table(head, rows)


def _rules(rules: Mapping[str, Mapping[str, Any]]) -> str:
    rows = []
    for mix, by_rule in rules.items():
        plain = by_rule[""]
        for name, runs in by_rule.items():
            added = _median(runs, "full") - _median(plain, "full")
            rows.append(
                (
                    f"`{name}`" if name else "the five alone",
                    mix,
                    _time(_median(runs, "full")),
                    _time(added) if name else "",
                    _time(_median(runs, "incremental")),
                    _time(_median(runs, "dry")),
                    f"{runs[0]['found']:,}" if name else "",
                )
            )
    head = ("switched on beside the five", "data", "full run", "more", "incremental run", "dry run", "issues")
    return markdown_table(head, rows)


def _dry_runs(rules: Mapping[str, Mapping[str, Any]]) -> Iterator[Goal]:
    """The one that takes longest, of all rules and data."""
    taken = [
        (_median(runs, "dry"), name or "twice the tolerance", mix)
        for mix, by_rule in rules.items()
        for name, runs in by_rule.items()
    ]
    if taken:
        seconds, name, mix = max(taken)
        yield Goal(
            f"dry run in the rules' dialog, the slowest of {len(taken)}: {name}, {mix} data",
            _time(seconds),
            "≤ 2 s",
            seconds <= 2,
        )


def _by_size(sizes: Runs) -> dict[int, float]:
    return {int(size): _median(sizes[size]) for size in sorted(sizes, key=int)}


def _growth(by_size: Mapping[int, float]) -> float:
    """The most by which a row of one size takes longer than a row of a smaller size."""
    each = [seconds / size for size, seconds in by_size.items()]
    return max(later / each[at] for at in range(len(each)) for later in each[at + 1 :])


def _median(runs: Sequence[Mapping[str, Any]], key: str = "seconds") -> float:
    return median(float(run[key]) for run in runs)


def _each(runs: Sequence[Mapping[str, Any]], key: str = "seconds") -> str:
    return ", ".join(_time(run[key]) for run in runs)


def _time(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms" if abs(seconds) < 1 else f"{seconds:.2f} s"


def _times(ratio: float) -> str:
    return f"{ratio:.1f} ×" if ratio < 10 else f"{ratio:.0f} ×"


def _size(size: int) -> str:
    return f"{size / _MB:.0f} MB"


def _found(found: Mapping[str, int]) -> str:
    words = {
        "MISSING_LEDGER_ENTRY": "missing",
        "ORPHAN_LEDGER_ENTRY": "orphan",
        "AMOUNT_MISMATCH": "mismatched",
    }
    parts = [f"{found[name]:,} {word}" for name, word in words.items() if name in found]
    others = sum(number for name, number in found.items() if name not in words)
    return ", ".join([*parts, *([f"{others:,} others"] if others else [])])
