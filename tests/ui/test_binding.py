from __future__ import annotations

import sys

from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot


def test_calls_keep_the_references_to_none(qtbot: QtBot) -> None:
    """A binding that drops a reference to None at each call aborts the program after a while."""
    label = QLabel()
    qtbot.addWidget(label)
    before = sys.getrefcount(None)
    for number in range(300):
        label.setText(str(number))
    # Other objects come and go; a lost reference at each call would be 300.
    assert abs(sys.getrefcount(None) - before) < 30
