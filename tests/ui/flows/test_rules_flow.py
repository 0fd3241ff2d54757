"""The rules' dialog in the real window, on the sample data."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from opspilot_desktop.domain.jobs import Handle
from opspilot_desktop.operations.reading import issue_query, list_issues
from opspilot_desktop.operations.rules import RulesPreview, preview_rules, read_rules, save_rules
from opspilot_desktop.operations.workspace import Workspace
from opspilot_desktop.recon.rule_settings import RuleSettings
from opspilot_desktop.ui.dialogs.rules.inputs import TypedInput
from opspilot_desktop.ui.dialogs.rules.rules_dialog import RulesDialog
from opspilot_desktop.ui.dialogs.rules.versions_dialog import VersionsDialog
from opspilot_desktop.ui.dialogs.summary_dialog import SummaryDialog
from opspilot_desktop.ui.main_window import MainWindow
from opspilot_desktop.ui.palette import CommandPalette
from tests.helpers.opening import open_window
from tests.helpers.window import click, press, settle, shown, type_text, wait_for, wait_until

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def open_rules(qtbot: QtBot, window: MainWindow) -> RulesDialog:
    press(qtbot, Qt.Key.Key_R, CTRL, SHIFT)
    dialog = wait_for(qtbot, RulesDialog)
    wait_until(qtbot, lambda: not dialog.preview.spinner.is_running)
    settle(qtbot, window)
    return dialog


def type_tolerance(qtbot: QtBot, window: MainWindow, dialog: RulesDialog, text: str) -> None:
    dialog.rules.choose("AMOUNT_MISMATCH")
    found = dialog.pages.inputs["tolerance"]
    assert isinstance(found, TypedInput)
    found.edit.setFocus()
    found.edit.selectAll()
    type_text(qtbot, text)
    wait_until(qtbot, lambda: dialog.preview.spinner.is_running)
    wait_until(qtbot, lambda: not dialog.preview.spinner.is_running)
    settle(qtbot, window)


def read_preview(window: MainWindow, dialog: RulesDialog) -> RulesPreview:
    settings = dialog.settings()
    assert settings is not None
    return preview_rules(Handle(), window.desk.workspace, settings)


def open_mismatches(window: MainWindow) -> int:
    return len(list_issues(Handle(), window.desk.workspace, issue_query("open", "AMOUNT_MISMATCH")))


def test_a_tolerance_is_tried_saved_and_run(qtbot: QtBot, window: MainWindow) -> None:
    before = open_mismatches(window)
    dialog = open_rules(qtbot, window)
    assert dialog.preview.lines == ["Nothing would change."]
    type_tolerance(qtbot, window, dialog, "1.5")
    clears = int(dialog.preview.figures["cleared"].text())
    assert 0 < clears < before
    assert any(line.startswith("Clears issue ") and "T-" in line for line in dialog.preview.lines)
    assert open_mismatches(window) == before, "nothing is changed by looking"
    press(qtbot, Qt.Key.Key_Return)
    wait_until(qtbot, lambda: shown(RulesDialog) is None)
    settle(qtbot, window)
    now = read_rules(Handle(), window.desk.workspace)
    assert now.settings == replace(RuleSettings(), tolerance=Decimal("1.5"))
    assert now.version is not None
    assert now.version.who == window.desk.workspace.user

    assert window.job_bar.action.accessibleName() == "Reconcile now"
    click(qtbot, window.job_bar.action)
    summary = wait_for(qtbot, SummaryDialog)
    assert dict(summary.figures)["Cleared"] == str(clears)
    press(qtbot, Qt.Key.Key_Escape)
    settle(qtbot, window)
    assert open_mismatches(window) == before - clears

    dialog = open_rules(qtbot, window)
    click(qtbot, dialog.versions)
    versions = wait_for(qtbot, VersionsDialog)
    versions.table.select_row(1)
    click(qtbot, versions.primary)
    wait_until(qtbot, lambda: dialog.preview.figures["reopened"].text() == str(clears))
    settle(qtbot, window)
    press(qtbot, Qt.Key.Key_Escape)
    discard = dialog.banner.findChild(QPushButton, "rulesDiscard")
    assert discard is not None
    click(qtbot, discard)
    wait_until(qtbot, lambda: shown(RulesDialog) is None)
    settle(qtbot, window)


def test_enter_on_discard_saves_nothing(qtbot: QtBot, window: MainWindow) -> None:
    dialog = open_rules(qtbot, window)
    type_tolerance(qtbot, window, dialog, "1.5")
    press(qtbot, Qt.Key.Key_Escape)
    discard = dialog.banner.findChild(QPushButton, "rulesDiscard")
    assert discard is not None
    wait_until(qtbot, discard.hasFocus)
    press(qtbot, Qt.Key.Key_Return)
    wait_until(qtbot, lambda: shown(RulesDialog) is None)
    settle(qtbot, window)
    assert read_rules(Handle(), window.desk.workspace).version is None


def test_what_a_colleague_saved_meanwhile_is_not_overwritten_unseen(qtbot: QtBot, window: MainWindow) -> None:
    dialog = open_rules(qtbot, window)
    type_tolerance(qtbot, window, dialog, "1.5")
    workspace = window.desk.workspace
    colleague = Workspace(workspace.path, "a.okafor", workspace.database)
    save_rules(Handle(), colleague, replace(RuleSettings(), tolerance=Decimal(9)), None)
    press(qtbot, Qt.Key.Key_Return)
    wait_until(qtbot, dialog.banner.isVisible)
    settle(qtbot, window)
    assert "a.okafor saved version 1" in dialog.banner.text
    assert dialog.isVisible()
    keep = next(each for each in dialog.banner.findChildren(QPushButton) if each.text() == "Keep mine")
    click(qtbot, keep)
    settle(qtbot, window)
    click(qtbot, dialog.primary)
    wait_until(qtbot, lambda: shown(RulesDialog) is None)
    settle(qtbot, window)
    now = read_rules(Handle(), workspace)
    assert now.settings.tolerance == Decimal("1.5")
    assert now.version is not None
    assert now.version.number == 2


def test_the_palette_knows_it_and_the_window_closes_with_it(qtbot: QtBot, window: MainWindow) -> None:
    press(qtbot, Qt.Key.Key_K, CTRL)
    wait_for(qtbot, CommandPalette)
    type_text(qtbot, "rules")
    press(qtbot, Qt.Key.Key_Return)
    dialog = wait_for(qtbot, RulesDialog)
    settle(qtbot, window)
    dialog.rules.switch("AMOUNT_MISMATCH", on=False)
    window.close()
    assert shown(RulesDialog) is None


def test_an_answer_to_what_is_no_longer_typed_is_not_shown(qtbot: QtBot, window: MainWindow) -> None:
    dialog = open_rules(qtbot, window)
    asked = read_preview(window, dialog)
    dialog.rules.switch("AMOUNT_MISMATCH", on=False)
    dialog.show_preview(asked)
    assert dialog.preview.spinner.is_running, "what would be cleared now is still being counted"
    wait_until(qtbot, lambda: not dialog.preview.spinner.is_running)
    assert int(dialog.preview.figures["cleared"].text()) > 0
    settle(qtbot, window)
    window.close()


def test_on_postgresql(qtbot: QtBot, postgres_url: str) -> None:
    window = open_window(qtbot, postgres_url, sample=True)
    dialog = open_rules(qtbot, window)
    type_tolerance(qtbot, window, dialog, "1.5")
    assert int(dialog.preview.figures["cleared"].text()) > 0
    window.close()


def test_tab_goes_through_the_dialog_as_the_eye_does(qtbot: QtBot, window: MainWindow) -> None:
    dialog = open_rules(qtbot, window)
    dialog.rules.choose("AMOUNT_MISMATCH")
    settle(qtbot, window)
    names = []
    for _ in range(8):
        press(qtbot, Qt.Key.Key_Tab)
        focus = QApplication.focusWidget()
        assert focus is not None
        names.append(focus.objectName() or focus.accessibleName() or type(focus).__name__)
    assert names == [
        "rules:tolerance",
        "rules:basis_points",
        "rules:tolerances",
        "Add tolerance",
        "Examples, rule by rule",
        "rulesVersions",
        "rulesCancel",
        "rulesList",
    ]
    dialog.reject()
    settle(qtbot, window)


def test_a_second_enter_does_not_cancel_what_the_first_one_saves(qtbot: QtBot, window: MainWindow) -> None:
    dialog = open_rules(qtbot, window)
    type_tolerance(qtbot, window, dialog, "2")
    for _ in range(2):
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
    settle(qtbot, window)
    assert shown(RulesDialog) is None
    assert read_rules(Handle(), window.desk.workspace).settings.tolerance == Decimal(2)


def test_after_a_refusal_the_keyboard_is_where_it_was(qtbot: QtBot, window: MainWindow) -> None:
    dialog = open_rules(qtbot, window)
    type_tolerance(qtbot, window, dialog, "2")
    typed = QApplication.focusWidget()
    other = replace(RuleSettings(), anomaly_factor=Decimal(7))
    save_rules(Handle(), window.desk.workspace, other, None)
    press(qtbot, Qt.Key.Key_Return)
    settle(qtbot, window)
    assert dialog.banner.isVisible()
    assert QApplication.focusWidget() is typed
    dialog._go()
    settle(qtbot, window)
