"""What a run of the engine did."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QWidget

from opspilot_desktop.domain.issues import IssueType
from opspilot_desktop.domain.text import visible
from opspilot_desktop.recon.wording import count
from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.theme import Theme
from opspilot_desktop.ui.widgets.banner import Banner
from opspilot_desktop.ui.widgets.plain_label import plain_label

from .frame import DialogFrame

WIDTH = 520


class RunSummary(Protocol):
    """The part of a run's summary that is shown; see the engine's own for the meaning of the numbers."""

    @property
    def run_id(self) -> int:
        """The run's number."""
        ...

    @property
    def scope(self) -> str:
        """`full` or `incremental`."""
        ...

    @property
    def checked(self) -> int:
        """Trades that were matched with the ledger."""
        ...

    @property
    def not_checked(self) -> Mapping[str, int]:
        """Trades of other statuses, by status."""
        ...

    @property
    def matched(self) -> int:
        """Checked trades without a matching issue."""
        ...

    @property
    def opened(self) -> int:
        """New issues."""
        ...

    @property
    def reopened(self) -> int:
        """Issues opened again."""
        ...

    @property
    def updated(self) -> int:
        """Issues whose figures changed."""
        ...

    @property
    def cleared(self) -> int:
        """Issues that the data no longer show."""
        ...

    @property
    def open_by_type(self) -> Mapping[str, int]:
        """Open issues afterwards, by type."""
        ...

    @property
    def seconds(self) -> float:
        """How long the run took."""
        ...

    @property
    def warnings(self) -> tuple[str, ...]:
        """What has to be known about the run."""
        ...

    @property
    def notes(self) -> tuple[str, ...]:
        """What is good to know, and nothing to worry about."""
        ...


class SummaryDialog(DialogFrame):
    """Accepted by Show issues; ``showIssuesRequested(filter)`` carries a filter text, "" for all open."""

    showIssuesRequested = Signal(str)

    def __init__(
        self, theme: Theme, icons: Icons, summary: RunSummary, *, parent: QWidget | None = None
    ) -> None:
        super().__init__(
            theme,
            icons,
            "Reconciled",
            headline(summary),
            primary="Show issues",
            cancel="Close",
            icon=("reconcile", "link"),
            width=WIDTH,
            parent=parent,
        )
        self.setObjectName("summaryDialog")
        self.primary.setObjectName("summaryShow")
        self.cancel.setObjectName("summaryClose")
        for warning in summary.warnings:
            self.body.addWidget(Banner(theme, icons, "warn", visible(warning), wrap=True))
        self.figures = figures(summary)
        self.body.addWidget(_card(theme, self.figures))
        for title, lines in (
            ("Status open now, without those being investigated", open_lines(summary)),
            ("Trades not checked, by status", not_checked_lines(summary)),
        ):
            if lines:
                self.body.addLayout(_lines(theme, title, lines))
        for note in summary.notes:
            self.body.addWidget(plain_label(note, tone="dim", font=theme.fonts.small, wrap=True))
        self.set_reason(f"Run {summary.run_id}, {duration(summary.seconds)}")
        self.set_first_focus(self.primary)

    def submit(self) -> None:
        """Asks for the issues and closes."""
        self.showIssuesRequested.emit("")
        self.accept()


def headline(summary: RunSummary) -> str:
    """What was looked at, in one sentence."""
    checked = count(summary.checked, "trade")
    if summary.scope == "full":
        return f"{checked} checked against the ledger."
    return f"{checked} checked: what changed since the last run."


def figures(summary: RunSummary) -> list[tuple[str, str]]:
    """The numbers of the card."""
    pairs = [
        ("Checked", summary.checked),
        ("Matched", summary.matched),
        ("Opened", summary.opened),
        ("Reopened", summary.reopened),
        ("Updated", summary.updated),
        ("Cleared", summary.cleared),
    ]
    return [(label, f"{value:,}") for label, value in pairs]


def not_checked_lines(summary: RunSummary) -> list[tuple[str, str]]:
    """How many trades were not looked at, by their status."""
    counts = summary.not_checked.items()
    return [(status.capitalize(), f"{value:,}") for status, value in counts if value]


def open_lines(summary: RunSummary) -> list[tuple[str, str]]:
    """How many issues have status open now, by type; the tiles count those being investigated too."""
    labels = {kind.value: kind.label for kind in IssueType}
    return [
        (labels.get(kind, kind.replace("_", " ").capitalize()), f"{value:,}")
        for kind, value in summary.open_by_type.items()
        if value
    ]


def duration(seconds: float) -> str:
    """`0.42 s`, `12.4 s`, `2 min 5 s`."""
    if seconds < 10:
        return f"{seconds:.2f} s"
    if seconds < 60:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    return f"{whole // 60} min {whole % 60} s"


def _card(theme: Theme, pairs: list[tuple[str, str]]) -> QFrame:
    card = QFrame()
    card.setProperty("ground", "panel")
    grid = QGridLayout(card)
    grid.setContentsMargins(14, 10, 14, 10)
    grid.setHorizontalSpacing(20)
    grid.setVerticalSpacing(0)
    for place, (label, value) in enumerate(pairs):
        row, column = place // 3 * 3, place % 3
        figure = plain_label(value, font=theme.fonts.heading)
        figure.setAccessibleName(f"{label}: {value}")
        grid.addWidget(plain_label(label, tone="dim", font=theme.fonts.small), row, column)
        grid.addWidget(figure, row + 1, column)
        grid.setColumnStretch(column, 1)
    grid.setRowMinimumHeight(2, 10)
    return card


def _lines(theme: Theme, title: str, lines: list[tuple[str, str]]) -> QGridLayout:
    grid = QGridLayout()
    grid.setVerticalSpacing(4)
    grid.setColumnStretch(0, 1)
    grid.addWidget(plain_label(title, tone="dim", font=theme.fonts.small), 0, 0)
    for row, (label, value) in enumerate(lines, start=1):
        grid.addWidget(plain_label(label), row, 0)
        figure = plain_label(value)
        figure.setAccessibleName(f"{label}: {value}")
        grid.addWidget(figure, row, 1, Qt.AlignmentFlag.AlignRight)
    return grid
