"""What an empty workspace shows: what to do first, step by step, and where files can be dropped."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.measures import ICON, RADIUS_CARD
from opspilot_desktop.ui.style import set_property
from opspilot_desktop.ui.theme import Theme
from opspilot_desktop.ui.widgets.buttons import text_button
from opspilot_desktop.ui.widgets.icon_label import IconLabel
from opspilot_desktop.ui.widgets.painting import paint_ground
from opspilot_desktop.ui.widgets.plain_label import plain_label

WIDTH = 600
STEP_HEIGHT = 54
DROP_HEIGHT = 76
BUTTON_WIDTH = 112


@dataclass(frozen=True)
class Shortcuts:
    """The keys beside the steps, as this desktop calls them."""

    trades: str = "Ctrl+I"
    ledger: str = "Ctrl+L"
    reconcile: str = "F5"


class Step(QFrame):
    """One numbered step: what to do, a sentence about it, its key and its button."""

    def __init__(
        self, theme: Theme, icons: Icons, number: int, title: str, keys: str, button: str, name: str
    ) -> None:
        super().__init__()
        self._theme = theme
        self._current = False
        self._done = False
        self.number = plain_label(str(number), tone="dim", font=theme.fonts.heading)
        self.tick = IconLabel(theme, icons, "resolved", "ok", ICON)
        self.title = plain_label(title, font=theme.fonts.strong)
        self.line = plain_label(tone="dim", font=theme.fonts.small)
        self.button = text_button(icons, button)
        self.button.setObjectName(name)
        self.button.setAccessibleName(f"{title}: {button}")
        self.button.setFixedWidth(max(BUTTON_WIDTH, self.button.sizeHint().width()))
        self.setFixedHeight(max(STEP_HEIGHT, self.title.sizeHint().height() * 2 + 18))
        self._lay_out(plain_label(keys, tone="dim", font=theme.fonts.small))
        theme.changed.connect(self.update)

    @property
    def is_current(self) -> bool:
        """Whether this is the step to do next."""
        return self._current

    @property
    def is_done(self) -> bool:
        """Whether nothing is left to do here."""
        return self._done

    def set_state(self, line: str, *, done: bool, current: bool, enabled: bool) -> None:
        """Shows where the step stands; the one to do next is marked and has the primary button."""
        self._done, self._current = done, current
        self.line.setText(line)
        self.number.setVisible(not done)
        self.tick.setVisible(done)
        set_property(self.number, "tone", "link" if current else "dim")
        set_property(self.title, "tone", "text" if enabled else "dim")
        set_property(self.button, "kind", "primary" if current else "")
        self.button.setEnabled(enabled)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paints the card."""
        color = self._theme.color
        edge = color("accent" if self._current else "line")
        paint_ground(QPainter(self), self.rect(), RADIUS_CARD, color("surface"), edge)

    def _lay_out(self, keys: QLabel) -> None:
        words = QVBoxLayout()
        words.setSpacing(1)
        words.addStretch(1)
        words.addWidget(self.title)
        words.addWidget(self.line)
        words.addStretch(1)
        sign = QHBoxLayout()
        sign.addWidget(self.number, 0, Qt.AlignmentFlag.AlignHCenter)
        sign.addWidget(self.tick, 0, Qt.AlignmentFlag.AlignHCenter)
        place = QWidget()
        place.setFixedWidth(16)
        sign.setContentsMargins(0, 0, 0, 0)
        place.setLayout(sign)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 12, 0)
        row.setSpacing(12)
        row.addWidget(place)
        row.addLayout(words, 1)
        row.addWidget(keys)
        row.addWidget(self.button)


