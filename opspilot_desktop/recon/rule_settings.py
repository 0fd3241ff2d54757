"""What a workspace has set for its rules."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from decimal import Decimal
from enum import StrEnum
from typing import Any

from ..domain.decimals import DecimalError, parse, to_text
from ..domain.errors import KnownError
from ..domain.issues import IssueType

CONTRACT_RULES = frozenset(
    {
        IssueType.AMOUNT_MISMATCH.value,
        IssueType.MISSING_LEDGER_ENTRY.value,
        IssueType.ORPHAN_LEDGER_ENTRY.value,
        IssueType.CURRENCY_MISMATCH.value,
        IssueType.ANOMALOUS_QUANTITY.value,
    }
)
"""The rules that are on until somebody decides otherwise."""

DIMENSIONS = ("instrument", "account", "counterparty", "currency")
"""What a tolerance can be narrowed by, the most specific first."""

BASIS_POINT_DIGITS = 4
"""A tolerance in basis points has at most this many decimals, and is at most 10,000 (the whole)."""


class SignConvention(StrEnum):
    """What the sign of a ledger source's amounts means."""

    ABSOLUTE = "absolute"  # sizes are compared, the sign says nothing
    BUY_NEGATIVE = "buy_negative"  # signed by side, as cash: a purchase is paid
    BUY_POSITIVE = "buy_positive"  # signed by side, as a position: a purchase adds
    BY_ENTRY_TYPE = "by_entry_type"  # unsigned; the entry type says debit or credit

    @property
    def label(self) -> str:
        """The words on screen."""
        return _CONVENTION_LABELS[self]


_CONVENTION_LABELS = {
    SignConvention.ABSOLUTE: "Sizes only",
    SignConvention.BUY_NEGATIVE: "Purchases negative, sales positive",
    SignConvention.BUY_POSITIVE: "Purchases positive, sales negative",
    SignConvention.BY_ENTRY_TYPE: "Unsigned, by entry type",
}


@dataclass(frozen=True)
class Tolerance:
    """A tolerance that holds where everything it names agrees; None agrees with any.

    A difference may be as large as the larger of `absolute` (in the trade's currency) and `basis_points` of
    the gross amount (floored at a billionth); exactly as large is fine.
    """

    absolute: Decimal = Decimal(0)
    basis_points: Decimal = Decimal(0)
    instrument: str | None = None
    account: str | None = None
    counterparty: str | None = None
    currency: str | None = None

    @property
    def named(self) -> tuple[str, ...]:
        """The dimensions it is narrowed by."""
        return tuple(name for name in DIMENSIONS if getattr(self, name) is not None)


