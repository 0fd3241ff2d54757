"""What trades were before they changed, for the rules that compare trades with one another."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Adds the table; nothing is kept in it until such a rule is switched on."""
    op.create_table(
        "former_trades",
        sa.Column("id", ROW_ID, primary_key=True),
        sa.Column("instrument", TEXT),
        sa.Column("side", TEXT),
        sa.Column("quantity_units", sa.BigInteger),
        sa.Column("quantity_nanos", sa.BigInteger),
        sa.Column("price_units", sa.BigInteger),
        sa.Column("price_nanos", sa.BigInteger),
        sa.Column("trade_date", TEXT),
        sa.Column("counterparty", TEXT),
    )
