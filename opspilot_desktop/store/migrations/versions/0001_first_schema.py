"""The first schema."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# The types as they were at this revision; later changes of store.schema do not reach back to it.
TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Creates every table."""
    _create_records()
    _create_issues()
    _create_engine()


def _create_records() -> None:
    op.create_table(
        "trades",
        sa.Column("id", ROW_ID, primary_key=True),
        sa.Column("trade_id", TEXT, nullable=False),
        sa.Column("instrument", TEXT, nullable=False),
        sa.Column("side", TEXT, nullable=False),
        sa.Column("quantity_units", sa.BigInteger(), nullable=False),
        sa.Column("quantity_nanos", sa.BigInteger(), nullable=False),
        sa.Column("price_units", sa.BigInteger(), nullable=False),
        sa.Column("price_nanos", sa.BigInteger(), nullable=False),
        sa.Column("currency", TEXT),
        sa.Column("trade_date", TEXT),
        sa.Column("settle_date", TEXT),
        sa.Column("counterparty", TEXT),
        sa.Column("account", TEXT),
        sa.Column("trader", TEXT),
        sa.Column("status", TEXT, nullable=False),
        sa.Column("timestamp", TEXT),
        sa.Column("gross_units", sa.BigInteger(), nullable=False),
        sa.Column("gross_nanos", sa.BigInteger(), nullable=False),
        sa.Column("gross_rest", sa.BigInteger(), nullable=False),
        sa.Column("import_id", ROW_ID),
        sa.UniqueConstraint("trade_id", name="uq_trades_trade_id"),
    )
    op.create_index(
        "ix_trades_match",
        "trades",
        ["trade_id", "status", "gross_units", "gross_nanos", "gross_rest", "currency"],
    )
    op.create_index("ix_trades_quantity", "trades", ["quantity_units", "quantity_nanos"])
    op.create_table(
        "ledger_entries",
        sa.Column("id", ROW_ID, primary_key=True),
        sa.Column("entry_id", TEXT),
        sa.Column("trade_id", TEXT, nullable=False),
        sa.Column("amount_units", sa.BigInteger(), nullable=False),
        sa.Column("amount_nanos", sa.BigInteger(), nullable=False),
        sa.Column("currency", TEXT),
        sa.Column("entry_type", TEXT),
        sa.Column("value_date", TEXT),
        sa.Column("account", TEXT),
        sa.Column("description", TEXT),
        sa.Column("timestamp", TEXT),
        sa.Column("source", TEXT, nullable=False, server_default=""),
        sa.Column("import_id", ROW_ID),
        sa.UniqueConstraint("source", "entry_id", name="uq_ledger_entries_source_entry_id"),
    )
    op.create_index(
        "ix_ledger_entries_match", "ledger_entries", ["trade_id", "amount_units", "amount_nanos", "currency"]
    )
    op.create_table(
        "imports",
        sa.Column("id", ROW_ID, primary_key=True),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("file", TEXT, nullable=False),
        sa.Column("sha256", TEXT, nullable=False),
        sa.Column("at", TEXT, nullable=False),
        sa.Column("who", TEXT, nullable=False),
        sa.Column("read", sa.BigInteger(), nullable=False),
        sa.Column("imported", sa.BigInteger(), nullable=False),
        sa.Column("updated", sa.BigInteger(), nullable=False),
        sa.Column("unchanged", sa.BigInteger(), nullable=False),
        sa.Column("rejected", sa.BigInteger(), nullable=False),
    )
    op.create_index("ix_imports_sha256", "imports", ["sha256"])
    op.create_table(
        "import_rejects",
        sa.Column("id", ROW_ID, primary_key=True),
        sa.Column("import_id", ROW_ID, sa.ForeignKey("imports.id"), nullable=False),
        sa.Column("line", sa.BigInteger(), nullable=False),
        sa.Column("record", sa.BigInteger(), nullable=False),
        sa.Column("field", TEXT, nullable=False),
        sa.Column("value", TEXT, nullable=False),
        sa.Column("reason", TEXT, nullable=False),
    )
    op.create_index("ix_import_rejects_import_id", "import_rejects", ["import_id"])


