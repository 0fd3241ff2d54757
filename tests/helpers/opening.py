"""Opens the real window for a test."""

from __future__ import annotations

from pathlib import Path

from pytestqt.qtbot import QtBot

from opspilot_desktop import app, paths
from opspilot_desktop.domain.jobs import Handle
from opspilot_desktop.operations.demo import load_sample
from opspilot_desktop.operations.workspace import open_workspace
from opspilot_desktop.settings import UserSettings
from opspilot_desktop.store.targets import is_postgresql
from opspilot_desktop.ui.main_window import MainWindow

from .fresh import put_workspace
from .window import settle


def open_window(qtbot: QtBot, target: str, *, sample: bool = False, as_left: bool = False) -> MainWindow:
    """The window on the workspace, shown and settled; `as_left` keeps the size it had."""
    is_new_file = not is_postgresql(target) and not Path(target).exists()
    if is_new_file:
        put_workspace(Path(target), sample=sample)
    workspace = open_workspace(target, create=True)
    if sample and not is_new_file:
        load_sample(Handle(), workspace)
    settings = UserSettings.load(paths.settings_file())
    window = app.make_window(app.make_application(), workspace, settings)
    if not as_left:
        window.resize(1440, 900)
    window.show()
    qtbot.waitExposed(window)
    settle(qtbot, window)
    return window
