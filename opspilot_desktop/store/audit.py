"""The audit trail: one row an operation, each linked to the one before by a hash.

A row's hash covers its contents and the hash of the row before, so a row that is altered, taken out or
put in breaks the chain from there on. Appending is the transaction's last statement: the chain is then
held for the shortest time, and what is not committed is not in it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from tempfile import SpooledTemporaryFile
from typing import Any

from sqlalchemy import Connection, insert, select, text

from ..domain.clock import now
from .schema import audit_log

GENESIS = "0" * 64
"""What the first row names as the hash before it."""
CHANGES_PER_ROW = 1000
"""An operation that changes more rows goes on in further audit rows, so that none grows without bound."""

_CHAIN_LOCK = 0x4F70_5032  # "OpP2": on PostgreSQL, whoever appends holds it until the commit
_LAST_HASH = select(audit_log.c.hash).order_by(audit_log.c.id.desc()).limit(1)
_ADD = insert(audit_log)
_COLUMNS = ("at", "who", "operation", "subject", "details", "changes", "previous_hash")


@dataclass(frozen=True)
class Change:
    """A row before and after: `{"table": …, "key": …, "before": {…}, "after": {…}}`, only fields that differ.

    `before` is None for a row that was added, `after` for one that was removed.
    """

    table: str
    key: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None


@contextmanager
def kept(changes: Iterable[Change]) -> Iterator[Iterator[Change]]:
    """Changes written aside as they are found, to be appended once the operation has done its work.

    The old values have to be read before they are overwritten, but the audit row comes last. Up to 8 MB
    stay in memory; more goes to a temporary file without a name.
    """
    with SpooledTemporaryFile(max_size=8 << 20, mode="w+", encoding="utf-8", newline="\n") as file:
        for change in changes:
            file.write(canonical(vars(change)) + "\n")
        file.seek(0)
        yield (Change(**json.loads(line)) for line in file)


def canonical(value: object) -> str:
    """JSON with one spelling: sorted keys, no spaces, text as it is."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def append(
    connection: Connection,
    who: str,
    operation: str,
    subject: str,
    details: Mapping[str, Any],
    changes: Iterable[Change] = (),
) -> int:
    """Writes the operation's audit row (or rows, a thousand changes each); returns the first one's id."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _CHAIN_LOCK})
    previous = connection.execute(_LAST_HASH).scalar_one_or_none()
    previous = previous or GENESIS
    at = now()
    first: int | None = None
    for part in _parts(changes):
        row = {
            "at": at,
            "who": who,
            "operation": operation,
            "subject": subject,
            "details": canonical(details if first is None else {"continues": first}),
            "changes": canonical([vars(change) for change in part]),
            "previous_hash": previous,
        }
        row["hash"] = previous = _digest(row)
        key = connection.execute(_ADD, row).inserted_primary_key
        assert key is not None
        first = int(key[0]) if first is None else first
    assert first is not None
    return first


def _parts(changes: Iterable[Change]) -> Iterator[Sequence[Change]]:
    iterator = iter(changes)
    yield list(islice(iterator, CHANGES_PER_ROW))
    while part := list(islice(iterator, CHANGES_PER_ROW)):
        yield part


def _digest(row: Mapping[str, Any]) -> str:
    return hashlib.sha256(canonical([row[name] for name in _COLUMNS]).encode()).hexdigest()


def _fits(row: Mapping[str, Any]) -> bool:
    try:
        return bool(_digest(row) == row["hash"])
    except TypeError:  # somebody put something into the row that the program never writes
        return False


def first_broken_link(connection: Connection) -> int | None:
    """The id of the first audit row that does not fit the chain; None when the whole chain holds."""
    previous = GENESIS
    query = select(audit_log).order_by(audit_log.c.id).execution_options(yield_per=500)
    with connection.execute(query) as rows:
        for row in rows.mappings():
            if row["previous_hash"] != previous or not _fits(dict(row)):
                return int(row["id"])
            previous = row["hash"]
    return None


def changes_of(connection: Connection, audit_id: int) -> list[Change]:
    """The changes an operation recorded, over all of its rows; empty when there is no such operation."""
    return [change for part in parts_of(connection, audit_id) for change in part]


def parts_of(connection: Connection, audit_id: int) -> Iterator[list[Change]]:
    """The same, row by row, a thousand changes each at most: an import may have amended a million rows."""
    marker = canonical({"continues": audit_id})
    own = (audit_log.c.id == audit_id) | ((audit_log.c.id > audit_id) & (audit_log.c.details == marker))
    numbers = connection.execute(select(audit_log.c.id).where(own).order_by(audit_log.c.id)).scalars().all()
    for number in numbers:
        row = connection.execute(select(audit_log.c.changes).where(audit_log.c.id == number)).scalar_one()
        yield [Change(**change) for change in json.loads(row)]