@dataclass(frozen=True)
class RuleSettings:
    """The settings of the rules; equal settings give equal issues.

    `tolerance` is an amount in the trade's currency and `basis_points` a share of the gross amount, the
    larger one counts (a difference of exactly the tolerance is fine); `tolerances` hold where they name
    something, the most specific first. `anomaly_factor` is how many times the mean quantity a quantity may
    be, `checked_statuses` the trade statuses (lower case) that are matched with the ledger, `enabled` the
    names of the rules that are on. `signs` says for a ledger source what its signs mean; `debit_types` are
    the entry types (lower case) that subtract where the entry type carries the sign. `missing_days` are
    business days after the settlement date, by the holidays of `calendar` (an ISO country or exchange code;
    blank knows weekends only).

    Of the rules that are off by default: a trade is stale when it is still in a checked status more than
    `stale_days` business days after its settlement date; a value date may lie `settlement_days` business days
    from the settlement date; `accounts` says for an account of the ledger which account of the trades it is;
    trades in `duplicate_ignored` statuses (lower case) are no duplicates of others. A price or a quantity
    stands out when it is further from its instrument's median than `price_deviations` or
    `quantity_deviations` times the median absolute deviation (where that is 0, the mean of the distances),
    where an instrument has `sample_size` trades or more.
    """

    tolerance: Decimal = Decimal("0.01")
    anomaly_factor: Decimal = Decimal(5)
    checked_statuses: tuple[str, ...] = ("pending",)
    enabled: frozenset[str] = CONTRACT_RULES
    basis_points: Decimal = Decimal(0)
    tolerances: tuple[Tolerance, ...] = ()
    signs: Mapping[str, SignConvention] = field(default_factory=dict)
    debit_types: tuple[str, ...] = ("debit", "dr", "d")
    missing_days: int = 0
    calendar: str = ""
    stale_days: int = 0
    settlement_days: int = 0
    accounts: Mapping[str, str] = field(default_factory=dict)
    duplicate_ignored: tuple[str, ...] = ("cancelled", "canceled")
    price_deviations: Decimal = Decimal(10)
    quantity_deviations: Decimal = Decimal(20)
    sample_size: int = 20

    def __hash__(self) -> int:
        return hash(self.to_json())  # equal settings have one spelling

    def is_on(self, rule: str) -> bool:
        """Whether the rule of that name is switched on."""
        return rule in self.enabled

    def to_json(self) -> str:
        """One spelling for equal settings, decimals as plain text."""
        values = {one.name: _as_json(getattr(self, one.name)) for one in fields(self)}
        return json.dumps(values, sort_keys=True)

    @staticmethod
    def from_json(text: str) -> RuleSettings:
        """The settings that `to_json` wrote, in this or an earlier version of the program."""
        values = json.loads(text)
        known = {
            one.name: _READ[one.name](values[one.name]) for one in fields(RuleSettings) if one.name in values
        }
        return RuleSettings(**known)

    def with_user_values(self, tolerance: str, anomaly_factor: str, checked_statuses: str) -> RuleSettings:
        """These settings with what a person typed; statuses are separated by commas. Raises KnownError."""
        return replace(
            self,
            tolerance=number_of(tolerance, "The tolerance", or_zero=True),
            anomaly_factor=number_of(anomaly_factor, "The factor for unusual quantities", or_zero=False),
            checked_statuses=words_of(
                checked_statuses, "Name at least one trade status to match, for example: pending."
            ),
        )


def words_of(text: str, otherwise: str) -> tuple[str, ...]:
    """Words that a person typed between commas, in lower case, each once. Raises KnownError when there is
    none, with the sentence `otherwise`."""
    words = tuple(dict.fromkeys(part.strip().lower() for part in text.split(",") if part.strip()))
    if not words:
        raise KnownError(otherwise)
    return words


def number_of(text: str, what: str, *, or_zero: bool) -> Decimal:
    """A number that a person typed, not negative, and not 0 unless `or_zero`. Raises KnownError."""
    try:
        value = Decimal(to_text(*parse(text.strip())))
    except DecimalError as error:
        raise KnownError(f"{what} must be a plain number such as 0.01 ({error}).") from error
    if value < 0 or (value == 0 and not or_zero):
        raise KnownError(f"{what} must {'not be negative' if or_zero else 'be greater than 0'}.")
    return value


def _plain(value: Decimal) -> str:
    return to_text(*parse(f"{value:f}"))


def _as_json(value: Any) -> Any:
    if isinstance(value, Decimal):
        return _plain(value)
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, Mapping):
        return {key: _as_json(inner) for key, inner in value.items()}
    if isinstance(value, tuple):
        return [_as_json(inner) for inner in value]
    if isinstance(value, Tolerance):
        return {one.name: _as_json(getattr(value, one.name)) for one in fields(value)}
    return value


def _tolerance(values: Mapping[str, Any]) -> Tolerance:
    named = {name: values[name] for name in DIMENSIONS}
    return Tolerance(Decimal(values["absolute"]), Decimal(values["basis_points"]), **named)


_READ: dict[str, Callable[[Any], Any]] = {
    "tolerance": Decimal,
    "anomaly_factor": Decimal,
    "checked_statuses": tuple,
    "enabled": frozenset,
    "basis_points": Decimal,
    "tolerances": lambda values: tuple(_tolerance(one) for one in values),
    "signs": lambda values: {source: SignConvention(sign) for source, sign in values.items()},
    "debit_types": tuple,
    "missing_days": int,
    "calendar": str,
    "stale_days": int,
    "settlement_days": int,
    "accounts": dict,
    "duplicate_ignored": tuple,
    "price_deviations": Decimal,
    "quantity_deviations": Decimal,
    "sample_size": int,
}
