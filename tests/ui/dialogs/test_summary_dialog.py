from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QMainWindow
from pytestqt.qtbot import QtBot

from opspilot_desktop.ui.dialogs.summary_dialog import (
    SummaryDialog,
    duration,
    figures,
    headline,
    not_checked_lines,
    open_lines,
)
from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.theme import Theme
from opspilot_desktop.ui.widgets.banner import Banner


@dataclass(frozen=True)
class Summary:
    run_id: int = 314
    scope: str = "full"
    checked: int = 46_904
    not_checked: Mapping[str, int] = field(default_factory=lambda: {"settled": 1_200, "cancelled": 0})
    matched: int = 46_698
    opened: int = 6
    reopened: int = 1
    updated: int = 2
    cleared: int = 4
    open_by_type: Mapping[str, int] = field(
        default_factory=lambda: {"AMOUNT_MISMATCH": 23, "LATE_SETTLEMENT": 1, "ORPHAN_LEDGER_ENTRY": 0}
    )
    seconds: float = 0.834
    warnings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def test_the_run_is_told_in_figures(
    theme: Theme, icons: Icons, desk_window: QMainWindow, qtbot: QtBot
) -> None:
    dialog = SummaryDialog(theme, icons, Summary(), parent=desk_window)
    dialog.open()
    assert dialog.accessibleDescription() == "46,904 trades checked against the ledger."
    assert dialog.figures == [
        ("Checked", "46,904"),
        ("Matched", "46,698"),
        ("Opened", "6"),
        ("Reopened", "1"),
        ("Updated", "2"),
        ("Cleared", "4"),
    ]
    names = {label.accessibleName() for label in dialog.findChildren(QLabel)}
    assert {"Amount mismatch: 23", "Late settlement: 1", "Settled: 1,200", "Matched: 46,698"} <= names
    assert "Run 314, 0.83 s" in {label.text() for label in dialog.findChildren(QLabel)}
    assert not dialog.findChildren(Banner)
    qtbot.waitUntil(dialog.primary.hasFocus)
    with qtbot.waitSignal(dialog.showIssuesRequested) as asked:
        qtbot.keyClick(dialog.primary, Qt.Key.Key_Return)
    assert asked.args == [""]
    assert not dialog.isVisible()


def test_close_shows_nothing(theme: Theme, icons: Icons, desk_window: QMainWindow, qtbot: QtBot) -> None:
    dialog = SummaryDialog(theme, icons, Summary(), parent=desk_window)
    dialog.open()
    with qtbot.assertNotEmitted(dialog.showIssuesRequested), qtbot.waitSignal(dialog.rejected):
        qtbot.mouseClick(dialog.cancel, Qt.MouseButton.LeftButton)


def test_a_warning_stands_first(theme: Theme, icons: Icons, desk_window: QMainWindow) -> None:
    warning = "None of the 1,200 trades was checked."
    dialog = SummaryDialog(theme, icons, Summary(warnings=(warning,)), parent=desk_window)
    dialog.open()
    (banner,) = dialog.findChildren(Banner)
    assert banner.text == warning
    assert banner.isVisible()
    dialog.close()


def test_what_is_nothing_is_left_out() -> None:
    assert not_checked_lines(Summary()) == [("Settled", "1,200")]
    assert open_lines(Summary()) == [("Amount mismatch", "23"), ("Late settlement", "1")]
    assert figures(Summary(opened=0))[2] == ("Opened", "0")


def test_an_incremental_run_says_what_it_looked_at() -> None:
    assert headline(replace(Summary(), scope="incremental", checked=1)) == (
        "1 trade checked: what changed since the last run."
    )


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.004, "0.00 s"), (9.994, "9.99 s"), (12.44, "12.4 s"), (59.9, "59.9 s"), (125.2, "2 min 5 s")],
)
def test_durations(seconds: float, text: str) -> None:
    assert duration(seconds) == text
