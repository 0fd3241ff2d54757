"""Source profiles, and which one an import was read by."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Adds the table and the column."""
    op.create_table(
        "source_profiles",
        sa.Column("name", TEXT, primary_key=True),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("toml", TEXT, nullable=False),
        sa.Column("header_signature", TEXT, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("who", TEXT, nullable=False),
        sa.Column("at", TEXT, nullable=False),
    )
    op.add_column("imports", sa.Column("profile", TEXT, nullable=False, server_default=""))
