from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.palette_list import PaletteItem, PaletteList, Shown
from opspilot_desktop.ui.roles import LIGHT
from opspilot_desktop.ui.theme import Theme
from tests.helpers.pixels import shows

ITEMS = [
    PaletteItem("Commands", "Reopen", "This issue is not resolved", enabled=False),
    PaletteItem("Commands", "Resolve…", "1 issue selected", "R", "check"),
    PaletteItem("Commands", "Reset columns", keys="Ctrl+Shift+F"),
    PaletteItem("Trades", "T-20480114", "SAP.DE", icon="trade"),
]


@pytest.fixture
def palette(theme: Theme, icons: Icons, qtbot: QtBot) -> PaletteList:
    palette = PaletteList(theme, icons)
    qtbot.addWidget(palette)
    palette.resize(600, 300)
    palette.show()
    palette.show_items([Shown(item, (0, 1)) for item in ITEMS])
    return palette


def current(palette: PaletteList) -> str:
    item = palette.current()
    return item.text if item is not None else ""


def test_each_section_has_a_heading_that_cannot_be_chosen(palette: PaletteList) -> None:
    model = palette.model()
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    lines = [model.index(row, 0).data() for row in range(model.rowCount())]
    assert lines == [
        "Commands",
        "Reopen, This issue is not resolved",
        "Resolve…, 1 issue selected, R",
        "Reset columns, Ctrl+Shift+F",
        "Trades",
        "T-20480114, SAP.DE",
    ]
    assert model.flags(model.index(0, 0)) == Qt.ItemFlag.NoItemFlags
    assert palette.shown == ITEMS


def test_the_first_that_can_be_run_is_current(palette: PaletteList) -> None:
    assert current(palette) == "Resolve…"


def test_moving_skips_headings_and_goes_round(palette: PaletteList) -> None:
    palette.move_by(1)
    assert current(palette) == "Reset columns"
    palette.move_by(1)
    assert current(palette) == "T-20480114"
    palette.move_by(1)
    assert current(palette) == "Reopen"
    palette.move_by(-1)
    assert current(palette) == "T-20480114"
    palette.move_by(-8)
    assert current(palette) == "Reopen"
    palette.move_by(8)
    assert current(palette) == "T-20480114"


def test_a_click_chooses_and_a_heading_does_not(palette: PaletteList, qtbot: QtBot) -> None:
    model = palette.model()
    with qtbot.waitSignal(palette.chosen) as chosen:
        rect = palette.visualRect(model.index(3, 0))
        qtbot.mouseClick(palette.viewport(), Qt.MouseButton.LeftButton, pos=rect.center())
    assert chosen.args == [ITEMS[2]]
    with qtbot.assertNotEmitted(palette.chosen):
        rect = palette.visualRect(model.index(4, 0))
        qtbot.mouseClick(palette.viewport(), Qt.MouseButton.LeftButton, pos=rect.center())


def test_the_mouse_takes_the_choice_along(palette: PaletteList, qtbot: QtBot) -> None:
    rect = palette.visualRect(palette.model().index(5, 0))
    qtbot.mouseMove(palette.viewport(), palette.visualRect(palette.model().index(3, 0)).center())
    qtbot.mouseMove(palette.viewport(), rect.center())
    qtbot.waitUntil(lambda: current(palette) == "T-20480114")


def test_the_letters_found_and_the_current_row_are_seen(palette: PaletteList) -> None:
    assert shows(palette, LIGHT.sel)
    assert shows(palette, LIGHT.link)


def test_nothing_found_is_said(palette: PaletteList) -> None:
    palette.show_items([], "Nothing fits “xyz”")
    assert palette.current() is None
    palette.move_by(1)
    assert palette.current() is None
    assert shows(palette, LIGHT.dim)
