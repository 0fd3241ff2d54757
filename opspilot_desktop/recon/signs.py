"""What the sign of an entry's amount means, by where the entry comes from."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, case, func

from ..store.schema import ledger_entries
from .rule_settings import RuleSettings, SignConvention


def signed_amount(settings: RuleSettings) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    """An entry's amount as units and nanos, turned round where its entry type says debit.

    Only sources whose entry type carries the sign ask for it; without any, the amount is read as it is
    stored, from the index alone.
    """
    entry = ledger_entries.c
    turned = [
        source for source, sign in sorted(settings.signs.items()) if sign is SignConvention.BY_ENTRY_TYPE
    ]
    if not turned:
        return entry.amount_units, entry.amount_nanos
    is_debit = and_(entry.source.in_(turned), func.lower(entry.entry_type).in_(settings.debit_types))
    return (
        case((is_debit, -entry.amount_units), else_=entry.amount_units),
        case((is_debit, -entry.amount_nanos), else_=entry.amount_nanos),
    )
