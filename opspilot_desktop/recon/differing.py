"""Checked trades of which some entries say another thing than the trade does: a date, an account."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    FromClause,
    MetaData,
    Select,
    Table,
    and_,
    case,
    func,
    insert,
    select,
)

from ..domain.issues import IssueType
from ..store.schema import PlainText, RowId, ledger_entries, trades
from . import sql
from .findings import LISTED_ENTRIES, finding
from .rule import Check
from .temporary import analyze, create

LISTED_VALUES = 50
"""How many different values an issue names."""


@dataclass(frozen=True)
class Differing:
    """The entries that differ from their trade in one thing; `own` is the trade's field that says it.

    Blank agrees with everything.
    """

    issue_type: IssueType
    own: str
    value: str

    @cached_property
    def table(self) -> Table:
        """The temporary table of the entries that differ."""
        return Table(
            f"differing_{self.value}s",
            MetaData(),
            Column("entry_row", RowId, primary_key=True),
            Column("trade_id", PlainText),
            Column("own", PlainText),
            Column("value", PlainText),
            prefixes=["TEMPORARY"],
        )

    def fill(self, check: Check, meant: ColumnElement[Any], source: FromClause | None = None) -> None:
        """Finds the entries in scope that differ: `meant` is what an entry says, in the trade's words.

        `source` is the ledger, joined with what `meant` needs.
        """
        own, value = trades.c[self.own], ledger_entries.c[self.value]
        entries = ledger_entries if source is None else source
        found = (
            select(ledger_entries.c.id, trades.c.trade_id, own, value)
            .select_from(entries.join(trades, trades.c.trade_id == ledger_entries.c.trade_id))
            .where(
                trades.c.status.in_(check.settings.checked_statuses),
                check.scope.contains(trades.c.trade_id),
                own != meant,
            )
        )
        create(check.connection, self.table)
        names = ["entry_row", "trade_id", "own", "value"]
        check.connection.execute(insert(self.table).from_select(names, found))
        analyze(check.connection, self.table)

    def is_empty(self, connection: Connection) -> bool:
        """Whether no entry differs."""
        return connection.execute(select(self.table.c.entry_row).limit(1)).first() is None

    def query(self, **settings: ColumnElement[str]) -> Select[Any]:
        """One finding for each trade: what it says, and what how many of its entries say instead.

        `settings` are JSON values by which the entries were judged. Material: both sides, with the numbers
        of entries.
        """
        by_value, by_trade = self._by_value(), self._by_trade()
        single = ledger_entries.alias("single")
        only = and_(by_trade.c.entries == 1, single.c.id == by_trade.c.first_row)
        material = {
            self.own: sql.json_text(by_trade.c.own),
            "values": by_value.c.found,
            "entries": sql.json_number(by_trade.c.entries),
        }
        return finding(
            by_trade.join(by_value, by_value.c.trade_id == by_trade.c.trade_id).outerjoin(single, only),
            self.issue_type,
            trade_id=by_trade.c.trade_id,
            entry_id=single.c.entry_id,
            material=sql.json_object(**material),
            evidence=sql.json_object(**material, **settings, entry_rows=by_trade.c.entry_rows),
        )

    def _by_value(self) -> FromClause:
        """For each trade: `found` (JSON, the different values in order, with the numbers of entries)."""
        own = self.table.c
        counted = (
            select(own.trade_id, own.value, func.count().label("entries"))
            .group_by(own.trade_id, own.value)
            .subquery()
        )
        number = func.row_number().over(partition_by=counted.c.trade_id, order_by=counted.c.value)
        numbered = (
            select(counted, number.label("number")).order_by(counted.c.trade_id, counted.c.value).subquery()
        )
        item = sql.json_object(
            value=sql.json_text(numbered.c.value), entries=sql.json_number(numbered.c.entries)
        )
        return (
            select(numbered.c.trade_id, sql.json_list(item).label("found"))
            .where(numbered.c.number <= LISTED_VALUES)
            .group_by(numbered.c.trade_id)
            .subquery("by_value")
        )

    def _by_trade(self) -> FromClause:
        """For each trade: what it says (`own`), the number of its entries that differ, `entry_rows` (JSON,
        the first of their row ids) and `first_row`."""
        own = self.table.c
        number = func.row_number().over(partition_by=own.trade_id, order_by=own.entry_row)
        numbered = (
            select(own.trade_id, own.own, own.entry_row, number.label("number"))
            .order_by(own.trade_id, own.entry_row)
            .subquery()
        )
        # Of the others there is no row number, and an aggregate leaves out what is null.
        listed = case((numbered.c.number <= LISTED_ENTRIES, numbered.c.entry_row), else_=None)
        return (
            select(
                numbered.c.trade_id,
                func.min(numbered.c.own).label("own"),
                func.count().label("entries"),
                func.min(numbered.c.entry_row).label("first_row"),
                sql.json_list(sql.json_number(listed)).label("entry_rows"),
            )
            .group_by(numbered.c.trade_id)
            .subquery("by_trade")
        )
