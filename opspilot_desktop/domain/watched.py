"""Watched folders: where files are taken from, how they are read, and when one of them is complete."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .errors import KnownError
from .fields import Kind

DEFAULT_SETTLE = 5
"""Seconds for which a file has to stay as it is, unless a folder says otherwise."""
LONGEST_SETTLE = 3600
_MARKER = re.compile(r"\.[A-Za-z0-9_-]{1,20}")
_NOT_MARKERS = (".part", ".tmp", ".partial", ".csv", ".txt", ".xlsx", ".xls", ".ods", ".gz", ".zip")


@dataclass(frozen=True)
class WatchedFolder:
    """A folder whose files are imported as they come.

    `profile` names the source profile by which they are read; "" leaves it to each file's own columns. A file
    is complete when it has been the same for `settle` seconds or, where `marker` is an ending such as
    ".done", once a file of its name with that ending stands beside it. `skip_bad_rows` imports the good rows
    of a file that has bad ones, which is otherwise rejected.
    """

    id: str
    path: str
    kind: Kind
    profile: str = ""
    settle: int = DEFAULT_SETTLE
    marker: str = ""
    skip_bad_rows: bool = False
    paused: bool = False

    @property
    def read_by(self) -> str:
        """How its files are read, in words."""
        label = "Trades" if self.kind is Kind.TRADES else "Ledger"
        return f"{label}, {self.profile}" if self.profile else label

    @property
    def rule(self) -> str:
        """When a file of it is complete and what becomes of bad rows, in words."""
        complete = f"once NAME{self.marker} is there" if self.marker else f"unchanged for {self.settle} s"
        return f"{complete}; {'good rows only' if self.skip_bad_rows else 'whole files only'}"

    def as_json(self) -> dict[str, Any]:
        """As it is kept, and as `watch list --json` prints it."""
        return {**vars(self), "kind": self.kind.value}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> WatchedFolder:
        """The folder that `as_json` wrote; what a newer version has added is left out."""
        known = {name: values[name] for name in cls.__dataclass_fields__ if name in values}
        return cls(**{**known, "kind": Kind(values["kind"])})


def checked_rule(folder: WatchedFolder) -> None:
    """Raises KnownError for a time or a marker by which no file could be told to be complete."""
    if not 1 <= folder.settle <= LONGEST_SETTLE:
        raise KnownError(
            f"A file cannot be watched for {folder.settle:,} seconds before it is taken; choose 1 to"
            f" {LONGEST_SETTLE:,}."
        )
    if folder.marker and (_MARKER.fullmatch(folder.marker) is None or folder.marker.lower() in _NOT_MARKERS):
        raise KnownError(
            f"{folder.marker} cannot be the ending of a marker file; choose one such as .done or .ok."
        )
