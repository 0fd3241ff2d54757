"""What each command runs; the names are those of `commands.COMMANDS`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPlainTextEdit, QTextEdit

from opspilot_desktop import operations, paths
from opspilot_desktop.domain.fields import Kind

from .flows.link_flow import LinkFlow
from .flows.profiles_flow import ProfilesFlow
from .panels.compare_table import ComparePart
from .tables.quick_filters import QuickFilter, field_is
from .tables.table_panel import TablePanel
from .theme import Mode

if TYPE_CHECKING:
    from .main_window import MainWindow


class Handling:
    """The commands of one window, most of them a word to a flow or a panel."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self._desk = window.desk
        self.links = LinkFlow(window.desk, window.history, window.runs, window.tables)
        self.links.changed.connect(window.refresh_commands)
        self.profiles = ProfilesFlow(window.desk)

    def handlers(self) -> dict[str, Callable[[], None]]:
        """A function for every command."""
        window, issues = self._window, self._window.issue_work
        return {
            "importTrades": lambda: window.imports.choose(Kind.TRADES),
            "importLedger": lambda: window.imports.choose(Kind.LEDGER),
            "newWorkspace": window.workspaces.make,
            "openWorkspace": window.workspaces.choose,
            "sourceProfiles": self.profiles.open,
            "exportTable": self._export,
            "watchedFolders": window.watching.open,
            "settings": window.preferences.open,
            "plugins": window.plugins.open,
            "quit": self._quit,
            "undo": window.history.undo,
            "redo": window.history.redo,
            "selectAll": self._select_all,
            "find": self._find,
            "filterByValue": self._filter_by_value,
            "clearFilter": lambda: self._table().filter_bar.set_filter("", ()),
            "palette": self._open_palette,
            "showTradesTab": lambda: window.show_tab(Kind.TRADES),
            "showLedgerTab": lambda: window.show_tab(Kind.LEDGER),
            "showIssuesTab": lambda: window.show_tab(Kind.ISSUES),
            "showImportsTab": lambda: window.show_tab(Kind.IMPORTS),
            "undoImport": lambda: window.import_history.undo(self._selected()[0]),
            "showImported": self._show_imported,
            "nextIssue": lambda: window.tables[Kind.ISSUES].step(1),
            "previousIssue": lambda: window.tables[Kind.ISSUES].step(-1),
            "resetColumns": self._reset_columns,
            "refresh": self._refresh,
            "themeLight": lambda: self._set_theme("light"),
            "themeDark": lambda: self._set_theme("dark"),
            "themeSystem": lambda: self._set_theme("system"),
            "reconcile": window.runs.start,
            "reconcileFull": lambda: window.runs.start(full=True),
            "runHistory": self._open_run_history,
            "rules": window.rules.open,
            "explainIssue": self.explain,
            "assignIssue": lambda: issues.assign(self._selected()),
            "investigateIssue": lambda: issues.investigate(self._selected()),
            "commentIssue": lambda: issues.comment(self._selected()),
            "resolveIssue": lambda: issues.resolve(self._selected()),
            "ignoreIssue": lambda: issues.ignore(self._selected()),
            "reopenIssue": lambda: issues.reopen(self._selected()),
            "showTrade": lambda: self._show_related(Kind.TRADES),
            "showEntries": lambda: self._show_related(Kind.LEDGER),
            "showIssues": lambda: self._show_related(Kind.ISSUES),
            "showCounterpart": self._show_counterpart,
            "linkEntry": lambda: self.links.link_entries(window.tab),
            "linkTrade": lambda: self.links.link_trade(window.tab),
            "unlinkEntry": lambda: self.links.unlink(window.tab),
            "copy": self._copy,
            "copyWithHeaders": lambda: self._table().copy_selection(headers=True),
            "toggleCopilot": lambda: window.dock.setVisible(not window.dock.isVisible()),
            "askCopilot": self._ask_copilot,
            "newChat": window.dock.new_chat,
            "loadSample": window.workspaces.load_sample,
            "about": self._about,
        }

    def _table(self) -> TablePanel:
        return self._window.tables[self._window.tab]

    def _selected(self) -> list[int]:
        return list(self._table().selected_ids())

    def _select_all(self) -> None:
        self._table().view.selectAll()

    def _reset_columns(self) -> None:
        self._table().view.layout_of_columns.reset()

    def _find(self) -> None:
        edit = self._table().filter_bar.edit
        edit.setFocus(Qt.FocusReason.ShortcutFocusReason)
        edit.selectAll()

    def activate(self, kind: Kind) -> None:
        """A row was double-clicked or Enter pressed: an issue is explained, a record shows its issues."""
        if kind is Kind.ISSUES:
            self.explain()
        elif kind is Kind.IMPORTS:
            self._show_imported()
        else:
            self._show_related(Kind.ISSUES)

    def explain(self) -> None:
        """Asks the copilot about the selected issue."""
        self._window.dock.show()
        self._window.watch.when_read(self._window.dock.explain)

    def _ask_copilot(self) -> None:
        self._window.dock.show()
        self._window.dock.focus_input()

    def _copy(self) -> None:
        """Copies what is selected where the keyboard is, else the rows of the table."""
        focus = QApplication.focusWidget()
        if isinstance(focus, QLabel) and focus.hasSelectedText():
            QApplication.clipboard().setText(focus.selectedText())
        elif isinstance(focus, QLineEdit | QTextEdit | QPlainTextEdit | ComparePart) and _has_selection(
            focus
        ):
            focus.copy()
        else:
            self._table().copy_selection()

    def _quit(self) -> None:
        self._window.close()

    def _export(self) -> None:
        self._window.workspaces.export(self._window.tab, self._table().query())

    def _refresh(self) -> None:
        self._table().refresh()
        self._window.watch.refresh()

    def _set_theme(self, mode: Mode) -> None:
        self._desk.settings.theme = mode
        self._desk.theme.set_mode(mode)
        self._window.refresh_commands()

    def show_filtered(self, tab: str, text: str) -> None:
        """Shows a tab with this filter, and nothing that is left of another."""
        kind = Kind(tab)
        self._window.show_tab(kind)
        self._window.tables[kind].show_usual(text)

    def _filter_by_value(self) -> None:
        """Keeps the rows that have the same value as the current cell."""
        from .tables.value_filter import same_as

        table, workspace, kind = self._table(), self._desk.workspace, self._window.tab
        row_id, place = table.current_id(), table.view.currentIndex().column()
        if row_id is None:
            return
        column = table.view.rows.columns[place]

        def show(found: list[tuple[Any, ...] | None]) -> None:
            if found[0] is None:
                return  # gone meanwhile, as the table shows by itself
            quick = same_as(kind, column, found[0][place])
            if quick is None:
                self._desk.say("Times differ from row to row; filter by a date or another value.")
            else:
                table.filter_bar.add_chip(quick)

        self._desk.read(
            lambda handle: operations.reading.PageReader(workspace, kind).rows([row_id], handle),
            show,
            key="value",
        )

    def _show_counterpart(self) -> None:
        self._show_related(Kind.LEDGER if self._window.tab is Kind.TRADES else Kind.TRADES)

    def _show_related(self, kind: Kind) -> None:
        """Shows what has the trade id of the current row, in another tab."""
        table, workspace, here = self._table(), self._desk.workspace, self._window.tab
        current = table.current_id()
        if current is None:
            return

        def show(trade_ids: list[str]) -> None:
            if trade_ids:
                self._window.show_tab(kind)
                self._window.tables[kind].show_only(field_is(kind, "trade_id", trade_ids[0]))

        self._desk.read(
            lambda handle: operations.reading.trade_ids_of(handle, workspace, here, [current]),
            show,
            key="related",
        )

    def _show_imported(self) -> None:
        """Shows the rows whose values an import wrote, in their own tab."""
        workspace, import_id = self._desk.workspace, self._table().current_id()
        if import_id is None:
            return

        def show(kind: Kind) -> None:
            self._window.show_tab(kind)
            self._window.tables[kind].show_only(field_is(kind, "import_id", str(import_id)))

        self._desk.read(
            lambda handle: operations.import_history.kind_of(handle, workspace, import_id),
            show,
            key="related",
        )

    def _open_run_history(self) -> None:
        from .flows.run_history_flow import RunHistoryFlow

        def show(quick: QuickFilter) -> None:
            self._window.show_tab(Kind.ISSUES)
            self._window.tables[Kind.ISSUES].show_only(quick)

        RunHistoryFlow(self._desk, lambda issue: self._go_to(Kind.ISSUES, issue), show).open()

    def _open_palette(self) -> None:
        from .palette import CommandPalette
        from .palette_search import PaletteSearch

        window, desk = self._window, self._desk
        palette = CommandPalette(
            desk.theme, desk.icons, window.actions_.palette_items(window.state()), parent=window
        )
        PaletteSearch(desk, palette, self._go_to)
        desk.open(palette)

    def _go_to(self, kind: Kind, row_id: int) -> None:
        self._window.show_tab(kind)
        self._window.tables[kind].focus_id(row_id)

    def _about(self) -> None:
        from .dialogs.about_dialog import AboutDialog

        workspace = self._desk.workspace

        def show(engine: str) -> None:
            self._desk.open(
                AboutDialog(
                    self._desk.theme,
                    self._desk.icons,
                    workspace=workspace.target,
                    database=engine,
                    data=paths.data(),
                    settings=paths.settings(),
                    logs=paths.logs(),
                    parent=self._window,
                )
            )

        self._desk.read(
            lambda handle: operations.reading.engine_version(handle, workspace), show, key="about"
        )

    def may_close(self) -> bool:
        """Whether the window may close while data are being stored: not before they are, or the job ends."""
        self._desk.show_message(
            "Data are being stored", "Wait until it has finished, or cancel it in the status bar, then quit."
        )
        return False


def _has_selection(widget: QLineEdit | QTextEdit | QPlainTextEdit | ComparePart) -> bool:
    if isinstance(widget, QLineEdit):
        return widget.hasSelectedText()
    if isinstance(widget, ComparePart):
        return widget.selectionModel().hasSelection()
    return widget.textCursor().hasSelection()
