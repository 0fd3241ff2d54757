"""What programs do that work on one workspace at once: `python at_once.py WHAT TARGET FOLDER NAME`.

Each waits for the file `go` in its folder, so that all begin together, and prints what it did as JSON.
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import select

from opspilot_desktop.domain.errors import KnownError
from opspilot_desktop.domain.fields import Kind
from opspilot_desktop.domain.jobs import Handle
from opspilot_desktop.operations import issue_work
from opspilot_desktop.operations.importing import import_file
from opspilot_desktop.operations.reconciling import reconcile
from opspilot_desktop.operations.steps import Step, undo
from opspilot_desktop.operations.workspace import Workspace, open_workspace
from opspilot_desktop.store.schema import issues

KINDS = (Kind.TRADES, Kind.LEDGER)


def import_and_reconcile(workspace: Workspace, folder: Path, name: str) -> dict[str, object]:
    """Imports this program's files one by one, with a run after each."""
    opened = 0
    for number in range(len(list(folder.glob(f"{name}-*"))) // len(KINDS)):
        for kind in KINDS:
            file = folder / f"{name}-{number}-{kind.value}.csv"
            assert not import_file(Handle(), workspace, file, kind).refused
            opened += reconcile(Handle(), workspace).summary.opened
    return {"opened": opened}


def reconcile_once(workspace: Workspace, folder: Path, name: str) -> dict[str, object]:
    """One run."""
    return {"opened": reconcile(Handle(), workspace).summary.opened}


def work_issues(workspace: Workspace, folder: Path, name: str) -> dict[str, object]:
    """Does what people do, to a few issues at a time, until the file `stop` is there."""
    chosen = random.Random(name)
    steps: list[Step] = []
    done, refused = 0, []
    while not (folder / "stop").exists():
        try:
            steps.append(_do_something(workspace, chosen, steps))
            done += 1
        except KnownError as error:
            refused.append(str(error))
    return {"done": done, "refused": refused}


def _do_something(workspace: Workspace, chosen: random.Random, steps: list[Step]) -> Step:
    with workspace.database.read() as connection:
        rows = connection.execute(select(issues.c.id, issues.c.row_version)).all()
    seen = {row.id: row.row_version for row in rows}
    if not seen:
        time.sleep(0.01)
        raise KnownError("nothing there yet")
    ids = chosen.sample(sorted(seen), k=min(len(seen), chosen.randint(1, 4)))
    versions = {issue_id: seen[issue_id] for issue_id in ids} if chosen.random() < 0.5 else None
    ways: list[Callable[[], Step]] = [
        lambda: issue_work.resolve_issues(workspace, ids, "FEES", "", versions),
        lambda: issue_work.ignore_issues(workspace, ids, "ACCEPTED", "", versions),
        lambda: issue_work.reopen_issues(workspace, ids, versions),
        lambda: issue_work.investigate_issues(workspace, ids, versions),
        lambda: issue_work.assign_issues(workspace, ids, "somebody", versions),
        lambda: issue_work.comment_issues(workspace, ids, "something"),
    ]
    if steps and chosen.random() < 0.2:
        return undo(workspace, steps.pop())
    return chosen.choice(ways)()


if __name__ == "__main__":
    what, target, folder, name = sys.argv[1], sys.argv[2], Path(sys.argv[3]), sys.argv[4]
    with open_workspace(target, create=False) as opened:
        (folder / f"ready-{name}").touch()
        while not (folder / "go").exists():
            time.sleep(0.005)
        works = {work.__name__: work for work in (import_and_reconcile, reconcile_once, work_issues)}
        print(json.dumps(works[what](opened, folder, name)))
