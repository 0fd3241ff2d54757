from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from opspilot_desktop.ui.measures import TILE
from opspilot_desktop.ui.roles import DARK, LIGHT
from opspilot_desktop.ui.theme import Theme
from opspilot_desktop.ui.widgets.tile import SHORTEST, Tile
from tests.helpers.pixels import colors, shows

MakeTile = Callable[..., Tile]


@pytest.fixture
def make_tile(theme: Theme, qtbot: QtBot) -> MakeTile:
    def make(figure: str = "48,210", line: str = "51,877 ledger entries") -> Tile:
        tile = Tile(theme, "Trades")
        qtbot.addWidget(tile)
        tile.set_values(figure, line)
        return tile

    return make


def test_its_name_says_all_of_it(make_tile: MakeTile) -> None:
    tile = make_tile()
    assert tile.accessibleName() == "Trades: 48,210, 51,877 ledger entries"
    tile.set_values("0")
    assert tile.accessibleName() == "Trades: 0"


def test_mouse_space_and_enter_press_it(make_tile: MakeTile, qtbot: QtBot) -> None:
    tile = make_tile()
    tile.show()
    pressed: list[bool] = []
    tile.clicked.connect(lambda: pressed.append(True))
    qtbot.mouseClick(tile, Qt.MouseButton.LeftButton)
    qtbot.keyClick(tile, Qt.Key.Key_Space)
    qtbot.keyClick(tile, Qt.Key.Key_Return)
    assert len(pressed) == 3
    assert tile.focusPolicy() == Qt.FocusPolicy.TabFocus


def test_long_texts_never_widen_the_window(make_tile: MakeTile, qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    row = QHBoxLayout(window)
    tiles = [make_tile("123,456,789,012,345", "a very long line about this figure indeed") for _ in range(6)]
    for tile in tiles:
        row.addWidget(tile)
    window.resize(700, 100)
    window.show()
    assert window.width() == 700
    assert min(tile.width() for tile in tiles) >= SHORTEST


def test_a_cut_text_ends_inside_the_tile(make_tile: MakeTile) -> None:
    tile = make_tile(line="a very long line about this figure indeed")
    tile.resize(100, TILE)
    image = tile.grab().toImage()
    gutter = {image.pixelColor(x, y).name() for x in range(90, 98) for y in range(10, TILE - 10)}
    assert gutter == {LIGHT.surface.lower()}
    tile.resize(400, TILE)
    assert shows(tile, LIGHT.text)


def test_a_narrow_window_takes_the_third_line_away(make_tile: MakeTile) -> None:
    tile = make_tile()
    assert tile.sizeHint().height() == TILE
    tile.set_narrow(True)
    assert tile.sizeHint().height() < TILE - 10
    assert tile.line == "51,877 ledger entries"
    tile.set_narrow(False)
    assert tile.sizeHint().height() == TILE


def test_the_one_in_force_has_another_ground_and_edge(make_tile: MakeTile, theme: Theme) -> None:
    tile = make_tile()
    tile.resize(tile.sizeHint())
    assert not shows(tile, LIGHT.sel)
    tile.set_active(True)
    assert tile.is_active
    assert colors(tile).most_common(1)[0][0] == LIGHT.sel.lower()
    assert shows(tile, LIGHT.accent)
    theme.set_mode("dark")
    assert colors(tile).most_common(1)[0][0] == DARK.sel.lower()


def test_focus_is_seen(make_tile: MakeTile, qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    row = QHBoxLayout(window)
    field, tile = QLineEdit(), make_tile()
    row.addWidget(field)
    row.addWidget(tile)
    window.show()
    window.activateWindow()
    field.setFocus()
    qtbot.waitUntil(field.hasFocus)
    assert not shows(tile, LIGHT.focus)
    qtbot.keyClick(field, Qt.Key.Key_Tab)
    assert tile.hasFocus()
    assert colors(tile)[LIGHT.focus.lower()] > 2 * (tile.width() + tile.height())
