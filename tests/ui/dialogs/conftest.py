"""A window for dialogs to stand over."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QMainWindow
from pytestqt.qtbot import QtBot


@pytest.fixture
def desk_window(theme: object, qtbot: QtBot) -> Iterator[QMainWindow]:
    """A shown window; what is still open over it closes with it."""
    window = QMainWindow()
    qtbot.addWidget(window)
    window.resize(1200, 800)
    window.show()
    yield window
    window.close()
