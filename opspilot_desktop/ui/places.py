"""Where the window and its parts were, kept from one start to the next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray

from opspilot_desktop.domain.fields import Kind

if TYPE_CHECKING:
    from .main_window import MainWindow

TABS = (Kind.TRADES, Kind.LEDGER, Kind.ISSUES, Kind.IMPORTS)
"""The tabs, from left to right."""
_VERSION = 1  # of what saveState means


def place(window: MainWindow) -> None:
    """Puts everything where it was when the program was last closed."""
    settings = window.desk.settings
    window.resize(1440, 900)
    window.restoreGeometry(_bytes(settings.get("geometry")))
    window.restoreState(_bytes(settings.get("window")), _VERSION)
    window.splitter.restoreState(_bytes(settings.get("splitter")))
    for kind, table in window.tables.items():
        table.restore_state(settings.get(f"table-{kind.value}"))
    tab = settings.get("tab", Kind.ISSUES.value)
    index = next((index for index, kind in enumerate(TABS) if kind.value == tab), TABS.index(Kind.ISSUES))
    window.tabs.setCurrentIndex(index)
    window.pages.setCurrentIndex(index)


def remember_places(window: MainWindow) -> None:
    """Keeps where everything is, for the next start."""
    settings = window.desk.settings
    settings.set("geometry", _text(window.saveGeometry()))
    settings.set("window", _text(window.saveState(_VERSION)))
    settings.set("splitter", _text(window.splitter.saveState()))
    for kind, table in window.tables.items():
        settings.set(f"table-{kind.value}", table.save_state())
    settings.set("tab", window.tab.value)
    settings.save()


def _bytes(text: str) -> QByteArray:
    return QByteArray.fromBase64(text.encode("ascii", "ignore"))


def _text(data: QByteArray) -> str:
    return data.toBase64().toStdString()
