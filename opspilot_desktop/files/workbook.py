"""Records of a sheet in an .xlsx, .xls or .ods workbook, each with the sheet's row as its line.

The spreadsheet library gives values; here they become the texts that a careful person would type: numbers
as plain decimals that read back the same, dates as YYYY-MM-DD, and a mark where a cell is special.
"""

from __future__ import annotations

import errno
import io
import os
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from copy import copy
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING
from xml.parsers.expat import ExpatError

from ..domain.errors import KnownError
from ..paths import as_text
from . import biff, dialect, packed, sheet_scan
from .asked import NeedsSheet, ReadAs
from .reading import LONGEST_FIELD, Batch, Broken
from .sheet_cells import Cell, text_of
from .sheet_scan import DamagedWorkbook, Scan, cell_name
from .specials import Mark, Special
from .textfile import hash_of, open_binary, refuse_if_changed

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

LARGEST_WORKBOOK = 256 << 20
"""Bytes of a workbook on the disk."""
_TITLE_ROWS = 30  # rows in which the header is looked for
_BATCH = 500  # records given at a time
_IsHeader = Callable[[Sequence[str]], bool]


def kind_of_workbook(path: Path) -> str:
    """Which kind of workbook the file is, by its content: xlsx, xls, ods; "" where it is none.

    Raises KnownError for a file that cannot be opened, and for documents of other kinds.
    """
    name = as_text(path.name)
    with open_binary(path) as file:
        head = file.read(8)
        if head == dialect.OLE:
            return "xls"
        if not head.startswith(dialect.ZIP):
            return ""
        with packed.reading_zip(name):
            names = {entry.filename for entry in zipfile.ZipFile(file).infolist()}
    if "xl/workbook.xml" in names:
        return "xlsx"
    if "content.xml" in names and "mimetype" in names:
        return "ods"
    other = {"xl/workbook.bin": "a binary workbook", "word/document.xml": "a Word document"}
    for part, what in (other | {"ppt/presentation.xml": "a presentation"}).items():
        if part in names:
            raise KnownError(f"{name} is {what}; save the table as .xlsx or CSV and import that file.")
    return ""


