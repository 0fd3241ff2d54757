"""What is told of past runs: the list, what one of them did, and what lies between two of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from .issues import type_label


class Effect(StrEnum):
    """What a run, or all the runs between two, did to an issue, in the order in which they are listed."""

    OPENED = "opened"
    REOPENED = "reopened"
    CHANGED = "changed"
    CLEARED = "cleared"
    GONE = "gone"  # no longer shown by the data, but resolved or ignored before
    BACK = "back"  # shown again by the data, with nothing to decide anew

    @property
    def label(self) -> str:
        """The words on screen."""
        return _LABELS[self]


_LABELS = {
    Effect.OPENED: "Opened",
    Effect.REOPENED: "Reopened",
    Effect.CHANGED: "Changed",
    Effect.CLEARED: "Cleared",
    Effect.GONE: "No longer shown",
    Effect.BACK: "Shown again",
}


@dataclass(frozen=True)
class InputFile:
    """A file that was imported: its number, when, by whom, and how many rows became what."""

    import_id: int
    at: str
    who: str
    kind: str
    file: str
    source: str
    sha256: str
    read: int
    imported: int
    updated: int
    unchanged: int
    rejected: int


@dataclass(frozen=True)
class PastRun:
    """A run as it was recorded, and the files that came in since the run before.

    `settings_version` is None where the program's own settings were used; otherwise the version says when
    and by whom it was saved.
    """

    number: int
    at: str
    who: str
    scope: str
    as_of: str | None
    settings_version: int | None
    settings_at: str | None
    settings_who: str | None
    checked: int
    not_checked: Mapping[str, int]
    matched: int
    opened: int
    reopened: int
    updated: int
    cleared: int
    seconds: float
    inputs: tuple[InputFile, ...]

    def as_json(self) -> dict[str, Any]:
        """The object that `runs --json` gives for it."""
        return {**vars(self), "inputs": [vars(one) for one in self.inputs]}


@dataclass(frozen=True)
class TouchedIssue:
    """An issue that runs touched: what they did to it, a note about it, and the issue as it is now."""

    issue_id: int
    effect: Effect
    note: str
    issue_type: str
    severity: str
    status: str
    trade_id: str | None
    entry_id: str | None
    description: str


@dataclass(frozen=True)
class Touched:
    """The issues that runs touched: counted by effect and type, and the first of them as a list."""

    counts: Mapping[Effect, Mapping[str, int]]
    issues: tuple[TouchedIssue, ...]

    @property
    def total(self) -> int:
        """How many there are, listed or not."""
        return sum(sum(by_type.values()) for by_type in self.counts.values())

    def count(self, effect: Effect) -> int:
        """How many of this effect there are."""
        return sum(self.counts.get(effect, {}).values())

    def by_type(self, effect: Effect) -> str:
        """The types of this effect's issues in words: `12 Amount mismatch, 3 Missing ledger entry`."""
        return ", ".join(f"{n:,} {type_label(kind)}" for kind, n in self.counts.get(effect, {}).items())

    def as_json(self) -> dict[str, Any]:
        """Counts by effect and type, and the listed issues."""
        return {
            "counts": {effect.value: dict(by_type) for effect, by_type in self.counts.items()},
            "total": self.total,
            "issues": [vars(issue) for issue in self.issues],
        }


@dataclass(frozen=True)
class SettingChange:
    """A setting that differs between two runs, in words."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class RunDetail:
    """A run with the issues that it touched."""

    run: PastRun
    touched: Touched


@dataclass(frozen=True)
class RunComparison:
    """What differs after a run from after an older one."""

    older: PastRun
    newer: PastRun
    touched: Touched
    settings: tuple[SettingChange, ...]
    inputs: tuple[InputFile, ...]

    def as_json(self) -> dict[str, Any]:
        """The object that `runs --compare --json` prints."""
        return {
            "older": self.older.as_json(),
            "newer": self.newer.as_json(),
            **self.touched.as_json(),
            "settings": [vars(change) for change in self.settings],
            "inputs": [vars(one) for one in self.inputs],
        }
