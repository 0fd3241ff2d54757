"""Records of a delimited file, each with the physical line on which it starts.

The standard library's `csv` in strict mode is the base. What it cannot read, and rows with too few or
too many cells, come as broken records; reading goes on at the next line, so that an unclosed quote costs
its own row and not all those after it.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

from ..domain.errors import KnownError
from . import dialect
from .asked import ReadAs
from .halving import Rest, cut_of
from .specials import Mark, Special
from .textfile import TextFile

LONGEST_FIELD = 1_000_000
"""Characters in a cell."""
LONGEST_RECORD = 4_000_000
"""Characters in a record that spans several lines."""
_HEADER_LINES = 20  # how many lines a header may span
_AHEAD = 3 << 20  # bytes that are read here while the process for the rest begins
_RESCANNED = 20 * LONGEST_FIELD  # characters read again after broken quotes, before the file is refused
_QUOTED = re.compile(r'"[^"]*(?:""[^"]*)*("?)')
_LINE_END = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True)
class Broken:
    """A record that has no cells under the header: its number, first line, and what is wrong with it.

    `value` is the start of its text; `raw` is what was read, as a line of delimited text that is well
    formed even where the record is not; `text` is the record as it stands in a text file.
    """

    record: int
    line: int
    value: str
    reason: str
    raw: str
    text: str = ""


@dataclass
class Batch:
    """Some hundred records in the file's order.

    `rows` hold as many cells as the header has; `records` (1 = first after the header) and `lines`
    (1 = the file's first) number them. `has_nul` tells that some line has a NUL. Of a workbook, `marks`
    name the special cells, by the row's place in `rows` and the cell's index, and `special` sums up which
    columns have which. `source` are the lines from which a text file's records were taken, the first of
    them being line `source_line`; `spans` tells how many lines a record has where it is more than one.
    """

    rows: list[list[str]] = field(default_factory=list)
    records: list[int] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    broken: list[Broken] = field(default_factory=list)
    has_nul: bool = False
    marks: dict[int, dict[int, Mark]] = field(default_factory=dict)
    special: set[tuple[int, Special]] = field(default_factory=set)
    source: list[str] = field(default_factory=list)
    source_line: int = 0
    spans: dict[int, int] = field(default_factory=dict)

    def text(self, place: int) -> str:
        """The record at this place in `rows` as it stands in the file, without its line end."""
        start = self.lines[place] - self.source_line
        end = start + self.spans.get(self.records[place], 1)
        return "".join(self.source[start:end]).rstrip("\r\n")


class DelimitedFile:
    """An open delimited file: its header, its delimiter and its records.

    `known` are the normalised column names by which the delimiter is told; `read_as` is what a person says
    of its encoding (see TextFile), its delimiter and the lines of its header and its first row. With `rest`,
    only the records from there on are read, and numbered as if no line before were blank. Raises KnownError,
    on opening and on reading, for a file that is of another kind or cannot be read.
    """

    def __init__(
        self, path: Path, known: frozenset[str], read_as: ReadAs | None = None, rest: Rest | None = None
    ) -> None:
        # The limit belongs to the whole process, so it is only ever set to this one value.
        csv.field_size_limit(LONGEST_FIELD)
        self._read_as = read_as or ReadAs()
        self.text = TextFile(path, self._read_as.encoding, rest.start if rest else 0)
        self.name = self.text.name
        self._left_out: list[str] = []
        self._rescanned = 0
        self.records = 0
        """How many records have been read."""
        if rest:
            self.delimiter, self.header = rest.delimiter, rest.header
            self._line, self.records = rest.line, rest.records
            return
        try:
            above = self._leave_out(1, self._read_as.header_row, "above the header")
            first = self.text.next_line()
            if not first and above:
                raise self._ends(above, above + 1)
            self.delimiter = self._read_as.delimiter or dialect.delimiter_of(first, known)
            self.header, lines = self._read_header(first)
            self._line = above + lines + 1
            self._line += self._leave_out(
                self._line, self._read_as.first_row, "between the header and the first row"
            )
        except BaseException:
            self.text.close()
            raise

    def halve(self) -> Rest | None:
        """Reads only about half of the file here; returns the rest, or None where it cannot be cut."""
        size = self.text.size
        cut = cut_of(self.text.path, size // 2 + min(_AHEAD, size // 8))
        if cut is None or cut[0] >= size or not self.text.end_at(cut[0]):
            return None
        start, line = cut
        return Rest(start, line, line - self._line, self.header, self.delimiter)

    def __enter__(self) -> DelimitedFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.text.close()

    @property
    def size(self) -> int:
        """The file's bytes on the disk."""
        return self.text.size

    @property
    def progress(self) -> tuple[int, int]:
        """How many of its bytes have been read, of how many."""
        return min(self.text.bytes_read, self.text.length), self.text.length

    @property
    def sha256(self) -> str:
        """The SHA-256 of the file as it lies on the disk, in hexadecimal, once it has been read."""
        return self.text.sha256

    @property
    def notices(self) -> list[str]:
        """What a person should know of how the file was read."""
        notices = list(self._left_out)
        if self.delimiter != "," and not self._read_as.delimiter:
            separated = dialect.DELIMITERS[self.delimiter]
            notices.append(f"The columns are separated by {separated}s; decimals are read with a point.")
        if self.text.encoding == "cp1252":
            notices.append("The text was read as Windows-1252, as you said.")
        return notices

    def refuse_if_changed(self) -> None:
        """Raises KnownError when the file is not what it was when it was opened."""
        self.text.refuse_if_changed()

    def _leave_out(self, line: int, until: int, where: str) -> int:
        """Leaves out the lines from `line` to the one before `until`, and notes so; returns how many."""
        if until and until < line:
            raise KnownError(
                f"The first row of {self.name} cannot be on line {until:,}, since its header ends on line"
                f" {line - 1:,}; correct the profile."
            )
        for at in range(line, until):
            if not self.text.next_line():
                raise self._ends(at - 1, until)
        if until <= line:
            return 0
        lines = f"Line {line:,}" if until - line == 1 else f"Lines {line:,} to {until - 1:,}"
        self._left_out.append(f"{lines}, {where}: left out.")
        return until - line

    def _ends(self, last: int, wanted: int) -> KnownError:
        return KnownError(
            f"{self.name} ends on line {last:,}, and the profile looks for line {wanted:,}; correct the"
            " profile or choose another file."
        )

    def _read_header(self, first: str) -> tuple[tuple[str, ...], int]:
        """The header, and how many lines it takes up."""
        lines = [first]
        while True:
            try:
                cells = dialect.parse_line("".join(lines), self.delimiter)
                at = self._read_as.header_row
                where = f"Line {at:,}" if at > 1 else "The first line"
                return dialect.header_of(cells, self.text.name, where), len(lines)
            except csv.Error:
                more = self.text.next_line() if len(lines) < _HEADER_LINES else ""
                if not more:
                    raise KnownError(
                        f"The quotes in the header line of {self.text.name} do not fit together; mend that"
                        " line and import it again."
                    ) from None
                lines.append(more)

    def batches(self) -> Iterator[Batch]:
        """The records, once; blank lines are counted as lines and skipped."""
        lines: list[str] = []
        while True:
            # As much again as is left over, so that a long record is not parsed time after time.
            more = self.text.next_lines(_length(lines, 0, len(lines)))
            lines += more
            if not lines:
                return
            has_nul = self.text.has_nul and any("\0" in line for line in lines)
            batch = Batch(has_nul=has_nul, source=lines, source_line=self._line)
            used = self._parse(lines, batch, final=not more)
            yield batch
            self._line += used
            lines = lines[used:]

    def _parse(self, lines: list[str], batch: Batch, *, final: bool) -> int:
        """Parses records into the batch; returns how many of the lines they take up.

        Unless `final`, a last record that is not complete yet is left for the next time.
        """
        width = len(self.header)
        if self._parse_plain(lines, batch):
            return len(lines)
        base = at = 0  # where the reader began, and where the next record begins
        reader = csv.reader(lines, delimiter=self.delimiter, strict=True)
        while True:
            try:
                for cells in reader:
                    end = base + reader.line_num
                    if len(cells) != width:
                        self._ragged(cells, at, end, batch)
                    elif end - at > 1 and _length(lines, at, end) > LONGEST_RECORD:
                        raise csv.Error
                    else:
                        self.records += 1
                        if end - at > 1:
                            batch.spans[self.records] = end - at
                        batch.rows.append(cells)
                        batch.records.append(self.records)
                        batch.lines.append(self._line + at)
                    at = end
                return len(lines)
            except csv.Error:
                end = base + reader.line_num
                if end == len(lines) and not final and _length(lines, at, end) <= LONGEST_RECORD:
                    return at
                self._broken(lines, at, end, batch)
                at += 1
                if at < end:
                    self._rescan(_length(lines, at, end), at)
                    base = at
                    reader = csv.reader(lines[at:], delimiter=self.delimiter, strict=True)

    def _parse_plain(self, lines: list[str], batch: Batch) -> bool:
        """Takes lines of which each is a whole record, as in nearly all files; says whether they are.

        It takes half the time of looking at one record after the other.
        """
        try:
            rows = list(csv.reader(lines, delimiter=self.delimiter, strict=True))
        except csv.Error:
            return False
        if len(rows) != len(lines) or set(map(len, rows)) != {len(self.header)}:
            return False
        batch.rows = rows
        batch.records = list(range(self.records + 1, self.records + 1 + len(rows)))
        batch.lines = list(range(self._line, self._line + len(rows)))
        self.records += len(rows)
        return True

    def _ragged(self, cells: list[str], at: int, end: int, batch: Batch) -> None:
        if len(cells) <= 1 and not "".join(cells).strip():
            return  # a blank line
        few = "few" if len(cells) < len(self.header) else "many"
        reason = f"Too {few} cells: {len(cells):,} instead of {len(self.header):,}"
        if end - at > 1:
            reason += f", read from line {self._line + at:,} to line {self._line + end - 1:,}"
        raw = dialect.format_line(cells, self.delimiter)
        self._add_broken(at, raw.removesuffix("\r\n"), reason, raw, batch, end - at)

    def _broken(self, lines: list[str], at: int, end: int, batch: Batch) -> None:
        """Reports the record that begins at `at` and could not be read up to `end`."""
        text = "".join(lines[at:end])
        offset, reason = diagnose(text, self.delimiter)
        reason = reason.format(line=f"{self._line + at + len(_LINE_END.findall(text, 0, offset)):,}")
        first = lines[at].rstrip("\r\n")
        self._add_broken(at, first, reason, dialect.format_line([first], self.delimiter), batch)

    def _add_broken(self, at: int, value: str, reason: str, raw: str, batch: Batch, lines: int = 1) -> None:
        self.records += 1
        text = "".join(batch.source[at : at + lines]).rstrip("\r\n")
        batch.broken.append(Broken(self.records, self._line + at, value, reason, raw, text))

    def _rescan(self, length: int, at: int) -> None:
        self._rescanned += length
        if self._rescanned > _RESCANNED:
            raise KnownError(
                f"Too many quotes of {self.text.name} are never closed, one of them on line"
                f" {self._line + at - 1:,}; mend the quotes and import it again."
            )


def _length(lines: list[str], start: int, end: int) -> int:
    """How many characters the lines from `start` up to `end` have."""
    return sum(map(len, lines[start:end]))


def diagnose(text: str, delimiter: str) -> tuple[int, str]:
    """Where and why a record cannot be read: an offset in its text, and a reason to put its `line` in."""
    cell_end = re.compile(rf"[{re.escape(delimiter)}\r\n]|\Z")
    at = 0
    while at < len(text):
        start = at
        quoted = _QUOTED.match(text, at)
        if quoted is not None:
            at = quoted.end()
            if at - start > LONGEST_FIELD and _LINE_END.search(text, start, at) is not None:
                return start, "The quote opened on line {line} is not closed within a million characters"
            if not quoted[1] and len(text) <= LONGEST_RECORD:
                return start, "The quote opened on line {line} is never closed"
            if quoted[1] and at < len(text) and text[at] not in (delimiter, "\r", "\n"):
                return at, "Text follows the closing quote on line {line}"
        else:
            found = cell_end.search(text, at)
            at = found.start() if found is not None else len(text)
        if at - start > LONGEST_FIELD:
            return start, "The cell on line {line} is longer than a million characters"
        if text[at : at + 1] != delimiter:
            break
        at += 1
    return 0, "The row that starts on line {line} is longer than four million characters"
