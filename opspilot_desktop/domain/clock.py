"""The program's own times: stored in UTC, as text that sorts in time order, and shown as local time."""

from __future__ import annotations

from datetime import UTC, date, datetime


def now() -> str:
    """This moment as `2026-11-20T09:31:00.123Z`."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def today() -> date:
    """This day, in this machine's time zone."""
    return datetime.now().astimezone().date()


def parse_instant(text: str) -> datetime:
    """The moment that `now` wrote, as an aware datetime in UTC."""
    return datetime.fromisoformat(text)


def local(instant: str) -> datetime:
    """The instant that `now` wrote, in this machine's time zone."""
    return parse_instant(instant).astimezone()


def local_minute(instant: str) -> str:
    """The instant that `now` wrote as people read it, in this machine's time zone: `2026-11-20 10:31`."""
    return local(instant).strftime("%Y-%m-%d %H:%M")


def age_in_days(instant: str) -> int:
    """Whole days from the instant that `now` wrote to this moment."""
    return max((datetime.now(UTC) - parse_instant(instant)).days, 0)
