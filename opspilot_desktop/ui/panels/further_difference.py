"""The figures of the issues of the rules that are off by default (see difference)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from opspilot_desktop.domain.issues import IssueType
from opspilot_desktop.domain.situation import IssueDetail
from opspilot_desktop.recon.further_explain import (
    counted_values,
    days_between,
    deal,
    distance_label,
    source_sums,
)
from opspilot_desktop.recon.wording import atoms, count, flat, listed, money, number, ratio

from .figures import NONE, Fact, Figures, FiguresOf, short, worth

_MOST_FACTS = 5


def _of_duplicate(detail: IssueDetail) -> Figures:
    evidence = detail.evidence
    copies = evidence.get("copies")
    same_as = [flat(key) for key in evidence.get("same_as") or ()]
    line = f"The same as {listed(same_as)}" if same_as else ""
    facts = [
        Fact(label, text)
        for label, text in (
            ("Quantity", number(evidence.get("quantity"))),
            ("Price", money(evidence.get("price"))),
            ("Trade date", _text(evidence.get("trade_date"))),
        )
        if text is not None
    ]
    if not isinstance(copies, int):
        return Figures("Duplicate of", NONE, "", line, tuple(facts))
    unit = "earlier trade" if copies == 1 else "earlier trades"
    return Figures("Duplicate of", f"{copies:,}", unit, line, tuple(facts))


def _of_settlement_date(detail: IssueDetail) -> Figures:
    evidence = detail.evidence
    settles, values = _text(evidence.get("settle_date")), counted_values(evidence)
    line = f"The trade settles on {settles}" if settles else ""
    facts = _counted(evidence)
    days = evidence.get("days")
    if isinstance(days, int) and days:
        facts.append(Fact("Allowed", count(days, "business day")))
    if len(values) != 1:
        return Figures("Other value dates", f"{len(values)}" if values else NONE, "", line, tuple(facts))
    apart = days_between(settles, values[0][0])
    unit = f"{count(abs(apart), 'day')} {'later' if apart > 0 else 'earlier'}" if apart else ""
    return Figures("Value date", values[0][0], unit, line, tuple(facts))


def _of_account(detail: IssueDetail) -> Figures:
    evidence = detail.evidence
    account, entries = _text(evidence.get("account")), evidence.get("entries")
    line = f"The trade is in account {account}" if account else ""
    facts = tuple(_counted(evidence))
    if not isinstance(entries, int):
        return Figures("In another account", NONE, "", line, facts)
    return Figures("In another account", f"{entries:,}", "entry" if entries == 1 else "entries", line, facts)


def _of_side(detail: IssueDetail) -> Figures:
    evidence = detail.evidence
    sums = source_sums(evidence)
    facts = []
    for source, amount, signs in sums[:_MOST_FACTS]:
        facts.append(Fact(f"Source {source}" if source else "No source", amount, signs))
    facts += worth(evidence)
    line = f"The trade is {deal(evidence)} and the ledger books the opposite" if sums else ""
    if len(sums) == 1:
        return Figures("Booked the wrong way", sums[0][1], "", line, tuple(facts))
    return Figures("Booked the wrong way", f"{len(sums)}" if sums else NONE, "sources", line, tuple(facts))


def _of_stale(detail: IssueDetail) -> Figures:
    evidence = detail.evidence
    settles, as_of = _text(evidence.get("settle_date")), _text(evidence.get("as_of"))
    late = days_between(settles, as_of)
    facts = [Fact("Settlement date", settles)] if settles else []
    days = evidence.get("days")
    if isinstance(days, int):
        facts.append(Fact("Allowed", count(days, "business day")))
    status = _text(evidence.get("status"))
    line = f"Still {status} on {as_of}" if status and as_of else ""
    figure = NONE if late is None else f"{late:,}"
    unit = "day" if late == 1 else "days"
    return Figures("Past its settlement date", figure, unit, line, (*facts, *worth(evidence)))


def _of_price(detail: IssueDetail) -> Figures:
    return _of_far(detail, "Price", money(detail.evidence.get("price")), "price")


def _of_quantity(detail: IssueDetail) -> Figures:
    return _of_far(detail, "Quantity", number(detail.evidence.get("quantity")), "quantity")


def _of_far(detail: IssueDetail, title: str, figure: str | None, name: str) -> Figures:
    evidence = detail.evidence
    facts = []
    for label, key in (
        ("Usual from", "low"),
        ("Usual to", "high"),
        ("Median", "median"),
        (distance_label(evidence), "spread"),
        ("Times allowed", "deviations"),
    ):
        exact, cut = number(evidence.get(key)), short(evidence.get(key))
        if exact is not None and cut is not None:
            facts.append(Fact(label, cut, exact if cut != exact else ""))
    trades = evidence.get("trades")
    if isinstance(trades, int):
        facts.append(Fact("Median over", count(trades, "trade")))
    return Figures(title, figure or NONE, "", _distance(evidence, name), tuple(facts))


def _distance(evidence: Mapping[str, Any], name: str) -> str:
    value, median, spread = (atoms(evidence.get(key)) for key in (name, "median", "spread"))
    if value is None or median is None or not spread:
        return ""
    times = ratio(abs(value - median), spread, 1)
    return f"about {times} times the {distance_label(evidence).lower()} from the median"


def _counted(evidence: Mapping[str, Any]) -> list[Fact]:
    values = counted_values(evidence)
    facts = [Fact(value, count(entries, "entry", "entries")) for value, entries in values[:_MOST_FACTS]]
    if more := len(values) - len(facts):
        facts.append(Fact("Others", f"{more:,}"))
    return facts


def _text(value: object) -> str | None:
    return flat(value) if isinstance(value, str) and value else None


FURTHER_FIGURES: Mapping[str, FiguresOf] = {
    IssueType.DUPLICATE_TRADE: _of_duplicate,
    IssueType.SETTLEMENT_DATE_MISMATCH: _of_settlement_date,
    IssueType.ACCOUNT_MISMATCH: _of_account,
    IssueType.SIDE_MISMATCH: _of_side,
    IssueType.STALE_PENDING: _of_stale,
    IssueType.ANOMALOUS_PRICE: _of_price,
    IssueType.ANOMALOUS_QUANTITY_BY_INSTRUMENT: _of_quantity,
}
"""The figures of an issue, by its type."""
