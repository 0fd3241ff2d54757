"""Adds up what rows are worth, by currency, exactly."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Select, func, literal, select

from ..domain.decimals import NANO
from ..domain.fields import Kind
from .schema import RECORD_TABLES

SUMMED = {Kind.TRADES: "gross", Kind.LEDGER: "amount", Kind.ISSUES: "difference"}
"""The number of each kind of row that is added up."""


def add_up(connection: Connection, kind: Kind, ids: Sequence[int]) -> dict[str | None, tuple[int, int]]:
    """For each currency that these rows name, None for rows without one: how many of them have the number,
    and its sum in units of 10^-18.

    As many ids as one statement takes; rows without the number are left out.
    """
    return {
        currency: (int(rows), ((int(billions) * NANO + int(units)) * NANO + int(nanos)) * NANO + int(rest))
        for currency, rows, billions, units, nanos, rest in connection.execute(_summing(kind, list(ids)))
    }


def _summing(kind: Kind, ids: list[int]) -> Select[Any]:
    table, name = RECORD_TABLES[kind], SUMMED[kind]
    units, nanos = table.c[f"{name}_units"], table.c[f"{name}_nanos"]
    rest = table.c.get(f"{name}_rest")
    # Whole units are added up in two parts: their sum can be more than a number of the database holds.
    parts = (func.sum(units // NANO), func.sum(units % NANO), func.sum(nanos))
    digits = literal(0) if rest is None else func.sum(func.coalesce(rest, 0))
    found = select(table.c.currency, func.count(), *parts, digits).where(
        table.c.id.in_(ids), units.is_not(None)
    )
    return found.group_by(table.c.currency)
