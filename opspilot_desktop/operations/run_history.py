"""What past runs did, and how two of them differ; nothing here changes anything."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..domain.errors import KnownError
from ..domain.fields import Field, FieldType
from ..domain.jobs import Handle
from ..domain.run_history import PastRun, RunComparison, RunDetail
from ..files.exporting import export
from ..recon.explain import describe
from ..recon.lifecycle import SHOWN_AGAIN
from ..recon.rule_settings import RuleSettings
from ..recon.rule_words import differences
from ..store.run_history import (
    input_files,
    last_import_of,
    past_run,
    past_runs,
    settings_of,
    touched_between,
    touched_by,
)
from .workspace import Workspace

PAGE_OF_RUNS = 500
"""How many runs are read at once."""
LISTED_ISSUES = 1000
"""How many of the issues that runs touched are listed; the counts are of all."""

_NUMBERS = ("checked", "matched", "opened", "reopened", "updated", "cleared")
_FIELDS = (
    Field("run", "Run", FieldType.NUMBER, wide=6),
    Field("at", "When", wide=22),
    Field("who", "Who"),
    Field("scope", "Scope"),
    Field("as_of", "As of", FieldType.DATE),
    Field("settings_version", "Settings", FieldType.NUMBER),
    Field("settings_at", "Settings saved", wide=22),
    Field("settings_who", "Settings saved by"),
    *[Field(name, name.capitalize(), FieldType.NUMBER) for name in _NUMBERS],
    Field("not_checked", "Not checked", wide=20),
    Field("seconds", "Seconds", FieldType.DECIMAL),
    Field("files", "Files", wide=30),
)


@dataclass(frozen=True)
class RunPage:
    """Some runs, the newest first, and whether there are older ones."""

    runs: tuple[PastRun, ...]
    more: bool


def list_runs(
    handle: Handle, workspace: Workspace, *, before: int | None = None, most: int = PAGE_OF_RUNS
) -> RunPage:
    """The newest runs, or the newest of those with a smaller number than `before`."""
    with workspace.database.read(handle) as connection:
        found = past_runs(connection, before=before, most=most + 1)
    return RunPage(tuple(found[:most]), len(found) > most)


def read_run(handle: Handle, workspace: Workspace, number: int) -> RunDetail:
    """A run with the issues it opened, reopened, changed and cleared. Raises KnownError if there is none."""
    with workspace.database.read(handle) as connection:
        return RunDetail(
            past_run(connection, number), touched_by(connection, number, LISTED_ISSUES, describe)
        )


def compare_runs(handle: Handle, workspace: Workspace, one: int, other: int) -> RunComparison:
    """What differs after the newer of two runs from after the older one.

    See `store.run_history.touched_between` for what counts as opened, cleared and changed. Raises KnownError
    for a run that there is not, and for a run and itself.
    """
    if one == other:
        raise KnownError("A run does not differ from itself; name two different runs.")
    older, newer = sorted((one, other))
    with workspace.database.read(handle) as connection:
        before, after = past_run(connection, older), past_run(connection, newer)
        settings = [RuleSettings.from_json(settings_of(connection, number)) for number in (older, newer)]
        since, until = (last_import_of(connection, number) for number in (older, newer))
        return RunComparison(
            before,
            after,
            touched_between(connection, older, newer, LISTED_ISSUES, describe, SHOWN_AGAIN),
            tuple(differences(*settings)),
            tuple(input_files(connection, since, until)),
        )


def export_runs(handle: Handle, workspace: Workspace, path: Path) -> int:
    """Writes every run to a file, by its ending, the newest first; returns how many.

    The file appears whole or not at all. Raises KnownError as an export of a table does.
    """
    if not workspace.is_shared and path.exists() and path.samefile(workspace.database.target):
        raise KnownError(f"{path} is the workspace itself; choose another file to export to.")
    with workspace.database.read(handle) as connection:
        runs = past_runs(connection)
        return export(handle, path, _FIELDS, _exported(runs), len(runs))


def _exported(runs: Sequence[PastRun]) -> Iterator[list[Any]]:
    same = [field.name for field in _FIELDS if field.name not in ("run", "not_checked", "seconds", "files")]
    for run in runs:
        values = {
            "run": run.number,
            "not_checked": ", ".join(f"{count} {status}" for status, count in run.not_checked.items()),
            "seconds": f"{run.seconds:.3f}",
            "files": ", ".join(one.file for one in run.inputs),
            **{name: getattr(run, name) for name in same},
        }
        yield [values[field.name] for field in _FIELDS]
