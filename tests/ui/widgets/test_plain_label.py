from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from opspilot_desktop.ui.theme import Theme
from opspilot_desktop.ui.widgets.elided_label import ElidedLabel
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


def test_what_cannot_be_seen_is_made_visible(theme: Theme, qtbot: QtBot) -> None:
    for label in (plain_label("T\u200b1\nT2"), ElidedLabel("T\u200b1\nT2")):
        qtbot.addWidget(label)
        assert label.text().replace("\n", " ") == "T⟨U+200B⟩1 T2"
        label.setText("\u202eabc")
        assert label.text() == "⟨U+202E⟩abc"
    assert plain_tool_tip("T\u200b1") == "T⟨U+200B⟩1"
