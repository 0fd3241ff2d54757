"""What a plug-in may import; the rest of the program may change at any time. See docs/plugins.md.

A rule is declared as a `PythonRule` or a `SqlRule`, and handed over by a function `opspilot_rules` that is
marked with `hookimpl`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Select, Table

from ..domain.issues import Severity
from ..store.schema import ledger_entries, trades
from .hooks import hookimpl

__all__ = [
    "Book",
    "Entry",
    "Figure",
    "Finding",
    "PythonRule",
    "Severity",
    "SqlRule",
    "Trade",
    "hookimpl",
    "ledger_entries",
    "trades",
]

Figure = Decimal | int | str | date | None
"""What an issue's evidence can hold. Never a float: it would be a guess at the number."""


@dataclass(frozen=True, slots=True)
class Trade:
    """A trade as it is stored; `gross_amount` is quantity × price, exactly. Missing values are None."""

    trade_id: str
    instrument: str | None
    side: str | None
    quantity: Decimal
    price: Decimal
    gross_amount: Decimal
    currency: str | None
    status: str
    trade_date: date | None
    settle_date: date | None
    counterparty: str | None
    account: str | None
    trader: str | None
    timestamp: str | None


@dataclass(frozen=True, slots=True)
class Entry:
    """A ledger entry of the trade; `source` names where it comes from, mostly blank."""

    entry_id: str | None
    trade_id: str
    amount: Decimal
    currency: str | None
    entry_type: str | None
    value_date: date | None
    account: str | None
    description: str | None
    timestamp: str | None
    source: str


@dataclass(frozen=True, slots=True)
class Finding:
    """What a Python rule says of a trade that it objects to.

    `figures` are the evidence: kept with the issue, shown and explained. `difference` is an amount in
    `currency` (the trade's, if none is named), by which the table of issues can be sorted.
    """

    figures: Mapping[str, Figure] = field(default_factory=dict)
    difference: Decimal | None = None
    currency: str | None = None


class Book(Protocol):
    """What a SQL rule is told of its run. It gets no connection: the program runs the query."""

    @property
    def checked_statuses(self) -> tuple[str, ...]:
        """The statuses of the trades that are matched with the ledger, in lower case."""
        ...

    @property
    def as_of(self) -> date | None:
        """The date as of which the run looks; None without one."""
        ...

    def in_scope(self, trade_id: ColumnElement[Any]) -> ColumnElement[bool]:
        """The condition that the run looks at this trade id. Only a query that sums or groups needs it, to be
        quick: what is out of scope is left out of any query's answer."""
        ...

    def decimal(self, table: Table | Any, name: str) -> ColumnElement[str]:
        """A stored number (`quantity`, `price`, `gross` of trades, `amount` of entries) as a plain text."""
        ...


@dataclass(frozen=True, kw_only=True)
class PythonRule:
    """A rule as a function of one trade and its entries. Every trade is read for it: slower than SQL.

    `name` is the type of its issues (`ROUND_AMOUNT`); on screen it reads “Round amount”. `says` is the
    sentence that explains one, with figures in braces: `The amount {amount:,} {currency} is round.`; `:,`
    writes a number as people read it. `material` names the figures that decide whether an issue counts as
    changed (all of them, if none is named). A `matching` rule is given trades of the checked statuses only,
    and its issue means that the trade is not matched.
    """

    name: str
    severity: Severity
    says: str
    check: Callable[[Trade, tuple[Entry, ...]], Finding | None]
    material: Sequence[str] = ()
    matching: bool = False


@dataclass(frozen=True, kw_only=True)
class SqlRule:
    """A rule as a query with a column `trade_id`; every other column is a figure of the evidence.

    Columns called `currency`, `entry_id`, and `difference_units` with `difference_nanos` are put into the
    issue's own columns as well. `further` is a query for trade ids that have to be looked at again although
    they did not change, because what changed elsewhere may decide about them; without it, a trade's issue
    must follow from the trade and its own entries. The other fields are as in `PythonRule`.
    """

    name: str
    severity: Severity
    says: str
    query: Callable[[Book], Select[Any]]
    further: Callable[[Book], Select[Any]] | None = None
    material: Sequence[str] = ()
    matching: bool = False
