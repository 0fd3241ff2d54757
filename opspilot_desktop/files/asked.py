"""What nothing in a file tells, so that a person has to say it: its encoding, its sheet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..domain.errors import KnownError
from ..domain.text import visible


@dataclass(frozen=True)
class ReadAs:
    """What a person says of how a file is read, where nothing in it tells.

    `encoding` is "" or "windows-1252"; `sheet` is the name of a workbook's sheet, or ""; `delimiter` is one
    of those that are recognised, or "". `header_row` and `first_row` are the lines (of a sheet, the rows,
    1 = the first) where the column names and the first data row stand; 0 means that the file tells.
    """

    encoding: str = ""
    sheet: str = ""
    delimiter: str = ""
    header_row: int = 0
    first_row: int = 0


class Misread(KnownError):
    """A file is not as it is read, by a profile or as it stands; a person may say how it is to be read."""


class NeedsEncoding(KnownError):
    """A file is no UTF-8 and may be Windows-1252, which a person has to say.

    `fact` says what is wrong with it as UTF-8; `word` is the first one that differs, as Windows-1252.
    """

    def __init__(self, fact: str, word: str) -> None:
        super().__init__(
            f"{fact}; if “{visible(word)}” is what should stand there, import it as Windows-1252 (--encoding"
            " windows-1252), otherwise save it as UTF-8 and import it again."
        )
        self.fact = fact
        self.word = word


class NeedsSheet(KnownError):
    """A workbook has several sheets that are not empty; a person has to choose one of `sheets`."""

    def __init__(self, name: str, sheets: Sequence[str]) -> None:
        listed = ", ".join(f"“{sheet}”" for sheet in sheets)
        super().__init__(
            f"{name} has several sheets that are not empty ({listed}); choose one (--sheet NAME)."
        )
        self.sheets = tuple(sheets)
