"""Local times (`domain/clock.py`) as people read them, with only as much of the date as it takes."""

from __future__ import annotations

from datetime import datetime

# Not strftime: Qt sets the C locale, and with it the month names would change their language.
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def clock(moment: datetime) -> str:
    """The time of day: `09:02`."""
    return f"{moment.hour:02d}:{moment.minute:02d}"


def day(moment: datetime, now: datetime | None = None) -> str:
    """The date, with the year only where it is not this one: `10 Nov`, `10 Nov 2025`."""
    text = f"{moment.day} {_MONTHS[moment.month - 1]}"
    return text if moment.year == _now(now).year else f"{text} {moment.year}"


def day_and_clock(moment: datetime, now: datetime | None = None) -> str:
    """Date and time: `10 Nov 09:10`."""
    return f"{day(moment, now)} {clock(moment)}"


def is_today(moment: datetime, now: datetime | None = None) -> bool:
    """Whether the moment lies in the current local day."""
    return moment.date() == _now(now).date()


def in_full(moment: datetime) -> str:
    """The whole of it, for tooltips: `2026-11-20 09:31:00`."""
    return moment.strftime("%Y-%m-%d %H:%M:%S")


def _now(now: datetime | None) -> datetime:
    return now if now is not None else datetime.now().astimezone()
