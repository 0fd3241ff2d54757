"""Counted things, as the window says them."""

from __future__ import annotations


def rows(count: int) -> str:
    """`1 row`, `1,204 rows`."""
    return f"{count:,} {'row' if count == 1 else 'rows'}"
