"""What an issue means, told from its evidence alone: no network, no database, no guess stated as a fact.

Evidence decimals are plain text and are never rounded; a missing key makes a text shorter, never an error.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from opspilot_desktop.domain.clock import local_minute
from opspilot_desktop.domain.issues import IssueStatus, IssueType, ReasonCode
from opspilot_desktop.domain.situation import IssueDetail

from .causes import is_outdated, likely_causes
from .further_explain import DESCRIBERS, STEPS, further_figures
from .templates import own_figures, sentence
from .wording import MINUS, as_plain_text, atoms, bullets, count, escape, flat, listed, money, number, ratio

__all__ = ["as_plain_text", "describe", "explain"]

Evidence = Mapping[str, Any]

MOST_ENTRIES = 10
"""How many ledger entries an explanation lists."""


def describe(issue_type: str, evidence: Evidence) -> str:
    """One sentence with the figures of an issue, as plain text for lists and exports."""
    describers: dict[str, Callable[[Evidence], str]] = {
        IssueType.MISSING_LEDGER_ENTRY: _describe_missing_entry,
        IssueType.AMOUNT_MISMATCH: _describe_amount,
        IssueType.ANOMALOUS_QUANTITY: _describe_quantity,
        IssueType.ORPHAN_LEDGER_ENTRY: _describe_orphan,
        IssueType.CURRENCY_MISMATCH: _describe_currency,
        **DESCRIBERS,
    }
    describer = describers.get(issue_type)
    if describer is not None:
        return describer(evidence)
    return sentence(evidence) or f"{_type_label(issue_type)}."


def explain(detail: IssueDetail) -> str:
    """An issue explained in Markdown: what is wrong, the figures, the likely causes, the next steps."""
    issue_type = str(detail.issue.get("issue_type", ""))
    what = escape(describe(issue_type, detail.evidence))
    state = _state(detail)
    parts = [
        ("What is wrong", f"{what} {state}" if state else what),
        ("Evidence", bullets(_figures(detail))),
        ("Likely causes", bullets(likely_causes(detail))),
        ("Next steps", bullets(_next_steps(issue_type, detail))),
    ]
    return "\n\n".join(f"### {heading}\n\n{text}" for heading, text in parts if text)


def _type_label(issue_type: str) -> str:
    return flat(issue_type).replace("_", " ").capitalize() or "Issue"


# One sentence an issue type


def _describe_missing_entry(evidence: Evidence) -> str:
    worth = money(evidence.get("gross"), evidence.get("currency"))
    return f"The trade of {worth} has no ledger entry." if worth else "The trade has no ledger entry."


def _describe_amount(evidence: Evidence) -> str:
    total, worth = money(evidence.get("sum")), money(evidence.get("gross"), evidence.get("currency"))
    if total is None or worth is None:
        return "The ledger's amounts do not sum to the trade's amount."
    entries = evidence.get("entries")
    if entries == 1:
        ledger = f"The ledger's one entry is {total}"
    elif isinstance(entries, int):
        ledger = f"The ledger's {entries:,} entries sum to {total}"
    else:
        ledger = f"The ledger's entries sum to {total}"
    difference = _difference(evidence)
    if difference is None:
        return f"{ledger} and the trade is {worth}."
    size = money(difference.lstrip("-"))
    return f"{ledger} and the trade is {worth}: {size} too {'little' if difference[0] == '-' else 'much'}."


def _describe_quantity(evidence: Evidence) -> str:
    quantity, mean = number(evidence.get("quantity")), number(evidence.get("mean"))
    if quantity is None:
        return "The quantity is far above the mean."
    factor = number(evidence.get("factor"))
    above = f"more than {factor} times the mean quantity" if factor else "far above the mean quantity"
    text = f"The quantity {quantity} is {above}"
    if mean is not None:
        text += f" of {_about(mean)}"
    trades = evidence.get("trades")
    if isinstance(trades, int):
        text += f" over {count(trades, 'trade')}"
    return text + "."


def _describe_orphan(evidence: Evidence) -> str:
    entries, sums = evidence.get("entries"), _sums(evidence)
    if not isinstance(entries, int):
        return "Ledger entries stand under a trade id that no trade has."
    if entries == 1:
        amount = f" of {sums[0]}" if sums else ""
        return f"One ledger entry{amount} stands under a trade id that no trade has."
    amount = f", in all {listed(sums)}," if sums else ""
    return f"{entries:,} ledger entries{amount} stand under a trade id that no trade has."


def _describe_currency(evidence: Evidence) -> str:
    worth, sums = money(evidence.get("gross"), evidence.get("currency")), _sums(evidence)
    if worth is None or not sums:
        return "The trade and its ledger entries name different currencies."
    trade = (
        f"The trade is {worth}" if evidence.get("currency") else f"The trade is {worth} without a currency"
    )
    return f"{trade} and its ledger entries sum to {listed(sums)}: the currencies differ."


def _difference(evidence: Evidence) -> str | None:
    """|sum| minus |gross| as a plain decimal, if it is known and not zero."""
    exact = atoms(evidence.get("difference"))
    return str(evidence["difference"]) if exact else None


def _sums(evidence: Evidence) -> list[str]:
    """The sums by currency: `−5.00 USD`, `3.00 without a currency`."""
    found = []
    for item in evidence.get("sums") or ():
        amount = money(item.get("sum"), item.get("currency")) if isinstance(item, Mapping) else None
        if amount is not None:
            found.append(amount if item.get("currency") else f"{amount} without a currency")
    return found


def _about(shown: str) -> str:
    """A rounded figure: said to be so, and without decimals that tell nothing beside its size."""
    whole, _, decimals = shown.partition(".")
    if len(decimals) > 2 and len(whole.lstrip(MINUS)) >= 3:
        exact = atoms(shown.replace(",", "").replace(MINUS, "-"))
        return f"about {ratio(exact or 0, 10**18, 2)}"
    return f"about {shown}" if len(decimals) == 9 else shown


# The four parts


def _state(detail: IssueDetail) -> str:
    """A word on an issue that is no longer worked on."""
    status = detail.issue.get("status")
    if status == IssueStatus.CLEARED:
        return "At the last run the data no longer showed this: the issue is cleared."
    if status in (IssueStatus.RESOLVED, IssueStatus.IGNORED):
        reason = detail.issue.get("reason")
        why = f" ({escape(ReasonCode(reason).label)})" if reason in set(ReasonCode) else ""
        gone = ", and the data no longer shows it" if detail.issue.get("gone") else ""
        return f"The issue is {status}{why}{gone}."
    return ""


def _figures(detail: IssueDetail) -> Iterator[str]:
    """The evidence, one figure a line."""
    evidence, trade = detail.evidence, detail.trade or {}
    worth = money(evidence.get("gross"), evidence.get("currency"))
    quantity, price = number(evidence.get("quantity")), money(evidence.get("price"))
    trade_id = detail.issue.get("trade_id")
    name = f"Trade {escape(trade_id)}" if trade_id else "Trade"
    if own := own_figures(evidence):
        yield name
        yield from _about_trade(trade)
        yield from (f"{escape(label)}: **{escape(value)}**" for label, value in own)
        return
    if worth is not None and quantity is not None and price is not None:
        yield f"{name}: {quantity} × {price} = **{escape(worth)}**"
    elif worth is not None:
        yield f"{name}: **{escape(worth)}**"
    elif trade_id and not trade:
        yield f"Trade id in the ledger: {escape(trade_id)}"
    if trade:
        yield from _about_trade(trade)
    yield from further_figures(evidence)
    yield from _ledger_figures(detail)
    yield from _comparison(detail)


def _about_trade(trade: Mapping[str, Any]) -> Iterator[str]:
    what = [escape(trade[name]) for name in ("side", "instrument", "counterparty") if trade.get(name)]
    if what:
        yield ", ".join(what)
    dates = [
        f"{label} {escape(trade[name])}"
        for name, label in (("trade_date", "traded"), ("settle_date", "settles"))
        if trade.get(name)
    ]
    if dates:
        line = ", ".join(dates)
        yield line[0].upper() + line[1:]


def _ledger_figures(detail: IssueDetail) -> Iterator[str]:
    evidence = detail.evidence
    entries, total = evidence.get("entries"), money(evidence.get("sum"))
    how_many = count(entries, "entry", "entries") if isinstance(entries, int) else "entries"
    if total is not None:
        yield f"Ledger: {how_many}, together **{total}**"
    elif sums := _sums(evidence):
        yield f"Ledger: {how_many}, together **{escape(listed(sums))}**"
    shown = detail.entries[:MOST_ENTRIES]
    for entry in shown:
        amount = money(entry.get("amount"), entry.get("currency")) or "no amount"
        words = [escape(entry[name]) for name in ("entry_id", "entry_type", "value_date") if entry.get(name)]
        yield f"{', '.join(words) or 'Entry without an id'}: {escape(amount)}"
    if more := detail.entry_count - len(shown):
        yield f"{count(more, 'further entry', 'further entries')}, not listed here"
    for entry, link in detail.linked:
        name = f"Entry {escape(entry['entry_id'])}" if entry.get("entry_id") else "An entry"
        why = f": {escape(link.said)}" if link.said else ""
        yield (
            f"{name} was linked by hand by {escape(link.who)} on {local_minute(link.at)};"
            f" its file names the trade {escape(link.booked_as)}{why}"
        )
    if is_outdated(detail):
        yield "The entries have changed since they were measured; Reconcile measures them again"


def _comparison(detail: IssueDetail) -> Iterator[str]:
    evidence = detail.evidence
    difference, gross = atoms(evidence.get("difference")), atoms(evidence.get("gross"))
    if difference is not None:
        points = f" (about {ratio(abs(difference) * 10_000, abs(gross), 2)} bp of the trade)" if gross else ""
        tolerance = number(evidence.get("tolerance"))
        allowed = f"; {tolerance} is tolerated" if tolerance else ""
        yield f"Difference: **{money(evidence['difference'])}**{points}{allowed}"
    if (mean := number(evidence.get("mean"))) is not None:
        quantity, mean_exact = atoms(evidence.get("quantity")), atoms(evidence["mean"])
        if quantity is not None:
            yield f"Quantity: **{number(evidence['quantity'])}**"
        if quantity and mean_exact:
            mean += f"; the quantity is about {ratio(quantity, mean_exact, 1)} times as much"
        yield f"Mean quantity when this was found: {mean}"
    if (threshold := number(evidence.get("threshold"))) is not None:
        yield f"Threshold: {threshold}"


_SHOW_BOTH = "Compare both sides with **Show trade** and **Show ledger entries**."
_FIX_AND_RUN = (
    "When the wrong side is known, have it corrected at its source, import it again and run **Reconcile**:"
    " the issue then clears by itself."
)
_STEPS: dict[str, tuple[str, ...]] = {
    IssueType.AMOUNT_MISMATCH: (
        "Compare the amounts with **Show ledger entries** and **Show trade**.",
        _FIX_AND_RUN,
        "If the difference is accepted (a fee, rounding), close it with **Resolve…** and the reason.",
    ),
    IssueType.CURRENCY_MISMATCH: (
        _SHOW_BOTH,
        _FIX_AND_RUN,
        "If the other currency is agreed, close it with **Resolve…** and the reason.",
    ),
    IssueType.MISSING_LEDGER_ENTRY: (
        "Look for the entry with **Link to ledger entries…**, the nearest ones first, and link it.",
        "If the ledger file is not in yet, import it and run **Reconcile**: the issue then clears by itself.",
        "If it is only late, note that with **Comment…** or close it with **Resolve…** (Timing).",
    ),
    IssueType.ORPHAN_LEDGER_ENTRY: (
        "Look for the trade with **Link to trade…**, the nearest ones first, and link the entries.",
        "If the trade file is not in yet, import it and run **Reconcile**: the issue then clears by itself.",
        "If the entry rightly has no trade, close it with **Ignore…** and the reason.",
    ),
    IssueType.ANOMALOUS_QUANTITY: (
        "Check the quantity against the order or the confirmation with **Show trade**.",
        "If it is wrong, have the trade corrected at its source, import it again and run **Reconcile**.",
        "If it is right, close it with **Ignore…** (False positive) or **Resolve…** (Accepted).",
    ),
    **STEPS,
}


def _next_steps(issue_type: str, detail: IssueDetail) -> tuple[str, ...]:
    status = detail.issue.get("status")
    if status == IssueStatus.CLEARED:
        return ("Nothing is to be done; the issue opens again by itself if the data shows it again.",)
    if status in (IssueStatus.RESOLVED, IssueStatus.IGNORED):
        return ("Nothing is to be done; **Reopen** puts the issue back to work.",)
    return _STEPS.get(issue_type, (_SHOW_BOTH, "Close it with **Resolve…** or **Ignore…** and the reason."))
