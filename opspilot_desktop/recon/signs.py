"""What the sign of an entry's amount means, by where the entry comes from.

An amount has the direction of cash when money that comes in is positive: a purchase is then negative.
Sources signed as cash have it, and so do those whose entry type says debit or credit, once a debit is
negative. A source signed as a position runs the other way. Sources of which nothing is said give sizes only;
their sign is taken as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_

from ..store.schema import ledger_entries
from .rule_settings import RuleSettings, SignConvention

Amount = tuple[ColumnElement[Any], ColumnElement[Any]]


def sources_of(settings: RuleSettings, *conventions: SignConvention) -> Sequence[str]:
    """The sources that follow one of the conventions, in their order."""
    return [source for source, sign in sorted(settings.signs.items()) if sign in conventions]


def turns_any(settings: RuleSettings) -> bool:
    """Whether some amounts are summed with another sign than they are stored with."""
    return bool(sources_of(settings, SignConvention.BY_ENTRY_TYPE) or _opposed(settings))


def summed_amount(settings: RuleSettings) -> Amount:
    """An entry's amount as units and nanos, as a trade's entries are summed.

    Its size alone is compared, so that one direction is as good as the other as long as all have the same:
    sources signed as positions are turned round only where others are signed as cash. Where nothing is to be
    turned, the amount is read as it is stored, from the index alone.
    """
    return _turned(settings, _opposed(settings))


def cash_amount(settings: RuleSettings) -> Amount:
    """An entry's amount as units and nanos in the direction of cash, for a source that has a convention."""
    return _turned(settings, sources_of(settings, SignConvention.BUY_POSITIVE))


def _opposed(settings: RuleSettings) -> Sequence[str]:
    as_cash = sources_of(settings, SignConvention.BUY_NEGATIVE, SignConvention.BY_ENTRY_TYPE)
    return sources_of(settings, SignConvention.BUY_POSITIVE) if as_cash else ()


def _turned(settings: RuleSettings, positions: Sequence[str]) -> Amount:
    entry = ledger_entries.c
    conditions = []
    if by_type := sources_of(settings, SignConvention.BY_ENTRY_TYPE):
        is_debit = func.lower(entry.entry_type).in_(settings.debit_types)
        conditions.append(and_(entry.source.in_(by_type), is_debit))
    if positions:
        conditions.append(entry.source.in_(positions))
    if not conditions:
        return entry.amount_units, entry.amount_nanos
    turned = or_(*conditions)
    return (
        case((turned, -entry.amount_units), else_=entry.amount_units),
        case((turned, -entry.amount_nanos), else_=entry.amount_nanos),
    )
