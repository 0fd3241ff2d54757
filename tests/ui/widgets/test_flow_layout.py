from __future__ import annotations

import pytest
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from opspilot_desktop.ui.widgets.flow_layout import FlowLayout


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    window = QWidget()
    qtbot.addWidget(window)
    flow = FlowLayout(window, spacing=8)
    for _ in range(5):
        button = QPushButton()
        button.setFixedSize(90, 26)
        flow.addWidget(button)
    window.show()
    return window


def places(window: QWidget) -> list[tuple[int, int]]:
    return [(button.x(), button.y()) for button in window.findChildren(QPushButton)]


def test_what_has_room_stands_in_one_row(window: QWidget) -> None:
    window.resize(600, 100)
    assert places(window) == [(0, 0), (98, 0), (196, 0), (294, 0), (392, 0)]


def test_the_row_goes_on_below(window: QWidget) -> None:
    window.resize(200, 100)
    assert places(window) == [(0, 0), (98, 0), (0, 34), (98, 34), (0, 68)]


def test_the_height_follows_from_the_width(window: QWidget) -> None:
    flow = window.layout()
    assert isinstance(flow, FlowLayout)
    assert (flow.heightForWidth(600), flow.heightForWidth(200), flow.heightForWidth(90)) == (26, 94, 162)
    assert flow.heightForWidth(10) == 162
    assert (flow.minimumSize().width(), flow.minimumSize().height()) == (90, 26)


def test_items_can_be_taken_out_again(window: QWidget) -> None:
    flow = window.layout()
    assert isinstance(flow, FlowLayout)
    assert flow.itemAt(5) is None
    assert flow.takeAt(7) is None
    assert flow.takeAt(0) is not None
    assert flow.count() == 4
