"""The tool bar: the workspace, the main verbs, undo, search and the copilot."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import (
    QAbstractButton,
    QHBoxLayout,
    QMenu,
    QPushButton,
    QSizePolicy,
    QToolBar,
    QToolButton,
    QWidget,
)

from opspilot_desktop.operations.workspace import Workspace

from .commands import Actions, plain
from .desk import Desk
from .measures import CONTROL, ICON, TOOL_BAR
from .style import set_property
from .widgets.buttons import ICON_GAP, icon_button, text_button
from .widgets.plain_label import plain_label, plain_tool_tip
from .widgets.round_window import round_menu

SEARCH_WIDTH = 300
WORKSPACE_WIDTH = 240
_GAP = 8


class ToolBar(QToolBar):
    """Not movable; its buttons run the window's commands and are on and off with them."""

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
        self._add("importTrades", "Import trades")
        self._add("importLedger", "Import ledger")
        self.reconcile = text_button(desk.icons, "Reconcile", "reconcile", kind="primary")
        self._follow(self.reconcile, "reconcile", "reconcileButton")
        self._add("exportTable", "Export")
        self.addSeparator()
        for name in ("undo", "redo"):
            self._follow(icon_button(desk.icons, name, name.capitalize()), name, f"{name}Button")
        stretch = QWidget()
        stretch.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.addWidget(stretch)
        self.search = self._search_button()
        self._follow(self.search, "palette", "searchButton")
        self._add("toggleCopilot", "Copilot")

    def set_workspace(self, workspace: Workspace) -> None:
        """Shows which workspace is open."""
        metrics = self.workspace.fontMetrics()
        shown = metrics.elidedText(workspace.name, Qt.TextElideMode.ElideMiddle, WORKSPACE_WIDTH)
        self.workspace.setText(ICON_GAP + shown.replace("&", "&&"))
        self.workspace.setAccessibleName(f"Workspace {workspace.name}")
        self.workspace.setToolTip(plain_tool_tip(workspace.target))

    def _add(self, name: str, label: str) -> None:
        """Adds a command as a plain button of the bar."""
        action = self._actions[name]
        action.setIconText(ICON_GAP + label)  # Qt trims a gap that stands in the text itself
        self.addAction(action)
        button = self.widgetForAction(action)
        assert button is not None
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setAccessibleName(plain(action.text()))

    def _follow(self, button: QAbstractButton, name: str, object_name: str) -> None:
        """Adds a button that is not Qt's own for the action, and keeps the two alike."""
        action = self._actions[name]
        button.setObjectName(object_name)
        button.clicked.connect(action.trigger)

        def refresh() -> None:
            button.setEnabled(action.isEnabled())
            button.setToolTip(action.toolTip())

        action.changed.connect(refresh)
        refresh()
        self.addWidget(_with_room(button))

    def _workspace_button(self) -> QToolButton:
        button = QToolButton()
        button.setObjectName("workspaceButton")
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setIconSize(QSize(ICON, ICON))
        button.setFont(self._desk.theme.fonts.strong)
        self._desk.icons.bind(button, "database", "text")
        menu = QMenu(button)
        round_menu(menu)
        menu.setToolTipsVisible(True)
        menu.aboutToShow.connect(lambda: self._fill_workspaces(menu))
        button.setMenu(menu)
        return button

    def _fill_workspaces(self, menu: QMenu) -> None:
        menu.clear()
        for target in self._desk.settings.recent_workspaces:
            menu.addAction(self._workspace_action(menu, target))
        if not menu.isEmpty():
            menu.addSeparator()
        menu.addAction(self._actions["newWorkspace"])
        menu.addAction(self._actions["openWorkspace"])

    def _workspace_action(self, menu: QMenu, target: str) -> QAction:
        action = QAction((Path(target).stem or target).replace("&", "&&"), menu)
        action.setToolTip(target)
        action.setCheckable(True)
        action.setChecked(target == self._desk.workspace.path)
        action.triggered.connect(lambda: self._open_target(target))
        return action

    def _search_button(self) -> QPushButton:
        button = text_button(self._desk.icons, "Search or run a command", "search")
        set_property(button, "kind", "search")
        button.setFixedWidth(SEARCH_WIDTH)
        keys = self._actions["palette"].shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        hint = plain_label(keys, tone="dim", font=self._desk.theme.fonts.small)
        hint.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        row = QHBoxLayout(button)
        row.setContentsMargins(0, 0, _GAP, 0)
        row.addStretch(1)
        row.addWidget(hint)
        return button


def _with_room(button: QAbstractButton) -> QWidget:
    """The button with a little room at its sides, which a tool bar gives only to its own buttons."""
    room = QWidget()
    row = QHBoxLayout(room)
    row.setContentsMargins(_GAP // 4, 0, _GAP // 4, 0)
    row.addWidget(button)
    if isinstance(button, QPushButton):
        button.setFixedHeight(CONTROL)
    return room