class WorkbookFile:
    """An open sheet of a workbook: its header and its records.

    `is_header` tells whether a row's cells name all that is needed: the first such row is the header,
    whatever stands above it; without one, the first row that is not blank; unless `read_as` says in which
    row it stands, where the rows begin, and which sheet to read where several are not empty. `marks_numbers`
    marks each number, as other special cells are. Raises KnownError, on opening and on reading, for a
    workbook that cannot be read; NeedsSheet where there is a choice.
    """

    def __init__(
        self,
        path: Path,
        kind: str,
        is_header: _IsHeader,
        read_as: ReadAs | None = None,
        *,
        marks_numbers: bool = False,
    ) -> None:
        self.path = path
        self._read_as = read_as or ReadAs()
        self._marks_numbers = marks_numbers
        self.delimiter = self._read_as.delimiter or ","  # of its rows when they are written as text
        self.name = as_text(path.name)
        self._skipped: list[tuple[int, int, str]] = []
        self._done = 0
        self._numeric: set[int] = set()  # the columns that have numbers
        with open_binary(path) as file:
            self._opened = os.fstat(file.fileno())
            self.size = self._opened.st_size
            if self.size > LARGEST_WORKBOOK:
                raise KnownError(
                    f"{self.name} is larger than {LARGEST_WORKBOOK >> 20} MB; save the sheet as CSV and"
                    " import that file."
                )
            with self._readable():
                scans = _Scans(file, kind, self.name)
                scans.refuse_before_loading()
                file.seek(0)
                self._workbook: CalamineWorkbook = _load(file)
                self.sheet = self._chosen(scans, self._read_as.sheet)
                self._errors = scans.of(self.sheet).errors
                scans.of(self.sheet).refuse_if_too_large(self.name, self.sheet)
                self._sheet: CalamineSheet = self._workbook.get_sheet_by_name(self.sheet)
        start = self._sheet.start or (0, 0)
        self._left = start[1]  # the first column that is not empty
        self._begin(is_header)

    def again(self, is_header: _IsHeader, read_as: ReadAs) -> WorkbookFile:
        """The same sheet from its beginning, read in another way; loading it takes longer than all else."""
        other = copy(self)
        other._read_as = read_as
        other._skipped, other._done, other._numeric = [], 0, set()
        other._begin(is_header)
        return other

    def _begin(self, is_header: _IsHeader) -> None:
        self.header, after = self._find_header(is_header)
        self._first = self._first_row(after)

    def __enter__(self) -> WorkbookFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._workbook.close()

    @property
    def progress(self) -> tuple[int, int]:
        """How many of the sheet's rows have been given, of how many."""
        return self._done, max(self._sheet.total_height, 1)

    @property
    def sha256(self) -> str:
        """The SHA-256 of the file as it lies on the disk, in hexadecimal."""
        return hash_of(self.path)

    @property
    def notices(self) -> list[str]:
        """What a person should know of how the workbook was read."""
        notices = []
        for first, last, where in self._skipped:
            rows = f"Row {first:,}" if first == last else f"Rows {first:,} to {last:,}"
            notices.append(f"{rows} of the sheet “{self.sheet}”, {where}: left out.")
        return notices

    def refuse_if_changed(self) -> None:
        """Raises KnownError when the file is not what it was when it was opened."""
        refuse_if_changed(self.path, self._opened)

    def batches(self) -> Iterator[Batch]:
        """The records, once; blank rows are counted as lines and skipped."""
        batch = Batch()
        record = 0
        rows = self._rows()
        for row, cells in rows:
            if row < self._first:
                continue
            self._done = row
            texts, marks = self._texts(row, cells)
            if not any(texts) or not "".join(texts).strip():
                continue
            record += 1
            self._add(batch, record, row, texts, marks)
            if len(batch.rows) + len(batch.broken) >= _BATCH:
                batch.special.update([(index, Special.NUMBER) for index in self._numeric])
                yield batch
                batch = Batch()
        batch.special.update([(index, Special.NUMBER) for index in self._numeric])
        yield batch

    def _add(self, batch: Batch, record: int, row: int, texts: list[str], marks: dict[int, Mark]) -> None:
        width = len(self.header)
        line = row + 1
        reason = ""
        if len(texts) > width:
            filled = max(index for index, text in enumerate(texts) if text or index == 0) + 1
            if filled > width:
                reason = f"Too many cells: {filled:,} instead of {width:,}"
            texts = texts[: max(filled, width)]
        if max(map(len, texts)) > LONGEST_FIELD:
            reason = f"A cell in row {line:,} is longer than a million characters"
        if reason:
            raw = dialect.format_line(texts, self.delimiter)
            batch.broken.append(Broken(record, line, raw.removesuffix("\r\n"), reason, raw))
            return
        texts += [""] * (width - len(texts))
        if marks:
            batch.marks[len(batch.rows)] = marks
            batch.special.update([(index, mark.special) for index, mark in marks.items()])
        batch.has_nul = batch.has_nul or any("\0" in text for text in texts)
        batch.rows.append(texts)
        batch.records.append(record)
        batch.lines.append(line)

    def _rows(self) -> Iterator[tuple[int, list[Cell]]]:
        """The rows of the sheet, numbered from 0, as far as its last cell."""
        with self._readable():
            yield from enumerate(self._sheet.iter_rows())

    def _texts(self, row: int, cells: Sequence[Cell]) -> tuple[list[str], dict[int, Mark]]:
        """The cells of a row as texts, and the marks of the special ones by index."""
        texts: list[str] = []
        marks: dict[int, Mark] = {}
        for index, cell in enumerate(cells):
            if type(cell) is str:
                texts.append(cell)
                continue
            text, special = text_of(cell)
            texts.append(text)
            if special is Special.NUMBER:
                self._numeric.add(index)
            if special is not None and (special is not Special.NUMBER or self._marks_numbers):
                marks[index] = Mark(special, cell_name(row, index + self._left))
        if self._errors:
            for index in range(len(cells)):
                error = self._errors.get((row, index + self._left))
                if error is not None:
                    texts[index] = error
                    marks[index] = Mark(Special.ERROR, cell_name(row, index + self._left))
        return texts, marks

    def _find_header(self, is_header: _IsHeader) -> tuple[tuple[str, ...], int]:
        """The header, and the first row after it, from 0."""
        tops: list[tuple[int, list[str]]] = []
        for row, cells in self._rows():
            texts = [text.strip() for text in self._texts(row, cells)[0]]
            if any(texts):
                tops.append((row, texts))
            if len(tops) >= _TITLE_ROWS and row + 1 >= self._read_as.header_row:
                break
        if not tops:
            raise KnownError(
                f"The sheet “{self.sheet}” of {self.name} is empty; choose one with a header and rows."
            )
        merged = self._merged_below()
        for place, (row, texts) in enumerate(tops):
            last = max((merged.get((row, index), row) for index in range(len(texts))), default=row)
            below = [other for at, other in tops[place:] if at <= last]
            names = [next((text[i] for text in reversed(below) if text[i]), "") for i in range(len(texts))]
            if row + 1 == self._read_as.header_row if self._read_as.header_row else is_header(names):
                break
        else:
            if self._read_as.header_row:
                raise KnownError(
                    f"Row {self._read_as.header_row:,} of the sheet “{self.sheet}” is blank, and the profile"
                    " looks for the column names there; correct the profile or choose another file."
                )
            place, (row, names), last = 0, tops[0], tops[0][0]
        if place:
            self._skipped.append((tops[0][0] + 1, row, "above the header"))
        while names and not names[-1]:
            names.pop()
        return dialect.header_of(names, self.name), last + 1

    def _first_row(self, after: int) -> int:
        """The first row that is read, from 0, of which the header ends before `after`."""
        said = self._read_as.first_row - 1
        if 0 <= said < after:
            raise KnownError(
                f"The first row of “{self.sheet}” cannot be row {said + 1:,}, since its header ends in row"
                f" {after:,}; correct the profile."
            )
        if said > after:
            self._skipped.append((after + 1, said, "between the header and the first row"))
        return max(said, after)

    def _merged_below(self) -> dict[tuple[int, int], int]:
        """The last rows of cells that are merged with those below them, by row and column of the first."""
        ranges = self._sheet.merged_cell_ranges or []
        return {(top, left - self._left): bottom for (top, left), (bottom, _) in ranges if bottom > top}

    def _chosen(self, scans: _Scans, sheet: str) -> str:
        """The name of the sheet to read."""
        from python_calamine import SheetVisibleEnum

        sheets = {each.name: each.visible for each in self._workbook.sheets_metadata}
        if sheet:
            if sheet not in sheets:
                listed = ", ".join(f"“{name}”" for name in sheets)
                raise KnownError(f"{self.name} has no sheet “{sheet}”; choose one of {listed}.")
            return sheet
        visible = [name for name, seen in sheets.items() if seen == SheetVisibleEnum.Visible]
        filled = [name for name in visible if len(visible) == 1 or scans.of(name).filled]
        if len(filled) > 1:
            raise NeedsSheet(self.name, filled)
        if not filled:
            raise KnownError(f"{self.name} has no sheet with a table in it; choose another file.")
        return filled[0]

    @contextmanager
    def _readable(self) -> Iterator[None]:
        """Turns whatever is wrong with a workbook into a sentence."""
        try:
            yield
        except KnownError:
            raise
        except (zipfile.BadZipFile, zlib.error, ExpatError, struct.error, ValueError, LookupError) as error:
            raise DamagedWorkbook(self.name) from error
        except (EOFError, NotImplementedError, RuntimeError, MemoryError) as error:
            raise DamagedWorkbook(self.name) from error
        except OSError as error:
            if error.errno == errno.EINVAL:  # how a place before the file's beginning is refused
                raise DamagedWorkbook(self.name) from error
            because = error.strerror or error
            raise KnownError(
                f"{self.name} cannot be read ({because}); copy it to this computer and try again."
            ) from None
        except BaseException as error:
            # The library's own errors, and a panic in it, which is no Exception.
            kind = type(error)
            if kind.__name__ == "PasswordError":
                raise _protected(self.name) from None
            if kind.__module__.startswith(("python_calamine", "_python_calamine", "pyo3_runtime")):
                raise DamagedWorkbook(self.name) from error
            raise


