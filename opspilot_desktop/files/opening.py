"""Opens a file as a profile says, or as its own header does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from ..domain.fields import Record
from .dialect import normalised
from .mapping import known_names, names_all
from .profile import Profile
from .source import RecordFile, open_records
from .taking import PLAIN


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
