from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.measures import CHIP
from opspilot_desktop.ui.roles import DARK, LIGHT
from opspilot_desktop.ui.theme import Theme
from opspilot_desktop.ui.widgets.chips import Chip
from tests.helpers.pixels import shows


def test_it_says_what_it_filters(theme: Theme, icons: Icons, qtbot: QtBot) -> None:
    chip = Chip(theme, icons, "Status is", "not closed", "214")
    qtbot.addWidget(chip)
    assert chip.accessibleName() == "Status is not closed, 214"
    assert chip.sizeHint().height() == CHIP
    wide = chip.sizeHint().width()
    chip.set_count("")
    assert chip.accessibleName() == "Status is not closed"
    assert chip.sizeHint().width() < wide


def test_a_click_edits_and_the_cross_removes(theme: Theme, icons: Icons, qtbot: QtBot) -> None:
    chip = Chip(theme, icons, "Status is", "open")
    qtbot.addWidget(chip)
    chip.resize(chip.sizeHint())
    chip.show()
    with qtbot.waitSignal(chip.clicked), qtbot.assertNotEmitted(chip.removed):
        qtbot.mouseClick(chip, Qt.MouseButton.LeftButton, pos=QPoint(20, 13))
    cross = chip.childAt(chip.width() - 14, 13)
    assert cross is not None
    with qtbot.waitSignal(chip.removed), qtbot.assertNotEmitted(chip.clicked):
        qtbot.mouseClick(cross, Qt.MouseButton.LeftButton)


def test_the_keyboard_edits_and_removes(theme: Theme, icons: Icons, qtbot: QtBot) -> None:
    chip = Chip(theme, icons, "Status is", "open")
    qtbot.addWidget(chip)
    chip.show()
    with qtbot.waitSignal(chip.clicked):
        qtbot.keyClick(chip, Qt.Key.Key_Return)
    for key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
        with qtbot.waitSignal(chip.removed):
            qtbot.keyClick(chip, key)


def test_a_fixed_chip_has_no_cross_and_stays(theme: Theme, icons: Icons, qtbot: QtBot) -> None:
    chip = Chip(theme, icons, "quantity", "2", removable=False)
    qtbot.addWidget(chip)
    chip.show()
    assert chip.childAt(chip.width() - 14, 13) is None
    with qtbot.assertNotEmitted(chip.removed):
        qtbot.keyClick(chip, Qt.Key.Key_Delete)


def test_a_long_value_gives_way(theme: Theme, icons: Icons, qtbot: QtBot) -> None:
    chip = Chip(theme, icons, "Counterparty is", "Société Générale " * 10, "3")
    qtbot.addWidget(chip)
    assert chip.sizeHint().width() < 450
    window = QWidget()
    qtbot.addWidget(window)
    QHBoxLayout(window).addWidget(chip)
    window.resize(240, 40)
    window.show()
    assert window.width() == 240
    assert shows(chip, LIGHT.sunken)
    theme.set_mode("dark")
    assert shows(chip, DARK.sunken)
    assert not shows(chip, LIGHT.sunken)


def test_a_value_that_looks_like_markup_stays_text_in_the_tooltip(
    theme: Theme, icons: Icons, qtbot: QtBot
) -> None:
    chip = Chip(theme, icons, "Trade is", "<b>1</b>")
    qtbot.addWidget(chip)
    assert "<b>" not in chip.toolTip()
    assert "&lt;b&gt;1" in chip.toolTip()
