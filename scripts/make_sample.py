"""Makes the sample files in resources/sample: the same bytes at every run.

A day of equity trades and their ledger entries, with a few of every kind of issue planted among them;
planted.csv names them.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

SAMPLE = Path(__file__).parent.parent / "resources" / "sample"
TRADE_HEADER = (
    "trade_id,instrument,side,quantity,price,trader,currency,"
    "trade_date,settle_date,counterparty,account,status"
)
LEDGER_HEADER = "entry_id,trade_id,amount,currency,entry_type,value_date,account,description"

# instrument, currency, a usual price, account
INSTRUMENTS = (
    ("ASML.AS", "EUR", "684.30", "4410-EQ-AMS"),
    ("SAP.DE", "EUR", "212.44", "4410-EQ-FRA"),
    ("MC.PA", "EUR", "655.10", "4410-EQ-PAR"),
    ("TTE.PA", "EUR", "58.235", "4410-EQ-PAR"),
    ("ENEL.MI", "EUR", "6.8145", "4410-EQ-MIL"),
    ("IBE.MC", "EUR", "13.27", "4410-EQ-MAD"),
    ("VOD.L", "GBP", "0.7314", "4410-EQ-LDN"),
    ("AZN.L", "GBP", "118.92", "4410-EQ-LDN"),
    ("SHEL.L", "GBP", "26.845", "4410-EQ-LDN"),
    ("HSBA.L", "GBP", "7.163", "4410-EQ-LDN"),
    ("NESN.SW", "CHF", "87.56", "4410-EQ-ZRH"),
    ("NOVO-B.CO", "DKK", "612.30", "4410-EQ-CPH"),
)
COUNTERPARTIES = (
    "Morgan Stanley Intl",
    "Barclays Bank plc",
    "UBS AG",
    "Deutsche Bank AG",
    "Goldman Sachs Intl",
    "Citigroup Global Markets",
    "BNP Paribas",
    "Banco Santander",
    "Intesa Sanpaolo",
    "Nordea Bank Abp",
    "HSBC Bank plc",
    "Société Générale",
)
TRADERS = ("amartin", "bkeller", "cnovak", "dross")


class Base(NamedTuple):
    """What a trade would be if nothing were planted."""

    trade_id: str
    instrument: tuple[str, str, str, str]
    quantity: str
    price: str
    usual: dict[str, str]


@dataclass
class Day:
    """What the files will hold."""

    trades: list[list[str]] = field(default_factory=list)
    entries: list[list[str]] = field(default_factory=list)
    planted: list[tuple[str, str]] = field(default_factory=list)
    settles: dict[str, str] = field(default_factory=dict)
    next_entry: int = 771001

    def trade(
        self, trade_id: str, instrument: Sequence[str], quantity: str, price: str, **others: str
    ) -> Decimal:
        """Adds a trade; returns its gross amount."""
        name, currency, _, account = instrument
        traded = date.fromisoformat(others.get("trade_date", "2026-11-18"))
        settled = traded + timedelta(days=2 if traded.weekday() < 3 else 4)
        self.settles[trade_id] = settled.isoformat()
        row = [trade_id, name, others.get("side", "BUY"), quantity, price, others["trader"], currency]
        row += [traded.isoformat(), settled.isoformat(), others["counterparty"], account]
        self.trades.append([*row, others.get("status", "pending")])
        return Decimal(quantity) * Decimal(price)

    def entry(self, trade_id: str, amount: Decimal | str, currency: str, account: str, **others: str) -> None:
        """Adds a ledger entry."""
        kind = others.get("entry_type", "PRINCIPAL")
        value_date = self.settles.get(trade_id, "2026-11-20")
        text = others.get("description", f"{kind.capitalize()} {trade_id}")
        row = [f"LE-{self.next_entry}", trade_id, f"{amount:f}" if isinstance(amount, Decimal) else amount]
        self.entries.append([*row, currency, kind, value_date, account, text])
        self.next_entry += 1


def make_day() -> Day:
    """The sample day: ordinary trades first, then the planted ones among them."""
    random_source = random.Random(20261118)
    day = Day()
    planted = {
        7: _fee_with_wrong_sign,
        19: _missing,
        31: _pence,
        44: _wrong_currency,
        58: _small_difference,
        77: _missing,
        95: _booked_twice,
        103: _swapped_digits,
        118: _huge_quantity,
        131: _missing,
        150: _two_currencies,
        171: _missing,
        188: _huge_quantity,
        199: _within_tolerance,
    }
    for number in range(220):
        trade_id = f"T-{20481900 + number}"
        instrument = random_source.choice(INSTRUMENTS)
        usual = {
            "trader": random_source.choice(TRADERS),
            "counterparty": random_source.choice(COUNTERPARTIES),
            "side": random_source.choice(("BUY", "SELL")),
            "trade_date": random_source.choice(("2026-11-16", "2026-11-17", "2026-11-18")),
        }
        quantity = str(random_source.randrange(1, 60) * random_source.choice((25, 50, 100)))
        price = _near(random_source, instrument[2])
        base = Base(trade_id, instrument, quantity, price, usual)
        if number in planted:
            planted[number](day, base)
        elif number % 16 == 5:
            day.trade(trade_id, instrument, quantity, price, **usual, status="settled")
            day.entry(trade_id, "0.00", instrument[1], instrument[3], description="Settled earlier")
        else:
            _ordinary(random_source, day, base)
    _orphans(day)
    random_source.shuffle(day.entries)
    return day


def _near(random_source: random.Random, price: str) -> str:
    places = len(price.partition(".")[2])
    moved = Decimal(price) * Decimal(random_source.randrange(9700, 10300)) / 10000
    return str(moved.quantize(Decimal(1).scaleb(-places)))


def _signed(amount: Decimal, side: str) -> Decimal:
    """The ledger's side: money goes out for a buy."""
    return -amount if side == "BUY" else amount


