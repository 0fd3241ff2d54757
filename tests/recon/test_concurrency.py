"""Two programs that import and reconcile at once lose no change and raise nothing twice."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from opspilot_desktop.domain.jobs import Handle
from opspilot_desktop.operations.reconciling import reconcile
from opspilot_desktop.operations.workspace import Workspace

_FILES, _TRADES = 4, 40

_WORK = """
import sys
from pathlib import Path
from opspilot_desktop.domain.fields import Kind
from opspilot_desktop.domain.jobs import Handle
from opspilot_desktop.operations.importing import import_file
from opspilot_desktop.operations.reconciling import reconcile
from opspilot_desktop.operations.workspace import open_workspace

target, folder, name = sys.argv[1:]
with open_workspace(target, create=False) as workspace:
    for number in range(int(len(list(Path(folder).glob(name + "-*"))) / 2)):
        for kind in (Kind.TRADES, Kind.LEDGER):
            file = Path(folder, f"{name}-{number}-{kind.value}.csv")
            assert not import_file(Handle(), workspace, file, kind).refused
            reconcile(Handle(), workspace)
"""


def write_files(folder: Path, name: str, other: str) -> None:
    """Trades of one program, entries of the other's: every fifth trade stays without, one is an orphan."""
    for number in range(_FILES):
        trades = ["trade_id,instrument,side,quantity,price"]
        ledger = ["entry_id,trade_id,amount", f"{name}{number}-X,{name}{number}-NOBODY,1"]
        for index in range(_TRADES):
            trades.append(f"{name}{number}-{index},ABC,BUY,1,10")
            if index % 5:
                ledger.append(f"{name}{number}-{index},{other}{number}-{index},10")
        (folder / f"{name}-{number}-trades.csv").write_text("\n".join(trades) + "\n")
        (folder / f"{name}-{number}-ledger.csv").write_text("\n".join(ledger) + "\n")


def test_two_programs_at_once(workspace: Workspace, tmp_path: Path) -> None:
    write_files(tmp_path, "a", "b")
    write_files(tmp_path, "b", "a")
    command = [sys.executable, "-c", _WORK, workspace.database.target, str(tmp_path)]
    programs = [subprocess.Popen([*command, name], stderr=subprocess.PIPE, text=True) for name in ("a", "b")]
    for program in programs:
        _, told = program.communicate(timeout=120)
        assert program.returncode == 0, told
    after = reconcile(Handle(), workspace).summary
    wanted = {"MISSING_LEDGER_ENTRY": 2 * _FILES * _TRADES // 5, "ORPHAN_LEDGER_ENTRY": 2 * _FILES}
    assert after.open_by_type == wanted
    full = reconcile(Handle(), workspace, full=True).summary
    assert (full.opened, full.reopened, full.updated, full.cleared) == (0, 0, 0, 0)
    assert full.open_by_type == wanted