def _create_issues() -> None:
    op.create_table(
        "issues",
        sa.Column("id", ROW_ID, primary_key=True),
        sa.Column("issue_type", TEXT, nullable=False),
        sa.Column("issue_key", TEXT, nullable=False),
        sa.Column("severity", TEXT, nullable=False),
        sa.Column("status", TEXT, nullable=False),
        sa.Column("gone", sa.Boolean(), nullable=False),
        sa.Column("trade_id", TEXT),
        sa.Column("entry_id", TEXT),
        sa.Column("currency", TEXT),
        sa.Column("difference_units", sa.BigInteger()),
        sa.Column("difference_nanos", sa.BigInteger()),
        sa.Column("difference_rest", sa.BigInteger()),
        sa.Column("material", TEXT, nullable=False),
        sa.Column("evidence", TEXT, nullable=False),
        sa.Column("detected_at", TEXT, nullable=False),
        sa.Column("opened_run", ROW_ID, nullable=False),
        sa.Column("changed_run", ROW_ID, nullable=False),
        sa.Column("assigned_to", TEXT),
        sa.Column("reason", TEXT),
        sa.Column("comment", TEXT),
        sa.Column("changed_by", TEXT, nullable=False),
        sa.Column("changed_at", TEXT, nullable=False),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.UniqueConstraint("issue_type", "issue_key", name="uq_issues_identity"),
    )
    op.create_index("ix_issues_status", "issues", ["status", "issue_type"])
    op.create_index("ix_issues_trade_id", "issues", ["trade_id"])
    op.create_table(
        "issue_comments",
        sa.Column("id", ROW_ID, primary_key=True),
        sa.Column("issue_id", ROW_ID, sa.ForeignKey("issues.id"), nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("at", TEXT, nullable=False),
        sa.Column("who", TEXT, nullable=False),
        sa.Column("text", TEXT, nullable=False),
        sa.Column("run_id", ROW_ID),
    )
    op.create_index("ix_issue_comments_issue_id", "issue_comments", ["issue_id"])


def _create_engine() -> None:
    op.create_table(
        "runs",
        sa.Column("id", ROW_ID, primary_key=True),
        sa.Column("at", TEXT, nullable=False),
        sa.Column("who", TEXT, nullable=False),
        sa.Column("scope", TEXT, nullable=False),
        sa.Column("settings", TEXT, nullable=False),
        sa.Column("checked", sa.BigInteger(), nullable=False),
        sa.Column("not_checked", TEXT, nullable=False),
        sa.Column("matched", sa.BigInteger(), nullable=False),
        sa.Column("opened", sa.BigInteger(), nullable=False),
        sa.Column("reopened", sa.BigInteger(), nullable=False),
        sa.Column("updated", sa.BigInteger(), nullable=False),
        sa.Column("cleared", sa.BigInteger(), nullable=False),
        sa.Column("milliseconds", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "dirty",
        sa.Column("id", ROW_ID, primary_key=True),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("trade_id", TEXT),
        sa.Column("first_id", sa.BigInteger()),
        sa.Column("last_id", sa.BigInteger()),
    )
    op.create_index("ix_dirty_trade_id", "dirty", ["trade_id"])
    op.create_table(
        "audit_log",
        sa.Column("id", ROW_ID, primary_key=True),
        sa.Column("at", TEXT, nullable=False),
        sa.Column("who", TEXT, nullable=False),
        sa.Column("operation", TEXT, nullable=False),
        sa.Column("subject", TEXT, nullable=False),
        sa.Column("details", TEXT, nullable=False),
        sa.Column("changes", TEXT, nullable=False),
        sa.Column("previous_hash", TEXT, nullable=False),
        sa.Column("hash", TEXT, nullable=False),
    )
    op.create_table(
        "settings",
        sa.Column("name", TEXT, primary_key=True),
        sa.Column("value", TEXT, nullable=False),
    )
