"""Watched folders for the tests: files put into them, and what is found in them afterwards."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select

from opspilot_desktop.domain.fields import Kind
from opspilot_desktop.domain.jobs import Handle
from opspilot_desktop.domain.watched import WatchedFolder
from opspilot_desktop.files.claims import OWN_FOLDERS
from opspilot_desktop.operations.taking_files import reported, take_all
from opspilot_desktop.operations.watch_report import Taken
from opspilot_desktop.operations.watched_folders import watch_folder
from opspilot_desktop.operations.watching import Glance, Watcher
from opspilot_desktop.operations.workspace import Workspace
from opspilot_desktop.store.schema import RECORD_TABLES

TRADES = "trade_id,instrument,side,quantity,price\nT1,X,BUY,10,2.5\nT2,X,SELL,1,1\n"
LEDGER = "trade_id,amount\nT1,25\nT1,25\nT2,1\n"
"""Without ids, and two lines alike: each of them counts."""
WITH_IDS = "entry_id,trade_id,amount\nE1,T1,25\nE2,T2,1\n"


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Watching:
    """A workspace whose folders are looked at when the test says so."""

    workspace: Workspace
    clock: Clock
    watcher: Watcher

    @classmethod
    def of(cls, workspace: Workspace) -> Watching:
        clock = Clock()
        return cls(workspace, clock, Watcher(workspace, clock))

    def look(self, after: float = 0) -> Glance:
        """A look, after so many seconds."""
        self.clock.now += after
        return self.watcher.look(Handle())

    def take(self, after: float = 0) -> list[Taken]:
        """Takes what a look finds; what was in the way has to be nothing."""
        batch = take_all(Handle(), self.workspace, self.look(after))
        self.watcher.note(batch.troubles, reported(batch.taken))
        assert batch.troubles == {}
        return batch.taken

    def take_settled(self) -> list[Taken]:
        """Takes what stays the same for long enough."""
        self.look()
        return self.take(after=60)


def watched(workspace: Workspace, path: Path, kind: Kind = Kind.TRADES, **values: object) -> WatchedFolder:
    """A folder that is watched from now on; it is made."""
    path.mkdir(exist_ok=True)
    return watch_folder(Handle(), workspace, WatchedFolder("", str(path), kind, **values))  # type: ignore[arg-type]


def put(folder: Path, name: str, text: str | bytes, *, marker: str = "") -> Path:
    """A complete file, with its marker."""
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    if marker:
        (folder / (name + marker)).touch()
    return path


def names_in(folder: Path) -> list[str]:
    """The files in a watched folder and what it keeps, without the lock: `done/a.csv`."""
    found = [path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()]
    return sorted(name for name in found if name != "taking/.lock")


def leftovers_in(folder: Path) -> list[str]:
    """What is still on its way: anything in the folder or in `taking`, folders too."""
    here = [path.name for path in folder.iterdir() if path.name not in OWN_FOLDERS]
    return sorted(here + [path.name for path in (folder / "taking").iterdir() if path.name != ".lock"])


def rows_of(workspace: Workspace, kind: Kind) -> int:
    """How many records there are."""
    with workspace.database.read() as connection:
        return connection.execute(select(func.count()).select_from(RECORD_TABLES[kind])).scalar_one()


def run_python(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs a program of its own, with the package at hand."""
    command = [sys.executable, "-c", code, *arguments]
    root = Path(__file__).parents[2]
    return subprocess.run(command, cwd=root, check=False, capture_output=True, text=True, timeout=120)
