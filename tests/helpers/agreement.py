"""What is stored, read so that it can be compared: with a model, or with what another run leaves."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, Table, delete, select, text

from opspilot_desktop.domain.decimals import to_text
from opspilot_desktop.domain.fields import Kind
from opspilot_desktop.operations.workspace import Workspace
from opspilot_desktop.store.queries import TableReader
from opspilot_desktop.store.schema import (
    dirty,
    entry_links,
    issue_comments,
    issues,
    ledger_entries,
    metadata,
    trades,
)
from tests.helpers.book_model import ENTRY_FIELDS, TRADE_FIELDS
from tests.helpers.lifecycle_model import Issue
from tests.helpers.oracle import Identity, as_material

_UNLIKE = (
    "id",
    "detected_at",
    "changed_at",
    "opened_run",
    "changed_run",
)  # a server counts on after a rollback
_DECIMALS = ("quantity", "price", "amount")


def empty(workspace: Workspace) -> None:
    """Takes every row away, so that one workspace serves many examples."""
    tables = metadata.sorted_tables
    with workspace.database.write() as connection:
        if workspace.database.is_postgresql:
            connection.execute(text(f"TRUNCATE {', '.join(table.name for table in tables)} RESTART IDENTITY"))
            return
        for table in reversed(tables):
            connection.execute(delete(table))


def tidy(workspace: Workspace) -> None:
    """Lets a server without background work forget the temporary tables of earlier runs."""
    if workspace.database.is_postgresql:
        with workspace.database.engine.connect() as connection:
            autocommit = connection.execution_options(isolation_level="AUTOCOMMIT")
            for name in (
                "attribute",
                "class",
                "type",
                "depend",
                "index",
                "constraint",
                "statistic",
                "attrdef",
            ):
                autocommit.execute(text(f"VACUUM pg_catalog.pg_{name}"))


def everything(connection: Connection) -> dict[str, Sequence[Row[Any]]]:
    """Every row of every table."""
    return {
        table.name: connection.execute(select(table).order_by(*table.primary_key)).all()
        for table in metadata.sorted_tables
    }


def issues_and_history(connection: Connection) -> list[object]:
    """Everything of the issues and their history but times and the numbers that a sequence gives."""
    stored = connection.execute(select(issues).order_by(issues.c.issue_type, issues.c.issue_key)).mappings()
    told = connection.execute(select(issue_comments).order_by(issue_comments.c.id)).mappings()
    history: dict[int, list[tuple[str, ...]]] = {}
    for line in told:
        history.setdefault(line["issue_id"], []).append((line["kind"], line["who"], line["text"]))
    return [
        ({name: value for name, value in row.items() if name not in _UNLIKE}, history.get(row["id"]))
        for row in stored
    ]


def issues_as_modelled(connection: Connection) -> dict[Identity, Issue]:
    """The issues as the model of their lifecycle has them."""
    told = connection.execute(
        select(issue_comments.c.issue_id, issue_comments.c.text)
        .where(issue_comments.c.kind == "comment")
        .order_by(issue_comments.c.id)
    )
    comments: dict[int, tuple[str, ...]] = {}
    for issue_id, said in told:
        comments[issue_id] = (*comments.get(issue_id, ()), said)
    rows = connection.execute(select(issues)).all()
    found = {
        (row.issue_type, row.issue_key): Issue(
            material=as_material(json.loads(row.material)),
            changed_by=row.changed_by,
            status=row.status,
            gone=bool(row.gone),
            reason=row.reason,
            comment=row.comment,
            assigned_to=row.assigned_to,
            comments=comments.get(row.id, ()),
        )
        for row in rows
    }
    assert len(found) == len(rows)  # no identity twice
    return found


def stored_trades(connection: Connection) -> dict[str, dict[str, Any]]:
    """The trades by their ids, with the fields that the model of a book has."""
    return {row["trade_id"]: row for row in _records(connection, trades, TRADE_FIELDS)}


def stored_entries(connection: Connection) -> list[dict[str, Any]]:
    """The entries in the order of their row ids, with who linked each, why, and in which words."""
    told = select(entry_links.c.who, entry_links.c.reason, entry_links.c.comment)
    rows = connection.execute(
        told.select_from(
            ledger_entries.outerjoin(entry_links, entry_links.c.entry_row == ledger_entries.c.id)
        ).order_by(ledger_entries.c.id)
    )
    links = [tuple(part or "" for part in row) for row in rows]
    entries = _records(connection, ledger_entries, ENTRY_FIELDS)
    return [{**entry, "link": link} for entry, link in zip(entries, links, strict=True)]


def _records(connection: Connection, table: Table, fields: Sequence[str]) -> list[dict[str, Any]]:
    rows = connection.execute(select(table).order_by(table.c.id)).mappings().all()
    return [{name: _value(row, name) for name in fields} for row in rows]


def _value(row: Mapping[Any, Any], name: str) -> Any:
    return to_text(row[f"{name}_units"], row[f"{name}_nanos"]) if name in _DECIMALS else row[name]


def match_statuses(connection: Connection, checked_statuses: Sequence[str]) -> dict[str, str]:
    """How each trade is shown to stand against the ledger."""
    reader = TableReader(Kind.TRADES, checked_statuses)
    names = [each.name for each in reader.record.fields]
    ids = connection.execute(select(trades.c.id)).scalars().all()
    rows = [dict(zip(names, row, strict=True)) for row in reader.rows(connection, ids).values()]
    return {row["trade_id"]: row["match_status"] for row in rows}


def marks_left(connection: Connection) -> int:
    """How many marks of changes there are for the next run."""
    return len(connection.execute(select(dirty.c.id)).all())
