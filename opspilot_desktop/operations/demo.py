"""The sample data: loading it into a workspace, and the demo workspace made of it."""

from __future__ import annotations

from pathlib import Path

from .. import paths
from ..domain.fields import Kind
from ..domain.jobs import Changes, Handle
from .importing import import_file
from .reconciling import reconcile
from .workspace import Workspace, open_workspace

DEMO_FILE = "demo.opspilot"


def sample_file(kind: Kind) -> Path:
    """The sample file of trades or ledger entries that comes with the program."""
    return paths.resources() / "sample" / f"{kind.value}.csv"


def load_sample(handle: Handle, workspace: Workspace) -> Changes:
    """Imports the sample trades and ledger entries and reconciles; a second time changes nothing."""
    changes = Changes()
    for kind in (Kind.TRADES, Kind.LEDGER):
        changes |= import_file(handle, workspace, sample_file(kind), kind).changes
    return changes | reconcile(handle, workspace).changes


def open_demo(handle: Handle, target: str | None = None) -> Workspace:
    """The demo workspace with the sample data imported and reconciled, made if it is not there yet."""
    if target is None:
        paths.data().mkdir(parents=True, exist_ok=True)
        target = str(paths.data() / DEMO_FILE)
    workspace = open_workspace(target, create=True)
    try:
        load_sample(handle, workspace)
    except BaseException:
        workspace.close()
        raise
    return workspace
