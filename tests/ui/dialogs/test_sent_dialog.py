from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from opspilot_desktop.ui.dialogs.sent_dialog import SentDialog
from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.theme import Theme


def test_the_text_can_be_read_and_copied(qtbot: QtBot, theme: Theme, icons: Icons) -> None:
    dialog = SentDialog(theme, icons, "To nobody.", "exactly <b>this</b>\n")
    qtbot.addWidget(dialog)
    dialog.open()
    assert dialog.text.isReadOnly()
    assert dialog.text.toPlainText() == "exactly <b>this</b>\n"
    qtbot.mouseClick(dialog.primary, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == "exactly <b>this</b>\n"
    assert dialog.isVisible()
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
