from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLineEdit, QToolBar, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.measures import CONTROL
from opspilot_desktop.ui.roles import LIGHT
from opspilot_desktop.ui.theme import Theme
from opspilot_desktop.ui.widgets.buttons import icon_button, make_primary, set_button_text, text_button
from tests.helpers.pixels import colors


def test_the_spoken_name_has_neither_gap_nor_mnemonic(icons: Icons, qtbot: QtBot) -> None:
    button = text_button(icons, "&Save && close", "save")
    qtbot.addWidget(button)
    assert button.accessibleName() == "Save & close"
    assert button.text().endswith("&Save && close")
    assert button.text() != "&Save && close"
    set_button_text(button, "Discard")
    assert button.accessibleName() == "Discard"


def test_an_icon_button_is_square_and_named(icons: Icons, qtbot: QtBot) -> None:
    button = icon_button(icons, "columns", "Columns")
    qtbot.addWidget(button)
    assert (button.width(), button.height()) == (CONTROL, CONTROL)
    assert (button.accessibleName(), button.toolTip()) == ("Columns", "Columns")
    with qtbot.waitSignal(button.clicked):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def test_a_filled_button_has_its_focus_ring_inside(icons: Icons, theme: Theme, qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    layout = QVBoxLayout(window)
    other, button = QLineEdit(), text_button(icons, "Apply", kind="primary")
    layout.addWidget(other)
    layout.addWidget(button)
    window.show()
    window.activateWindow()
    other.setFocus()
    qtbot.waitUntil(other.hasFocus)
    white = LIGHT.on_accent.lower()
    before = colors(button)[white]
    button.setFocus()
    qtbot.waitUntil(button.hasFocus)
    assert colors(button)[white] - before > 2 * button.width()
    other.setFocus()
    assert colors(button)[white] == before


def test_a_filled_button_is_clicked_through_its_ring(icons: Icons, qtbot: QtBot) -> None:
    button = text_button(icons, "Apply", kind="primary")
    qtbot.addWidget(button)
    button.show()
    with qtbot.waitSignal(button.clicked):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def test_a_tool_bars_own_button_can_be_primary(icons: Icons, theme: Theme, qtbot: QtBot) -> None:
    bar = QToolBar()
    qtbot.addWidget(bar)
    action = QAction("Reconcile", bar)
    bar.addAction(action)
    button = bar.widgetForAction(action)
    make_primary(button, theme)
    bar.show()
    assert colors(button).most_common(1)[0][0] == LIGHT.accent.lower()
