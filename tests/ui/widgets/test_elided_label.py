from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from opspilot_desktop.ui.theme import Theme
from opspilot_desktop.ui.widgets.elided_label import ElidedLabel

LONG = "The quick brown fox jumps over the lazy dog"


def test_it_gives_way_and_keeps_the_whole_in_its_tooltip(theme: Theme, qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    label = ElidedLabel(LONG)
    QHBoxLayout(window).addWidget(label)
    window.resize(120, 40)
    window.show()
    assert window.width() == 120
    assert label.shown_text().endswith("…")
    assert label.toolTip() == LONG
    window.resize(600, 40)
    assert label.shown_text() == LONG
    assert label.toolTip() == ""


def test_several_lines_become_one(theme: Theme, qtbot: QtBot) -> None:
    label = ElidedLabel("first\nsecond")
    qtbot.addWidget(label)
    assert label.text() == "first second"


def test_a_cut_text_that_looks_like_markup_stays_text(theme: Theme, qtbot: QtBot) -> None:
    label = ElidedLabel(f"<b>{LONG}</b>")
    qtbot.addWidget(label)
    label.resize(60, 20)
    label.show()
    assert label.toolTip() == f"<qt>&lt;b&gt;{LONG}&lt;/b&gt;</qt>"
