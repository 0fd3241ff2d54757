"""What has to be said of a staged file: numbers that were rounded, numbers that might mean another."""

from __future__ import annotations

import sqlite3

from ..domain.decimals import NOT_PLAIN
from .cells import DECIMAL_COMMA
from .checking import Checker, shown
from .mapping import Mapping


def rounding_notices(checker: Checker, mapping: Mapping) -> list[str]:
    """How many numbers the checker has rounded, and how, as sentences."""
    notices = []
    if checker.rounded:
        rounded = f"{checker.rounded:,} number{'s' if checker.rounded > 1 else ''}"
        notices.append(f"The mapping allows rounding to 9 decimals, half to even: {rounded} rounded.")
    for name, count in checker.rounded_by_field.items():
        rounding = mapping.rounding[name]
        notices.append(
            f"{count:,} value{'' if count == 1 else 's'} of {name} rounded to {rounding.decimals}"
            f" decimals, {rounding.mode.value}."
        )
    return notices


def decimal_commas(staging: sqlite3.Connection, file: str) -> str:
    """What is said where some numbers have a decimal comma: a 1.234 among them may mean 1234."""
    find = "SELECT record, value FROM faults WHERE reason = ? AND value LIKE '%,%' ORDER BY record"
    for record, value in staging.execute(find, (NOT_PLAIN,)):
        if DECIMAL_COMMA.fullmatch(value.strip()) is not None:
            line = staging.execute("SELECT line FROM rejects WHERE record = ?", (record,)).fetchone()
            return (
                f"{file} has decimal commas, such as “{shown(value)}” on line {line[0]:,}, so"
                " that 1.234 might mean 1234; write its numbers with a point and without separators."
            )
    return ""
