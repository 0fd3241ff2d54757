"""Plug-ins in the window: the banner that names those that do not work, and the list of all."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QFrame, QVBoxLayout

from opspilot_desktop import operations
from opspilot_desktop.domain.jobs import Changes, Handle
from opspilot_desktop.domain.text import visible
from opspilot_desktop.ui.desk import Desk
from opspilot_desktop.ui.measures import PAGE_GUTTER
from opspilot_desktop.ui.widgets.banner import Banner

if TYPE_CHECKING:
    from opspilot_desktop.operations.plugins import PluginState


class PluginsFlow(QObject):
    """Looks for plug-ins once the window has shown everything else, and again after every write."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._desk = desk
        self._dismissed: frozenset[tuple[str, str]] = frozenset()
        self._shown: frozenset[tuple[str, str]] = frozenset()
        self.banner = Banner(desk.theme, desk.icons, "warn", closable=True)
        self.banner.setObjectName("pluginsBanner")
        self.area = QFrame()
        self.area.setProperty("ground", "bg")
        """Holds the banner within the window's gutter; hidden while every plug-in works."""
        row = QVBoxLayout(self.area)
        row.setContentsMargins(PAGE_GUTTER, PAGE_GUTTER, PAGE_GUTTER, 0)
        row.addWidget(self.banner)
        self.area.hide()
        self.banner.closed.connect(self._dismiss)
        desk.workspaceChanged.connect(self.look)
        desk.runner.changed.connect(lambda _changes: self.look())
        desk.runner.becameIdle.connect(self.look, Qt.ConnectionType.SingleShotConnection)

    def look(self) -> None:
        """Looks how the plug-ins stand, in a worker."""
        workspace = self._desk.workspace

        def job(handle: Handle) -> Sequence[PluginState]:
            return operations.plugins.list_plugins(handle, workspace)

        self._desk.read(job, self._show_problems, key="plugins")

    def open(self) -> None:
        """Shows the list of plug-ins."""
        workspace = self._desk.workspace

        def job(handle: Handle) -> tuple[Sequence[PluginState], Path]:
            found = operations.plugins.list_plugins(handle, workspace)
            return found, workspace.plugins.folder

        self._desk.read(job, self._show, key="pluginsDialog")

    def _show(self, found: tuple[Sequence[PluginState], Path]) -> None:
        from opspilot_desktop.ui.dialogs.plugins_dialog import PluginsDialog

        plugins, folder = found
        dialog = PluginsDialog(
            self._desk.theme, self._desk.icons, plugins=plugins, folder=folder, parent=self._desk.window
        )
        dialog.switchRequested.connect(self._switch)
        self._desk.open(dialog)

    def _switch(self, name: str, on: bool) -> None:
        workspace = self._desk.workspace

        def job(handle: Handle) -> Changes:
            return operations.plugins.switch_plugin(workspace, name, on=on, handle=handle)

        word = "on" if on else "off"
        sentence = f"The plug-in {visible(name)} is {word}; the next run checks everything."
        self._desk.write(f"Switching a plug-in {word}", job, lambda _done: self._desk.say(sentence))

    def _dismiss(self) -> None:
        """The person has read it: it comes back when there is something else to say."""
        self._dismissed = self._shown
        self.area.hide()

    def _show_problems(self, plugins: Sequence[PluginState]) -> None:
        failing = [one for one in plugins if one.problem]
        self._shown = frozenset((one.name, one.problem) for one in failing)
        self.banner.clear_actions()
        if not failing or self._shown == self._dismissed:
            self.area.hide()
            return
        self.banner.set_message(visible(_sentence(failing)))
        if len(failing) == 1 and failing[0].failed_at:
            name = failing[0].name
            self.banner.add_action("Switch on").clicked.connect(lambda: self._switch(name, True))
        self.banner.add_action("Show plug-ins").clicked.connect(self.open)
        self.banner.show()
        self.area.show()


def _sentence(failing: Sequence[PluginState]) -> str:
    if len(failing) > 1:
        return f"{len(failing)} plug-ins do not work: {', '.join(one.name for one in failing)}"
    (plugin,) = failing
    if plugin.failed_at:
        return f"The plug-in {plugin.name} failed and was switched off: {plugin.problem}"
    return f"The plug-in {plugin.name} cannot be used: {plugin.problem}"
