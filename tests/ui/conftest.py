"""The look that widgets need to be made at all, and the window on the sample data."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.main_window import MainWindow
from opspilot_desktop.ui.theme import Theme
from opspilot_desktop.ui.widgets.pills import Pills
from tests.helpers.opening import open_window


@pytest.fixture
def theme(qapp: QApplication) -> Iterator[Theme]:
    """The light theme, in force; taken off again afterwards."""
    font = qapp.font()
    theme = Theme("light")
    theme.apply(qapp)
    yield theme
    qapp.setStyleSheet("")
    qapp.setPalette(QPalette())
    qapp.setFont(font)


@pytest.fixture
def icons(theme: Theme) -> Icons:
    return Icons(theme)


@pytest.fixture
def pills(theme: Theme, icons: Icons) -> Pills:
    return Pills(theme, icons)


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> Iterator[MainWindow]:
    """The main window on the sample data."""
    window = open_window(qtbot, str(tmp_path / "sample.opspilot"), sample=True)
    yield window
    window.close()
