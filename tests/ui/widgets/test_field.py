from __future__ import annotations

from PySide6.QtWidgets import QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.roles import LIGHT
from opspilot_desktop.ui.theme import Theme
from opspilot_desktop.ui.widgets.field import Field
from opspilot_desktop.ui.widgets.icon_label import IconLabel
from tests.helpers.pixels import shows

SENTENCE = "This date does not exist; use YYYY-MM-DD."


def test_the_input_is_called_by_its_label(theme: Theme, icons: Icons, qtbot: QtBot) -> None:
    line = QLineEdit()
    field = Field(theme, icons, "Settle date", line, note="optional")
    qtbot.addWidget(field)
    assert line.accessibleName() == "Settle date"
    texts = {label.text() for label in field.findChildren(QLabel)}
    assert {"Settle date", "optional"} <= texts
    assert field.input is line


def test_an_error_is_shown_by_edge_icon_and_sentence(theme: Theme, icons: Icons, qtbot: QtBot) -> None:
    line = QLineEdit("2026-02-30")
    field = Field(theme, icons, "Settle date", line)
    qtbot.addWidget(field)
    field.resize(300, 60)
    field.show()
    height = field.sizeHint().height()
    (sign,) = field.findChildren(IconLabel)
    assert not sign.isVisible()

    field.set_error(SENTENCE)
    assert field.error == SENTENCE
    assert line.accessibleDescription() == SENTENCE
    assert sign.isVisible()
    assert shows(line, LIGHT.bad)
    assert field.sizeHint().height() > height

    field.set_error("")
    assert not sign.isVisible()
    assert not shows(line, LIGHT.bad)
    assert line.accessibleDescription() == ""
    assert field.sizeHint().height() == height
