"""What one run did, or how two runs differ: facts at the left, the issues at the right."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from opspilot_desktop.domain.clock import local_minute
from opspilot_desktop.domain.issues import IssueStatus, type_label
from opspilot_desktop.domain.run_history import Effect, RunComparison, RunDetail, Touched
from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.tables.table_message import TableMessage
from opspilot_desktop.ui.theme import Theme
from opspilot_desktop.ui.widgets.buttons import set_button_text, text_button
from opspilot_desktop.ui.widgets.chips import Chip
from opspilot_desktop.ui.widgets.edges import boxed
from opspilot_desktop.ui.widgets.flow_layout import FlowLayout
from opspilot_desktop.ui.widgets.plain_label import plain_label, plain_tool_tip

from .list_table import Column, ListTable, Value
from .run_facts import Section, facts_of_comparison, facts_of_run, facts_widget

FACTS_WIDTH = 330
_COLUMNS = (
    Column("Issue", numeric=True),
    Column("What happened"),
    Column("Type"),
    Column("Trade", widest=160),
    Column("Figures, or why", widest=240),
    Column("Status now"),
    Column("Description", widest=0),
)


class RunPanel(QWidget):
    """`currentChanged` says that another issue is the current one, or none; `opened` asks to see it."""

    currentChanged = Signal()
    opened = Signal()

    def __init__(self, theme: Theme, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icons = icons
        self._touched = Touched({}, ())
        self._effect: Effect | None = None
        self.chips: dict[Effect, Chip] = {}
        self.heading = plain_label(font=theme.fonts.medium)
        self.copy = text_button(icons, "Copy list", "copy", kind="link")
        self.copy.setObjectName("runIssuesCopy")
        self.copy.clicked.connect(self._copy)
        self.table = ListTable(theme, icons, _COLUMNS, sort_by=None)
        self.table.setObjectName("runIssuesTable")
        self.table.setAccessibleName("Issues that the run touched")
        self.table.setSelectionMode(ListTable.SelectionMode.SingleSelection)
        self.table.horizontalHeader().setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.table.setSortingEnabled(True)
        self.table.doubleClicked.connect(lambda _index: self.opened.emit())
        self.table.selectionModel().currentRowChanged.connect(lambda _new, _old: self.currentChanged.emit())
        self.note = plain_label(tone="dim", font=theme.fonts.small, wrap=True)
        self.message = TableMessage(theme, icons, self)
        self._lay_out()

    def show_run(self, detail: RunDetail) -> None:
        """What a run did."""
        run = detail.run
        self._show(f"Run {run.number}, {local_minute(run.at)}", facts_of_run(detail), detail.touched)

    def show_comparison(self, compared: RunComparison) -> None:
        """How the issues stood after the newer run, against after the older one."""
        older, newer = compared.older.number, compared.newer.number
        heading = f"After run {newer}, compared with after run {older}"
        self._show(heading, facts_of_comparison(compared), compared.touched)

    def say(self, heading: str, line: str = "") -> None:
        """Shows words in place of a run."""
        self._touched = Touched({}, ())
        self.table.show_rows([])
        self.message.setGeometry(self.rect())
        self.message.say(heading, line)
        self.currentChanged.emit()

    @property
    def current_issue(self) -> int | None:
        """The number of the issue that is the current one."""
        row = self.table.currentIndex().row()
        rows = self.table.list_model.rows
        return int(rows[row][0]) if 0 <= row < len(rows) else None

    @property
    def total(self) -> int:
        """How many issues were touched, listed or not."""
        return self._touched.total

    def resizeEvent(self, event: object) -> None:
        """Lets the message cover everything."""
        self.message.setGeometry(self.rect())

    def _show(self, heading: str, sections: list[Section], touched: Touched) -> None:
        self.message.hide()
        self.heading.setText(heading)
        facts = facts_widget(self._theme, sections)
        self.facts.setWidget(facts)
        facts.setAutoFillBackground(False)
        self._touched = touched
        self._effect = None
        self._make_chips()
        self._show_issues()

    def _make_chips(self) -> None:
        while (item := self._flow.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self.chips = {}
        for effect in self._touched.counts:
            number = f"{self._touched.count(effect):,}"
            chip = Chip(self._theme, self._icons, effect.label, number, removable=False)
            chip.setCheckable(True)
            chip.setObjectName(f"runChip:{effect.value}")
            chip.setToolTip(plain_tool_tip(self._touched.by_type(effect)))
            chip.clicked.connect(lambda _checked=False, effect=effect: self._filter(effect))
            self._flow.addWidget(chip)
            self.chips[effect] = chip

    def _filter(self, effect: Effect) -> None:
        self._effect = None if self._effect is effect else effect
        for name, chip in self.chips.items():
            chip.setChecked(name is self._effect)
        self._show_issues()

    def _show_issues(self) -> None:
        rows: list[tuple[Value, ...]] = [
            (
                issue.issue_id,
                issue.effect.label,
                type_label(issue.issue_type),
                issue.trade_id or "–",
                issue.note or "–",
                IssueStatus(issue.status).label,
                issue.description,
            )
            for issue in self._touched.issues
            if self._effect in (None, issue.effect)
        ]
        self.table.show_rows(rows)
        if rows:
            self.table.select_row(0)
        set_button_text(self.copy, "Copy list")
        self.copy.setEnabled(bool(rows))
        self.note.setText(self._remark(len(rows)))
        self.note.setVisible(bool(self.note.text()))
        self.currentChanged.emit()

    def _remark(self, listed: int) -> str:
        touched = self._touched
        total = touched.total if self._effect is None else touched.count(self._effect)
        if not total:
            return "No issue was opened, changed or cleared."
        if listed == total:
            return touched.by_type(self._effect) if self._effect is not None else ""
        return f"{listed:,} of {total:,} are listed; Show issues finds them all."

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.table.as_text())
        set_button_text(self.copy, "Copied")

    def _lay_out(self) -> None:
        self.facts = QScrollArea()
        self.facts.setWidgetResizable(True)
        self.facts.setFrameShape(QFrame.Shape.NoFrame)
        self.facts.setFixedWidth(FACTS_WIDTH)
        self.facts.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.facts.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.facts.viewport().setAutoFillBackground(False)
        chips = QWidget()
        self._flow = FlowLayout(chips, spacing=8)
        head = QHBoxLayout()
        head.addWidget(chips, 1)
        head.addWidget(self.copy)
        right = QVBoxLayout()
        right.setSpacing(8)
        right.addLayout(head)
        right.addWidget(boxed(self.table), 1)
        right.addWidget(self.note)
        both = QHBoxLayout()
        both.setSpacing(12)
        both.addWidget(self.facts)
        both.addLayout(right, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.heading)
        column.addLayout(both, 1)
