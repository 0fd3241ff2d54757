"""Where a field's value comes from, and how a file writes it: the choices of a profile, declared, never code.

Nothing here does anything; `making` does what these say.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

Side = Literal["BUY", "SELL"]


@dataclass(frozen=True)
class Constant:
    """The same text in every row, such as a currency or an account that the file does not name."""

    text: str


@dataclass(frozen=True)
class Joined:
    """An id made of the cells of several columns with a separator between, which none of them may hold: two
    different rows would get the same id.

    Of a record's own id, `repeats` says what becomes of rows that have the same: all but the first are
    refused, or are numbered (`A|B`, `A|B|2`, `A|B|3`).
    """

    columns: tuple[str, ...]
    separator: str = "|"
    repeats: Literal["refuse", "number"] = "refuse"


@dataclass(frozen=True)
class DebitCredit:
    """One signed amount of two columns, of which each row fills one; amounts in `positive` stay as they are.

    A negative one is a row error unless it counts as a reversal, which turns the sign once more.
    """

    debit: str
    credit: str
    positive: Literal["debit", "credit"] = "credit"
    reversals: bool = False


@dataclass(frozen=True)
class SignedBy:
    """An amount that is negative or positive by what another column says, in any case of letters.

    One with a minus of its own is a row error unless it counts as a reversal, as in DebitCredit.
    """

    column: str
    by: str
    negative: tuple[str, ...]
    positive: tuple[str, ...]
    reversals: bool = False


@dataclass(frozen=True)
class SignOf:
    """The side, told by the sign of a number: negative is `negative`, positive the other; 0 tells nothing."""

    column: str
    negative: Side = "SELL"


@dataclass(frozen=True)
class Unsigned:
    """A number whose sign only repeats the side and is dropped; one that contradicts the side is an error."""

    column: str
    negative: Side = "SELL"


Taken = str | Constant | Joined | DebitCredit | SignedBy | SignOf | Unsigned
"""Where a field's value comes from: a column by its header, or one of the choices; "" leaves it out."""


def columns_of(taken: Taken) -> tuple[str, ...]:
    """The headers of the columns that a field's value is made of."""
    match taken:
        case str():
            return (taken,) if taken else ()
        case Constant():
            return ()
        case Joined():
            return taken.columns
        case DebitCredit():
            return (taken.debit, taken.credit)
        case SignedBy():
            return (taken.column, taken.by)
        case SignOf() | Unsigned():
            return (taken.column,)


@dataclass(frozen=True)
class NumberFormat:
    """How a file writes numbers. `thousands` is the separator of groups of three digits, "" for none."""

    decimal: Literal[".", ","] = "."
    thousands: Literal["", ".", ",", "'", " "] = ""
    trailing_minus: bool = False
    parentheses: bool = False

    @property
    def words(self) -> str:
        """The format as a person says it."""
        names = {".": "point", ",": "comma", "'": "apostrophe", " ": "space"}
        parts = [f"decimal {names[self.decimal]}"]
        if self.thousands:
            parts.append(f"{names[self.thousands]} between thousands")
        if self.trailing_minus:
            parts.append("minus behind")
        if self.parentheses:
            parts.append("negative in parentheses")
        return ", ".join(parts)


PLAIN = NumberFormat()
"""Numbers as they are read without any format."""


class RoundingMode(StrEnum):
    """Where a number goes that lies in the middle."""

    HALF_EVEN = "half-even"
    HALF_UP = "half-up"  # away from zero, as people round


@dataclass(frozen=True)
class Rounding:
    """To how many decimals a field is rounded, at most 9, and how."""

    decimals: int
    mode: RoundingMode = RoundingMode.HALF_EVEN


class Operator(StrEnum):
    """How a cell is held against the values of a rule that skips rows; without regard to case."""

    IS = "is"
    IS_NOT = "is not"
    CONTAINS = "contains"
    STARTS_WITH = "starts with"
    IS_BLANK = "is blank"
    IS_NOT_BLANK = "is not blank"

    @property
    def takes_values(self) -> bool:
        """Whether it needs values."""
        return self not in (Operator.IS_BLANK, Operator.IS_NOT_BLANK)


@dataclass(frozen=True)
class SkipRule:
    """Rows that are left out: those whose cell in `column` is, contains … one of `values`.

    A negative operator (`is not`) skips rows whose cell is none of them.
    """

    column: str
    operator: Operator
    values: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """The rule as a person says it: `Transaction is Forex or Dividend`."""
        listed = ", ".join(self.values[:-1]) + " or " * (len(self.values) > 1) + "".join(self.values[-1:])
        return f"{self.column} {self.operator.value} {listed}".rstrip()
