"""What a workspace's data offer for the rules' settings: the values that occur in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import Column, Connection, func, select

from .schema import ledger_entries, trades

MOST_OFFERED = 500
"""How many different values of a column are offered; whatever else there is can be typed."""


@dataclass(frozen=True)
class Offers:
    """The values that occur, the most frequent first, with how often each does.

    `sources` are those of the ledger entries ("" for entries without one), `values` those of the columns by
    which a tolerance can be narrowed, `ledger_accounts` and `trade_accounts` the two sides' own.
    """

    statuses: Mapping[str, int] = field(default_factory=dict)
    sources: Mapping[str, int] = field(default_factory=dict)
    entry_types: Mapping[str, int] = field(default_factory=dict)
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    ledger_accounts: tuple[str, ...] = ()
    trade_accounts: tuple[str, ...] = ()


def read_offers(connection: Connection) -> Offers:
    """Reads the values that occur."""
    accounts = tuple(_counted(connection, trades.c.account))
    return Offers(
        statuses=_counted(connection, trades.c.status),
        sources=_counted(connection, ledger_entries.c.source),
        entry_types=_counted(connection, ledger_entries.c.entry_type),
        values={
            "instrument": tuple(_counted(connection, trades.c.instrument)),
            "account": accounts,
            "counterparty": tuple(_counted(connection, trades.c.counterparty)),
            "currency": tuple(_counted(connection, trades.c.currency)),
        },
        ledger_accounts=tuple(_counted(connection, ledger_entries.c.account)),
        trade_accounts=accounts,
    )


def _counted(connection: Connection, column: Column[str]) -> dict[str, int]:
    often = func.count()
    query = select(column, often).where(column.is_not(None)).group_by(column)
    return dict(connection.execute(query.order_by(often.desc(), column).limit(MOST_OFFERED)).all())
