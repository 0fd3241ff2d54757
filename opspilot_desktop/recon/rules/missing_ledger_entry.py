"""A checked trade has no ledger entry."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Select

from ...domain.issues import IssueType
from ...store.schema import trades
from .. import sql
from ..findings import finding
from ..matching import pairs
from ..rule_settings import RuleSettings
from ..scope import Scope


class MissingLedgerEntry:
    """Material: the gross amount and its currency."""

    issue_type = IssueType.MISSING_LEDGER_ENTRY
    covers_everything = False

    def query(self, connection: Connection, scope: Scope, settings: RuleSettings) -> Select[Any]:
        """See Rule."""
        gross = sql.stored_text(pairs.c.gross_units, pairs.c.gross_nanos, pairs.c.gross_rest)
        return finding(
            pairs.join(trades, trades.c.trade_id == pairs.c.trade_id),
            self.issue_type,
            trade_id=pairs.c.trade_id,
            currency=pairs.c.currency,
            material=sql.json_object(gross=sql.json_text(gross), currency=sql.json_text(pairs.c.currency)),
            evidence=sql.json_object(
                quantity=sql.json_text(sql.stored_text(trades.c.quantity_units, trades.c.quantity_nanos)),
                price=sql.json_text(sql.stored_text(trades.c.price_units, trades.c.price_nanos)),
                gross=sql.json_text(gross),
                currency=sql.json_text(pairs.c.currency),
            ),
        ).where(pairs.c.entries == 0)
