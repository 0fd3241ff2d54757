"""Mutated files end in equal, rejected with the right line, or refused, and in nothing else.

What is stored and what is rejected is held against the file by another reader, which takes the lines one
by one. The long profile mutates 100,000 files.
"""

from __future__ import annotations

import csv
import gzip
import io
import os
import random
import sqlite3
import time
import zipfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from opspilot_desktop.domain import decimals
from opspilot_desktop.domain.errors import KnownError
from opspilot_desktop.domain.fields import TRADES
from opspilot_desktop.domain.jobs import Handle
from opspilot_desktop.files.staging import Reject, stage
from tests.helpers.workbooks import Error, ods, xls, xlsx, zipped

FILES = 100_000 if os.environ.get("OPSPILOT_TEST_PROFILE") == "long" else 500
SECONDS = 5  # of the processor's time that no small file takes
NAMES = ("trade_id", "instrument", "side", "quantity", "price", "trade_date", "counterparty")


@dataclass(frozen=True)
class Found:
    """What the import made of a file."""

    rows: dict[int, dict[str, Any]]
    rejects: dict[int, Reject]
    delimiter: str
    header: tuple[str, ...]


def imported(path: Path) -> Found | None:
    """What the import made of the file; None where it was refused. Anything else is a failure."""
    start = time.process_time()
    try:
        with stage(Handle(), path, TRADES, directory=path.parent) as staged:
            rejects = staged.rejects(limit=-1)
            with closing(sqlite3.connect(staged.path)) as connection:
                connection.row_factory = sqlite3.Row
                rows = [dict(row) for row in connection.execute("SELECT * FROM rows")]
            assert staged.read == len(rows) + len(rejects) == staged.good + staged.rejected_total
            by_line = {each.line: each for each in rejects}
            found = {row["line"]: row for row in rows}
            assert len(found) + len(by_line) == staged.read, "two rows on one line"
            return Found(found, by_line, staged.delimiter, staged.header)
    except KnownError as refused:
        if not refused.message.endswith(".") or "\n" in refused.message:
            raise AssertionError(refused.message) from refused
        return None
    finally:
        assert time.process_time() - start < SECONDS


def lines_of(data: bytes) -> list[str]:
    """The physical lines of a text, with their ends."""
    encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    return io.StringIO(data.decode(encoding), newline="").readlines()


def record_at(lines: list[str], at: int, delimiter: str) -> tuple[list[str], int] | None:
    """The record that starts at a line, and how many lines it has; None where its quotes do not fit."""
    reader = csv.reader(lines[at:], delimiter=delimiter, strict=True)
    try:
        return next(reader, []), reader.line_num
    except csv.Error:
        return None


def check_text(data: bytes, found: Found) -> None:
    """Holds what was found against the lines of the file: nothing lost, nothing altered, lines right."""
    lines = lines_of(data)
    _, at = record_at(lines, 0, found.delimiter) or ([], 1)
    while at < len(lines):
        line = at + 1
        record = record_at(lines, at, found.delimiter)
        if record is None:
            assert line in found.rejects, f"line {line} is lost"
            at += 1
            continue
        cells, span = record
        if len(cells) > 1 or "".join(cells).strip():
            assert (line in found.rows) != (line in found.rejects), f"line {line} is lost or doubled"
            if line in found.rows:
                check_row(dict(zip(found.header, cells, strict=True)), found.rows[line])
            else:
                check_reject(dict(zip(found.header, cells, strict=False)), found.rejects[line])
        at += span


def check_row(cells: dict[str, str], row: dict[str, Any]) -> None:
    """What is stored is what the cells say."""
    for name in NAMES:
        if name not in cells:
            continue
        text = cells[name].strip()
        if name in ("quantity", "price"):
            stored = decimals.to_decimal(row[f"{name}_units"], row[f"{name}_nanos"])
            assert stored == Decimal(text)
        elif name == "side":
            assert row[name] == text.upper() in ("BUY", "SELL")
        elif name == "trade_date":
            assert (row[name] or "") == text == (date.fromisoformat(text).isoformat() if text else "")
        else:
            assert (row[name] or "") == text
            assert "\0" not in text


def check_reject(cells: dict[str, str], reject: Reject) -> None:
    """The value that is complained of stands in that row."""
    if reject.column:
        value = cells[reject.column]
        assert reject.value in (value, value.strip())


def table(source: random.Random) -> list[list[str]]:
    """A table of trades as texts, with what is easily misread."""
    texts = ("Café", 'a "b" c', "x,y", "p;q", "l1\nl2", "€|\t", "", " ", "=1+1", "007")
    rows = [list(NAMES)]
    for number in range(source.randrange(1, 12)):
        quantity = str(source.choice((1, 10, "2.5", "1000000", "0.000000001")))
        price = str(source.choice(("1.25", "-3", "0", "99999.999999999")))
        day = source.choice(("", "2026-11-20", "2024-02-29"))
        side = source.choice(("BUY", "SELL", "buy"))
        rows.append([f"T{number}", source.choice(texts) or "I", side, quantity, price, day])
        rows[-1].append(source.choice(texts))
        rows[-1][1] = rows[-1][1].strip() or "I"
    return rows


