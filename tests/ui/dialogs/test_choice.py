from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from opspilot_desktop.ui.dialogs.choice import Choice


def turn_wheel(widget: QWidget) -> None:
    """One notch towards the user."""
    middle = QPointF(widget.rect().center())
    event = QWheelEvent(
        middle,
        widget.mapToGlobal(middle),
        QPoint(),
        QPoint(0, -120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(widget, event)


def test_the_wheel_changes_only_the_box_that_has_the_focus(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    column = QVBoxLayout(window)
    elsewhere, choice = QLineEdit(), Choice()
    choice.addItems(["one", "two", "three"])
    column.addWidget(elsewhere)
    column.addWidget(choice)
    window.show()
    elsewhere.setFocus()
    qtbot.waitUntil(elsewhere.hasFocus)
    turn_wheel(choice)
    assert choice.currentText() == "one"
    assert elsewhere.hasFocus()
    choice.setFocus()
    turn_wheel(choice)
    assert choice.currentText() == "two"
