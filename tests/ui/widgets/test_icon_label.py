from __future__ import annotations

from PySide6.QtWidgets import QApplication, QHBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.roles import DARK, LIGHT
from opspilot_desktop.ui.theme import Theme
from opspilot_desktop.ui.widgets.icon_label import IconLabel
from tests.helpers.pixels import shows


def test_it_takes_room_only_with_an_icon(theme: Theme, icons: Icons, qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    sign = IconLabel(theme, icons)
    QHBoxLayout(window).addWidget(sign)
    window.show()
    assert not sign.isVisible()
    sign.set_icon("warning", "bad")
    assert sign.isVisible()
    assert shows(sign, LIGHT.bad)
    theme.set_mode("dark")
    assert shows(sign, DARK.bad)
    sign.clear()
    assert not sign.isVisible()


def test_it_never_opens_a_window_of_its_own(theme: Theme, icons: Icons, qtbot: QtBot) -> None:
    sign = IconLabel(theme, icons)
    qtbot.addWidget(sign)
    sign.set_icon("warning")
    assert [widget for widget in QApplication.topLevelWidgets() if widget.isVisible()] == []
    window = QWidget()
    qtbot.addWidget(window)
    QHBoxLayout(window).addWidget(sign)
    window.show()
    assert sign.isVisible()
