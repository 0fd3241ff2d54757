"""Local times that are the same on every machine."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest


@contextmanager
def time_zone(name: str) -> Iterator[None]:
    """The local time zone is this one; the test is skipped where a process cannot set it."""
    if not hasattr(time, "tzset"):
        pytest.skip("the time zone of a process can only be set on POSIX")
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(os.environ, "TZ", name)
        time.tzset()
        yield
    time.tzset()
