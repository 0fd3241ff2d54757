from __future__ import annotations

import pytest
from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QImage, QPainter
from pytestqt.qtbot import QtBot

from opspilot_desktop.domain.issues import IssueStatus, Severity
from opspilot_desktop.ui.measures import PILL
from opspilot_desktop.ui.roles import LIGHT, NEEDS_APPROVAL
from opspilot_desktop.ui.widgets.pills import PillLabel, Pills, pill_word
from tests.helpers.pixels import colors, image_colors


@pytest.mark.parametrize(
    ("value", "word"),
    [
        (Severity.CRITICAL, "Critical"),
        (IssueStatus.INVESTIGATING, "Investigating"),
        (NEEDS_APPROVAL, "Needs approval"),
    ],
)
def test_the_word(value: str, word: str) -> None:
    assert pill_word(value) == word


def test_what_is_neither_is_refused(pills: Pills) -> None:
    with pytest.raises(KeyError):
        pill_word("fine")
    with pytest.raises(KeyError):
        pills.pixmap("fine", 1.0)


@pytest.mark.parametrize("value", [*Severity, *IssueStatus, NEEDS_APPROVAL])
def test_severities_are_filled_and_statuses_outlined(value: str, pills: Pills) -> None:
    size = pills.size(value)
    assert size.height() == PILL
    ratio = 3  # enough for strokes to have an inside
    found = image_colors(pills.pixmap(value, ratio).toImage())
    tint = LIGHT.tints[value]
    assert found[tint.text.lower()] > 100
    area = size.width() * size.height() * ratio * ratio
    if tint.ground is None:
        assert sum(found.values()) < area / 2
    else:
        assert found[tint.ground.lower()] > area / 2


def test_a_pill_is_drawn_once_for_each_screen(pills: Pills) -> None:
    plain = pills.pixmap("HIGH", 1.0)
    assert pills.pixmap("HIGH", 1.0).cacheKey() == plain.cacheKey()
    sharp = pills.pixmap("HIGH", 2.0)
    assert sharp.size() == plain.size() * 2
    assert sharp.deviceIndependentSize() == plain.size()


def test_in_a_cell_it_stands_left_in_the_middle_and_never_outside(pills: Pills) -> None:
    image = QImage(QSize(200, 40), QImage.Format.Format_RGB32)
    image.fill(0xFFFFFFFF)
    painter = QPainter(image)
    pills.paint(painter, QRect(10, 5, 40, 28), "CRITICAL")
    painter.end()
    painted = [(x, y) for x in range(200) for y in range(40) if image.pixelColor(x, y).name() != "#ffffff"]
    columns, rows = {x for x, _ in painted}, {y for _, y in painted}
    assert (min(columns), max(columns)) == (18, 49)  # 8 px of padding, and cut at the cell's edge
    assert (min(rows), max(rows)) == (9, 28)


def test_the_label_says_and_shows_its_value(pills: Pills, qtbot: QtBot) -> None:
    label = PillLabel(pills, "open")
    qtbot.addWidget(label)
    assert label.accessibleName() == "Open"
    narrow = label.sizeHint()
    label.set_value("investigating")
    assert label.accessibleName() == "Investigating"
    assert label.sizeHint().width() > narrow.width()
    label.resize(label.sizeHint())
    assert colors(label)[LIGHT.hex("investigating").lower()] > 10
