"""The holiday calendars that there are to choose from."""

from __future__ import annotations

import re
from collections.abc import Container, Mapping
from operator import itemgetter

_WORDS = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
"""Between the words of a name that is written as `NewYorkStockExchange`."""


def calendars() -> list[tuple[str, str]]:
    """The calendars that there are, as (code, name): exchanges first, then countries, each by name."""
    import holidays
    from holidays.registry import COUNTRIES, FINANCIAL

    def named(registry: Mapping[str, tuple[str, ...]], known: Container[str]) -> list[tuple[str, str]]:
        pairs = ((names[1], _WORDS.sub(" ", names[0])) for names in registry.values())
        return sorted((pair for pair in pairs if pair[0] in known), key=itemgetter(1))

    return [
        *named(FINANCIAL, holidays.list_supported_financial()),
        *named(COUNTRIES, holidays.list_supported_countries()),
    ]
