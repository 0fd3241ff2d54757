"""What an import rests on, and imports that were undone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Adds the columns."""
    op.add_column("imports", sa.Column("rests_on", TEXT, nullable=False, server_default="{}"))
    op.add_column("imports", sa.Column("undone_at", TEXT))
    op.add_column("imports", sa.Column("undone_by", TEXT))
