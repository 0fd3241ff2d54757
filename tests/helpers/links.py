"""Links an entry to another trade by hand, at store level: what the operations on links leave behind."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Connection, case, func, null, update

from opspilot_desktop.operations.workspace import Workspace
from opspilot_desktop.store.record_writes import mark_changed
from opspilot_desktop.store.schema import ledger_entries


def link_entry(workspace: Workspace, row_id: int, trade_id: str) -> None:
    """Has the entry count for that trade; what its file said is kept."""
    entry = ledger_entries.c
    with workspace.database.write() as connection:
        booked = func.coalesce(entry.booked_trade_id, entry.trade_id)
        _change(connection, row_id, {"booked_trade_id": booked, "trade_id": trade_id})


def unlink_entry(workspace: Workspace, row_id: int) -> None:
    """Has the entry count for the trade that its file names."""
    entry = ledger_entries.c
    with workspace.database.write() as connection:
        booked = case((entry.booked_trade_id.is_not(None), entry.booked_trade_id), else_=entry.trade_id)
        _change(connection, row_id, {"trade_id": booked, "booked_trade_id": null()})


def _change(connection: Connection, row_id: int, values: dict[str, ColumnElement[str] | str]) -> None:
    """Changes the entry, and marks the trade it counted for and the one it counts for now."""
    this = ledger_entries.c.id == row_id
    mark_changed(connection, ledger_entries, this)
    connection.execute(update(ledger_entries).where(this).values(values))
    mark_changed(connection, ledger_entries, this)
