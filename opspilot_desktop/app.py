"""The composition root of the window: the only place where its parts are wired together."""

from __future__ import annotations

import argparse
import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QLocale, Qt
from PySide6.QtWidgets import QApplication

from . import crash, logs, paths
from .copilot.keychain import Keychain
from .domain.errors import KnownError
from .domain.jobs import Handle
from .operations.workspace import Workspace, open_soon
from .settings import UserSettings
from .ui.crashes import CrashRelay
from .ui.desk import Desk
from .ui.garbage import GarbageCollection
from .ui.icons import Icons
from .ui.main_window import MainWindow
from .ui.off_screen import show_off_screen
from .ui.runner import Runner, has_stuck_threads
from .ui.theme import Theme

_SWITCH_INTERVAL = 0.0005
"""Seconds after which a worker that computes in Python lets the painting thread go on; Python's own 5 ms
make scrolling beside an import stutter."""


def main(argv: Sequence[str]) -> int:
    """Opens the window and runs until it is closed; returns the exit status."""
    arguments = _parse(argv)
    headless = _has_no_display()
    if headless and not arguments.demo:
        print(
            "There is no display to open a window on; use the commands (see --help), or --demo.",
            file=sys.stderr,
        )
        return 1
    if headless:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    logs.setup(paths.logs())
    sys.setswitchinterval(_SWITCH_INTERVAL)
    app = make_application()
    settings = UserSettings.load(paths.settings_file())
    try:
        workspace, notice = _open(arguments, settings)
    except KnownError as error:
        print(error.message, file=sys.stderr)
        return 1
    window = make_window(app, workspace, settings)
    relay = CrashRelay(window.desk.show_caught)
    remove_hook = crash.install_hook(relay.send, paths.logs())
    fault_log = crash.enable_fault_log(paths.logs())
    try:
        status = show_off_screen(app, window) if headless else _run(app, window, notice)
    finally:
        remove_hook()
        if fault_log is not None:
            fault_log.close()
    if has_stuck_threads():
        logging.shutdown()
        os._exit(status)
    return status


def _run(app: QApplication, window: MainWindow, notice: str) -> int:
    """Shows the window until it is closed; returns the exit status."""
    collect_garbage_when_idle(window)
    window.show()
    if notice:
        window.desk.say(notice, "warn")
    return int(app.exec())


def collect_garbage_when_idle(window: MainWindow) -> None:
    """Has garbage collected once the window has read what it shows first; until then nothing does it.

    See `__main__`, which switches Python's own collecting off.
    """
    runner = window.desk.runner
    once = Qt.ConnectionType.SingleShotConnection
    runner.becameIdle.connect(lambda: GarbageCollection(runner, window), once)


def make_application() -> QApplication:
    """The Qt application, with the names that the desktop shows."""
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        app = QApplication(sys.argv[:1])
    app.setApplicationName(paths.APP_NAME)
    app.setApplicationDisplayName(paths.APP_NAME)
    app.setDesktopFileName("opspilot-desktop")
    # Numbers are formatted by the program itself, the same everywhere: what is read is what is copied.
    QLocale.setDefault(QLocale.c())
    return app


def make_window(app: QApplication, workspace: Workspace, settings: UserSettings) -> MainWindow:
    """The window on an open workspace, not yet shown."""
    theme = Theme("dark" if settings.theme == "dark" else "light" if settings.theme == "light" else "system")
    theme.apply(app)
    runner = Runner(held=True)  # until the window is seen, nothing competes with it
    desk = Desk(workspace, settings, theme, Icons(theme), runner)
    return MainWindow(desk, Keychain())


def _parse(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="opspilot-desktop", allow_abbrev=False)
    parser.add_argument("--db", metavar="TARGET")
    parser.add_argument("--demo", action="store_true")
    return parser.parse_args(list(argv))


def _has_no_display() -> bool:
    if not sys.platform.startswith("linux") or os.environ.get("QT_QPA_PLATFORM"):
        return False
    return not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _open(arguments: argparse.Namespace, settings: UserSettings) -> tuple[Workspace, str]:
    """The workspace to begin with, and what has to be said about it."""
    if arguments.demo:
        from .operations.demo import open_demo

        return open_demo(Handle(), arguments.db), ""
    if arguments.db is not None:
        settings.remember_workspace(arguments.db)
        return open_soon(arguments.db, create=True), ""
    last = settings.last_workspace
    if last and (Path(last).exists() or last.startswith("postgres")):
        try:
            return open_soon(last, create=False), ""
        except KnownError as error:
            return _open_default(), f"{error.message} Your own workspace is open instead."
    return _open_default(), ""


def _open_default() -> Workspace:
    target = paths.default_workspace()
    target.parent.mkdir(parents=True, exist_ok=True)
    return open_soon(str(target), create=True)
