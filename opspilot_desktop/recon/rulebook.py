"""The rules that there are, the program's own and those of plug-ins, each name once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ..domain.issues import IssueType
from ..plugins.api import PythonRule, SqlRule
from ..plugins.loading import Origin, Plugin
from .plugin_rules import FromPlugin, RuleInPython, RuleInSql
from .rule import Rule


@dataclass(frozen=True)
class Rulebook:
    """`rules` can be run; `plugins` are all that were found, with the problem of those that cannot be used.

    `stopped` are rules of plug-ins that failed in a run and wait to be switched on again.
    """

    rules: tuple[Rule, ...]
    plugins: tuple[Plugin, ...]
    stopped: tuple[FromPlugin, ...] = ()

    @property
    def warnings(self) -> tuple[str, ...]:
        """A sentence for each plug-in that could not be loaded."""
        return tuple(
            f"The plug-in {plugin.name} cannot be used: {plugin.problem}."
            for plugin in self.plugins
            if plugin.problem
        )


def make_rulebook(found: Sequence[Plugin], stopped: Mapping[str, str]) -> Rulebook:
    """Puts the rules of what was found together. `stopped` names versions of plug-ins that are left out.

    A plug-in with a rule whose name is taken is not used at all: whose issues they were could not be told.
    """
    taken = {kind.value: "the program" for kind in IssueType}
    rules: list[Rule] = []
    waiting: list[FromPlugin] = []
    plugins: list[Plugin] = []
    for plugin in found:
        if plugin.origin is Origin.BUILT_IN:
            own: Sequence[Rule] = [rule for rule in plugin.rules if isinstance(rule, Rule)]
            rules += own
            taken |= {rule.issue_type.value: "the program" for rule in own}
            continue
        brought = [_adapted(rule, plugin) for rule in plugin.rules]
        problem = plugin.problem or _clash(brought, taken)
        plugins.append(replace(plugin, problem=problem))
        if problem:
            continue
        taken |= {rule.issue_type.value: f"the plug-in {plugin.name}" for rule in brought}
        if stopped.get(plugin.name) == plugin.version:
            waiting += brought
        else:
            rules += brought
    return Rulebook(tuple(rules), tuple(plugins), tuple(waiting))


def _adapted(declared: object, plugin: Plugin) -> FromPlugin:
    if isinstance(declared, PythonRule):
        return RuleInPython(declared, plugin.name, plugin.version, plugin.folder)
    assert isinstance(declared, SqlRule)
    return RuleInSql(declared, plugin.name, plugin.version, plugin.folder)


def _clash(brought: Sequence[FromPlugin], taken: Mapping[str, str]) -> str:
    """Why the names of these rules cannot be used; "" when they can."""
    own: set[str] = set()
    for rule in brought:
        name = rule.issue_type.value
        if name in own:
            return f"it has two rules called {name}; rename one"
        own.add(name)
        if name in taken:
            return f"{name} is a rule of {taken[name]} already; rename it"
    return ""
