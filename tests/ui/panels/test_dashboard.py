from __future__ import annotations

from datetime import UTC, datetime

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QApplication
from pytestqt.qtbot import QtBot

from opspilot_desktop.domain.situation import LastImport
from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.panels.dashboard import Dashboard
from opspilot_desktop.ui.theme import Theme
from tests.helpers.situations import overview

pytestmark = pytest.mark.usefixtures("utc")

TODAY = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)


@pytest.fixture
def dashboard(theme: Theme, icons: Icons, qtbot: QtBot) -> Dashboard:
    dashboard = Dashboard(theme, icons)
    qtbot.addWidget(dashboard)
    dashboard.resize(1800, 90)
    dashboard.show()
    dashboard.set_overview(overview(), TODAY)
    return dashboard


def count(dashboard: Dashboard, name: str) -> QAbstractButton:
    """The button of one severity's count, by what it is called aloud."""
    buttons = dashboard.issues.findChildren(QAbstractButton)
    return next(button for button in buttons if button.accessibleName().startswith(name))


def test_the_tiles_say_how_the_workspace_stands(dashboard: Dashboard) -> None:
    assert dashboard.trades.accessibleName() == "Trades: 48,210, 51,877 ledger entries"
    assert dashboard.matched.accessibleName() == "Matched: 99.56 %, 46,698 of 46,904 checked"
    assert dashboard.last_run.accessibleName() == "Last run: 09:14, 6 opened, 4 cleared"
    assert dashboard.issues.accessibleName() == "Open issues: 214 in all"
    assert count(dashboard, "Critical").accessibleName() == "Critical: 23"
    assert count(dashboard, "Low").accessibleName() == "Low: 0"


@pytest.mark.parametrize(
    ("name", "tab", "text"),
    [
        ("trades", "trades", ""),
        ("pending", "trades", "status=pending"),
        ("matched", "trades", "match:matched"),
        ("not_checked", "trades", "match:unchecked"),
        ("last_import", "trades", ""),
        ("last_run", "issues", ""),
    ],
)
def test_a_click_asks_for_the_filter(
    name: str, tab: str, text: str, dashboard: Dashboard, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(dashboard.filterRequested) as asked:
        qtbot.mouseClick(getattr(dashboard, name), Qt.MouseButton.LeftButton)
    assert asked.args == [tab, text]


def test_each_severity_is_a_button_of_its_own(dashboard: Dashboard, qtbot: QtBot) -> None:
    with qtbot.waitSignal(dashboard.filterRequested) as asked:
        qtbot.mouseClick(count(dashboard, "High"), Qt.MouseButton.LeftButton)
    assert asked.args == ["issues", "severity:high"]
    with qtbot.waitSignal(dashboard.filterRequested) as asked:
        qtbot.keyClick(count(dashboard, "Critical"), Qt.Key.Key_Space)
    assert asked.args == ["issues", "severity:critical"]


def test_the_last_import_leads_to_what_was_imported(dashboard: Dashboard, qtbot: QtBot) -> None:
    newest = LastImport("2026-11-20T09:02:00Z", "ledger", "l.csv", 1, 3, 2)
    dashboard.set_overview(overview(last_import=newest), TODAY)
    with qtbot.waitSignal(dashboard.filterRequested) as asked:
        qtbot.mouseClick(dashboard.last_import, Qt.MouseButton.LeftButton)
    assert asked.args == ["ledger", ""]


def test_the_tile_in_force_is_marked(dashboard: Dashboard) -> None:
    dashboard.set_active_filter("trades", "status=pending")
    assert [
        tile.objectName() for tile in dashboard.findChildren(type(dashboard.trades)) if tile.is_active
    ] == ["pendingTile"]
    dashboard.set_active_filter("trades", "")
    assert not dashboard.pending.is_active
    assert not dashboard.trades.is_active


def test_less_is_said_where_there_is_less_room(dashboard: Dashboard, qapp: QApplication) -> None:
    dashboard.resize(1000, 90)
    qapp.processEvents()
    assert dashboard.trades.line == "51,877 entries"
    assert "51,877 ledger entries" in dashboard.trades.toolTip()
    dashboard.resize(1800, 90)
    qapp.processEvents()
    assert dashboard.trades.line == "51,877 ledger entries"


def test_a_narrow_window_leaves_the_third_lines_out(dashboard: Dashboard) -> None:
    full = dashboard.sizeHint().height()
    dashboard.set_narrow(True)
    assert dashboard.sizeHint().height() < full
