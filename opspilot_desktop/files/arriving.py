"""Which files of a watched folder are complete, so that they can be taken.

A name is whatever somebody has called a file: it is compared and joined to its folder, nothing else.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from ..domain.watched import WatchedFolder

_TEMPORARY = (".part", ".tmp", ".partial", ".filepart", ".crdownload", ".download", ".swp")
_OF_THE_SYSTEM = ("thumbs.db", "desktop.ini")
_HIDDEN = 0x2 | 0x4  # Windows: hidden, of the system

Signature = tuple[int, int]
"""A file's size and the time of its last change: while both stay, nobody is writing."""


@dataclass(frozen=True)
class Arrival:
    """A complete file in a watched folder, and its marker's name where there is one."""

    name: str
    signature: Signature
    marker: str = ""


class Patience:
    """Remembers since when files have been as they are; `now` is any clock that only goes forward."""

    def __init__(self) -> None:
        self._seen: dict[str, tuple[Signature, float]] = {}

    def is_steady(self, path: str, signature: Signature, now: float, seconds: float) -> bool:
        """Whether the file has been seen like this, and like nothing else, for as long."""
        known = self._seen.get(path)
        if known is None or known[0] != signature:
            self._seen[path] = (signature, now)
            return False
        return now - known[1] >= seconds

    def forget_all_but(self, paths: Collection[str]) -> None:
        """Keeps only what is remembered of these files."""
        self._seen = {path: seen for path, seen in self._seen.items() if path in paths}


def complete_files(
    folder: Path, rule: WatchedFolder, patience: Patience, now: float
) -> tuple[list[Arrival], list[str]]:
    """The complete files, the oldest first, and the names of those that are waited for.

    Raises OSError when the folder cannot be read.
    """
    found = _ordinary_files(folder)
    ready: list[Arrival] = []
    waiting: list[str] = []
    for name, signature in found.items():
        if rule.marker and name.endswith(rule.marker):
            continue
        path = str(folder / name)
        if rule.marker:
            marker = name + rule.marker
            is_complete = marker in found
        else:
            marker = ""
            # One that is empty has been made, and nothing has been written yet.
            is_complete = patience.is_steady(path, signature, now, rule.settle) and signature[0] > 0
        if is_complete and _can_be_read(path):
            ready.append(Arrival(name, signature, marker))
        else:
            waiting.append(name)
    ready.sort(key=lambda one: (one.signature[1], one.name))
    return ready, sorted(waiting)


def files_there(folder: Path, rule: WatchedFolder) -> list[str]:
    """The names of the files that stand in a folder already and are taken once it is watched.

    Raises OSError when the folder cannot be read.
    """
    if rule.marker:
        ready, _waiting = complete_files(folder, rule, Patience(), 0)
        return sorted(one.name for one in ready)
    return sorted(name for name, (size, _time) in _ordinary_files(folder).items() if size)


def signature_of(path: Path) -> Signature | None:
    """The file's signature; None where there is no ordinary file."""
    try:
        found = os.lstat(path)
    except OSError:
        return None
    return (found.st_size, found.st_mtime_ns) if stat.S_ISREG(found.st_mode) else None


def may_be_taken(name: str) -> bool:
    """Whether a file of this name is meant to be read: not hidden, and not half-made by another program."""
    lower = name.lower()
    return not (name.startswith((".", "~$")) or lower.endswith(_TEMPORARY) or lower in _OF_THE_SYSTEM)


def _ordinary_files(folder: Path) -> dict[str, Signature]:
    """The files that may be taken, by name: neither folders nor links to something elsewhere."""
    found: dict[str, Signature] = {}
    with os.scandir(folder) as entries:
        for entry in entries:
            if not may_be_taken(entry.name):
                continue
            try:
                # Asked of the file and not of the listing, which on Windows lags behind what is written.
                about = os.lstat(entry.path)
            except OSError:  # gone since
                continue
            hidden = getattr(about, "st_file_attributes", 0) & _HIDDEN
            if stat.S_ISREG(about.st_mode) and not hidden:
                found[entry.name] = (about.st_size, about.st_mtime_ns)
    return found


def _can_be_read(path: str) -> bool:
    """Whether the file opens; on Windows it does not while somebody else holds it for writing."""
    try:
        with open(path, "rb"):
            return True
    except OSError:
        return False
