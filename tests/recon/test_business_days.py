"""Business days: weekends and holidays do not count."""

from __future__ import annotations

from datetime import date

import pytest

from opspilot_desktop.domain.errors import KnownError
from opspilot_desktop.recon.business_days import is_business_day, latest_due


@pytest.mark.parametrize(
    ("today", "days", "calendar", "due"),
    [
        (date(2026, 11, 9), 0, "", date(2026, 11, 9)),
        (date(2026, 11, 8), 0, "", date(2026, 11, 8)),
        (date(2026, 11, 10), 2, "", date(2026, 11, 8)),
        (date(2026, 11, 9), 2, "", date(2026, 11, 5)),
        (date(2026, 12, 28), 2, "", date(2026, 12, 24)),
        (date(2026, 12, 28), 2, "DE", date(2026, 12, 23)),
        (date(2026, 12, 28), 2, "xnys", date(2026, 12, 23)),
    ],
)
def test_the_latest_date_that_is_due(today: date, days: int, calendar: str, due: date) -> None:
    assert latest_due(today, days, calendar) == due


def test_holidays_are_those_of_the_calendar() -> None:
    assert is_business_day(date(2026, 10, 26), "DE")
    assert not is_business_day(date(2026, 10, 26), "AT")


def test_an_unknown_calendar_is_refused() -> None:
    with pytest.raises(KnownError, match="no holiday calendar called NOWHERE"):
        latest_due(date(2026, 11, 9), 1, "NOWHERE")