def _ordinary(random_source: random.Random, day: Day, base: Base) -> None:
    trade_id, instrument, quantity, price, usual = (
        base.trade_id,
        base.instrument,
        base.quantity,
        base.price,
        base.usual,
    )
    gross = _signed(day.trade(trade_id, instrument, quantity, price, **usual), usual["side"])
    if random_source.random() < 0.12:
        part = (gross / 3).quantize(Decimal("0.01"))
        for amount in (part, gross - part):
            day.entry(trade_id, amount, instrument[1], instrument[3], entry_type="PARTIAL")
    else:
        day.entry(trade_id, gross, instrument[1], instrument[3])


def _fee_with_wrong_sign(day: Day, base: Base) -> None:
    trade_id, usual = base.trade_id, base.usual
    instrument = INSTRUMENTS[0]
    day.trade(trade_id, instrument, "1850", "684.30", **{**usual, "side": "BUY"})
    day.entry(trade_id, "-1265330.00", "EUR", instrument[3])
    day.entry(trade_id, "625.00", "EUR", "4410-FEE", entry_type="FEE", description=f"Fee {trade_id}")
    day.planted.append(("AMOUNT_MISMATCH", trade_id))


def _missing(day: Day, base: Base) -> None:
    trade_id, instrument, quantity, price, usual = (
        base.trade_id,
        base.instrument,
        base.quantity,
        base.price,
        base.usual,
    )
    day.trade(trade_id, instrument, quantity, price, **usual)
    day.planted.append(("MISSING_LEDGER_ENTRY", trade_id))


def _pence(day: Day, base: Base) -> None:
    trade_id, usual = base.trade_id, base.usual
    instrument = INSTRUMENTS[6]
    gross = _signed(day.trade(trade_id, instrument, "4000", "0.7314", **usual), usual["side"])
    day.entry(trade_id, gross * 100, "GBP", instrument[3])
    day.planted.append(("AMOUNT_MISMATCH", trade_id))


