"""Workspaces for the tests of the operations, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from opspilot_desktop.operations.workspace import Workspace, open_workspace


@pytest.fixture
def workspace(target: str) -> Iterator[Workspace]:
    """An empty workspace."""
    with open_workspace(target, create=True) as opened:
        yield opened
