"""Reconciling: running the engine, and the settings of its rules."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from ..domain.clock import now
from ..domain.jobs import Changes, Handle
from ..logs import operation
from ..recon.rule_settings import RuleSettings
from ..store import audit, lookups
from ..store.rule_indexes import drop_rule_indexes
from ..store.rule_versions import RuleVersion, add_version, newest_version
from .workspace import Workspace

if TYPE_CHECKING:
    from ..recon.engine import RunSummary


logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Reconciled:
    """A finished run and what it changed."""

    summary: RunSummary
    changes: Changes = Changes(trades=True, issues=True)  # noqa: RUF009 (frozen)

    def as_json(self) -> dict[str, Any]:
        """The object that `reconcile --json` prints."""
        values = dict(vars(self.summary))
        values["not_checked"] = dict(self.summary.not_checked)
        values["open_by_type"] = dict(self.summary.open_by_type)
        values["seconds"] = round(self.summary.seconds, 3)
        values["warnings"] = list(self.summary.warnings)
        values["notes"] = list(self.summary.notes)
        del values["failures"]  # told among the warnings
        return values


def reconcile(
    handle: Handle, workspace: Workspace, *, full: bool = False, as_of: date | None = None
) -> Reconciled:
    """Checks what changed since the last run (everything, if `full`) and brings the issues up to date.

    `as_of` is the day as which it looks: a missing entry is then raised only once it is due. One
    transaction: cancel, an error or a crash leaves everything as it was. Raises Cancelled and KnownError as
    the database does, and for a holiday calendar that there is not.
    """
    from ..recon.engine import Request, run  # the window opens sooner without it
    from .plugins import keep_failures, rulebook

    workspace.plugins.found()  # before the lock is taken: loading runs other people's code
    asked = {"full": full, "as_of": as_of is not None}
    with operation(logger, "reconcile", **asked) as told, workspace.database.write(handle) as connection:
        started = time.perf_counter()  # with the lock taken, to the commit
        version = newest_version(connection)
        book = rulebook(connection, workspace)
        request = Request(
            workspace.user,
            settings_of(version),
            full=full,
            as_of=as_of,
            rules_version=None if version is None else version.number,
        )
        summary = run(connection, handle, book.rules, request)
        keep_failures(connection, workspace, summary.failures)
        counts = ("run_id", "scope", "checked", "matched", "opened", "reopened", "updated", "cleared")
        told.update({name: getattr(summary, name) for name in counts})
    warnings = (*summary.warnings, *book.warnings)
    return Reconciled(replace(summary, seconds=time.perf_counter() - started, warnings=warnings))


def is_ready(handle: Handle, workspace: Workspace) -> bool:
    """Whether there are both trades and ledger entries, so that a run has something to hold together."""
    with workspace.database.read(handle) as connection:
        return lookups.has_both(connection)


def rule_settings(workspace: Workspace) -> RuleSettings:
    """The rules' settings in this workspace."""
    with workspace.database.read() as connection:
        return settings_of(newest_version(connection))


def change_rule_settings(
    workspace: Workspace,
    settings: RuleSettings,
    *,
    handle: Handle | None = None,
    check: Callable[[RuleVersion | None], None] | None = None,
) -> Changes:
    """Keeps other settings for the rules as a new version, audited; the next run then checks everything.

    `check` is given the version in force, under the lock, and may refuse.
    """
    with operation(logger, "change settings") as told, workspace.database.write(handle) as connection:
        if check is not None:
            check(newest_version(connection))
        before = settings_of(newest_version(connection))
        if before == settings:
            return Changes()
        number = add_version(connection, now(), workspace.user, settings.to_json())
        change = audit.Change(
            "rule_versions", str(number), {"value": before.to_json()}, {"value": settings.to_json()}
        )
        drop_rule_indexes(connection, needed_by=settings.enabled)
        audit.append(connection, workspace.user, "change settings", f"rules, version {number}", {}, [change])
        told["version"] = number
    return Changes(trades=True, settings=True)


def settings_of(version: RuleVersion | None) -> RuleSettings:
    """The settings of a version; the program's own without one."""
    return RuleSettings() if version is None else RuleSettings.from_json(version.value)
