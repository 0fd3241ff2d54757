"""Issues: their types, severities and statuses, and which change of status is allowed."""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol

from .errors import KnownError


class Severity(StrEnum):
    """How urgent an issue is."""

    CRITICAL = "CRITICAL"
    HIGH = "HIGH"
    MEDIUM = "MEDIUM"
    LOW = "LOW"

    @property
    def label(self) -> str:
        """The word on screen."""
        return self.value.capitalize()


class IssueStatus(StrEnum):
    """Where the work on an issue stands."""

    OPEN = "open"
    INVESTIGATING = "investigating"
    RESOLVED = "resolved"
    IGNORED = "ignored"
    CLEARED = "cleared"

    @property
    def label(self) -> str:
        """The word on screen."""
        return self.value.capitalize()


UNDER_WORK = frozenset({IssueStatus.OPEN, IssueStatus.INVESTIGATING})
"""The statuses that still ask for somebody's work."""


class IssueKind(Protocol):
    """A type of issue: one of `IssueType`, or one that a plug-in rule brings."""

    def __hash__(self) -> int: ...

    @property
    def value(self) -> str:
        """What is stored."""
        ...

    @property
    def label(self) -> str:
        """The words on screen."""
        ...

    @property
    def severity(self) -> Severity:
        """The severity issues of this type have."""
        ...

    @property
    def is_matching(self) -> bool:
        """Whether such an issue means that the trade is not matched with its ledger entries."""
        ...


def type_label(value: str) -> str:
    """The words on screen for a stored type, a plug-in's included."""
    return value.replace("_", " ").capitalize()


class IssueType(StrEnum):
    """What kind of difference an issue is: the types of the rules that come with the program."""

    MISSING_LEDGER_ENTRY = "MISSING_LEDGER_ENTRY"
    AMOUNT_MISMATCH = "AMOUNT_MISMATCH"
    ANOMALOUS_QUANTITY = "ANOMALOUS_QUANTITY"
    ORPHAN_LEDGER_ENTRY = "ORPHAN_LEDGER_ENTRY"
    CURRENCY_MISMATCH = "CURRENCY_MISMATCH"
    DUPLICATE_TRADE = "DUPLICATE_TRADE"
    SETTLEMENT_DATE_MISMATCH = "SETTLEMENT_DATE_MISMATCH"
    SIDE_MISMATCH = "SIDE_MISMATCH"
    ACCOUNT_MISMATCH = "ACCOUNT_MISMATCH"
    STALE_PENDING = "STALE_PENDING"
    ANOMALOUS_PRICE = "ANOMALOUS_PRICE"
    ANOMALOUS_QUANTITY_BY_INSTRUMENT = "ANOMALOUS_QUANTITY_BY_INSTRUMENT"

    @property
    def label(self) -> str:
        """The words on screen."""
        return type_label(self.value)

    @property
    def severity(self) -> Severity:
        """The severity issues of this type have."""
        return _SEVERITY[self]

    @property
    def is_matching(self) -> bool:
        """Whether such an issue means that the trade is not matched with its ledger entries."""
        return self in _MATCHING


_SEVERITY = {
    IssueType.MISSING_LEDGER_ENTRY: Severity.HIGH,
    IssueType.AMOUNT_MISMATCH: Severity.CRITICAL,
    IssueType.ANOMALOUS_QUANTITY: Severity.MEDIUM,
    IssueType.ORPHAN_LEDGER_ENTRY: Severity.HIGH,
    IssueType.CURRENCY_MISMATCH: Severity.HIGH,
    IssueType.DUPLICATE_TRADE: Severity.HIGH,
    IssueType.SETTLEMENT_DATE_MISMATCH: Severity.MEDIUM,
    IssueType.SIDE_MISMATCH: Severity.HIGH,
    IssueType.ACCOUNT_MISMATCH: Severity.MEDIUM,
    IssueType.STALE_PENDING: Severity.MEDIUM,
    IssueType.ANOMALOUS_PRICE: Severity.MEDIUM,
    IssueType.ANOMALOUS_QUANTITY_BY_INSTRUMENT: Severity.MEDIUM,
}
_MATCHING = frozenset(
    {
        IssueType.MISSING_LEDGER_ENTRY,
        IssueType.AMOUNT_MISMATCH,
        IssueType.ORPHAN_LEDGER_ENTRY,
        IssueType.CURRENCY_MISMATCH,
        IssueType.SETTLEMENT_DATE_MISMATCH,
        IssueType.SIDE_MISMATCH,
        IssueType.ACCOUNT_MISMATCH,
    }
)


class ReasonCode(StrEnum):
    """Why an issue was resolved or ignored."""

    LEDGER_CORRECTED = "LEDGER_CORRECTED"
    TRADE_CORRECTED = "TRADE_CORRECTED"
    TIMING = "TIMING"
    FEES = "FEES"
    FX_ROUNDING = "FX_ROUNDING"
    DUPLICATE_BOOKING = "DUPLICATE_BOOKING"
    ACCEPTED = "ACCEPTED"
    FALSE_POSITIVE = "FALSE_POSITIVE"
    OTHER = "OTHER"

    @property
    def label(self) -> str:
        """The words on screen."""
        return _REASON_LABELS.get(self, self.value.replace("_", " ").capitalize())


_REASON_LABELS = {ReasonCode.FX_ROUNDING: "FX rounding"}


class IssueAction(StrEnum):
    """What a person can do that changes an issue's status."""

    INVESTIGATE = "investigate"
    RESOLVE = "resolve"
    IGNORE = "ignore"
    REOPEN = "reopen"

    @property
    def target(self) -> IssueStatus:
        """The status after the action."""
        return _TARGET[self]

    @property
    def needs_reason(self) -> bool:
        """Whether the action is refused without a reason code."""
        return self in (IssueAction.RESOLVE, IssueAction.IGNORE)


_TARGET = {
    IssueAction.INVESTIGATE: IssueStatus.INVESTIGATING,
    IssueAction.RESOLVE: IssueStatus.RESOLVED,
    IssueAction.IGNORE: IssueStatus.IGNORED,
    IssueAction.REOPEN: IssueStatus.OPEN,
}
_ALLOWED_FROM = {
    IssueAction.INVESTIGATE: frozenset({IssueStatus.OPEN}),
    IssueAction.RESOLVE: UNDER_WORK,
    IssueAction.IGNORE: UNDER_WORK,
    IssueAction.REOPEN: frozenset({IssueStatus.RESOLVED, IssueStatus.IGNORED}),
}


def is_allowed(action: IssueAction, status: IssueStatus) -> bool:
    """Whether the action applies to an issue in this status."""
    return status in _ALLOWED_FROM[action]


def allowed_from(action: IssueAction) -> frozenset[IssueStatus]:
    """The statuses the action applies to."""
    return _ALLOWED_FROM[action]


def refuse_unless_allowed(action: IssueAction, issue_id: int, status: IssueStatus) -> None:
    """Raises KnownError, naming the issue and its status, when the action does not apply to it."""
    if is_allowed(action, status):
        return
    wanted = " or ".join(sorted(status.value for status in _ALLOWED_FROM[action]))
    raise KnownError(
        f"Issue {issue_id} is {status.value}, and only an issue that is {wanted} can be taken by"
        f" “{action.value}”; leave it out and try again."
    )
