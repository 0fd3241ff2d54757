"""From a file's bytes to its records: which container, encoding, dialect and sheet it is.

What follows (mapping, checking, staging) sees a header and rows of texts, whatever the file was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from ..domain.errors import KnownError
from .asked import ReadAs
from .dialect import OLE, WINDOWS_1252, ZIP
from .reading import Batch, DelimitedFile
from .textfile import open_binary


class RecordFile(Protocol):
    """An open file of records, whatever it is on the disk."""

    name: str
    header: tuple[str, ...]
    delimiter: str

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    @property
    def size(self) -> int:
        """Its bytes on the disk."""

    @property
    def progress(self) -> tuple[int, int]:
        """How much of it has been read, of how much."""

    @property
    def sha256(self) -> str:
        """The SHA-256 of the file as it lies on the disk, once it has been read."""

    @property
    def notices(self) -> list[str]:
        """What a person should know of how it was read."""

    def batches(self) -> Iterator[Batch]:
        """Its records, once."""

    def refuse_if_changed(self) -> None:
        """Raises KnownError when the file is not what it was when it was opened."""


def open_records(
    path: Path,
    known: frozenset[str],
    is_header: Callable[[Sequence[str]], bool],
    read_as: ReadAs | None = None,
    *,
    marks_numbers: bool = False,
) -> RecordFile:
    """Opens a file of any kind that is read; the caller closes it.

    By the `known` normalised names a text file's delimiter is told; `is_header` finds the header of a
    sheet among its first rows. `marks_numbers` has each number of a workbook marked, for what reads numbers
    that are typed as text otherwise. Raises KnownError for a file of another kind; NeedsEncoding (on reading)
    or NeedsSheet where a person has to say how it is read.
    """
    read_as = read_as or ReadAs()
    if read_as.encoding not in ("", WINDOWS_1252):
        raise KnownError(f"{read_as.encoding} is no encoding that can be chosen; use {WINDOWS_1252}.")
    if may_be_workbook(path):
        from .workbook import WorkbookFile, kind_of_workbook

        kind = kind_of_workbook(path)
        if kind and read_as.encoding:
            raise KnownError(f"{path.name} is a workbook, which has no encoding to choose; leave it out.")
        if kind:
            return WorkbookFile(path, kind, is_header, read_as, marks_numbers=marks_numbers)
    if read_as.sheet:
        raise KnownError(f"{path.name} is no workbook, so there is no sheet to choose; leave it out.")
    return DelimitedFile(path, known, read_as)


def may_be_workbook(path: Path) -> bool:
    """Whether the file may be a workbook, by its first bytes; raises KnownError where there are none."""
    with open_binary(path) as file:
        return file.read(8).startswith((ZIP, OLE))
