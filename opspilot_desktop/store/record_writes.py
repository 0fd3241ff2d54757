"""Taking trades and ledger entries away, as undoing an import does; what they touched is marked as changed.

The caller holds the lock and writes the audit row.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, Connection, Table, delete, insert, literal, select

from .former_trades import note_leaving
from .quantities import Quantities, add_to_kept, count_quantities
from .schema import PlainText, dirty, entry_links, ledger_entries, trades


def remove_trades(connection: Connection, *which: ColumnElement[bool]) -> int:
    """Takes away the trades that meet the conditions; returns how many."""
    leaving = count_quantities(connection, *which)
    add_to_kept(connection, Quantities(0, 0) - leaving)
    note_leaving(connection, *which)
    return _remove(connection, trades, *which)


def remove_entries(connection: Connection, *which: ColumnElement[bool]) -> int:
    """Takes away the ledger entries that meet the conditions; returns how many."""
    # A later entry may get the row number of one that was taken away, and must not seem to be linked.
    leaving = select(literal(1)).where(ledger_entries.c.id == entry_links.c.entry_row, *which)
    connection.execute(delete(entry_links).where(leaving.correlate(entry_links).exists()))
    return _remove(connection, ledger_entries, *which)


def mark_changed(connection: Connection, table: Table, *which: ColumnElement[bool]) -> None:
    """Marks the trade ids of the rows that meet the conditions, so that the next run checks them."""
    keys = select(literal("key", PlainText), table.c.trade_id).where(*which).distinct()
    connection.execute(insert(dirty).from_select(["kind", "trade_id"], keys))


def _remove(connection: Connection, table: Table, *which: ColumnElement[bool]) -> int:
    mark_changed(connection, table, *which)
    return connection.execute(delete(table).where(*which)).rowcount
