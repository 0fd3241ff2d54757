"""What is said of a staged file as a whole."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from ..domain.decimals import NOT_PLAIN
from ..domain.errors import KnownError
from .asked import Misread
from .cells import DECIMAL_COMMA
from .checking import Checker, shown
from .profile import Profile


def nothing_read(file: str, left_out: Sequence[str]) -> KnownError:
    """The refusal of a file without rows, besides those that were left out, as these sentences say."""
    if left_out:
        return Misread(
            f"{file} has no rows besides those that the profile leaves out ({' '.join(left_out)});"
            " choose another file or correct the profile."
        )
    return KnownError(f"{file} has a header and no rows; choose a file with rows.")


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


def rounding_notices(checker: Checker, profile: Profile) -> list[str]:
    """How many numbers the profile's rounding has changed."""
    notices = []
    if checker.rounded:
        rounded = f"{checker.rounded:,} number{'s' if checker.rounded > 1 else ''}"
        notices.append(f"The mapping allows rounding to 9 decimals, half to even: {rounded} rounded.")
    for name, count in checker.rounded_by_field.items():
        rounding = profile.mapping.rounding[name]
        notices.append(
            f"{count:,} value{'' if count == 1 else 's'} of {name} rounded to {rounding.decimals}"
            f" decimals, {rounding.mode.value}."
        )
    return notices
