from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QTableView
from pytestqt.qtbot import QtBot

from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.measures import FIRST_CELL_PADDING, HEADER
from opspilot_desktop.ui.roles import DARK, LIGHT
from opspilot_desktop.ui.theme import Theme
from opspilot_desktop.ui.widgets.header_view import HeaderView
from tests.helpers.pixels import shows

WIDTH = 120


@pytest.fixture
def table(qtbot: QtBot) -> QTableView:
    table = QTableView()
    qtbot.addWidget(table)
    return table


@pytest.fixture
def header(theme: Theme, icons: Icons, table: QTableView) -> HeaderView:
    model = QStandardItemModel(1, 3, table)
    for column, (text, align) in enumerate(
        [("Issue", Qt.AlignmentFlag.AlignLeft), ("Amount", Qt.AlignmentFlag.AlignRight), ("Currency", None)]
    ):
        item = QStandardItem(text)
        if align is not None:
            item.setTextAlignment(align | Qt.AlignmentFlag.AlignVCenter)
        model.setHorizontalHeaderItem(column, item)
    table.setModel(model)
    header = HeaderView(theme, icons, table)
    table.setHorizontalHeader(header)
    table.setSortingEnabled(True)
    header.setSortIndicatorShown(False)
    for column in range(3):
        header.resizeSection(column, WIDTH)
    table.resize(3 * WIDTH + 40, 100)
    table.show()
    return header


def inked(image: QImage, column: int) -> list[int]:
    """Where, from the column's left, its label has ink."""
    left = column * WIDTH
    ink = {LIGHT.alt.lower(), LIGHT.line.lower()}
    return [
        x - left
        for x in range(left, left + WIDTH)
        if any(image.pixelColor(x, y).name() not in ink for y in range(2, HEADER - 2))
    ]


def test_labels_stand_as_their_columns_do(header: HeaderView) -> None:
    image = header.grab().toImage()
    first, amount = inked(image, 0), inked(image, 1)
    assert FIRST_CELL_PADDING <= first[0] <= FIRST_CELL_PADDING + 2
    assert max(amount) in range(WIDTH - 11, WIDTH - 8)  # 8 px of padding before the next column
    assert min(amount) > WIDTH / 2


def test_ticks_stand_between_sections_only(header: HeaderView) -> None:
    image = header.grab().toImage()
    middle = HEADER // 2

    def tick(x: int) -> int:
        return sum(image.pixelColor(x, y).name() == LIGHT.line.lower() for y in range(HEADER - 1))

    assert tick(WIDTH - 1) == tick(2 * WIDTH - 1) == 12
    assert tick(3 * WIDTH - 1) == 0
    assert image.pixelColor(WIDTH - 1, middle).name() == LIGHT.line.lower()
    assert image.pixelColor(WIDTH - 1, 3).name() == LIGHT.alt.lower()


def test_the_arrow_stands_beside_the_label(header: HeaderView) -> None:
    plain = header.grab().toImage()
    header.setSortIndicatorShown(True)
    header.setSortIndicator(0, Qt.SortOrder.AscendingOrder)
    left = header.grab().toImage()
    assert 10 < max(inked(left, 0)) - max(inked(plain, 0)) < 22
    header.setSortIndicator(1, Qt.SortOrder.DescendingOrder)
    right = header.grab().toImage()
    assert 10 < min(inked(plain, 1)) - min(inked(right, 1)) < 22
    assert max(inked(right, 1)) == max(inked(plain, 1))
    header.setSortIndicator(1, Qt.SortOrder.AscendingOrder)
    assert header.grab().toImage() != right


def test_a_click_sorts_and_a_second_turns_the_order(header: HeaderView, qtbot: QtBot) -> None:
    for order in (Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder):
        with qtbot.waitSignal(header.sortIndicatorChanged):
            qtbot.mouseClick(
                header.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(2 * WIDTH + 30, HEADER // 2)
            )
        assert (header.sortIndicatorSection(), header.sortIndicatorOrder()) == (2, order)


def test_a_narrow_label_is_cut_inside_its_section(header: HeaderView) -> None:
    whole = inked(header.grab().toImage(), 2)
    header.resizeSection(0, 2 * WIDTH - 50)
    header.resizeSection(1, 50)
    image = header.grab().toImage()
    assert whole == inked(image, 2)
    assert min(x for x in inked(image, 1) if x > WIDTH - 50) >= WIDTH - 50 + 8


def test_it_follows_the_theme_and_keeps_its_height(header: HeaderView, theme: Theme) -> None:
    assert header.height() == HEADER
    theme.set_mode("dark")
    assert shows(header, DARK.alt)
    assert not shows(header, LIGHT.alt)
