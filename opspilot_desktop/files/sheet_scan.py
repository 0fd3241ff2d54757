"""What the spreadsheet library conceals of a workbook: error cells, which it gives as blank or as 0.

It also takes memory for the whole rectangle between a sheet's first and last cell, and unpacks without
a limit; so a workbook is looked through before the library sees it. `biff` does the same for .xls.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import IO
from xml.parsers import expat

from ..domain.errors import KnownError

LARGEST_UNPACKED = 1 << 30
"""Bytes that a workbook may unpack to."""
LARGEST_SHEET = 26 * 1_048_576
"""Cells in the rectangle that a sheet spans: the columns A to Z down to the last row there can be."""
_BLOCK = 1 << 20  # bytes looked through at a time
_CELL_END = 300  # bytes within which a cell's start tag ends

_FAR = re.compile(rb"""\br\s*=\s*["'](?:[A-Z]{2,}[0-9]|[A-Z]*(?:[2-9][0-9]{6}|[0-9]{8}))""")
_FAR_USUAL = re.compile(rb'r="(?:[A-Z][A-Z]|[A-Z]*(?:[2-9][0-9]{6}|[0-9]{8}))')
_UNUSUAL = (b"='", b' ="', b" ='", b'= "')  # how an attribute is written by none of the usual programs
_CELL = re.compile(rb"""\br\s*=\s*["']([A-Z]+)([0-9]+)["']""")
_FILLED = re.compile(rb"<(?:\w+:)?(?:v|is)\b[^>/]*>")
_ERROR = re.compile(rb"""\bt\s*=\s*(?:"e"|'e')""")
_TAG = re.compile(rb"<(?:\w+:)?c\b([^>]*)>")
_VALUE = re.compile(rb"<(?:\w+:)?v\b[^>]*>([^<]*)<")


@dataclass
class Scan:
    """What was found in a sheet. `errors` are the texts of error cells by row and column, from 0."""

    rows: int = 0
    columns: int = 0
    filled: bool = False
    errors: dict[tuple[int, int], str] = field(default_factory=dict)

    def reach(self, row: int, column: int) -> None:
        """Takes note of a cell, rows and columns from 0."""
        self.rows, self.columns = max(self.rows, row + 1), max(self.columns, column + 1)

    def refuse_if_too_large(self, name: str, sheet: str) -> None:
        """Raises KnownError where the sheet spans more than can be taken into memory."""
        if self.rows * self.columns > LARGEST_SHEET:
            raise KnownError(
                f"The sheet “{sheet}” of {name} spans {self.rows:,} rows and {self.columns:,} columns, too"
                " many for a workbook; delete what stands far outside the table, or save the sheet as CSV."
            )


