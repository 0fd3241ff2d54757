"""What several issues have in common, said before they are worked on together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from opspilot_desktop.domain.issues import IssueType
from opspilot_desktop.recon.wording import atoms, count, flat, money_of

Issue = Mapping[str, Any]
"""An issue with the keys of `issues --format json`."""

_PLURALS: dict[str, str] = {
    IssueType.AMOUNT_MISMATCH: "amount mismatches",
    IssueType.MISSING_LEDGER_ENTRY: "missing ledger entries",
    IssueType.ORPHAN_LEDGER_ENTRY: "orphan ledger entries",
    IssueType.CURRENCY_MISMATCH: "currency mismatches",
    IssueType.ANOMALOUS_QUANTITY: "anomalous quantities",
    IssueType.DUPLICATE_TRADE: "duplicate trades",
    IssueType.SETTLEMENT_DATE_MISMATCH: "settlement date mismatches",
    IssueType.SIDE_MISMATCH: "side mismatches",
    IssueType.ACCOUNT_MISMATCH: "account mismatches",
    IssueType.STALE_PENDING: "stale pending trades",
    IssueType.ANOMALOUS_PRICE: "anomalous prices",
    IssueType.ANOMALOUS_QUANTITY_BY_INSTRUMENT: "anomalous quantities by instrument",
}


@dataclass(frozen=True)
class CurrencySum:
    """The differences of some issues in one currency, summed exactly."""

    currency: str
    amount: str
    issues: int


def type_name(issue_type: str) -> str:
    """The words for a type, also for one that a plug-in brought."""
    return issue_type.replace("_", " ").lower()


def by_type(issues: Iterable[Issue]) -> str:
    """`10 amount mismatches, 2 missing ledger entries`: the most frequent first."""
    counts: dict[str, int] = {}
    for issue in issues:
        issue_type = str(issue["issue_type"])
        counts[issue_type] = counts.get(issue_type, 0) + 1
    ordered = sorted(counts.items(), key=lambda pair: -pair[1])
    return ", ".join(
        count(many, type_name(issue_type), _PLURALS.get(issue_type)) for issue_type, many in ordered
    )


def difference_sums(issues: Iterable[Issue]) -> list[CurrencySum]:
    """The sums of the differences by currency, for the issues that have one; the most issues first."""
    sums: dict[str, tuple[int, int]] = {}
    for issue in issues:
        evidence = issue.get("evidence") or {}
        exact = atoms(evidence.get("difference"))
        if exact is not None:
            currency = flat(evidence.get("currency") or "") or "No currency"
            total, many = sums.get(currency, (0, 0))
            sums[currency] = (total + exact, many + 1)
    ordered = sorted(sums.items(), key=lambda item: (-item[1][1], item[0]))
    return [CurrencySum(currency, money_of(total), many) for currency, (total, many) in ordered]


def numbered(issues: Sequence[Issue]) -> str:
    """The issues as a verb names them: `issue 1042`, `12 issues`."""
    return f"issue {issues[0]['id']}" if len(issues) == 1 else f"{len(issues):,} issues"