def _protected(name: str) -> KnownError:
    return KnownError(
        f"{name} is protected by a password; open it with the password, save it without one, and import it."
    )


def _load(file: io.FileIO) -> CalamineWorkbook:
    from python_calamine import CalamineWorkbook

    return CalamineWorkbook.from_filelike(file)


class _Scans:
    """What was found in the sheets of a workbook that is open, by the sheets' names, once looked at."""

    def __init__(self, file: io.FileIO, kind: str, name: str) -> None:
        self._name = name
        self._found: dict[str, Scan] = {}
        self._parts: dict[str, str] = {}
        self._archive: zipfile.ZipFile | None = None
        if kind == "xls":
            self._look_at_xls(file.read(), name)
            return
        self._archive = zipfile.ZipFile(file)
        if any(entry.flag_bits & 1 for entry in self._archive.infolist()):
            raise _protected(name)
        sheet_scan.refuse_bombs(self._archive, name)
        if kind == "xlsx":
            self._parts = sheet_scan.xlsx_parts(self._archive)
        else:
            if b"encryption-data" in self._archive.read("META-INF/manifest.xml"):
                raise _protected(name)
            self._found = sheet_scan.scan_ods(self._archive)

    def _look_at_xls(self, data: bytes, name: str) -> None:
        compound = biff.Compound(data)
        if "EncryptedPackage" in compound.streams:
            raise _protected(name)
        stream = next((each for each in ("Workbook", "Book") if each in compound.streams), None)
        if stream is None:
            raise KnownError(f"{name} is an Office document without a table; save the table as .xlsx or CSV.")
        content = compound.stream(stream)
        if biff.is_protected(content):
            raise _protected(name)
        self._found = biff.scan_xls(content)

    def refuse_before_loading(self) -> None:
        """Raises KnownError where a sheet would be too much for memory: of an .xls and an .ods the library
        takes all sheets as soon as it opens them, of an .xlsx each one when it is asked for."""
        for sheet, scan in self._found.items():
            scan.refuse_if_too_large(self._name, sheet)

    def of(self, sheet: str) -> Scan:
        """What was found in a sheet; raises LookupError for one that is not there."""
        if sheet not in self._found and self._archive is not None:
            self._found[sheet] = sheet_scan.scan_xlsx(self._archive, self._parts[sheet])
        return self._found[sheet]
