from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from opspilot_desktop.ui.theme import Theme
from opspilot_desktop.ui.widgets.plain_label import plain_label, plain_tool_tip


def test_markup_is_shown_as_it_is(theme: Theme, qtbot: QtBot) -> None:
    label = plain_label("<h1>Buy</h1>", tone="dim", font=theme.fonts.small)
    qtbot.addWidget(label)
    assert label.textFormat() == Qt.TextFormat.PlainText
    assert label.sizeHint().width() > label.fontMetrics().horizontalAdvance("<h1>Buy")
    assert label.property("tone") == "dim"


@pytest.mark.parametrize(
    ("text", "tip"),
    [
        ("A & B", "A & B"),
        ("<b>bold</b>", "<qt>&lt;b&gt;bold&lt;/b&gt;</qt>"),
        ("a < b & c", "<qt>a &lt; b &amp; c</qt>"),
    ],
)
def test_a_tooltip_shows_markup_as_it_is(text: str, tip: str) -> None:
    assert plain_tool_tip(text) == tip