def text_of(source: random.Random) -> bytes:
    """The table as a text file in some dialect and encoding."""
    out = io.StringIO(newline="")
    end = source.choice(("\n", "\r\n", "\r"))
    writer = csv.writer(out, delimiter=source.choice(",;\t|"), lineterminator=end)
    for row in table(source):
        writer.writerow(row)
    return out.getvalue().encode(source.choice(("utf-8", "utf-8-sig", "utf-16")))


_TOKENS = (
    *(b"\0", b'"', b'""', b",", b";", b"\t", b"|", b"\r", b"\n", b"\r\n", b" ", b"-", b"+", b".", b"e", b"1"),
    *(b"\xef\xbb\xbf", b"\xff\xfe", b"\xe9", b"\xc2\xa0", b"\xe2\x80\xa8", b"nan", b"1e400", b"0x1F", b"=A1"),
    *("１２".encode(), b"9" * 40, b"\x1a", b"\x85", b"\\", b"'"),
)


def mutated(data: bytes, source: random.Random) -> bytes:
    """The bytes with a few changes."""
    changed = bytearray(data)
    for _ in range(source.choice((1, 1, 1, 2, 3, 8))):
        at = max(source.randrange(len(changed) + 1), source.randrange(len(changed) + 1))  # mostly rows
        upto = min(at + source.choice((1, 1, 2, 5, 40)), len(changed))
        match source.randrange(7):
            case 0:
                changed[at:at] = source.choice(_TOKENS)
            case 1:
                del changed[at:upto]
            case 2:
                changed[at:upto] = source.choice(_TOKENS)
            case 3 if changed:
                changed[at % len(changed)] ^= 1 << source.randrange(8)
            case 4:
                del changed[at:]
            case 5:
                changed[at:at] = changed[at:upto]
            case _ if changed:
                changed[at % len(changed)] = source.randrange(256)
    return bytes(changed)


def seeds(count: int) -> range:
    start = int(os.environ.get("OPSPILOT_FUZZ_SEED", "0"))
    return range(start, start + count)


@pytest.mark.long
def test_text_files(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    ends = {"equal": 0, "rejected": 0, "refused": 0}
    for seed in seeds(FILES * 6 // 10):
        source = random.Random(seed)
        data = mutated(text_of(source), source)
        path.write_bytes(data)
        found = imported(path)
        if found is None:
            ends["refused"] += 1
            continue
        ends["rejected" if found.rejects else "equal"] += 1
        try:
            check_text(data, found)
        except (AssertionError, ValueError) as error:
            raise AssertionError(f"seed {seed}: {data!r}") from error
    print(ends)
    assert all(ends.values())


def packed(data: bytes, source: random.Random) -> bytes:
    return gzip.compress(data, 1) if source.randrange(2) else zipped({"t.csv": data})


def book(make: Callable[..., Path]) -> Callable[[bytes, random.Random, Path], bytes]:
    def made(_data: bytes, source: random.Random, path: Path) -> bytes:
        rows: list[list[Any]] = [list(row) for row in table(source)]
        for row in rows[1:]:
            row[3] = float(row[3]) if source.randrange(2) else row[3]
            day = datetime.fromisoformat(row[5]).date() if row[5] else None
            row[5] = day if source.randrange(2) else row[5]
            row[6] = Error("#N/A") if source.randrange(20) == 0 else row[6].strip()
        return make(path, rows).read_bytes()

    return made


CONTAINERS = {
    "packed": lambda data, source, _path: packed(data, source),
    "file.xlsx": book(xlsx),
    "file.xls": book(xls),
    "file.ods": book(ods),
}


@pytest.mark.long
@pytest.mark.parametrize("name", CONTAINERS)
def test_containers_come_back_equal_or_not_at_all(tmp_path: Path, name: str) -> None:
    """Packed formats check their data, so a changed byte never changes a value; an .xls has no such check."""
    path = tmp_path / name
    ends = {"equal": 0, "refused": 0}
    for seed in seeds(FILES // 20):
        source = random.Random(seed)
        data = CONTAINERS[name](text_of(source), source, path)
        path.write_bytes(data)
        before = imported(path)
        path.write_bytes(mutated(data, source))
        after = imported(path)
        ends["refused" if after is None else "equal"] += 1
        if name != "file.xls" and after is not None:
            assert after == before, f"seed {seed}"
    print(name, ends)
    assert ends["refused"]


@pytest.mark.long
@pytest.mark.parametrize("name", ["file.xlsx", "file.ods"])
def test_workbooks_whose_parts_are_changed(tmp_path: Path, name: str) -> None:
    """Whatever the parts of a workbook say, it is read or refused."""
    path = tmp_path / name
    ends = {"read": 0, "refused": 0}
    for seed in seeds(FILES // 10):
        source = random.Random(seed)
        CONTAINERS[name](b"", source, path)
        with zipfile.ZipFile(path) as archive:
            parts = {entry: archive.read(entry) for entry in archive.namelist()}
        part = source.choice([entry for entry in parts if "sheet" in entry or "content" in entry] or [*parts])
        parts[part] = mutated(parts[part], source)
        path.write_bytes(zipped(parts))
        ends["refused" if imported(path) is None else "read"] += 1
    print(name, ends)
    assert all(ends.values())
