"""What became of a file that was taken from a watched folder, as a report beside it and for programs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..domain.clock import local_minute
from ..domain.issues import type_label
from ..domain.run_history import Effect, Touched
from ..domain.text import visible
from ..domain.watched import WatchedFolder
from ..paths import as_text
from .importing import ImportResult

if TYPE_CHECKING:
    from ..recon.engine import RunSummary


@dataclass(frozen=True)
class WatchedRun:
    """The run after a batch of files; `problem` says why there is none."""

    summary: RunSummary | None = None
    touched: Touched | None = None
    problem: str = ""


@dataclass(frozen=True)
class Outcome:
    """What became of a file: `is_done` if it was read and stored, else `message` says why it was not.

    `result` is missing where it could not be read at all. `is_recovered`: the program ended in between, and
    this is what the workspace knows of it; `is_settled`: that was after everything but the moving was done.
    """

    file: str
    folder: WatchedFolder
    is_done: bool
    message: str
    result: ImportResult | None = None
    import_id: int | None = None
    is_recovered: bool = False
    is_settled: bool = False
    has_rejects: bool = False
    notices: tuple[str, ...] = ()

    @property
    def is_changing(self) -> bool:
        """Whether something was stored that has to be reconciled."""
        result = self.result
        return self.is_done and result is not None and bool(result.imported or result.updated)


@dataclass(frozen=True)
class Taken:
    """A file that is through: what was said of it, and where it and its report are now."""

    outcome: Outcome
    path: Path
    report: Path
    run: WatchedRun

    @property
    def sentence(self) -> str:
        """What became of it, for a person to read on one line."""
        one = self.outcome
        return one.message if one.is_done else f"{one.file} was rejected: {one.message}"

    def as_json(self) -> dict[str, Any]:
        """One of the lines that `watch --json` prints."""
        outcome = self.outcome
        empty = ImportResult(outcome.file, outcome.folder.kind.value, "", refused=not outcome.is_done)
        values = (outcome.result or empty).as_json()
        summary = self.run.summary
        ran = None if summary is None else {"run_id": summary.run_id, "opened": summary.opened}
        return values | {
            "folder": outcome.folder.path,
            "outcome": "done" if outcome.is_done else "rejected",
            "message": outcome.message,
            "refused": not outcome.is_done,
            "import_id": outcome.import_id,
            "moved_to": as_text(str(self.path)),
            "report": as_text(str(self.report)),
            "run": None if ran is None or summary is None else {**ran, "cleared": summary.cleared},
        }


def report_text(outcome: Outcome, run: WatchedRun, *, at: str, who: str) -> str:
    """The report on a file; whatever comes from the file is shown so that it can do nothing."""
    lines = [visible(outcome.file), visible(_head(outcome)), ""]
    lines += [f"{name:<12}{visible(value)}" for name, value in _facts(outcome, at, who)]
    result = outcome.result
    notices = [*outcome.notices, *(result.warnings if result is not None else ())]
    if notices:
        lines += ["", "Notices", *[f"  {visible(notice)}" for notice in notices]]
    if outcome.is_changing:
        lines += ["", *_of_run(run)]
    if result is not None and result.rejected_total:
        lines += ["", *_rejected(result, has_file=outcome.has_rejects)]
    return "\n".join(lines) + "\n"


def _head(outcome: Outcome) -> str:
    word = "Done" if outcome.is_done else "Rejected"
    return f"{word}: {outcome.message.removeprefix(f'{outcome.file}: ')}"


def _facts(outcome: Outcome, at: str, who: str) -> list[tuple[str, str]]:
    folder, result = outcome.folder, outcome.result
    facts = [
        ("Folder", folder.path),
        ("Kind", folder.kind.value),
        ("Profile", folder.profile or "by the file's own columns"),
        ("Reported", f"{local_minute(at)} ({at}) by {who}"),
    ]
    if result is None:
        return facts
    if outcome.import_id is not None:
        facts.append(("Import", str(outcome.import_id)))
    counts = ("read", "imported", "updated", "unchanged")
    facts += [(name.capitalize(), f"{getattr(result, name):,}") for name in counts]
    return [*facts, ("Rejected", f"{result.rejected_total:,}"), ("SHA-256", result.sha256)]


def _of_run(run: WatchedRun) -> list[str]:
    summary = run.summary
    if summary is None:
        why = run.problem or "Not yet: there are no trades and entries to match."
        return ["Reconciliation", f"  {visible(why)}"]
    lines = [
        f"Reconciliation (run {summary.run_id}, {summary.scope}, for all files taken together)",
        f"  {summary.checked:,} checked, {summary.matched:,} matched, {summary.opened:,} opened,"
        f" {summary.reopened:,} reopened, {summary.updated:,} changed, {summary.cleared:,} cleared",
    ]
    if run.touched is not None:
        for effect in (Effect.OPENED, Effect.REOPENED, Effect.CLEARED):
            if run.touched.count(effect):
                lines.append(f"  {effect.label}: {visible(run.touched.by_type(effect))}")
    still = [f"{count:,} {type_label(name)}" for name, count in summary.open_by_type.items() if count]
    lines.append(f"  Open now: {visible(', '.join(still)) or 'none'}")
    return [*lines, *[f"  {visible(warning)}" for warning in summary.warnings]]


def _rejected(result: ImportResult, *, has_file: bool) -> list[str]:
    total, listed = result.rejected_total, result.rejected
    count = f"{total:,}" if total == len(listed) else f"the first {len(listed):,} of {total:,}"
    where = "; all of them stand in the file that ends in .rejects.csv, to be mended" if has_file else ""
    lines = [f"Rejected rows ({count}{where})"]
    for one in listed:
        column = f", {visible(one.column)}" if one.column else ""
        value = f" (“{visible(one.value)}”)" if one.value else ""
        lines.append(f"  line {one.line}, row {one.record}{column}: {visible(one.reason)}{value}")
    return lines
