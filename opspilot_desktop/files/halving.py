"""Where a large text can be cut in two, so that two processes read it at the same time.

Only between two records, and only where that is certain: a text without a quote has a record a line.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from .textfile import LONGEST_LINE, open_binary

_BLOCK = 1 << 20  # bytes looked at at a time


@dataclass(frozen=True)
class Rest:
    """The second part of a delimited file: its first byte and that byte's line, and what the header told.

    `records` come before it where none of the lines is blank.
    """

    start: int
    line: int
    records: int
    header: tuple[str, ...]
    delimiter: str


def cut_of(path: Path, near: int) -> tuple[int, int] | None:
    """A place at or after `near` bytes between two records, and the line that begins there.

    None where it is not certain to be one: quotes before it, line ends that are not all alike.
    """
    lines, place = 1, 0
    with open_binary(path) as raw, open(raw.fileno(), "rb", closefd=False) as file:
        while place < near:
            block = file.read(min(_BLOCK, near - place)) + file.readline(LONGEST_LINE)
            if not block.endswith(b"\n") or b'"' in block:
                return None
            if b"\r" in block and block.count(b"\r") != block.count(b"\r\n"):
                return None
            lines += block.count(b"\n")
            place += len(block)
    return place, lines
