"""The tool bar: the workspace, the main verbs, undo, search and the copilot."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QMenu, QSizePolicy, QToolBar, QToolButton, QWidget

from opspilot_desktop.operations.workspace import Workspace

from .commands import Actions, plain
from .desk import Desk
from .measures import ICON, TOOL_BAR
from .style import set_property
from .widgets.buttons import ICON_GAP, make_primary
from .widgets.round_window import round_menu

SEARCH_WIDTH = 300


class ToolBar(QToolBar):
    """Not movable; its buttons are the window's commands."""

    def __init__(self, desk: Desk, actions: Actions, open_target: Callable[[str], None]) -> None:
        super().__init__("Tools")
        self.setObjectName("toolBar")
        self.setMovable(False)
        self.setFixedHeight(TOOL_BAR)
        self.setIconSize(QSize(ICON, ICON))
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self._desk = desk
        self._actions = actions
        self._open_target = open_target
        self.workspace = self._workspace_button()
        self.addWidget(self.workspace)
        self.addSeparator()
        for name in ("importTrades", "importLedger", "reconcile", "exportTable"):
            self._add(name)
        make_primary(self._button("reconcile"), desk.theme)
        desk.icons.bind(self._button("reconcile"), "reconcile", "on_accent")
        self.addSeparator()
        for name in ("undo", "redo"):
            self._add(name, text=False)
        stretch = QWidget()
        stretch.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.addWidget(stretch)
        self.search = self._search_button()
        self.addWidget(self.search)
        self._add("toggleCopilot")
        self._button("toggleCopilot").setText(f"{ICON_GAP}Copilot")

    def set_workspace(self, workspace: Workspace) -> None:
        """Shows which workspace is open."""
        self.workspace.setText(ICON_GAP + workspace.name.replace("&", "&&"))
        self.workspace.setAccessibleName(f"Workspace {workspace.name}")
        self.workspace.setToolTip(workspace.target)

    def _add(self, name: str, *, text: bool = True) -> None:
        self.addAction(self._actions[name])
        button = self._button(name)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setAccessibleName(plain(self._actions[name].text()))
        if text:
            label = plain(self._actions[name].text()).removesuffix("…").removesuffix(" table")
            self._actions[name].setIconText(ICON_GAP + label)
        else:
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)

    def _button(self, name: str) -> QToolButton:
        button = self.widgetForAction(self._actions[name])
        assert isinstance(button, QToolButton)
        return button

    def _workspace_button(self) -> QToolButton:
        button = QToolButton()
        button.setObjectName("workspaceButton")
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setIconSize(QSize(ICON, ICON))
        button.setFont(self._desk.theme.fonts.strong)
        set_property(button, "strong", True)
        self._desk.icons.bind(button, "database", "text")
        menu = QMenu(button)
        round_menu(menu)
        menu.aboutToShow.connect(lambda: self._fill_workspaces(menu))
        button.setMenu(menu)
        return button

    def _fill_workspaces(self, menu: QMenu) -> None:
        menu.clear()
        for target in self._desk.settings.recent_workspaces:
            name = Path(target).stem or target
            action = menu.addAction(name.replace("&", "&&"))
            action.setToolTip(target)
            action.setCheckable(True)
            action.setChecked(target == self._desk.workspace.database.target)
            action.triggered.connect(lambda _on=False, target=target: self._open_target(target))
        if not menu.isEmpty():
            menu.addSeparator()
        menu.addAction(self._actions["newWorkspace"])
        menu.addAction(self._actions["openWorkspace"])

    def _search_button(self) -> QToolButton:
        button = QToolButton()
        button.setObjectName("searchButton")
        button.setDefaultAction(self._actions["palette"])
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._actions["palette"].setIconText(f"{ICON_GAP}Search or run a command")
        button.setFixedWidth(SEARCH_WIDTH)
        set_property(button, "kind", "search")
        return button
