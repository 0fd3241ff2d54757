from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMainWindow
from pytestqt.qtbot import QtBot

from opspilot_desktop.crash import Crash
from opspilot_desktop.ui.dialogs.error_dialog import CrashDialog, MessageDialog
from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.theme import Theme

SENTENCE = "trades.pdf is a PDF document, not a CSV file; save the data as CSV (UTF-8) and import that file."


def test_a_sentence_is_shown_whole_and_closes_with_enter(
    theme: Theme, icons: Icons, desk_window: QMainWindow, qtbot: QtBot
) -> None:
    dialog = MessageDialog(theme, icons, "Not imported", SENTENCE, parent=desk_window)
    dialog.open()
    assert dialog.sentence.text() == SENTENCE
    assert dialog.sentence.textFormat() == Qt.TextFormat.PlainText
    assert dialog.accessibleDescription() == SENTENCE
    assert not dialog.cancel.isVisible()
    qtbot.waitUntil(dialog.primary.hasFocus)
    with qtbot.waitSignal(dialog.finished):
        qtbot.keyClick(dialog.primary, Qt.Key.Key_Return)


def test_a_sentence_closes_with_escape_and_the_mouse(
    theme: Theme, icons: Icons, desk_window: QMainWindow, qtbot: QtBot
) -> None:
    dialog = MessageDialog(theme, icons, "Not imported", SENTENCE, parent=desk_window)
    dialog.open()
    with qtbot.waitSignal(dialog.finished):
        qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    dialog.open()
    with qtbot.waitSignal(dialog.finished):
        qtbot.mouseClick(dialog.primary, Qt.MouseButton.LeftButton)


def test_a_crash_report_can_be_copied_and_says_where_it_is(
    theme: Theme, icons: Icons, desk_window: QMainWindow, qtbot: QtBot
) -> None:
    crash = Crash("ZeroDivisionError: division by zero\n", Path("/logs/crash-1.txt"))
    dialog = CrashDialog(theme, icons, crash, parent=desk_window)
    dialog.open()
    assert dialog.report.toPlainText() == crash.report
    assert dialog.report.isReadOnly()
    assert dialog.place.text() == f"Saved in {crash.path}"
    qtbot.mouseClick(dialog.copy, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == crash.report
    assert dialog.isVisible()
    assert dialog.copy.text() == "Copied"
    with qtbot.waitSignal(dialog.finished):
        qtbot.keyClick(dialog.report, Qt.Key.Key_Escape)


def test_a_report_that_could_not_be_saved_says_so(
    theme: Theme, icons: Icons, desk_window: QMainWindow
) -> None:
    dialog = CrashDialog(theme, icons, Crash("x", None), parent=desk_window)
    assert "could not be saved" in dialog.place.text()
