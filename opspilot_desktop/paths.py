"""Where the user's files and the program's own resources are; nothing here creates a folder."""

from __future__ import annotations

import os
from pathlib import Path

APP_NAME = "OpsPilot Desktop"
WORKSPACE_SUFFIX = ".opspilot"
"""The ending of a workspace file made by the program; any other ending can be opened too."""


def as_text(name: str) -> str:
    """A file's name, or an argument, as text that can be stored: bytes that are no UTF-8 are replaced."""
    return os.fsencode(name).decode("utf-8", "replace")


def _moved(name: str) -> Path | None:
    """The folder of this name under OPSPILOT_HOME, or None where that is not set."""
    home = os.environ.get("OPSPILOT_HOME", "").strip()
    return Path(home).expanduser().absolute() / name if home else None


def data() -> Path:
    """The folder for workspaces that were given no place of their own."""
    import platformdirs

    return _moved("data") or platformdirs.user_data_path(APP_NAME, appauthor=False)


def settings() -> Path:
    """The folder for the user's own settings."""
    import platformdirs

    return _moved("settings") or platformdirs.user_config_path(APP_NAME, appauthor=False)


def logs() -> Path:
    """The folder for logs and crash reports."""
    import platformdirs

    return _moved("logs") or platformdirs.user_log_path(APP_NAME, appauthor=False)


def backups() -> Path:
    """The folder for copies of workspaces that the program makes by itself."""
    return _moved("backups") or data() / "backups"


def plugins() -> Path:
    """The folder that plug-ins are put into."""
    return data() / "plugins"


def settings_file() -> Path:
    """The file that holds the user's own settings."""
    return settings() / "settings.json"


def default_workspace() -> Path:
    """The workspace used when none is named."""
    return data() / f"workspace{WORKSPACE_SUFFIX}"


def resources() -> Path:
    """The folder with icons, themes and sample files.

    A wheel and a bundle carry it inside the package, a source checkout beside it. Raises
    FileNotFoundError when the installation is incomplete.
    """
    package = Path(__file__).resolve().parent
    for folder in (package / "resources", package.parent / "resources"):
        if folder.is_dir():
            return folder
    raise FileNotFoundError(f"The program's resources are missing from {package}; install it again.")