class DamagedWorkbook(KnownError):
    """A workbook is not what its format says."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name} cannot be read as a workbook: it is damaged or incomplete; open it, save it anew and"
            " import that file."
        )


def cell_name(row: int, column: int) -> str:
    """The name of a cell as a spreadsheet shows it; row and column count from 0."""
    letters = ""
    column += 1
    while column:
        column, letter = divmod(column - 1, 26)
        letters = chr(65 + letter) + letters
    return f"{letters}{row + 1}"


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


def refuse_bombs(archive: zipfile.ZipFile, name: str) -> None:
    """Raises KnownError for a packed workbook that would unpack to more than the limit, or is ambiguous."""
    entries = archive.infolist()
    if sum(entry.file_size for entry in entries) > LARGEST_UNPACKED:
        raise KnownError(
            f"{name} unpacks to more than {LARGEST_UNPACKED >> 20:,} MB; save the sheet as CSV and import"
            " that file."
        )
    if len({entry.filename for entry in entries}) < len(entries):
        raise DamagedWorkbook(name)
    for entry in entries:
        _look_into(archive, entry, name)


def _look_into(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str) -> None:
    """Refuses document types, which no workbook has and with which a few bytes expand into many.

    To open a part checks that it is called the same in both places where an archive names it: without a
    part whose name is damaged, such as the styles, dates would come out as numbers.
    """
    with archive.open(entry) as part:
        if not entry.filename.endswith((".xml", ".rels")):
            return
        head = part.read(4096)
        if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
            raise DamagedWorkbook(name)
        if not _is_sheet(entry.filename):  # sheets are read to their ends elsewhere
            # The size that an archive states is not to be trusted: reading to the end checks it.
            while part.read(_BLOCK):
                pass


def _is_sheet(part: str) -> bool:
    return part.startswith("xl/worksheets/") or part == "content.xml"


def xlsx_parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """The parts that hold an .xlsx workbook's sheets, by the sheets' names."""
    sheets: dict[str, str] = {}
    targets: dict[str, str] = {}

    def in_workbook(tag: str, attributes: dict[str, str]) -> None:
        if tag.rpartition(":")[2] == "sheet":
            link = next((value for key, value in attributes.items() if key.endswith(":id")), "")
            sheets[attributes.get("name", "")] = link

    def in_links(tag: str, attributes: dict[str, str]) -> None:
        if tag.rpartition(":")[2] == "Relationship":
            targets[attributes.get("Id", "")] = attributes.get("Target", "")

    _walk(archive.open("xl/workbook.xml"), in_workbook)
    _walk(archive.open("xl/_rels/workbook.xml.rels"), in_links)
    parts = {name: targets.get(link, "") for name, link in sheets.items()}
    return {
        name: target.lstrip("/") if target.startswith("/") else str(PurePosixPath("xl", target))
        for name, target in parts.items()
    }


def scan_xlsx(archive: zipfile.ZipFile, part: str) -> Scan:
    """Looks through a sheet of an .xlsx workbook; raises ValueError where an error cell has no place.

    How far a sheet reaches is only counted where some cell stands beyond column Z: nearly no table does.
    """
    scan = Scan()
    with archive.open(part) as file:
        for block in _overlapping(file):
            scan.filled = scan.filled or _FILLED.search(block) is not None
            usual = not any(mark in block for mark in _UNUSUAL)  # which a literal search is much faster for
            if (_FAR_USUAL if usual else _FAR).search(block) is not None:
                return _scan_precisely(archive, part)
            if b't="e"' in block if usual else _ERROR.search(block) is not None:
                _add_errors(block, scan)
    return scan


def _scan_precisely(archive: zipfile.ZipFile, part: str) -> Scan:
    scan = Scan(filled=True)
    with archive.open(part) as file:
        for block in _overlapping(file):
            for letters, row in set(_CELL.findall(block)):
                scan.reach(int(row) - 1, _column(letters))
            if _ERROR.search(block) is not None:
                _add_errors(block, scan)
    return scan


def _overlapping(part: IO[bytes]) -> Iterator[bytes]:
    """The part in blocks, each with the end of the one before it: a tag is whole in one of them."""
    carried = b""
    while block := part.read(_BLOCK):
        yield carried + block
        carried = block[-_CELL_END:]


def _add_errors(block: bytes, scan: Scan) -> None:
    for tag in _TAG.finditer(block):
        if _ERROR.search(tag[1]) is not None:
            place = _CELL.search(tag[1])
            if place is None:
                raise ValueError
            value = _VALUE.search(block, tag.end(), tag.end() + _CELL_END)
            text = value[1].decode("utf-8", "replace") if value is not None else "an error"
            where = (int(place[2]) - 1, _column(place[1]))
            # A cell at the end of a block is seen again, whole, at the start of the next.
            if scan.errors.get(where, "an error") == "an error":
                scan.errors[where] = text


def _walk(
    part: IO[bytes],
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
) -> None:
    """Reads an XML part to its end, calling back; a document type is refused."""

    def refuse(*_declared: object) -> None:
        raise ValueError

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = refuse
    with part:
        parser.ParseFile(part)


class _OdsWalk:
    """Follows the rows and cells of all sheets of an .ods workbook."""

    def __init__(self) -> None:
        self.scans: dict[str, Scan] = {}
        self._scan = Scan()
        self._row = self._column = 0
        self._rows = self._columns = 1  # how often the row and the cell are repeated
        self._error: str | None = None

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        match tag:
            case "table:table":
                self._scan = self.scans[attributes.get("table:name", "")] = Scan()
                self._row = 0
            case "table:table-row":
                self._rows = int(attributes.get("table:number-rows-repeated", 1))
                self._column = 0
            case "table:table-cell" | "table:covered-table-cell":
                self._columns = int(attributes.get("table:number-columns-repeated", 1))
                if attributes.get("calcext:value-type") == "error":
                    self._error = ""
                if "office:value-type" in attributes:
                    self._scan.filled = True
                    self._scan.reach(self._row + self._rows - 1, self._column + self._columns - 1)

    def text(self, text: str) -> None:
        if self._error is not None:
            self._error += text

    def end(self, tag: str) -> None:
        if tag in ("table:table-cell", "table:covered-table-cell"):
            if self._error is not None:
                for column in range(self._column, self._column + min(self._columns, 1000)):
                    self._scan.errors[(self._row, column)] = self._error.strip() or "an error"
                self._error = None
            self._column += self._columns
        elif tag == "table:table-row":
            self._row += self._rows


def scan_ods(archive: zipfile.ZipFile) -> dict[str, Scan]:
    """Looks through the sheets of an .ods workbook; raises ExpatError or ValueError for a damaged one."""
    walk = _OdsWalk()
    _walk(archive.open("content.xml"), walk.start, walk.end, walk.text)
    return walk.scans
