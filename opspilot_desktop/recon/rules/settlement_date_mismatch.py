"""Ledger entries of a checked trade have another value date than it settles on."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Column, MetaData, Select, Table, delete, insert, select

from ...domain.issues import IssueType
from ...store.schema import PlainText, ledger_entries
from .. import sql
from ..business_days import business_days_from
from ..differing import Differing
from ..rule import Check, InScope
from ..temporary import create

_differing = Differing(IssueType.SETTLEMENT_DATE_MISMATCH, own="settle_date", value="value_date")
_ranges = Table(
    "settlement_ranges",
    MetaData(),
    Column("settle_date", PlainText, primary_key=True),
    Column("earliest", PlainText),
    Column("latest", PlainText),
    prefixes=["TEMPORARY"],
)


class SettlementDateMismatch(InScope):
    """A value date further from the settlement date than the set number of business days; of 0, another date.

    Blank agrees with any. Material: the settlement date, and the other dates with their numbers of entries.
    """

    issue_type = IssueType.SETTLEMENT_DATE_MISMATCH

    def counting(self) -> Select[Any]:
        """See Countable."""
        return _differing.counting()

    def query(self, check: Check) -> Select[Any] | None:
        """See Rule."""
        days = check.settings.settlement_days
        _differing.fill(check, ledger_entries.c.value_date)
        if days:
            _leave_out_near_dates(check, days)
        return _differing.query(
            check.connection,
            days=sql.json_number(sql.whole_constant(days)),
            calendar=sql.json_text(check.settings.calendar),
        )


def _leave_out_near_dates(check: Check, days: int) -> None:
    """Which dates are near is worked out once for each settlement date, of which there are few."""
    own = _differing.table.c
    ranges = [
        {
            "settle_date": found,
            "earliest": business_days_from(day, -days, check.settings.calendar).isoformat(),
            "latest": business_days_from(day, days, check.settings.calendar).isoformat(),
        }
        for found in check.connection.execute(select(own.own).distinct()).scalars()
        for day in [date.fromisoformat(found)]
    ]
    create(check.connection, _ranges)
    if ranges:
        check.connection.execute(insert(_ranges), ranges)
    near = select(_ranges.c.settle_date).where(
        _ranges.c.settle_date == own.own, own.value.between(_ranges.c.earliest, _ranges.c.latest)
    )
    check.connection.execute(delete(_differing.table).where(near.correlate(_differing.table).exists()))
