"""Which rules and plug-ins there are, and switching plug-ins on and off."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection

from ..domain.errors import KnownError
from ..domain.issues import Severity
from ..domain.jobs import Changes, Handle
from ..plugins.loading import Plugin
from ..recon.guard import Failure
from ..recon.plugin_rules import FromPlugin
from ..recon.rule import Rule
from ..recon.rulebook import Rulebook, make_rulebook
from ..store.plugin_states import SwitchedOff, switch_off, switch_on, switched_off
from .reconciling import change_rule_settings, rule_settings
from .workspace import Workspace

BUILT_IN = "Built in"


@dataclass(frozen=True)
class AvailableRule:
    """A rule that can be switched on and off: `name` is its type, `origin` the plug-in it comes from.

    `problem` says why a rule of a plug-in does not run although it is on.
    """

    name: str
    label: str
    severity: Severity
    origin: str
    is_on: bool
    is_slow: bool = False
    problem: str = ""


@dataclass(frozen=True)
class PluginState:
    """A plug-in that was found. `problem` says why it does not work; `failed_at` and `failed_for` are set
    where it failed in a run and waits to be switched on again."""

    name: str
    where: str
    rules: tuple[str, ...]
    is_on: bool
    problem: str = ""
    failed_at: str = ""
    failed_for: str = ""

    @property
    def state(self) -> str:
        """In a word or two."""
        if self.failed_at:
            return "switched off"
        return "cannot be used" if self.problem else "on" if self.is_on else "off"

    def as_json(self) -> dict[str, Any]:
        """One of the objects that `plugins --json` prints."""
        values = dict(vars(self))
        return {**values, "rules": list(self.rules), "state": self.state}


def rulebook(connection: Connection, workspace: Workspace) -> Rulebook:
    """The rules there are, without those of plug-ins that failed and are switched off in this workspace."""
    stopped = switched_off(connection)
    versions = {name: state.version for name, state in stopped.items()}
    return make_rulebook(workspace.plugins.found(), versions)


def keep_failures(connection: Connection, workspace: Workspace, failures: Sequence[Failure]) -> None:
    """Switches off the plug-ins that failed in a run, within its transaction."""
    for failure in failures:
        switch_off(connection, workspace.user, failure.plugin, failure.version, failure.reason)


def available_rules(workspace: Workspace) -> list[AvailableRule]:
    """Every rule, in the order in which they run."""
    settings = rule_settings(workspace)
    with workspace.database.read() as connection:
        book, reasons = rulebook(connection, workspace), switched_off(connection)

    def described(rule: Rule) -> AvailableRule:
        kind = rule.issue_type
        found = AvailableRule(kind.value, kind.label, kind.severity, BUILT_IN, settings.is_on(kind.value))
        if not isinstance(rule, FromPlugin):
            return found
        problem = reasons[rule.plugin].reason if rule in book.stopped else ""
        return replace(found, origin=rule.plugin, is_slow=rule.is_slow, problem=problem)

    return [described(rule) for rule in (*book.rules, *book.stopped)]


def list_plugins(handle: Handle, workspace: Workspace) -> list[PluginState]:
    """The plug-ins that were found, and how they stand in the workspace."""
    enabled = rule_settings(workspace).enabled
    with workspace.database.read(handle) as connection:
        stopped = switched_off(connection)
        book = rulebook(connection, workspace)
    return [_state(plugin, book, enabled, stopped) for plugin in book.plugins]


def _state(
    plugin: Plugin, book: Rulebook, enabled: Collection[str], stopped: dict[str, SwitchedOff]
) -> PluginState:
    names = _rules_of(plugin, book)
    found = PluginState(
        plugin.name, plugin.where, names, any(name in enabled for name in names), plugin.problem
    )
    failure = stopped.get(plugin.name)
    if plugin.problem or failure is None or failure.version != plugin.version:
        return found
    return replace(found, problem=failure.reason, failed_at=failure.at, failed_for=failure.who)


def _rules_of(plugin: Plugin, book: Rulebook) -> tuple[str, ...]:
    rules = [rule for rule in (*book.rules, *book.stopped) if isinstance(rule, FromPlugin)]
    return tuple(rule.issue_type.value for rule in rules if rule.plugin == plugin.name)


def switch_plugin(workspace: Workspace, name: str, *, on: bool, handle: Handle | None = None) -> Changes:
    """Switches all rules of a plug-in on or off, audited; one that failed is tried again once it is on.

    The next run then checks everything. Raises KnownError for a plug-in that there is not, or that cannot be
    loaded.
    """
    with workspace.database.read(handle) as connection:
        book = rulebook(connection, workspace)
    plugin = next((one for one in book.plugins if one.name == name), None)
    if plugin is None:
        raise KnownError(f"There is no plug-in called {name}; put it into {workspace.plugins.folder}.")
    if plugin.problem:
        raise KnownError(f"The plug-in {name} cannot be used: {plugin.problem}. Mend it and try again.")
    changes = Changes()
    if on:
        with workspace.database.write(handle) as connection:
            changes = Changes(settings=switch_on(connection, workspace.user, name))
    settings, rules = rule_settings(workspace), frozenset(_rules_of(plugin, book))
    enabled = settings.enabled | rules if on else settings.enabled - rules
    return changes | change_rule_settings(workspace, replace(settings, enabled=enabled), handle=handle)
