from __future__ import annotations

import pytest
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from opspilot_desktop.ui.theme import Theme
from opspilot_desktop.ui.widgets.spinner import STEP_MS, Spinner


def test_it_turns_only_while_it_runs_and_can_be_seen(theme: Theme, qtbot: QtBot) -> None:
    spinner = Spinner(theme)
    qtbot.addWidget(spinner)
    spinner.start()
    assert spinner.is_running
    assert not spinner.is_turning  # nobody sees it yet
    spinner.show()
    assert spinner.is_turning
    spinner.hide()
    assert not spinner.is_turning
    spinner.show()
    assert spinner.is_turning
    spinner.stop()
    assert not spinner.is_turning
    assert not spinner.is_running


def test_it_repaints_while_turning_and_not_after(
    theme: Theme, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    paints: list[QPaintEvent] = []
    paint = Spinner.paintEvent

    def counted(spinner: Spinner, event: QPaintEvent) -> None:
        paints.append(event)
        paint(spinner, event)

    monkeypatch.setattr(Spinner, "paintEvent", counted)
    spinner = Spinner(theme)
    qtbot.addWidget(spinner)
    spinner.show()
    spinner.start()
    qtbot.waitUntil(lambda: len(paints) >= 3)
    spinner.stop()
    QApplication.processEvents()
    stopped = len(paints)
    qtbot.wait(3 * STEP_MS)
    assert len(paints) == stopped
