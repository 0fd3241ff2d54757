"""The rules of a workspace: what is set, what other settings would do, and keeping them."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ..domain.clock import local_minute, today
from ..domain.errors import KnownError
from ..domain.issues import Severity
from ..domain.jobs import Changes, Handle
from ..recon.rule_facts import is_ours
from ..recon.rule_settings import RuleSettings
from ..recon.rule_words import settings_lines
from ..store.offers import Offers, read_offers
from ..store.rule_versions import RuleVersion, all_versions, newest_version
from .plugins import rulebook
from .reconciling import change_rule_settings, settings_of
from .workspace import Workspace

if TYPE_CHECKING:
    from ..recon.advice import Advice
    from ..recon.preview import RuleChange


@dataclass(frozen=True)
class RuleShown:
    """A rule as it is listed: the name under which it is kept, and what the screen calls it."""

    name: str
    label: str
    severity: Severity
    is_ours: bool = True


@dataclass(frozen=True)
class RulesNow:
    """The settings in force and the version they are; None while they are the program's own."""

    settings: RuleSettings
    version: RuleVersion | None
    rules: tuple[RuleShown, ...]

    def as_json(self) -> dict[str, Any]:
        """The object that `rules --json` prints."""
        version = None if self.version is None else {**vars(self.version)}
        if version is not None:
            del version["value"]
        rules = {rule.name: self.settings.is_on(rule.name) for rule in self.rules}
        return {"version": version, "rules": rules, "settings": json.loads(self.settings.to_json())}

    def as_text(self) -> str:
        """The lines that `rules` prints."""
        version = self.version
        head = "The program's own settings"
        if version is not None:
            head = f"Version {version.number}, saved by {version.who} on {local_minute(version.at)}"
        switches = [
            f"{'on ' if self.settings.is_on(rule.name) else 'off'} {rule.name}" for rule in self.rules
        ]
        lines = [f"{label}: {value}" for label, value in settings_lines(self.settings)[1:]]
        return "\n".join([head, *switches, *lines])


@dataclass(frozen=True)
class Choices:
    """What there is to choose from: the data's own values, and holiday calendars as (code, name)."""

    offers: Offers
    calendars: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class RulesPreview:
    """What the next run would do by other settings (see recon.preview).

    `version` is the one in force when it looked, so that a newer one is noticed.
    """

    changes: tuple[RuleChange, ...]
    was_run: tuple[str, ...]
    pending: bool
    version: RuleVersion | None
    seconds: float
    warnings: tuple[str, ...] = ()


class SavedMeanwhile(KnownError):
    """Somebody else kept other settings since these were read; `version` is theirs."""

    def __init__(self, version: RuleVersion) -> None:
        self.version = version
        super().__init__(
            f"{version.who} saved version {version.number} on {local_minute(version.at)}, after these"
            " settings were read; keep yours or load theirs."
        )


def read_rules(handle: Handle, workspace: Workspace) -> RulesNow:
    """The rules and how they are set."""
    with workspace.database.read(handle) as connection:
        version = newest_version(connection)
        kinds = [rule.issue_type for rule in rulebook(connection, workspace).rules]
    shown = tuple(RuleShown(kind.value, kind.label, kind.severity, is_ours(kind.value)) for kind in kinds)
    return RulesNow(settings_of(version), version, shown)


def read_choices(handle: Handle, workspace: Workspace) -> Choices:
    """What there is to choose from for the settings."""
    from ..recon.calendars import calendars

    with workspace.database.read(handle) as connection:
        return Choices(read_offers(connection), tuple(calendars()))


def read_advice(handle: Handle, workspace: Workspace, settings: RuleSettings) -> Mapping[str, Advice]:
    """Which of the rules that are off by default the data speak for, and why."""
    from ..recon.advice import advise

    with workspace.database.read(handle) as connection:
        names = [rule.issue_type.value for rule in rulebook(connection, workspace).rules]
        return advise(connection, names, settings, today())


def read_versions(handle: Handle, workspace: Workspace) -> list[RuleVersion]:
    """Every version of the settings, the newest first."""
    with workspace.database.read(handle) as connection:
        return all_versions(connection)


def preview_rules(handle: Handle, workspace: Workspace, settings: RuleSettings) -> RulesPreview:
    """What the next run would open, reopen, change and clear if these settings were kept.

    Nothing is changed and nobody waits: a transaction of its own that is rolled back. Raises Cancelled, and
    KnownError as a run does.
    """
    from ..recon.preview import dry_run

    started = time.perf_counter()
    with workspace.database.scratch(handle, steady=True) as connection:
        version = newest_version(connection)
        found = dry_run(connection, handle, rulebook(connection, workspace).rules, settings)
    seconds = time.perf_counter() - started
    return RulesPreview(found.changes, found.was_run, found.pending, version, seconds, found.warnings)


def switch_rules(workspace: Workspace, on: Sequence[str], off: Sequence[str]) -> Changes:
    """Turns rules on and off by their names. Raises KnownError for a name that no rule has."""
    now = read_rules(Handle(), workspace)
    known = {rule.name for rule in now.rules}
    for name in (*on, *off):
        if name not in known:
            raise KnownError(f"There is no rule {name}; there are {', '.join(sorted(known))}.")
    enabled = (now.settings.enabled | set(on)) - set(off)
    return save_rules(Handle(), workspace, replace(now.settings, enabled=enabled), now.version)


def save_rules(
    handle: Handle, workspace: Workspace, settings: RuleSettings, base: RuleVersion | None
) -> Changes:
    """Keeps the settings as a new version, audited. Raises SavedMeanwhile where the version in force is no
    longer `base`, on which they rest."""

    def refuse_if_newer(newest: RuleVersion | None) -> None:
        if newest is not None and (base is None or newest.number != base.number):
            raise SavedMeanwhile(newest)

    return change_rule_settings(workspace, settings, handle=handle, check=refuse_if_newer)
