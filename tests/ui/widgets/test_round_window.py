from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu, QWidget
from pytestqt.qtbot import QtBot

from opspilot_desktop.ui.theme import Theme
from opspilot_desktop.ui.widgets.round_window import cut_corners, round_menu


@pytest.mark.parametrize(("platform", "blends"), [("wayland", True), ("windows", True), ("xcb", False)])
def test_corners_are_transparent_or_cut_but_never_black(
    platform: str, blends: bool, theme: Theme, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QGuiApplication, "platformName", lambda: platform)
    menu, window = QMenu(), QWidget()
    for widget in (menu, window):
        qtbot.addWidget(widget)
    round_menu(menu)
    window.resize(100, 60)
    cut_corners(window)
    assert menu.testAttribute(Qt.WidgetAttribute.WA_TranslucentBackground) is blends
    assert menu.windowFlags() & Qt.WindowType.FramelessWindowHint
    assert window.mask().isEmpty() is blends
    if not blends:
        assert not window.mask().contains(window.rect().topLeft())
        assert window.mask().contains(window.rect().center())
