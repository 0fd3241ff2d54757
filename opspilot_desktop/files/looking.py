"""What there is to know of a file before anybody has said anything of it: for the import wizard."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Self

from ..domain.errors import KnownError
from ..domain.fields import Record
from .asked import ReadAs
from .mapping import names_all, propose
from .opening import for_file, opener
from .previewing import PREVIEWED, FilePreview, preview_of, read_preview
from .profile import MOST_FOOTER_ROWS, Profile
from .proposing import ProfileProposal, propose_for_file
from .reading import Batch
from .source import RecordFile, may_be_workbook
from .taking import PLAIN

_HELD = PREVIEWED + MOST_FOOTER_ROWS + 1


@dataclass(frozen=True)
class FileFacts:
    """A file as it lies on the disk: its bytes, and whether it is a workbook."""

    size: int = 0
    is_workbook: bool = False


class HeldRows:
    """The first records of a sheet, kept to be looked at by one profile after the other: loading a large
    workbook takes seconds. They hold for files that are read in the same way."""

    def __init__(self, file: RecordFile, read_as: ReadAs, *, marks_numbers: bool) -> None:
        self.name, self.header, self.delimiter = file.name, file.header, file.delimiter
        self.size, self.sha256, self.progress = file.size, "", (0, 1)
        self._read_as = read_as
        self._marks_numbers = marks_numbers
        self._batches: list[Batch] = []
        for batch in file.batches():
            self._batches.append(batch)
            if sum(len(each.records) + len(each.broken) for each in self._batches) > _HELD:
                break
        self.notices = list(file.notices)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        """There is nothing to be closed."""

    def batches(self) -> Iterator[Batch]:
        """The records; more often than once, other than those of a file."""
        return iter(self._batches)

    def refuse_if_changed(self) -> None:
        """What is looked at is looked at; the file is read anew when it is checked."""

    def serve(self, record: Record, profile: Profile) -> bool:
        """Whether a file read by the profile would have these rows."""
        return (
            profile.read_as == self._read_as
            and (profile.mapping.numbers != PLAIN) == self._marks_numbers
            and names_all(self.header, record, profile.mapping)
        )


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
    if is_workbook:
        from .workbook import kind_of_workbook

        is_workbook = bool(kind_of_workbook(path))
    try:
        return FileFacts(path.stat().st_size, is_workbook)
    except OSError:
        return FileFacts(0, is_workbook)


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


def preview_held(
    path: Path, record: Record, profile: Profile, held: HeldRows | None
) -> tuple[FilePreview, HeldRows | None]:
    """What `read_preview` gives, from the rows that are `held` if they serve, and the rows to hold for the
    next time: those of a workbook, since a text is read from its beginning in no time."""
    told = for_file(profile, path, None)
    if held is None or not held.serve(record, told):
        if not facts_of(path).is_workbook:
            return read_preview(path, record, profile), None
        with opener(path, record, told)() as file:
            held = HeldRows(file, told.read_as, marks_numbers=told.mapping.numbers != PLAIN)
    return preview_of(held, record, profile), held
