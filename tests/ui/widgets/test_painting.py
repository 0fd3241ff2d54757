from __future__ import annotations

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from pytestqt.qtbot import QtBot

from opspilot_desktop.ui.theme import Theme
from opspilot_desktop.ui.widgets.painting import paint_focus_ring, paint_ground, paint_line, text_width

AREA = QRect(10, 10, 60, 20)


@pytest.fixture
def image(theme: Theme) -> QImage:
    image = QImage(80, 40, QImage.Format.Format_RGB32)
    image.fill(0xFFFFFFFF)
    return image


def inked(image: QImage) -> QRect:
    points = [
        (x, y)
        for x in range(image.width())
        for y in range(image.height())
        if image.pixelColor(x, y).name() != "#ffffff"
    ]
    columns, rows = [x for x, _ in points], [y for _, y in points]
    return QRect(min(columns), min(rows), max(columns) - min(columns) + 1, max(rows) - min(rows) + 1)


def test_a_ground_fills_its_rectangle_and_no_more(image: QImage) -> None:
    painter = QPainter(image)
    paint_ground(painter, AREA, 6, QColor("#ff0000"), QColor("#0000ff"))
    painter.end()
    assert inked(image) == AREA
    assert image.pixelColor(10, 20).name() == "#0000ff"
    assert image.pixelColor(11, 20).name() == "#ff0000"
    assert image.pixelColor(10, 10).name() == "#ffffff"  # the corner is round


def test_a_focus_ring_is_two_pixels_wide_and_inside(image: QImage) -> None:
    painter = QPainter(image)
    paint_focus_ring(painter, AREA, 6, QColor("#0000ff"))
    painter.end()
    assert inked(image) == AREA
    across = [image.pixelColor(x, 20).name() for x in range(9, 14)]
    assert across == ["#ffffff", "#0000ff", "#0000ff", "#ffffff", "#ffffff"]


@pytest.mark.parametrize("align", [Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight])
def test_a_line_that_is_too_long_stays_inside(align: Qt.AlignmentFlag, image: QImage, theme: Theme) -> None:
    painter = QPainter(image)
    paint_line(painter, AREA, "a line much longer than this", theme.fonts.base, QColor("#000000"), align)
    painter.end()
    assert AREA.contains(inked(image))


def test_no_room_paints_nothing(image: QImage, theme: Theme) -> None:
    painter = QPainter(image)
    paint_line(painter, QRect(10, 10, 0, 20), "word", theme.fonts.base, QColor("#000000"))
    painter.end()
    assert {image.pixelColor(x, 20).name() for x in range(80)} == {"#ffffff"}


def test_figures_have_one_width(theme: Theme, qtbot: QtBot) -> None:
    assert text_width(theme.fonts.figure, "1111") == text_width(theme.fonts.figure, "8888") > 0
