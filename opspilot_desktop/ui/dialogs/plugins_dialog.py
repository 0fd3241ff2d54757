"""The plug-ins that were found: what they bring, how they stand, and switching them on and off."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from opspilot_desktop.domain.clock import local_minute
from opspilot_desktop.domain.issues import type_label
from opspilot_desktop.domain.text import visible
from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.theme import Theme
from opspilot_desktop.ui.widgets.buttons import set_button_text
from opspilot_desktop.ui.widgets.edges import boxed
from opspilot_desktop.ui.widgets.plain_label import plain_label

from .frame import DialogFrame
from .list_table import Column, ListTable

WIDTH = 680
TABLE_HEIGHT = 180
_COLUMNS = (Column("Plug-in"), Column("State"), Column("Rules", widest=0))


class PluginState(Protocol):
    """What is shown of a plug-in; see operations.plugins."""

    @property
    def name(self) -> str:
        """Its name."""
        ...

    @property
    def where(self) -> str:
        """The file, or the distribution, it comes from."""
        ...

    @property
    def rules(self) -> tuple[str, ...]:
        """The types of issues it brings."""
        ...

    @property
    def is_on(self) -> bool:
        """Whether any of its rules is switched on."""
        ...

    @property
    def state(self) -> str:
        """How it stands, in a word or two."""
        ...

    @property
    def problem(self) -> str:
        """Why it does not work."""
        ...

    @property
    def failed_at(self) -> str:
        """When it failed in a run and was switched off."""
        ...

    @property
    def failed_for(self) -> str:
        """In whose run that was."""
        ...


class PluginsDialog(DialogFrame):
    """``switchRequested(name, on)`` comes with the primary button, which closes the dialog."""

    switchRequested = Signal(str, bool)

    def __init__(
        self,
        theme: Theme,
        icons: Icons,
        *,
        plugins: Sequence[PluginState],
        folder: Path,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(
            theme,
            icons,
            "Plug-ins",
            f"Rules of your own. A plug-in is a file in {visible(str(folder))}; its rules run once they are"
            " switched on. It may do whatever you may: use only what you trust.",
            primary="Switch on",
            cancel="Close",
            icon=("wrench", "link"),
            width=WIDTH,
            parent=parent,
        )
        self.setObjectName("pluginsDialog")
        self.primary.setObjectName("pluginsSwitch")
        self.cancel.setObjectName("pluginsClose")
        self._plugins = list(plugins)
        self._folder = folder
        rows = [(one.name, one.state, ", ".join(map(type_label, one.rules)) or "–") for one in plugins]
        self.table = ListTable(theme, icons, _COLUMNS, rows, sort_by=None)
        self.table.setObjectName("pluginsTable")
        self.table.setAccessibleName("Plug-ins")
        self.note = plain_label(font=theme.fonts.small, wrap=True)
        self.note.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.copy = self.add_side_action("Copy the folder's path", "copy")
        self.copy.setObjectName("pluginsCopy")
        self.copy.clicked.connect(self._copy)
        self._lay_out_body()
        self.table.selectionModel().currentRowChanged.connect(lambda _now, _before: self._show_selected())
        if rows:
            self.table.select_row(0)
        self._show_selected()
        self.set_first_focus(self.table if rows else self.cancel)

    def submit(self) -> None:
        """Asks to switch the selected plug-in, and closes."""
        plugin = self._selected()
        if plugin is not None:
            self.switchRequested.emit(plugin.name, _is_to_switch_on(plugin))
            self.accept()

    def _selected(self) -> PluginState | None:
        row = self.table.currentIndex().row()
        return self._plugins[row] if 0 <= row < len(self._plugins) else None

    def _show_selected(self) -> None:
        plugin = self._selected()
        if plugin is None:
            self.note.setText("No plug-in was found. docs/plugins.md walks through writing one.")
            self.set_primary("Switch on", enabled=False)
            return
        self.note.setText(visible(_told(plugin)))
        usable = bool(plugin.rules)
        self.set_primary("Switch on" if _is_to_switch_on(plugin) else "Switch off", enabled=usable)
        self.primary.setToolTip("" if usable else "Mend it first; its file is read again at the next look")

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(str(self._folder))
        set_button_text(self.copy, "Copied")

    def _lay_out_body(self) -> None:
        edge = boxed(self.table)
        edge.setMinimumHeight(TABLE_HEIGHT)
        self.note.setMinimumHeight(3 * self.note.fontMetrics().lineSpacing())
        self.note.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.body.setSpacing(10)
        self.body.addWidget(edge, 1)
        self.body.addWidget(self.note)


def _is_to_switch_on(plugin: PluginState) -> bool:
    return bool(plugin.failed_at) or not plugin.is_on


def _told(plugin: PluginState) -> str:
    """Where it comes from and, if it does not work, why."""
    where = f"From {plugin.where}."
    if plugin.failed_at:
        when = f"on {local_minute(plugin.failed_at)}, in the run of {plugin.failed_for}"
        return f"{where} It failed and was switched off {when}: {plugin.problem}."
    return f"{where} It cannot be used: {plugin.problem}." if plugin.problem else where
