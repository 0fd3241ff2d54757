"""What a run's date decides: which trades are due, and which fell due since the run before."""

from __future__ import annotations

import json

from sqlalchemy import ColumnElement, and_, or_, select, true

from ..domain.issues import IssueType
from ..store.schema import trades
from ..store.workspace_settings import read_setting, write_setting
from .business_days import latest_due
from .rule import Check
from .scope import widen

_NAME = "engine.due"


def last_due(check: Check) -> str | None:
    """The latest settlement date (ISO) for which this run raises a missing entry; None for every date.

    Raises KnownError for a calendar that there is not.
    """
    settings = check.settings
    if check.as_of is None or not settings.is_on(IssueType.MISSING_LEDGER_ENTRY):
        return None
    return latest_due(check.as_of, settings.missing_days, settings.calendar).isoformat()


def is_due(settle_date: ColumnElement[str | None], last: str | None) -> ColumnElement[bool]:
    """Whether a missing entry is raised: a trade without a settlement date is due at once."""
    return true() if last is None else or_(settle_date.is_(None), settle_date <= last)


def follow_the_date(check: Check) -> None:
    """Adds to an incremental run the trades that fell due, or are no longer, since the run before; keeps this
    run's date."""
    now = last_due(check)
    stored = read_setting(check.connection, _NAME)
    before = json.loads(stored) if stored else None
    if before == now:
        return
    write_setting(check.connection, _NAME, json.dumps(now))
    if not check.scope.is_full:
        moved = _between(*sorted(end for end in (before, now) if end is not None))
        widen(check.connection, select(trades.c.trade_id).where(moved))


def _between(first: str, last: str | None = None) -> ColumnElement[bool]:
    after = trades.c.settle_date > first
    return after if last is None else and_(after, trades.c.settle_date <= last)
