"""The tables, the same on SQLite and PostgreSQL.

Texts compare by their bytes on both (collation "C" on PostgreSQL, BINARY on SQLite), so ids that differ
in case are different ids and an order is the same order. Decimals are two integers, `<name>_units` and
`<name>_nanos` (see domain.decimals); a gross amount has a third, `gross_rest`, in 1e-18.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.types import TypeEngine

from ..domain.fields import LEDGER, TRADES, Kind, Record
from . import targets

HEAD = targets.HEAD
"""The migration this program works with."""

LARGEST_ID = 2**63 - 1
"""No row has a larger id; a larger number cannot even be asked for."""

metadata = MetaData()

PlainText: TypeEngine[str] = Text().with_variant(Text(collation="C"), "postgresql")
RowId: TypeEngine[int] = BigInteger().with_variant(Integer(), "sqlite")


def _record_columns(record: Record) -> list[Column[object]]:
    integers = {name for name in record.stored_columns if name.endswith(("_units", "_nanos", "_rest"))}
    needed = {field.name for field in record.required} | integers
    if record.kind is Kind.TRADES:
        needed.add("status")
    return [
        Column(name, BigInteger if name in integers else PlainText, nullable=name not in needed)
        for name in record.stored_columns
    ]


trades = Table(
    "trades",
    metadata,
    Column("id", RowId, primary_key=True),
    *_record_columns(TRADES),
    Column("import_id", RowId, nullable=True),
    UniqueConstraint("trade_id", name="uq_trades_trade_id"),
)
Index(
    "ix_trades_match",
    trades.c.trade_id,
    trades.c.status,
    trades.c.gross_units,
    trades.c.gross_nanos,
    trades.c.gross_rest,
    trades.c.currency,
)
Index("ix_trades_quantity", trades.c.quantity_units, trades.c.quantity_nanos)

ledger_entries = Table(
    "ledger_entries",
    metadata,
    Column("id", RowId, primary_key=True),
    *_record_columns(LEDGER),
    Column("source", PlainText, nullable=False, server_default=""),
    Column("import_id", RowId, nullable=True),
    # The trade id of the file, where a person linked the entry to another trade by hand; `trade_id` is then
    # that trade's, for every query alike.
    Column("booked_trade_id", PlainText),
    UniqueConstraint("source", "entry_id", name="uq_ledger_entries_source_entry_id"),
)
Index(
    "ix_ledger_entries_match",
    ledger_entries.c.trade_id,
    ledger_entries.c.amount_units,
    ledger_entries.c.amount_nanos,
    ledger_entries.c.currency,
)

# Who linked an entry by hand, or unlinked it, last; whether it is linked now says `booked_trade_id`.
entry_links = Table(
    "entry_links",
    metadata,
    Column("entry_row", RowId, primary_key=True, autoincrement=False),
    Column("at", PlainText, nullable=False),
    Column("who", PlainText, nullable=False),
    Column("reason", PlainText, nullable=False),
    Column("comment", PlainText, nullable=False),
)

issues = Table(
    "issues",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("issue_type", PlainText, nullable=False),
    Column("issue_key", PlainText, nullable=False),
    Column("severity", PlainText, nullable=False),
    Column("status", PlainText, nullable=False),
    Column("gone", Boolean, nullable=False),
    Column("trade_id", PlainText),
    Column("entry_id", PlainText),
    Column("currency", PlainText),
    Column("difference_units", BigInteger),
    Column("difference_nanos", BigInteger),
    Column("difference_rest", BigInteger),
    Column("material", PlainText, nullable=False),
    Column("evidence", PlainText, nullable=False),
    Column("detected_at", PlainText, nullable=False),
    Column("opened_run", RowId, nullable=False),
    Column("changed_run", RowId, nullable=False),
    Column("assigned_to", PlainText),
    Column("reason", PlainText),
    Column("comment", PlainText),
    Column("changed_by", PlainText, nullable=False),
    Column("changed_at", PlainText, nullable=False),
    Column("row_version", Integer, nullable=False),
    UniqueConstraint("issue_type", "issue_key", name="uq_issues_identity"),
)
Index("ix_issues_status", issues.c.status, issues.c.issue_type)
Index("ix_issues_trade_id", issues.c.trade_id)

issue_comments = Table(
    "issue_comments",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("issue_id", RowId, ForeignKey("issues.id"), nullable=False, index=True),
    Column("kind", PlainText, nullable=False),
    Column("at", PlainText, nullable=False),
    Column("who", PlainText, nullable=False),
    Column("text", PlainText, nullable=False),
    Column("run_id", RowId),
)

imports = Table(
    "imports",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("kind", PlainText, nullable=False),
    Column("file", PlainText, nullable=False),
    Column("sha256", PlainText, nullable=False, index=True),
    Column("at", PlainText, nullable=False),
    Column("who", PlainText, nullable=False),
    Column("read", BigInteger, nullable=False),
    Column("imported", BigInteger, nullable=False),
    Column("updated", BigInteger, nullable=False),
    Column("unchanged", BigInteger, nullable=False),
    Column("rejected", BigInteger, nullable=False),
    Column("source", PlainText, nullable=False, server_default=""),
    # How many of its rows were stored by each earlier import (JSON): without these they would be its own.
    Column("rests_on", PlainText, nullable=False, server_default="{}"),
    Column("undone_at", PlainText),
    Column("undone_by", PlainText),
    Column("profile", PlainText, nullable=False, server_default=""),
    # By what name a watched folder's file was taken for this import: after a crash that says what was stored.
    Column("claim", PlainText),
)
Index("uq_imports_claim", imports.c.claim, unique=True)

# How the files of a source are read (see files.profile), as TOML. `header_signature` is the header of the
# file that a profile was made for, as a JSON list: by that such files are recognised.
source_profiles = Table(
    "source_profiles",
    metadata,
    Column("name", PlainText, primary_key=True),
    Column("kind", PlainText, nullable=False),
    Column("toml", PlainText, nullable=False),
    Column("header_signature", PlainText, nullable=False),
    Column("version", Integer, nullable=False),
    Column("who", PlainText, nullable=False),
    Column("at", PlainText, nullable=False),
)

import_rejects = Table(
    "import_rejects",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("import_id", RowId, ForeignKey("imports.id"), nullable=False, index=True),
    Column("line", BigInteger, nullable=False),
    Column("record", BigInteger, nullable=False),
    Column("field", PlainText, nullable=False),
    Column("value", PlainText, nullable=False),
    Column("reason", PlainText, nullable=False),
)

runs = Table(
    "runs",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("at", PlainText, nullable=False),
    Column("who", PlainText, nullable=False),
    Column("scope", PlainText, nullable=False),
    Column("settings", PlainText, nullable=False),
    Column("checked", BigInteger, nullable=False),
    Column("not_checked", PlainText, nullable=False),
    Column("matched", BigInteger, nullable=False),
    Column("opened", BigInteger, nullable=False),
    Column("reopened", BigInteger, nullable=False),
    Column("updated", BigInteger, nullable=False),
    Column("cleared", BigInteger, nullable=False),
    Column("milliseconds", BigInteger, nullable=False),
    Column("as_of", PlainText),
    Column("rules_version", RowId),
    Column("last_import", RowId),
)

# The settings of the rules, every version: the newest is in force, a run names the one that it used.
rule_versions = Table(
    "rule_versions",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("at", PlainText, nullable=False),
    Column("who", PlainText, nullable=False),
    Column("value", PlainText, nullable=False),
)

# What changed since the last run: one trade id, or the row ids (first to last) that an import added.
# A range stands for a million added rows at the cost of one.
dirty = Table(
    "dirty",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("kind", PlainText, nullable=False),
    Column("trade_id", PlainText),
    Column("first_id", BigInteger),
    Column("last_id", BigInteger),
)
Index("ix_dirty_trade_id", dirty.c.trade_id)

# What trades were before they changed or were taken away, since the last run, as far as rules compare trades
# with one another: those that they were like then have to be looked at again. Kept only while such a rule is
# on (see store.former_trades).
former_trades = Table(
    "former_trades",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("instrument", PlainText),
    Column("side", PlainText),
    Column("quantity_units", BigInteger),
    Column("quantity_nanos", BigInteger),
    Column("price_units", BigInteger),
    Column("price_nanos", BigInteger),
    Column("trade_date", PlainText),
    Column("counterparty", PlainText),
)

audit_log = Table(
    "audit_log",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("at", PlainText, nullable=False),
    Column("who", PlainText, nullable=False),
    Column("operation", PlainText, nullable=False),
    Column("subject", PlainText, nullable=False),
    Column("details", PlainText, nullable=False),
    Column("changes", PlainText, nullable=False),
    Column("previous_hash", PlainText, nullable=False),
    Column("hash", PlainText, nullable=False),
)

settings = Table(
    "settings",
    metadata,
    Column("name", PlainText, primary_key=True),
    Column("value", PlainText, nullable=False),
)

RECORD_TABLES: dict[Kind, Table] = {
    Kind.TRADES: trades,
    Kind.LEDGER: ledger_entries,
    Kind.ISSUES: issues,
    Kind.IMPORTS: imports,
}
