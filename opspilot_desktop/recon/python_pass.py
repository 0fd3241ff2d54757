"""Shows every trade in scope, with its entries, to the rules that are written in Python.

One pass for all of them, some hundred trades at a time. Far slower than a query: a row takes microseconds
that SQL does not need, so these rules are for what SQL cannot say.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Context, Decimal, localcontext
from functools import cache
from itertools import groupby
from typing import Any

from sqlalchemy import Select, func, insert, select

from ..domain.decimals import MAX_GROSS, DecimalError, Exact, from_decimal, to_decimal, to_text
from ..plugins.api import Entry, Finding, Trade
from ..plugins.faults import PluginFault, is_names
from ..store.schema import ledger_entries, trades
from .findings import findings
from .guard import Guard
from .plugin_rules import RuleInPython, check_figures
from .rule import Check
from .scope import scope_keys
from .templates import SAYS

BATCH = 500
"""How many trades are read at a time."""

_CONTEXT = Context(prec=100)
"""How rules calculate: Python's usual 28 digits would round a product without a word."""

_TRADE_TEXTS = ("trade_id", "instrument", "side", "currency", "status", "counterparty", "account", "trader")
_ENTRY_TEXTS = ("entry_id", "trade_id", "currency", "entry_type", "account", "description", "source")


@dataclass
class Pass:
    """How a pass went: how many trades were shown, and how long the rules took with their reading."""

    trades: int = 0
    seconds: float = 0.0


def run_python_rules(
    check: Check, guard: Guard, rules: Sequence[RuleInPython], step: int, steps: int
) -> Pass:
    """Adds to `findings` what the rules find. Between two trades a cancel is heard."""
    started, done = time.perf_counter(), Pass()
    total = _count(check)
    names = ", ".join(rule.issue_type.label for rule in rules)
    for batch in _batches(check):
        text = f"{names} (Python, slower): {done.trades:,} of {total:,} trades"
        guard.handle.step(step, steps, text)
        rows = [row for trade, entries in batch for row in _asked(check, guard, rules, trade, entries)]
        if rows:
            check.connection.execute(insert(findings), rows)
        done.trades += len(batch)
        if not guard.standing(rules):
            break
    done.seconds = time.perf_counter() - started
    return done


def _asked(
    check: Check, guard: Guard, rules: Sequence[RuleInPython], trade: Trade, entries: tuple[Entry, ...]
) -> Iterator[dict[str, Any]]:
    """What the rules find in one trade, as rows of `findings`."""
    guard.handle.check()
    for rule in guard.standing(rules):
        if rule.issue_type.is_matching and trade.status not in check.settings.checked_statuses:
            continue
        try:
            with localcontext(_CONTEXT):  # each time: one rule may change it
                found = rule.check(trade, entries)
            row = None if found is None else _row(rule, trade, entries, found)
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # whatever a plug-in thinks of, SystemExit included
            guard.handle.check()
            guard.fail(rule, error)
        else:
            if row is not None:
                yield row


def _row(rule: RuleInPython, trade: Trade, entries: tuple[Entry, ...], found: object) -> dict[str, Any]:
    """A finding as a row. Raises PluginFault for one that cannot be kept as it is."""
    name = rule.issue_type.value
    if not isinstance(found, Finding):
        raise PluginFault(f"{name} must return a Finding or None; it returned a {type(found).__name__}")
    if not isinstance(found.figures, Mapping) or not is_names(list(found.figures)):
        raise PluginFault(f"the figures of {name} must be a dictionary with names such as amount_due")
    if SAYS in found.figures:
        raise PluginFault(f"no figure can be called {SAYS}; rename it")
    shown = {one: _plain(name, value) for one, value in found.figures.items()}
    currency = trade.currency if found.currency is None else _text(name, found.currency)
    shown.setdefault("currency", currency)
    parts: Exact | tuple[None, None, None] = (None, None, None)
    if found.difference is not None:
        shown["difference"] = _plain(name, found.difference)
        parts = _exact(name, found.difference)
        if abs(parts.units) >= MAX_GROSS:
            raise PluginFault(f"the difference of {name} is too large to be kept")
    check_figures(rule, shown)
    material = {one: shown[one] for one in rule.material or shown}
    return {
        "issue_type": name,
        "issue_key": trade.trade_id,
        "severity": rule.issue_type.severity.value,
        "trade_id": trade.trade_id,
        "entry_id": entries[0].entry_id if len(entries) == 1 else None,
        "currency": currency,
        **dict(zip(("difference_units", "difference_nanos", "difference_rest"), parts, strict=True)),
        "material": _json(material),
        "evidence": _json({**shown, SAYS: rule.says}),
    }


