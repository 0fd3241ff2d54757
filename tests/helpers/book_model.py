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


@dataclass(frozen=True)
class Linked:
    """What a person did to an entry's link: the trade (None for the file's own), why, and in which words."""

    entry: dict[str, Any]
    before: tuple[str | None, str, str]
    after: tuple[str | None, str, str]


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

    def link(self, who: str, place: int, trade_id: str | None, reason: str, comment: str) -> Linked | None:
        """Links the entry at that place to a trade, or (None) unlinks it; None where it is to be refused."""
        entry = self.entries[place]
        linked_to, file_id = _link_of(entry)[0], entry["booked_trade_id"] or entry["trade_id"]
        if trade_id is None:
            refused = linked_to is None
        else:
            refused = trade_id not in self.trades or trade_id in (entry["trade_id"], file_id)
        done = Linked(entry, _link_of(entry), (trade_id, reason, comment))
        return None if refused else self._put(who, done)

    def undo_link(self, who: str, done: Linked) -> Linked | None:
        """Undoes it; None where it is to be refused."""
        is_there = any(entry is done.entry for entry in self.entries)
        if not is_there or done.entry["link"][0] != who or _link_of(done.entry) != done.after:
            return None
        target = done.before[0]
        if target is not None and target not in self.trades:
            return None
        return self._put(who, Linked(done.entry, done.after, done.before))

    def _put(self, who: str, done: Linked) -> Linked:
        entry, (target, reason, comment) = done.entry, done.after
        file_id = entry["booked_trade_id"] or entry["trade_id"]
        entry["trade_id"], entry["booked_trade_id"] = (file_id, None) if target is None else (target, file_id)
        entry["link"] = (who, reason, comment)
        return done


def _link_of(entry: Mapping[str, Any]) -> tuple[str | None, str, str]:
    linked_to = None if entry["booked_trade_id"] is None else entry["trade_id"]
    return (linked_to, *entry["link"][1:])
