"""The words for the issues of the rules that are off by default: a sentence, the figures, the next steps.

As in explain: from the evidence alone, and a missing key makes a text shorter, never an error.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

from ..domain.issues import IssueType
from .rule_settings import SignConvention
from .wording import count, escape, flat, listed, money, number

Evidence = Mapping[str, Any]

_ALIKE = "instrument, side, quantity, price, trade date and counterparty"


def days_between(first: object, last: object) -> int | None:
    """How many days lie between two ISO dates; None when one of them is none."""
    try:
        return (date.fromisoformat(str(last)) - date.fromisoformat(str(first))).days
    except ValueError:
        return None


def counted_values(evidence: Evidence) -> list[tuple[str, int]]:
    """What the entries say instead of what the trade says, and how many say so."""
    values = [item for item in evidence.get("values") or () if isinstance(item, Mapping)]
    return [(flat(item.get("value")), int(item.get("entries") or 0)) for item in values]


def source_sums(evidence: Evidence) -> list[tuple[str, str, str]]:
    """The sources that are booked the wrong way: the name (blank for none), the sum, what its signs mean."""
    found = []
    for item in evidence.get("sources") or ():
        amount = money(item.get("sum")) if isinstance(item, Mapping) else None
        if amount is not None:
            convention = item.get("convention")
            label = SignConvention(convention).label if convention in set(SignConvention) else ""
            found.append((flat(item.get("source") or ""), amount, label))
    return found


def deal(evidence: Evidence) -> str:
    """The trade by its side: a purchase, a sale."""
    return {"BUY": "a purchase", "SELL": "a sale"}.get(str(evidence.get("side")), "a trade")


def _describe_duplicate(evidence: Evidence) -> str:
    first, copies = evidence.get("first"), evidence.get("copies")
    if not first:
        return "The trade is the same as an earlier one in everything but its id."
    if not isinstance(copies, int) or copies == 1:
        return f"The trade is the same as trade {flat(first)} in {_ALIKE}."
    earlier = f"{copies:,} earlier trades, the first of them {flat(first)},"
    return f"The trade is the same as {earlier} in {_ALIKE}."


def _describe_settlement_date(evidence: Evidence) -> str:
    settles = evidence.get("settle_date")
    if not settles:
        return "The ledger entries have another value date than the trade settles on."
    days = evidence.get("days")
    allowed = f", more than {count(days, 'business day')} from it" if isinstance(days, int) and days else ""
    return f"The trade settles on {flat(settles)} and {_others(evidence, 'value date')}{allowed}."


def _describe_account(evidence: Evidence) -> str:
    account = evidence.get("account")
    if not account:
        return "The ledger entries are in another account than the trade."
    return f"The trade is in account {flat(account)} and {_others(evidence, 'account')}."


def _others(evidence: Evidence, what: str) -> str:
    """What the entries that differ say: `3 ledger entries have the value dates 2026-11-10 and 2026-11-11`."""
    values, entries = counted_values(evidence), evidence.get("entries")
    many = count(entries, "ledger entry", "ledger entries") if isinstance(entries, int) else "its entries"
    have = "has" if entries == 1 else "have"
    named = listed([value for value, _entries in values]) if values else "another"
    return f"{many} {have} the {what if len(values) <= 1 else what + 's'} {named}"


def _describe_side(evidence: Evidence) -> str:
    sums = [f"{amount} from source {name}" if name else amount for name, amount, _ in source_sums(evidence)]
    what = f"The trade is {deal(evidence)} and the ledger books the opposite"
    return f"{what}: {listed(sums)}." if sums else f"{what}."


def _describe_stale(evidence: Evidence) -> str:
    status, settles, as_of = (evidence.get(name) for name in ("status", "settle_date", "as_of"))
    if not settles or not as_of:
        return "The trade has not settled although its settlement date is past."
    days = evidence.get("days")
    allowed = f", more than {count(days, 'business day')} before" if isinstance(days, int) and days else ""
    return (
        f"The trade was still {flat(status or 'pending')} on {flat(as_of)} and was to settle on"
        f" {flat(settles)}{allowed}."
    )


def _describe_price(evidence: Evidence) -> str:
    return _describe_far(evidence, "price", money)


def _describe_quantity(evidence: Evidence) -> str:
    return _describe_far(evidence, "quantity", number)


def _describe_far(evidence: Evidence, name: str, written: Callable[[object], str | None]) -> str:
    value, low, high = (written(evidence.get(key)) for key in (name, "low", "high"))
    if value is None or low is None or high is None:
        return f"The {name} is far from what is usual for its instrument."
    kind = flat(evidence.get("instrument") or "its instrument")
    text = f"The {name} {value} is outside the usual range of {kind}, {low} to {high}"
    trades = evidence.get("trades")
    return f"{text}, over {count(trades, 'trade')}." if isinstance(trades, int) else f"{text}."


DESCRIBERS: Mapping[str, Callable[[Evidence], str]] = {
    IssueType.DUPLICATE_TRADE: _describe_duplicate,
    IssueType.SETTLEMENT_DATE_MISMATCH: _describe_settlement_date,
    IssueType.ACCOUNT_MISMATCH: _describe_account,
    IssueType.SIDE_MISMATCH: _describe_side,
    IssueType.STALE_PENDING: _describe_stale,
    IssueType.ANOMALOUS_PRICE: _describe_price,
    IssueType.ANOMALOUS_QUANTITY_BY_INSTRUMENT: _describe_quantity,
}
"""One sentence with the figures of an issue, as plain text."""


def further_figures(evidence: Evidence) -> Iterator[str]:
    """The evidence that only these rules have, one figure a line, as Markdown."""
    if same_as := [escape(key) for key in evidence.get("same_as") or ()]:
        more = int(evidence.get("copies") or 0) - len(same_as)
        yield f"The same as: {', '.join(same_as)}" + (f" and {more:,} more" if more > 0 else "")
    for value, entries in counted_values(evidence):
        yield f"{escape(value)}: {count(entries, 'entry', 'entries')}"
    for source, amount, signs in source_sums(evidence):
        named = f"Source {escape(source)}" if source else "Entries without a source"
        yield f"{named}: together **{amount}**" + (f" ({signs.lower()})" if signs else "")
    if (median := number(evidence.get("median"))) is not None:
        trades = evidence.get("trades")
        over = f" over {count(trades, 'trade')}" if isinstance(trades, int) else ""
        yield f"Median when this was found: {median}{over}"
        if (spread := number(evidence.get("spread"))) is not None:
            times = number(evidence.get("deviations"))
            usual = f"; up to {times} times as far is usual" if times else ""
            yield f"{distance_label(evidence)} from the median: {spread}{usual}"


def distance_label(evidence: Evidence) -> str:
    """What the distance from the median is measured by."""
    return "Mean distance" if evidence.get("spread_kind") == "mean" else "Median distance"


_FIX_AND_RUN = (
    "When the wrong side is known, have it corrected at its source, import it again and run **Reconcile**:"
    " the issue then clears by itself."
)
_RIGHT = "If it is right, close it with **Ignore…** (False positive) or **Resolve…** (Accepted)."
STEPS: Mapping[str, tuple[str, ...]] = {
    IssueType.DUPLICATE_TRADE: (
        "Compare the trade with the earlier one in the Trades tab and with the orders behind them.",
        "If it was entered twice, have one of them cancelled at its source and import it again: the issue"
        " then clears by itself.",
        "If both are genuine (two fills of one order), close it with **Ignore…** and the reason.",
    ),
    IssueType.SETTLEMENT_DATE_MISMATCH: (
        "Compare the dates with **Show trade** and **Show ledger entries**, and with the confirmation.",
        _FIX_AND_RUN,
        "If the other date is agreed, close it with **Resolve…** (Timing).",
    ),
    IssueType.ACCOUNT_MISMATCH: (
        "Compare the accounts with **Show trade** and **Show ledger entries**.",
        _FIX_AND_RUN,
        "If the ledger only calls the account by another name, say so in the settings of this rule.",
    ),
    IssueType.SIDE_MISMATCH: (
        "Compare the side of the trade with the order, and the signs with **Show ledger entries**.",
        _FIX_AND_RUN,
        "If the source signs its amounts in another way, say so in the settings of this rule.",
    ),
    IssueType.STALE_PENDING: (
        "Ask the counterparty or the custodian whether the trade has settled.",
        "If it has, have its status corrected at its source, import it again and run **Reconcile**.",
        "If it is failing, note that with **Comment…** and assign it.",
    ),
    IssueType.ANOMALOUS_PRICE: (
        "Check the price against the order or the confirmation with **Show trade**.",
        "If it is wrong, have the trade corrected at its source, import it again and run **Reconcile**.",
        _RIGHT,
    ),
    IssueType.ANOMALOUS_QUANTITY_BY_INSTRUMENT: (
        "Check the quantity against the order or the confirmation with **Show trade**.",
        "If it is wrong, have the trade corrected at its source, import it again and run **Reconcile**.",
        _RIGHT,
    ),
}
"""What to do about an issue, by its type."""
