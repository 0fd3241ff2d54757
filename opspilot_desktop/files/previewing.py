"""The first records of a file as a profile reads them: what each value comes out as, and what is wrong."""

from __future__ import annotations

from collections.abc import Mapping as MappingType
from dataclasses import dataclass, field
from pathlib import Path

from ..domain import decimals
from ..domain.errors import KnownError
from ..domain.fields import FieldType, Record
from .cells import Stored
from .checking import Checker, Fault, Problem, shown
from .leaving_out import RowFilter
from .mapping import Columns, resolve
from .opening import for_file, opener
from .profile import Profile
from .proposing import Sample
from .reading import Batch
from .source import RecordFile

PREVIEWED = 200
"""How many records are shown."""


@dataclass(frozen=True)
class PreviewRow:
    """One record: its cells as they stand in the file, and what comes of it.

    `values` are the typed values by field, as texts (None where a field is blank), of a row that could be
    imported; `faults` say what is wrong with it; `left_out` why it is none of the data.
    """

    line: int
    record: int
    cells: tuple[str, ...]
    values: MappingType[str, str | None] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()
    left_out: str = ""


@dataclass(frozen=True)
class FilePreview:
    """The first records of a file. `refused` says why none of it could be imported by this profile, or
    nothing; `is_whole` that there are no more records than these."""

    header: tuple[str, ...]
    delimiter: str
    rows: tuple[PreviewRow, ...]
    present: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    refused: str = ""
    is_whole: bool = False

    @property
    def sample(self) -> Sample:
        """The rows from which a profile can be proposed."""
        width = len(self.header)
        return Sample(self.header, tuple(row.cells for row in self.rows if len(row.cells) == width))


def read_preview(path: Path, record: Record, profile: Profile, most: int = PREVIEWED) -> FilePreview:
    """The first records of the file, read by the profile.

    Raises KnownError (NeedsEncoding, NeedsSheet) for a file that cannot be read so at all; a mapping that
    does not fit it is told by `refused`, beside the bare cells.
    """
    with opener(path, record, for_file(profile, path, None))() as file:
        return preview_of(file, record, profile, most)


def preview_of(file: RecordFile, record: Record, profile: Profile, most: int = PREVIEWED) -> FilePreview:
    """The first records of a file that is open and has not been read."""
    refused, checker, rules = "", None, RowFilter((), file.header)
    columns = Columns(file.header, {})
    try:
        rules = RowFilter(profile.skip, file.header)
        columns = resolve(file.header, record, profile.mapping)
        checker = Checker(record, columns)
    except KnownError as error:
        refused = error.message
    rows: list[PreviewRow] = []
    is_whole = True
    for batch in file.batches():
        rows += _rows(batch, record, profile, checker, rules)
        if len(rows) > most + profile.footer_rows:
            is_whole = False
            break
    if is_whole and profile.footer_rows:
        first = max(len(rows) - profile.footer_rows, 0)
        rows[first:] = [_as_footer(row) for row in rows[first:]]
    notices = (*columns.warnings, *file.notices)
    shown_rows = tuple(rows[:most])
    is_whole = is_whole and len(rows) <= most
    return FilePreview(file.header, file.delimiter, shown_rows, columns.present, notices, refused, is_whole)


def _as_footer(row: PreviewRow) -> PreviewRow:
    if row.values and not row.left_out:
        fault = Fault("", "", "Would be left out as a footer, but is a row like the others")
        return PreviewRow(row.line, row.record, row.cells, faults=(fault,))
    return PreviewRow(row.line, row.record, row.cells, left_out="a footer row")


def _rows(
    batch: Batch, record: Record, profile: Profile, checker: Checker | None, rules: RowFilter
) -> list[PreviewRow]:
    found = []
    for place, row in enumerate(batch.rows):
        line, number, cells = batch.lines[place], batch.records[place], tuple(row)
        skipped = rules.skips(row)
        if skipped is not None:
            found.append(PreviewRow(line, number, cells, left_out=profile.skip[skipped].words))
        elif checker is None:
            found.append(PreviewRow(line, number, cells))
        else:
            checked = checker.one(row, batch.marks.get(place))
            if isinstance(checked, Problem):
                found.append(PreviewRow(line, number, cells, faults=checked.faults))
            else:
                values = dict(zip(checker.stored, checked, strict=True))
                found.append(PreviewRow(line, number, cells, _as_texts(values, record)))
    for each in batch.broken:
        fault = Fault("", shown(each.value), each.reason)
        found.append(PreviewRow(each.line, each.record, (each.value,), faults=(fault,)))
    return sorted(found, key=lambda each: each.record)


def _as_texts(values: MappingType[str, Stored], record: Record) -> dict[str, str | None]:
    texts: dict[str, str | None] = {}
    for each in record.importable:
        if each.type is FieldType.DECIMAL and f"{each.name}_units" in values:
            units, nanos = values[f"{each.name}_units"], values[f"{each.name}_nanos"]
            both = isinstance(units, int) and isinstance(nanos, int)
            texts[each.name] = decimals.to_text(int(units or 0), int(nanos or 0)) if both else None
        elif each.name in values:
            value = values[each.name]
            texts[each.name] = None if value is None else str(value)
    return texts
