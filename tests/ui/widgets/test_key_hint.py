from __future__ import annotations

import pytest
from PySide6.QtGui import QKeySequence
from pytestqt.qtbot import QtBot

from opspilot_desktop.ui.roles import LIGHT
from opspilot_desktop.ui.theme import Theme
from opspilot_desktop.ui.widgets.key_hint import KeyHint, split_keys
from tests.helpers.pixels import shows


@pytest.mark.parametrize(
    ("shortcut", "keys"),
    [
        ("Ctrl+Shift+F", ["Ctrl", "Shift", "F"]),
        ("R", ["R"]),
        ("Ctrl++", ["Ctrl", "+"]),
        ("+", ["+"]),
        ("", []),
        (QKeySequence("F5"), ["F5"]),
    ],
)
def test_the_keys_of_a_shortcut(shortcut: QKeySequence | str, keys: list[str], theme: Theme) -> None:
    assert split_keys(shortcut) == keys


def test_each_key_has_its_cap(theme: Theme, qtbot: QtBot) -> None:
    hint = KeyHint(theme, "R")
    qtbot.addWidget(hint)
    one = hint.sizeHint()
    assert (one.width(), one.height()) == (20, 20)
    hint.set_shortcut("Ctrl+R")
    assert hint.sizeHint().width() > 2 * one.width()
    assert hint.accessibleName() == "Ctrl R"
    hint.resize(hint.sizeHint())
    assert shows(hint, LIGHT.edge)
