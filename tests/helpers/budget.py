"""How many examples a slow property test draws: few as a rule, many in Hypothesis's profile `long`."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

_LONGER = 25


def slow(examples: int, *, at_length: int | None = None, **others: int) -> settings:
    """Settings for a property test on a real database, which one fixture serves for all examples.

    In the profile `long`, which OPSPILOT_TEST_PROFILE or pytest's --hypothesis-profile names, `at_length`
    examples are drawn, or many times as many.
    """
    is_long = settings.get_current_profile_name() == "long"
    return settings(
        max_examples=(at_length or examples * _LONGER) if is_long else examples,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        **others,
    )
