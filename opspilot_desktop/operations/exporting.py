"""Exporting a table to a file: CSV and XLSX for people, JSON Lines for programs."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, select

from ..domain.errors import KnownError
from ..domain.fields import RECORDS, Field, FieldType, Kind
from ..domain.jobs import Handle
from ..domain.query import PAGE, Query, Sort
from ..files.exporting import export
from ..logs import operation
from ..recon.explain import describe
from ..store.queries import TableReader
from ..store.schema import audit_log
from ..store.situations import issue_rows
from .reading import stream_rows
from .reconciling import rule_settings
from .workspace import Workspace

logger = logging.getLogger(__name__)

_ISSUE_FIELDS = (
    Field("id", "Issue", FieldType.NUMBER),
    Field("issue_type", "Type"),
    Field("severity", "Severity"),
    Field("status", "Status"),
    Field("trade_id", "Trade", FieldType.ID),
    Field("entry_id", "Entry", FieldType.ID),
    Field("description", "Description"),
    Field("difference", "Difference", FieldType.DECIMAL),
    Field("currency", "Ccy"),
    Field("evidence", "Evidence"),
    Field("detected_at", "Detected"),
    Field("assigned_to", "Assignee"),
    Field("reason", "Reason"),
    Field("comment", "Comment"),
)
_AUDIT_FIELDS = tuple(
    Field(column.name, column.name.replace("_", " ").capitalize())
    if column.name != "id"
    else Field("id", "Id", FieldType.NUMBER)
    for column in audit_log.columns
)


def export_rows(
    handle: Handle, workspace: Workspace, kind: Kind, path: Path, query: Query | None = None
) -> int:
    """Writes the rows that pass the query (all of them without one) to a file, by its ending.

    Returns how many. The file appears whole or not at all. Raises KnownError for an ending that is not
    known, a folder that cannot be written, or more rows than a sheet can hold.
    """
    if not workspace.is_shared and path.exists() and path.samefile(workspace.database.target):
        raise KnownError(f"{path} is the workspace itself; choose another file to export to.")
    with operation(logger, "export", table=kind.value) as told:
        told["rows"] = rows = _export(handle, workspace, kind, path, query)
    return rows


def _export(handle: Handle, workspace: Workspace, kind: Kind, path: Path, query: Query | None) -> int:
    checked = rule_settings(workspace).checked_statuses
    with workspace.database.read(handle) as connection:
        if kind is Kind.AUDIT:
            total = connection.execute(select(func.count()).select_from(audit_log)).scalar_one()
            return export(handle, path, _AUDIT_FIELDS, _audit_rows(connection), total)
        reader = TableReader(kind, checked)
        ids = reader.ids(connection, query or Query(sort=Sort("id") if kind is Kind.ISSUES else None))
        if kind is Kind.ISSUES:
            return export(handle, path, _ISSUE_FIELDS, _issue_rows(connection, ids, path), len(ids))
        chosen = [
            (index, field)
            for index, field in enumerate(RECORDS[kind].fields)
            if kind is Kind.IMPORTS or _is_exported(field, path)
        ]
        rows = ([row[index] for index, _ in chosen] for row in stream_rows(connection, kind, checked, ids))
        return export(handle, path, [field for _, field in chosen], rows, len(ids))


def _is_exported(field: Field, path: Path) -> bool:
    """JSON Lines carry the canonical columns as they are stored; people also get what is derived."""
    return path.suffix.lower() != ".jsonl" or not field.derived


def _audit_rows(connection: Connection) -> Iterator[Sequence[Any]]:
    query = select(audit_log).order_by(audit_log.c.id).execution_options(yield_per=PAGE)
    yield from connection.execute(query)


def _issue_rows(connection: Connection, ids: Sequence[int], path: Path) -> Iterator[Sequence[Any]]:
    as_text = path.suffix.lower() != ".jsonl"
    for start in range(0, len(ids), PAGE):
        for issue in issue_rows(connection, ids[start : start + PAGE], describe):
            evidence = issue["evidence"]
            row = {**issue, "difference": evidence.get("difference")}
            if as_text:
                row["evidence"] = json.dumps(evidence, ensure_ascii=False)
            yield [row[field.name] for field in _ISSUE_FIELDS]
