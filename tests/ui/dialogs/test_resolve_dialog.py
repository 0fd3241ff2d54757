from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QLabel, QMainWindow
from pytestqt.qtbot import QtBot

from opspilot_desktop.domain.issues import IssueAction, ReasonCode
from opspilot_desktop.ui.dialogs.resolve_dialog import COMMENT_HEIGHT, ResolveDialog
from opspilot_desktop.ui.dialogs.work_dialog import LONGEST_COMMENT
from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.theme import Theme


def issue(number: int, difference: str, currency: str) -> dict[str, Any]:
    return {
        "id": number,
        "issue_type": "AMOUNT_MISMATCH",
        "description": "The ledger does not match.",
        "evidence": {"difference": difference, "currency": currency},
    }


ISSUES = [issue(1042, "-1250", "EUR"), issue(1057, "-3.5", "EUR"), issue(1061, "-0.02", "CHF")]


@pytest.fixture
def dialog(theme: Theme, icons: Icons, desk_window: QMainWindow, qtbot: QtBot) -> Iterator[ResolveDialog]:
    dialog = ResolveDialog(theme, icons, IssueAction.RESOLVE, ISSUES, parent=desk_window)
    dialog.open()
    qtbot.waitUntil(dialog.reason.hasFocus)
    yield dialog
    dialog.close()


def labels(dialog: ResolveDialog) -> list[str]:
    return [label.text() for label in dialog.findChildren(QLabel) if label.isVisible()]


def test_it_names_what_it_is_about(dialog: ResolveDialog) -> None:
    assert dialog.windowTitle() == "Resolve 3 issues"
    assert dialog.primary.text() == "Resolve 3 issues"
    assert dialog.accessibleDescription() == "3 amount mismatches"
    assert {"EUR", "−1,253.50", "2 issues", "CHF", "−0.02", "1 issue", "Goes to all 3"} <= set(labels(dialog))


def test_no_reason_is_chosen_beforehand_and_without_one_nothing_happens(
    dialog: ResolveDialog, qtbot: QtBot
) -> None:
    assert dialog.reason.currentIndex() == -1
    assert not dialog.primary.isEnabled()
    assert "Choose a reason first" in labels(dialog)
    with qtbot.assertNotEmitted(dialog.decided):
        qtbot.keyClick(dialog.comment, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert dialog.isVisible()


def test_every_reason_can_be_chosen(dialog: ResolveDialog) -> None:
    assert [dialog.reason.itemData(place) for place in range(dialog.reason.count())] == [
        code.value for code in ReasonCode
    ]


def test_the_keyboard_alone_resolves(dialog: ResolveDialog, qtbot: QtBot) -> None:
    qtbot.keyClicks(dialog.reason, "Fees")
    assert dialog.reason_code == "FEES"
    assert "One step, undo with Ctrl+Z" in labels(dialog)
    qtbot.keyClick(dialog.reason, Qt.Key.Key_Tab)
    assert dialog.comment.hasFocus()
    qtbot.keyClicks(dialog.comment, " Fee sign reversed ")
    with qtbot.waitSignal(dialog.decided) as decided:
        qtbot.keyClick(dialog.comment, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert decided.args == ["FEES", "Fee sign reversed"]
    assert dialog.isVisible()  # until it is stored


def test_the_mouse_resolves(dialog: ResolveDialog, qtbot: QtBot) -> None:
    dialog.reason.setCurrentIndex(2)
    with qtbot.waitSignal(dialog.decided) as decided:
        qtbot.mouseClick(dialog.primary, Qt.MouseButton.LeftButton)
    assert decided.args == ["TIMING", ""]


def test_tab_leaves_the_comment(dialog: ResolveDialog, qtbot: QtBot) -> None:
    dialog.reason.setCurrentIndex(0)
    dialog.comment.setFocus()
    qtbot.keyClick(dialog.comment, Qt.Key.Key_Tab)
    assert dialog.comment.toPlainText() == ""
    assert dialog.cancel.hasFocus()


def test_escape_decides_nothing(dialog: ResolveDialog, qtbot: QtBot) -> None:
    dialog.reason.setCurrentIndex(0)
    with qtbot.assertNotEmitted(dialog.decided), qtbot.waitSignal(dialog.rejected):
        qtbot.keyClick(dialog.comment, Qt.Key.Key_Escape)


def test_a_comment_that_is_too_long_is_refused_with_a_sentence(dialog: ResolveDialog) -> None:
    dialog.reason.setCurrentIndex(0)
    dialog.comment.setPlainText("x" * (LONGEST_COMMENT + 1))
    assert not dialog.primary.isEnabled()
    assert "4,000" in dialog.comment_field.error
    dialog.comment.setPlainText("x" * LONGEST_COMMENT)
    assert dialog.primary.isEnabled()
    assert dialog.comment_field.error == ""


def test_a_refusal_is_said_inside_with_the_sums_as_they_are_now(dialog: ResolveDialog, qtbot: QtBot) -> None:
    dialog.reason.setCurrentIndex(3)
    qtbot.mouseClick(dialog.primary, Qt.MouseButton.LeftButton)
    height = dialog.height()
    dialog.refuse("Issue 1061 was changed by bob. " * 4, [issue(1042, "-1100", "EUR")])
    assert dialog.windowTitle() == "Resolve issue 1042"
    assert dialog.accessibleDescription() == "The ledger does not match."
    qtbot.waitUntil(lambda: "−1,100.00" in labels(dialog))
    assert "CHF" not in labels(dialog)
    assert "Goes to all 3" not in labels(dialog)
    assert dialog.reason_code == "FEES"
    assert dialog.height() > height
    QApplication.processEvents()
    foot = dialog.primary.mapTo(dialog, QPoint()).y()
    assert dialog.comment.mapTo(dialog, dialog.comment.rect().bottomLeft()).y() < foot
    assert dialog.comment.height() == COMMENT_HEIGHT
    dialog.refuse("Issue 1042 was changed by bob.", [])
    assert not dialog.primary.isEnabled()
    assert "Nothing is left to resolve" in labels(dialog)
    dialog.comment.setPlainText("can still be copied")
    assert not dialog.primary.isEnabled()


def test_ignoring_one_issue(theme: Theme, icons: Icons, desk_window: QMainWindow, qtbot: QtBot) -> None:
    one = {"id": 7, "issue_type": "ANOMALOUS_QUANTITY", "description": "Too much.", "evidence": {}}
    dialog = ResolveDialog(theme, icons, IssueAction.IGNORE, [one], parent=desk_window)
    dialog.open()
    assert dialog.primary.text() == "Ignore issue 7"
    assert dialog.accessibleDescription() == "Too much."
    assert dialog.findChild(QLabel, "resolveSums") is None
    assert not any(text.startswith("Goes to all") for text in labels(dialog))
    dialog.close()


def test_many_currencies_are_counted_beyond_the_sixth(
    theme: Theme, icons: Icons, desk_window: QMainWindow
) -> None:
    issues = [issue(number, "1", f"C{number:02}") for number in range(9)]
    dialog = ResolveDialog(theme, icons, IssueAction.RESOLVE, issues, parent=desk_window)
    dialog.open()
    assert "and 3 more currencies" in labels(dialog)
    dialog.close()
