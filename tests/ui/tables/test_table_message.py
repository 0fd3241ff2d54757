from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.tables.table_message import TableMessage
from opspilot_desktop.ui.theme import Theme


def buttons(message: TableMessage) -> list[QPushButton]:
    return [button for button in message.findChildren(QPushButton) if button.isVisible()]


def test_it_says_what_to_do_and_does_it(qtbot: QtBot, theme: Theme, icons: Icons) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(600, 300)
    message = TableMessage(theme, icons, window)
    message.setGeometry(window.rect())
    window.show()
    assert not message.isVisible()
    done: list[str] = []
    actions = [("Remove “R&D”", lambda: done.append("remove")), ("All", lambda: done.append("all"))]
    message.say("No <b>trades</b>", "Without it there are 3 & more.", actions)
    assert message.isVisible()
    assert message.accessibleName() == "No <b>trades</b>. Without it there are 3 & more."
    assert (message.heading, message.line) == ("No <b>trades</b>", "Without it there are 3 & more.")
    assert {label.textFormat() for label in message.findChildren(QLabel)} == {Qt.TextFormat.PlainText}
    first, second = buttons(message)
    assert first.accessibleName() == "Remove “R&D”"
    qtbot.mouseClick(first, Qt.MouseButton.LeftButton)
    second.setFocus()
    qtbot.keyClick(second, Qt.Key.Key_Space)
    assert done == ["remove", "all"]


def test_another_message_takes_the_place_of_the_first(qtbot: QtBot, theme: Theme, icons: Icons) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    message = TableMessage(theme, icons, window)
    window.show()
    message.say("One", "1", [("A", lambda: None), ("B", lambda: None)])
    message.say("Two", "2")
    assert buttons(message) == []
    assert message.heading == "Two"


def test_it_covers_what_it_lies_over(qtbot: QtBot, theme: Theme, icons: Icons) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(300, 200)
    window.setStyleSheet("QWidget { background: red; }")
    message = TableMessage(theme, icons, window)
    message.setGeometry(window.rect())
    window.show()
    message.say("", "")
    assert window.grab().toImage().pixelColor(5, 5).name() == theme.color("surface").name()
