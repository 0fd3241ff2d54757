"""Sharing out a table's width among its columns, in whole pixels."""

from __future__ import annotations

from collections.abc import Sequence


def fitted(own: Sequence[int], floors: Sequence[Sequence[int]], room: int) -> list[int]:
    """The widths of columns that have `own` and together get `room`, where that is less than they have.

    Each of the `floors` says how narrow every column may become; one after the other is gone down to, in
    proportion to what each column has above it. Where not even the last is narrow enough, or nothing is
    missing, every column keeps its own width.
    """
    widths = list(own)
    if not sum(floors[-1]) <= room < sum(own):
        return widths
    for floor in floors:
        missing = sum(widths) - room
        spare = [max(0, width - least) for width, least in zip(widths, floor, strict=True)]
        left = sum(spare)
        missing = min(missing, left)
        for at, part in enumerate(spare):
            given = missing * part // left if left else 0
            widths[at] -= given
            missing, left = missing - given, left - part
    return widths
