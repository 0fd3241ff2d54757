from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMainWindow
from pytestqt.qtbot import QtBot

from opspilot_desktop.ui.dialogs.scrim import Scrim
from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.palette import CommandPalette, PaletteItem, rank
from opspilot_desktop.ui.theme import Theme


class Ran(list[str]):
    """The commands that ran, in order."""

    def item(self, text: str, detail: str = "", *, enabled: bool = True) -> PaletteItem:
        return PaletteItem("Commands", text, detail, enabled=enabled, run=lambda: self.append(text))


@pytest.fixture
def ran() -> Ran:
    return Ran()


@pytest.fixture
def palette(theme: Theme, icons: Icons, ran: Ran, qtbot: QtBot) -> Iterator[CommandPalette]:
    window = QMainWindow()
    qtbot.addWidget(window)
    window.resize(1200, 800)
    window.show()
    items = [
        ran.item("Import trades…"),
        ran.item("Reopen", "This issue is not resolved", enabled=False),
        ran.item("Resolve…", "1 issue selected"),
        ran.item("Reset columns"),
    ]
    palette = CommandPalette(theme, icons, items, window)
    palette.open()
    qtbot.waitUntil(palette.input.hasFocus)
    yield palette
    palette.close()


def shown(palette: CommandPalette) -> list[str]:
    return [item.text for item in palette.list.shown]


def test_it_opens_over_the_shaded_window_with_every_command(palette: CommandPalette) -> None:
    window = palette.parentWidget()
    assert window.findChild(Scrim) is not None
    assert palette.width() == 660
    assert abs(palette.geometry().center().x() - window.geometry().center().x()) <= 1
    assert shown(palette) == ["Import trades…", "Resolve…", "Reset columns", "Reopen"]
    assert palette.results.text() == "4 results"


def test_letters_find_and_enter_runs_after_it_has_closed(
    palette: CommandPalette, ran: Ran, qtbot: QtBot
) -> None:
    qtbot.keyClicks(palette.input, "res")
    assert shown(palette) == ["Resolve…", "Reset columns", "Reopen"][: len(shown(palette))]
    assert palette.results.text() == f"{len(shown(palette))} results"
    qtbot.keyClick(palette.input, Qt.Key.Key_Return)
    assert not palette.isVisible()
    assert ran == []
    qtbot.waitUntil(lambda: ran == ["Resolve…"])


def test_the_arrows_choose(palette: CommandPalette, ran: Ran, qtbot: QtBot) -> None:
    qtbot.keyClicks(palette.input, "res")
    qtbot.keyClick(palette.input, Qt.Key.Key_Down)
    qtbot.keyClick(palette.input, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: ran == ["Reset columns"])


def test_a_click_runs(palette: CommandPalette, ran: Ran, qtbot: QtBot) -> None:
    rect = palette.list.visualRect(palette.list.model().index(1, 0))
    qtbot.mouseClick(palette.list.viewport(), Qt.MouseButton.LeftButton, pos=rect.center())
    qtbot.waitUntil(lambda: ran == ["Import trades…"])


def test_what_cannot_run_says_why_and_does_not(palette: CommandPalette, ran: Ran, qtbot: QtBot) -> None:
    qtbot.keyClicks(palette.input, "reopen")
    assert palette.list.shown[0].detail == "This issue is not resolved"
    qtbot.keyClick(palette.input, Qt.Key.Key_Return)
    assert palette.isVisible()
    assert ran == []


def test_escape_closes_and_runs_nothing(palette: CommandPalette, ran: Ran, qtbot: QtBot) -> None:
    with qtbot.waitSignal(palette.rejected):
        qtbot.keyClick(palette.input, Qt.Key.Key_Escape)
    assert ran == []


def test_issues_and_trades_are_asked_for_once_the_typing_rests(
    palette: CommandPalette, ran: Ran, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(palette.searchRequested) as asked:
        qtbot.keyClicks(palette.input, "T-2048")
    assert asked.args == ["T-2048"]
    trade = PaletteItem("Trades", "T-20480114", "SAP.DE", icon="trade", run=lambda: ran.append("trade"))
    palette.set_found("T-2048", [trade])
    assert shown(palette) == ["T-20480114"]
    qtbot.keyClick(palette.input, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: ran == ["trade"])


def test_an_answer_to_an_older_question_is_dropped(palette: CommandPalette, qtbot: QtBot) -> None:
    qtbot.keyClicks(palette.input, "T-2048")
    palette.set_found("T-20", [PaletteItem("Trades", "T-2099")])
    assert shown(palette) == []


def test_what_was_found_stays_while_it_fits(palette: CommandPalette, qtbot: QtBot) -> None:
    qtbot.keyClicks(palette.input, "T-2")
    palette.set_found("T-2", [PaletteItem("Trades", "T-2048"), PaletteItem("Trades", "T-2199")])
    qtbot.keyClicks(palette.input, "04")
    assert shown(palette) == ["T-2048"]
    for _ in range(5):
        qtbot.keyClick(palette.input, Qt.Key.Key_Backspace)
    assert "T-2048" not in shown(palette)


def test_a_sharp_asks_for_an_issue_and_an_arrow_for_commands_alone(
    palette: CommandPalette, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(palette.searchRequested) as asked:
        qtbot.keyClicks(palette.input, "#1042")
    assert asked.args == ["#1042"]
    assert shown(palette) == []
    palette.set_found("#1042", [PaletteItem("Issues", "1042 Amount mismatch")])
    assert shown(palette) == ["1042 Amount mismatch"]
    palette.input.clear()
    with qtbot.assertNotEmitted(palette.searchRequested, wait=200):
        qtbot.keyClicks(palette.input, ">res")
    assert shown(palette)[0] == "Resolve…"


def test_it_fits_into_a_small_window(theme: Theme, icons: Icons, qtbot: QtBot) -> None:
    window = QMainWindow()
    qtbot.addWidget(window)
    window.resize(500, 300)
    window.show()
    palette = CommandPalette(theme, icons, [], window)
    palette.open()
    assert window.frameGeometry().contains(palette.geometry())
    palette.close()


def test_commands_that_cannot_run_come_last() -> None:
    off = PaletteItem("Commands", "Resolve", enabled=False)
    near = PaletteItem("Commands", "Remove all filters")
    assert [item for item, _ in rank([off, near], "res")] == [near, off]
    assert rank([off, near], "xyz") == []
