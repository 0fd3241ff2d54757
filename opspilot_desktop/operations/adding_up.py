"""What selected rows come to, as a desk adds them up before it looks for the difference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..domain import decimals
from ..domain.fields import Kind
from ..domain.jobs import Handle
from ..store.sums import SUMMED, add_up
from .workspace import Workspace

_BATCH = 1_000


@dataclass(frozen=True)
class CurrencySum:
    """The exact sum of `rows` rows in one currency, "" for those that name none, as a plain decimal."""

    currency: str
    rows: int
    total: str


def sum_rows(handle: Handle, workspace: Workspace, kind: Kind, ids: Sequence[int]) -> tuple[CurrencySum, ...]:
    """The sums of these rows by currency: trades' gross amounts, entries' amounts, issues' differences.

    Empty where the rows have no such number. In the order of the currencies' names.
    """
    found: dict[str, tuple[int, int]] = {}
    if kind not in SUMMED:
        return ()
    with workspace.database.read(handle) as connection:
        for start in range(0, len(ids), _BATCH):
            handle.check()
            for currency, (rows, atoms) in add_up(connection, kind, ids[start : start + _BATCH]).items():
                before = found.get(currency or "", (0, 0))
                found[currency or ""] = (before[0] + rows, before[1] + atoms)
    return tuple(
        CurrencySum(currency, rows, decimals.to_text(*decimals.split(atoms)))
        for currency, (rows, atoms) in sorted(found.items())
    )
