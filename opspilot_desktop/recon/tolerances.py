"""How large a difference may be, trade by trade, where a workspace says more than one amount.

The table `pairs` then says of each pair by which line of the settings it is judged (`line`, the most
specific that fits) and, as an exact number, how much that line allows it (`allowed`).
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, and_, func, literal, not_, select, update

from ..domain.decimals import NANO
from ..store.schema import PlainText, trades
from . import sql
from .matching import pairs
from .rule import Check
from .rule_settings import BASIS_POINT_DIGITS, DIMENSIONS, RuleSettings, Tolerance

_SCALE = 10**BASIS_POINT_DIGITS
_DIVISOR = 10_000 * _SCALE
"""A basis point is a ten-thousandth."""


def judge_pairs(check: Check) -> None:
    """Writes to each pair what it is allowed, if that is not the same for all."""
    if not _vary(check.settings):
        return
    for number, line in enumerate(_least_specific_first(check.settings)):
        check.connection.execute(update(pairs).values(line=number).where(*_fits(line)))
    for number, line in enumerate(_least_specific_first(check.settings)):
        _allow(check, number, line)


def beyond_tolerance(settings: RuleSettings) -> tuple[ColumnElement[bool], ColumnElement[str]]:
    """Whether a judged pair's difference is larger than it may be, and how large it may be as plain text."""
    difference = sql.number(pairs, "difference")
    if not _vary(settings):
        beyond = sql.exceeds(difference, sql.constant(settings.tolerance))
        return beyond, literal(f"{settings.tolerance:f}", PlainText)
    return sql.exceeds(difference, sql.number(pairs, "allowed")), sql.number_text(pairs, "allowed")


def _vary(settings: RuleSettings) -> bool:
    return bool(settings.tolerances or settings.basis_points)


def _least_specific_first(settings: RuleSettings) -> Sequence[Tolerance]:
    """The lines, so that a later one that fits takes the place of an earlier one.

    More dimensions are more specific than fewer; of as many, an instrument is more specific than an account,
    that than a counterparty, and that than a currency.
    """
    general = Tolerance(settings.tolerance, settings.basis_points)

    def rank(line: Tolerance) -> tuple[int, list[bool]]:
        return len(line.named), [name in line.named for name in DIMENSIONS]

    return [general, *sorted(settings.tolerances, key=rank)]


def _fits(line: Tolerance) -> list[ColumnElement[bool]]:
    conditions = []
    if line.currency is not None:
        conditions.append(func.coalesce(pairs.c.currency, pairs.c.first_currency) == line.currency)
    own = [trades.c[name] == getattr(line, name) for name in line.named if name != "currency"]
    if own:
        conditions.append(pairs.c.trade_id.in_(select(trades.c.trade_id).where(and_(*own, _of_pair()))))
    return conditions


def _of_pair() -> ColumnElement[bool]:
    """Only the trades that are in doubt are looked up, one by one."""
    return trades.c.trade_id.in_(select(pairs.c.trade_id))


def _allow(check: Check, number: int, line: Tolerance) -> None:
    """Writes what the line allows: the larger of its amount and its share of the gross amount."""
    concerned = pairs.c.line == number
    limbs_of = sql.number(pairs, "allowed")
    share = dict(zip(limbs_of, _share(line.basis_points), strict=True))
    check.connection.execute(update(pairs).values(share).where(concerned))
    for statement in sql.settling(pairs, "allowed"):
        check.connection.execute(statement)
    amount = sql.constant(line.absolute)
    least = dict(zip(limbs_of, amount, strict=True)) | {pairs.c.allowed_sign: int(line.absolute > 0)}
    smaller = not_(sql.exceeds(limbs_of, amount))
    check.connection.execute(update(pairs).values(least).where(concerned, smaller))
    # A share is floored at a billionth, the smallest difference that a ledger can book.
    check.connection.execute(update(pairs).values({limbs_of[3]: 0}).where(concerned))


def _share(basis_points: Decimal) -> tuple[ColumnElement[Any], ...]:
    """The share of a pair's gross amount, divided limb by limb; to be settled.

    Each limb is below 10^9 and the factor at most 10^8, so that no product leaves 64 bits.
    """
    factor = int(basis_points * _SCALE)
    own = [sql.absolute(pairs.c[f"gross_{part}"]) for part in ("units", "nanos", "rest")]
    done: list[ColumnElement[Any]] = []
    left: ColumnElement[Any] = sql.zero()
    for limb in sql.limbs(*own):
        total = left * NANO + limb * factor
        done.append(total // _DIVISOR)
        left = total % _DIVISOR
    return tuple(done)
