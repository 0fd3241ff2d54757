"""The figures of an issue beside its comparison: how large the difference is, and what it comes from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from opspilot_desktop.domain.clock import local
from opspilot_desktop.domain.issues import IssueType
from opspilot_desktop.domain.situation import IssueDetail
from opspilot_desktop.recon.causes import is_outdated
from opspilot_desktop.recon.wording import atoms, count, flat, money, money_of, number, ratio

from .figures import NONE, Fact, Figures, FiguresOf, short, worth
from .further_difference import FURTHER_FIGURES
from .local_time import day, in_full


def figures_of(detail: IssueDetail, now: datetime | None = None) -> Figures:
    """The figures of an issue, from the evidence that the engine measured."""
    issue_type = str(detail.issue.get("issue_type", ""))
    figures = _BY_TYPE.get(issue_type, _of_other)(detail)
    warning = "The rows have changed since; Reconcile measures them again." if _changed(detail) else ""
    facts = (*figures.facts, *_detected(detail, now))
    return Figures(figures.title, figures.figure, figures.unit, figures.line, facts, warning)


def _changed(detail: IssueDetail) -> bool:
    """Whether the rows no longer show what the engine found."""
    came = {
        IssueType.MISSING_LEDGER_ENTRY: detail.entry_count > 0,
        IssueType.ORPHAN_LEDGER_ENTRY: detail.trade is not None,
    }
    issue_type = detail.issue.get("issue_type")
    return is_outdated(detail) or any(kind == issue_type and now for kind, now in came.items())


def basis_points(difference: object, gross: object) -> str:
    """How many hundredths of a percent of the trade the difference is: `9.87 bp of the trade`.

    "about" stands before what is not exact; "" where there is nothing to compare with.
    """
    part, whole = atoms(difference), atoms(gross)
    if part is None or not whole:
        return ""
    scaled, rest = divmod(abs(part) * 10_000 * 100, abs(whole))
    if not scaled and rest:
        return "less than 0.01 bp of the trade"
    about = "about " if rest else ""
    return f"{about}{ratio(abs(part) * 10_000, abs(whole), 2)} bp of the trade"


def _of_amount(detail: IssueDetail) -> Figures:
    evidence = detail.evidence
    entries = evidence.get("entries")
    total = evidence.get("sum")
    facts = [*worth(evidence)]
    size = atoms(total)
    if size is not None:
        many = count(entries, "entry", "entries") if isinstance(entries, int) else "entries"
        signed = f"With its sign: {money(total)}" if size < 0 else ""
        facts.append(Fact(f"Sum of {many}", money_of(abs(size)), signed))
    tolerance = number(evidence.get("tolerance"))
    if tolerance is not None:
        facts.append(Fact("Tolerance", tolerance))
    difference = evidence.get("difference")
    return Figures(
        "Difference",
        money(difference) or NONE,
        flat(evidence.get("currency") or ""),
        basis_points(difference, evidence.get("gross")),
        tuple(facts),
    )


def _of_missing_entry(detail: IssueDetail) -> Figures:
    evidence = detail.evidence
    return Figures(
        "Not in the ledger",
        money(evidence.get("gross")) or NONE,
        flat(evidence.get("currency") or ""),
        "The whole trade has no ledger entry",
        tuple(worth(evidence)),
    )


def _of_quantity(detail: IssueDetail) -> Figures:
    evidence = detail.evidence
    quantity, mean = atoms(evidence.get("quantity")), atoms(evidence.get("mean"))
    line = f"about {ratio(quantity, mean, 1)} times the mean" if quantity is not None and mean else ""
    facts = []
    for label, name in (("Mean quantity", "mean"), ("Factor", "factor"), ("Threshold", "threshold")):
        text, cut = number(evidence.get(name)), short(evidence.get(name))
        if text is not None and cut is not None:
            facts.append(Fact(label, cut, text if cut != text else ""))
    trades = evidence.get("trades")
    if isinstance(trades, int):
        facts.append(Fact("Mean over", count(trades, "trade")))
    return Figures("Quantity", number(evidence.get("quantity")) or NONE, "", line, tuple(facts))


def _of_orphan(detail: IssueDetail) -> Figures:
    entries = detail.evidence.get("entries")
    many = count(entries, "entry", "entries") if isinstance(entries, int) else "Entries"
    line = f"{many} under a trade id that no trade has"
    sums = _sums(detail.evidence)
    if len(sums) == 1:
        (only,) = sums
        return Figures("Without a trade", only.value, only.label, line)
    return Figures("Without a trade", f"{len(sums)}", "currencies", line, tuple(sums))


def _of_currency(detail: IssueDetail) -> Figures:
    evidence = detail.evidence
    gross = money(evidence.get("gross")) or NONE
    currency = flat(evidence.get("currency") or "")
    facts = [Fact(f"Entries in {fact.label}", fact.value) for fact in _sums(evidence)]
    line = "The currencies of trade and ledger differ"
    return Figures("Trade", gross, currency or "without a currency", line, (*facts, *worth(evidence)[:1]))


def _of_other(detail: IssueDetail) -> Figures:
    return Figures("Difference", money(detail.evidence.get("difference")) or NONE)


_BY_TYPE: Mapping[str, FiguresOf] = {
    IssueType.AMOUNT_MISMATCH: _of_amount,
    IssueType.MISSING_LEDGER_ENTRY: _of_missing_entry,
    IssueType.ANOMALOUS_QUANTITY: _of_quantity,
    IssueType.ORPHAN_LEDGER_ENTRY: _of_orphan,
    IssueType.CURRENCY_MISMATCH: _of_currency,
    **FURTHER_FIGURES,
}


def _sums(evidence: Mapping[str, Any]) -> list[Fact]:
    """The sums by currency, the currency as the label."""
    found = []
    for item in evidence.get("sums") or ():
        amount = money(item.get("sum")) if isinstance(item, Mapping) else None
        if amount is not None:
            found.append(Fact(flat(item.get("currency") or "No currency"), amount))
    return found


def _detected(detail: IssueDetail, now: datetime | None) -> Iterator[Fact]:
    at = detail.issue.get("detected_at")
    if not isinstance(at, str) or not at:
        return
    moment = local(at)
    run = detail.issue.get("opened_run")
    text = f"Run {run}, {day(moment, now)}" if run else day(moment, now)
    yield Fact("Detected", text, in_full(moment))
