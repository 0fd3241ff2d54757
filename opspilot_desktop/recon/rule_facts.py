"""What is to be known of each rule beside its query: what it looks for, and which settings it reads.

This is the one place that says so. The rules' dialog shows a rule with its own settings, and a dry run leaves
out the rules whose settings are the same; a rule that is not listed here (a plug-in's) counts as one that
reads everything and has no settings of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

from ..domain.issues import IssueType
from .rule_settings import RuleSettings

MATCHING = ("checked_statuses", "signs", "debit_types")
"""The settings that decide which trades are held against which sums; whoever uses `pairs` reads them."""

EVERY_SETTING = tuple(one.name for one in fields(RuleSettings) if one.name != "enabled")

SHARED = ("checked_statuses", "signs", "debit_types", "calendar", "sample_size")
"""The settings that no single rule owns."""

SETTING_LABELS: Mapping[str, str] = {
    "checked_statuses": "Trade statuses to match",
    "signs": "What the sign of an amount means",
    "debit_types": "Entry types that subtract",
    "calendar": "Holidays",
    "sample_size": "Trades an instrument needs before its median counts",
    "tolerance": "Tolerance, in the trade's currency",
    "basis_points": "Tolerance, in basis points",
    "tolerances": "Other tolerances",
    "missing_days": "Business days after settlement until an entry is missing",
    "anomaly_factor": "Unusual quantity, times the mean",
    "duplicate_ignored": "Trade statuses left out",
    "settlement_days": "Business days a value date may be off",
    "accounts": "Account names that mean the same",
    "stale_days": "Business days after settlement until a trade is stale",
    "price_deviations": "Unusual price, times the usual deviation",
    "quantity_deviations": "Unusual quantity, times the usual deviation",
}
"""The words on screen for each setting."""


@dataclass(frozen=True)
class RuleFacts:
    """`settings` are the rule's own, shown with it; `shared` those that it reads beside them.

    `by_date` means that today's date decides as well, so that a rule may find something else tomorrow.
    """

    sentence: str
    settings: tuple[str, ...] = ()
    shared: tuple[str, ...] = ()
    by_date: bool = False

    @property
    def reads(self) -> frozenset[str]:
        """Every setting on which its findings depend."""
        return frozenset((*self.settings, *self.shared))


_UNKNOWN = RuleFacts("A rule that a plug-in brings.", shared=EVERY_SETTING, by_date=True)

FACTS: Mapping[str, RuleFacts] = {
    "AMOUNT_MISMATCH": RuleFacts(
        "A trade's amount and the sum of its ledger entries differ by more than the tolerance.",
        ("tolerance", "basis_points", "tolerances"),
        MATCHING,
    ),
    "MISSING_LEDGER_ENTRY": RuleFacts(
        "A trade has no ledger entry. In a run as of a date, only once the trade is due.",
        ("missing_days",),
        (*MATCHING, "calendar"),
    ),
    "ORPHAN_LEDGER_ENTRY": RuleFacts("A ledger entry's trade id is on no trade."),
    "CURRENCY_MISMATCH": RuleFacts(
        "A trade and its ledger entries name different currencies.", shared=MATCHING
    ),
    "ANOMALOUS_QUANTITY": RuleFacts(
        "A trade's quantity is far above the mean of all trades.", ("anomaly_factor",)
    ),
    "DUPLICATE_TRADE": RuleFacts(
        "Trades under different ids agree in instrument, side, quantity, price, date and counterparty.",
        ("duplicate_ignored",),
    ),
    "SETTLEMENT_DATE_MISMATCH": RuleFacts(
        "A ledger entry's value date is not the trade's settlement date.",
        ("settlement_days",),
        ("checked_statuses", "calendar"),
    ),
    "SIDE_MISMATCH": RuleFacts(
        "A trade's entries have the sign of the other side, by what its source's signs mean.",
        shared=MATCHING,
    ),
    "ACCOUNT_MISMATCH": RuleFacts(
        "A trade and its ledger entries name different accounts.", ("accounts",), ("checked_statuses",)
    ),
    "STALE_PENDING": RuleFacts(
        "A trade is still waiting although its settlement date has passed.",
        ("stale_days",),
        ("checked_statuses", "calendar"),
        by_date=True,
    ),
    "ANOMALOUS_PRICE": RuleFacts(
        "A price is far from the median price of its instrument.",
        ("price_deviations",),
        ("sample_size",),
    ),
    "ANOMALOUS_QUANTITY_BY_INSTRUMENT": RuleFacts(
        "A quantity is far from the median quantity of its instrument.",
        ("quantity_deviations",),
        ("sample_size",),
    ),
}


def facts_of(rule: str) -> RuleFacts:
    """What is known of the rule of that name."""
    return FACTS.get(rule, _UNKNOWN)


def is_ours(rule: str) -> bool:
    """Whether the rule comes with the program."""
    return rule in FACTS


def uses_pairs(rule: str) -> bool:
    """Whether the rule chooses among `matching.pairs`, as all do that depend on the sums of entries."""
    return rule != IssueType.ORPHAN_LEDGER_ENTRY and "signs" in facts_of(rule).reads


def is_affected(rule: str, before: RuleSettings, after: RuleSettings) -> bool:
    """Whether the rule can find something else by the other settings, from the same data."""
    if before.is_on(rule) != after.is_on(rule):
        return True
    if not after.is_on(rule):
        return False
    facts = facts_of(rule)
    return facts.by_date or any(getattr(before, name) != getattr(after, name) for name in facts.reads)
