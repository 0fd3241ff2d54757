"""Reconciling: running the engine, and the settings of its rules."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ..domain.jobs import Changes, Handle
from ..recon.rule_settings import RuleSettings
from ..store import audit
from ..store.workspace_settings import read_setting, write_setting
from .workspace import Workspace

if TYPE_CHECKING:
    from ..recon.engine import RunSummary

_RULES = "rules"


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
        return values


def reconcile(handle: Handle, workspace: Workspace, *, full: bool = False) -> Reconciled:
    """Checks what changed since the last run (everything, if `full`) and brings the issues up to date.

    One transaction: cancel, an error or a crash leaves everything as it was. Raises Cancelled and
    KnownError as the database does.
    """
    from ..recon.engine import run  # the window opens sooner without it
    from ..recon.rules import built_in

    with workspace.database.write(handle) as connection:
        started = time.perf_counter()  # with the lock taken, to the commit
        settings = _settings(read_setting(connection, _RULES))
        summary = run(connection, handle, workspace.user, built_in(), settings, full=full)
    return Reconciled(replace(summary, seconds=time.perf_counter() - started))


def rule_settings(workspace: Workspace) -> RuleSettings:
    """The rules' settings in this workspace."""
    with workspace.database.read() as connection:
        return _settings(read_setting(connection, _RULES))


def change_rule_settings(
    workspace: Workspace, settings: RuleSettings, *, handle: Handle | None = None
) -> Changes:
    """Keeps other settings for the rules, audited; the next run then checks everything."""
    with workspace.database.write(handle) as connection:
        before = _settings(read_setting(connection, _RULES))
        if before == settings:
            return Changes()
        write_setting(connection, _RULES, settings.to_json())
        change = audit.Change("settings", _RULES, {"value": before.to_json()}, {"value": settings.to_json()})
        audit.append(connection, workspace.user, "change settings", _RULES, {}, [change])
    return Changes(trades=True, settings=True)


def _settings(stored: str | None) -> RuleSettings:
    return RuleSettings.from_json(stored) if stored is not None else RuleSettings()
