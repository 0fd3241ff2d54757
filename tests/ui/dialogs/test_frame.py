from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QLineEdit,
    QMainWindow,
    QPlainTextEdit,
    QPushButton,
    QSizeGrip,
)
from pytestqt.qtbot import QtBot

from opspilot_desktop.ui.dialogs.frame import DialogFrame
from opspilot_desktop.ui.dialogs.scrim import Scrim
from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.measures import DIALOG_FOOT
from opspilot_desktop.ui.roles import DARK, LIGHT
from opspilot_desktop.ui.theme import Theme
from opspilot_desktop.ui.widgets.field import Field


class ResolveDialog(DialogFrame):
    """A dialog with an input of each sort."""

    def __init__(self, theme: Theme, icons: Icons, parent: QMainWindow) -> None:
        super().__init__(
            theme,
            icons,
            "Resolve 12 issues",
            "10 amount mismatches",
            primary="Resolve 12 issues",
            parent=parent,
        )
        self.reason = QComboBox()
        self.reason.addItems(["Fees", "Timing"])
        self.ticket = QLineEdit()
        self.comment = QPlainTextEdit()
        for label, widget in (("Reason", self.reason), ("Ticket", self.ticket), ("Comment", self.comment)):
            self.body.addWidget(Field(theme, icons, label, widget))


@pytest.fixture
def window(theme: Theme, qtbot: QtBot) -> QMainWindow:
    window = QMainWindow()
    qtbot.addWidget(window)
    window.resize(1000, 700)
    window.show()
    return window


@pytest.fixture
def dialog(theme: Theme, icons: Icons, window: QMainWindow, qtbot: QtBot) -> Iterator[ResolveDialog]:
    dialog = ResolveDialog(theme, icons, window)
    dialog.open()
    qtbot.waitUntil(dialog.reason.hasFocus)
    yield dialog
    dialog.close()


def test_it_opens_in_the_middle_of_its_window_with_the_first_input_focused(
    dialog: ResolveDialog, window: QMainWindow
) -> None:
    offset = dialog.geometry().center() - window.geometry().center()
    assert max(abs(offset.x()), abs(offset.y())) <= 1
    assert dialog.width() == 540
    assert dialog.reason.hasFocus()
    assert dialog.windowTitle() == "Resolve 12 issues"
    assert dialog.accessibleDescription() == "10 amount mismatches"


def test_a_named_input_takes_the_first_focus(
    theme: Theme, icons: Icons, window: QMainWindow, qtbot: QtBot
) -> None:
    dialog = ResolveDialog(theme, icons, window)
    dialog.set_first_focus(dialog.ticket)
    dialog.open()
    qtbot.waitUntil(dialog.ticket.hasFocus)
    dialog.close()


def test_without_inputs_the_primary_has_the_focus(
    theme: Theme, icons: Icons, window: QMainWindow, qtbot: QtBot
) -> None:
    dialog = DialogFrame(theme, icons, "Undo the import?", primary="Undo", parent=window)
    dialog.open()
    qtbot.waitUntil(dialog.primary.hasFocus)
    dialog.close()


def test_escape_cancels(dialog: ResolveDialog, qtbot: QtBot) -> None:
    with qtbot.waitSignal(dialog.rejected):
        qtbot.keyClick(dialog.ticket, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_the_buttons_do_what_they_say(dialog: ResolveDialog, qtbot: QtBot) -> None:
    with qtbot.waitSignal(dialog.rejected):
        qtbot.mouseClick(dialog.cancel, Qt.MouseButton.LeftButton)
    dialog.open()
    with qtbot.waitSignal(dialog.accepted):
        qtbot.mouseClick(dialog.primary, Qt.MouseButton.LeftButton)


@pytest.mark.parametrize("name", ["ticket", "reason"])
def test_enter_in_an_input_presses_the_primary(name: str, dialog: ResolveDialog, qtbot: QtBot) -> None:
    widget = getattr(dialog, name)
    widget.setFocus()
    with qtbot.waitSignal(dialog.accepted):
        qtbot.keyClick(widget, Qt.Key.Key_Return)


def test_enter_in_a_text_of_several_lines_makes_a_line(dialog: ResolveDialog, qtbot: QtBot) -> None:
    dialog.comment.setFocus()
    qtbot.keyClicks(dialog.comment, "fee")
    qtbot.keyClick(dialog.comment, Qt.Key.Key_Return)
    assert dialog.isVisible()
    assert dialog.comment.toPlainText() == "fee\n"
    with qtbot.waitSignal(dialog.accepted):
        qtbot.keyClick(dialog.comment, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)


def test_enter_on_another_button_presses_that_one(dialog: ResolveDialog, qtbot: QtBot) -> None:
    dialog.cancel.setFocus()
    with qtbot.waitSignal(dialog.rejected), qtbot.assertNotEmitted(dialog.accepted):
        qtbot.keyClick(dialog.cancel, Qt.Key.Key_Return)


def test_a_primary_that_is_off_says_why_and_enter_does_nothing(dialog: ResolveDialog, qtbot: QtBot) -> None:
    dialog.set_primary("Check the file", enabled=False, reason="1 column needs a field")
    shown = [
        label
        for label in dialog.findChildren(object)
        if getattr(label, "text", str)() == "1 column needs a field"
    ]
    assert len(shown) == 1
    dialog.ticket.setFocus()
    for modifier in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier):
        qtbot.keyClick(dialog.ticket, Qt.Key.Key_Return, modifier)
    assert dialog.isVisible()
    dialog.set_primary(enabled=True)
    assert dialog.primary.accessibleName() == "Check the file"
    with qtbot.waitSignal(dialog.accepted):
        qtbot.keyClick(dialog.ticket, Qt.Key.Key_Return)


