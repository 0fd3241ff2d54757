"""The rules' settings in words, and how two versions of them differ."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields
from decimal import Decimal
from typing import Any

from ..domain.issues import type_label
from ..domain.run_history import SettingChange
from .rule_settings import RuleSettings, SignConvention, Tolerance

_NOTHING = "–"
_LABELS = {
    "tolerance": "Tolerance",
    "anomaly_factor": "Unusual quantity, times the mean",
    "checked_statuses": "Trade statuses matched",
    "basis_points": "Tolerance in basis points",
    "tolerances": "Narrower tolerance",
    "signs": "Signs of source",
    "debit_types": "Entry types that subtract",
    "missing_days": "Business days until an entry is missing",
    "calendar": "Holiday calendar",
    "stale_days": "Business days until a trade is stale",
    "settlement_days": "Business days a value date may be off",
    "accounts": "Account of the ledger",
    "duplicate_ignored": "Statuses that are no duplicates",
    "price_deviations": "Unusual price, in deviations",
    "quantity_deviations": "Unusual quantity, in deviations",
    "sample_size": "Trades an instrument needs",
}


def differences(before: RuleSettings, after: RuleSettings) -> list[SettingChange]:
    """The settings that differ, each in a line of its own."""
    found: list[SettingChange] = []
    for one in fields(RuleSettings):
        old, new = getattr(before, one.name), getattr(after, one.name)
        if old != new:
            found += _lines(one.name, old, new)
    return found


def _lines(name: str, old: Any, new: Any) -> Iterator[SettingChange]:
    label = _LABELS.get(name, name.replace("_", " ").capitalize())
    if name == "enabled":
        for rule in sorted(old ^ new):
            yield SettingChange(f"Rule: {type_label(rule)}", _switched(rule in old), _switched(rule in new))
    elif isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in sorted({*old, *new}):
            if old.get(key) != new.get(key):
                yield SettingChange(f"{label} {key or '(blank)'}", _text(old.get(key)), _text(new.get(key)))
    elif name == "tolerances":
        yield from _tolerance_lines(label, old, new)
    else:
        yield SettingChange(label, _text(old), _text(new))


def _tolerance_lines(
    label: str, old: tuple[Tolerance, ...], new: tuple[Tolerance, ...]
) -> Iterator[SettingChange]:
    """A line for each combination of names whose tolerance differs."""
    before, after = ({_place(one): one for one in some} for some in (old, new))
    for place in dict.fromkeys([*before, *after]):
        if before.get(place) != after.get(place):
            yield SettingChange(f"{label}: {place}", _text(before.get(place)), _text(after.get(place)))


def _place(tolerance: Tolerance) -> str:
    return ", ".join(f"{name} {getattr(tolerance, name)}" for name in tolerance.named) or "everywhere"


def _switched(on: bool) -> str:
    return "on" if on else "off"


def _text(value: Any) -> str:
    if isinstance(value, Tolerance):
        return f"{_text(value.absolute)} or {_text(value.basis_points)} bp"
    if isinstance(value, bool):
        return _switched(value)
    if isinstance(value, tuple | frozenset | list):
        words = sorted(value) if isinstance(value, frozenset) else value
        return ", ".join(_text(one) for one in words) or _NOTHING
    if isinstance(value, SignConvention):
        return value.label
    plain = f"{value:,f}" if isinstance(value, Decimal) else str("" if value is None else value)
    return plain or _NOTHING
