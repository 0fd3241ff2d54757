"""The parts of an .xls workbook that have to be looked at before the spreadsheet library reads it.

An .xls file is an OLE compound file whose stream `Workbook` holds records; see [MS-CFB] and [MS-XLS].
Raises ValueError or struct.error where the bytes are not that.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from .dialect import OLE
from .sheet_scan import Scan

_END = 0xFFFFFFFA  # from here on, sector numbers have meanings of their own
_ERRORS = {
    **{0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!"},
    0x2A: "#N/A",
}
_BOF, _EOF, _SHEET, _PASSWORD = 0x0809, 0x000A, 0x0085, 0x002F
_FORMULA, _ERROR, _MANY_NUMBERS, _MANY_BLANKS = 0x0006, 0x0205, 0x00BD, 0x00BE
_CELLS = {_FORMULA, _ERROR, 0x0203, 0x027E, 0x00FD, 0x0204, 0x00D6}  # blank cells are not filled


class Compound:
    """The streams of an OLE compound file."""

    def __init__(self, data: bytes) -> None:
        if not data.startswith(OLE):
            raise ValueError("no compound file")
        self._data = data
        self._size = 1 << min(struct.unpack_from("<H", data, 30)[0], 16)
        directory, self._cutoff, small = (struct.unpack_from("<I", data, at)[0] for at in (48, 56, 60))
        self._table = self._allocation()
        self.streams: dict[str, tuple[int, int]] = {}
        root = (_END, 0)
        entries = self._chain(directory)
        for at in range(0, len(entries) - 127, 128):
            length, kind = struct.unpack_from("<HB", entries, at + 64)
            start, size = struct.unpack_from("<II", entries, at + 116)
            name = entries[at : at + max(min(length, 64) - 2, 0)].decode("utf-16-le", "replace")
            if kind == 5:
                root = (start, size)
            elif kind == 2:
                self.streams[name] = (start, size)
        self._small_table = _numbers(self._chain(small)) if small < _END else []
        self._small = self._chain(root[0])[: root[1]] if root[0] < _END else b""

    def stream(self, name: str) -> bytes:
        """The bytes of a stream."""
        start, size = self.streams[name]
        if size >= self._cutoff:
            return self._chain(start)[:size]
        parts = [self._small[at * 64 : at * 64 + 64] for at in _follow(start, self._small_table)]
        return b"".join(parts)[:size]

    def _allocation(self) -> list[int]:
        data = self._data
        sectors = [number for number in struct.unpack_from("<109I", data, 76) if number < _END]
        more = struct.unpack_from("<I", data, 68)[0]
        seen: set[int] = set()
        while more < _END and more not in seen:
            seen.add(more)
            numbers = _numbers(self._sector(more))
            sectors += [number for number in numbers[:-1] if number < _END]
            more = numbers[-1]
        return [number for sector in sectors for number in _numbers(self._sector(sector))]

    def _sector(self, number: int) -> bytes:
        start = (number + 1) * self._size
        if start >= len(self._data):
            raise ValueError("a sector beyond the end")
        return self._data[start : start + self._size].ljust(self._size, b"\0")

    def _chain(self, start: int) -> bytes:
        return b"".join(map(self._sector, _follow(start, self._table)))


def _follow(start: int, table: list[int]) -> Iterator[int]:
    left = len(table)
    while start < _END:
        if left == 0 or start >= len(table):
            raise ValueError("a chain without an end")
        yield start
        left -= 1
        start = table[start]


def _numbers(data: bytes) -> list[int]:
    return list(struct.unpack(f"<{len(data) // 4}I", data[: len(data) // 4 * 4]))


def _records(stream: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        yield kind, stream[at + 4 : at + 4 + length]
        at += 4 + length


def is_protected(stream: bytes) -> bool:
    """Whether the stream `Workbook` needs a password."""
    return any(kind == _PASSWORD for kind, _ in _part(stream, 0))


def _part(stream: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """The records from a place in the stream up to the end of the part that begins there."""
    depth = 0
    for kind, body in _records(stream, at):
        depth += (kind == _BOF) - (kind == _EOF)
        yield kind, body
        if depth <= 0:
            return


def scan_xls(stream: bytes) -> dict[str, Scan]:
    """Looks through the sheets of the stream `Workbook`, by their names."""
    sheets: dict[str, int] = {}
    for kind, body in _part(stream, 0):
        if kind == _SHEET:
            wide = body[7] & 1
            name = body[8 : 8 + body[6] * (1 + wide)]
            sheets[name.decode("utf-16-le" if wide else "latin-1")] = struct.unpack_from("<I", body)[0]
    return {name: _scan(stream, start) for name, start in sheets.items()}


def _scan(stream: bytes, start: int) -> Scan:
    scan = Scan()
    for kind, body in _part(stream, start):
        if kind in _CELLS:
            row, column = struct.unpack_from("<HH", body)
            scan.filled = True
            scan.reach(row, column)
            code = _error_code(kind, body)
            if code is not None:
                scan.errors[(row, column)] = _ERRORS.get(code, "an error")
        elif kind in (_MANY_NUMBERS, _MANY_BLANKS):
            row = struct.unpack_from("<H", body)[0]
            scan.filled = scan.filled or kind == _MANY_NUMBERS
            scan.reach(row, struct.unpack_from("<H", body, len(body) - 2)[0])
    return scan


def _error_code(kind: int, body: bytes) -> int | None:
    """The error in a cell's record; None where it has none."""
    if kind == _ERROR:
        return body[6] if body[7] else None
    if kind == _FORMULA and body[12:14] == b"\xff\xff" and body[6] == 2:
        return body[8]
    return None
