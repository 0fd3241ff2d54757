"""Versions of the rules' settings, entries linked by hand, and what a run was asked."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Adds the columns and the table, and makes the settings there are the first version."""
    op.add_column("ledger_entries", sa.Column("booked_trade_id", TEXT))
    op.add_column("imports", sa.Column("source", TEXT, nullable=False, server_default=""))
    op.add_column("runs", sa.Column("as_of", TEXT))
    op.add_column("runs", sa.Column("rules_version", ROW_ID))
    op.add_column("runs", sa.Column("last_import", ROW_ID))
    op.create_table(
        "rule_versions",
        sa.Column("id", ROW_ID, primary_key=True),
        sa.Column("at", TEXT, nullable=False),
        sa.Column("who", TEXT, nullable=False),
        sa.Column("value", TEXT, nullable=False),
    )
    # Who changed them last, and when, stands in the audit trail.
    op.execute(
        "INSERT INTO rule_versions (at, who, value)"
        " SELECT coalesce(changed.at, ''), coalesce(changed.who, ''), settings.value FROM settings"
        " LEFT JOIN audit_log AS changed ON changed.id ="
        " (SELECT max(id) FROM audit_log WHERE operation = 'change settings' AND subject = 'rules')"
        " WHERE settings.name = 'rules'"
    )
    op.execute("DELETE FROM settings WHERE name = 'rules'")
