"""Workspaces with rows in them, written straight into the tables: fast, and as odd as a test wants them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Table, insert

from opspilot_desktop.domain.issues import IssueType
from opspilot_desktop.operations.workspace import Workspace, open_workspace
from opspilot_desktop.store.schema import issues, ledger_entries, trades

from .fresh import put_workspace

INSTRUMENTS = ("ASML.AS", "VOD.L", "NESN.SW", "SAP.DE", "AZN.L", "SHEL.L", "MC.PA")
COUNTERPARTIES = ("Morgan Stanley Intl", "Barclays Bank", "UBS AG", "Deutsche Bank", "Société Générale")


def new_workspace(folder: Path, name: str = "workspace") -> Workspace:
    """An empty workspace in a SQLite file; the caller closes it."""
    path = folder / f"{name}.opspilot"
    put_workspace(path)
    return open_workspace(str(path), create=False)


def trade(number: int, **values: Any) -> dict[str, Any]:
    """The columns of trade `number` (from 1): T-000001 of 101 ASML.AS at 10.5, and so on."""
    quantity, units, nanos = 100 + number % 900, 10 + number % 90, 500_000_000
    gross = quantity * (units * 10**9 + nanos)
    return {
        "trade_id": f"T-{number:06d}",
        "instrument": INSTRUMENTS[number % len(INSTRUMENTS)],
        "side": "BUY" if number % 2 else "SELL",
        "quantity_units": quantity,
        "quantity_nanos": 0,
        "price_units": units,
        "price_nanos": nanos,
        "gross_units": gross // 10**9,
        "gross_nanos": gross % 10**9,
        "gross_rest": 0,
        "currency": "EUR",
        "trade_date": "2026-11-05",
        "settle_date": "2026-11-09",
        "counterparty": COUNTERPARTIES[number % len(COUNTERPARTIES)],
        "account": "4410-EQ-AMS",
        "trader": None,
        "status": "pending",
        "timestamp": None,
    } | values


def entry(number: int, **values: Any) -> dict[str, Any]:
    """The columns of ledger entry `number` (from 1), which belongs to the trade of that number."""
    own = trade(number)
    return {
        "entry_id": f"LE-{number:06d}",
        "trade_id": own["trade_id"],
        "amount_units": -own["gross_units"],
        "amount_nanos": -own["gross_nanos"],
        "currency": "EUR",
        "entry_type": "PRINCIPAL",
        "value_date": "2026-11-09",
        "account": "4410-EQ-AMS",
        "description": None,
        "timestamp": None,
    } | values


def issue(number: int, **values: Any) -> dict[str, Any]:
    """The columns of an open amount mismatch of trade `number` (from 1), detected `number` days ago.

    `age` (days) takes the place of `detected_at`, and `issue_type` brings its own severity.
    """
    kind = IssueType(values.get("issue_type", IssueType.AMOUNT_MISMATCH))
    age = values.pop("age", number)
    detected = (datetime.now(UTC) - timedelta(days=age, minutes=1)).isoformat(timespec="milliseconds")
    return {
        "issue_type": kind.value,
        "issue_key": f"T-{number:06d}",
        "severity": kind.severity.value,
        "status": "open",
        "gone": False,
        "trade_id": f"T-{number:06d}",
        "entry_id": None,
        "currency": "EUR",
        "difference_units": -number * 1000,
        "difference_nanos": -250_000_000,
        "difference_rest": 0,
        "material": "{}",
        "evidence": "{}",
        "detected_at": detected.replace("+00:00", "Z"),
        "opened_run": 1,
        "changed_run": 1,
        "assigned_to": None,
        "reason": None,
        "comment": None,
        "changed_by": "engine",
        "changed_at": detected.replace("+00:00", "Z"),
        "row_version": 1,
    } | values


def add_trades(workspace: Workspace, rows: Iterable[Mapping[str, Any]]) -> None:
    """Stores trades, as `trade` makes them."""
    _add(workspace, trades, rows)


def add_entries(workspace: Workspace, rows: Iterable[Mapping[str, Any]]) -> None:
    """Stores ledger entries, as `entry` makes them."""
    _add(workspace, ledger_entries, rows)


def add_issues(workspace: Workspace, rows: Iterable[Mapping[str, Any]]) -> None:
    """Stores issues, as `issue` makes them."""
    _add(workspace, issues, rows)


def _add(workspace: Workspace, table: Table, rows: Iterable[Mapping[str, Any]]) -> None:
    with workspace.database.write() as connection:
        connection.execute(insert(table), [dict(row) for row in rows])
