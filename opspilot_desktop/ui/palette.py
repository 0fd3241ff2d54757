"""The command palette: type a few letters, run a command or go to an issue or a trade."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QDialog, QFrame, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from .dialogs.scrim import Scrim
from .fuzzy import Match, match
from .icons import Icons
from .measures import ICON, RADIUS_CARD
from .palette_list import PaletteItem, PaletteList, Shown
from .theme import Theme
from .widgets.icon_label import IconLabel
from .widgets.painting import paint_ground
from .widgets.plain_label import plain_label
from .widgets.round_window import corners_blend, cut_corners

__all__ = ["CommandPalette", "PaletteItem", "rank"]

WIDTH = 660
TOP = 120
INPUT_HEIGHT = 49
FOOT_HEIGHT = 35
LIST_HEIGHT = 360
MARGIN = 24
SEARCH_AFTER_MS = 120
MOST_COMMANDS = 50
ONLY_COMMANDS, ONLY_ISSUES = ">", "#"


def rank(items: Sequence[PaletteItem], query: str) -> list[tuple[PaletteItem, Match]]:
    """The items that fit the query, the best of them first; those that cannot be run come last."""
    found = [(item, fit) for item in items if (fit := match(query, item.text)) is not None]
    found.sort(key=lambda pair: (not pair[0].enabled, -pair[1].score))
    return found[:MOST_COMMANDS] if query.strip() else found


class CommandPalette(QDialog):
    """Built anew each time it is opened, from the commands as they are then.

    ``searchRequested(text)`` asks for issues and trades that fit ("#1042" for an issue's number); answer
    with ``set_found``. The item chosen runs after the palette has closed.
    """

    searchRequested = Signal(str)

    def __init__(
        self, theme: Theme, icons: Icons, items: Sequence[PaletteItem], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent, Qt.WindowType.Dialog | Qt.WindowType.FramelessWindowHint)
        self.setObjectName("commandPalette")
        self.setAccessibleName("Command palette")
        self.setWindowTitle("Command palette")
        self._theme = theme
        self._items = tuple(items)
        self._found: tuple[PaletteItem, ...] = ()
        self._chosen: PaletteItem | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground, corners_blend())
        self.setModal(True)
        self.input = QLineEdit()
        self.results = plain_label(tone="dim", font=theme.fonts.small)
        self.list = PaletteList(theme, icons)
        self._search = QTimer(self)
        self._search.setSingleShot(True)
        self._search.setInterval(SEARCH_AFTER_MS)
        self._lay_out(icons)
        self._connect()
        theme.changed.connect(self.update)
        self._refresh()

    @property
    def query(self) -> str:
        """What is typed."""
        return self.input.text()

    def set_found(self, query: str, items: Sequence[PaletteItem]) -> None:
        """Shows what was found for a query; an answer to one that is no longer typed is dropped."""
        if query == self.query.strip():
            self._found = tuple(items)
            self._refresh()

    def open(self) -> None:
        """Shows the palette over its window, which is shaded until it is done."""
        parent = self.parentWidget()
        if parent is not None and parent.window().isVisible():
            Scrim(self._theme, parent.window(), self)
        super().open()

    def showEvent(self, event: QShowEvent) -> None:
        """Takes its place in the upper part of the window."""
        if not event.spontaneous():
            parent = self.parentWidget()
            window = parent.window() if parent is not None else None
            room = window.size() if window is not None else self.screen().size()
            width = min(WIDTH, room.width() - 2 * MARGIN)
            top = min(TOP, max(MARGIN, room.height() // 6))
            height = min(INPUT_HEIGHT + LIST_HEIGHT + FOOT_HEIGHT, room.height() - top - MARGIN)
            self.setFixedSize(QSize(width, height))
            if window is not None:
                corner = window.mapToGlobal(QPoint((room.width() - width) // 2, top))
                self.move(corner)
            self.input.setFocus(Qt.FocusReason.OtherFocusReason)
        super().showEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Cuts the corners where they cannot be transparent."""
        super().resizeEvent(event)
        cut_corners(self)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paints the ground and the lines between input, list and foot."""
        painter = QPainter(self)
        color = self._theme.color
        paint_ground(painter, self.rect(), RADIUS_CARD, color("raised"), color("control"))
        for y in (INPUT_HEIGHT - 1, self.height() - FOOT_HEIGHT):
            painter.fillRect(QRect(1, y, self.width() - 2, 1), color("line"))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Moves in the list and runs from it while the keyboard stays in the input."""
        if watched is self.input and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            steps: dict[int, int] = {
                Qt.Key.Key_Down: 1,
                Qt.Key.Key_Up: -1,
                Qt.Key.Key_PageDown: 8,
                Qt.Key.Key_PageUp: -8,
            }
            step = steps.get(event.key())
            if step is not None:
                self.list.move_by(step)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._run(self.list.current())
                return True
        return super().eventFilter(watched, event)

    def _lay_out(self, icons: Icons) -> None:
        theme = self._theme
        self.input.setObjectName("paletteInput")
        self.input.setAccessibleName("Search or run a command")
        self.input.setPlaceholderText("Search or run a command")
        self.input.setProperty("kind", "plain")
        self.results.setObjectName("paletteResults")
        head = QHBoxLayout()
        head.setContentsMargins(18, 0, 14, 0)
        head.setSpacing(14)
        head.addWidget(IconLabel(theme, icons, "search", "dim", ICON))
        head.addWidget(self.input, 1)
        head.addWidget(self.results)
        top = QFrame()
        top.setFixedHeight(INPUT_HEIGHT)
        top.setLayout(head)
        foot = QHBoxLayout()
        foot.setContentsMargins(18, 0, 18, 0)
        small = theme.fonts.small
        foot.addWidget(plain_label("↑ ↓  choose      Enter  run      Esc  close", tone="dim", font=small))
        foot.addStretch(1)
        foot.addWidget(plain_label("Type > for commands, # for an issue", tone="dim", font=small))
        bottom = QFrame()
        bottom.setFixedHeight(FOOT_HEIGHT)
        bottom.setLayout(foot)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 0, 1, 0)
        column.setSpacing(0)
        column.addWidget(top)
        column.addWidget(self.list, 1)
        column.addWidget(bottom)

    def _connect(self) -> None:
        self.input.installEventFilter(self)
        self.input.textChanged.connect(self._typed)
        self.list.chosen.connect(self._run)
        self._search.timeout.connect(self._ask)
        self.finished.connect(self._finish)

    def _typed(self) -> None:
        query = self.query.strip()
        # What was found before stays until the answer to this query, as far as it still fits.
        wanted = query.removeprefix(ONLY_ISSUES).casefold()
        self._found = tuple(item for item in self._found if query and wanted in item.text.casefold())
        self._refresh()
        if query and not query.startswith(ONLY_COMMANDS):
            self._search.start()
        else:
            self._search.stop()

    def _ask(self) -> None:
        self.searchRequested.emit(self.query.strip())

    def _refresh(self) -> None:
        query = self.query.strip()
        shown: list[Shown] = []
        if not query.startswith(ONLY_ISSUES):
            wanted = query.removeprefix(ONLY_COMMANDS)
            ranked = rank(self._items, wanted)
            for section in dict.fromkeys(item.section for item in self._items):
                shown += [Shown(item, fit.letters) for item, fit in ranked if item.section == section]
        for item in self._found:
            fit = match(query.removeprefix(ONLY_ISSUES), item.text)
            shown.append(Shown(item, fit.letters if fit is not None else ()))
        self.list.show_items(shown, f"Nothing fits “{query}”")
        many = len(shown)
        self.results.setText("1 result" if many == 1 else f"{many:,} results")

    def _run(self, item: PaletteItem | None) -> None:
        if item is not None and item.enabled:
            self._chosen = item
            self.accept()

    def _finish(self) -> None:
        chosen, self._chosen = self._chosen, None
        # The command may open a dialog of its own, which must not find this one in its way.
        if chosen is not None and chosen.run is not None:
            QTimer.singleShot(0, chosen.run)
