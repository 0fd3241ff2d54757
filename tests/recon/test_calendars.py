from __future__ import annotations

from datetime import date

from opspilot_desktop.recon.business_days import is_business_day
from opspilot_desktop.recon.calendars import calendars


def test_every_calendar_that_is_offered_can_be_used() -> None:
    offered = calendars()
    codes = [code for code, _ in offered]
    assert len(codes) == len(set(codes))
    assert ("XNYS", "New York Stock Exchange") in offered
    assert ("DE", "Germany") in offered
    assert offered.index(("XNYS", "New York Stock Exchange")) < offered.index(("DE", "Germany"))
    for code in ("XNYS", "DE", "GB", "ENX", codes[0], codes[-1]):
        assert not is_business_day(date(2026, 1, 1), code)
