"""Seeded files of trades and ledger entries with a known number of breaks of each type."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from enum import Enum
from pathlib import Path
from typing import Self, TextIO

from opspilot_desktop.domain.decimals import NANO, to_text
from opspilot_desktop.domain.issues import IssueType

SEED = 20481
CHANGED = 1_000
"""How many trades `changed.csv` amends."""

_CENT = NANO // 100
_TRADES = (
    "trade_id,instrument,side,quantity,price,trader,currency,trade_date,settle_date,counterparty,account,"
    "status\n"
)
_LEDGER = "entry_id,trade_id,amount,currency,entry_type,value_date,account,description\n"
_INSTRUMENTS = ("NESN.SW", "AZN.L", "SAP.DE", "MSFT.OQ", "BNPP.PA", "7203.T", "NOVN.SW", "SHEL.L", "AAPL.OQ")
_CURRENCIES = ("CHF", "GBP", "EUR", "USD", "EUR", "JPY", "CHF", "GBP", "USD")
_COUNTERPARTIES = (
    "Northgate Securities",
    "Banque Alder",
    "Kestrel Capital",
    "Moorland Bank",
    "Ostrava Trust",
)
_TRADERS = ("bkeller", "dross", "mchen", "asilva")


@dataclass
class Planted:
    """What a pair of files holds, and the issues that a full run must find in it."""

    trades: int = 0
    entries: int = 0
    issues: dict[str, int] = field(default_factory=dict)

    def expect(self, kind: IssueType) -> None:
        """Counts one more issue to be found."""
        self.issues[kind.value] = self.issues.get(kind.value, 0) + 1


@dataclass(frozen=True)
class DataSet:
    """The files and what is in them. `changed` amends `CHANGED` trades (fewer where there are fewer)."""

    trades: Path
    ledger: Path
    changed: Path
    planted: Planted

    @classmethod
    def make(cls, folder: Path, rows: int, seed: int = SEED) -> Self:
        """Writes the files for this number of trades, unless they are in the folder already."""
        folder.mkdir(parents=True, exist_ok=True)
        facts = folder / "planted.json"
        wanted = {"rows": rows, "seed": seed}
        made = cls(folder / "trades.csv", folder / "ledger.csv", folder / "changed.csv", Planted())
        if facts.exists():
            known = json.loads(facts.read_text(encoding="utf-8"))
            if known["wanted"] == wanted:
                return cls(made.trades, made.ledger, made.changed, Planted(**known["planted"]))
        with (
            made.trades.open("w", encoding="utf-8", newline="") as trades,
            made.ledger.open("w", encoding="utf-8", newline="") as ledger,
            made.changed.open("w", encoding="utf-8", newline="") as changed,
        ):
            _write(random.Random(seed), rows, _Files(trades, ledger, changed), made.planted)
        facts.write_text(json.dumps({"wanted": wanted, "planted": asdict(made.planted)}), encoding="utf-8")
        return made


@dataclass(frozen=True)
class _Files:
    trades: TextIO
    ledger: TextIO
    changed: TextIO


def _write(chance: random.Random, rows: int, files: _Files, planted: Planted) -> None:
    files.trades.write(_TRADES)
    files.ledger.write(_LEDGER)
    files.changed.write(_TRADES)
    every = max(rows // CHANGED, 1)
    for number in range(rows):
        kind = _Case.of(chance.randrange(1_000_000))
        trade = _Trade(chance, number, kind)
        files.trades.write(trade.line(trade.quantity))
        planted.trades += 1
        if number % every == 0 and number // every < CHANGED:
            files.changed.write(trade.line(trade.quantity + 1))
        for amount, currency in trade.postings(chance):
            files.ledger.write(_entry(planted.entries, trade.trade_id, amount, currency, trade.day))
            planted.entries += 1
        if kind is _Case.ORPHAN:
            files.ledger.write(_entry(planted.entries, f"X-{number:08d}", 12_345 * _CENT, "EUR", trade.day))
            planted.entries += 1
        if kind.issue is not None:
            planted.expect(kind.issue)


class _Case(Enum):
    """A sort of trade: its name, how many of a million are of it, and the issue that it is."""

    MISSING = ("missing", 10_000, IssueType.MISSING_LEDGER_ENTRY)
    MISMATCHED = ("mismatched", 10_000, IssueType.AMOUNT_MISMATCH)
    SPLIT = ("split", 5_000, None)
    ORPHAN = ("orphan", 3_000, IssueType.ORPHAN_LEDGER_ENTRY)
    OUTLIER = ("outlier", 2_000, IssueType.ANOMALOUS_QUANTITY)
    BOUNDARY = ("boundary", 5_000, None)  # apart by exactly the tolerance
    FINE = ("fine", 5_000, None)  # nine decimals
    CLEAN = ("clean", 960_000, None)

    def __init__(self, label: str, share: int, issue: IssueType | None) -> None:
        self.label = label
        self.share = share
        self.issue = issue

    @staticmethod
    def of(draw: int) -> _Case:
        """The case of a draw from a million."""
        for case in _Case:
            if draw < case.share:
                return case
            draw -= case.share
        return _Case.CLEAN


class _Trade:
    """A trade; its price and amounts are whole numbers of a billionth."""

    def __init__(self, chance: random.Random, number: int, kind: _Case) -> None:
        self.kind = kind
        self.number = number
        self.trade_id = f"T-{number:08d}"
        self.quantity = chance.randrange(1, 2_000) + (100_000 if kind is _Case.OUTLIER else 0)
        self.price = chance.randrange(1_00, 400_00) * _CENT
        if kind is _Case.FINE:
            self.price += chance.randrange(1, _CENT)
        self.currency = _CURRENCIES[number % len(_CURRENCIES)]
        self.day = f"2026-11-{1 + number % 28:02d}"

    def line(self, quantity: int) -> str:
        """The trade's line in the file, with this quantity."""
        number = self.number
        return (
            f"{self.trade_id},{_INSTRUMENTS[number % len(_INSTRUMENTS)]},{'BUY' if number % 2 else 'SELL'},"
            f"{quantity},{_text(self.price)},{_TRADERS[number % len(_TRADERS)]},{self.currency},{self.day},"
            f"{self.day},{_COUNTERPARTIES[number % len(_COUNTERPARTIES)]},4410-EQ-{number % 40:03d},pending\n"
        )

    def postings(self, chance: random.Random) -> Iterator[tuple[int, str]]:
        """The amounts and currencies of its entries."""
        gross = self.quantity * self.price
        if self.kind is _Case.MISSING:
            return
        if self.kind is _Case.SPLIT:
            part = chance.randrange(1, gross)
            yield part, self.currency
            yield gross - part, self.currency
        elif self.kind is _Case.MISMATCHED:
            # Half of them by the smallest difference that is one.
            yield gross + _CENT + (1 if chance.randrange(2) else chance.randrange(1, 10**12)), self.currency
        else:
            exactly_the_tolerance = _CENT if self.kind is _Case.BOUNDARY else 0
            yield gross + exactly_the_tolerance, self.currency


def _entry(number: int, trade_id: str, amount: int, currency: str, day: str) -> str:
    return (
        f"LE-{number:08d},{trade_id},{_text(amount)},{currency},PRINCIPAL,{day},4410-EQ-{number % 40:03d},"
        f"Principal {trade_id}\n"
    )


def _text(billionths: int) -> str:
    return to_text(billionths // NANO, billionths % NANO)
