"""Alembic's environment: it migrates over the connection that store.migrate hands it."""

from __future__ import annotations

from alembic import context

from opspilot_desktop.store.schema import metadata

# The caller's transaction spans all migrations, and the caller commits it.
context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
