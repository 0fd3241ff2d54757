"""How a trade stands against the ledger: derived from its status, the marks of change and its issues."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, case, or_, select

from ..domain.fields import Kind, MatchStatus
from .plugin_states import is_matching_type
from .schema import dirty, issues, ledger_entries, trades


def match_status(checked_statuses: Sequence[str]) -> ColumnElement[str]:
    """How a trade stands against the ledger, from its status, the marks of change, and its issues."""
    return case(
        (trades.c.status.not_in(checked_statuses), MatchStatus.UNCHECKED.value),
        (is_marked(), MatchStatus.UNCHECKED.value),
        (is_broken(), MatchStatus.BROKEN.value),
        else_=MatchStatus.MATCHED.value,
    )


def is_marked() -> ColumnElement[bool]:
    """Whether a trade, or an entry of it, has changed since the last run, as the marks in `dirty` say."""
    # A mark is of one trade id or of a range: saying so finds the ranges in the index, instead of among
    # the marks of a thousand trade ids for each of a million trades.
    is_range = dirty.c.trade_id.is_(None)
    own = and_(dirty.c.kind == Kind.TRADES.value, trades.c.id.between(dirty.c.first_id, dirty.c.last_id))
    entry = ledger_entries.alias()
    added = and_(dirty.c.kind == Kind.LEDGER.value, entry.c.id.between(dirty.c.first_id, dirty.c.last_id))
    entries = select(dirty.c.id).join(entry, added).where(entry.c.trade_id == trades.c.trade_id)
    return or_(
        *[
            query.correlate(trades).exists()
            for query in (
                select(dirty.c.id).where(dirty.c.trade_id == trades.c.trade_id),
                select(dirty.c.id).where(is_range, own),
                entries.where(is_range),
            )
        ]
    )


def shows_a_break() -> ColumnElement[bool]:
    """Whether an issue says that a trade is not matched, and the data still show it."""
    return and_(is_matching_type(issues.c.issue_type), issues.c.gone.is_(False))


def is_broken() -> ColumnElement[bool]:
    """Whether a trade has a matching issue that the data still show."""
    shown = select(issues.c.id).where(issues.c.trade_id == trades.c.trade_id, shows_a_break())
    return shown.correlate(trades).exists()
