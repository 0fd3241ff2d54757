"""A trade still waits although its settlement date is well past."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, select

from ...domain.issues import IssueType
from ...store.schema import trades
from ...store.workspace_settings import read_setting, write_setting
from .. import sql
from ..business_days import latest_due
from ..findings import finding
from ..rule import Check

_LAST = "engine.stale"


class StalePending:
    """Still of a checked status, more than the set number of business days after its settlement date.

    Without a date of its own a run looks as of today. Besides what changed, a run looks at the trades whose
    settlement date lies between the last run's limit and this one's. A trade without a settlement date is
    never stale. Material: the status and the settlement date.
    """

    issue_type = IssueType.STALE_PENDING

    def further_keys(self, check: Check) -> Select[Any] | None:
        """See Rule."""
        before, now = read_setting(check.connection, _LAST) or "", _last_stale(check)
        if before == now:
            return None
        first, last = sorted((before, now))
        moved = and_(trades.c.settle_date > first, trades.c.settle_date <= last, _is_checked(check))
        return select(trades.c.trade_id).where(moved)

    def query(self, check: Check) -> Select[Any]:
        """See Rule."""
        last = _last_stale(check)
        write_setting(check.connection, _LAST, last)
        status, settle_date = sql.json_text(trades.c.status), sql.json_text(trades.c.settle_date)
        gross = sql.stored_text(trades.c.gross_units, trades.c.gross_nanos, trades.c.gross_rest)
        return finding(
            trades,
            self.issue_type,
            trade_id=trades.c.trade_id,
            currency=trades.c.currency,
            material=sql.json_object(status=status, settle_date=settle_date),
            evidence=sql.json_object(
                status=status,
                settle_date=settle_date,
                as_of=sql.json_text(check.today.isoformat()),
                days=sql.json_number(sql.whole_constant(check.settings.stale_days)),
                calendar=sql.json_text(check.settings.calendar),
                gross=sql.json_text(gross),
                currency=sql.json_text(trades.c.currency),
            ),
        ).where(
            trades.c.settle_date <= last,
            _is_checked(check),
            check.scope.looks_at(self.issue_type, trades.c.trade_id),
        )


def _last_stale(check: Check) -> str:
    """The latest settlement date (ISO) of trades that are stale. Raises KnownError for a calendar that there
    is not."""
    settings = check.settings
    return latest_due(check.today, settings.stale_days + 1, settings.calendar).isoformat()


def _is_checked(check: Check) -> ColumnElement[bool]:
    return trades.c.status.in_(check.settings.checked_statuses)
