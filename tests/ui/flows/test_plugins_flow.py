"""Plug-ins as a person meets them: put into the folder, switched on, failing, and switched on again."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from opspilot_desktop import paths
from opspilot_desktop.domain.fields import Kind
from opspilot_desktop.ui.dialogs.plugins_dialog import PluginsDialog
from opspilot_desktop.ui.dialogs.summary_dialog import SummaryDialog
from opspilot_desktop.ui.main_window import MainWindow
from opspilot_desktop.ui.widgets.banner import Banner
from tests.helpers.opening import open_window
from tests.helpers.plugins import put, put_example, put_python
from tests.helpers.window import click, press, settle, shown, wait_for, wait_until


def open_list(qtbot: QtBot, window: MainWindow) -> PluginsDialog:
    window.actions_["plugins"].trigger()
    return wait_for(qtbot, PluginsDialog)


def run(qtbot: QtBot, window: MainWindow) -> SummaryDialog:
    settle(qtbot, window)
    window.activateWindow()
    press(qtbot, Qt.Key.Key_F5)
    return wait_for(qtbot, SummaryDialog)


def close(qtbot: QtBot, window: MainWindow, dialog: SummaryDialog | PluginsDialog) -> None:
    click(qtbot, dialog.cancel)
    wait_until(qtbot, lambda: shown(type(dialog)) is None)
    settle(qtbot, window)


def warnings_of(dialog: SummaryDialog) -> list[str]:
    return [banner.text for banner in dialog.findChildren(Banner)]


def test_a_plugin_is_switched_on_runs_and_its_issues_are_shown(qtbot: QtBot, tmp_path: Path) -> None:
    put_example("large_notional")
    put_example("round_amount")
    window = open_window(qtbot, str(tmp_path / "w.opspilot"), sample=True)
    assert not window.plugins.banner.isVisible()
    dialog = open_list(qtbot, window)
    assert [row[:2] for row in dialog.table.list_model.rows] == [
        ("large_notional", "off"),
        ("round_amount", "off"),
    ]
    assert "large_notional.py" in dialog.note.text()
    click(qtbot, dialog.primary)
    wait_until(qtbot, lambda: "large_notional is on" in window.job_bar.text.text())
    settle(qtbot, window)
    summary = run(qtbot, window)
    click(qtbot, summary.primary)
    settle(qtbot, window)
    window.tables[Kind.ISSUES].filter_bar.set_filter("type:notional", ())
    settle(qtbot, window)
    assert window.tables[Kind.ISSUES].position()[1] > 0
    window.tables[Kind.ISSUES].view.select_row(0)
    settle(qtbot, window)
    block = window.issue_panel.difference
    assert block.title.text() == "Gross"
    assert block.line.text().startswith("The trade is worth ")
    window.close()


def test_one_that_fails_is_named_in_a_banner_and_can_be_switched_on_again(
    qtbot: QtBot, tmp_path: Path
) -> None:
    put_python("odd", "return Finding({'trade': trade.trade_id}) if trade.trade_id.endswith('7') else None")
    window = open_window(qtbot, str(tmp_path / "w.opspilot"), sample=True)
    click(qtbot, open_list(qtbot, window).primary)
    settle(qtbot, window)
    summary = run(qtbot, window)
    assert warnings_of(summary) == []
    assert any(" s: Odd." in label.text() for label in summary.findChildren(QLabel))
    close(qtbot, window, summary)

    put_python("odd", "raise ValueError('T-1 is secret')")
    summary = run(qtbot, window)
    assert "The plug-in odd failed and was switched off (ValueError in check (odd.py" in "".join(
        warnings_of(summary)
    )
    close(qtbot, window, summary)
    banner = window.plugins.banner
    assert banner.isVisible()
    assert banner.text.startswith("The plug-in odd failed and was switched off: ValueError in check (odd.py")
    assert "secret" not in banner.text
    buttons = {button.text(): button for button in banner.findChildren(QPushButton) if button.isVisible()}
    assert list(buttons) == ["Switch on", "Show plug-ins"]

    click(qtbot, buttons["Show plug-ins"])
    dialog = wait_for(qtbot, PluginsDialog)
    assert dialog.table.list_model.rows[0][1] == "switched off"
    assert f"in the run of {window.desk.workspace.user}" in dialog.note.text()
    close(qtbot, window, dialog)

    click(qtbot, buttons["Switch on"])
    wait_until(qtbot, lambda: not banner.isVisible())
    put_python("odd", "return None")
    summary = run(qtbot, window)
    assert warnings_of(summary) == []
    close(qtbot, window, summary)
    window.close()


def test_what_cannot_be_loaded_is_named_at_the_start_and_can_be_put_aside(
    qtbot: QtBot, tmp_path: Path
) -> None:
    put("broken\u202e", "import nowhere_at_all")
    path = put("broken", "import nowhere_at_all")
    window = open_window(qtbot, str(tmp_path / "w.opspilot"), sample=True)
    banner = window.plugins.banner
    assert banner.isVisible()
    assert banner.text == "2 plug-ins do not work: broken, broken⟨U+202E⟩"
    click(qtbot, banner.close_button)
    window.plugins.look()
    settle(qtbot, window)
    assert not banner.isVisible()
    (paths.plugins() / "broken\u202e.py").unlink()
    window.plugins.look()  # there is something else to say
    wait_until(qtbot, banner.isVisible)
    assert "No module named 'nowhere_at_all'" in banner.text
    dialog = open_list(qtbot, window)
    assert not dialog.primary.isEnabled()
    close(qtbot, window, dialog)
    path.unlink()
    window.plugins.look()
    wait_until(qtbot, lambda: not banner.isVisible())
    window.close()
