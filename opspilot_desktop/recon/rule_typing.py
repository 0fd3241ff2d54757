"""What a person types for the settings of the rules, read strictly; KnownError says what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from ..domain.errors import KnownError
from .rule_settings import (
    BASIS_POINT_DIGITS,
    DIMENSIONS,
    RuleSettings,
    SignConvention,
    Tolerance,
    number_of,
    words_of,
)

MOST_DAYS = 366
MOST_BASIS_POINTS = 10_000


class WrongCell(KnownError):
    """What is wrong with one cell of a table that was typed; both numbers count from 0."""

    def __init__(self, row: int, column: int, message: str) -> None:
        super().__init__(message)
        self.row = row
        self.column = column


def basis_points_of(text: str, what: str = "A tolerance in basis points") -> Decimal:
    """A share in basis points. Raises KnownError."""
    value = number_of(text, what, or_zero=True)
    exponent = value.normalize().as_tuple().exponent
    if isinstance(exponent, int) and -exponent > BASIS_POINT_DIGITS:
        raise KnownError(f"{what} has at most {BASIS_POINT_DIGITS} decimals.")
    if value > MOST_BASIS_POINTS:
        raise KnownError(f"{what} is at most {MOST_BASIS_POINTS:,}, the whole amount.")
    return value


def whole_of(text: str, what: str, *, least: int = 0, most: int = MOST_DAYS) -> int:
    """A whole number. Raises KnownError."""
    typed = text.strip()
    if not (typed.isascii() and typed.isdigit() and len(typed) < 10 and least <= int(typed) <= most):
        raise KnownError(f"{what} must be a whole number from {least:,} to {most:,}.")
    return int(typed)


def any_words_of(text: str) -> tuple[str, ...]:
    """Words between commas in lower case, each once; there may be none."""
    return words_of(text, "") if text.replace(",", "").strip() else ()


def tolerances_of(rows: Sequence[Sequence[str]]) -> tuple[Tolerance, ...]:
    """Tolerances from rows of cells: what each is narrowed by, its amount, its basis points. Raises
    WrongCell."""
    found: dict[tuple[str | None, ...], int] = {}
    lines = []
    for row, cells in enumerate(rows):
        *named, amount, share = (cell.strip() for cell in cells)
        key = tuple(name or None for name in named)
        if not any(key):
            raise WrongCell(row, 0, f"{_line(row)} names nothing; say for what it holds, or remove it.")
        if key in found:
            raise WrongCell(row, 0, f"{_line(row)} is for the same as line {found[key] + 1}; remove one.")
        found[key] = row
        if not amount and not share:
            raise WrongCell(
                row, len(named), f"{_line(row)} allows nothing; type an amount, basis points, or 0."
            )
        absolute = _cell(row, len(named), amount, lambda text: number_of(text, "The amount", or_zero=True))
        points = _cell(row, len(named) + 1, share, lambda text: basis_points_of(text, "The basis points"))
        lines.append(Tolerance(absolute, points, **dict(zip(DIMENSIONS, key, strict=True))))
    return tuple(lines)


def accounts_of(rows: Sequence[Sequence[str]]) -> Mapping[str, str]:
    """The ledger's accounts with the trades' account that each is. Raises WrongCell."""
    accounts: dict[str, str] = {}
    for row, cells in enumerate(rows):
        theirs, ours = (cell.strip() for cell in cells)
        if not theirs or not ours:
            missing = 0 if not theirs else 1
            raise WrongCell(row, missing, f"{_line(row)} needs both names; type the other one or remove it.")
        if theirs in accounts:
            raise WrongCell(row, 0, f"{_line(row)} names {theirs} once more; remove one of the two.")
        accounts[theirs] = ours
    return accounts


def as_typed(settings: RuleSettings) -> RuleSettings:
    """Settings of the same meaning, as they come back from where they can be typed: the most specific
    tolerance first, and no source named whose amounts are compared by their size alone."""

    def rank(line: Tolerance) -> tuple[int, list[bool]]:
        return len(line.named), [name in line.named for name in DIMENSIONS]

    signs = {source: sign for source, sign in settings.signs.items() if sign is not SignConvention.ABSOLUTE}
    lines = tuple(sorted(settings.tolerances, key=rank, reverse=True))
    return replace(settings, tolerances=lines, signs=signs)


def _cell(row: int, column: int, text: str, read: Callable[[str], Decimal]) -> Decimal:
    if not text:
        return Decimal(0)
    try:
        return read(text)
    except KnownError as error:
        raise WrongCell(row, column, f"{_line(row)}: {error.message}") from None


def _line(row: int) -> str:
    return f"Line {row + 1}"
