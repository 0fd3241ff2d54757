"""Workspaces that are made once in a test run and copied: to make one takes every migration there is."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

from opspilot_desktop.domain.jobs import Handle
from opspilot_desktop.operations.demo import load_sample
from opspilot_desktop.operations.workspace import open_workspace


def put_workspace(path: Path, *, sample: bool = False) -> None:
    """Puts a workspace at a path that is free: an empty one, or the sample data, imported and reconciled."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as file:
        file.write(_made(sample))


@cache
def _made(sample: bool) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "made.opspilot")
        with open_workspace(str(path), create=True) as workspace:
            if sample:
                load_sample(Handle(), workspace)
        return path.read_bytes()
