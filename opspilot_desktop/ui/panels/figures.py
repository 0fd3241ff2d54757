"""What the block beside an issue's comparison is made of (see difference)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from opspilot_desktop.domain.situation import IssueDetail
from opspilot_desktop.recon.wording import ONE, atoms, money, number, ratio

NONE = "–"
_HUNDREDTH = ONE // 100


@dataclass(frozen=True)
class Fact:
    """A label with its figure; `tip` says more where it has to be said."""

    label: str
    value: str
    tip: str = ""


@dataclass(frozen=True)
class Figures:
    """What the block says: title, big figure with its unit, one line, facts, and a warning."""

    title: str
    figure: str
    unit: str = ""
    line: str = ""
    facts: tuple[Fact, ...] = ()
    warning: str = ""


FiguresOf = Callable[[IssueDetail], Figures]


def worth(evidence: Mapping[str, Any]) -> list[Fact]:
    """The trade's gross amount, and what it is the product of."""
    gross = money(evidence.get("gross"))
    if gross is None:
        return []
    quantity, price = number(evidence.get("quantity")), money(evidence.get("price"))
    tip = f"{quantity} × {price}" if quantity is not None and price is not None else ""
    return [Fact("Quantity × price", gross, tip)]


def short(value: object) -> str | None:
    """A figure without decimals that tell nothing beside its size, and then said to be so."""
    exact = atoms(value)
    if exact is None or abs(exact) < 100 * ONE or exact % _HUNDREDTH == 0:
        return number(value)
    return f"about {ratio(exact, ONE, 2)}"
