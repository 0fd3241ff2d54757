"""Moving files so that none takes another's place, whatever happens in between."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from .writing import replacing

_LONGEST_NAME = 255  # bytes; what the usual file systems take


def put(source: Path, target: Path) -> None:
    """Moves a file within its file system. Raises FileExistsError when the place is taken.

    One that stands in both places already, because a program was killed between the two steps, is moved.
    """
    if sys.platform == "win32":
        os.rename(source, target)  # which never replaces
        return
    try:
        os.link(source, target)
    except FileExistsError:
        if not os.path.samefile(source, target):
            raise
    except OSError:  # a file system without hard links
        if os.path.lexists(target):
            raise FileExistsError(target) from None
        os.rename(source, target)
        return
    os.unlink(source)


def is_name(text: object) -> bool:
    """Whether it names a file within a folder, and nothing elsewhere."""
    return isinstance(text, str) and os.path.basename(text) == text and text not in ("", ".", "..")


def free_name(folder: Path, name: str, endings: Sequence[str]) -> str:
    """The name, or the first with a number, under which nothing stands in the folder, with none of the
    endings after it either; a name that is too long for that is cut."""
    stem, suffix = os.path.splitext(name)
    longest = max(endings, key=lambda ending: len(os.fsencode(ending)))
    number = 1
    while True:
        numbered = f" ({number}){suffix}" if number > 1 else suffix
        candidate = _cut(stem, numbered + longest) + numbered
        if not any(os.path.lexists(folder / (candidate + ending)) for ending in endings):
            return candidate
        number += 1


def _cut(stem: str, rest: str) -> str:
    while stem and len(os.fsencode(stem + rest)) > _LONGEST_NAME:
        stem = stem[:-1]
    return stem


def write_json(path: Path, value: Any) -> None:
    """Writes a value, whole or not at all. Raises KnownError where that is refused."""
    with replacing(path) as part:
        part.write_text(json.dumps(value), encoding="ascii")  # names that are no text come through escaped


def read_json(path: Path) -> Any:
    """What `write_json` wrote; None where there is nothing that can be read."""
    try:
        return json.loads(path.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None


def sync_folder(folder: Path) -> None:
    """Has what was renamed in the folder outlive a power cut, where the system can be asked for that."""
    if sys.platform == "win32":
        return
    with suppress(OSError):
        number = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)
