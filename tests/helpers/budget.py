"""How many examples a slow property test draws: few as a rule, many under OPSPILOT_TEST_PROFILE=long."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

_LONGER = 25


def slow(examples: int, **others: int) -> settings:
    """Settings for a property test on a real database, which one fixture serves for all examples."""
    is_long = os.environ.get("OPSPILOT_TEST_PROFILE") == "long"
    return settings(
        max_examples=examples * (_LONGER if is_long else 1),
        deadline=None,
        suppress_health_check=list(HealthCheck),
        **others,
    )
