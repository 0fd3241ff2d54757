"""The sentence of a plug-in's issue: kept with the evidence, so that it outlives the plug-in.

`The amount {amount:,} {currency} is round.` names figures of the evidence; `:,` writes a number as people
read it. Nothing else has a meaning in braces.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from .wording import flat, number

SAYS = "says"
"""Under this name the evidence of a plug-in's issue keeps its sentence."""

_NAMED = re.compile(r"\{([a-z][a-z0-9_]*)(:,)?\}", re.ASCII)
_MISSING = "–"


def figures_named(says: str) -> set[str]:
    """The names of the figures in a sentence."""
    return {name for name, _ in _NAMED.findall(says)}


def sentence(evidence: Mapping[str, Any]) -> str | None:
    """The sentence with its figures, as plain text on one line; None where the evidence has none."""
    says = evidence.get(SAYS)
    if not isinstance(says, str):
        return None
    return flat(_NAMED.sub(lambda named: _shown(evidence.get(named[1]), bool(named[2])), says))


def own_figures(evidence: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The figures of a plug-in's issue, each with its label; numbers as its sentence writes them."""
    says = evidence.get(SAYS)
    if not isinstance(says, str):
        return []
    grouped = {name for name, comma in _NAMED.findall(says) if comma}
    return [
        (flat(name).replace("_", " ").capitalize(), _shown(value, name in grouped or name == "difference"))
        for name, value in evidence.items()
        if name != SAYS and not isinstance(value, list | dict)
    ]


def _shown(value: Any, grouped: bool) -> str:
    if value is None or value == "":
        return _MISSING
    return (number(value) if grouped else None) or flat(value)
