from __future__ import annotations

import platform
from pathlib import Path

from PySide6.QtCore import Qt, qVersion
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMainWindow
from pytestqt.qtbot import QtBot

from opspilot_desktop import __version__
from opspilot_desktop.ui.dialogs.about_dialog import AboutDialog
from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.theme import Theme


def test_it_tells_versions_and_places_and_copies_them(
    theme: Theme, icons: Icons, desk_window: QMainWindow, qtbot: QtBot
) -> None:
    dialog = AboutDialog(
        theme,
        icons,
        workspace="/data/EMEA.opspilot",
        database="SQLite 3.45.1",
        data=Path("/data"),
        settings=Path("/settings"),
        logs=Path("/logs"),
        parent=desk_window,
    )
    dialog.open()
    assert dialog.windowTitle() == f"OpsPilot Desktop {__version__}"
    facts = dict(dialog.facts)
    assert facts["Python"] == platform.python_version()
    assert facts["Qt"] == qVersion()
    assert facts["Database"] == "SQLite 3.45.1"
    assert facts["Workspace"] == "/data/EMEA.opspilot"
    assert (facts["Data"], facts["Logs"]) == (str(Path("/data")), str(Path("/logs")))
    qtbot.mouseClick(dialog.copy, Qt.MouseButton.LeftButton)
    copied = QGuiApplication.clipboard().text().splitlines()
    assert copied[0] == f"OpsPilot Desktop {__version__}"
    assert "Database: SQLite 3.45.1" in copied
    assert dialog.isVisible()
    with qtbot.waitSignal(dialog.finished):
        qtbot.keyClick(dialog, Qt.Key.Key_Escape)
