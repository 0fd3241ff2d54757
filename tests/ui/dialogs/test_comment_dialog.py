from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QLabel, QMainWindow
from pytestqt.qtbot import QtBot

from opspilot_desktop.ui.dialogs.comment_dialog import CommentDialog
from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.theme import Theme

ISSUES = [
    {"id": 1042, "issue_type": "AMOUNT_MISMATCH", "description": "1,250.00 too little."},
    {"id": 1057, "issue_type": "MISSING_LEDGER_ENTRY", "description": "No entry."},
]


@pytest.fixture
def dialog(theme: Theme, icons: Icons, desk_window: QMainWindow, qtbot: QtBot) -> Iterator[CommentDialog]:
    dialog = CommentDialog(theme, icons, ISSUES, parent=desk_window)
    dialog.open()
    qtbot.waitUntil(dialog.comment.hasFocus)
    yield dialog
    dialog.close()


def test_it_names_the_issues(
    dialog: CommentDialog, theme: Theme, icons: Icons, desk_window: QMainWindow
) -> None:
    assert dialog.windowTitle() == "Comment on 2 issues"
    assert dialog.primary.text() == "Add to 2 issues"
    assert dialog.accessibleDescription() == "1 amount mismatch, 1 missing ledger entry"
    one = CommentDialog(theme, icons, ISSUES[:1], parent=desk_window)
    assert one.windowTitle() == "Comment on issue 1042"
    assert one.primary.text() == "Add comment"
    assert one.accessibleDescription() == "1,250.00 too little."


def test_an_empty_comment_cannot_be_added(dialog: CommentDialog, qtbot: QtBot) -> None:
    assert not dialog.primary.isEnabled()
    qtbot.keyClicks(dialog.comment, "   ")
    assert not dialog.primary.isEnabled()


def test_a_comment_is_typed_and_added(dialog: CommentDialog, qtbot: QtBot) -> None:
    qtbot.keyClicks(dialog.comment, "Asked the desk")
    qtbot.keyClick(dialog.comment, Qt.Key.Key_Return)
    qtbot.keyClicks(dialog.comment, "about LE-2")
    assert dialog.isVisible()
    with qtbot.waitSignal(dialog.commented) as commented:
        qtbot.keyClick(dialog.comment, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert commented.args == ["Asked the desk\nabout LE-2"]
    assert dialog.isVisible()  # until it is stored


def test_cancel_adds_nothing(dialog: CommentDialog, qtbot: QtBot) -> None:
    qtbot.keyClicks(dialog.comment, "Asked the desk")
    with qtbot.assertNotEmitted(dialog.commented), qtbot.waitSignal(dialog.rejected):
        qtbot.mouseClick(dialog.cancel, Qt.MouseButton.LeftButton)


def test_a_comment_has_an_end(dialog: CommentDialog) -> None:
    dialog.comment.setPlainText("x" * 4_001)
    assert not dialog.primary.isEnabled()
    assert dialog.comment_field.error


def test_a_comment_that_is_too_long_is_refused_in_a_sentence_that_has_room(
    dialog: CommentDialog, qtbot: QtBot
) -> None:
    dialog.comment.setPlainText("long " * 2_000)
    qtbot.wait(50)
    field = dialog.comment_field
    assert field.error == "A comment has at most 4,000 characters; shorten it."
    assert not dialog.primary.isEnabled()
    assert field.height() >= field.minimumSizeHint().height()  # or it would stand on the text
    sentence = next(label for label in field.findChildren(QLabel) if label.text() == field.error)
    top = sentence.mapTo(field, QPoint()).y()
    assert top >= dialog.comment.geometry().bottom()
    dialog.comment.setPlainText("long " * 800)
    assert field.error == ""
    assert dialog.primary.isEnabled()
