"""The settings of the rules in words: for a person who compares two versions, and for the command line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields
from decimal import Decimal
from typing import Any

from ..domain.decimals import from_decimal, to_text
from ..domain.issues import type_label
from ..domain.run_history import SettingChange
from .rule_facts import EVERY_SETTING, SETTING_LABELS
from .rule_settings import DIMENSIONS, RuleSettings, SignConvention, Tolerance

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


def _label(value: object) -> str:
    return value.label if isinstance(value, SignConvention) else str(value)


def _tolerance(line: Tolerance) -> str:
    allowed = [plain(line.absolute)] if line.absolute or not line.basis_points else []
    if line.basis_points:
        allowed.append(f"{plain(line.basis_points)} bp")
    named = [f"{name} {getattr(line, name)}" for name in DIMENSIONS if getattr(line, name) is not None]
    return f"{' or '.join(allowed)} for {', '.join(named) or 'all'}"


def differences(before: RuleSettings, after: RuleSettings) -> list[SettingChange]:
    """The settings that differ, each in a line of its own."""
    found: list[SettingChange] = []
    for one in fields(RuleSettings):
        old, new = getattr(before, one.name), getattr(after, one.name)
        if old != new:
            found += _lines(one.name, old, new)
    return found


def _lines(name: str, old: Any, new: Any) -> Iterator[SettingChange]:
    label = SETTING_LABELS.get(name, name)
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
    if isinstance(value, SignConvention):
        return value.label
    return "–" if value is None else value_text(value)
