"""Undoing an import: what it added goes, what it amended becomes again what it was.

It is refused while something rests on it: a later import that holds its rows too, or an entry that a person
linked. The caller holds the lock.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, func, select, update

from ..domain.clock import local_minute, now
from ..domain.decimals import gross, parse
from ..domain.errors import KnownError
from ..domain.fields import RECORDS, FieldType, Kind, Record
from ..domain.issues import IssueStatus
from ..domain.jobs import Handle
from . import audit
from .former_trades import note_leaving
from .merging import WRITER
from .quantities import Quantities, add_to_kept, count_quantities
from .record_writes import mark_changed, remove_entries, remove_trades
from .schema import LARGEST_ID, RECORD_TABLES, audit_log, imports, issues, ledger_entries, trades

_BATCH = 500
_UNTOUCHED = (IssueStatus.OPEN.value, IssueStatus.CLEARED.value)


@dataclass(frozen=True)
class Undoing:
    """An import that can be undone, and what undoing it does: how many rows go, how many get their values
    back, and how many issues that people worked on concern rows that go."""

    import_id: int
    kind: Kind
    file: str
    at: str
    who: str
    removed: int
    restored: int
    worked_on: int


def look_at(connection: Connection, import_id: int) -> Undoing:
    """What undoing the import would do.

    Raises KnownError when there is no such import, when it was undone already, and while something rests on
    it.
    """
    found = _import(connection, import_id)
    kind = Kind(found["kind"])
    _refuse_while_others_rest_on_it(connection, found)
    stored = RECORD_TABLES[kind]
    written = connection.execute(
        select(func.count()).select_from(stored).where(stored.c.import_id == import_id)
    ).scalar_one()
    if written != found["imported"] + found["updated"]:
        missing = found["imported"] + found["updated"] - written
        raise KnownError(
            f"{missing:,} of the rows of import {import_id} were changed or removed since by something else"
            " than an import, so it can no longer be undone as a whole; import a corrected file instead."
        )
    _refuse_while_linked(connection, kind, import_id)
    return Undoing(
        import_id,
        kind,
        found["file"],
        found["at"],
        found["who"],
        removed=found["imported"],
        restored=found["updated"],
        worked_on=_worked_on(connection, stored, import_id),
    )


def undo_import(connection: Connection, handle: Handle, who: str, undoing: Undoing) -> int:
    """Undoes the import and writes its audit row; returns that row's id. Raises Cancelled."""
    kind, import_id = undoing.kind, undoing.import_id
    stored = RECORD_TABLES[kind]
    with audit.kept(_restore_all(connection, handle, undoing)) as restored:
        handle.step(0, 0, "Removing what it added")
        remove = remove_trades if kind is Kind.TRADES else remove_entries
        remove(connection, stored.c.import_id == import_id)
        undone = {"undone_at": now(), "undone_by": who}
        connection.execute(update(imports).where(imports.c.id == import_id).values(undone))
        details = {"undoes_import": import_id, "removed": undoing.removed, "restored": undoing.restored}
        return audit.append(connection, who, "undo import", undoing.file, details, restored)


def _import(connection: Connection, import_id: int) -> Mapping[str, Any]:
    row = None
    if 0 < import_id <= LARGEST_ID:
        row = connection.execute(select(imports).where(imports.c.id == import_id)).mappings().first()
    if row is None:
        raise KnownError(f"There is no import {import_id}; look at the list of imports for the right number.")
    if row["undone_at"] is not None:
        raise KnownError(
            f"Import {import_id} was undone by {row['undone_by']} at {local_minute(row['undone_at'])};"
            " there is nothing left to undo."
        )
    return dict(row)


def _refuse_while_others_rest_on_it(connection: Connection, found: Mapping[str, Any]) -> None:
    later = select(imports.c.id, imports.c.file, imports.c.rests_on).where(
        imports.c.id > found["id"],
        imports.c.kind == found["kind"],
        imports.c.undone_at.is_(None),
        imports.c.rests_on != "{}",
    )
    for number, file, rests_on in connection.execute(later.order_by(imports.c.id.desc())).all():
        rows = json.loads(rests_on).get(str(found["id"]), 0)
        if rows:
            raise KnownError(
                f"Import {number} ({file}) holds {rows:,} of its rows too, which would be lost or wrong"
                f" without it; undo import {number} first."
            )


