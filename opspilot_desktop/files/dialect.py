"""What a file is: text at all, in which encoding, with which delimiter, under which header.

All of it is told from the file's first bytes and first line. What is not plainly delimited text is
refused with a sentence that names the remedy; nothing is guessed into numbers.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Sequence

from ..domain.errors import KnownError
from ..domain.text import visible
from .asked import Misread

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar"}
"""The delimiters that are recognised, the usual one first."""

GZIP = b"\x1f\x8b"
ZIP = b"PK\x03\x04"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""How compressed files, packed workbooks and old Office documents begin."""

_SAVE_AS_CSV = "save the data as CSV (UTF-8) and import that file"
_SIGNATURES = (
    (b"%PDF-", "a PDF document"),
    (ZIP, "a ZIP archive or a workbook"),
    (b"PK\x05\x06", "an empty ZIP archive"),
    (OLE, "an old Excel workbook or another Office document"),
    (b"SQLite format 3\x00", "a SQLite database"),
    (GZIP, "compressed with gzip"),
    (b"BZh", "compressed with bzip2"),
    (b"\xfd7zXZ\x00", "compressed with xz"),
    (b"(\xb5/\xfd", "compressed with zstd"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"{\\rtf", "a rich-text document"),
)
_MARKUP = (
    (b"<!doctype html", "a web page"),
    (b"<html", "a web page"),
    (b"<table", "a web page"),
    (b"<?xml", "an XML document"),
    (b'{"', "JSON"),
    (b'[{"', "JSON"),
)


ENCODINGS = {"utf-8": "UTF-8", "utf-16-le": "UTF-16", "utf-16-be": "UTF-16", "cp1252": "Windows-1252"}
"""The encodings that are read, by Python's name for them, as people call them."""
WINDOWS_1252 = "windows-1252"
"""The one encoding that a person has to say, since nothing in a file tells it."""


def encoding_of(head: bytes, name: str, said: str = "") -> str:
    """The encoding of the file called `name` that begins with `head`: UTF-8, or UTF-16 with its mark.

    Without a mark, what a person has `said` counts. The mark itself is left to the reader. Raises
    KnownError when the file is empty or of another kind.
    """
    if not head:
        raise KnownError(f"{name} is empty; choose a file with a header line and rows.")
    for signature, kind in _SIGNATURES:
        if head.startswith(signature):
            raise KnownError(f"{name} is {kind}, not a CSV file; {_SAVE_AS_CSV}.")
    beginning = head.removeprefix(codecs.BOM_UTF8).lstrip()[:20].lower()
    for signature, kind in _MARKUP:
        if beginning.startswith(signature):
            raise KnownError(f"{name} is {kind}, not a CSV file; {_SAVE_AS_CSV}.")
    if head.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        raise KnownError(f"{name} is encoded in UTF-32; save it as UTF-8 and import it again.")
    if head.startswith(codecs.BOM_UTF16_LE):
        return "utf-16-le"
    if head.startswith(codecs.BOM_UTF16_BE):
        return "utf-16-be"
    if b"\0" in head.replace(b"\r", b"\n").split(b"\n", 1)[0]:
        raise _binary(name)
    if said == WINDOWS_1252 and not head.startswith(codecs.BOM_UTF8):
        return "cp1252"
    return "utf-8"


def _binary(name: str) -> KnownError:
    return KnownError(f"{name} holds binary data, not text; {_SAVE_AS_CSV}.")


def parse_line(text: str, delimiter: str, *, strict: bool = True) -> list[str]:
    """The cells of one record given as text; if strict, raises csv.Error when its quotes do not fit."""
    return next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=strict), [])


def format_line(cells: Sequence[str], delimiter: str) -> str:
    """The cells as one line of delimited text, quoted where needed, with its line end."""
    line = io.StringIO(newline="")
    csv.writer(line, delimiter=delimiter, lineterminator="\r\n").writerow(cells)
    return line.getvalue()


def normalised(name: str) -> str:
    """A column name reduced to lower-case letters and digits, as aliases are compared."""
    return "".join(character for character in name.lower() if character.isalnum())


def delimiter_of(line: str, known: frozenset[str]) -> str:
    """The delimiter under which the header line has the most columns of `known` (normalised) names.

    Where that is undecided, the one that gives the most columns; the comma where that is undecided too.
    """

    def score(delimiter: str) -> tuple[int, int]:
        cells = parse_line(line, delimiter, strict=False)
        return (sum(normalised(cell) in known for cell in cells), len(cells))

    return max(DELIMITERS, key=score)


def header_of(cells: Sequence[str], name: str, line: str = "The first line") -> tuple[str, ...]:
    """The column names in the first record's cells, without outer white space; `line` is what to call it.

    Raises KnownError for a NUL, and Misread where it is no header: blank, or with the same name twice.
    """
    header = tuple(cell.strip() for cell in cells)
    if any("\0" in column for column in header):
        raise _binary(name)
    if not any(header):
        raise Misread(f"{line} of {name} is blank; the column names must stand there.")
    if header[0].lower().startswith("sep="):
        raise Misread(f"{line} of {name} is “{header[0]}”; delete it so that the header comes first.")
    seen: set[str] = set()
    for column in header:
        if column and column in seen:
            raise Misread(
                f"Two columns of {name} are called “{visible(column)}”; rename or delete one and import it"
                " again."
            )
        seen.add(column)
    return header
