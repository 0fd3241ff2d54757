"""The desktop's messages: only where there are any, and only to somebody who looks elsewhere."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QSystemTrayIcon, QWidget
from pytestqt.qtbot import QtBot

from opspilot_desktop.ui.notifying import Notifier


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """What a desktop that shows messages was given to show."""
    told: list[tuple[str, str]] = []
    monkeypatch.setattr(QSystemTrayIcon, "isSystemTrayAvailable", staticmethod(lambda: True))
    monkeypatch.setattr(QSystemTrayIcon, "supportsMessages", staticmethod(lambda: True))
    monkeypatch.setattr(QSystemTrayIcon, "show", lambda _self: None)
    monkeypatch.setattr(
        QSystemTrayIcon, "showMessage", lambda _self, title, text, _icon: told.append((title, text))
    )
    return told


def test_somebody_in_another_window_is_told(qtbot: QtBot, told: list[tuple[str, str]]) -> None:
    window, other = QWidget(), QWidget()
    for widget in (window, other):
        qtbot.addWidget(widget)
        widget.show()
        qtbot.waitExposed(widget)
    notifier = Notifier(window)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    notifier.tell("Watched folders", "one")
    assert told == []
    other.activateWindow()
    qtbot.waitUntil(other.isActiveWindow)
    notifier.tell("Watched folders", "two")
    assert told == [("Watched folders", "two")]
    tray = notifier.findChild(QSystemTrayIcon)
    assert tray is not None
    tray.messageClicked.emit()
    qtbot.waitUntil(window.isActiveWindow)
    notifier.close()


def test_a_desktop_without_messages(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    notifier = Notifier(window)
    notifier.tell("Watched folders", "one")  # the off-screen platform has none
    notifier.close()
    assert notifier.findChild(QSystemTrayIcon) is None
