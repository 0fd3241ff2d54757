"""A ledger entry whose trade id is on no trade."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any

from sqlalchemy import Select, exists, select

from ...domain.issues import IssueType
from ...store.schema import ledger_entries, trades
from .. import sql
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
        create_as(check.connection, _orphans.name, _find_orphans(check.scope))
        if execute(check.connection, _ANY).first() is None:
            return None
        fill_currency_sums(check.connection, _sums, _orphans)
        return _query()


@lru_cache(maxsize=2)
def _find_orphans(scope: Scope) -> Select[Any]:
    # A full run goes through the entries; an incremental one through its keys, of which few are on no trade.
    wanted = ledger_entries if scope.is_full else scope_keys
    trade_id = wanted.c.trade_id
    if scope.is_full:
        known = exists().where(trades.c.trade_id == trade_id).correlate(wanted)
        return select(trade_id).where(~known).distinct()
    found = select(trade_id).where(trade_id.not_in(select(scope_trades.c.trade_id)))
    return found.where(exists().where(ledger_entries.c.trade_id == trade_id).correlate(wanted))


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
