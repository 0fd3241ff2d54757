"""The row of tiles above the tables: how the workspace stands, each tile a button that filters."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QWidget

from opspilot_desktop.domain.fields import Kind, MatchStatus
from opspilot_desktop.domain.issues import Severity
from opspilot_desktop.domain.situation import Overview
from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.measures import PAGE_GUTTER
from opspilot_desktop.ui.theme import Theme
from opspilot_desktop.ui.widgets.painting import text_width
from opspilot_desktop.ui.widgets.plain_label import plain_tool_tip
from opspilot_desktop.ui.widgets.severity_tile import SeverityTile
from opspilot_desktop.ui.widgets.tile import CardButton, Tile

from . import overview_figures as say

GAP = 8
ABOVE, BELOW = 10, 4


class Dashboard(QFrame):
    """``filterRequested(tab, filter text)`` names the tab ("trades", "ledger", "issues") to show."""

    filterRequested = Signal(str, str)

    def __init__(self, theme: Theme, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("dashboard")
        self.setAccessibleName("Overview")
        self.setProperty("ground", "bg")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.trades = Tile(theme, "Trades")
        self.pending = Tile(theme, "Pending")
        self.matched = Tile(theme, "Matched")
        self.issues = SeverityTile(theme, icons)
        self.not_checked = Tile(theme, "Not checked")
        self.last_import = Tile(theme, "Last import")
        self.last_run = Tile(theme, "Last run")
        self._theme = theme
        self._filters: dict[CardButton, tuple[str, str]] = {}
        self._figures: dict[Tile, say.Figures] = {}
        self._short = False
        self._lay_out()
        self.issues.severityClicked.connect(self._request_severity)
        self.set_overview(Overview())

    def set_overview(self, overview: Overview, now: datetime | None = None) -> None:
        """Shows the counts; `now` is the local time that decides what is today."""
        self._figures = {
            self.trades: say.trades_figures(overview),
            self.pending: say.pending_figures(overview),
            self.matched: say.matched_figures(overview),
            self.not_checked: say.not_checked_figures(overview),
            self.last_import: say.import_figures(overview, now),
            self.last_run: say.run_figures(overview, now),
        }
        counts = overview.open_by_severity
        self.issues.set_values(
            {severity: f"{counts.get(severity.value, 0):,}" for severity in Severity},
            f"{sum(counts.values()):,} in all",
        )
        self._short = self._lacks_room()
        self._show()
        newest = overview.last_import
        self._filters = {
            self.trades: (Kind.TRADES.value, ""),
            self.pending: (Kind.TRADES.value, say.status_filter(overview)),
            self.matched: (Kind.TRADES.value, f"match:{MatchStatus.MATCHED.value}"),
            self.issues: (Kind.ISSUES.value, ""),
            self.not_checked: (Kind.TRADES.value, f"match:{MatchStatus.UNCHECKED.value}"),
            self.last_import: (newest.kind if newest is not None else Kind.TRADES.value, ""),
            self.last_run: (Kind.ISSUES.value, ""),
        }

    def set_active_filter(self, tab: str, text: str) -> None:
        """Marks the tile whose filter is in force in the tab that is shown, if there is one."""
        for tile, wanted in self._filters.items():
            tile.set_active(bool(text) and wanted == (tab, text))
        in_force = [severity for severity in Severity if text == say.severity_filter(severity)]
        self.issues.set_active_severity(in_force[0] if in_force and tab == Kind.ISSUES.value else None)

    def set_narrow(self, narrow: bool) -> None:
        """Leaves out the third lines in a narrow window."""
        for tile in self._filters:
            tile.set_narrow(narrow)

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(PAGE_GUTTER, ABOVE, PAGE_GUTTER, BELOW)
        row.setSpacing(GAP)
        tiles: list[tuple[str, CardButton]] = [
            ("tradesTile", self.trades),
            ("pendingTile", self.pending),
            ("matchedTile", self.matched),
            ("issuesTile", self.issues),
            ("notCheckedTile", self.not_checked),
            ("lastImportTile", self.last_import),
            ("lastRunTile", self.last_run),
        ]
        for name, tile in tiles:
            tile.setObjectName(name)
            tile.clicked.connect(self._request(tile))
            row.addWidget(tile)

    def _request(self, tile: CardButton) -> Callable[[], None]:
        def request() -> None:
            self.filterRequested.emit(*self._filters[tile])

        return request

    def _request_severity(self, severity: str) -> None:
        self.filterRequested.emit(Kind.ISSUES.value, say.severity_filter(Severity(severity)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Says less where not everything has room."""
        super().resizeEvent(event)
        short = self._lacks_room()
        if short != self._short:
            self._short = short
            self._show()

    def _lacks_room(self) -> bool:
        """Whether the full lines are wider than the row; asked of the texts, not of what is shown now."""
        fonts = self._theme.fonts
        needed = self.issues.sizeHint().width() + 2 * PAGE_GUTTER + len(self._figures) * GAP
        for figures in self._figures.values():
            widest = max(text_width(fonts.small, figures.line), text_width(fonts.figure, figures.figure))
            needed += widest + 2 * PAGE_GUTTER + 1
        return needed > self.width()

    def _show(self) -> None:
        for tile, figures in self._figures.items():
            if figures.label:
                tile.set_label(figures.label)
            tile.set_values(figures.figure, figures.line)
            tip = "\n".join(part for part in (tile.accessibleName(), figures.tip) if part)
            if self._short and figures.short:
                tile.set_values(figures.figure, figures.short)
            tile.setToolTip(plain_tool_tip(tip))
