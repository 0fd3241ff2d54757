"""What may lie behind the issues of the rules that are off by default. Possibilities only, as in causes."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ..domain.issues import IssueType
from ..domain.situation import IssueDetail
from .further_explain import counted_values, days_between
from .wording import ONE, atoms, count, escape, number_of


def _of_duplicate(detail: IssueDetail) -> list[str]:
    names = (("trade date", "trade_date"), ("counterparty", "counterparty"))
    blank = [label for label, name in names if detail.evidence.get(name) is None]
    found = []
    if blank:
        found.append(f"The trades have no {' and no '.join(blank)}, in which they may differ.")
    return [
        *found,
        "The trade may have been entered, or sent by another system, twice.",
        "They may be genuine: two fills of one order, or two equal orders.",
    ]


def _of_settlement_date(detail: IssueDetail) -> list[str]:
    evidence, found = detail.evidence, []
    values = counted_values(evidence)
    if len(values) == 1:
        days = days_between(evidence.get("settle_date"), values[0][0])
        if days:
            when = "later" if days > 0 else "earlier"
            why = "failed and been booked when it came" if days > 0 else "been booked ahead"
            found.append(
                f"The value date is {count(abs(days), 'day')} {when} than the settlement date:"
                f" the settlement may have {why}."
            )
    return [
        *found,
        "A holiday may have been counted on one side only.",
        "A date may have been entered wrongly, or corrected on one side only.",
    ]


def _of_account(detail: IssueDetail) -> list[str]:
    own = str(detail.evidence.get("account") or "")
    found = []
    for value, _entries in counted_values(detail.evidence):
        if own and value.replace(" ", "").upper() == own.replace(" ", "").upper():
            found.append(f"{escape(value)} and {escape(own)} may be two spellings of one account.")
            break
    return [
        *found,
        "The ledger may call the account by another name.",
        "The trade or the entry may have been booked in the wrong account.",
        "The trade may have been allocated to another account afterwards.",
    ]


def _of_side(detail: IssueDetail) -> list[str]:
    found = []
    if (atoms(detail.evidence.get("gross")) or 0) < 0:
        found.append("The price is below 0, which turns the direction: one side may not know that.")
    return [
        *found,
        "The trade may have been entered as a purchase instead of a sale, or the other way round.",
        "The entry may have been booked with the wrong sign, or debit and credit may have been changed.",
        "The source may sign its amounts in another way than the settings say.",
    ]


def _of_stale(detail: IssueDetail) -> list[str]:
    found = []
    if detail.entry_count:
        have = "entry is" if detail.entry_count == 1 else "entries are"
        found.append(
            f"{detail.entry_count:,} ledger {have} booked for it: it may have settled,"
            " and its status may not have been updated."
        )
    return [
        *found,
        "The settlement may have failed: securities, cash or an instruction may be missing.",
        "The trade may have been cancelled, or its settlement date moved, in another system only.",
    ]


def _of_price(detail: IssueDetail) -> list[str]:
    return [
        *_shifted(detail, "price", (10, 100, 1000)),
        "A decimal point may be shifted, or the price be in another unit (pence, percent of the nominal).",
        "The price may be of another instrument or of another day, or the instrument may have been split.",
        "The price may be genuine: markets move.",
    ]


def _of_quantity(detail: IssueDetail) -> list[str]:
    return [
        *_shifted(detail, "quantity", (10, 100, 1000, 1_000_000)),
        "A zero too many or too few may have been entered, or the quantity be in another unit.",
        "The trade may be genuine: a block trade, or an odd lot.",
    ]


def _shifted(detail: IssueDetail, name: str, factors: tuple[int, ...]) -> list[str]:
    """Whether the value would be usual with its decimal point elsewhere."""
    value, low, high = (atoms(detail.evidence.get(key)) for key in (name, "low", "high"))
    if value is None or low is None or high is None or not value:
        return []
    for factor in factors:
        for what, shifted, exact in (
            ("Divided", value // factor, value % factor == 0),
            ("Multiplied", value * factor, value * factor < 10**16 * ONE),
        ):
            if exact and low <= shifted <= high:
                return [f"{what} by {factor:,} the {name} would be {number_of(shifted)}, as usual here."]
    return []


FURTHER_CAUSES: Mapping[str, Callable[[IssueDetail], list[str]]] = {
    IssueType.DUPLICATE_TRADE: _of_duplicate,
    IssueType.SETTLEMENT_DATE_MISMATCH: _of_settlement_date,
    IssueType.ACCOUNT_MISMATCH: _of_account,
    IssueType.SIDE_MISMATCH: _of_side,
    IssueType.STALE_PENDING: _of_stale,
    IssueType.ANOMALOUS_PRICE: _of_price,
    IssueType.ANOMALOUS_QUANTITY_BY_INSTRUMENT: _of_quantity,
}
"""Possible causes as Markdown sentences, by the issue's type."""
