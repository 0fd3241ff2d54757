from __future__ import annotations

import pytest
from PySide6.QtWidgets import QDialog, QMainWindow
from pytestqt.qtbot import QtBot

from opspilot_desktop.ui.dialogs.scrim import Scrim
from opspilot_desktop.ui.theme import Theme


@pytest.fixture
def window(theme: Theme, qtbot: QtBot) -> QMainWindow:
    window = QMainWindow()
    qtbot.addWidget(window)
    window.resize(600, 400)
    window.show()
    return window


def test_it_darkens_both_themes(theme: Theme, window: QMainWindow, qtbot: QtBot) -> None:
    for mode in ("light", "dark"):
        theme.set_mode("dark" if mode == "dark" else "light")
        plain = window.grab().toImage().pixelColor(5, 5)
        dialog = QDialog(window)
        Scrim(theme, window, dialog)
        dialog.open()
        assert window.grab().toImage().pixelColor(5, 5).lightness() < plain.lightness()
        dialog.close()
        qtbot.waitUntil(lambda: not window.findChildren(Scrim))
        assert window.grab().toImage().pixelColor(5, 5) == plain


def test_the_shadow_lies_around_the_dialog(theme: Theme, window: QMainWindow) -> None:
    dialog = QDialog(window)
    scrim = Scrim(theme, window, dialog)
    dialog.resize(200, 100)
    dialog.open()
    place = dialog.geometry()
    place.moveTopLeft(scrim.mapFromGlobal(place.topLeft()))
    image = window.grab().toImage()
    far = image.pixelColor(5, 5).lightness()
    beside = image.pixelColor(place.left() - 3, place.center().y()).lightness()
    assert beside < far
    dialog.close()


def test_over_a_dialog_it_leaves_the_round_corners_free(theme: Theme, window: QMainWindow) -> None:
    below, above = QDialog(window), QDialog(window)
    below.resize(300, 200)
    below.open()
    scrim = Scrim(theme, below, above)
    image = scrim.grab().toImage()
    assert image.pixelColor(0, 0).lightness() > image.pixelColor(150, 100).lightness()
    above.open()
    above.close()
    below.close()
