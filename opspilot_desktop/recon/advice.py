"""Which of the rules that are off by default a workspace's data speak for, and why."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, case, func, or_, select

from ..store.schema import ledger_entries, trades
from .business_days import latest_due
from .rule_settings import RuleSettings, SignConvention
from .wording import count

_SAMPLE = 20_000
"""How many of the newest entries are held against their trades' sides."""
_MOSTLY = 0.9
"""The share of rows that have to carry a field before a rule that needs it is recommended."""
_FOLLOWS = 0.98
"""The share of a source's amounts whose sign has to go with the side before it counts as signed by side."""


@dataclass(frozen=True)
class Advice:
    """Whether to switch a rule on, and why or why not, in one sentence."""

    recommended: bool
    reason: str


@dataclass(frozen=True)
class _Data:
    connection: Connection
    settings: RuleSettings
    today: date

    def count(self, table: Any, *conditions: ColumnElement[bool]) -> int:
        counted = select(func.count()).select_from(table).where(*conditions)
        return int(self.connection.execute(counted).scalar_one())


def advise(
    connection: Connection, rules: Sequence[str], settings: RuleSettings, today: date
) -> dict[str, Advice]:
    """What the data say of each of these rules; of none where trades or entries are missing altogether."""
    data = _Data(connection, settings, today)
    if not (data.count(trades) and data.count(ledger_entries)):
        return {}
    found = {rule: _ADVISERS[rule](data) for rule in rules if rule in _ADVISERS}
    return {
        rule: Advice(advice.recommended, advice.reason[0].upper() + advice.reason[1:])
        for rule, advice in found.items()
    }


def _of_duplicates(data: _Data) -> Advice:
    columns = ("instrument", "side", "quantity_units", "quantity_nanos", "price_units", "price_nanos")
    same = [trades.c[name] for name in (*columns, "trade_date", "counterparty")]
    # As the rule counts: the first of a group is no issue.
    groups = (
        select(func.count().label("size"))
        .where(trades.c.status.not_in(data.settings.duplicate_ignored))
        .group_by(*same)
        .having(func.count() > 1)
        .subquery()
    )
    found = int(data.connection.execute(select(func.coalesce(func.sum(groups.c.size - 1), 0))).scalar_one())
    if found:
        return Advice(
            True, f"{_verb(found, 'trade', 'looks', 'look')} like an earlier one under a different id."
        )
    return Advice(
        True, "No trade looks like another one now; one that is booked twice would be seen at once."
    )


def _of_value_dates(data: _Data) -> Advice:
    entries, dated = data.count(ledger_entries), data.count(ledger_entries, _has("value_date"))
    settling = data.count(trades, trades.c.settle_date.is_not(None))
    every = data.count(trades)
    if not dated or not settling:
        what = "entry carries a value date" if not dated else "trade carries a settlement date"
        return Advice(False, f"No {what}, so there is nothing to compare.")
    enough = dated >= _MOSTLY * entries and settling >= _MOSTLY * every
    return Advice(
        enough,
        f"{_share(dated, entries, 'entry carries', 'entries carry')} a value date, and"
        f" {_share(settling, every, 'trade', 'trades')} a settlement date.",
    )


def _of_sides(data: _Data) -> Advice:
    said = {
        source: sign for source, sign in data.settings.signs.items() if sign is not SignConvention.ABSOLUTE
    }
    if said:
        return Advice(True, f"You have said of {count(len(said), 'source')} what its signs mean.")
    follows = _sources_by_side(data)
    if follows:
        named = f"{count(len(follows), 'source')} {'is' if len(follows) == 1 else 'are'} signed by side"
        return Advice(True, f"{named}; say for each what its signs mean under “For all rules”.")
    return Advice(False, "The signs of the amounts do not go with the side of the trade.")


