"""What a workspace has set for its rules."""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal

from ..domain.decimals import DecimalError, parse, to_text
from ..domain.errors import KnownError


@dataclass(frozen=True)
class RuleSettings:
    """The settings of the rules; equal settings give equal issues.

    `tolerance` is an amount in the trade's currency (a difference of exactly the tolerance is fine),
    `anomaly_factor` how many times the mean quantity a quantity may be, `checked_statuses` the trade
    statuses (lower case) that are matched with the ledger.
    """

    tolerance: Decimal = Decimal("0.01")
    anomaly_factor: Decimal = Decimal(5)
    checked_statuses: tuple[str, ...] = ("pending",)

    def to_json(self) -> str:
        """One spelling for equal settings, decimals as plain text."""
        return json.dumps(
            {
                "tolerance": _plain(self.tolerance),
                "anomaly_factor": _plain(self.anomaly_factor),
                "checked_statuses": list(self.checked_statuses),
            },
            sort_keys=True,
        )

    @staticmethod
    def from_json(text: str) -> RuleSettings:
        """The settings that `to_json` wrote."""
        values = json.loads(text)
        return RuleSettings(
            Decimal(values["tolerance"]),
            Decimal(values["anomaly_factor"]),
            tuple(values["checked_statuses"]),
        )

    @staticmethod
    def from_user(tolerance: str, anomaly_factor: str, checked_statuses: str) -> RuleSettings:
        """Settings as a person types them; statuses are separated by commas. Raises KnownError."""
        statuses = tuple(dict.fromkeys(part.strip().lower() for part in checked_statuses.split(",")))
        statuses = tuple(status for status in statuses if status)
        if not statuses:
            raise KnownError("Name at least one trade status to match, for example: pending.")
        return RuleSettings(
            _positive(tolerance, "The tolerance", or_zero=True),
            _positive(anomaly_factor, "The factor for unusual quantities", or_zero=False),
            statuses,
        )


def _plain(value: Decimal) -> str:
    return to_text(*parse(f"{value:f}"))


def _positive(text: str, what: str, *, or_zero: bool) -> Decimal:
    try:
        value = Decimal(to_text(*parse(text.strip())))
    except DecimalError as error:
        raise KnownError(f"{what} must be a plain number such as 0.01 ({error}).") from error
    if value < 0 or (value == 0 and not or_zero):
        raise KnownError(f"{what} must {'not be negative' if or_zero else 'be greater than 0'}.")
    return value
