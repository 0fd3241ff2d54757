"""Spreads of measured times."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Spread:
    """How times spread, in milliseconds."""

    count: int
    p50: float
    p99: float
    worst: float


def spread(seconds: Sequence[float]) -> Spread:
    """The spread of times in seconds; zeros where there are none."""
    if not seconds:
        return Spread(0, 0.0, 0.0, 0.0)
    ordered = sorted(seconds)
    last = len(ordered) - 1
    p50, p99, worst = (round(ordered[int(last * share)] * 1000, 1) for share in (0.5, 0.99, 1.0))
    return Spread(len(ordered), p50, p99, worst)