def _sources_by_side(data: _Data) -> list[str]:
    """The sources whose amounts have one sign for purchases and the other for sales, by their newest rows."""
    entry = ledger_entries.c
    newest = (
        select(entry.source, entry.trade_id, entry.amount_units, entry.amount_nanos)
        .order_by(entry.id.desc())
        .limit(_SAMPLE)
        .subquery()
    )
    negative = or_(newest.c.amount_units < 0, newest.c.amount_nanos < 0)
    positive = or_(newest.c.amount_units > 0, newest.c.amount_nanos > 0)
    is_buy = trades.c.side == "BUY"
    cash = or_(and_(is_buy, negative), and_(~is_buy, positive))
    query = (
        select(
            newest.c.source,
            func.count(),
            func.sum(case((cash, 1), else_=0)),
            func.sum(case((is_buy, 1), else_=0)),
        )
        .select_from(newest.join(trades, trades.c.trade_id == newest.c.trade_id))
        .where(or_(negative, positive))
        .group_by(newest.c.source)
        .order_by(newest.c.source)
    )
    found = []
    for source, rows, as_cash, buys in data.connection.execute(query):
        both_sides = 0 < int(buys) < rows
        if both_sides and max(int(as_cash), rows - int(as_cash)) >= _FOLLOWS * rows:
            found.append(source)
    return found


def _of_accounts(data: _Data) -> Advice:
    entries, every = data.count(ledger_entries), data.count(trades)
    named = data.count(ledger_entries, _has("account"))
    own = data.count(trades, trades.c.account.is_not(None))
    if not named or not own:
        return Advice(False, f"No {'entry' if not named else 'trade'} names an account.")
    enough = named >= _MOSTLY * entries and own >= _MOSTLY * every
    return Advice(
        enough,
        f"{_share(named, entries, 'entry names', 'entries name')} an account, and"
        f" {_share(own, every, 'trade does', 'trades do')}.",
    )


def _of_stale(data: _Data) -> Advice:
    last = latest_due(data.today, data.settings.stale_days + 1, data.settings.calendar).isoformat()
    waiting = trades.c.status.in_(data.settings.checked_statuses)
    late = data.count(trades, waiting, trades.c.settle_date <= last)
    if late:
        return Advice(True, f"{_verb(late, 'waiting trade', 'is', 'are')} past the settlement date.")
    if not data.count(trades, trades.c.settle_date.is_not(None)):
        return Advice(False, "No trade carries a settlement date.")
    return Advice(True, "No waiting trade is past its settlement date now; one that is will be seen at once.")


def _of_instruments(data: _Data) -> Advice:
    size = data.settings.sample_size
    groups = select(trades.c.instrument).group_by(trades.c.instrument).having(func.count() >= size)
    many = int(data.connection.execute(select(func.count()).select_from(groups.subquery())).scalar_one())
    if many:
        return Advice(True, f"{_verb(many, 'instrument', 'has', 'have')} the {size:,} trades that it takes.")
    return Advice(False, f"No instrument has the {size:,} trades that it takes.")


def _has(name: str) -> ColumnElement[bool]:
    return ledger_entries.c[name].is_not(None)


def _verb(number: int, thing: str, one: str, more: str) -> str:
    return f"{count(number, thing)} {one if number == 1 else more}"


def _share(part: int, whole: int, one: str, more: str) -> str:
    if part == whole > 1:
        return f"all {whole:,} {more}"
    return f"{part:,} of {whole:,} {more}" if whole > 1 else f"the one {one}"


_ADVISERS: Mapping[str, Callable[[_Data], Advice]] = {
    "DUPLICATE_TRADE": _of_duplicates,
    "SETTLEMENT_DATE_MISMATCH": _of_value_dates,
    "SIDE_MISMATCH": _of_sides,
    "ACCOUNT_MISMATCH": _of_accounts,
    "STALE_PENDING": _of_stale,
    "ANOMALOUS_PRICE": _of_instruments,
    "ANOMALOUS_QUANTITY_BY_INSTRUMENT": _of_instruments,
}