class DropArea(QWidget):
    """Says that files can be dropped; the window itself takes them, wherever they fall."""

    def __init__(self, theme: Theme, icons: Icons) -> None:
        super().__init__()
        self._theme = theme
        self.setFixedHeight(DROP_HEIGHT)
        row = QHBoxLayout(self)
        row.addStretch(1)
        row.addWidget(IconLabel(theme, icons, "file", "dim", ICON))
        row.addSpacing(6)
        row.addWidget(plain_label("or drop files anywhere in this window", tone="dim"))
        row.addStretch(1)
        theme.changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paints the dashed edge."""
        painter = QPainter(self)
        paint_ground(painter, self.rect(), RADIUS_CARD, self._theme.color("alt"))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(self._theme.color("control"), 1.4)
        pen.setDashPattern([5, 3])
        painter.setPen(pen)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), RADIUS_CARD - 1, RADIUS_CARD - 1)


class EmptyState(QFrame):
    """Asks for the files, then for the first run. Every request is a signal; the window carries it out."""

    importTradesRequested = Signal()
    importLedgerRequested = Signal()
    reconcileRequested = Signal()
    sampleRequested = Signal()
    openRequested = Signal()

    def __init__(
        self,
        theme: Theme,
        icons: Icons,
        shortcuts: Shortcuts | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        keys = shortcuts if shortcuts is not None else Shortcuts()
        self.setObjectName("emptyState")
        self.setProperty("ground", "surface")
        self.heading = plain_label(font=theme.fonts.figure)
        self.sentence = plain_label(
            "Import trades and ledger entries, then reconcile. Differences show up here as issues.",
            tone="dim",
            wrap=True,
        )
        self.trades = Step(theme, icons, 1, "Import trades", keys.trades, "Choose file…", "emptyImportTrades")
        self.ledger = Step(
            theme, icons, 2, "Import ledger entries", keys.ledger, "Choose file…", "emptyImportLedger"
        )
        self.reconcile = Step(theme, icons, 3, "Reconcile", keys.reconcile, "Reconcile", "emptyReconcile")
        self.sample = text_button(icons, "Load the sample data", kind="link")
        self.open = text_button(icons, "Open another workspace…", kind="link")
        self.sample.setObjectName("emptySample")
        self.open.setObjectName("emptyOpen")
        self._lay_out(DropArea(theme, icons))
        self._connect()
        self.set_progress(0, 0)

    def set_progress(self, trades: int, entries: int, *, busy: bool = False) -> None:
        """How many trades and ledger entries there are; `busy` while a job runs that must end first."""
        current = 1 if not trades else 2 if not entries else 3
        self.heading.setText(
            {1: "Start with the trades", 2: "Now the ledger entries", 3: "Ready to reconcile"}[current]
        )
        self.trades.set_state(
            f"{trades:,} imported" if trades else "CSV or a workbook; columns are recognised by name",
            done=bool(trades),
            current=current == 1,
            enabled=not busy,
        )
        self.ledger.set_state(
            f"{entries:,} imported" if entries else "The accounting side of the same days",
            done=bool(entries),
            current=current == 2,
            enabled=not busy,
        )
        self.reconcile.set_state(
            "Five checks over every trade and entry",
            done=False,
            current=current == 3,
            enabled=bool(trades or entries) and not busy,
        )
        # Sample rows among somebody's own data would be hard to tell apart.
        self.sample.setVisible(not trades and not entries)
        self.sample.setEnabled(not busy)

    def sizeHint(self) -> QSize:
        """Room for the steps."""
        return QSize(WIDTH + 40, 480)

    def _lay_out(self, drop: DropArea) -> None:
        links = QHBoxLayout()
        links.setSpacing(4)
        links.addStretch(1)
        links.addWidget(self.sample)
        links.addWidget(self.open)
        links.addStretch(1)
        middle = QWidget()
        middle.setMaximumWidth(WIDTH)
        middle.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.heading)
        column.addWidget(self.sentence)
        column.addSpacing(8)
        column.addWidget(self.trades)
        column.addWidget(self.ledger)
        column.addWidget(self.reconcile)
        column.addSpacing(6)
        column.addWidget(drop)
        column.addSpacing(4)
        column.addLayout(links)
        across = QHBoxLayout()
        across.addStretch(1)
        across.addWidget(middle, 100)
        across.addStretch(1)
        outer = QVBoxLayout(self)
        outer.addStretch(4)
        outer.addLayout(across)
        outer.addStretch(5)

    def _connect(self) -> None:
        self.trades.button.clicked.connect(self.importTradesRequested)
        self.ledger.button.clicked.connect(self.importLedgerRequested)
        self.reconcile.button.clicked.connect(self.reconcileRequested)
        self.sample.clicked.connect(self.sampleRequested)
        self.open.clicked.connect(self.openRequested)
