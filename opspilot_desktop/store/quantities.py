"""The running count and sum of all trades' quantities, exact, kept with every change of a trade.

The mean quantity then costs nothing to know. In a workspace whose trades are older than this, the engine's
next run counts once and begins.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, func, select

from ..domain.decimals import NANO
from .schema import trades
from .workspace_settings import read_setting, write_setting

_NAME = "engine.quantities"
_BILLION = 10**9


@dataclass(frozen=True)
class Quantities:
    """A number of trades and the sum of their quantities, in billionths of a unit."""

    count: int
    nanos: int

    def __add__(self, other: Quantities) -> Quantities:
        return Quantities(self.count + other.count, self.nanos + other.nanos)

    def __sub__(self, other: Quantities) -> Quantities:
        return Quantities(self.count - other.count, self.nanos - other.nanos)


def count_quantities(connection: Connection, *conditions: ColumnElement[bool]) -> Quantities:
    """Counts and sums the stored trades that meet the conditions (all of them, without any)."""
    columns = trades.c.quantity_units, trades.c.quantity_nanos
    return sum_quantities(connection, trades, *columns, *conditions)


def sum_quantities(
    connection: Connection,
    source: FromClause,
    units: ColumnElement[Any],
    nanos: ColumnElement[Any],
    *conditions: ColumnElement[bool],
) -> Quantities:
    """Counts rows and sums a number that they have as units and nanos."""
    # The units in two halves, so that no sum overflows 64 bits below nine billion rows.
    parts = (func.count(), func.sum(units // _BILLION), func.sum(units % _BILLION), func.sum(nanos))
    count, billions, below, small = connection.execute(
        select(*parts).select_from(source).where(*conditions)
    ).one()
    if not count:
        return Quantities(0, 0)
    return Quantities(count, (int(billions) * _BILLION + int(below)) * NANO + int(small))


def kept_quantities(connection: Connection) -> Quantities | None:
    """What is kept; None before the first full run."""
    stored = read_setting(connection, _NAME)
    if stored is None:
        return None
    values = json.loads(stored)
    return Quantities(values["count"], int(values["nanos"]))


def keep_quantities(connection: Connection, quantities: Quantities) -> None:
    """Keeps what was counted. The caller holds the lock."""
    write_setting(connection, _NAME, json.dumps({"count": quantities.count, "nanos": str(quantities.nanos)}))


def add_to_kept(connection: Connection, change: Quantities) -> None:
    """Adds what a change of the trades brings (takes away, where it is negative)."""
    kept = kept_quantities(connection)
    if kept is not None and change != Quantities(0, 0):
        keep_quantities(connection, kept + change)
