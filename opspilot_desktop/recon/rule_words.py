"""The settings of the rules in words: for a person who compares two versions, and for the command line."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from ..domain.decimals import from_decimal, to_text
from ..domain.issues import type_label
from .rule_facts import EVERY_SETTING, SETTING_LABELS
from .rule_settings import DIMENSIONS, RuleSettings, SignConvention, Tolerance
from .wording import listed

_NONE = "none"


def plain(value: Decimal) -> str:
    """A number as it is typed: all of its digits, no separators."""
    return to_text(*from_decimal(value))


def value_text(value: Any) -> str:
    """A setting's value as words."""
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, Tolerance):
        return _tolerance(value)
    if isinstance(value, Mapping):
        pairs = [f"{key or '(no source)'}: {_label(of)}" for key, of in sorted(value.items())]
        return "; ".join(pairs) or _NONE
    if isinstance(value, tuple | list | frozenset):
        return ", ".join(value_text(one) for one in value) or _NONE
    return str(value) if value != "" else _NONE


def settings_lines(settings: RuleSettings) -> list[tuple[str, str]]:
    """Every setting with its value, the rules that are on first."""
    on = [type_label(rule) for rule in sorted(settings.enabled)]
    values = [(SETTING_LABELS[name], value_text(getattr(settings, name))) for name in EVERY_SETTING]
    return [("Rules that are on", ", ".join(on) or _NONE), *values]


def differences(before: RuleSettings, after: RuleSettings) -> list[str]:
    """What is different in the later settings, a sentence each; none where nothing is."""
    switched_on = sorted(after.enabled - before.enabled)
    switched_off = sorted(before.enabled - after.enabled)
    found = []
    if switched_on:
        found.append(f"On: {listed([type_label(rule) for rule in switched_on], 12)}")
    if switched_off:
        found.append(f"Off: {listed([type_label(rule) for rule in switched_off], 12)}")
    for name in EVERY_SETTING:
        old, new = getattr(before, name), getattr(after, name)
        if old != new:
            found.append(f"{SETTING_LABELS[name]}: {value_text(old)} → {value_text(new)}")
    return found


def _label(value: object) -> str:
    return value.label if isinstance(value, SignConvention) else str(value)


def _tolerance(line: Tolerance) -> str:
    allowed = [plain(line.absolute)] if line.absolute or not line.basis_points else []
    if line.basis_points:
        allowed.append(f"{plain(line.basis_points)} bp")
    named = [f"{name} {getattr(line, name)}" for name in DIMENSIONS if getattr(line, name) is not None]
    return f"{' or '.join(allowed)} for {', '.join(named) or 'all'}"
