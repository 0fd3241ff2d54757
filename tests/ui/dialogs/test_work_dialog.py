from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMainWindow
from pytestqt.qtbot import QtBot

from opspilot_desktop.ui.dialogs.comment_dialog import CommentDialog
from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.theme import Theme

CTRL = Qt.KeyboardModifier.ControlModifier
ISSUES = [{"id": 7, "issue_type": "AMOUNT_MISMATCH", "description": "1,250.00 too little."}]


@pytest.fixture
def dialog(theme: Theme, icons: Icons, desk_window: QMainWindow, qtbot: QtBot) -> Iterator[CommentDialog]:
    """Something was typed and confirmed."""
    dialog = CommentDialog(theme, icons, ISSUES, parent=desk_window)
    dialog.open()
    qtbot.waitUntil(dialog.comment.hasFocus)
    qtbot.keyClicks(dialog.comment, "Asked the desk")
    qtbot.keyClick(dialog.comment, Qt.Key.Key_Return, CTRL)
    yield dialog
    dialog.close()


def test_while_it_waits_nothing_is_typed_or_confirmed_twice(dialog: CommentDialog, qtbot: QtBot) -> None:
    assert not dialog.primary.isEnabled()
    assert not dialog.comment.isEnabled()
    with qtbot.assertNotEmitted(dialog.commented), qtbot.assertNotEmitted(dialog.rejected):
        for key, held in ((Qt.Key.Key_Return, CTRL), (Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier)):
            qtbot.keyClick(dialog.focusWidget() or dialog, key, held)
    assert dialog.isVisible()


def test_cancel_works_while_it_waits(dialog: CommentDialog, qtbot: QtBot) -> None:
    with qtbot.waitSignal(dialog.rejected):
        qtbot.keyClick(dialog, Qt.Key.Key_Escape)


def test_a_refusal_keeps_what_was_typed_and_gives_the_keyboard_back(
    dialog: CommentDialog, qtbot: QtBot
) -> None:
    dialog.refuse("The disk is full; free some space and try again.", ISSUES)
    assert dialog.banner.isVisible()
    assert dialog.banner.text.startswith("The disk is full")
    assert dialog.comment.toPlainText() == "Asked the desk"
    assert dialog.comment.hasFocus()
    with qtbot.waitSignal(dialog.commented) as commented:
        qtbot.keyClick(dialog.comment, Qt.Key.Key_Return, CTRL)
    assert commented.args == ["Asked the desk"]


def test_after_a_defect_it_is_as_before(dialog: CommentDialog) -> None:
    dialog.stop_waiting()
    assert dialog.primary.isEnabled()
    assert dialog.comment.hasFocus()
    assert not dialog.banner.isVisible()
