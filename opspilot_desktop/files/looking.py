"""What there is to know of a file before anybody has said anything of it: for the import wizard."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from ..domain.errors import KnownError
from ..domain.fields import Record
from .asked import NeedsSheet, ReadAs
from .mapping import propose
from .opening import opener
from .previewing import PREVIEWED, FilePreview, read_preview
from .profile import Profile
from .proposing import ProfileProposal, propose_for_file
from .source import may_be_workbook, open_records


@dataclass(frozen=True)
class FileFacts:
    """A file as it lies on the disk: its bytes, whether it is a workbook, the sheets that can be chosen."""

    size: int = 0
    is_workbook: bool = False
    sheets: tuple[str, ...] = ()


@dataclass(frozen=True)
class FileLook:
    """A file read in one way: `read_as` is what was said of it, `header` and `delimiter` what was found.

    `samples` are the cells of the first records by column, `bare` those records as they stand.
    """

    facts: FileFacts
    read_as: ReadAs
    header: tuple[str, ...]
    delimiter: str
    proposal: ProfileProposal
    bare: FilePreview
    samples: Mapping[str, list[str]] = field(default_factory=dict)


def facts_of(path: Path) -> FileFacts:
    """The file as it lies on the disk. Raises KnownError where it cannot be opened."""
    is_workbook = may_be_workbook(path)  # which a packed text may be as well
    sheets: tuple[str, ...] = ()
    if is_workbook:
        from .workbook import kind_of_workbook

        is_workbook = bool(kind_of_workbook(path))
    if is_workbook:
        try:
            open_records(path, frozenset(), lambda _cells: False, ReadAs()).__exit__(None, None, None)
        except NeedsSheet as error:
            sheets = error.sheets
        except KnownError:  # which is said when the sheet is read
            sheets = ()
    try:
        size = path.stat().st_size
    except OSError:
        size = 0
    return FileFacts(size, is_workbook, sheets)


def look_at(
    path: Path,
    record: Record,
    read_as: ReadAs,
    facts: FileFacts,
    proposal: ProfileProposal | None = None,
) -> FileLook:
    """The file read as it is said, with what its columns are proposed to be, if that is not known yet.

    Raises KnownError (NeedsEncoding, NeedsSheet) for a file that cannot be read so.
    """
    proposal = proposal or propose_for_file(path, record, read_as)
    found = proposal.profile.read_as
    bare = read_preview(path, record, Profile(record.kind, read_as=found, header=proposal.profile.header))
    rows = [row.cells for row in bare.rows[:PREVIEWED] if len(row.cells) == len(bare.header)]
    samples = {name: [row[at] for row in rows] for at, name in enumerate(bare.header) if name}
    return FileLook(facts, found, bare.header, bare.delimiter, proposal, bare, samples)


def needs_no_mapping(path: Path, record: Record, read_as: ReadAs, sheets: tuple[str, ...] = ()) -> bool:
    """Whether the columns have the fields' own names, of one of the `sheets` where they are to be chosen
    from, so that nobody has to say more of the file than how it is read."""
    for sheet in sheets or (read_as.sheet,):
        profile = Profile(record.kind, read_as=replace(read_as, sheet=sheet))
        try:
            with opener(path, record, profile, is_mapped=False)() as file:
                proposal = propose(file.header, record)
        except KnownError:
            continue
        if not proposal.missing and not proposal.recognised:
            return True
    return False
