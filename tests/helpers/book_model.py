"""What a workspace's trades and ledger entries have to be, kept in dictionaries.

An import, an amendment, a link and a deletion do here what the contract says, without a database.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

TRADE_FIELDS = (
    *("trade_id", "instrument", "side", "quantity", "price", "currency", "status", "trade_date"),
    *("settle_date", "counterparty", "account"),
)
ENTRY_FIELDS = (
    *("entry_id", "trade_id", "amount", "currency", "entry_type", "value_date", "account", "description"),
    *("source", "booked_trade_id"),
)
Row = Mapping[str, str]


Link = tuple[str | None, str, str]
"""Where a person put an entry (None: where its file has it), why, and in which words."""


@dataclass(frozen=True)
class Linked:
    """What a person did to the links of entries."""

    entries: Sequence[dict[str, Any]]
    before: Sequence[Link]
    after: Sequence[Link]


class Book:
    """The trades by their ids, and the entries in the order in which they came."""

    def __init__(self) -> None:
        self.trades: dict[str, dict[str, Any]] = {}
        self.entries: list[dict[str, Any]] = []
        self._seen: set[tuple[str, str]] = set()

    def import_trades(self, rows: Sequence[Row]) -> None:
        """A file of trades: its cells as texts, only the columns that it has."""
        for row in rows:
            stored = self.trades.setdefault(row["trade_id"], dict.fromkeys(TRADE_FIELDS))
            stored.update({name: value or None for name, value in row.items()})
            stored["status"] = stored["status"] or "pending"

    def import_entries(self, rows: Sequence[Row], source: str, content: str) -> None:
        """A file of entries from a source; `content` is the whole text, by which it is known again."""
        again = (source, content) in self._seen
        self._seen.add((source, content))
        for row in rows:
            values = {name: value or None for name, value in row.items()}
            if values.get("entry_id") is not None:
                self._amend_or_add(values, source)
            elif not again:
                self._add(values, source)

    def _amend_or_add(self, values: dict[str, Any], source: str) -> None:
        for stored in self.entries:
            if (stored["source"], stored["entry_id"]) == (source, values["entry_id"]):
                if stored["booked_trade_id"] is not None:  # a link made by hand stays
                    values["booked_trade_id"] = values.pop("trade_id")
                stored.update(values)
                return
        self._add(values, source)

    def _add(self, values: dict[str, Any], source: str) -> None:
        never_linked = {"link": ("", "", "")}  # by whom, why, in which words
        self.entries.append({**dict.fromkeys(ENTRY_FIELDS), **values, **never_linked, "source": source})

    def remove_trade(self, trade_id: str) -> None:
        """Takes a trade away; its entries stay."""
        self.trades.pop(trade_id, None)

    def remove_entries(self, leaves: Callable[[Mapping[str, Any]], bool]) -> None:
        """Takes the entries away that it says so of."""
        self.entries = [entry for entry in self.entries if not leaves(entry)]

    def link(self, who: str, places: Sequence[int], link: Link) -> Linked | None:
        """Links the entries at these places to a trade or unlinks them; None where it is to be refused."""
        chosen, trade_id = [self.entries[place] for place in places], link[0]
        for entry in chosen:
            if trade_id is None and entry["booked_trade_id"] is None:
                return None
            if trade_id is not None and trade_id in (entry["trade_id"], entry["booked_trade_id"]):
                return None
        if trade_id is not None and trade_id not in self.trades:
            return None
        return _put(who, Linked(chosen, [_link_of(entry) for entry in chosen], [link] * len(chosen)))

    def undo_link(self, who: str, done: Linked) -> Linked | None:
        """Undoes it; None where it is to be refused."""
        for entry, before, after in zip(done.entries, done.before, done.after, strict=True):
            is_there = any(one is entry for one in self.entries)
            if not is_there or entry["link"][0] != who or _link_of(entry) != after:
                return None
            if before[0] is not None and before[0] not in self.trades:
                return None
        return _put(who, Linked(done.entries, done.after, done.before))


def _put(who: str, done: Linked) -> Linked:
    for entry, (target, reason, comment) in zip(done.entries, done.after, strict=True):
        file_id = entry["booked_trade_id"] or entry["trade_id"]
        entry["trade_id"], entry["booked_trade_id"] = (file_id, None) if target is None else (target, file_id)
        entry["link"] = (who, reason, comment)
    return done


def _link_of(entry: Mapping[str, Any]) -> Link:
    linked_to = None if entry["booked_trade_id"] is None else entry["trade_id"]
    return (linked_to, *entry["link"][1:])
