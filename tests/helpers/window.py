"""Drives the window as a person would: what is clicked, typed and waited for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QContextMenuEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit, QMenu, QWidget
from pytestqt.qtbot import QtBot

from opspilot_desktop.domain.fields import Kind
from opspilot_desktop.ui.main_window import MainWindow

W = TypeVar("W", bound=QWidget)
WAIT_MS = 15_000


def shown(kind: type[W], name: str = "") -> W | None:
    """The visible widget of that class and object name, if there is one."""
    for widget in QApplication.allWidgets():
        if isinstance(widget, kind) and widget.isVisible() and (not name or widget.objectName() == name):
            return widget
    return None


def wait_for(qtbot: QtBot, kind: type[W], name: str = "") -> W:
    """Waits until such a widget is visible."""
    qtbot.waitUntil(lambda: shown(kind, name) is not None, timeout=WAIT_MS)
    found = shown(kind, name)
    assert found is not None
    return found


def wait_until(qtbot: QtBot, condition: Callable[[], bool]) -> None:
    """Waits until the condition holds."""
    qtbot.waitUntil(condition, timeout=WAIT_MS)


def settle(qtbot: QtBot, window: MainWindow) -> None:
    """Waits until no job runs and what they found is on screen."""
    for _ in range(3):
        wait_until(qtbot, lambda: not window.desk.runner.active)
        qtbot.wait(80)


def click(qtbot: QtBot, widget: QWidget) -> None:
    """Clicks with the left mouse button."""
    assert widget.isVisible(), f"{widget.objectName()} cannot be seen"
    assert widget.isEnabled(), f"{widget.objectName()} is off"
    qtbot.mouseClick(widget, Qt.MouseButton.LeftButton)


def press(qtbot: QtBot, key: Qt.Key, *modifiers: Qt.KeyboardModifier) -> None:
    """Presses a key where the keyboard is."""
    target = _keyboard(qtbot)
    held = Qt.KeyboardModifier.NoModifier
    for modifier in modifiers:
        held |= modifier
    qtbot.keyClick(target, key, held)


def _keyboard(qtbot: QtBot) -> QWidget:
    """Where the keyboard is. Off screen nobody gives it back when a dialog closes, as a desktop does."""
    popup = QApplication.activePopupWidget()
    if popup is not None:
        return popup
    top = QApplication.activeModalWidget() or shown(MainWindow)
    assert top is not None
    if QApplication.activeWindow() is not top:
        top.activateWindow()
        wait_until(qtbot, lambda: QApplication.activeWindow() is top)
    target = QApplication.focusWidget() or QApplication.activeWindow()
    assert target is not None
    return target


def type_text(qtbot: QtBot, text: str) -> None:
    """Types where the keyboard is."""
    qtbot.keyClicks(_keyboard(qtbot), text)


def choose_file(qtbot: QtBot, dialog_name: str, path: Path) -> None:
    """Types a path into a file dialog and presses Enter."""
    dialog = wait_for(qtbot, QFileDialog, dialog_name)
    edit = dialog.findChild(QLineEdit, "fileNameEdit")
    assert edit is not None
    edit.setCompleter(None)  # type: ignore[arg-type]  # its popup would take Enter for itself
    wait_until(qtbot, dialog.isActiveWindow)
    qtbot.wait(250)  # it lists the folder first, and puts the text back when it has
    edit.setFocus()
    edit.selectAll()
    qtbot.keyClicks(edit, str(path))
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    wait_until(qtbot, lambda: shown(QFileDialog, dialog_name) is None)


def open_row_menu(qtbot: QtBot, window: MainWindow, kind: Kind, row: int) -> QMenu:
    """Right-clicks a row of a table with the mouse."""
    view = window.tables[kind].view
    index = view.model().index(row, 1)
    view.scrollTo(index)
    at: QPoint = view.visualRect(index).center()
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=at)
    _ask_for_menu(view.viewport(), QContextMenuEvent.Reason.Mouse, at)
    return wait_for(qtbot, QMenu, "contextMenu")


def open_menu_by_key(qtbot: QtBot, window: MainWindow, kind: Kind) -> QMenu:
    """Presses the menu key in a table."""
    view = window.tables[kind].view
    assert view.hasFocus()
    _ask_for_menu(view, QContextMenuEvent.Reason.Keyboard, QPoint())
    return wait_for(qtbot, QMenu, "contextMenu")


def _ask_for_menu(widget: QWidget, reason: QContextMenuEvent.Reason, at: QPoint) -> None:
    """What the desktop sends after a right click or the menu key; synthetic clicks and keys do not."""
    QApplication.sendEvent(widget, QContextMenuEvent(reason, at, widget.mapToGlobal(at)))


def click_in_menu(qtbot: QtBot, menu: QMenu, action: QAction) -> None:
    """Clicks an entry of an open menu with the mouse."""
    assert action in menu.actions(), f"{action.objectName()} is not in the menu"
    assert action.isEnabled(), f"{action.objectName()} is off: {action.toolTip()}"
    at = menu.actionGeometry(action).center()
    qtbot.mouseMove(menu, at)
    qtbot.mouseClick(menu, Qt.MouseButton.LeftButton, pos=at)