def test_side_action_and_secondary_stand_in_their_places(dialog: ResolveDialog, qtbot: QtBot) -> None:
    side = dialog.add_side_action("Save rejects as CSV…", "save")
    back = dialog.add_secondary("Back")
    qtbot.waitUntil(lambda: back.isVisible() and side.isVisible() and back.x() > 0)

    def left(button: QPushButton) -> int:
        return button.mapTo(dialog, QPoint(0, 0)).x()

    assert left(side) == 20
    assert left(side) < left(dialog.cancel) < left(back) < left(dialog.primary)
    assert left(dialog.primary) + dialog.primary.width() == dialog.width() - 20
    # Tab goes the way the eye does.
    dialog.cancel.setFocus()
    qtbot.keyClick(dialog.cancel, Qt.Key.Key_Tab)
    assert back.hasFocus()
    qtbot.keyClick(back, Qt.Key.Key_Tab)
    assert dialog.primary.hasFocus()


def test_ground_foot_and_edge_are_those_of_the_look(dialog: ResolveDialog, theme: Theme) -> None:
    for mode, roles in (("light", LIGHT), ("dark", DARK)):
        theme.set_mode("dark" if mode == "dark" else "light")
        image = dialog.grab().toImage()
        middle, foot = dialog.width() // 2, dialog.height() - DIALOG_FOOT
        assert image.pixelColor(middle, 4).name().upper() == roles.surface
        assert image.pixelColor(middle, foot).name().upper() == roles.line
        assert image.pixelColor(5, foot + 20).name().upper() == roles.alt
        assert image.pixelColor(middle, 0).name().upper() == roles.control
        assert image.pixelColor(0, 0).alpha() < 255


def test_the_window_behind_is_shaded_until_the_dialog_is_done(
    dialog: ResolveDialog, window: QMainWindow, qtbot: QtBot
) -> None:
    (scrim,) = window.findChildren(Scrim)
    assert scrim.geometry() == window.rect()
    plain = LIGHT.surface.lower()
    assert window.grab().toImage().pixelColor(5, 5).name() != plain
    window.resize(900, 650)
    qtbot.waitUntil(lambda: scrim.geometry() == window.rect())
    dialog.reject()
    qtbot.waitUntil(lambda: not window.findChildren(Scrim))
    assert window.grab().toImage().pixelColor(5, 5).name() == plain


def test_opened_again_it_shades_again(dialog: ResolveDialog, window: QMainWindow, qtbot: QtBot) -> None:
    dialog.reject()
    qtbot.waitUntil(lambda: not window.findChildren(Scrim))
    dialog.open()
    assert len(window.findChildren(Scrim)) == 1
    dialog.hide()
    qtbot.waitUntil(lambda: not window.findChildren(Scrim))


def test_it_fits_a_small_window_and_opens_without_one(theme: Theme, icons: Icons, qtbot: QtBot) -> None:
    small = QMainWindow()
    qtbot.addWidget(small)
    small.resize(460, 500)
    small.show()
    dialog = ResolveDialog(theme, icons, small)
    dialog.open()
    assert dialog.width() <= 460
    dialog.close()
    alone = DialogFrame(theme, icons, "Something went wrong", primary="Copy the report")
    qtbot.addWidget(alone)
    alone.open()
    assert alone.isVisible()
    assert isinstance(alone, QDialog)
    alone.close()


def test_a_long_fact_is_wrapped_and_shown_whole(
    theme: Theme, icons: Icons, window: QMainWindow, qtbot: QtBot
) -> None:
    short = DialogFrame(theme, icons, "Import", "One line.", primary="Import", parent=window)
    tall = DialogFrame(
        theme, icons, "Import", "A sentence that goes on and on. " * 12, primary="Import", parent=window
    )
    for dialog in (short, tall):
        dialog.open()
        dialog.close()
    assert tall.width() == short.width()
    assert tall.height() > short.height() + 40


def test_only_a_resizable_dialog_has_a_grip(
    theme: Theme, icons: Icons, window: QMainWindow, dialog: ResolveDialog
) -> None:
    assert dialog.findChildren(QSizeGrip) == []
    table = DialogFrame(theme, icons, "Rows", primary="Import", resizable=True, parent=window)
    table.open()
    (grip,) = table.findChildren(QSizeGrip)
    assert grip.isVisible()
    assert (table.rect().bottomRight() - grip.geometry().bottomRight()).manhattanLength() <= 2
    table.close()
