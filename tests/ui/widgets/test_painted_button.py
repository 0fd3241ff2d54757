from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from opspilot_desktop.ui.theme import Theme
from opspilot_desktop.ui.widgets.painted_button import PaintedButton


def test_enter_and_space_press_it_and_other_keys_do_not(theme: Theme, qtbot: QtBot) -> None:
    def paint(button: PaintedButton, event: QPaintEvent) -> None:
        QPainter(button).fillRect(button.rect(), theme.color("surface"))

    kind = type("PlainButton", (PaintedButton,), {"paintEvent": paint})
    window = QLineEdit()  # takes the keys that the button leaves alone
    qtbot.addWidget(window)
    button = kind(theme, window)
    window.show()
    presses: list[int] = []
    button.clicked.connect(lambda: presses.append(1))
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
        qtbot.keyClick(button, key)
    assert len(presses) == 3
    qtbot.keyClick(button, Qt.Key.Key_A)
    assert len(presses) == 3
    assert window.text() == "a"
