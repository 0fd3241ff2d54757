"""What a workspace remembers of plug-ins: which are switched off, and whose issues count as breaks."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, delete, exists, literal, or_, select

from ..domain.clock import now
from ..domain.issues import IssueType
from . import audit
from .schema import PlainText, settings
from .workspace_settings import read_setting, write_setting

_OFF = "plugin.off:"
_MATCHING = "plugin.matching:"


@dataclass(frozen=True)
class SwitchedOff:
    """A plug-in that failed in a run: which version of it, why, when, and in whose run."""

    plugin: str
    version: str
    reason: str
    at: str
    who: str


def switched_off(connection: Connection) -> dict[str, SwitchedOff]:
    """The plug-ins that are switched off, by name."""
    rows = connection.execute(select(settings.c.value).where(settings.c.name.startswith(_OFF))).scalars()
    found = [SwitchedOff(**json.loads(value)) for value in rows]
    return {one.plugin: one for one in found}


def switch_off(connection: Connection, who: str, plugin: str, version: str, reason: str) -> None:
    """Switches a plug-in off, audited. The caller holds the lock."""
    state = SwitchedOff(plugin, version, reason, now(), who)
    write_setting(connection, f"{_OFF}{plugin}", json.dumps(vars(state)))
    details = {"version": version, "reason": reason}
    audit.append(connection, who, "switch off plug-in", plugin, details)


def switch_on(connection: Connection, who: str, plugin: str) -> bool:
    """Takes back that a plug-in was switched off, audited; False if it was not. The caller holds the lock."""
    name = f"{_OFF}{plugin}"
    before = read_setting(connection, name)
    if before is None:
        return False
    connection.execute(delete(settings).where(settings.c.name == name))
    change = audit.Change(settings.name, name, {"value": before}, None)
    audit.append(connection, who, "switch on plug-in", plugin, {}, [change])
    return True


def keep_matching_types(connection: Connection, issue_types: Mapping[str, bool]) -> None:
    """Remembers of types of plug-ins whether their issues mean that a trade is not matched.

    It has to be known on every computer, and after the plug-in is gone.
    """
    for issue_type, is_matching in issue_types.items():
        name = f"{_MATCHING}{issue_type}"
        if is_matching != (read_setting(connection, name) is not None):
            connection.execute(delete(settings).where(settings.c.name == name))
            if is_matching:
                write_setting(connection, name, "true")


def is_matching_type(issue_type: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether issues of a stored type mean that their trade is not matched."""
    own = [kind.value for kind in IssueType if kind.is_matching]
    name = literal(_MATCHING, PlainText).concat(issue_type)
    return or_(issue_type.in_(own), exists(select(settings.c.name).where(settings.c.name == name)))
