from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from opspilot_desktop.recon.rule_facts import EVERY_SETTING
from opspilot_desktop.recon.rule_settings import RuleSettings, SignConvention, Tolerance
from opspilot_desktop.recon.rule_words import differences, settings_lines

PLAIN = RuleSettings()


def test_equal_settings_do_not_differ() -> None:
    assert differences(PLAIN, replace(PLAIN)) == []


def test_what_differs_is_said_in_words() -> None:
    other = replace(
        PLAIN,
        tolerance=Decimal("0.050"),
        enabled=(PLAIN.enabled - {"ORPHAN_LEDGER_ENTRY"}) | {"STALE_PENDING"},
        tolerances=(Tolerance(Decimal(2), Decimal(5), instrument="AZN.L", currency="GBP"),),
        signs={"": SignConvention.BY_ENTRY_TYPE, "bank": SignConvention.BUY_NEGATIVE},
        checked_statuses=("pending", "new"),
        calendar="XNYS",
    )
    assert differences(PLAIN, other) == [
        "On: Stale pending",
        "Off: Orphan ledger entry",
        "Tolerance, in the trade's currency: 0.01 → 0.05",
        "Trade statuses to match: pending → pending, new",
        "Other tolerances: none → 2 or 5 bp for instrument AZN.L, currency GBP",
        "What the sign of an amount means: none → (no source): Unsigned, by entry type;"
        " bank: Purchases negative, sales positive",
        "Holidays: none → XNYS",
    ]


def test_every_setting_has_a_line() -> None:
    lines = settings_lines(PLAIN)
    assert len(lines) == len(EVERY_SETTING) + 1
    assert lines[0][1].startswith("Amount mismatch, Anomalous quantity")
    assert all(value for _, value in lines)
