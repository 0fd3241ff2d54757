from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.panels.empty_state import EmptyState, Shortcuts
from opspilot_desktop.ui.roles import LIGHT
from opspilot_desktop.ui.theme import Theme
from tests.helpers.pixels import shows


@pytest.fixture
def empty(theme: Theme, icons: Icons, qtbot: QtBot) -> EmptyState:
    empty = EmptyState(theme, icons)
    qtbot.addWidget(empty)
    empty.resize(1076, 700)
    empty.show()
    return empty


def test_it_begins_with_the_trades(empty: EmptyState) -> None:
    assert empty.heading.text() == "Start with the trades"
    assert empty.trades.is_current
    assert empty.trades.button.property("kind") == "primary"
    assert empty.ledger.button.property("kind") == ""
    assert empty.ledger.button.isEnabled()
    assert not empty.reconcile.button.isEnabled()
    assert shows(empty.trades, LIGHT.accent)
    assert not shows(empty.ledger, LIGHT.accent)


@pytest.mark.parametrize(
    ("button", "signal"),
    [
        ("trades.button", "importTradesRequested"),
        ("ledger.button", "importLedgerRequested"),
        ("sample", "sampleRequested"),
        ("open", "openRequested"),
    ],
)
def test_each_button_asks_for_its_step(button: str, signal: str, empty: EmptyState, qtbot: QtBot) -> None:
    widget = empty
    for name in button.split("."):
        widget = getattr(widget, name)
    with qtbot.waitSignal(getattr(empty, signal)):
        qtbot.mouseClick(widget, Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(getattr(empty, signal)):
        qtbot.keyClick(widget, Qt.Key.Key_Space)


def test_after_the_trades_come_the_entries_and_then_the_run(empty: EmptyState, qtbot: QtBot) -> None:
    empty.set_progress(1_204, 0)
    assert empty.heading.text() == "Now the ledger entries"
    assert empty.trades.is_done
    assert empty.trades.line.text() == "1,204 imported"
    assert empty.trades.tick.isVisible()
    assert not empty.trades.number.isVisible()
    assert empty.ledger.is_current
    assert not empty.sample.isVisible()
    empty.set_progress(1_204, 1_300)
    assert empty.reconcile.is_current
    with qtbot.waitSignal(empty.reconcileRequested):
        qtbot.mouseClick(empty.reconcile.button, Qt.MouseButton.LeftButton)


def test_nothing_can_be_asked_twice_while_a_job_runs(empty: EmptyState) -> None:
    empty.set_progress(1_204, 0, busy=True)
    assert not empty.trades.button.isEnabled()
    assert not empty.ledger.button.isEnabled()
    assert not empty.reconcile.button.isEnabled()


def test_the_keys_are_those_of_the_desktop(theme: Theme, icons: Icons, qtbot: QtBot) -> None:
    empty = EmptyState(theme, icons, Shortcuts("⌘I", "⌘L", "F5"))
    qtbot.addWidget(empty)
    from PySide6.QtWidgets import QLabel

    assert "⌘I" in [label.text() for label in empty.trades.findChildren(QLabel)]


def test_the_steps_stand_in_the_middle(empty: EmptyState) -> None:
    left = empty.trades.mapTo(empty, empty.trades.rect().topLeft()).x()
    right = empty.width() - left - empty.trades.width()
    assert abs(left - right) <= 1
    assert empty.trades.width() == 600
