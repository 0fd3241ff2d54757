"""What a workspace's trades and ledger entries have to be, kept in dictionaries.

An import, an amendment, a link and a deletion do here what the contract says, without a database.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
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
                self.entries.append({**dict.fromkeys(ENTRY_FIELDS), **values, "source": source})

    def _amend_or_add(self, values: dict[str, Any], source: str) -> None:
        for stored in self.entries:
            if (stored["source"], stored["entry_id"]) == (source, values["entry_id"]):
                if stored["booked_trade_id"] is not None:  # a link made by hand stays
                    values["booked_trade_id"] = values.pop("trade_id")
                stored.update(values)
                return
        self.entries.append({**dict.fromkeys(ENTRY_FIELDS), **values, "source": source})

    def remove_trade(self, trade_id: str) -> None:
        """Takes a trade away; its entries stay."""
        self.trades.pop(trade_id, None)

    def remove_entries(self, leaves: Callable[[Mapping[str, Any]], bool]) -> None:
        """Takes the entries away that it says so of."""
        self.entries = [entry for entry in self.entries if not leaves(entry)]

    def link(self, place: int, trade_id: str) -> None:
        """Has the entry at that place count for another trade."""
        entry = self.entries[place]
        entry["booked_trade_id"] = entry["booked_trade_id"] or entry["trade_id"]
        entry["trade_id"] = trade_id

    def unlink(self, place: int) -> None:
        """Has it count for the trade that its file names."""
        entry = self.entries[place]
        entry["trade_id"] = entry["booked_trade_id"] or entry["trade_id"]
        entry["booked_trade_id"] = None
