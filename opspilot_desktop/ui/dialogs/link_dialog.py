"""Linking entries without a trade to one, or a trade without entries to some: search, choose, say why."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QLineEdit, QSizePolicy, QStackedWidget, QWidget

from opspilot_desktop.domain.links import TO_LINK, Candidates, LinkEntry, LinkTrade, Near, what_follows
from opspilot_desktop.domain.text import visible
from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.tables.table_message import TableMessage
from opspilot_desktop.ui.theme import Theme
from opspilot_desktop.ui.widgets.buttons import set_button_text
from opspilot_desktop.ui.widgets.field import Field
from opspilot_desktop.ui.widgets.plain_label import plain_label

from .link_facts import ENTRY_COLUMNS, TRADE_COLUMNS, entry_row, facts_card, said_together, trade_row
from .link_frame import LinkFrame, entries_named, short
from .list_table import ListTable

WIDTH = 1220
TABLE_HEIGHT = 216
SEARCH_AFTER_MS = 150
_STEPS: dict[int, int] = {
    Qt.Key.Key_Down: 1,
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_PageDown: 6,
    Qt.Key.Key_PageUp: -6,
}


class LinkDialog(LinkFrame):
    """``searchRequested(text)`` asks for candidates; `set_candidates` or `set_failed` is the answer.

    With a `trade_id`, entries are looked for, and several may be chosen; without, a trade for `count`
    entries. Nothing is chosen beforehand: the list says what is near, and a person says what belongs.
    """

    searchRequested = Signal(str)

    def __init__(
        self,
        theme: Theme,
        icons: Icons,
        *,
        count: int = 0,
        trade_id: str = "",
        undo_keys: str = "Ctrl+Z",
        parent: QWidget | None = None,
    ) -> None:
        title = f"Link ledger entries to trade {visible(trade_id)}"
        super().__init__(
            theme,
            icons,
            title if trade_id else f"Link {entries_named(count)} to a trade",
            primary="Link",
            reasons=TO_LINK,
            width=WIDTH,
            undo_keys=undo_keys,
            parent=parent,
        )
        self.setObjectName("linkDialog")
        self.candidates = Candidates()
        self._to_trade = not trade_id
        self._card: QWidget | None = None
        self._is_known = False
        self.search = QLineEdit()
        self.search.setObjectName("linkSearch")
        self.search.setPlaceholderText("Id, instrument, amount or date: ASML, 1265955.00, 2026-11-20")
        what = "Search trades" if self._to_trade else "Search entries without a trade"
        self.search_field = Field(theme, icons, what, self.search)
        self.table = ListTable(theme, icons, TRADE_COLUMNS if self._to_trade else ENTRY_COLUMNS, sort_by=None)
        self.table.setObjectName("linkCandidates")
        self.table.setAccessibleName(
            "Trades, the nearest first" if self._to_trade else "Entries, the nearest first"
        )
        self.table.setMinimumHeight(TABLE_HEIGHT)
        mode = QAbstractItemView.SelectionMode
        self.table.setSelectionMode(mode.SingleSelection if self._to_trade else mode.ExtendedSelection)
        self.message = TableMessage(theme, icons, self)
        self.preview = plain_label(wrap=True)
        self.preview.setObjectName("linkPreview")
        self._pages = QStackedWidget()
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(SEARCH_AFTER_MS)
        self._lay_out_body()
        self._connect_parts()
        self.set_first_focus(self.search)
        self._say_loading()
        self.check()

    @property
    def query(self) -> str:
        """What is looked for."""
        return self.search.text().strip()

    @property
    def chosen(self) -> list[Near]:
        """The candidates that are selected."""
        rows = sorted(index.row() for index in self.table.selectionModel().selectedRows())
        return [self.candidates.found[row] for row in rows if row < len(self.candidates.found)]

    @property
    def trade(self) -> LinkTrade | None:
        """The trade that would be linked to."""
        if not self._to_trade:
            return self.candidates.trade
        chosen = self.chosen
        return chosen[0].trade if chosen else None

    @property
    def entries(self) -> tuple[LinkEntry, ...]:
        """The entries that would be linked."""
        if self._to_trade:
            return self.candidates.entries
        return tuple(near.entry for near in self.chosen if near.entry is not None)

    def set_candidates(self, query: str, candidates: Candidates) -> None:
        """Shows what was found; an answer to what is no longer typed is dropped."""
        if query != self.query:
            return
        before = {_row_of(near) for near in self.chosen}
        self.candidates = candidates
        self._is_known = True
        self.table.show_rows((trade_row if self._to_trade else entry_row)(near) for near in candidates.found)
        self._show_facts()
        for row, near in enumerate(candidates.found):
            if _row_of(near) in before:
                self.table.select_row(row)
                break
        count = len(candidates.found)
        fitting = f"{count:,} found" if query else f"The nearest {count:,}"
        self.search_field.set_note(f"{fitting}; type to find others" if candidates.more else fitting)
        if count:
            self._pages.setCurrentWidget(self.table)
        else:
            self._say_nothing_found()
        self._on_choice()

    def set_failed(self, query: str, sentence: str) -> None:
        """Says why nothing could be found."""
        if query == self.query:
            self._is_known = False
            self.search_field.set_note("")
            self.message.say("The search did not work", sentence, [("Try again", self.ask)])
            self._pages.setCurrentWidget(self.message)
            self.check()

    def ask(self) -> None:
        """Asks for the candidates for what is typed."""
        self._pause.stop()
        self.search_field.set_note("Searching…")
        self.searchRequested.emit(self.query)

    def refuse(self, sentence: str) -> None:
        """Says why it was not stored, and looks again at what there is now."""
        super().refuse(sentence)
        self.ask()

    def missing(self) -> str:
        """Something to link has to be chosen, and a reason."""
        if not self._is_known:
            return "Wait until it has been looked up"
        if self._to_trade:
            taken = [entry for entry in self.entries if not entry.is_orphan]
            if taken:
                return f"{taken[0].name[:1].upper()}{visible(taken[0].name[1:])} has a trade by now"
            if self.trade is None:
                return "Choose a trade first"
        elif not self.entries:
            return "Choose one or more entries first"
        return super().missing()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Moves in the list while the keyboard stays in the search box."""
        if watched is self.search and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            step = _STEPS.get(event.key())
            count = len(self.candidates.found)
            if step is not None and count and self._pages.currentWidget() is self.table:
                chosen = self.table.selectionModel().selectedRows()
                at = chosen[0].row() + step if chosen else 0
                self.table.select_row(min(max(at, 0), count - 1))
                return True
        return super().eventFilter(watched, event)

    def _lay_out_body(self) -> None:
        self._pages.addWidget(self.table)
        self._pages.addWidget(self.message)
        self._pages.setMinimumHeight(TABLE_HEIGHT)
        self._pages.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.body.addWidget(self.search_field)
        self.body.addWidget(self._pages, 1)
        self.body.addWidget(self.preview)
        self.add_why()

    def _connect_parts(self) -> None:
        self.search.installEventFilter(self)
        self.search.textChanged.connect(self._typed)
        self._pause.timeout.connect(self.ask)
        self.table.selectionModel().selectionChanged.connect(self._on_choice)
        self.table.doubleClicked.connect(lambda _index: self.reason.setFocus())

    def _typed(self) -> None:
        self.search_field.set_note("Searching…")
        self._pause.start()

    def _on_choice(self) -> None:
        trade, entries = self.trade, self.entries
        if trade is None or not entries:
            self.preview.setText("Choose what belongs together; the sum that follows is said here.")
            set_button_text(self.primary, "Link")
        else:
            self.preview.setText(visible(what_follows(trade, entries)))
            named = entries_named(len(entries), entries[0].entry_id or "")
            set_button_text(self.primary, f"Link {named} to {short(trade.trade_id)}".replace("&", "&&"))
        self.check()

    def _show_facts(self) -> None:
        if self._card is not None:
            self.body.removeWidget(self._card)
            self._card.hide()
            self._card.deleteLater()
        found = self.candidates
        self._card = facts_card(self.theme, found.trade, found.entries)
        self.body.insertWidget(self.body.indexOf(self.banner) + 1, self._card)
        self._card.show()
        if found.entries:
            name = found.entries[0].entry_id or ""
            self.set_title(f"Link {entries_named(len(found.entries), name)} to a trade")
            self.set_fact(said_together(found.entries))
        elif found.trade is not None:
            self.set_fact(_standing(found.trade))
        self.grow()

    def _say_loading(self) -> None:
        what = "trades" if self._to_trade else "entries without a trade"
        self.preview.setText("Choose what belongs together; the sum that follows is said here.")
        self.search_field.set_note("Searching…")
        self.message.say(f"Looking for the nearest {what}…", "")
        self._pages.setCurrentWidget(self.message)

    def _say_nothing_found(self) -> None:
        what = "trade" if self._to_trade else "entry without a trade"
        if self.query:
            line = f"No {what} has “{visible(self.query)}” as id, instrument, amount or date."
            if not self._to_trade:
                line = f"No {what} has “{visible(self.query)}” as id, description, amount or date."
            self.message.say("Nothing found", line, [("Remove the search", self.search.clear)])
        else:
            line = f"No {what} is near by amount or id; search for one above."
            self.message.say("Nothing near", line)
        self._pages.setCurrentWidget(self.message)


def _standing(trade: LinkTrade) -> str:
    if not trade.entries:
        return "It has no ledger entry. Entries that have a trade are not offered."
    return f"It has {entries_named(trade.entries)} by now. Entries that have a trade are not offered."


def _row_of(near: Near) -> int:
    return near.trade.row_id if near.entry is None else near.entry.row_id
