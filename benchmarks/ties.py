"""Cases of which half differ by exactly the tolerance, 0.01, and half by one digit more: these are breaks."""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path

from opspilot_desktop.domain.decimals import NANO, to_text

CASES = 10_000

_TOLERANCE = NANO // 100


@dataclass(frozen=True)
class Ties:
    """A file of trades, one of their entries, and the trade ids of the real breaks."""

    trades: Path
    ledger: Path
    breaks: frozenset[str]

    def wrong(self, found: set[str]) -> tuple[int, int]:
        """How many of the breaks found are false, and how many real ones were missed."""
        return len(found - self.breaks), len(self.breaks - found)


def make_ties(folder: Path, cases: int, seed: int) -> Ties:
    """Writes the files.

    Values have 2 to 9 decimals; gross amounts lie between 1 and 10^9, as many with few digits as with many. A
    break is beyond the tolerance by one in the last of its decimals. A third of the trades have two or three
    entries.
    """
    folder.mkdir(parents=True, exist_ok=True)
    chance = random.Random(seed)
    ties = Ties(folder / "trades.csv", folder / "ledger.csv", frozenset(_id(at) for at in range(0, cases, 2)))
    with (
        ties.trades.open("w", encoding="utf-8", newline="") as trades,
        ties.ledger.open("w", encoding="utf-8", newline="") as ledger,
    ):
        trades.write("trade_id,instrument,side,quantity,price,status\n")
        ledger.write("trade_id,amount\n")
        for number in range(cases):
            quantity, price, amounts = _case(chance, is_break=number % 2 == 0)
            trades.write(f"{_id(number)},TIE,BUY,{quantity},{_text(price)},pending\n")
            ledger.writelines(f"{_id(number)},{_text(amount)}\n" for amount in amounts)
    return ties


def _case(chance: random.Random, *, is_break: bool) -> tuple[int, int, list[int]]:
    """A quantity, and a price and amounts in billionths."""
    last = 10 ** (9 - chance.randrange(2, 10))
    quantity = int(10 ** chance.uniform(0, 5))
    price = int(10 ** chance.uniform(0, 4) * NANO) // last * last
    apart = _TOLERANCE + (last if is_break else 0)
    total = quantity * price + chance.choice((apart, -apart))
    parts = _parts(chance, total, last, chance.choice((1, 1, 1, 1, 2, 3)))
    direction = chance.choice((1, -1))  # sizes are compared, the sign says nothing
    return quantity, price, [part * direction for part in parts]


def _parts(chance: random.Random, total: int, last: int, count: int) -> list[int]:
    """The total in this many parts, none of them with more decimals than it has."""
    parts = []
    for _ in range(count - 1):
        parts.append(int(chance.random() * total) // last * last)
        total -= parts[-1]
    return [*parts, total]


def _id(number: int) -> str:
    return f"T-{number:06d}"


def _text(billionths: int) -> str:
    units, nanos = divmod(abs(billionths), NANO)
    return f"{'-' if billionths < 0 else ''}{to_text(units, nanos)}"
