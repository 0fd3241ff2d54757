"""The window: assembly only. What it does stands in the flows, what it shows in the panels."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QMainWindow, QMenu, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from opspilot_desktop.copilot.keychain import Keychain
from opspilot_desktop.copilot.models import model
from opspilot_desktop.copilot.session import Session
from opspilot_desktop.domain.fields import RECORDS, Kind
from opspilot_desktop.domain.jobs import Changes

from .commands import MENUS, Actions
from .desk import Desk
from .flows.import_flow import ImportFlow
from .flows.import_history_flow import ImportHistoryFlow
from .flows.issue_flow import IssueFlow
from .flows.plugins_flow import PluginsFlow
from .flows.reconcile_flow import ReconcileFlow
from .flows.rules_flow import RulesFlow
from .flows.settings_flow import SettingsFlow
from .flows.watch_flow import WatchFlow
from .flows.workspace_flow import WorkspaceFlow
from .handlers import Handling
from .jobs_shown import JobsShown
from .measures import DETAIL, DOCK, DOCK_NARROW, MENU_BAR
from .panels.copilot_dock import CopilotDock
from .panels.dashboard import Dashboard
from .panels.empty_state import EmptyState
from .panels.issue_panel import IssuePanel
from .panels.job_bar import JobBar
from .places import TABS, place, remember_places
from .selection_watch import SelectionWatch
from .situation_watch import SituationWatch
from .state import State
from .sum_watch import SumWatch
from .tables.table_panel import TablePanel
from .tool_bar import ToolBar
from .undo import UndoHistory
from .widgets.round_window import round_menu
from .widgets.tab_bar import TabBar
from .words import rows

NARROW_WIDTH, NARROW_HEIGHT = 1360, 800


class MainWindow(QMainWindow):
    """Puts panels, flows and commands together. `shown` is emitted once, when it is first on screen."""

    shown = Signal()

    def __init__(self, desk: Desk, keychain: Keychain) -> None:
        super().__init__()
        self.desk = desk
        self._narrow: bool | None = None
        self._just_opened = True
        desk.window = self
        self.setObjectName("mainWindow")
        self.setAccessibleName("OpsPilot Desktop")
        self.setWindowIcon(desk.icons.application_icon())
        self.setAcceptDrops(True)
        self._make_panels(Session(keychain, model(desk.settings.model)))
        self._make_flows(keychain)
        self.handling = Handling(self)
        views = {kind: table.view for kind, table in self.tables.items()}
        self.actions_ = Actions(self, desk.icons, self.handling.handlers(), views)
        self._make_menus()
        self.tool_bar = ToolBar(desk, self.actions_, self.workspaces.open_target)
        self.addToolBar(self.tool_bar)
        self._lay_out()
        self._connect()
        place(self)
        self._name_workspace()
        self.shown.connect(desk.runner.release)
        self.watch.restart()

    # Parts

    def _make_panels(self, session: Session) -> None:
        desk = self.desk
        self.session = session
        self.dashboard = Dashboard(desk.theme, desk.icons)
        self.tabs = TabBar(desk.theme)
        self.tabs.setObjectName("mainTabs")
        self.tabs.setAccessibleName("Tables")
        for kind in TABS:
            self.tabs.addTab(RECORDS[kind].label)
        self.tables = {kind: self._table(kind) for kind in TABS}
        self.issue_panel = IssuePanel(desk.theme, desk.icons, desk.pills)
        self.empty = EmptyState(desk.theme, desk.icons)
        self.dock = CopilotDock(desk.theme, desk.icons, session, self)
        self.job_bar = JobBar(desk.theme, desk.icons, desk.workspace.user)
        self.jobs = JobsShown(desk.runner, self.job_bar)

    def _table(self, kind: Kind) -> TablePanel:
        desk = self.desk
        return TablePanel(
            desk.workspace,
            kind,
            desk.runner,
            desk.theme,
            desk.icons,
            desk.pills,
            table_name=f"{kind.value}Table",
            filter_name=f"{kind.value}Filter",
        )

    def _make_flows(self, keychain: Keychain) -> None:
        self.history = UndoHistory(self.desk)
        self.imports = ImportFlow(self.desk)
        self.issue_work = IssueFlow(self.desk, self.history)
        self.runs = ReconcileFlow(self.desk, self.imports)
        self.import_history = ImportHistoryFlow(self.desk, self.runs)
        self.rules = RulesFlow(self.desk, self.runs.start)
        self.workspaces = WorkspaceFlow(self.desk)
        self.preferences = SettingsFlow(self.desk, keychain)
        self.plugins = PluginsFlow(self.desk)
        self.watching = WatchFlow(self.desk)
        self.watch = SituationWatch(self.desk)
        self.selection = SelectionWatch(self.desk, self.tables[Kind.ISSUES])
        self.sums = SumWatch(self.desk, self.tables, self.job_bar, lambda: self.tab)

    def _make_menus(self) -> None:
        bar = self.menuBar()
        bar.setMinimumHeight(MENU_BAR)
        for title in MENUS:
            menu = bar.addMenu(title)
            menu.setToolTipsVisible(True)
            round_menu(menu)
            self.actions_.fill_menu(menu, title)

    def _lay_out(self) -> None:
        self.splitter = QSplitter(Qt.Orientation.Vertical)
        self.splitter.setObjectName("issueSplitter")
        self.splitter.setChildrenCollapsible(False)
        self.splitter.addWidget(self.tables[Kind.ISSUES])
        self.splitter.addWidget(self.issue_panel)
        self.splitter.setStretchFactor(0, 1)
        self.splitter.setSizes([DETAIL * 2, DETAIL])
        self.issues_page = QStackedWidget()
        self.issues_page.addWidget(self.splitter)
        self.issues_page.addWidget(self.empty)
        self.pages = QStackedWidget()
        for kind in TABS:
            self.pages.addWidget(self.issues_page if kind is Kind.ISSUES else self.tables[kind])
        central = QWidget()
        column = QVBoxLayout(central)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.plugins.area)
        column.addWidget(self.dashboard)
        column.addWidget(self.tabs)
        column.addWidget(self.pages, 1)
        self.setCentralWidget(central)
        self.setStatusBar(self.job_bar)
        self.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, self.dock)
        self.resizeDocks([self.dock], [DOCK], Qt.Orientation.Horizontal)

    def _connect(self) -> None:
        self.tabs.currentChanged.connect(self._show_tab)
        for kind, table in self.tables.items():
            table.selectionChanged.connect(lambda _count: self.refresh_commands())
            table.menuRequested.connect(lambda at, kind=kind: self.open_context_menu(kind, at))
            table.countsChanged.connect(lambda _shown, _all: self._show_position())
            table.rowActivated.connect(lambda _id, kind=kind: self.handling.activate(kind))
            table.copied.connect(lambda count: self.desk.say(f"{rows(count)} copied."))
            table.problem.connect(self.desk.show_error)
        issues = self.tables[Kind.ISSUES]
        issues.currentChanged.connect(self._select_issue)
        self.watch.overviewChanged.connect(self._show_overview)
        self.watch.detailChanged.connect(self._show_detail)
        self.selection.changed.connect(self.refresh_commands)
        self.desk.runner.changed.connect(self._on_changes)
        self.jobs.writingChanged.connect(self.refresh_commands)
        self.desk.said.connect(self.job_bar.say)
        self.desk.workspaceChanged.connect(self._show_workspace)
        self.history.changed.connect(self.refresh_commands)
        self.preferences.keyChanged.connect(self.dock.key_changed)
        self.preferences.modelChanged.connect(self._change_model)
        self.dashboard.filterRequested.connect(self.handling.show_filtered)
        self.runs.showIssuesRequested.connect(lambda text: self.handling.show_filtered("issues", text))
        self.dock.settingsRequested.connect(self.preferences.open)
        for table in self.tables.values():
            table.filter_bar.changed.connect(self._mark_tile)
        self.dock.visibilityChanged.connect(self.actions_["toggleCopilot"].setChecked)
        self._connect_panels()

    def _connect_panels(self) -> None:
        panel, empty, run = self.issue_panel, self.empty, self._trigger
        panel.explainRequested.connect(lambda _id: self.handling.explain())
        panel.commentRequested.connect(lambda number: self.issue_work.comment([number]))
        panel.resolveRequested.connect(lambda number: self.issue_work.resolve([number]))
        panel.previousRequested.connect(run("previousIssue"))
        panel.nextRequested.connect(run("nextIssue"))
        empty.importTradesRequested.connect(run("importTrades"))
        empty.importLedgerRequested.connect(run("importLedger"))
        empty.reconcileRequested.connect(run("reconcile"))
        empty.sampleRequested.connect(run("loadSample"))
        empty.openRequested.connect(run("openWorkspace"))

    def _change_model(self, name: str) -> None:
        self.session.set_model(model(name))
        self.dock.new_chat()

    def _trigger(self, name: str) -> Callable[[], None]:
        return self.actions_[name].trigger

    # What is shown

    @property
    def tab(self) -> Kind:
        """The tab that is open."""
        return TABS[self.tabs.currentIndex()]

    def show_tab(self, kind: Kind) -> None:
        """Opens a tab and gives the keyboard to its table."""
        self.tabs.setCurrentIndex(TABS.index(kind))
        self.tables[kind].focus_table()

    def _show_tab(self, index: int) -> None:
        self.pages.setCurrentIndex(index)
        self._mark_tile()
        self.refresh_commands()
        self.sums.look_again()

    def _mark_tile(self) -> None:
        """The tile whose filter is in force is marked."""
        self.dashboard.set_active_filter(self.tab.value, self.tables[self.tab].filter_bar.text)

    def _show_workspace(self) -> None:
        """A workspace was opened: every part shows that one."""
        self._name_workspace()
        self._just_opened = True
        self.desk.close_dialogs()  # they ask about the workspace before
        self.imports.close()
        for table in self.tables.values():
            table.set_workspace(self.desk.workspace)
        self.dock.new_chat()
        self.watch.restart()

    def _name_workspace(self) -> None:
        workspace = self.desk.workspace
        self.setWindowTitle(f"{workspace.name} – OpsPilot Desktop")
        self.tool_bar.set_workspace(workspace)
        self.job_bar.set_user(workspace.user)
        self.refresh_commands()

    def _show_overview(self) -> None:
        overview = self.watch.overview
        self.dashboard.set_overview(overview)
        self.dashboard.setVisible(bool(overview.trades or overview.ledger_entries))
        open_issues = sum(overview.open_by_severity.values())
        for index, count in enumerate((overview.trades, overview.ledger_entries, open_issues)):
            self.tabs.set_count(index, f"{count:,}" if count or overview.last_run else "")
        self.empty.set_progress(overview.trades, overview.ledger_entries, busy=self.jobs.is_writing)
        unused = overview.last_run is None and not sum(overview.issues_by_status.values())
        unused = unused and self.watch.is_known
        self.issues_page.setCurrentWidget(self.empty if unused else self.splitter)
        self.dock.set_situation(overview, self.watch.detail)
        self.refresh_commands()

    def _select_issue(self, issue_id: int | None) -> None:
        self.watch.select(issue_id)
        if self.watch.status is None:  # until it is read, a question is not about the issue before
            self.dock.set_situation(self.watch.overview, None)

    def _show_detail(self) -> None:
        self.issue_panel.set_detail(self.watch.detail, *self.tables[Kind.ISSUES].position())
        self.dock.set_situation(self.watch.overview, self.watch.detail)
        self.refresh_commands()

    def _show_position(self) -> None:
        issues = self.tables[Kind.ISSUES]
        if self._just_opened and issues.position()[1]:
            self._just_opened = False
            if issues.current_id() is None:
                issues.step(1)
        self.issue_panel.set_position(*self.tables[Kind.ISSUES].position())
        self.refresh_commands()

    def _on_changes(self, changes: Changes) -> None:
        for table in self.tables.values():
            table.on_changes(changes)
        self.watch.refresh()

    def state(self) -> State:
        """What decides which commands make sense now."""
        overview = self.watch.overview
        return State(
            tab=self.tab,
            selected=self.tables[self.tab].selected_count(),
            statuses=self.selection.statuses,
            trades=overview.trades,
            entries=overview.ledger_entries,
            issues=sum(overview.issues_by_status.values()),
            next_undo=self.history.next_undo,
            next_redo=self.history.next_redo,
            writing=self.jobs.is_writing,
            links=self.handling.links.offer(self.tab),
        )

    def refresh_commands(self) -> None:
        """Switches the commands, and what shows the selection, by the window's state."""
        state = self.state()
        self.actions_.refresh(state)
        shown = self.tables[self.tab].position()[1]
        chosen = f"{state.selected:,} selected of {shown:,}" if state.selected else ""
        self.job_bar.set_selection(chosen)
        for mode in ("light", "dark", "system"):
            self.actions_[f"theme{mode.capitalize()}"].setChecked(self.desk.theme.mode == mode)

    def open_context_menu(self, kind: Kind, at: QPoint) -> QMenu:
        """Opens the menu of the selected rows, without blocking."""
        menu = QMenu(self)
        menu.setObjectName("contextMenu")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setToolTipsVisible(True)
        round_menu(menu)
        self.actions_.fill_context_menu(menu, kind)
        menu.popup(at)
        return menu

    # Qt calls these

    def showEvent(self, event: QShowEvent) -> None:
        """Gives the keyboard to the table and says that the window is there."""
        super().showEvent(event)
        if not event.spontaneous():
            self.tables[self.tab].focus_table()
            QTimer.singleShot(0, self.shown.emit)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Says the same with less in a narrow window."""
        super().resizeEvent(event)
        narrow = self.width() < NARROW_WIDTH or self.height() < NARROW_HEIGHT
        if narrow == self._narrow:
            return
        self._narrow = narrow
        self.dashboard.set_narrow(narrow)
        self.issue_panel.set_narrow(narrow)
        for table in self.tables.values():
            table.set_narrow(narrow)
        self.resizeDocks([self.dock], [DOCK_NARROW if narrow else DOCK], Qt.Orientation.Horizontal)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Accepts files from this computer."""
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Imports the files that were dropped."""
        files = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        event.acceptProposedAction()
        self.imports.drop(files)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Asks first if data are being stored; then remembers where things were and ends every job."""
        if self.jobs.is_writing and not self.handling.may_close():
            event.ignore()
            return
        remember_places(self)
        self.desk.close_dialogs()
        self.imports.close()
        self.desk.runner.shutdown()
        self.watching.close()
        self.session.close()
        self.desk.workspace.close()
        super().closeEvent(event)
