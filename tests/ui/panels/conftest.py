"""Local times that are the same on every machine."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.helpers.time_zones import time_zone


@pytest.fixture
def utc() -> Iterator[None]:
    """The local time zone is UTC."""
    with time_zone("UTC"):
        yield
