from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from opspilot_desktop.domain.clock import local
from opspilot_desktop.ui.panels.local_time import clock, day, day_and_clock, in_full, is_today
from tests.helpers.time_zones import time_zone

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def test_an_instant_is_shown_in_the_local_zone() -> None:
    with time_zone("Asia/Kolkata"):
        assert clock(local("2026-11-20T20:15:30.123Z")) == "01:45"
        assert day(local("2026-11-20T20:15:30.123Z"), NOW) == "21 Nov"


def test_the_date_names_the_year_only_where_it_is_another() -> None:
    assert day(datetime(2026, 3, 1, tzinfo=UTC), NOW) == "1 Mar"
    assert day(datetime(2025, 3, 1, tzinfo=UTC), NOW) == "1 Mar 2025"
    assert day_and_clock(datetime(2026, 11, 10, 9, 5, tzinfo=UTC), NOW) == "10 Nov 09:05"
    assert in_full(datetime(2026, 11, 10, 9, 5, 7, tzinfo=UTC)) == "2026-11-10 09:05:07"


def test_today_is_the_local_day() -> None:
    assert is_today(NOW - timedelta(hours=12), NOW)
    assert not is_today(NOW - timedelta(hours=12, seconds=1), NOW)
    east = timezone(timedelta(hours=9))
    assert is_today(datetime(2026, 11, 21, 0, 30, tzinfo=east), datetime(2026, 11, 21, 8, 0, tzinfo=east))
