"""The rules, one file each; `built_in` is the one place that lists them."""

from __future__ import annotations

from collections.abc import Sequence

from ...plugins.hooks import hookimpl
from ..rule import Rule
from .account_mismatch import AccountMismatch
from .amount_mismatch import AmountMismatch
from .anomalous_price import AnomalousPrice
from .anomalous_quantity import AnomalousQuantity
from .anomalous_quantity_by_instrument import AnomalousQuantityByInstrument
from .currency_mismatch import CurrencyMismatch
from .duplicate_trade import DuplicateTrade
from .missing_ledger_entry import MissingLedgerEntry
from .orphan_ledger_entry import OrphanLedgerEntry
from .settlement_date_mismatch import SettlementDateMismatch
from .side_mismatch import SideMismatch
from .stale_pending import StalePending


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
        SideMismatch(),
        AccountMismatch(),
        SettlementDateMismatch(),
        DuplicateTrade(),
        StalePending(),
        AnomalousPrice(),
        AnomalousQuantityByInstrument(),
    )