def _wrong_currency(day: Day, base: Base) -> None:
    trade_id, usual = base.trade_id, base.usual
    instrument = INSTRUMENTS[8]
    gross = _signed(day.trade(trade_id, instrument, "4000", "26.845", **usual), usual["side"])
    day.entry(trade_id, gross, "EUR", instrument[3])
    day.planted.append(("CURRENCY_MISMATCH", trade_id))


def _two_currencies(day: Day, base: Base) -> None:
    trade_id, usual = base.trade_id, base.usual
    instrument = INSTRUMENTS[10]
    day.trade(trade_id, instrument, "500", "87.56", **{**usual, "side": "SELL"})
    day.entry(trade_id, "43780.00", "CHF", instrument[3])
    day.entry(trade_id, "-12.50", "EUR", "4410-FEE", entry_type="FEE")
    day.planted.append(("CURRENCY_MISMATCH", trade_id))


def _small_difference(day: Day, base: Base) -> None:
    trade_id, usual = base.trade_id, base.usual
    instrument = INSTRUMENTS[4]
    gross = _signed(day.trade(trade_id, instrument, "1350", "6.8145", **usual), usual["side"])
    day.entry(trade_id, (gross + Decimal("0.02")).quantize(Decimal("0.001")), "EUR", instrument[3])
    day.planted.append(("AMOUNT_MISMATCH", trade_id))


def _within_tolerance(day: Day, base: Base) -> None:
    trade_id, usual = base.trade_id, base.usual
    instrument = INSTRUMENTS[1]
    gross = _signed(day.trade(trade_id, instrument, "100", "212.44", **usual), usual["side"])
    day.entry(trade_id, gross + Decimal("0.01"), "EUR", instrument[3])


def _booked_twice(day: Day, base: Base) -> None:
    trade_id, instrument, quantity, price, usual = (
        base.trade_id,
        base.instrument,
        base.quantity,
        base.price,
        base.usual,
    )
    gross = _signed(day.trade(trade_id, instrument, quantity, price, **usual), usual["side"])
    for _ in range(2):
        day.entry(trade_id, gross, instrument[1], instrument[3])
    day.planted.append(("AMOUNT_MISMATCH", trade_id))


def _swapped_digits(day: Day, base: Base) -> None:
    trade_id, usual = base.trade_id, base.usual
    instrument = INSTRUMENTS[7]
    day.trade(trade_id, instrument, "200", "118.92", **{**usual, "side": "SELL"})
    day.entry(trade_id, "27384.00", "GBP", instrument[3])
    day.planted.append(("AMOUNT_MISMATCH", trade_id))


def _huge_quantity(day: Day, base: Base) -> None:
    trade_id, usual = base.trade_id, base.usual
    instrument = INSTRUMENTS[9]
    gross = _signed(day.trade(trade_id, instrument, "85000", "7.163", **usual), usual["side"])
    day.entry(trade_id, gross, "GBP", instrument[3])
    day.planted.append(("ANOMALOUS_QUANTITY", trade_id))


def _orphans(day: Day) -> None:
    for trade_id, amounts, currency in (
        ("T-20479902", ("-18450.00",), "EUR"),
        ("T-20479911", ("9120.40", "-12.00"), "GBP"),
        ("t-20481905", ("5100.00",), "EUR"),
    ):
        for amount in amounts:
            day.entry(trade_id, amount, currency, "4410-EQ-AMS")
        day.planted.append(("ORPHAN_LEDGER_ENTRY", trade_id))


def _save(name: str, header: str, rows: Iterable[Sequence[str]]) -> None:
    with (SAMPLE / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header.split(","))
        writer.writerows(rows)


def main() -> None:
    """Writes the three files."""
    SAMPLE.mkdir(parents=True, exist_ok=True)
    day = make_day()
    _save("trades.csv", TRADE_HEADER, day.trades)
    _save("ledger.csv", LEDGER_HEADER, day.entries)
    _save("planted.csv", "issue_type,trade_id", sorted(day.planted))


if __name__ == "__main__":
    main()
