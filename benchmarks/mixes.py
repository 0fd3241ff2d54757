"""What sorts of trades a generated file holds, and how many of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from itertools import accumulate

from opspilot_desktop.domain.issues import IssueType

MILLION = 1_000_000


class Case(Enum):
    """A sort of trade: its name, and the issue that it is."""

    MISSING = ("missing", IssueType.MISSING_LEDGER_ENTRY)
    MISMATCHED = ("mismatched", IssueType.AMOUNT_MISMATCH)
    SPLIT = ("split", None)  # two entries
    ORPHAN = ("orphan", IssueType.ORPHAN_LEDGER_ENTRY)  # a clean trade, and an entry of no trade
    OUTLIER = ("outlier", IssueType.ANOMALOUS_QUANTITY)
    CURRENCY = ("currency", IssueType.CURRENCY_MISMATCH)
    BOUNDARY = ("boundary", None)  # apart by exactly the tolerance
    FINE = ("fine", None)  # nine decimals
    CROWDED = ("crowded", None)  # a thousand entries
    CLEAN = ("clean", None)

    def __init__(self, label: str, issue: IssueType | None) -> None:
        self.label = label
        self.issue = issue


@dataclass(frozen=True)
class Mix:
    """How many of a million trades are of each case; all others are clean.

    `shuffled` writes the rows of both files in an order of their own, `instruments` is how many there are.
    """

    name: str
    about: str
    shares: Mapping[Case, int]
    shuffled: bool = False
    instruments: int = 9

    def limits(self) -> tuple[list[int], list[Case]]:
        """Of a draw from a million: up to where it is which case, for `bisect.bisect_right`."""
        cases = [*self.shares, Case.CLEAN]
        return list(accumulate(self.shares.values())), cases


_USUAL = {
    Case.MISSING: 10_000,
    Case.MISMATCHED: 10_000,
    Case.SPLIT: 5_000,
    Case.ORPHAN: 3_000,
    Case.OUTLIER: 2_000,
    Case.BOUNDARY: 5_000,
    Case.FINE: 5_000,
}
_BROKEN = {
    Case.MISSING: 120_000,
    Case.MISMATCHED: 120_000,
    Case.ORPHAN: 30_000,
    Case.CURRENCY: 20_000,
    Case.OUTLIER: 10_000,
    Case.BOUNDARY: 5_000,
    Case.FINE: 5_000,
}

USUAL = Mix("usual", "97 % clean and one-to-one", _USUAL)
MANY_INSTRUMENTS = Mix("instruments", "as usual, with 1,000 instruments", _USUAL, instruments=1_000)
HARDER = (
    Mix("broken", "30 % broken", _BROKEN),
    Mix("split", "half of the trades split in two entries", _USUAL | {Case.SPLIT: 500_000}),
    Mix("shuffled", "rows of both files in random order", _USUAL, shuffled=True),
    Mix("skewed", "half of the entries on a thousandth of the trades", _USUAL | {Case.CROWDED: 1_000}),
)
