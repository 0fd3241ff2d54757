"""A ledger entry whose trade id is on no trade."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any

from sqlalchemy import Select, SelectBase, exists, select

from ...domain.issues import IssueType
from ...store.schema import ledger_entries
from .. import sql
from ..doubtful import ids_without_trade
from ..findings import currency_sums, fill_currency_sums, finding, listed_entries, sums_by_trade
from ..prepared import execute
from ..rule import Check, InScope
from ..scope import Scope, scope_keys, scope_trades
from ..temporary import create_as, key_table

_orphans = key_table("orphans")
_sums = currency_sums("orphan_sums")
_ANY = select(_orphans).limit(1)


class OrphanLedgerEntry(InScope):
    """One issue for each trade id, whatever the number of entries; a trade of any status keeps them.

    Material: the sums by currency, with the numbers of entries.
    """

    issue_type = IssueType.ORPHAN_LEDGER_ENTRY

    def query(self, check: Check) -> Select[Any] | None:
        """See Rule."""
        create_as(check.connection, _orphans.name, _find_orphans(check.scope, check.connection.dialect.name))
        if execute(check.connection, _ANY).first() is None:
            return None
        fill_currency_sums(check.connection, _sums, _orphans)
        return _query()


@lru_cache(maxsize=4)
def _find_orphans(scope: Scope, dialect: str) -> SelectBase:
    # A full run has gone through the entries; an incremental one goes through its keys, of which few are on
    # no trade.
    if scope.is_full:
        return ids_without_trade(dialect)
    trade_id = scope_keys.c.trade_id
    found = select(trade_id).where(trade_id.not_in(select(scope_trades.c.trade_id)))
    return found.where(exists().where(ledger_entries.c.trade_id == trade_id).correlate(scope_keys))


@cache
def _query() -> Select[Any]:
    listed, sums = listed_entries(_orphans), sums_by_trade(_sums)
    return finding(
        sums.join(listed, listed.c.trade_id == sums.c.trade_id),
        IssueType.ORPHAN_LEDGER_ENTRY,
        trade_id=sums.c.trade_id,
        entry_id=listed.c.entry_id,
        currency=sums.c.currency,
        material=sums.c.sums,
        evidence=sql.json_object(
            entries=sql.json_number(sums.c.entries), sums=sums.c.sums, entry_rows=listed.c.entry_rows
        ),
    )
