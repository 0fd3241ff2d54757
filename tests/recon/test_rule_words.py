from __future__ import annotations

from dataclasses import fields, replace
from decimal import Decimal
from typing import Any

import pytest

from opspilot_desktop.recon.rule_facts import EVERY_SETTING
from opspilot_desktop.recon.rule_settings import RuleSettings, SignConvention, Tolerance
from opspilot_desktop.recon.rule_words import differences, settings_lines

USUAL = RuleSettings()


def told(**changes: Any) -> list[tuple[str, str, str]]:
    return [(one.label, one.before, one.after) for one in differences(USUAL, replace(USUAL, **changes))]


def test_equal_settings_do_not_differ() -> None:
    assert differences(USUAL, RuleSettings.from_json(USUAL.to_json())) == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"tolerance": Decimal("1234.5")}, ("Tolerance, in the trade's currency", "0.01", "1234.5")),
        ({"checked_statuses": ("pending", "new")}, ("Trade statuses to match", "pending", "pending, new")),
        ({"calendar": "GB"}, ("Holidays", "none", "GB")),
        ({"missing_days": 2}, ("Business days after settlement until an entry is missing", "0", "2")),
        (
            {"signs": {"": SignConvention.BUY_NEGATIVE}},
            ("What the sign of an amount means (blank)", "–", "Purchases negative, sales positive"),
        ),
        ({"enabled": USUAL.enabled | {"SIDE_MISMATCH"}}, ("Rule: Side mismatch", "off", "on")),
        (
            {"tolerances": (Tolerance(Decimal(5), Decimal(2), currency="JPY", account="A<1"),)},
            ("Other tolerances: account A<1, currency JPY", "–", "5 or 2 bp"),
        ),
    ],
)
def test_each_difference_is_a_line(changes: dict[str, Any], words: tuple[str, str, str]) -> None:
    assert told(**changes) == [words]


def test_narrower_tolerances_are_told_apart() -> None:
    one, other = (Tolerance(Decimal(1), currency=currency) for currency in ("JPY", "EUR"))
    before = replace(USUAL, tolerances=(one, other))
    after = replace(USUAL, tolerances=(other, replace(one, absolute=Decimal(2))))
    assert [(line.label, line.before, line.after) for line in differences(before, after)] == [
        ("Other tolerances: currency JPY", "1 or 0 bp", "2 or 0 bp")
    ]


def test_every_setting_has_a_line() -> None:
    """Nothing that makes a run check everything is left unsaid."""
    other: dict[str, Any] = {
        "enabled": frozenset[str](),
        "tolerances": (Tolerance(Decimal(1), currency="JPY"),),
        "signs": {"S": SignConvention.ABSOLUTE},
        "accounts": {"A": "B"},
    }
    for one in fields(RuleSettings):
        value = getattr(USUAL, one.name)
        if one.name not in other:
            other[one.name] = (*value, "x") if isinstance(value, tuple) else value + type(value)("1")
        assert told(**{one.name: other[one.name]}), one.name


def test_the_settings_of_a_version_are_all_said() -> None:
    lines = settings_lines(USUAL)
    assert len(lines) == len(EVERY_SETTING) + 1
    assert lines[0][1].startswith("Amount mismatch, Anomalous quantity")
    assert all(value for _, value in lines)