def _json(values: Mapping[str, object]) -> str:
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"))


def _plain(rule: str, value: object) -> str | int | None:
    """A figure as JSON keeps it: a Decimal and a date as text."""
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    if isinstance(value, Decimal):
        return to_text(*_exact(rule, value))
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        return _text(rule, value)
    raise PluginFault(f"a figure of {rule} is a {type(value).__name__}; use Decimal, int, str or date")


def _exact(rule: str, value: object) -> Exact:
    if not isinstance(value, Decimal):
        raise PluginFault(f"the difference of {rule} is a {type(value).__name__}; use Decimal")
    try:
        return from_decimal(value)
    except DecimalError:
        raise PluginFault(f"a number of {rule} is not finite or has more than 18 decimals") from None


def _text(rule: str, value: object) -> str:
    if not isinstance(value, str):
        raise PluginFault(f"the currency of {rule} is no text")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise PluginFault(f"a text of {rule} holds half a character") from None
    if "\0" in value:
        raise PluginFault(f"a text of {rule} holds a NUL character")
    return value


# Reading


def _count(check: Check) -> int:
    counted = select(func.count()).select_from(trades).where(check.scope.contains(trades.c.trade_id))
    return int(check.connection.execute(counted).scalar_one())


@cache
def _page(is_full: bool) -> Select[Any]:
    """The first trades in scope after a trade id."""
    # Driven by the keys: the changed ones among a million trades are few.
    source = trades if is_full else scope_keys.join(trades, trades.c.trade_id == scope_keys.c.trade_id)
    key = trades.c.trade_id if is_full else scope_keys.c.trade_id
    return select(trades).select_from(source).order_by(key).limit(BATCH)


def _batches(check: Check) -> Iterator[list[tuple[Trade, tuple[Entry, ...]]]]:
    """The trades in scope with their entries, by trade id."""
    is_full = check.scope.is_full
    key = trades.c.trade_id if is_full else scope_keys.c.trade_id
    after: str | None = None
    while True:
        query = _page(is_full)
        if after is not None:
            query = query.where(key > after)
        rows = check.connection.execute(query).mappings().all()
        if rows:
            after = rows[-1]["trade_id"]
            found = _entries(check, [row["trade_id"] for row in rows])
            yield [(_trade(row), found.get(row["trade_id"], ())) for row in rows]
        if len(rows) < BATCH:
            return


def _entries(check: Check, trade_ids: Sequence[str]) -> dict[str, tuple[Entry, ...]]:
    entry = ledger_entries.c
    query = select(ledger_entries).where(entry.trade_id.in_(trade_ids)).order_by(entry.trade_id, entry.id)
    rows = check.connection.execute(query).mappings()
    grouped = groupby(rows, key=lambda row: row["trade_id"])
    return {trade_id: tuple(map(_entry, own)) for trade_id, own in grouped}


def _trade(row: Mapping[Any, Any]) -> Trade:
    return Trade(
        **{name: row[name] for name in _TRADE_TEXTS},
        quantity=to_decimal(row["quantity_units"], row["quantity_nanos"]),
        price=to_decimal(row["price_units"], row["price_nanos"]),
        gross_amount=to_decimal(row["gross_units"], row["gross_nanos"], row["gross_rest"]),
        trade_date=_date(row["trade_date"]),
        settle_date=_date(row["settle_date"]),
        timestamp=row["timestamp"],
    )


def _entry(row: Mapping[Any, Any]) -> Entry:
    return Entry(
        **{name: row[name] for name in _ENTRY_TEXTS},
        amount=to_decimal(row["amount_units"], row["amount_nanos"]),
        value_date=_date(row["value_date"]),
        timestamp=row["timestamp"],
    )


def _date(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
