"""Importing a file: read and check it, show what it would do, then store it in one transaction."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..domain.clock import local_minute
from ..domain.errors import KnownError, NoWorkspace
from ..domain.fields import LONGEST_KEY, RECORDS, Kind
from ..domain.jobs import Changes, Handle
from ..files.asked import ReadAs
from ..files.mapping import known_names, names_all
from ..files.profile import Duplicates, Profile
from ..files.source import open_records
from ..files.staging import Reject, Staged, stage
from ..logs import operation
from ..store import audit
from ..store.lookalikes import Lookalikes
from ..store.merging import MANY, Amendment, Merge, StagedRows, as_changes
from .duplicates import decide, left_out_notice, undecided_message
from .import_record import details_of, keep_rejects, record_import
from .workspace import Workspace

if TYPE_CHECKING:
    from sqlalchemy import Connection

logger = logging.getLogger(__name__)

LISTED_AMENDMENTS = 250
"""How many of the stored rows that would change a preview lists; the counts are of all."""
LISTED_REJECTS = 1000
"""How many bad rows a result lists; `rejected_total` counts all."""
_COUNTED = ("read", "imported", "updated", "unchanged")


@dataclass(frozen=True)
class Preview:
    """What storing a checked file would do, and the first amendments."""

    merge: Merge
    amendments: tuple[Amendment, ...]
    repeated: str | None = None
    """When the very same ledger file was imported before; it then changes nothing."""
    lookalikes: Lookalikes | None = None
    """The lines without an id that are stored already, where somebody has to say what becomes of them;
    `merge` leaves them as they are."""


@dataclass(frozen=True)
class ImportResult:
    """What an import did. `refused` means that nothing was stored, and `message` says why."""

    file: str
    kind: str
    sha256: str
    read: int = 0
    imported: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: tuple[Reject, ...] = ()
    rejected_total: int = 0
    warnings: tuple[str, ...] = ()
    refused: bool = False
    message: str = ""
    checked: bool = False
    """Whether the file was only checked: the counts say what storing it would do."""
    merged: int = 0
    """How many of the unchanged ones are lines without an id that were stored already, word for word."""
    lookalikes: Lookalikes | None = None
    """Such lines, where the file was refused because nobody has said what becomes of them."""
    changes: Changes = field(default_factory=Changes)

    def as_json(self) -> dict[str, Any]:
        """The object that `import --json` prints."""
        return {
            "file": self.file,
            "kind": self.kind,
            "sha256": self.sha256,
            "read": self.read,
            "imported": self.imported,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "rejected": [_as_json(reject) for reject in self.rejected],
            "rejected_total": self.rejected_total,
            "warnings": list(self.warnings),
            "refused": self.refused,
            "message": self.message,
            **({"checked": True} if self.checked else {}),
            **({"merged": self.merged} if self.merged else {}),
        }


def _as_json(reject: Reject) -> dict[str, Any]:
    return {name: getattr(reject, name) for name in ("line", "record", "column", "value", "reason")}


def check_file(
    handle: Handle,
    path: Path,
    kind: Kind,
    profile: Profile | None = None,
    read_as: ReadAs | None = None,
) -> Staged:
    """Reads and checks a file into a staging database of its own; the caller closes the result.

    `read_as` is what a person has said of its encoding or sheet, besides the `profile`. Nothing of the
    workspace is read or locked. Raises KnownError (NeedsMapping, NeedsEncoding, NeedsSheet when a person has
    to say something) for a file that cannot be read at all, Cancelled when the user cancels.
    """
    with operation(logger, "check file", kind=kind.value, mapped=profile is not None) as told:
        staged = stage(handle, path, RECORDS[kind], profile, read_as=read_as)
        told.update(read=staged.read, rejected=staged.rejected_total)
    return staged


def preview_import(
    handle: Handle,
    workspace: Workspace,
    staged: Staged,
    limit: int = LISTED_AMENDMENTS,
    source: str = "",
    duplicates: Duplicates | None = None,
) -> Preview:
    """What storing the checked file would do; changes nothing."""
    source = source or staged.profile.source
    with workspace.database.scratch(handle, attach=staged.path) as connection:
        rows = _rows(connection, staged, source)
        decided = decide(connection, staged, rows, duplicates)
        return Preview(decided.merge, tuple(rows.amendments(limit)), decided.repeated, decided.lookalikes)


def _rows(connection: Connection, staged: Staged, source: str) -> StagedRows:
    return StagedRows(connection, RECORDS[staged.kind], staged.path, staged.present, source, staged.key_ends)


def store_file(
    handle: Handle,
    workspace: Workspace,
    staged: Staged,
    *,
    source: str = "",
    duplicates: Duplicates | None = None,
    claim: str | None = None,
) -> ImportResult:
    """Stores the good rows of a checked file in one transaction, with its audit row.

    `source` names where ledger entries come from, if it is not as the file's profile says; trades have none.
    `duplicates` says what becomes of lines without an id that are stored already, if it is not as the
    profile says; where nobody does and there are such lines, the file is refused.

    Bad rows are kept with the import, so that nothing is lost without a trace; so is a `claim`, which no
    other import has. Cancel, an error or a crash leaves the workspace as it was.
    """
    with operation(logger, "import", kind=staged.kind.value) as told:
        result = _store(handle, workspace, staged, source or staged.profile.source, duplicates, claim)
        told.update({name: getattr(result, name) for name in _COUNTED}, rejected=result.rejected_total)
    return result


def _store(
    handle: Handle,
    workspace: Workspace,
    staged: Staged,
    source: str,
    duplicates: Duplicates | None,
    claim: str | None,
) -> ImportResult:
    handle.step(0, 0, f"Storing {staged.file}")
    with workspace.database.write(handle, exclusive=False, attach=staged.path) as connection:
        rows = _rows(connection, staged, source)
        workspace.database.lock(connection)
        decided = decide(connection, staged, rows, duplicates)
        repeated, merge = decided.repeated, decided.merge
        if decided.lookalikes is not None:
            return _undecided_result(staged, decided.lookalikes)
        if repeated is not None and not merge.imported and not merge.updated:
            return _nothing_new(staged, repeated)
        import_id = record_import(connection, workspace.user, staged, merge, source, claim)
        keep_rejects(connection, import_id, staged)
        with audit.kept(as_changes(RECORDS[staged.kind], rows.amendments(), import_id)) as changes:
            if merge.updated:
                rows.amend(import_id)
            if merge.imported:
                rows.add(import_id, merge.imported)
            handle.step(0, 0, f"Finishing {staged.file}")
            details = {"import_id": import_id, **details_of(staged, merge, decided.choice)}
            audit.append(
                connection, workspace.user, f"import {staged.kind.value}", staged.file, details, changes
            )
    if merge.imported > MANY:
        workspace.database.look_through(rows.stored.name)
    return ImportResult(
        file=staged.file,
        kind=staged.kind.value,
        sha256=staged.sha256,
        read=staged.read,
        imported=merge.imported,
        updated=merge.updated,
        unchanged=merge.unchanged,
        rejected=tuple(staged.rejects(LISTED_REJECTS)),
        rejected_total=staged.rejected_total,
        merged=merge.merged,
        warnings=(*staged.warnings, *([left_out_notice(repeated)] if repeated else [])),
        message=_summary(staged, merge),
        changes=Changes(trades=staged.kind is Kind.TRADES, ledger=staged.kind is Kind.LEDGER, imports=True),
    )


def import_file(
    handle: Handle,
    workspace: Workspace,
    path: Path,
    kind: Kind,
    profile: Profile | None = None,
    *,
    read_as: ReadAs | None = None,
    skip_bad_rows: bool = False,
    source: str = "",
    duplicates: Duplicates | None = None,
) -> ImportResult:
    """Checks and stores a file in one go, as the command line does.

    Unless `skip_bad_rows`, one bad row refuses the whole file: the result then lists the bad rows and
    nothing is stored. `duplicates` is as in `store_file`. Raises as `check_file` does.
    """
    with check_file(handle, path, kind, profile, read_as) as staged:
        return store_or_refuse(
            handle,
            lambda: nullcontext(workspace),
            staged,
            skip_bad_rows=skip_bad_rows,
            source=source,
            duplicates=duplicates,
        )


def checked_source(name: str, kind: Kind) -> str:
    """The name of a source as it is stored. Raises KnownError for one that cannot be."""
    source = name.strip()
    if source and kind is not Kind.LEDGER:
        raise KnownError("Only ledger entries have a source; import trades without one.")
    if len(source) > LONGEST_KEY or not source.isprintable():
        raise KnownError(f"A source's name has at most {LONGEST_KEY} printable characters; choose another.")
    return source


def store_or_refuse(
    handle: Handle,
    open_workspace: Callable[[], AbstractContextManager[Workspace]],
    staged: Staged,
    *,
    skip_bad_rows: bool,
    source: str = "",
    duplicates: Duplicates | None = None,
    claim: str | None = None,
) -> ImportResult:
    """Stores a checked file, or refuses it for its bad rows before the workspace is so much as opened."""
    if not _is_storable(staged, skip_bad_rows=skip_bad_rows):
        return refused_result(staged)
    with open_workspace() as workspace:
        return store_file(handle, workspace, staged, source=source, duplicates=duplicates, claim=claim)


def _is_storable(staged: Staged, *, skip_bad_rows: bool) -> bool:
    return not staged.rejected_total or (skip_bad_rows and staged.good > 0 and not staged.uncertain)


def check_only(
    handle: Handle,
    open_workspace: Callable[[], AbstractContextManager[Workspace]],
    staged: Staged,
    *,
    skip_bad_rows: bool,
    source: str = "",
    duplicates: Duplicates | None = None,
) -> ImportResult:
    """What `store_or_refuse` would do and say of the checked file; stores nothing.

    Where there is no workspace yet, the file is compared with an empty one.
    """
    if not _is_storable(staged, skip_bad_rows=skip_bad_rows):
        return replace(refused_result(staged), checked=True)
    try:
        with open_workspace() as workspace:
            preview = preview_import(handle, workspace, staged, 0, source, duplicates)
    except NoWorkspace:
        preview = Preview(Merge(staged.good, 0, 0), ())
    if preview.lookalikes is not None:
        return replace(_undecided_result(staged, preview.lookalikes), checked=True)
    merge = preview.merge
    if preview.repeated is not None and not merge.imported and not merge.updated:
        unchanged = _nothing_new(staged, preview.repeated)
        return replace(unchanged, message=f"Checked, nothing was stored; {unchanged.message}", checked=True)
    return ImportResult(
        file=staged.file,
        kind=staged.kind.value,
        sha256=staged.sha256,
        read=staged.read,
        imported=merge.imported,
        updated=merge.updated,
        unchanged=merge.unchanged,
        rejected=tuple(staged.rejects(LISTED_REJECTS)),
        rejected_total=staged.rejected_total,
        merged=merge.merged,
        warnings=(*staged.warnings, *([left_out_notice(preview.repeated)] if preview.repeated else [])),
        message=f"Checked, nothing was stored; an import would give {_summary(staged, merge)}",
        checked=True,
    )


def _undecided_result(staged: Staged, found: Lookalikes) -> ImportResult:
    return replace(refused_result(staged), message=undecided_message(staged.file, found), lookalikes=found)


def refused_result(staged: Staged) -> ImportResult:
    """The result for a file that was not stored because of its bad rows."""
    if staged.uncertain:
        message = staged.uncertain
    elif staged.good:
        message = (
            f"{staged.rejected_total:,} of {staged.read:,} rows cannot be imported, so nothing was stored;"
            " mend them, or import the good rows with --on-error skip."
        )
    elif staged.read == 1:
        message = "The one row cannot be imported, so nothing was stored; mend it first."
    else:
        message = f"None of the {staged.read:,} rows can be imported, so nothing was stored; mend them first."
    return ImportResult(
        file=staged.file,
        kind=staged.kind.value,
        sha256=staged.sha256,
        read=staged.read,
        rejected=tuple(staged.rejects(LISTED_REJECTS)),
        rejected_total=staged.rejected_total,
        warnings=tuple(staged.warnings),
        refused=True,
        message=message,
    )


def first_values(
    path: Path, kind: Kind, most: int = 3, read_as: ReadAs | None = None
) -> dict[str, list[str]]:
    """The first values of each of the file's columns, to show which column is which."""
    record = RECORDS[kind]

    def is_header(cells: Sequence[str]) -> bool:
        return names_all(cells, record, None)

    with open_records(path, known_names(record), is_header, read_as) as file:
        rows = next((batch.rows for batch in file.batches() if batch.rows), [])[:most]
        return {name: [row[index] for row in rows] for index, name in enumerate(file.header)}


def _nothing_new(staged: Staged, repeated: str) -> ImportResult:
    message = f"{staged.file} was already imported on {local_minute(repeated)}; nothing was changed."
    return ImportResult(
        file=staged.file,
        kind=staged.kind.value,
        sha256=staged.sha256,
        read=staged.read,
        unchanged=staged.good,
        rejected=tuple(staged.rejects(LISTED_REJECTS)),
        rejected_total=staged.rejected_total,
        warnings=(*staged.warnings, message),
        message=message,
    )


def _summary(staged: Staged, merge: Merge) -> str:
    others = {"updated": merge.updated, "unchanged": merge.unchanged}
    parts = [
        f"{merge.imported:,} imported",
        *[f"{count:,} {word}" for word, count in others.items() if count],
    ]
    if merge.merged:
        parts[-1] += f" ({merge.merged:,} of them without an entry id)"
    if staged.rejected_total:
        parts.append(f"{staged.rejected_total:,} rejected")
    if staged.mended:
        parts.append(f"{staged.mended:,} {'value' if staged.mended == 1 else 'values'} mended by hand")
    return f"{staged.file}: {', '.join(parts)}."