def _refuse_while_linked(connection: Connection, kind: Kind, import_id: int) -> None:
    entry = ledger_entries.c
    linked = select(func.count()).select_from(ledger_entries).where(entry.booked_trade_id.is_not(None))
    if kind is Kind.LEDGER:
        linked = linked.where(entry.import_id == import_id)
    else:
        own = select(trades.c.trade_id).where(trades.c.import_id == import_id)
        linked = linked.where(entry.trade_id.in_(own))
    count = connection.execute(linked).scalar_one()
    if count:
        entries = "1 ledger entry is" if count == 1 else f"{count:,} ledger entries are"
        raise KnownError(
            f"{entries} linked by hand to rows of import {import_id}; unlink first, then undo it."
        )


def _worked_on(connection: Connection, stored: Table, import_id: int) -> int:
    own = select(stored.c.trade_id).where(stored.c.import_id == import_id)
    touched = issues.c.status.not_in(_UNTOUCHED) | issues.c.assigned_to.is_not(None)
    counted = select(func.count()).select_from(issues).where(issues.c.trade_id.in_(own), touched)
    return int(connection.execute(counted).scalar_one())


def _restore_all(connection: Connection, handle: Handle, undoing: Undoing) -> Iterator[audit.Change]:
    """Restores what the import's own audit row says that it amended; yields the changes turned round."""
    if not undoing.restored:
        return
    done = 0
    own = _audit_row(connection, undoing)
    for part in audit.parts_of(connection, own) if own is not None else ():
        for start in range(0, len(part), _BATCH):
            _restore(connection, RECORDS[undoing.kind], undoing.import_id, part[start : start + _BATCH])
        done += len(part)
        handle.step(done, undoing.restored, "Restoring what it amended")
        yield from (audit.Change(one.table, one.key, one.after, one.before) for one in part)
    if done != undoing.restored:
        raise _incomplete(undoing.import_id)


def _incomplete(import_id: int) -> KnownError:
    return KnownError(
        f"The audit trail does not hold all of what import {import_id} changed, so it cannot be undone;"
        " import a corrected file instead."
    )


def _audit_row(connection: Connection, undoing: Undoing) -> int | None:
    found = connection.execute(
        select(audit_log.c.id, audit_log.c.details)
        .where(
            audit_log.c.operation == f"import {undoing.kind.value}",
            audit_log.c.subject == undoing.file,
            audit_log.c.at >= undoing.at,
        )
        .order_by(audit_log.c.id)
    )
    wanted = undoing.import_id
    return next((row.id for row in found.all() if json.loads(row.details).get("import_id") == wanted), None)


def _restore(connection: Connection, record: Record, import_id: int, changes: Sequence[audit.Change]) -> None:
    """Gives amended rows the values they had, and marks them as changed before and after."""
    stored = RECORD_TABLES[record.kind]
    key = "trade_id" if record.kind is Kind.TRADES else "entry_id"
    which = (stored.c.import_id == import_id, stored.c[key].in_([change.key for change in changes]))
    rows = {row[key]: row for row in connection.execute(select(stored).where(*which)).mappings()}
    ids = stored.c.id.in_([row["id"] for row in rows.values()])
    _leave(connection, record.kind, ids)
    for change in changes:
        before = change.before or {}
        if change.key not in rows or WRITER not in before:
            raise _incomplete(import_id)
        row = rows[change.key]
        values = _values(record, dict(row), before)
        connection.execute(update(stored).where(stored.c.id == row["id"]).values(values))
    _arrive(connection, record.kind, ids)


def _leave(connection: Connection, kind: Kind, ids: ColumnElement[bool]) -> None:
    mark_changed(connection, RECORD_TABLES[kind], ids)
    if kind is Kind.TRADES:
        add_to_kept(connection, Quantities(0, 0) - count_quantities(connection, ids))
        note_leaving(connection, ids)


def _arrive(connection: Connection, kind: Kind, ids: ColumnElement[bool]) -> None:
    mark_changed(connection, RECORD_TABLES[kind], ids)
    if kind is Kind.TRADES:
        add_to_kept(connection, count_quantities(connection, ids))


def _values(record: Record, row: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a row with the values it had before."""
    values: dict[str, Any] = dict(_columns(record, before))
    values[WRITER] = before[WRITER]
    if record.kind is Kind.TRADES:
        now_there = {**row, **values}
        quantity = (now_there["quantity_units"], now_there["quantity_nanos"])
        price = (now_there["price_units"], now_there["price_nanos"])
        values |= {f"gross_{part}": value for part, value in gross(quantity, price)._asdict().items()}
    elif "trade_id" in values and row["booked_trade_id"] is not None:  # a link made by hand stays
        values["booked_trade_id"] = values.pop("trade_id")
    return values


def _columns(record: Record, before: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for field in record.importable:
        if field.name not in before:
            continue
        if field.type is FieldType.DECIMAL:
            units, nanos = parse(before[field.name])
            yield f"{field.name}_units", units
            yield f"{field.name}_nanos", nanos
        else:
            yield field.name, before[field.name]
