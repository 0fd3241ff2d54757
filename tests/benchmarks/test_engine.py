"""The engine's benchmark, at a tiny size: that it runs, and that what it says is what was measured."""

from __future__ import annotations

import json
from typing import Any

import pytest

from benchmarks.engine import OURS, POSTGRESQL, Options, measure
from benchmarks.engine_report import engine_report, goals
from benchmarks.report import document


@pytest.mark.long
def test_every_figure_is_measured_without_rivals() -> None:
    measured = measure(Options(rows=200, repeats=1, postgres=False, cases=200))
    assert measured["problems"] == []
    assert json.loads(json.dumps(measured))["planted"] == measured["planted"]
    assert measured["runs"][OURS][0]["found"] == measured["planted"]
    assert measured["ties"]["wrong"][OURS] == (0, 0)
    assert sum(measured["ties"]["wrong"]["sql_floats"]) > 0  # else the cases are too easy
    assert list(measured["sizes"]) == ["2", "20", "200", "1000"]
    report = engine_report(measured)
    for line in ("full run against one ORM", "incremental run after 200", "memory of a full run at 1,000"):
        assert line in report
    assert "| OpsPilot | 0 | 0 |" in report
    assert "datacompy with polars, from" not in report
    assert "The goals are set for 1,000,000 trades, not for 200." in report


def run(seconds: float, **others: Any) -> dict[str, Any]:
    return {"seconds": seconds, "peak": 50_000_000, "found": {}, **others}


def figures(**others: Any) -> dict[str, Any]:
    """What `measure` returns, with every goal just reached."""
    return {
        "rows": 1_000_000,
        "entries": 1_000_000,
        "planted": {},
        "runs": {
            OURS: [run(2.0, again=1.0), run(1.0, again=1.0), run(3.0, again=1.0)],
            "datacompy_polars": [run(1.0, comparison_seconds=0.5)],
            "duckdb_join": [run(1.0, comparison_seconds=0.25)],
            POSTGRESQL: [run(4.0, again=1.0)],
        },
        "incremental": {
            "1000000": {
                "seconds": [0.02, 0.02, 0.5],
                "full": [2.0],
                "changed": 1000,
                "peak": 1,
                "alone": [0.06],
            },
            "200000": {"seconds": [0.03], "full": [0.1], "changed": 1000, "peak": 1, "alone": [0.06]},
            POSTGRESQL: {"seconds": [0.04], "full": [2.0], "changed": 1000, "peak": 1, "alone": [0.06]},
        },
        "sizes": {"10000": [run(0.02)], "1000000": [run(2.0)], "5000000": [run(15.0, peak=300_000_000)]},
        "cancel": {OURS: {"answers": [0.01, 0.2], "unchanged": True, "rows": 5_000_000}},
        "rules": {
            "usual": {
                "": [{"dry": 0.4, "full": 1.0, "incremental": 0.1, "found": 0}],
                "ANOMALOUS_PRICE": [{"dry": 2.0, "full": 3.5, "incremental": 0.2, "found": 1234}],
            }
        },
        "orm": {OURS: [run(0.1)], "orm": [run(10.0)], "rows": 10_000},
        "mixes": {"harder": {"entries": 1, "planted": {}, "runs": {OURS: [run(2.0)]}}},
        "ties": {"cases": 10, "breaks": 5, "wrong": {OURS: (0, 0)}},
        **others,
    }


def missed(measured: dict[str, Any]) -> list[str]:
    return [goal.what for goal in goals(measured) if goal.holds is False]


def test_a_goal_that_is_just_reached_is_met() -> None:
    measured = figures()
    assert missed(measured) == []
    report = engine_report(measured)
    assert "**missed**" not in report
    assert "2.00 s against 1.00 s: 2.00 × | ≤ 2 ×, aim 1.2 × | met |" in report
    assert "100 ms against 10.00 s: 100 × faster | reported |  |" in report
    assert "| `ANOMALOUS_PRICE` | usual | 3.50 s | 2.50 s | 200 ms | 2.00 s | 1,234 |" in report
    assert "dry run in the rules' dialog, the slowest of 2: ANOMALOUS_PRICE, usual data | 2.00 s" in report
    assert (
        "of 1,000,000, against a full run | 20 ms against 2.00 s: 100 × faster; alone in a process 60 ms"
        in report
    )


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (
            {
                "incremental": {
                    "1000000": {
                        "seconds": [0.021],
                        "full": [2.0],
                        "changed": 1000,
                        "peak": 1,
                        "alone": [0.06],
                    }
                }
            },
            "incr",
        ),
        (
            {
                "incremental": {
                    "1000000": {
                        "seconds": [0.031],
                        "full": [9.0],
                        "changed": 1000,
                        "peak": 1,
                        "alone": [0.06],
                    }
                }
            },
            "incr",
        ),
        ({"sizes": {"1000": [run(0.1)], "2000": [run(0.31)]}}, "time for a trade"),
        ({"sizes": {"1000": [run(0.1)], "2000": [run(0.1, peak=300_000_001)]}}, "memory"),
        (
            {"rules": {"usual": {"": [{"dry": 2.01, "full": 1.0, "incremental": 0.1, "found": 0}]}}},
            "dry run",
        ),
        ({"cancel": {OURS: {"answers": [0.201], "unchanged": True, "rows": 1}}}, "cancel"),
        ({"cancel": {OURS: {"answers": [0.1], "unchanged": False, "rows": 1}}}, "cancel"),
        ({"ties": {"cases": 10, "breaks": 5, "wrong": {OURS: (0, 1)}}}, "breaks found wrongly"),
        (
            {"runs": {OURS: [run(2.02)], "datacompy_polars": [run(1.0, comparison_seconds=0.1)]}},
            "full run against datacompy",
        ),
    ],
)
def test_a_goal_that_is_not_reached_is_said_to_be_missed(change: dict[str, Any], what: str) -> None:
    measured = figures()
    without_server = {"1000000": measured["incremental"]["1000000"]}
    measured |= {"runs": {OURS: [run(2.0)]}, "incremental": without_server, **change}
    [line] = missed(measured)
    assert line.startswith(what)
    [row] = [row for row in engine_report(measured).splitlines() if "**missed**" in row]
    assert row.startswith(f"| {line} |")


def test_the_document_keeps_the_sections_that_were_not_measured() -> None:
    start, engine = "## Start\n\nsoon", "## Engine\n\nfast\n\n### By size\n\nall\n"
    first = document("", {"Engine": "fast\n\n### By size\n\nall", "Start": "soon"})
    assert first == f"# Benchmarks\n\n{start}\n\n{engine}"
    again = document(first, {"Window": "smooth", "Start": "sooner"})
    assert again == f"# Benchmarks\n\n{start}er\n\n## Window\n\nsmooth\n\n{engine}"
