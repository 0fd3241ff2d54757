"""How near a trade and ledger entries are to each other, from what both say: exact in the figures.

Points only order a list for a person to choose from; nothing is ever linked by them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date

from ..domain.links import LinkEntry, LinkTrade, Near

_ALIKE = 80
"""From this similarity on (of 100), two ids are said to be similar."""
_LEAST_HELD = 5
_NEAR_DAYS = 5
_PART_OF_ID = re.compile(r"[^0-9a-z]+")

Reason = tuple[int, str]
"""Points, and what they are for, "" for what is not worth a word."""


def nearness(trade: LinkTrade, entries: Sequence[LinkEntry], *, among_trades: bool = True) -> Near:
    """How near the trade is to the entries, which would be linked to it together.

    Not `among_trades`, the trade is given, and what it has already tells nothing.
    """
    reasons = [
        *_amount(trade, entries),
        *_ids(trade, entries),
        *_words(trade, entries),
        *_dates(trade, entries),
        *_accounts(trade, entries),
        *(_standing(trade) if among_trades else ()),
    ]
    return Near(
        trade,
        entries[0] if len(entries) == 1 else None,
        sum(points for points, _ in reasons),
        abs(_sum(entries)) - abs(trade.gross),
        tuple(word for _, word in sorted(reasons, key=lambda reason: -reason[0]) if word),
    )


def ordered(found: Sequence[Near]) -> list[Near]:
    """The nearest first; what is equally near by the smaller difference, then by name."""
    return sorted(found, key=_place)


def _place(near: Near) -> tuple[int, int, str, str, int]:
    entry = near.entry
    return (
        -near.score,
        abs(near.difference),
        near.trade.trade_id,
        (entry.entry_id or "") if entry else "",
        entry.row_id if entry else 0,
    )


def _sum(entries: Sequence[LinkEntry]) -> int:
    return sum(entry.exact for entry in entries)


def _amount(trade: LinkTrade, entries: Sequence[LinkEntry]) -> Iterator[Reason]:
    total, gross = _sum(entries), abs(trade.gross)
    apart = abs(abs(total) - gross)
    if trade.entries and abs(trade.booked + total) == gross:
        yield 100, "completes the trade"
    elif not apart:
        yield (60 if trade.entries else 100), "same amount"
    elif apart * 1_000 <= gross:
        yield 45, "amount within 0.1 %"
    elif apart * 100 <= gross:
        yield 35, "amount within 1 %"
    elif apart * 20 <= gross:
        yield 20, "amount within 5 %"
    named = {entry.currency for entry in entries if entry.currency}
    if trade.currency and named:
        yield (10, "") if named == {trade.currency} else (-60, "other currency")


def _ids(trade: LinkTrade, entries: Sequence[LinkEntry]) -> Iterator[Reason]:
    from rapidfuzz import fuzz

    booked = {entry.booked_as or entry.trade_id for entry in entries}
    if booked == {trade.trade_id}:
        yield 200, "its file names this trade"
        return
    own = _plain(trade.trade_id)
    others = [_plain(name) for name in booked]
    if all(own == other for other in others):
        yield 60, "same id but for case or punctuation"
    elif all(_holds(own, other) for other in others):
        yield 50, "one id holds the other"
    elif (alike := min(fuzz.ratio(own, other) for other in others)) >= _ALIKE:
        # Little, as ids are mostly counted on: each has many that differ in one digit.
        yield int(alike - _ALIKE) // 2 + 5, "similar id"


def _holds(one: str, other: str) -> bool:
    """Whether one id is the other with something that a system has put around it."""
    shorter, longer = sorted((one, other), key=len)
    return len(shorter) >= _LEAST_HELD and shorter in longer


def _plain(name: str) -> str:
    return _PART_OF_ID.sub("", name.casefold())


def _words(trade: LinkTrade, entries: Sequence[LinkEntry]) -> Iterator[Reason]:
    said = " ".join(entry.description or "" for entry in entries).casefold()
    if not said:
        return
    if len(trade.trade_id) >= 4 and trade.trade_id.casefold() in said:
        yield 60, "trade id in the description"
    if len(trade.instrument) >= 2 and _stands_in(trade.instrument.casefold(), said):
        yield 25, "instrument in the description"


def _stands_in(word: str, text: str) -> bool:
    """Whether the text has the word, and not as a part of another."""
    return re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text) is not None


def _dates(trade: LinkTrade, entries: Sequence[LinkEntry]) -> Iterator[Reason]:
    days = [_days(trade, entry.value_date) for entry in entries if entry.value_date]
    known = [apart for apart in days if apart is not None]
    if not known:
        return
    apart = max(known)
    if apart == 0:
        yield 20, "same date"
    elif apart <= _NEAR_DAYS:
        yield 12 - 2 * apart, f"{apart} {'day' if apart == 1 else 'days'} apart"


def _days(trade: LinkTrade, value_date: str | None) -> int | None:
    """How many days lie between a value date and the settlement or the trade date, whichever is nearer."""
    try:
        day = date.fromisoformat(value_date or "")
        others = [date.fromisoformat(other) for other in (trade.settle_date, trade.trade_date) if other]
    except ValueError:
        return None
    return min((abs((day - other).days) for other in others), default=None)


def _accounts(trade: LinkTrade, entries: Sequence[LinkEntry]) -> Iterator[Reason]:
    accounts = {entry.account for entry in entries if entry.account}
    if trade.account and accounts == {trade.account}:
        yield 10, "same account"


def _standing(trade: LinkTrade) -> Iterator[Reason]:
    if not trade.entries:
        yield 30, "has no entry"
    else:
        yield 0, f"has {trade.entries:,} {'entry' if trade.entries == 1 else 'entries'}"
    if not trade.is_checked:
        yield -15, f"is {trade.status}"
