from __future__ import annotations

from itertools import pairwise

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QAbstractButton
from pytestqt.qtbot import QtBot

from opspilot_desktop.domain.issues import Severity
from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.measures import TILE
from opspilot_desktop.ui.roles import LIGHT
from opspilot_desktop.ui.theme import Theme
from opspilot_desktop.ui.widgets.severity_tile import SeverityTile
from tests.helpers.pixels import shows

COUNTS = {Severity.CRITICAL: "23", Severity.HIGH: "149", Severity.MEDIUM: "42", Severity.LOW: "0"}


@pytest.fixture
def tile(theme: Theme, icons: Icons, qtbot: QtBot) -> SeverityTile:
    tile = SeverityTile(theme, icons)
    qtbot.addWidget(tile)
    tile.set_values(COUNTS, "214 in all")
    tile.resize(280, TILE)
    tile.show()
    return tile


def button(tile: SeverityTile, name: str) -> QAbstractButton:
    (found,) = [child for child in tile.findChildren(QAbstractButton) if child.accessibleName() == name]
    return found


def test_each_count_is_named_and_filters(tile: SeverityTile, qtbot: QtBot) -> None:
    assert tile.accessibleName() == "Open issues: 214 in all"
    chosen: list[str] = []
    tile.severityClicked.connect(chosen.append)
    for severity, count in COUNTS.items():
        qtbot.mouseClick(button(tile, f"{severity.label}: {count}"), Qt.MouseButton.LeftButton)
    qtbot.keyClick(button(tile, "High: 149"), Qt.Key.Key_Return)
    assert chosen == ["CRITICAL", "HIGH", "MEDIUM", "LOW", "HIGH"]


def test_the_head_asks_for_all(tile: SeverityTile, qtbot: QtBot) -> None:
    with qtbot.waitSignal(tile.clicked), qtbot.assertNotEmitted(tile.severityClicked):
        qtbot.mouseClick(tile, Qt.MouseButton.LeftButton, pos=QPoint(40, 12))


def test_counts_spread_over_the_width_in_order(tile: SeverityTile) -> None:
    buttons = [button(tile, f"{severity.label}: {count}") for severity, count in COUNTS.items()]
    rects = [each.geometry() for each in buttons]
    assert all(one.right() < other.left() for one, other in pairwise(rects))
    assert rects[0].left() < 12
    assert rects[-1].right() > 280 - 12
    assert all(tile.rect().contains(rect) for rect in rects)


def test_it_is_never_too_narrow_for_its_counts(tile: SeverityTile) -> None:
    tile.set_values(dict.fromkeys(Severity, "1,234,567"), "4,938,268 in all")
    widths = sum(each.sizeHint().width() for each in tile.findChildren(QAbstractButton))
    assert tile.minimumSizeHint().width() > widths


def test_the_severity_in_force_is_marked(tile: SeverityTile) -> None:
    high, low = button(tile, "High: 149"), button(tile, "Low: 0")
    tile.set_active_severity(Severity.HIGH)
    assert shows(high, LIGHT.sel)
    assert not shows(low, LIGHT.sel)
    tile.set_active_severity(None)
    assert not shows(high, LIGHT.sel)


def test_what_is_not_known_is_no_zero(theme: Theme, icons: Icons, qtbot: QtBot) -> None:
    tile = SeverityTile(theme, icons)
    qtbot.addWidget(tile)
    names = {child.accessibleName() for child in tile.findChildren(QAbstractButton)}
    assert names == {"Critical: –", "High: –", "Medium: –", "Low: –"}


def test_a_narrow_window_takes_the_words_away(tile: SeverityTile) -> None:
    high = button(tile, "High: 149")
    before = high.height()
    tile.set_narrow(True)
    assert tile.sizeHint().height() < TILE - 10
    tile.resize(280, tile.sizeHint().height())
    assert high.height() < before
    assert tile.rect().contains(high.geometry())
