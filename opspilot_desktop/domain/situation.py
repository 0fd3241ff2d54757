"""How a workspace and one of its issues stand: what is read, shown, explained and sent to the copilot."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .links import Link

Row = Mapping[str, Any]
"""A record's values by field name: text, whole numbers, or None; decimals as plain text (`-12.5`)."""


@dataclass(frozen=True)
class LastImport:
    """The newest import."""

    at: str
    kind: str
    file: str
    imported: int
    updated: int
    rejected: int


@dataclass(frozen=True)
class LastRun:
    """The newest run of the engine."""

    run_id: int
    at: str
    scope: str
    checked: int
    matched: int
    opened: int
    cleared: int
    reopened: int = 0


@dataclass(frozen=True)
class Overview:
    """The counts of a workspace.

    `trades_by_status` counts trades by their own status. `checked` trades are of a status the engine
    matches and have not changed since the last run; `matched` of them have no matching issue.
    """

    trades: int = 0
    ledger_entries: int = 0
    trades_by_status: Mapping[str, int] = field(default_factory=dict)
    checked_statuses: tuple[str, ...] = ("pending",)
    checked: int = 0
    matched: int = 0
    not_checked: int = 0
    open_by_severity: Mapping[str, int] = field(default_factory=dict)
    open_by_type: Mapping[str, int] = field(default_factory=dict)
    issues_by_status: Mapping[str, int] = field(default_factory=dict)
    last_import: LastImport | None = None
    last_run: LastRun | None = None


@dataclass(frozen=True)
class Event:
    """Something that happened to an issue; `kind` is opened, reopened, cleared, changed, gone, comment,
    assigned, investigating, resolved, ignored, linked, unlinked or undone."""

    at: str
    who: str
    kind: str
    text: str
    run_id: int | None = None


@dataclass(frozen=True)
class IssueDetail:
    """An issue with everything that explains it.

    `issue` has the keys of `issues --format json` (and `row_version`, `gone`); `evidence` is what the
    engine measured. `trade` and `entries` are the rows as they are now; `entries` holds at most 50 of
    `entry_count`, and `links` says of each whether a person linked it. `events` are newest first.
    """

    issue: Row
    evidence: Mapping[str, Any]
    trade: Row | None
    entries: tuple[Row, ...]
    entry_count: int
    events: tuple[Event, ...]
    links: tuple[Link | None, ...] = ()

    @property
    def linked(self) -> tuple[tuple[Row, Link], ...]:
        """The entries that a person linked, each with its link."""
        pairs = zip(self.entries, self.links, strict=False)
        return tuple((entry, link) for entry, link in pairs if link is not None)
