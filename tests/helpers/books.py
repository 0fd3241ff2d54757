"""Puts trades and ledger entries straight into a workspace, as an import would leave them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table, insert, update

from opspilot_desktop.domain.decimals import NANO, gross, parse
from opspilot_desktop.operations.workspace import Workspace
from opspilot_desktop.store import record_writes
from opspilot_desktop.store.former_trades import note_leaving
from opspilot_desktop.store.quantities import Quantities, add_to_kept, count_quantities
from opspilot_desktop.store.schema import dirty, ledger_entries, trades

Record = Mapping[str, Any]


def trade(trade_id: str, quantity: str = "10", price: str = "2.5", **others: Any) -> dict[str, Any]:
    """A trade with sensible values for what is not given."""
    values = {"instrument": "ABC", "side": "BUY", "currency": "EUR", "status": "pending", **others}
    return {"trade_id": trade_id, "quantity": quantity, "price": price, **values}


def entry(trade_id: str, amount: str, **others: Any) -> dict[str, Any]:
    """A ledger entry."""
    return {"trade_id": trade_id, "amount": amount, "currency": "EUR", **others}


def _stored(record: Record) -> dict[str, Any]:
    stored: dict[str, Any] = {}
    for name, value in record.items():
        if name in ("quantity", "price", "amount"):
            stored[f"{name}_units"], stored[f"{name}_nanos"] = parse(str(value))
        else:
            stored[name] = value
    if "quantity" in record and "price" in record:
        exact = gross(parse(str(record["quantity"])), parse(str(record["price"])))
        stored |= {"gross_units": exact.units, "gross_nanos": exact.nanos, "gross_rest": exact.rest}
    return stored


def _mark(connection: Connection, trade_ids: set[str]) -> None:
    connection.execute(
        insert(dirty), [{"kind": "key", "trade_id": trade_id} for trade_id in sorted(trade_ids)]
    )


def _add(workspace: Workspace, table: Table, records: Sequence[Record]) -> None:
    if not records:
        return
    stored = [_stored(record) for record in records]
    names = {name for values in stored for name in values} - {"source"}
    with workspace.database.write() as connection:
        blank = dict.fromkeys(names) | ({} if table is trades else {"source": ""})
        connection.execute(insert(table), [blank | values for values in stored])
        if table is trades:
            add_to_kept(connection, _quantities(stored))
        _mark(connection, {record["trade_id"] for record in records})


def _quantities(stored: Sequence[Record]) -> Quantities:
    nanos = (values["quantity_units"] * NANO + values["quantity_nanos"] for values in stored)
    return Quantities(len(stored), sum(nanos))


def add_trades(workspace: Workspace, *records: Record) -> None:
    """Stores trades."""
    _add(workspace, trades, records)


def add_entries(workspace: Workspace, *records: Record) -> None:
    """Stores ledger entries."""
    _add(workspace, ledger_entries, records)


def change_trade(workspace: Workspace, record: Record) -> None:
    """Amends the trade of that id."""
    same = trades.c.trade_id == record["trade_id"]
    with workspace.database.write() as connection:
        before = count_quantities(connection, same)
        note_leaving(connection, same)
        connection.execute(update(trades).where(same).values(_stored(record)))
        add_to_kept(connection, count_quantities(connection, same) - before)
        _mark(connection, {record["trade_id"]})


def remove_entries(workspace: Workspace, trade_id: str) -> None:
    """Takes a trade's entries away."""
    with workspace.database.write() as connection:
        record_writes.remove_entries(connection, ledger_entries.c.trade_id == trade_id)


def remove_trade(workspace: Workspace, trade_id: str) -> None:
    """Takes a trade away."""
    with workspace.database.write() as connection:
        record_writes.remove_trades(connection, trades.c.trade_id == trade_id)
