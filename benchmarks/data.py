"""Seeded files of trades and ledger entries with a known number of breaks of each type."""

from __future__ import annotations

import json
import random
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Protocol, Self, TextIO

from opspilot_desktop.domain.decimals import NANO, to_text
from opspilot_desktop.domain.issues import IssueType

from .mixes import MILLION, USUAL, Case, Mix

SEED = 20481
CHANGED = 1_000
"""How many trades `changed.csv` amends."""
CROWD = 1_000
"""How many entries a crowded trade has."""

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
    def make(cls, folder: Path, rows: int, seed: int = SEED, mix: Mix = USUAL) -> Self:
        """Writes the files for this number of trades, unless they are in the folder already."""
        folder.mkdir(parents=True, exist_ok=True)
        facts = folder / "planted.json"
        wanted = {"rows": rows, "seed": seed, "mix": _spelled(mix)}
        made = cls(folder / "trades.csv", folder / "ledger.csv", folder / "changed.csv", Planted())
        if facts.exists():
            known = json.loads(facts.read_text(encoding="utf-8"))
            if known["wanted"] == wanted:
                return cls(made.trades, made.ledger, made.changed, Planted(**known["planted"]))
        facts.unlink(missing_ok=True)
        chance = random.Random(seed)
        with ExitStack() as stack:
            opened = [
                stack.enter_context(path.open("w", encoding="utf-8", newline=""))
                for path in (made.trades, made.ledger, made.changed)
            ]
            _write(chance, rows, mix, opened, made.planted)
        facts.write_text(json.dumps({"wanted": wanted, "planted": asdict(made.planted)}), encoding="utf-8")
        return made


def _spelled(mix: Mix) -> str:
    """Everything that the files depend on, as text."""
    shares = {case.label: share for case, share in mix.shares.items()}
    return json.dumps({**shares, "shuffled": mix.shuffled, "instruments": mix.instruments})


class _Lines(Protocol):
    """What takes the lines of a file."""

    def write(self, line: str, /) -> object: ...


class _Shuffled:
    """Keeps the lines, and writes them in random order."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.write = self.lines.append

    def write_out(self, chance: random.Random, file: TextIO) -> None:
        """Writes the lines to the file."""
        chance.shuffle(self.lines)
        file.writelines(self.lines)


def _write(chance: random.Random, rows: int, mix: Mix, opened: Sequence[TextIO], planted: Planted) -> None:
    for file, header in zip(opened, (_TRADES, _LEDGER, _TRADES), strict=True):
        file.write(header)
    trades, ledger, changed = opened
    if not mix.shuffled:
        _write_lines(chance, rows, mix, (trades, ledger, changed), planted)
        return
    kept = (_Shuffled(), _Shuffled(), changed)
    _write_lines(chance, rows, mix, kept, planted)
    kept[0].write_out(chance, trades)
    kept[1].write_out(chance, ledger)


def _write_lines(
    chance: random.Random, rows: int, mix: Mix, files: tuple[_Lines, _Lines, _Lines], planted: Planted
) -> None:
    trades, ledger, changed = files
    limits, cases = mix.limits()
    every = max(rows // CHANGED, 1)
    for number in range(rows):
        case = cases[bisect_right(limits, int(chance.random() * MILLION))]
        trade = _Trade(chance, number, case, mix.instruments)
        trades.write(trade.line(trade.quantity))
        planted.trades += 1
        if number % every == 0 and number // every < CHANGED:
            changed.write(trade.line(trade.quantity + 1))
        for amount, currency in trade.postings(chance):
            ledger.write(_entry(planted.entries, trade.trade_id, amount, currency, trade.day))
            planted.entries += 1
        if case is Case.ORPHAN:
            ledger.write(_entry(planted.entries, f"X-{number:08d}", 12_345 * _CENT, "EUR", trade.day))
            planted.entries += 1
        if case.issue is not None:
            planted.expect(case.issue)


class _Trade:
    """A trade; its price and amounts are whole numbers of a billionth."""

    __slots__ = ("case", "currency", "day", "instruments", "number", "price", "quantity", "trade_id")

    def __init__(self, chance: random.Random, number: int, case: Case, instruments: int) -> None:
        self.case = case
        self.number = number
        self.instruments = instruments
        self.trade_id = f"T-{number:08d}"
        self.quantity = 1 + int(chance.random() * 2_000) + (100_000 if case is Case.OUTLIER else 0)
        self.price = (1_00 + int(chance.random() * 399_00)) * _CENT
        if case is Case.FINE:
            self.price += chance.randrange(1, _CENT)
        self.currency = _CURRENCIES[number % len(_CURRENCIES)]
        self.day = f"2026-11-{1 + number % 28:02d}"

    def line(self, quantity: int) -> str:
        """The trade's line in the file, with this quantity."""
        number = self.number
        return (
            f"{self.trade_id},{_instrument(number % self.instruments)},{'BUY' if number % 2 else 'SELL'},"
            f"{quantity},{_text(self.price)},{_TRADERS[number % len(_TRADERS)]},{self.currency},{self.day},"
            f"{self.day},{_COUNTERPARTIES[number % len(_COUNTERPARTIES)]},4410-EQ-{number % 40:03d},pending\n"
        )

    def postings(self, chance: random.Random) -> Iterator[tuple[int, str]]:
        """The amounts and currencies of its entries."""
        gross = self.quantity * self.price
        match self.case:
            case Case.MISSING:
                return
            case Case.SPLIT:
                part = chance.randrange(1, gross)
                yield part, self.currency
                yield gross - part, self.currency
            case Case.CROWDED:
                part = gross // CROWD
                yield gross - part * (CROWD - 1), self.currency
                for _ in range(CROWD - 1):
                    yield part, self.currency
            case Case.MISMATCHED:
                # Half of them by the smallest difference that is one.
                smallest = chance.random() < 0.5
                yield gross + _CENT + (1 if smallest else chance.randrange(1, 10**12)), self.currency
            case Case.CURRENCY:
                yield gross, "SEK"
            case Case.BOUNDARY:
                yield gross + _CENT, self.currency
            case _:
                yield gross, self.currency


def _instrument(number: int) -> str:
    return _INSTRUMENTS[number] if number < len(_INSTRUMENTS) else f"I{number:04d}.X"


def _entry(number: int, trade_id: str, amount: int, currency: str, day: str) -> str:
    return (
        f"LE-{number:08d},{trade_id},{_text(amount)},{currency},PRINCIPAL,{day},4410-EQ-{number % 40:03d},"
        f"Principal {trade_id}\n"
    )


def _text(billionths: int) -> str:
    units, nanos = divmod(billionths, NANO)
    cents, finer = divmod(nanos, _CENT)
    return to_text(units, nanos) if finer else f"{units}.{cents:02d}"
