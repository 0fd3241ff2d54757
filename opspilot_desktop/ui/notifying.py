"""Tells something to a person who looks at another window, by the desktop's own means."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QSystemTrayIcon, QWidget


class Notifier(QObject):
    """Does nothing where the desktop shows no such messages, and while the window is the active one."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._tray: QSystemTrayIcon | None = None

    def tell(self, title: str, sentence: str) -> None:
        """Shows a message; a click on it brings the window forward."""
        if self._window.isActiveWindow() or not _is_possible():
            return
        if self._tray is None:
            self._tray = QSystemTrayIcon(self._window.windowIcon(), self)
            self._tray.messageClicked.connect(self._come_forward)
            self._tray.activated.connect(lambda _reason: self._come_forward())
        self._tray.show()
        self._tray.showMessage(title, sentence, self._window.windowIcon())

    def close(self) -> None:
        """Takes the icon away that messages come from."""
        if self._tray is not None:
            self._tray.hide()

    def _come_forward(self) -> None:
        self._window.show()
        self._window.raise_()
        self._window.activateWindow()
        self.close()


def _is_possible() -> bool:
    return QSystemTrayIcon.isSystemTrayAvailable() and QSystemTrayIcon.supportsMessages()
