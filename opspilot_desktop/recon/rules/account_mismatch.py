"""Ledger entries of a checked trade stand in another account."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, MetaData, Select, Table, func, insert

from ...domain.issues import IssueType
from ...store.schema import PlainText, ledger_entries
from ..differing import Differing
from ..rule import Check, InScope
from ..temporary import create

_differing = Differing(IssueType.ACCOUNT_MISMATCH, own="account", value="account")
_names = Table(
    "account_names",
    MetaData(),
    Column("of_ledger", PlainText, primary_key=True),
    Column("of_trade", PlainText),
    prefixes=["TEMPORARY"],
)


class AccountMismatch(InScope):
    """The trade's account and an entry's differ; blank agrees with any, and case counts.

    Where the ledger calls an account by another name, the settings say which account of the trades it is.
    Material: the trade's account, and the others with their numbers of entries.
    """

    issue_type = IssueType.ACCOUNT_MISMATCH

    def counting(self) -> Select[Any]:
        """See Countable."""
        return _differing.counting()

    def query(self, check: Check) -> Select[Any] | None:
        """See Rule."""
        own = ledger_entries.c.account
        if check.settings.accounts:
            create(check.connection, _names)
            names = [{"of_ledger": key, "of_trade": name} for key, name in check.settings.accounts.items()]
            check.connection.execute(insert(_names), names)
            joined = ledger_entries.outerjoin(_names, _names.c.of_ledger == own)
            _differing.fill(check, func.coalesce(_names.c.of_trade, own), joined)
        else:
            _differing.fill(check, own)
        return _differing.query(check.connection)
