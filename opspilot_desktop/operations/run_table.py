"""Past runs as text for a terminal."""

from __future__ import annotations

from collections.abc import Container, Sequence

from ..domain.clock import local_minute
from ..domain.issues import type_label
from ..domain.run_history import InputFile, PastRun, RunComparison
from ..domain.text import visible
from .run_history import RunPage

_HEADER = (
    *("Run", "When", "Who", "Scope", "Settings", "Checked", "Not checked", "Matched"),
    *("Opened", "Reopened", "Changed", "Cleared", "Seconds", "Files since the run before"),
)
_NUMERIC = frozenset({0, *range(5, 13)})


def run_table(page: RunPage) -> str:
    """The runs in aligned columns."""
    if not page.runs:
        return "There has been no run yet.\n"
    lines = _aligned([_HEADER, *[_cells(run) for run in page.runs]], _NUMERIC)
    if page.more:
        lines.append("There are older runs; list more of them with --last.")
    return "\n".join(lines) + "\n"


def comparison_text(compared: RunComparison) -> str:
    """What differs after the newer run, in sentences, then the issues."""
    older, newer, touched = compared.older, compared.newer, compared.touched
    lines = [
        f"After run {newer.number} ({local_minute(newer.at)}), compared with after run {older.number}"
        f" ({local_minute(older.at)}):"
    ]
    lines += [
        f"  {effect.label}: {touched.count(effect):,} ({touched.by_type(effect)})"
        for effect in touched.counts
    ] or ["  No issue was opened, cleared or changed."]
    lines += [
        f"  {visible(one.label)}: {visible(one.before)} -> {visible(one.after)}" for one in compared.settings
    ]
    lines += [f"  File: {_told(one)}" for one in compared.inputs]
    rows = [
        (
            str(issue.issue_id),
            issue.effect.label,
            type_label(issue.issue_type),
            visible(issue.trade_id or ""),
            visible(issue.note),
        )
        for issue in touched.issues
    ]
    if rows:
        lines += ["", *_aligned([("Issue", "What happened", "Type", "Trade", "Figures, or why"), *rows])]
    if touched.total > len(rows):
        lines.append(f"{len(rows):,} of {touched.total:,} issues are listed.")
    return "\n".join(lines) + "\n"


def _told(file: InputFile) -> str:
    return f"{visible(file.file)} ({file.kind}, {file.read:,} rows, SHA-256 {file.sha256})"


def _cells(run: PastRun) -> tuple[str, ...]:
    numbers = (run.checked, sum(run.not_checked.values()), run.matched)
    effects = (run.opened, run.reopened, run.updated, run.cleared)
    return (
        str(run.number),
        local_minute(run.at),
        visible(run.who),
        f"{run.scope}, as of {run.as_of}" if run.as_of else run.scope,
        "own" if run.settings_version is None else f"version {run.settings_version}",
        *[f"{number:,}" for number in (*numbers, *effects)],
        f"{run.seconds:.2f}",
        visible(", ".join(file.file for file in run.inputs)),
    )


def _aligned(rows: Sequence[Sequence[str]], numeric: Container[int] = ()) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            cell.rjust(width) if place in numeric else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
