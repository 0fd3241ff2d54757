"""The rules, one file each; `built_in` is the one place that lists them."""

from __future__ import annotations

from collections.abc import Sequence

from ...plugins.hooks import hookimpl
from ..rule import Rule
from .amount_mismatch import AmountMismatch
from .anomalous_quantity import AnomalousQuantity
from .currency_mismatch import CurrencyMismatch
from .missing_ledger_entry import MissingLedgerEntry
from .orphan_ledger_entry import OrphanLedgerEntry


@hookimpl
def opspilot_rules() -> Sequence[Rule]:
    """The same, through the hook by which plug-ins bring theirs."""
    return built_in()


def built_in() -> tuple[Rule, ...]:
    """The rules that come with the program, in the order in which they run."""
    return (
        AmountMismatch(),
        MissingLedgerEntry(),
        OrphanLedgerEntry(),
        CurrencyMismatch(),
        AnomalousQuantity(),
    )
