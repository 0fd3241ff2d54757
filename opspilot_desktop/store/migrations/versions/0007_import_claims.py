"""By what name a watched folder's file was taken for an import; no two imports have the same."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Adds the column and its index."""
    op.add_column("imports", sa.Column("claim", TEXT))
    op.create_index("uq_imports_claim", "imports", ["claim"], unique=True)
