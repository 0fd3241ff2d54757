"""Links made by hand: why, how an entry is linked, and the records that a link may join."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from .decimals import display, split, to_text


class LinkReason(StrEnum):
    """Why a ledger entry was linked to a trade by hand, or unlinked from it."""

    WRONG_ID = "WRONG_ID"
    OTHER_REFERENCE = "OTHER_REFERENCE"
    PART_OF_TRADE = "PART_OF_TRADE"
    OWN_TRADE = "OWN_TRADE"
    MISTAKE = "MISTAKE"
    OTHER = "OTHER"

    @property
    def label(self) -> str:
        """The words on screen."""
        return _LABELS[self]


_LABELS = {
    LinkReason.WRONG_ID: "Wrong trade id in the ledger",
    LinkReason.OTHER_REFERENCE: "Another system's reference",
    LinkReason.PART_OF_TRADE: "Part of the trade (split, fee, allocation)",
    LinkReason.OWN_TRADE: "Its own trade has come",
    LinkReason.MISTAKE: "Linked by mistake",
    LinkReason.OTHER: "Other",
}
MOST_ENTRIES = 1_000
"""So many entries are linked at once at most."""

TO_LINK = (
    LinkReason.WRONG_ID,
    LinkReason.OTHER_REFERENCE,
    LinkReason.PART_OF_TRADE,
    LinkReason.OTHER,
)
"""The reasons for linking."""
TO_UNLINK = (LinkReason.MISTAKE, LinkReason.OWN_TRADE, LinkReason.OTHER)
"""The reasons for unlinking."""


def reason_label(code: str) -> str:
    """The words for a stored reason, also for one that a newer program knows."""
    try:
        return LinkReason(code).label
    except ValueError:
        return code.replace("_", " ").capitalize()


@dataclass(frozen=True)
class Link:
    """How an entry came to stand under another trade id than its file gives it, `booked_as`."""

    booked_as: str
    who: str
    at: str
    reason: str
    comment: str = ""

    @property
    def said(self) -> str:
        """Reason and comment as one text."""
        return ": ".join(
            part for part in (reason_label(self.reason) if self.reason else "", self.comment) if part
        )


@dataclass(frozen=True)
class LinkEntry:
    """A ledger entry as far as linking asks for it. `exact` is its amount in 1e-18, with the sign that its
    source gives it; `booked_as` is the trade id of its file, if it is linked by hand."""

    row_id: int
    trade_id: str
    exact: int
    amount: str
    entry_id: str | None = None
    booked_as: str | None = None
    currency: str | None = None
    value_date: str | None = None
    account: str | None = None
    entry_type: str | None = None
    description: str | None = None
    is_orphan: bool = False

    @property
    def name(self) -> str:
        """What a sentence calls it."""
        return f"entry {self.entry_id}" if self.entry_id else f"the entry in row {self.row_id}"


@dataclass(frozen=True)
class LinkTrade:
    """A trade as far as linking asks for it. `gross` and `booked`, the sum of its `entries`, are in 1e-18;
    `currencies` are those that its entries name, `is_checked` says whether the engine matches its status."""

    row_id: int
    trade_id: str
    gross: int
    gross_amount: str
    instrument: str = ""
    side: str = ""
    quantity: str = ""
    currency: str | None = None
    trade_date: str | None = None
    settle_date: str | None = None
    account: str | None = None
    counterparty: str | None = None
    status: str = "pending"
    is_checked: bool = True
    entries: int = 0
    booked: int = 0
    currencies: tuple[str, ...] = ()


@dataclass(frozen=True)
class Near:
    """A trade and an entry, or several, that may belong together: how near, why, and what is between them.

    `difference` is the size of the entries' sum less that of the trade's gross amount, in 1e-18; what the
    trade has already is left out.
    """

    trade: LinkTrade
    entry: LinkEntry | None
    score: int
    difference: int
    why: tuple[str, ...]


@dataclass(frozen=True)
class Candidates:
    """What is to be linked as it stands now, and what it may be linked with, the nearest first.

    From `entries` the candidates are trades; from a `trade` they are entries. `more` says that there are
    further ones, which are not as near.
    """

    entries: tuple[LinkEntry, ...] = ()
    trade: LinkTrade | None = None
    found: tuple[Near, ...] = ()
    more: bool = False


@dataclass(frozen=True)
class Offer:
    """What of linking applies to the selected rows: entries without a trade are among them (`orphans`), it
    is one trade without entries (`lacking`), entries linked by hand are among them (`linked`)."""

    known: bool = False
    orphans: bool = False
    lacking: bool = False
    linked: bool = False


def what_follows(trade: LinkTrade, entries: Sequence[LinkEntry]) -> str:
    """What a link makes of the trade, in one sentence."""
    coming = [entry for entry in entries if entry.trade_id != trade.trade_id]
    total = trade.booked + sum(entry.exact for entry in coming)
    many = trade.entries + len(coming)
    named = {*trade.currencies, *(entry.currency for entry in coming if entry.currency)}
    if trade.currency:
        named.add(trade.currency)
    currency = f" {next(iter(named))}" if len(named) == 1 else ""
    amount = display(to_text(*split(total)), 2)
    one = f"The trade's one entry is {amount}{currency}"
    start = one if many == 1 else f"The sum of the trade's {many:,} entries becomes {amount}{currency}"
    if len(named) > 1:
        end = f", but the currencies differ: {', '.join(sorted(named))}"
    elif difference := abs(abs(total) - abs(trade.gross)):
        end = f"; a difference of {display(to_text(*split(difference)), 2)} remains"
    else:
        end = " and agrees with the trade"
    unchecked = "" if trade.is_checked else f" The trade is {trade.status}, which is not checked."
    return f"{start}{end}.{unchecked}"
