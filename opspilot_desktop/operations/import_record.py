"""What an import leaves behind besides its rows: its own row, the bad ones, and what is told of it."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Connection, insert

from ..domain.clock import now
from ..domain.errors import KnownError
from ..files.mending import list_mended
from ..files.staging import Staged
from ..store.merging import Merge
from ..store.schema import import_rejects, imports

LISTED_MENDED = 1000
"""How many of the values that a person corrected the audit trail lists; it counts all."""


def record_import(
    connection: Connection, who: str, staged: Staged, merge: Merge, source: str, claim: str | None
) -> int:
    """Writes the import's own row; returns its number."""
    values = {
        "kind": staged.kind.value,
        "file": staged.file,
        "sha256": staged.sha256,
        "at": now(),
        "who": who,
        "read": staged.read,
        **_counts(merge),
        "rejected": staged.rejected_total,
        "source": source,
        "profile": staged.profile.name,
        "rests_on": json.dumps(merge.rests_on),
        "claim": claim,
    }
    key = connection.execute(insert(imports).values(values)).inserted_primary_key
    if key is None:
        raise KnownError("The database gave no number for this import; try again.")
    return int(key[0])


def details_of(staged: Staged, merge: Merge, choice: str) -> dict[str, Any]:
    """What the audit trail tells of an import: the file, the counts, the profile's part in it, `choice` as
    to lines without an id, and every value that a person corrected before."""
    told: dict[str, Any] = {
        "profile": staged.profile.name,
        "skipped": staged.skipped,
        "duplicates": choice,
        "merged": merge.merged,
        "mended": staged.mended,
    }
    if staged.mended or staged.rejected_total:  # what is still wrong may have been mended as well
        told["mended_values"] = [one.as_json() for one in list_mended(staged, LISTED_MENDED)]
    counts = {"read": staged.read, **_counts(merge), "rejected": staged.rejected_total}
    return {"sha256": staged.sha256, **counts, **{name: value for name, value in told.items() if value}}


def _counts(merge: Merge) -> dict[str, int]:
    return {"imported": merge.imported, "updated": merge.updated, "unchanged": merge.unchanged}


def keep_rejects(connection: Connection, import_id: int, staged: Staged) -> None:
    """Keeps the bad rows with their import."""
    rows = [
        {
            "import_id": import_id,
            "line": line,
            "record": record,
            "field": column,
            "value": value.replace("\0", "\ufffd"),  # PostgreSQL keeps no NUL
            "reason": reason,
        }
        for line, record, column, value, reason, _ in staged.rejected_rows()
    ]
    if rows:
        connection.execute(insert(import_rejects), rows)
