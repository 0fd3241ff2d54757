"""Small workbooks in the formats that are read, made by hand where no library of ours writes them."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import xlsxwriter


@dataclass(frozen=True)
class Error:
    """A cell with an error."""

    text: str


@dataclass(frozen=True)
class Formula:
    """A cell with a formula, whose value the workbook remembers."""

    value: object


Cell = str | float | date | datetime | bool | Error | Formula | None
Rows = Iterable[Sequence[Cell]]
DAY = "yyyy-mm-dd"
MOMENT = "yyyy-mm-dd hh:mm:ss"


def xlsx(path: Path, rows: Rows, *, name: str = "Sheet1", **options: Any) -> Path:
    """An .xlsx workbook with one sheet."""
    return xlsx_of(path, {name: rows}, **options)


def xlsx_of(path: Path, sheets: Mapping[str, Rows], **options: Any) -> Path:
    """An .xlsx workbook with several sheets."""
    with xlsxwriter.Workbook(str(path), options) as book:
        day, moment = book.add_format({"num_format": DAY}), book.add_format({"num_format": MOMENT})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for row, cells in enumerate(rows):
                for column, cell in enumerate(cells):
                    match cell:
                        case None:
                            pass
                        case Error():
                            sheet.write_formula(row, column, "=A1", None, cell.text)
                        case Formula():
                            sheet.write_formula(row, column, "=A1", None, cell.value)
                        case bool():
                            sheet.write_boolean(row, column, cell)
                        case datetime():
                            sheet.write_datetime(row, column, cell, moment)
                        case date():
                            sheet.write_datetime(row, column, cell, day)
                        case str():
                            sheet.write_string(row, column, cell)
                        case _:
                            sheet.write_number(row, column, cell)
    return path


def with_numbers(path: Path, replaced: Mapping[str, str]) -> Path:
    """Changes texts in the first sheet of an .xlsx workbook, such as a number that no library writes."""
    with zipfile.ZipFile(path) as archive:
        parts = {entry: archive.read(entry) for entry in archive.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    for old, new in replaced.items():
        assert old.encode() in parts[sheet], old
        parts[sheet] = parts[sheet].replace(old.encode(), new.encode())
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry, data in parts.items():
            archive.writestr(entry, data)
    return path


_SPACES = (
    " ".join(
        f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{prefix}:1.0"'
        for prefix in ("office", "table", "text")
    )
    + ' xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
)
_MANIFEST = (
    '<?xml version="1.0"?><manifest:manifest'
    ' xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
)


def ods(path: Path, rows: Rows, *, name: str = "Sheet1", declared: str = "") -> Path:
    """An .ods workbook with one sheet; `declared` stands before its root."""
    body = "".join(f"<table:table-row>{''.join(map(_ods_cell, cells))}</table:table-row>" for cells in rows)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet", zipfile.ZIP_STORED)
        archive.writestr("META-INF/manifest.xml", _MANIFEST)
        archive.writestr(
            "content.xml",
            f'<?xml version="1.0" encoding="UTF-8"?>{declared}<office:document-content {_SPACES}>'
            f"<office:body><office:spreadsheet><table:table table:name={quoteattr(name)}>{body}</table:table>"
            "</office:spreadsheet></office:body></office:document-content>",
        )
    return path


def _ods_cell(cell: Cell) -> str:
    match cell:
        case None:
            return "<table:table-cell/>"
        case Error():
            kind, shown = 'float" office:value="0" calcext:value-type="error', cell.text
        case bool():
            kind, shown = f'boolean" office:boolean-value="{str(cell).lower()}', str(cell)
        case date():
            kind, shown = f'date" office:date-value="{cell.isoformat()}', cell.isoformat()
        case str():
            kind, shown = "string", cell
        case _:
            kind, shown = f'float" office:value="{cell!r}', "rounded"
    return f'<table:table-cell office:value-type="{kind}"><text:p>{escape(shown)}</text:p></table:table-cell>'


def xls(path: Path, rows: Rows, *, name: str = "Sheet1", protected: bool = False) -> Path:
    """An .xls workbook with one sheet (BIFF 8 in a compound file)."""
    styles = b"".join(_record(0x00E0, struct.pack("<HH16x", 0, number)) for number in (0, 14, 22))
    password = _record(0x002F, bytes(54)) if protected else b""
    label = struct.pack("<HBB", 0, len(name), 0) + name.encode("latin-1")
    opening = _record(0x0809, struct.pack("<HHHHII", 0x0600, 5, 0, 1996, 0, 6)) + password + styles
    start = len(opening) + 4 + 4 + len(label) + 4
    book = opening + _record(0x0085, struct.pack("<I", start) + label) + _record(0x000A, b"")
    book += _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x10, 0, 1996, 0, 6))
    for row, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            book += _xls_cell(row, column, cell)
    book += _record(0x000A, b"")
    path.write_bytes(compound("Workbook", book))
    return path


_CODES = {"#N/A": 0x2A, "#DIV/0!": 0x07}
_EPOCH = date(1899, 12, 30)


def _xls_cell(row: int, column: int, cell: Cell) -> bytes:
    at = struct.pack("<HH", row, column)
    match cell:
        case None:
            return b""
        case Error():
            return _record(0x0205, at + struct.pack("<HBB", 0, _CODES[cell.text], 1))
        case bool():
            return _record(0x0205, at + struct.pack("<HBB", 0, cell, 0))
        case datetime():
            seconds = cell.hour * 3600 + cell.minute * 60 + cell.second
            serial = (cell.date() - _EPOCH).days + seconds / 86400
            return _record(0x0203, at + struct.pack("<Hd", 2, serial))
        case date():
            return _record(0x0203, at + struct.pack("<Hd", 1, (cell - _EPOCH).days))
        case str():
            text = cell.encode("utf-16-le")
            return _record(0x0204, at + struct.pack("<HHB", 0, len(text) // 2, 1) + text)
        case float() | int():
            return _record(0x0203, at + struct.pack("<Hd", 0, cell))
    raise AssertionError(cell)


def _record(kind: int, body: bytes) -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def compound(name: str, stream: bytes) -> bytes:
    """An OLE compound file with one stream."""
    stream = stream.ljust(4096, b"\0")  # shorter ones would be kept elsewhere
    sectors = -(-len(stream) // 512)
    tables = -(-(sectors + 2) // 127)  # sectors of the allocation table, which has itself in it
    table = [*range(1, sectors), 0xFFFFFFFE, 0xFFFFFFFE, *[0xFFFFFFFD] * tables]
    table += [0xFFFFFFFF] * (tables * 128 - len(table))
    head = struct.pack(
        "<8s16xHHHHH6xIIIIIIIII",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        *(0x3E, 3, 0xFFFE, 9, 6),
        *(0, tables, sectors, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0),
    )
    starts = [sectors + 1 + number for number in range(tables)]
    head += struct.pack("<109I", *starts, *[0xFFFFFFFF] * (109 - tables))
    directory = _entry("Root Entry", 5, 0xFFFFFFFE, 0, 1) + _entry(name, 2, 0, len(stream), 0xFFFFFFFF)
    return b"".join(
        [
            head,
            stream.ljust(sectors * 512, b"\0"),
            directory.ljust(512, b"\0"),
            struct.pack(f"<{len(table)}I", *table),
        ]
    )


def _entry(name: str, kind: int, start: int, size: int, child: int) -> bytes:
    text = name.encode("utf-16-le") + b"\0\0"
    none = 0xFFFFFFFF
    links = struct.pack("<64sHBBIII", text, len(text), kind, 1, none, none, child)
    return links + bytes(36) + struct.pack("<II4x", start, size)


def zipped(files: Mapping[str, bytes]) -> bytes:
    """A ZIP archive with these files."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return made.getvalue()
