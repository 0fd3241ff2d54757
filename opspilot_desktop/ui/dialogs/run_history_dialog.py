"""Every run of the engine, what each did, and how two of them differ."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QItemSelectionModel, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QGuiApplication, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from opspilot_desktop.domain.clock import local_minute
from opspilot_desktop.domain.run_history import PastRun, RunComparison, RunDetail
from opspilot_desktop.recon.wording import count
from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.tables.table_message import TableMessage
from opspilot_desktop.ui.theme import Theme
from opspilot_desktop.ui.widgets.buttons import set_button_text, text_button
from opspilot_desktop.ui.widgets.edges import boxed
from opspilot_desktop.ui.widgets.plain_label import plain_label

from .frame import DialogFrame
from .list_table import Column, ListTable, Value
from .run_facts import scope_words
from .run_panel import RunPanel
from .summary_dialog import duration

WIDTH = 1440
RUNS_HEIGHT, PANEL_HEIGHT = 210, 250
HOW = "Select a run to see what it did; select a second one with Ctrl to compare the two."
_COLUMNS = (
    Column("Run", numeric=True),
    Column("When"),
    Column("Who", widest=110),
    Column("Scope"),
    Column("Settings"),
    Column("Checked", numeric=True),
    Column("Not checked", numeric=True),
    Column("Matched", numeric=True),
    Column("Opened", numeric=True),
    Column("Reopened", numeric=True),
    Column("Changed", numeric=True),
    Column("Cleared", numeric=True),
    Column("Time", numeric=True),
    Column("Files since the run before", widest=0),
)


class _Duration(int):
    """Milliseconds that sort as a number and are read as a time."""

    def __str__(self) -> str:
        return duration(self / 1000)

    def __format__(self, _form: str) -> str:
        return str(self)


class RunHistoryDialog(DialogFrame):
    """Asks for what it shows: `runWanted` (number), `comparisonWanted` (two numbers), `olderWanted` (before
    which). Accepted by Show issues (`issuesRequested`, the first and the last run) and Open issue
    (`issueRequested`); `exportRequested` leaves it open.
    """

    runWanted = Signal(int)
    comparisonWanted = Signal(int, int)
    olderWanted = Signal(int)
    issuesRequested = Signal(int, int)
    issueRequested = Signal(int)
    exportRequested = Signal()

    def __init__(self, theme: Theme, icons: Icons, *, parent: QWidget | None = None) -> None:
        super().__init__(
            theme,
            icons,
            "Run history",
            HOW,
            primary="Show issues",
            cancel="Close",
            icon=("history", "link"),
            width=WIDTH,
            resizable=True,
            parent=parent,
        )
        self.setObjectName("runHistoryDialog")
        self._rows: list[tuple[Value, ...]] = []
        self._shown: tuple[int, ...] = ()
        self.table = ListTable(theme, icons, _COLUMNS, sort_by=None)
        self.table.setObjectName("runsTable")
        self.table.setAccessibleName("Runs")
        self.table.horizontalHeader().setSortIndicator(0, Qt.SortOrder.DescendingOrder)
        self.table.setSortingEnabled(True)
        self.table.selectionModel().selectionChanged.connect(lambda _new, _old: self._ask())
        self.message = TableMessage(theme, icons, self.table)
        self.count_label = plain_label(tone="dim", font=theme.fonts.small)
        self.older = text_button(icons, "Show older runs", "history", kind="link")
        self.older.setObjectName("runHistoryOlder")
        self.older.hide()
        self.older.clicked.connect(self._ask_older)
        self.panel = RunPanel(theme, icons)
        self.panel.currentChanged.connect(self._switch)
        self.panel.opened.connect(self._open_issue)
        self.open_issue = self.add_secondary("Open issue")
        self.open_issue.setObjectName("runHistoryOpenIssue")
        self.open_issue.clicked.connect(self._open_issue)
        self.export = self.add_side_action("Export runs…", "export")
        self.export.setObjectName("runHistoryExport")
        self.export.clicked.connect(self.exportRequested)
        self.copy = self.add_side_action("Copy runs", "copy")
        self.copy.setObjectName("runHistoryCopy")
        self.copy.clicked.connect(self._copy)
        self.primary.setObjectName("runHistoryShow")
        self.cancel.setObjectName("runHistoryClose")
        self._lay_out_body()
        self.message.say("Reading the runs…", "")
        self.panel.say("")
        self.set_first_focus(self.table)

    @property
    def selected(self) -> list[int]:
        """The numbers of the selected runs, the oldest first."""
        rows = self.table.list_model.rows
        return sorted(int(rows[index.row()][0]) for index in self.table.selectionModel().selectedRows())

    def add_runs(self, runs: Sequence[PastRun], *, more: bool) -> None:
        """Shows further runs, older than those shown so far; `more` says whether there are older ones."""
        first = not self._rows
        self._rows += [_row(run) for run in runs]
        chosen, place = self.selected, self.table.verticalScrollBar().value()
        with QSignalBlocker(self.table.selectionModel()):
            self.table.show_rows(self._rows)
        self.count_label.setText(
            f"The newest {len(self._rows):,} runs" if more else count(len(self._rows), "run")
        )
        self.older.setVisible(more)
        self.older.setEnabled(True)
        if not self._rows:
            self.message.say("No run yet", "Import trades and ledger entries, then reconcile them (F5).")
        elif first:
            self.message.hide()
            self.table.select_row(0)
        else:
            self._select_again(chosen)
            self.table.verticalScrollBar().setValue(place)
        self._switch()

    def show_run(self, detail: RunDetail) -> None:
        """Shows what a run did, if it is still the one selected."""
        if self._shown == (detail.run.number,):
            self.panel.show_run(detail)

    def show_comparison(self, compared: RunComparison) -> None:
        """Shows how two runs differ, if they are still the ones selected."""
        if self._shown == (compared.older.number, compared.newer.number):
            self.panel.show_comparison(compared)

    def fail(self, sentence: str) -> None:
        """Says why something could not be read."""
        if not self._rows:
            self.message.say("The runs cannot be read", sentence)
        self.older.setEnabled(True)
        self.panel.say("That cannot be read" if self._rows else "", sentence if self._rows else "")

    def submit(self) -> None:
        """Asks for the issues of the runs shown, and closes."""
        if self._shown:
            first = self._shown[0] + (len(self._shown) > 1)  # what happened after the older one
            self.issuesRequested.emit(first, self._shown[-1])
            self.accept()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lets the message cover the table."""
        super().resizeEvent(event)
        self.message.setGeometry(self.table.rect())

    def _ask(self) -> None:
        """Asks for what the selection calls for."""
        chosen = tuple(self.selected)
        if chosen == self._shown:
            return
        self._shown = chosen if len(chosen) in (1, 2) else ()
        if len(chosen) == 1:
            self.panel.say("Reading…")
            self.runWanted.emit(chosen[0])
        elif len(chosen) == 2:
            self.panel.say("Comparing…")
            self.comparisonWanted.emit(*chosen)
        else:
            self.panel.say("Select one run, or two to compare", f"{len(chosen):,} are selected.")

    def _switch(self) -> None:
        """Switches what needs a run with issues, or an issue."""
        self.primary.setEnabled(self.panel.total > 0)
        self.open_issue.setEnabled(self.panel.current_issue is not None)
        for button in (self.export, self.copy):
            button.setEnabled(bool(self._rows))

    def _select_again(self, numbers: Sequence[int]) -> None:
        flags = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
        with QSignalBlocker(self.table.selectionModel()):
            for row, values in enumerate(self.table.list_model.rows):
                if values[0] in numbers:
                    self.table.selectionModel().select(self.table.list_model.index(row, 0), flags)
        self.table.viewport().update()

    def _ask_older(self) -> None:
        self.older.setEnabled(False)
        self.olderWanted.emit(int(self._rows[-1][0]))

    def _open_issue(self) -> None:
        issue = self.panel.current_issue
        if issue is not None:
            self.issueRequested.emit(issue)
            self.accept()

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.table.as_text())
        set_button_text(self.copy, "Copied")

    def _lay_out_body(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self.count_label, 1)
        head.addWidget(self.older)
        runs = boxed(self.table)
        runs.setMinimumHeight(RUNS_HEIGHT)
        self.panel.setMinimumHeight(PANEL_HEIGHT)
        self.body.setSpacing(10)
        self.body.addLayout(head)
        self.body.addWidget(runs, 2)
        self.body.addWidget(self.panel, 3)


def _row(run: PastRun) -> tuple[Value, ...]:
    return (
        run.number,
        local_minute(run.at),
        run.who,
        scope_words(run),
        "Own" if run.settings_version is None else f"Version {run.settings_version}",
        run.checked,
        sum(run.not_checked.values()),
        run.matched,
        run.opened,
        run.reopened,
        run.updated,
        run.cleared,
        _Duration(round(run.seconds * 1000)),
        ", ".join(file.file for file in run.inputs) or "–",
    )
