from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMainWindow
from pytestqt.qtbot import QtBot

from opspilot_desktop.recon.rule_settings import RuleSettings
from opspilot_desktop.store.rule_versions import RuleVersion
from opspilot_desktop.ui.dialogs.rules.versions_dialog import VersionsDialog
from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.theme import Theme

FIRST = replace(RuleSettings(), tolerance=Decimal("0.05"))
SECOND = replace(FIRST, anomaly_factor=Decimal(7))
VERSIONS = [
    RuleVersion(2, "2026-11-21T09:00:00.000Z", "b.roth", SECOND.to_json()),
    RuleVersion(1, "2026-11-20T09:00:00.000Z", "a.okafor", FIRST.to_json()),
]


def test_versions_can_be_looked_at_and_loaded(
    theme: Theme, icons: Icons, desk_window: QMainWindow, qtbot: QtBot
) -> None:
    dialog = VersionsDialog(theme, icons, VERSIONS, parent=desk_window)
    dialog.open()
    rows = dialog.table.list_model.rows
    assert [(row[0], row[2], row[3]) for row in rows] == [
        (2, "b.roth", "Unusual quantity, times the mean: 5 → 7"),
        (1, "a.okafor", "Tolerance, in the trade's currency: 0.01 → 0.05"),
        (0, "–", "The program's own settings"),
    ]
    assert "Unusual quantity, times the mean: 7" in dialog.text.toPlainText()
    dialog.table.select_row(1)
    assert dialog.primary.text() == "Load version 1"
    assert "Unusual quantity, times the mean: 5" in dialog.text.toPlainText()
    with qtbot.waitSignal(dialog.loadWanted) as wanted:
        qtbot.mouseClick(dialog.primary, Qt.MouseButton.LeftButton)
    assert wanted.args == [FIRST]
    assert not dialog.isVisible()


def test_where_there_are_none_the_programs_own_are_listed(
    theme: Theme, icons: Icons, desk_window: QMainWindow
) -> None:
    dialog = VersionsDialog(theme, icons, [], parent=desk_window)
    dialog.open()
    assert dialog.number == 0
    assert dialog.primary.text() == "Load the program's own"
    dialog.close()
