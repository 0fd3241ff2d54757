"""Opens a file as a profile says, or as its own header does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from ..domain.fields import Record
from .asked import ReadAs
from .dialect import normalised
from .mapping import known_names, names_all
from .profile import Profile
from .source import RecordFile, may_be_workbook, open_records
from .taking import PLAIN


def for_file(profile: Profile, path: Path, said: ReadAs | None) -> Profile:
    """The profile, with what is `said` of this one file in place of what it says itself.

    Its sheet does not concern a text, nor its encoding a workbook: a source may send either. Raises
    KnownError for a file that cannot be opened.
    """
    own = profile.read_as
    if own.sheet or own.encoding:
        own = replace(own, encoding="") if may_be_workbook(path) else replace(own, sheet="")
    told = {name: value for name, value in vars(said or ReadAs()).items() if value}
    return replace(profile, read_as=replace(own, **told))


def opener(
    path: Path, record: Record, profile: Profile, *, is_mapped: bool = True
) -> Callable[[], RecordFile]:
    """What opens the file, once or more often; unless `is_mapped`, the profile's mapping does not count."""
    known = known_names(record) | {normalised(name) for name in (*profile.columns, *profile.header)}
    mapping = profile.mapping if is_mapped else None

    def is_header(cells: Sequence[str]) -> bool:
        return names_all(cells, record, mapping)

    marks_numbers = profile.mapping.numbers != PLAIN

    def opened() -> RecordFile:
        return open_records(path, known, is_header, profile.read_as, marks_numbers=marks_numbers)

    return opened
