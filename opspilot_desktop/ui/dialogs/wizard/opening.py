"""What the import wizard opens with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from opspilot_desktop.domain.fields import FieldType, Kind, Record
from opspilot_desktop.files.looking import FileFacts
from opspilot_desktop.files.previewing import FilePreview
from opspilot_desktop.files.profile import Profile

_NUMBERS = "Numbers"  # what the panel calls the format of all numbers


@dataclass(frozen=True)
class Opening:
    """What the wizard opens with: the file's name and facts, the kept profiles of its kind, the kind of every
    name that is in use, the profile to begin with, and what is to be said of that."""

    file: str
    kind: Kind
    facts: FileFacts
    profiles: tuple[Profile, ...] = ()
    taken: Mapping[str, Kind] = field(default_factory=dict)
    profile: Profile | None = None
    notice: str = ""

    def fact(self, preview: FilePreview | None) -> str:
        """The file in one line, with how many rows are known of so far."""
        rows = ""
        if preview is not None:
            count = len(preview.rows)
            rows = f"{count:,} row{'' if count == 1 else 's'}"
            rows = rows if preview.is_whole else f"more than {rows}"
        kind = "a workbook" if self.facts.is_workbook else "text"
        return ", ".join(filter(None, (self.file, size_words(self.facts.size), kind, rows)))


def size_words(size: int) -> str:
    """The size of a file as people say it."""
    if size < 1_000:
        return f"{size:,} bytes"
    if size < 1_000_000:
        return f"{size / 1_000:,.1f} KB"
    return f"{size / 1_000_000:,.1f} MB"


def undecided_fields(record: Record, labels: Sequence[str]) -> frozenset[str]:
    """The names of the fields that are called so; of all numbers, where it is their format."""
    return frozenset(
        each.name
        for each in record.importable
        if each.label in labels or (_NUMBERS in labels and each.type is FieldType.DECIMAL)
    )


def known_name(profile: Profile, base: Profile | None) -> str:
    """The name of the kept profile `base` where the profile is that one as it stands, "" otherwise."""
    if base is None or set(base.header) != set(profile.header):
        return ""
    return base.name if replace(base, header=profile.header, name="") == profile else ""
