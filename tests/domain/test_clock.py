from __future__ import annotations

from datetime import UTC, datetime

from opspilot_desktop.domain.clock import local, local_minute, now, parse_instant
from tests.helpers.time_zones import time_zone


def test_what_is_stored_is_utc_and_sorts() -> None:
    first = now()
    assert first.endswith("Z")
    assert abs((datetime.now(UTC) - parse_instant(first)).total_seconds()) < 60
    assert first <= now()


def test_what_is_shown_is_local() -> None:
    with time_zone("Asia/Kolkata"):
        assert local_minute("2026-11-20T20:15:30.123Z") == "2026-11-21 01:45"
        assert local("2026-11-20T20:15:30.123Z").day == 21
    with time_zone("America/New_York"):
        assert local_minute("2026-11-20T20:15:30.123Z") == "2026-11-20 15:15"
