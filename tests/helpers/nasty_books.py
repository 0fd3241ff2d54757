"""Books made to be awkward: amounts beside what is allowed, sums beyond 64 bits, ids that look alike."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from opspilot_desktop.recon.rule_settings import RuleSettings, SignConvention, Tolerance
from tests.helpers.books import entry, trade
from tests.helpers.further_oracle import signed
from tests.helpers.oracle import gross_of
from tests.helpers.oracle_tolerance import ATOM, EXACT, tolerance_of

LARGEST = Decimal("9999999999999999.999999999")
TOP = 2**63
"""One more than the largest number of 64 bits."""

IDS = (
    *(
        "T1",
        "t1",
        "T01",
        "007",
        "7",
        "1e5",
        "NULL",
        "nan",
        "T 1",
        "T\u00a01",
        "a'b\"c\\",
        "%",
        "_",
        "T,1",
        "T\n1",
    ),
    *("\u00c9", "E\u0301", "\u00e9", "e\u0301"),  # composed and decomposed, in both cases
    *("i", "I", "\u0130", "\u0131", "ss", "\u00df", "\u1e9e", "\ufb01", "fi", "\u03a3", "\u03c3", "\u03c2"),
    *(
        "T\u200b1",
        "T\u200d1",
        "\ufeffT1",
        "\u05d0\u05d1",
        "\u202eT1",
        "\U0001f9fe",
        "\U0001d7d9",
        "\ufffd",
        "\uffff",
    ),
    *("T\u20281", "T\x1f1", "T\x7f1", "\u03a9" * 200, "\u03a9" * 199 + "\u03c9"),
)
CURRENCIES = (None, None, "EUR", "EUR", "EUR", "eur", "GBP", "GBp", "\u20ac")
STATUSES = ("pending", "pending", "pending", "settled", "cancelled")

_texts = ("1", "0.1", "0.333333333", "0.000000001", "3", "100", "99999999", "1000000000", "1000000000000")
numbers = st.one_of(
    st.sampled_from([*map(Decimal, _texts), LARGEST, Decimal("999999999999.999999999")]),
    st.integers(1, 10**13).map(lambda nanos: EXACT.multiply(Decimal(nanos), ATOM)),
    st.integers(1, 10**21).map(lambda nanos: EXACT.multiply(Decimal(nanos), ATOM)),
)
_allowed = st.sampled_from(
    [*map(Decimal, ("0.01", "0.01", "0", "0", "0.000000001", "1", "0.333333333")), LARGEST]
)
_shares = st.sampled_from(
    list(map(Decimal, ("0", "0", "0", "0", "0.0001", "1", "33.3333", "9999.9999", "10000")))
)


@dataclass(frozen=True)
class NastyBook:
    """Trades and entries as they are to be stored, numbers as texts, and the settings to judge them by."""

    trades: list[dict[str, Any]]
    entries: list[dict[str, Any]]
    settings: RuleSettings


@st.composite
def nasty_books(draw: st.DrawFn) -> NastyBook:
    """A book of up to twenty trades."""
    settings = draw(_settings())
    size = draw(st.integers(0, 20))
    keys = draw(st.lists(st.sampled_from(IDS), unique=True, min_size=size, max_size=size))
    trades = [made for key in keys if is_storable(made := draw(_trade(key)))]
    trades += draw(_at_the_threshold(trades, settings))
    entries = [made for one in trades for made in draw(_entries(one, settings))]
    for key in draw(st.lists(st.sampled_from(IDS), max_size=4)):
        entries.append(draw(_entry(key, draw(numbers))))
    if trades and draw(st.integers(0, 7)) == 0:
        entries += draw(_beyond_64_bits(draw(st.sampled_from([*trades, {"trade_id": "NOBODY"}]))["trade_id"]))
    return NastyBook(trades, draw(st.permutations(entries)) if len(entries) < 50 else entries, settings)


def is_storable(record: dict[str, Any]) -> bool:
    """Whether the gross amount is below its limit."""
    return EXACT.abs(gross_of(record)) < 10**18


@st.composite
def _settings(draw: st.DrawFn) -> RuleSettings:
    line = st.builds(Tolerance, _allowed, _shares, currency=st.sampled_from(["EUR", "eur", "GBp"]))
    factors = ("5", "5", "1", "1.000000001", "0.5", "2", "0.000000001", str(LARGEST))
    return RuleSettings(
        tolerance=draw(_allowed),
        basis_points=draw(_shares),
        tolerances=tuple(draw(st.lists(line, max_size=2))),
        anomaly_factor=Decimal(draw(st.sampled_from(factors))),
        checked_statuses=draw(
            st.sampled_from([("pending",), ("pending",), ("pending", "settled"), ("ghost",)])
        ),
        signs=draw(st.sampled_from([{}, {"BANK": SignConvention.BY_ENTRY_TYPE}])),
    )


@st.composite
def _trade(draw: st.DrawFn, key: str) -> dict[str, Any]:
    price = draw(st.one_of(numbers, numbers.map(EXACT.minus), st.just(Decimal(0))))
    currency, status = draw(st.sampled_from(CURRENCIES)), draw(st.sampled_from(STATUSES))
    return trade(key, f"{draw(numbers):f}", f"{price:f}", currency=currency, status=status)


@st.composite
def _at_the_threshold(
    draw: st.DrawFn, trades: list[dict[str, Any]], settings: RuleSettings
) -> list[dict[str, Any]]:
    """A trade whose quantity is the factor times the mean, itself included, or one digit beside it."""
    factor, count = Fraction(settings.anomaly_factor), len(trades) + 1
    if not trades or factor >= count:
        return []
    others = sum((Fraction(Decimal(one["quantity"])) for one in trades), Fraction(0))
    nanos = int(factor * others / (count - factor) * 10**9) + draw(st.sampled_from([-1, 0, 1]))
    if not 0 < nanos < 10**25:
        return []
    quantity = EXACT.multiply(Decimal(nanos), ATOM)
    return [trade("EDGE", f"{quantity:f}", "0", status="settled", currency=None)]


@st.composite
def _entries(draw: st.DrawFn, of_trade: dict[str, Any], settings: RuleSettings) -> list[dict[str, Any]]:
    """None, or ones that sum to the gross amount, or to as far beside it as is allowed, or a digit more."""
    if draw(st.integers(0, 5)) == 0:
        return []
    gross = EXACT.abs(gross_of(of_trade))
    allowed = tolerance_of(of_trade, of_trade["currency"], gross, settings)
    beside = draw(
        st.sampled_from([Decimal(0), ATOM, Decimal(1), allowed, allowed, allowed - ATOM, allowed + ATOM])
    )
    # Below or above the digits that no entry can have.
    near = gross.quantize(ATOM, rounding=ROUND_FLOOR, context=EXACT) + draw(st.sampled_from([0, ATOM]))
    goal = EXACT.add(near, draw(st.sampled_from([beside, -beside])))
    parts = [goal]
    halves = st.sampled_from([Decimal("0.5"), Decimal("-0.5")])  # whose digits carry into the units
    for moved in draw(st.lists(st.one_of(halves, numbers, numbers.map(EXACT.minus)), max_size=3)):
        parts[0] = EXACT.subtract(parts[0], moved)
        parts.append(moved)
    for offset in draw(st.lists(numbers, max_size=1)):
        parts += [offset, -offset]
    turned = draw(st.sampled_from([1, 1, -1]))
    same = draw(st.integers(0, 3))  # mostly in the trade's own currency
    made = [draw(_entry(of_trade["trade_id"], part * turned)) for part in parts if abs(part) <= LARGEST]
    if same:
        for one in made:
            one["currency"] = of_trade["currency"]
    if settings.signs:  # so that the sum is what it was meant to be
        for one in made:
            one["amount"] = f"{signed(one, settings, as_cash=False):f}"
    return made


@st.composite
def _entry(draw: st.DrawFn, key: str, amount: Decimal) -> dict[str, Any]:
    return entry(
        key,
        f"{amount:f}",
        currency=draw(st.sampled_from(CURRENCIES)),
        source=draw(st.sampled_from(["", "BANK"])),
        entry_type=draw(st.sampled_from([None, "Debit", "dr", "CREDIT"])),
    )


@st.composite
def _beyond_64_bits(draw: st.DrawFn, key: str) -> list[dict[str, Any]]:
    """Entries whose sum is at the end of 64 bits, or beyond it on the way to a smaller one."""
    sign = draw(st.sampled_from([1, -1]))
    goal = draw(st.sampled_from([TOP - 1, TOP, 9 * 10**18 - 1, 9 * 10**18, 5]))
    whole = 10**16 - 1
    parts = [whole] * (TOP // whole + 1)
    left = goal - sum(parts)
    while abs(left) > whole:
        parts.append(whole if left > 0 else -whole)
        left -= parts[-1]
    currency = draw(st.sampled_from(CURRENCIES))
    rows = [
        entry(key, str(part * sign), currency=currency, source="", entry_type=None) for part in (*parts, left)
    ]
    return rows[::-1] if draw(st.booleans()) else rows
