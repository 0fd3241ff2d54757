"""Checked trades of which some entries say another thing than the trade does: a date, an account."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    FromClause,
    MetaData,
    Select,
    Table,
    Text,
    and_,
    case,
    func,
    insert,
    literal,
    or_,
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

    @cached_property
    def several(self) -> Table:
        """The temporary table of the trades that have several such entries: how many, and the first."""
        return Table(
            f"several_differing_{self.value}s",
            MetaData(),
            Column("trade_id", PlainText, primary_key=True),
            Column("entries", BigInteger),
            Column("first_row", RowId),
            prefixes=["TEMPORARY"],
        )

    def query(self, connection: Connection, **settings: ColumnElement[str]) -> Select[Any] | None:
        """One finding for each trade: what it says, and what how many of its entries say instead; None if no
        entry differs.

        `settings` are JSON values by which the entries were judged. Material: both sides, with the numbers
        of entries.
        """
        own = self.table.c
        if connection.execute(select(own.entry_row).limit(1)).first() is None:
            return None
        counted = select(own.trade_id, func.count(), func.min(own.entry_row)).group_by(own.trade_id)
        names = [column.name for column in self.several.columns]
        adding = insert(self.several).from_select(names, counted.having(func.count() > 1))
        create(connection, self.several)
        connection.execute(adding)
        analyze(connection, self.several)
        return self._query(settings)

    def counting(self) -> Select[Any]:
        """How many trades it is for which `query` has a finding."""
        further = select(func.coalesce(sql.whole(func.sum(self.several.c.entries - 1)), 0)).scalar_subquery()
        return select(func.count() - further).select_from(self.table)

    def _query(self, settings: Mapping[str, ColumnElement[str]]) -> Select[Any]:
        """Most trades have one such entry, which then speaks for all; what is sorted and put together are
        the entries of the others."""
        own, several = self.table.c, self.several.c
        values, rows = self._values_of_several(), self._rows_of_several()
        is_alone = several.trade_id.is_(None)
        single = ledger_entries.alias("single")
        entries = func.coalesce(several.entries, 1)
        the_value, the_row = _list_of(_item(own.value, entries)), _list_of(sql.json_number(own.entry_row))
        material = {
            self.own: sql.json_text(own.own),
            "values": case((is_alone, the_value), else_=values.c.found),
            "entries": sql.json_number(entries),
        }
        return finding(
            self.table.outerjoin(self.several, several.trade_id == own.trade_id)
            .outerjoin(values, values.c.trade_id == several.trade_id)
            .outerjoin(rows, rows.c.trade_id == several.trade_id)
            .outerjoin(single, and_(is_alone, single.c.id == own.entry_row)),
            self.issue_type,
            trade_id=own.trade_id,
            entry_id=single.c.entry_id,
            material=sql.json_object(**material),
            evidence=sql.json_object(
                **material, **settings, entry_rows=case((is_alone, the_row), else_=rows.c.entry_rows)
            ),
        ).where(or_(is_alone, several.first_row == own.entry_row))

    def _of_several(self) -> ColumnElement[bool]:
        return self.table.c.trade_id.in_(select(self.several.c.trade_id))

    def _values_of_several(self) -> FromClause:
        """For each such trade: `found` (JSON, the different values in order, with the numbers of entries)."""
        own = self.table.c
        counted = (
            select(own.trade_id, own.value, func.count().label("entries"))
            .where(self._of_several())
            .group_by(own.trade_id, own.value)
            .subquery()
        )
        number = func.row_number().over(partition_by=counted.c.trade_id, order_by=counted.c.value)
        numbered = (
            select(counted, number.label("number")).order_by(counted.c.trade_id, counted.c.value).subquery()
        )
        item = _item(numbered.c.value, numbered.c.entries)
        return (
            select(numbered.c.trade_id, sql.json_list(item).label("found"))
            .where(numbered.c.number <= LISTED_VALUES)
            .group_by(numbered.c.trade_id)
            .subquery("by_value")
        )

    def _rows_of_several(self) -> FromClause:
        """For each such trade: `entry_rows` (JSON, the first of the row ids of its entries that differ)."""
        own = self.table.c
        number = func.row_number().over(partition_by=own.trade_id, order_by=own.entry_row)
        numbered = (
            select(own.trade_id, own.entry_row, number.label("number"))
            .where(self._of_several())
            .order_by(own.trade_id, own.entry_row)
            .subquery()
        )
        return (
            select(
                numbered.c.trade_id,
                sql.json_list(sql.json_number(numbered.c.entry_row)).label("entry_rows"),
            )
            .where(numbered.c.number <= LISTED_ENTRIES)
            .group_by(numbered.c.trade_id)
            .subquery("rows_of_several")
        )


def _item(value: ColumnElement[Any], entries: ColumnElement[Any]) -> ColumnElement[str]:
    return sql.json_object(value=sql.json_text(value), entries=sql.json_number(entries))


def _list_of(item: ColumnElement[str]) -> ColumnElement[str]:
    return literal("[", Text).concat(item).concat("]")
