from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMainWindow
from pytestqt.qtbot import QtBot

from opspilot_desktop.ui.dialogs.plugins_dialog import PluginsDialog
from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.theme import Theme
from tests.helpers.window import click

FOLDER = Path("/home/j/plugins")


@dataclass(frozen=True)
class State:
    name: str = "round_amount"
    where: str = "/home/j/plugins/round_amount.py"
    rules: tuple[str, ...] = ("ROUND_AMOUNT",)
    is_on: bool = False
    state: str = "off"
    problem: str = ""
    failed_at: str = ""
    failed_for: str = ""


OFF, ON = State(), State(is_on=True, state="on")
FAILED = State(
    is_on=True,
    state="switched off",
    problem="ValueError in check",
    failed_at="2026-11-20T09:14:00Z",
    failed_for="j.meyer",
)
BROKEN = State(rules=(), state="cannot be used", problem="SyntaxError (line 3)")


def opened(theme: Theme, icons: Icons, window: QMainWindow, *plugins: State) -> PluginsDialog:
    dialog = PluginsDialog(theme, icons, plugins=plugins, folder=FOLDER, parent=window)
    dialog.open()
    return dialog


@pytest.mark.parametrize(
    ("plugin", "primary", "enabled", "asked"),
    [
        (OFF, "Switch on", True, True),
        (ON, "Switch off", True, False),
        (FAILED, "Switch on", True, True),
        (BROKEN, "Switch on", False, None),
    ],
)
def test_the_selected_plugin_is_switched(
    plugin: State,
    primary: str,
    enabled: bool,
    asked: bool | None,
    theme: Theme,
    icons: Icons,
    desk_window: QMainWindow,
    qtbot: QtBot,
) -> None:
    dialog = opened(theme, icons, desk_window, State(name="another"), plugin)
    dialog.table.select_row(1)
    assert (dialog.primary.accessibleName() or dialog.primary.text(), dialog.primary.isEnabled()) == (
        primary,
        enabled,
    )
    said: list[tuple[str, bool]] = []
    dialog.switchRequested.connect(lambda name, on: said.append((name, on)))
    if enabled:
        click(qtbot, dialog.primary)
        assert not dialog.isVisible()
    dialog.reject()
    assert said == ([] if asked is None else [("round_amount", asked)])


def test_it_is_told_where_a_plugin_is_and_what_is_wrong(
    theme: Theme, icons: Icons, desk_window: QMainWindow
) -> None:
    dialog = opened(theme, icons, desk_window, FAILED, BROKEN, State(name="a\u202eb<b>"))
    assert [row[0] for row in dialog.table.list_model.rows] == ["round_amount", "round_amount", "a\u202eb<b>"]
    assert dialog.table.list_model.rows[0][2] == "Round amount"
    assert "in the run of j.meyer: ValueError in check." in dialog.note.text()
    dialog.table.select_row(1)
    assert dialog.note.text().endswith("It cannot be used: SyntaxError (line 3).")
    assert dialog.primary.toolTip().startswith("Mend it first")
    index = dialog.table.list_model.index(2, 0)
    assert dialog.table.list_model.data(index) == "a⟨U+202E⟩b<b>"
    dialog.reject()


def test_without_any_it_says_what_to_do(
    theme: Theme, icons: Icons, desk_window: QMainWindow, qtbot: QtBot
) -> None:
    dialog = opened(theme, icons, desk_window)
    assert "No plug-in was found" in dialog.note.text()
    assert not dialog.primary.isEnabled()
    assert str(FOLDER) in dialog.accessibleDescription()
    click(qtbot, dialog.copy)
    assert QGuiApplication.clipboard().text() == str(FOLDER)
    dialog.reject()
