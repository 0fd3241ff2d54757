"""What a run's date decides: which trades are due, and which fell due since the run before."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, and_, false, or_, select, true

from ..domain.issues import IssueType
from ..store.schema import trades
from ..store.workspace_settings import read_setting, write_setting
from .business_days import latest_due
from .rule import Check
from .scope import widen

_NAME = "engine.due"


@dataclass(frozen=True)
class DueDates:
    """Settlement dates as ISO texts: a missing entry is raised up to `missing` (None: whatever the date), a
    pending trade is stale up to `stale`. None where the rule is off."""

    missing: str | None
    stale: str | None


def due_dates(check: Check) -> DueDates:
    """The dates of this run. Raises KnownError for a calendar that there is not."""
    settings = check.settings
    missing = stale = None
    if check.as_of is not None and settings.is_on(IssueType.MISSING_LEDGER_ENTRY):
        missing = latest_due(check.as_of, settings.missing_days, settings.calendar).isoformat()
    if settings.is_on(IssueType.STALE_PENDING):
        day_before = check.today - timedelta(days=1)  # beyond the n-th business day, not on it
        stale = latest_due(day_before, settings.stale_days, settings.calendar).isoformat()
    return DueDates(missing, stale)


def is_due(settle_date: ColumnElement[str | None], last: str | None) -> ColumnElement[bool]:
    """Whether a missing entry is raised: a trade without a settlement date is due at once."""
    return true() if last is None else or_(settle_date.is_(None), settle_date <= last)


def follow_the_date(check: Check) -> None:
    """Adds to an incremental run the trades that fell due, or are no longer, since the run before; keeps this
    run's dates."""
    dates = due_dates(check)
    stored = read_setting(check.connection, _NAME)
    before = DueDates(**json.loads(stored)) if stored else DueDates(None, None)
    if before == dates:
        return
    write_setting(check.connection, _NAME, json.dumps(vars(dates)))
    if check.scope.is_full:
        return
    moved = or_(_between(before.missing, dates.missing), _between(before.stale, dates.stale))
    due = select(trades.c.trade_id).where(trades.c.settle_date.is_not(None), moved)
    widen(check.connection, due)


def _between(one: str | None, other: str | None) -> ColumnElement[bool]:
    if one == other:
        return false()
    ends = sorted(end for end in (one, other) if end is not None)
    after = trades.c.settle_date > ends[0]
    return after if len(ends) == 1 else and_(after, trades.c.settle_date <= ends[1])
