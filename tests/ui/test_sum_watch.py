"""The status bar says what the selected rows come to."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from opspilot_desktop.domain.fields import Kind
from opspilot_desktop.ui.main_window import MainWindow
from tests.helpers.opening import open_window
from tests.helpers.window import press, settle, wait_until
from tests.helpers.workspaces import add_entries, entry, new_workspace

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def test_of_one_of_several_and_of_none(qtbot: QtBot, window: MainWindow) -> None:
    table, shown = window.tables[Kind.ISSUES], window.job_bar.sum
    table.view.select_row(0)
    wait_until(qtbot, lambda: shown.text() == "Sum −1,250.00 EUR")
    assert shown.isVisible()
    press(qtbot, Qt.Key.Key_Down, SHIFT)
    wait_until(qtbot, lambda: shown.text() == "Sum −1,250.00 EUR, 289,634.40 GBP")
    assert shown.toolTip().splitlines() == ["−1,250.00 EUR, 1 of 2", "289,634.40 GBP, 1 of 2"]
    press(qtbot, Qt.Key.Key_A, CTRL)
    wait_until(qtbot, lambda: "selected without a number" in shown.toolTip())
    table.view.select_row(11)  # a missing entry has no difference
    settle(qtbot, window)
    assert not shown.isVisible()


def test_of_the_table_in_front(qtbot: QtBot, window: MainWindow) -> None:
    window.tables[Kind.ISSUES].view.select_row(0)
    press(qtbot, Qt.Key.Key_2, CTRL)
    settle(qtbot, window)
    assert not window.job_bar.sum.isVisible()
    press(qtbot, Qt.Key.Key_A, CTRL)
    wait_until(qtbot, lambda: window.job_bar.sum.text().startswith("Sum in "))
    press(qtbot, Qt.Key.Key_3, CTRL)
    wait_until(qtbot, lambda: window.job_bar.sum.text() == "Sum −1,250.00 EUR")


def test_a_currency_out_of_a_file_is_shown_as_text(qtbot: QtBot, tmp_path: Path) -> None:
    with new_workspace(tmp_path) as workspace:
        odd = {"amount_units": 5, "amount_nanos": 0}
        add_entries(workspace, [entry(1, currency="<b>E</b>\n", **odd), entry(2, currency=None, **odd)])
    window = open_window(qtbot, str(tmp_path / "workspace.opspilot"))
    press(qtbot, Qt.Key.Key_2, CTRL)
    settle(qtbot, window)
    press(qtbot, Qt.Key.Key_A, CTRL)
    wait_until(qtbot, window.job_bar.sum.isVisible)
    assert window.job_bar.sum.textFormat() == Qt.TextFormat.PlainText
    assert "<b>E</b>" in window.job_bar.sum.text()
    assert "\n" not in window.job_bar.sum.text()
    assert "5.00 without a currency" in window.job_bar.sum.text()
    assert "<b>E" not in window.job_bar.sum.toolTip()
    window.close()
