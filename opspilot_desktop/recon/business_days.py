"""Business days: weekends and, where a calendar is set, its public holidays."""

from __future__ import annotations

from collections.abc import Container
from contextlib import suppress
from datetime import date, timedelta
from functools import cache

from ..domain.errors import KnownError

_SATURDAY = 5


@cache
def holidays_of(calendar: str) -> Container[date]:
    """The holidays of an ISO country code (`DE`, `CH`) or an exchange's code (`XNYS`); none for a blank.

    The dates are those of the `holidays` library. Raises KnownError for a code it does not know.
    """
    if not calendar:
        return frozenset()
    import holidays  # half a megabyte of tables for each country, and needed by few runs

    code = calendar.upper()
    try:
        if code in holidays.list_supported_financial():
            return holidays.financial_holidays(code)
        return holidays.country_holidays(code)
    except NotImplementedError:
        raise KnownError(
            f"There is no holiday calendar called {calendar}; name a country such as DE, an exchange such as"
            " XNYS, or leave it blank for weekends alone."
        ) from None


def is_business_day(day: date, calendar: str = "") -> bool:
    """Whether the day is neither on a weekend nor a holiday of the calendar."""
    return day.weekday() < _SATURDAY and day not in holidays_of(calendar)


def latest_due(today: date, days: int, calendar: str = "") -> date:
    """The latest date from which `days` business days have passed by `today`: of 0 days, `today` itself.

    A date has come to its n-th business day when n business days lie after it, up to and with `today`.
    """
    due, passed = today, 0
    while passed < days:
        passed += is_business_day(due, calendar)
        due -= timedelta(days=1)
    return due


def business_days_from(day: date, days: int, calendar: str = "") -> date:
    """The date `days` business days after `day`, before it if negative; of 0 days, `day` itself.

    Where the calendar of Python ends (9999 stands for "open" in some files), so does the way.
    """
    step = timedelta(days=1 if days > 0 else -1)
    left = abs(days)
    with suppress(OverflowError):
        while left:
            day += step
            left -= is_business_day(day, calendar)
    return day
