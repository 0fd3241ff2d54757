"""The user's own settings: how the window looks and what was open; never keys or passwords."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from .redaction import without_password

logger = logging.getLogger(__name__)

THEMES = ("system", "light", "dark")
RECENT_WORKSPACES = 10

_AFTER_IMPORT = "reconcile_after_import"
_TEXTS = ("theme", "model", "last_workspace")


@dataclass
class UserSettings:
    """One user's settings, kept as one JSON file.

    reconcile_after_import: whether the window runs the engine by itself when a file was stored.
    theme: one of THEMES. model: the copilot's model id, empty for the default. last_workspace and
    recent_workspaces (newest first): paths or database URLs without a password. state: window
    geometry, columns and the like, as texts that only their owner reads.
    """

    path: Path
    theme: str = "system"
    model: str = ""
    last_workspace: str = ""
    reconcile_after_import: bool = True
    recent_workspaces: list[str] = field(default_factory=list)
    state: dict[str, str] = field(default_factory=dict)
    _further: dict[str, Any] = field(default_factory=dict, repr=False)

    @classmethod
    def load(cls, path: Path) -> Self:
        """Reads the file; a missing one gives the defaults, a damaged one is set aside with a log warning."""
        settings = cls(path)
        try:
            values = json.loads(path.read_text(encoding="utf-8"))
            if not isinstance(values, dict):
                raise ValueError("not an object")
        except FileNotFoundError:
            return settings
        except OSError as error:
            logger.warning("The settings cannot be read; defaults are used", extra={"errno": error.errno})
            return settings
        except (ValueError, RecursionError):
            settings._set_aside()
            return settings
        settings._take(values)
        return settings

    def get(self, name: str, default: str = "") -> str:
        """The kept state of this name, such as a window's geometry."""
        return self.state.get(name, default)

    def set(self, name: str, value: str) -> None:
        """Keeps a state under this name until the next `save`."""
        self.state[name] = value

    def remember_workspace(self, target: str) -> None:
        """Makes a workspace the last and the most recent one; a password in its URL is left out."""
        self.last_workspace = without_password(target)
        others = [known for known in self.recent_workspaces if known != self.last_workspace]
        self.recent_workspaces = [self.last_workspace, *others][:RECENT_WORKSPACES]

    def forget_workspace(self, target: str) -> None:
        """Takes a workspace that is no longer there off the list."""
        gone = without_password(target)
        self.recent_workspaces = [known for known in self.recent_workspaces if known != gone]
        if self.last_workspace == gone:
            self.last_workspace = ""

    def save(self) -> bool:
        """Writes the file in one step; False, with a log warning, when the folder cannot be written."""
        values = {name: getattr(self, name) for name in _TEXTS}
        values |= {"recent_workspaces": self.recent_workspaces, "state": self.state}
        values[_AFTER_IMPORT] = self.reconcile_after_import
        text = json.dumps(self._further | values, indent=2, ensure_ascii=False, sort_keys=True)
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            _replace(self.path, text + "\n")
        except OSError as error:
            logger.warning("The settings cannot be saved", extra={"errno": error.errno})
            return False
        return True

    def _take(self, values: dict[str, Any]) -> None:
        """Takes over what has the right type; what a newer version added is kept as it is."""
        for name in _TEXTS:
            if isinstance(values.get(name), str):
                setattr(self, name, values[name])
        if self.theme not in THEMES:
            self.theme = "system"
        if isinstance(values.get(_AFTER_IMPORT), bool):
            self.reconcile_after_import = values[_AFTER_IMPORT]
        recent = values.get("recent_workspaces")
        if isinstance(recent, list):
            self.recent_workspaces = [item for item in recent if isinstance(item, str)][:RECENT_WORKSPACES]
        state = values.get("state")
        if isinstance(state, dict):
            self.state = {name: value for name, value in state.items() if isinstance(value, str)}
        known = {*_TEXTS, _AFTER_IMPORT, "recent_workspaces", "state"}
        self._further = {name: value for name, value in values.items() if name not in known}

    def _set_aside(self) -> None:
        """Renames a damaged file, so that nothing in it is lost and the next save has a free place."""
        damaged = self.path.with_name(self.path.name + ".damaged")
        with contextlib.suppress(OSError):
            os.replace(self.path, damaged)
        logger.warning("The settings file is damaged and was set aside; defaults are used")


def _replace(path: Path, text: str) -> None:
    """Writes beside the file and renames, so that a crash leaves the old or the new one, never half."""
    handle, name = tempfile.mkstemp(prefix=path.name, dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise
