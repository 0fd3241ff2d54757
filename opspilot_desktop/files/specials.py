"""Cells of a workbook that are more than their text, and the fields that must not take them.

A spreadsheet turns what people type into numbers, dates and truth values, and keeps 15 digits. Where that
may have changed a value, the row is an error that says so: what was typed cannot be told any more.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from ..domain.fields import Field, FieldType


class Special(StrEnum):
    """What a cell is besides its text."""

    ERROR = "error"  # such as #N/A
    DIGITS = "digits"  # a number with more than the 15 digits that a spreadsheet keeps
    NUMBER = "number"  # any number; only told of a whole column
    DATE = "date"
    EARLY = "early"  # a date before March 1900, about which spreadsheets disagree
    TIME = "time"  # a time or a duration without a date
    TRUTH = "truth"  # TRUE or FALSE


@dataclass(frozen=True)
class Mark:
    """That a cell is special, and its name in the sheet (`B17`)."""

    special: Special
    cell: str


_WORDS = (FieldType.ID, FieldType.CURRENCY, FieldType.SIDE, FieldType.TRADE_STATUS)
_DATES = (FieldType.DATE, FieldType.TIMESTAMP)


def objects(field: Field, special: Special, *, rounding: bool) -> bool:
    """Whether the field must not take such a cell; `rounding` is what the mapping allows."""
    match special:
        case Special.ERROR | Special.EARLY:
            return True
        case Special.DIGITS:
            return field.type in _WORDS or field.type in _DATES or not rounding
        case Special.DATE:
            return field.type in _WORDS or field.type is FieldType.DECIMAL
        case Special.TIME:
            return field.type is not FieldType.TEXT
        case Special.TRUTH:
            return field.type is not FieldType.TEXT
        case _:
            return False


def objection(mark: Mark, field: Field, text: str) -> str:
    """Why the field must not take the cell, whose text is `text`."""
    cell = f"Cell {mark.cell}"
    match mark.special:
        case Special.ERROR:
            return f"{cell} has the error {text}; mend it in the workbook"
        case Special.DIGITS if field.type is FieldType.DECIMAL:
            return (
                f"{cell} has more than the 15 digits that a spreadsheet keeps, as unrounded formulas do;"
                " round it in the workbook, or let a mapping round it"
            )
        case Special.DIGITS:
            return f"{cell} is a number of more than 15 digits, which a spreadsheet cuts; enter it as text"
        case Special.DATE | Special.TIME:
            kind = "number" if field.type is FieldType.DECIMAL else "text"
            kind = "date" if field.type in _DATES else kind
            what = "date" if mark.special is Special.DATE else "time"
            return f"{cell} is a {what} in the workbook; enter it as a {kind}".replace("as a text", "as text")
        case Special.EARLY:
            return f"{cell} is a date before March 1900, of which workbooks are not certain; enter it as text"
        case _:
            return f"{cell} is a truth value in the workbook; enter it as text or a number"


def numbers_notice(fields: Iterable[Field], numeric: frozenset[str] | set[str]) -> list[str]:
    """What has to be said of ids that a workbook holds as numbers."""
    names = [field.name for field in fields if field.type is FieldType.ID and field.name in numeric]
    if not names:
        return []
    return [
        f"In the workbook {' and '.join(names)} hold{'s' if len(names) == 1 else ''} numbers: leading zeros,"
        " if there were any, are lost there already."
    ]
