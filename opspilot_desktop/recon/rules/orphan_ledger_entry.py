"""A ledger entry whose trade id is on no trade."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, MetaData, Select, Table, insert, select

from ...domain.issues import IssueType
from ...store.schema import PlainText, ledger_entries, trades
from .. import sql
from ..findings import finding, listed_entries, sums_by_currency
from ..rule import Check, InScope

_orphans = Table(
    "orphans", MetaData(), Column("trade_id", PlainText, primary_key=True), prefixes=["TEMPORARY"]
)


class OrphanLedgerEntry(InScope):
    """One issue for each trade id, whatever the number of entries; a trade of any status keeps them.

    Material: the sums by currency, with the numbers of entries.
    """

    issue_type = IssueType.ORPHAN_LEDGER_ENTRY

    def query(self, check: Check) -> Select[Any]:
        """See Rule."""
        trade_id = ledger_entries.c.trade_id
        known = select(trades.c.id).where(trades.c.trade_id == trade_id).correlate(ledger_entries).exists()
        _orphans.create(check.connection)
        found = select(trade_id).where(check.scope.contains(trade_id), ~known).distinct()
        check.connection.execute(insert(_orphans).from_select(["trade_id"], found))
        listed, sums = listed_entries(_orphans), sums_by_currency(check.connection, _orphans, "orphan_sums")
        return finding(
            sums.join(listed, listed.c.trade_id == sums.c.trade_id),
            self.issue_type,
            trade_id=sums.c.trade_id,
            entry_id=listed.c.entry_id,
            currency=sums.c.currency,
            material=sums.c.sums,
            evidence=sql.json_object(
                entries=sql.json_number(sums.c.entries), sums=sums.c.sums, entry_rows=listed.c.entry_rows
            ),
        )
