"""Every command of the window, declared once: name, text, key, icon, where it shows, when it can run."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from opspilot_desktop.domain.fields import Kind
from opspilot_desktop.domain.issues import IssueAction

from . import state as need
from .icons import Icons
from .palette_list import PaletteItem
from .state import State

MENUS = ("&File", "&Edit", "&View", "&Issues", "&Copilot", "&Help")
_ISSUES, _RECORDS, _IMPORTS = (Kind.ISSUES,), (Kind.TRADES, Kind.LEDGER), (Kind.IMPORTS,)
_EVERYWHERE = (*_RECORDS, *_ISSUES, *_IMPORTS)
_SHOWS, _LAST = 5, 9  # groups of a context menu: what only shows something, what is copied


@dataclass(frozen=True)
class Command:
    """One command. `menu` is its menu in the menu bar, `tables` the tables whose context menu has it;
    `group` puts a line between commands of different groups. `key` may be several, with spaces between;
    the first is the one shown. `table_key` means that its key works only
    while one of those tables has the keyboard, as single letters must."""

    name: str
    text: str
    menu: str
    group: int
    key: str = ""
    icon: str = ""
    tables: tuple[Kind, ...] = ()
    table_key: bool = False
    why_not: Callable[[State], str] = need.always
    context_group: int | None = None

    @property
    def place_in_context_menu(self) -> int:
        """Its group there, where one may stand elsewhere than in the menu bar."""
        return self.group if self.context_group is None else self.context_group


COMMANDS = (
    Command("importTrades", "Import &trades…", "&File", 1, "Ctrl+I", "import"),
    Command("importLedger", "Import &ledger…", "&File", 1, "Ctrl+L", "import"),
    Command("undoImport", "&Undo import…", "&File", 1, "", "undo", _IMPORTS, False, need.with_import),
    Command("newWorkspace", "&New workspace…", "&File", 2, "Ctrl+N", "file-plus"),
    Command("openWorkspace", "&Open workspace…", "&File", 2, "Ctrl+O", "folder"),
    Command("showImported", "Show its &rows", "", 5, "W", "rows", _IMPORTS, True, need.with_import),
    Command("exportTable", "&Export table…", "&File", 3, "Ctrl+Shift+E", "export", why_not=need.with_data),
    Command("watchedFolders", "&Watched folders…", "&File", 4, "", "folder"),
    Command("settings", "&Settings…", "&File", 4, "Ctrl+,", "settings"),
    Command("sourceProfiles", "Sour&ce profiles…", "&File", 4, "", "bookmark"),
    Command("plugins", "&Plug-ins…", "&File", 4, "", "wrench"),
    Command("quit", "&Quit", "&File", 5, "Ctrl+Q", "quit"),
    Command("undo", "&Undo", "&Edit", 1, "Ctrl+Z", "undo", why_not=need.with_undo),
    Command("redo", "&Redo", "&Edit", 1, "Ctrl+Shift+Z Ctrl+Y", "redo", why_not=need.with_redo),
    Command("selectAll", "Select &all rows", "&Edit", 2, "Ctrl+A", tables=_EVERYWHERE, table_key=True),
    Command("find", "&Filter", "&Edit", 3, "Ctrl+F", "filter"),
    Command(
        "filterByValue",
        "Filter &by this value",
        "&Edit",
        3,
        "F",
        "filter",
        _EVERYWHERE,
        True,
        need.with_rows,
        _SHOWS,
    ),
    Command("clearFilter", "Remo&ve all filters", "&Edit", 3, "Ctrl+Shift+F", "close"),
    Command("palette", "&Search or run a command", "&Edit", 4, "Ctrl+K", "search"),
    Command("showTradesTab", "&Trades", "&View", 1, "Ctrl+1", "trade"),
    Command("showLedgerTab", "&Ledger", "&View", 1, "Ctrl+2", "ledger"),
    Command("showIssuesTab", "&Issues", "&View", 1, "Ctrl+3", "warning"),
    Command("showImportsTab", "I&mports", "&View", 1, "Ctrl+4", "history"),
    Command("nextIssue", "&Next issue", "&View", 2, "Alt+Down", "chevron-down", why_not=need.with_issues),
    Command("previousIssue", "&Previous issue", "&View", 2, "Alt+Up", "chevron-up", why_not=need.with_issues),
    Command("resetColumns", "Reset &columns", "&View", 3, "", "columns"),
    Command("refresh", "Re&fresh", "&View", 3, "Ctrl+R", "retry"),
    Command("themeLight", "Li&ght", "&View", 4, "", "sun"),
    Command("themeDark", "&Dark", "&View", 4, "", "moon"),
    Command("themeSystem", "&As the system", "&View", 4, "", "system"),
    Command("reconcile", "&Reconcile", "&Issues", 1, "F5", "reconcile", why_not=need.when_idle_with_data),
    Command(
        "reconcileFull", "Reconcile &everything", "&Issues", 1, "Ctrl+F5", why_not=need.when_idle_with_data
    ),
    Command("rules", "Rule&s…", "&Issues", 1, "Ctrl+Shift+R", "wrench"),
    Command("runHistory", "Run &history…", "&Issues", 1, "Ctrl+H", "history"),
    Command("explainIssue", "E&xplain", "&Issues", 2, "Ctrl+E", "bulb", _ISSUES, False, need.with_issues),
    Command("assignIssue", "&Assign to me", "&Issues", 3, "A", "person", _ISSUES, True, need.with_issues),
    Command(
        "investigateIssue",
        "Start &investigating",
        "&Issues",
        3,
        "I",
        "investigating",
        _ISSUES,
        True,
        need.with_issue_for(IssueAction.INVESTIGATE),
    ),
    Command("commentIssue", "Co&mment…", "&Issues", 3, "C", "comment", _ISSUES, True, need.with_issues),
    Command(
        "resolveIssue",
        "Resol&ve…",
        "&Issues",
        4,
        "R",
        "check",
        _ISSUES,
        True,
        need.with_issue_for(IssueAction.RESOLVE),
    ),
    Command(
        "ignoreIssue",
        "I&gnore…",
        "&Issues",
        4,
        "X",
        "ignore",
        _ISSUES,
        True,
        need.with_issue_for(IssueAction.IGNORE),
    ),
    Command(
        "reopenIssue",
        "Re&open",
        "&Issues",
        4,
        "Shift+R",
        "reopen",
        _ISSUES,
        True,
        need.with_issue_for(IssueAction.REOPEN),
    ),
    Command("showTrade", "Show &trade", "&Issues", 5, "T", "trade", _ISSUES, True, need.with_issues),
    Command(
        "showEntries", "Show &ledger entries", "&Issues", 5, "L", "ledger", _ISSUES, True, need.with_issues
    ),
    Command(
        "linkEntry",
        "Lin&k to trade…",
        "&Issues",
        6,
        "K",
        "link",
        (Kind.LEDGER, *_ISSUES),
        True,
        need.with_orphans,
    ),
    Command(
        "linkTrade",
        "Link to le&dger entries…",
        "&Issues",
        6,
        "Shift+K",
        "link",
        (Kind.TRADES, *_ISSUES),
        True,
        need.with_lacking_trade,
    ),
    Command(
        "unlinkEntry",
        "&Unlink…",
        "&Issues",
        6,
        "U",
        "unlink",
        (Kind.LEDGER, *_ISSUES),
        True,
        need.with_linked,
    ),
    Command("showIssues", "Show &issues", "", 5, "S", "warning", _RECORDS, True, need.with_trade_or_entry),
    Command(
        "showCounterpart", "Show counter&part", "", 5, "P", "ledger", _RECORDS, True, need.with_trade_or_entry
    ),
    Command("copy", "&Copy", "&Edit", 2, "Ctrl+C", "copy", _EVERYWHERE, context_group=_LAST),
    Command(
        "copyWithHeaders",
        "Copy with &headers",
        "&Edit",
        2,
        "Ctrl+Shift+C",
        "",
        _EVERYWHERE,
        False,
        need.with_rows,
        _LAST,
    ),
    Command("toggleCopilot", "&Show the copilot", "&Copilot", 1, "F9", "copilot"),
    Command("askCopilot", "&Ask…", "&Copilot", 1, "Ctrl+J", "send"),
    Command("newChat", "&New chat", "&Copilot", 1, "", "new-chat"),
    Command("loadSample", "Load the &sample data", "&Help", 1, "", "database"),
    Command("about", "&About OpsPilot Desktop", "&Help", 2, "", "info"),
)

Handlers = Mapping[str, Callable[[], None]]


class Actions(QObject):
    """The commands as QActions of a window; `refresh` switches them by the window's state."""

    def __init__(
        self, window: QWidget, icons: Icons, handlers: Handlers, tables: Mapping[Kind, QWidget]
    ) -> None:
        super().__init__(window)
        self._commands = {command.name: command for command in COMMANDS}
        self._actions: dict[str, QAction] = {}
        self._handlers = handlers
        self._reasons: dict[str, str] = {}
        for command in COMMANDS:
            action = QAction(command.text, window)
            action.setObjectName(command.name)
            action.setStatusTip(plain(command.text))
            if command.icon:
                icons.bind(action, command.icon)
            action.triggered.connect(lambda _checked=False, name=command.name: handlers[name]())
            self._place(action, command, window, tables)
            self._actions[command.name] = action
        for name in ("toggleCopilot", "themeLight", "themeDark", "themeSystem"):
            self._actions[name].setCheckable(True)

    @staticmethod
    def _place(action: QAction, command: Command, window: QWidget, tables: Mapping[Kind, QWidget]) -> None:
        if command.key:
            action.setShortcuts([QKeySequence(key) for key in command.key.split()])
        if not command.table_key:
            window.addAction(action)
            return
        action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        for kind in command.tables:
            tables[kind].addAction(action)

    def __getitem__(self, name: str) -> QAction:
        return self._actions[name]

    def refresh(self, state: State) -> None:
        """Switches every command on or off, and says why in its tooltip."""
        for name, command in self._commands.items():
            reason = command.why_not(state)
            self._reasons[name] = reason
            action = self._actions[name]
            action.setEnabled(not reason)
            keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
            text = plain(command.text).removesuffix("…")
            action.setToolTip(reason or (f"{text} ({keys})" if keys else text))
        for name, step in (("undo", state.next_undo), ("redo", state.next_redo)):
            verb = plain(self._commands[name].text)
            self._actions[name].setToolTip(f"{verb}: {step}" if step else self._reasons[name])

    def fill_menu(self, menu: QMenu, title: str) -> None:
        """Puts a menu's commands into it, with lines between the groups."""
        chosen = [command for command in COMMANDS if command.menu == title]
        self._fill(menu, chosen, attrgetter("group"))

    def fill_context_menu(self, menu: QMenu, kind: Kind) -> None:
        """Puts the commands for a table's rows into a menu."""
        chosen = [command for command in COMMANDS if kind in command.tables and command.name != "selectAll"]
        group = attrgetter("place_in_context_menu")
        self._fill(menu, sorted(chosen, key=group), group)

    def _fill(self, menu: QMenu, commands: Sequence[Command], group: Callable[[Command], int]) -> None:
        last: int | None = None
        for command in commands:
            place = group(command)
            if last not in (None, place):
                menu.addSeparator()
            last = place
            menu.addAction(self._actions[command.name])

    def palette_items(self, state: State) -> list[PaletteItem]:
        """The commands as the palette lists them."""
        self.refresh(state)
        return [
            PaletteItem(
                section="Commands",
                text=plain(command.text),
                detail=self._reasons[command.name] or _detail(command, state),
                keys=self._actions[command.name].shortcut().toString(QKeySequence.SequenceFormat.NativeText),
                icon=command.icon,
                enabled=not self._reasons[command.name],
                run=self._handlers[command.name],
            )
            for command in COMMANDS
            if command.name != "palette"
        ]


def _detail(command: Command, state: State) -> str:
    if command.tables == _ISSUES and state.selected:
        return f"{state.selected:,} selected"
    if command.name == "undo":
        return state.next_undo
    return state.next_redo if command.name == "redo" else ""


def plain(text: str) -> str:
    """A command's text without its mnemonic."""
    return text.replace("&", "")
