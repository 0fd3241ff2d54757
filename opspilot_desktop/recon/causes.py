"""What may lie behind an issue, as far as its figures tell. Possibilities only: each one says so.

Every comparison is exact: amounts are whole numbers of 1e-18.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from opspilot_desktop.domain.issues import IssueType
from opspilot_desktop.domain.situation import IssueDetail, Row

from .further_causes import FURTHER_CAUSES
from .wording import ONE, atoms, count, escape, money_of, number_of, ratio

MOST_CAUSES = 5

_MINOR_UNITS = {"GBp": "GBP", "GBX": "GBP", "ZAc": "ZAR", "ZAC": "ZAR", "ILA": "ILS", "ILa": "ILS"}
"""Currencies quoted in hundredths, and the currency they are hundredths of."""


@dataclass(frozen=True)
class Posting:
    """A ledger entry as the causes look at it: what it is called and its exact amount."""

    label: str
    amount: int


def likely_causes(detail: IssueDetail) -> list[str]:
    """Possible causes as Markdown sentences, those that the figures point at first; never empty."""
    issue_type = str(detail.issue.get("issue_type", ""))
    causes: dict[str, Callable[[IssueDetail], list[str]]] = {
        IssueType.AMOUNT_MISMATCH: _of_amount,
        IssueType.CURRENCY_MISMATCH: _of_currency,
        IssueType.MISSING_LEDGER_ENTRY: _of_missing_entry,
        IssueType.ORPHAN_LEDGER_ENTRY: _of_orphan,
        IssueType.ANOMALOUS_QUANTITY: _of_quantity,
        **FURTHER_CAUSES,
    }
    find = causes.get(issue_type)
    found = find(detail)[:MOST_CAUSES] if find is not None else []
    return found or ["The figures alone do not tell; the trade or its ledger entries may show it."]


def postings(detail: IssueDetail) -> list[Posting]:
    """The entries with an amount; none if they are known to have changed since they were measured, or if
    they were summed with other signs than they have."""
    entries = [
        Posting(_label(entry), exact)
        for entry in detail.entries
        if (exact := atoms(entry.get("amount"))) is not None
    ]
    if is_outdated(detail) or detail.evidence.get("turned"):
        return []
    return entries


def is_outdated(detail: IssueDetail) -> bool:
    """Whether the entries as they are now no longer add up to what the engine measured."""
    measured = atoms(detail.evidence.get("sum"))
    if measured is None or len(detail.entries) < detail.entry_count or detail.evidence.get("turned"):
        return False
    return sum(atoms(entry.get("amount")) or 0 for entry in detail.entries) != measured


def _label(entry: Row) -> str:
    name = entry.get("entry_id") or entry.get("description") or entry.get("entry_type")
    return escape(name) if name else "an entry without an id"


def _of_amount(detail: IssueDetail) -> list[str]:
    evidence = detail.evidence
    gross, total = atoms(evidence.get("gross")), atoms(evidence.get("sum"))
    if gross is None or total is None:
        return []
    gross, tolerance = abs(gross), atoms(evidence.get("tolerance")) or 0
    if total == 0:
        return [
            "The entries cancel each other out: a booking may have been reversed and not been booked again."
        ]
    found = [
        *_factor(gross, abs(total), tolerance),
        *_one_posting(gross, total, tolerance, postings(detail)),
        *_swapped(gross, abs(total), evidence),
        *_small(gross, abs(total), tolerance),
    ]
    return found or _unexplained_amount(gross, abs(total))


def _factor(gross: int, total: int, tolerance: int) -> list[str]:
    """One side is a round multiple of the other."""
    if min(gross, total) <= 10 * tolerance:
        return []  # beside so small an amount the tolerance would make any factor fit
    for factor in (100, 1000, 10, 1_000_000, 2):
        if abs(total - factor * gross) <= tolerance:
            what = f"The ledger is {factor:,} times the trade"
        elif abs(gross - factor * total) <= factor * tolerance:
            what = f"The trade is {factor:,} times the ledger"
        else:
            continue
        if factor == 100:
            return [f"{what}: one side may be in pence or cents."]
        if factor > 2:
            return [f"{what}: a decimal point or a unit (single, thousand) may differ between the two sides."]
        if total > gross:
            return [f"{what}: the trade may have been booked twice."]
        return [f"{what}: one of two equal bookings may be missing."]
    return []


def _one_posting(gross: int, total: int, tolerance: int, entries: list[Posting]) -> list[str]:
    """One entry, turned round, taken away or booked once more, would make both sides agree."""

    def agreeing(change: Callable[[int], int]) -> list[Posting]:
        fits = [e for e in entries if e.amount and abs(abs(total + change(e.amount)) - gross) <= tolerance]
        return sorted(fits, key=lambda entry: abs(entry.amount))

    if len(entries) < 2:
        return []
    found: list[str] = []
    # Of two entries either can be turned round with the same effect; the smaller one is the odder one.
    for entry in agreeing(lambda amount: -2 * amount)[:1]:
        found.append(
            f"With its sign turned round, {_named(entry)} would make both sides agree:"
            " it may have been booked with the wrong sign."
        )
    for entry in agreeing(lambda amount: -amount)[:1]:
        twins = sum(other.amount == entry.amount for other in entries)
        found.append(
            f"Without {_named(entry)} both sides would agree, and {count(twins, 'entry', 'entries')} have"
            " that amount: one may be a duplicate."
            if twins > 1
            else f"Without {_named(entry)} both sides would agree: it may be a fee or a tax that is no part"
            " of the trade, a duplicate, or an entry of another trade."
        )
    for entry in agreeing(lambda amount: amount)[:1]:
        found.append(
            f"The difference is the amount of {_named(entry)}: a second entry of that amount may be missing."
        )
    return found


def _named(entry: Posting) -> str:
    return f"{entry.label} ({money_of(entry.amount)})"


def _swapped(gross: int, total: int, evidence: Mapping[str, Any]) -> list[str]:
    """Two digits changed places, in the amount or in the quantity that the amount implies."""
    if _is_transposition(gross, total):
        return [
            f"{money_of(gross)} and {money_of(total)} differ by two digits that have changed places:"
            " one may be a typing error."
        ]
    price, quantity = atoms(evidence.get("price")), atoms(evidence.get("quantity"))
    if not price or not quantity or len(str(abs(price)).rstrip("0")) < 3:
        return []  # a round price divides too many amounts to say anything
    implied, rest = divmod(total * ONE, abs(price))
    if rest or implied % ONE or not 2 * implied > quantity > implied // 2:
        return []
    return [
        f"At the trade's price the ledger would be right for a quantity of {number_of(implied)}"
        f" instead of {number_of(quantity)}: one side may have another quantity."
    ]


def _is_transposition(one: int, other: int) -> bool:
    left, right = str(one), str(other)
    differing = [place for place, (a, b) in enumerate(zip(left, right, strict=False)) if a != b]
    if len(left) != len(right) or len(differing) != 2:
        return False
    first, second = differing
    return left[first] == right[second] and left[second] == right[first]


def _small(gross: int, total: int, tolerance: int) -> list[str]:
    """Rounding, commission: told by the size of the difference alone."""
    difference = abs(total - gross)
    if not gross:
        return ["The trade is worth nothing (its price is 0): the ledger's amount may be a fee."]
    if difference <= 10 * tolerance or (difference < ONE and difference * 10_000 <= gross):
        return [
            f"The difference is small ({money_of(difference)}): the price, the accrued interest or an"
            " exchange rate may have been rounded differently on the two sides."
        ]
    return []


def _unexplained_amount(gross: int, total: int) -> list[str]:
    found: list[str] = []
    difference = abs(total - gross)
    if difference * 50 <= gross:
        found.append(
            f"The difference is about {ratio(difference * 10_000, gross, 2)} bp of the trade: a commission,"
            " a tax or accrued interest may be in one side and not in the other."
        )
    elif total < gross:
        found.append("The ledger covers part of the trade: another part may not be booked yet.")
    found.append("The price or the quantity may have been corrected on one side only.")
    return found


def _of_currency(detail: IssueDetail) -> list[str]:
    evidence = detail.evidence
    gross, own = atoms(evidence.get("gross")), _text(evidence.get("currency"))
    sums = [item for item in evidence.get("sums") or () if isinstance(item, Mapping)]
    named = [item for item in sums if _text(item.get("currency"))]
    found = _spelling([own] if own else [], [item["currency"] for item in named])
    foreign = [item for item in named if item["currency"] != own]
    if gross and own and len(foreign) == 1 and len(named) == 1:
        found += _one_foreign_sum(abs(gross), own, foreign[0])
    if len(named) > 1:
        found.append(
            "The ledger uses more than one currency for this trade: a fee, a tax or one leg of a currency"
            " exchange may have been booked in its own currency."
        )
    return found or ["A currency may have been entered wrongly on one side."]


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _spelling(own: list[str], named: list[str]) -> list[str]:
    """Two of the currencies are one and the same apart from case or hundredths."""
    every = list(dict.fromkeys(own + named))
    for currency in every:
        major = _MINOR_UNITS.get(currency)
        if major in every:
            return [
                f"{escape(currency)} is the hundredth part of {escape(major)}:"
                " one side may be in pence or cents."
            ]
    for first, second in pairwise(sorted(every, key=str.upper)):
        if first.upper() == second.upper():
            return [f"{escape(first)} and {escape(second)} may be two spellings of one currency."]
    return []


def _one_foreign_sum(gross: int, own: str, item: Mapping[str, Any]) -> list[str]:
    total, currency = atoms(item.get("sum")), str(item["currency"])
    if not total or currency in _MINOR_UNITS or own in _MINOR_UNITS:
        return []
    if abs(total) == gross:
        return [
            f"The figures are the same ({money_of(gross)}) and only the currency differs:"
            " it may have been entered wrongly on one side."
        ]
    return [
        f"The ledger may hold the settlement amount in {escape(currency)}; that would mean a rate of about"
        f" {ratio(abs(total), gross, 6)} {escape(currency)} for one {escape(own)}."
    ]


def _of_missing_entry(detail: IssueDetail) -> list[str]:
    found: list[str] = []
    trade = detail.trade or {}
    if atoms(detail.evidence.get("gross")) == 0:
        found.append("The trade is worth nothing (its price is 0): there may rightly be no ledger entry.")
    settles, detected = trade.get("settle_date"), str(detail.issue.get("detected_at") or "")[:10]
    if settles and detected and str(settles) >= detected:
        found.append(
            f"The trade settles on {escape(settles)} and the issue was found on {escape(detected)}:"
            " the entry may not be booked yet."
        )
    return [
        *found,
        "The ledger file that holds the entry may not have been imported yet.",
        "The entry may stand under another trade id: case, leading zeros and inner spaces count.",
        "The booking may have failed or been forgotten in the ledger.",
    ]


def _of_orphan(detail: IssueDetail) -> list[str]:
    found: list[str] = []
    sums = [item for item in detail.evidence.get("sums") or () if isinstance(item, Mapping)]
    if sums and all(atoms(item.get("sum")) == 0 for item in sums) and detail.evidence.get("entries") != 1:
        found.append(
            "The entries cancel each other out: the trade may have been cancelled and its booking reversed."
        )
    return [
        *found,
        "The trade file that holds the trade may not have been imported yet.",
        "The trade id may be written differently in the ledger: case, leading zeros and inner spaces count.",
        "The entry may belong to no trade, such as a manual booking or a fee of the account.",
    ]


def _of_quantity(detail: IssueDetail) -> list[str]:
    evidence = detail.evidence
    found: list[str] = []
    quantity, mean = atoms(evidence.get("quantity")), atoms(evidence.get("mean"))
    if quantity and mean:
        for unit in (1_000_000, 1000, 100):
            if quantity % (unit * ONE) == 0 and quantity >= 50 * mean and quantity // unit * 10 >= mean:
                found.append(
                    f"Divided by {unit:,} the quantity would be {number_of(quantity // unit)}, as usual here:"
                    " it may have been entered in another unit."
                )
                break
    trades = evidence.get("trades")
    if isinstance(trades, int) and trades < 30:
        found.append(
            f"The mean is taken over {count(trades, 'trade')} only: it may say little about what is usual."
        )
    return [
        *found,
        "A zero too many or a shifted decimal point may have been entered.",
        "The trade may be genuine: a block trade or a nominal amount beside numbers of shares.",
    ]
