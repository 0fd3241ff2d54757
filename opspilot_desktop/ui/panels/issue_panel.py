"""The selected issue in detail: what it is, trade beside ledger, the difference, and what happened."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from opspilot_desktop.domain.issues import IssueAction, IssueStatus, IssueType, Severity, is_allowed
from opspilot_desktop.domain.situation import IssueDetail
from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.measures import PAGE_GUTTER
from opspilot_desktop.ui.theme import Theme
from opspilot_desktop.ui.widgets.buttons import icon_button, text_button
from opspilot_desktop.ui.widgets.edges import hairline
from opspilot_desktop.ui.widgets.elided_label import ElidedLabel
from opspilot_desktop.ui.widgets.pills import PillLabel, Pills
from opspilot_desktop.ui.widgets.plain_label import plain_label

from .compare_table import CompareTable
from .comparison import compare
from .difference import figures_of
from .difference_block import DifferenceBlock
from .timeline import Timeline

HEAD = 46
DIFFERENCE_WIDTH = 216
TIMELINE_WIDTH = 262
SCROLL_BAR = 11
NOTHING = "Select an issue to see its trade beside the ledger."


class IssuePanel(QFrame):
    """Every request is a signal that carries the issue's id; the window carries it out."""

    explainRequested = Signal(int)
    commentRequested = Signal(int)
    resolveRequested = Signal(int)
    previousRequested = Signal()
    nextRequested = Signal()

    def __init__(self, theme: Theme, icons: Icons, pills: Pills, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("issuePanel")
        self.setAccessibleName("Issue")
        self.setProperty("ground", "surface")
        self._detail: IssueDetail | None = None
        self.severity = PillLabel(pills, Severity.LOW.value)
        self.status = PillLabel(pills, IssueStatus.OPEN.value)
        self.number = plain_label(font=theme.fonts.strong)
        self.kind = ElidedLabel(font=theme.fonts.strong)
        self.assignee = ElidedLabel(tone="dim")
        self.previous = icon_button(icons, "chevron-up", "Previous issue")
        self.next = icon_button(icons, "chevron-down", "Next issue")
        self.position = plain_label(tone="dim")
        self.explain = text_button(icons, "Explain", "bulb")
        self.comment = text_button(icons, "Comment", "comment")
        self.resolve = text_button(icons, "Resolve…", "check")
        self.compare = CompareTable(theme, icons)
        self.difference = DifferenceBlock(theme)
        self.timeline = Timeline(theme, icons)
        self._timeline_title = plain_label("Timeline", tone="dim", font=theme.fonts.small)
        self.nothing = plain_label(NOTHING, tone="dim")
        self._side = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._side_area = QScrollArea()
        self._stack = QStackedWidget()
        self._name_parts()
        self._lay_out()
        self._connect()
        self.set_detail(None)

    @property
    def issue_id(self) -> int | None:
        """The issue shown, if any."""
        return int(self._detail.issue["id"]) if self._detail is not None else None

    def set_detail(self, detail: IssueDetail | None, position: int = 0, count: int = 0) -> None:
        """Shows an issue (None: says to select one), and that it is the `position`-th of `count`."""
        self._detail = detail
        self._stack.setCurrentIndex(0 if detail is None else 1)
        self.set_position(position, count)
        if detail is None:
            return
        issue = detail.issue
        severity = str(issue["severity"])
        self.severity.set_value(severity)
        self.status.set_value(str(issue["status"]))
        self.number.setText(str(issue["id"]))
        self.kind.setText(_type_label(str(issue["issue_type"])))
        self.assignee.setText(str(issue.get("assigned_to") or "Unassigned"))
        self.setAccessibleDescription(str(issue.get("description") or ""))
        self._allow(IssueStatus(issue["status"]))
        self.compare.show_comparison(compare(detail))
        self.difference.show_figures(figures_of(detail))
        self.timeline.show_events(detail.events, severity)

    def set_position(self, position: int, count: int) -> None:
        """Says that the issue is the `position`-th (from 1) of `count`; 0 where it is not in the list."""
        self.position.setText(f"{position:,} of {count:,}" if position else "")
        self.previous.setEnabled(position > 1)
        self.next.setEnabled(0 < position < count)

    def set_narrow(self, narrow: bool) -> None:
        """Puts the timeline under the difference in a narrow window."""
        direction = QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight
        self._side.setDirection(direction)
        self._line.setVisible(not narrow)
        self.timeline.set_whole(narrow)
        self._side_area.setFixedWidth(DIFFERENCE_WIDTH + (SCROLL_BAR if narrow else TIMELINE_WIDTH))

    def _allow(self, status: IssueStatus) -> None:
        allowed = is_allowed(IssueAction.RESOLVE, status)
        self.resolve.setEnabled(allowed)
        self.resolve.setToolTip("" if allowed else f"This issue is {status.label.lower()}")

    def _name_parts(self) -> None:
        self.kind.setObjectName("issueType")
        self.assignee.setObjectName("issueAssignee")
        self.previous.setObjectName("previousIssue")
        self.next.setObjectName("nextIssue")
        self.explain.setObjectName("issueExplain")
        self.comment.setObjectName("issueComment")
        self.resolve.setObjectName("issueResolve")
        self.position.setObjectName("issuePosition")
        for label in (self.number, self.kind):
            label.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)

    def _connect(self) -> None:
        self.previous.clicked.connect(self.previousRequested)
        self.next.clicked.connect(self.nextRequested)
        self.explain.clicked.connect(lambda: self._request(self.explainRequested))
        self.comment.clicked.connect(lambda: self._request(self.commentRequested))
        self.resolve.clicked.connect(lambda: self._request(self.resolveRequested))

    def _request(self, signal: object) -> None:
        if self.issue_id is not None:
            signal.emit(self.issue_id)  # type: ignore[attr-defined]

    def _lay_out(self) -> None:
        detail = QWidget()
        column = QVBoxLayout(detail)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._head())
        column.addWidget(hairline(flat=True))
        body = QHBoxLayout()
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(0)
        body.addWidget(self.compare, 1)
        body.addWidget(hairline())
        body.addWidget(self._side_parts())
        column.addLayout(body, 1)
        nothing = QWidget()
        middle = QVBoxLayout(nothing)
        middle.addWidget(self.nothing, 0, Qt.AlignmentFlag.AlignCenter)
        self._stack.addWidget(nothing)
        self._stack.addWidget(detail)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(hairline(flat=True))
        outer.addWidget(self._stack, 1)
        self.set_narrow(False)

    def _head(self) -> QWidget:
        head = QWidget()
        head.setFixedHeight(HEAD)
        row = QHBoxLayout(head)
        row.setContentsMargins(PAGE_GUTTER, 0, PAGE_GUTTER, 0)
        row.setSpacing(8)
        row.addWidget(self.severity)
        row.addSpacing(4)
        row.addWidget(self.number)
        row.addWidget(self.kind)
        row.addWidget(self.status)
        row.addSpacing(2)
        row.addWidget(self.assignee)
        row.addStretch(1)
        row.addWidget(self.previous)
        row.addWidget(self.position)
        row.addWidget(self.next)
        row.addSpacing(8)
        for button in (self.explain, self.comment, self.resolve):
            row.addWidget(button)
        return head

    def _side_parts(self) -> QWidget:
        self.difference.setFixedWidth(DIFFERENCE_WIDTH)
        timeline = QWidget()
        column = QVBoxLayout(timeline)
        column.setContentsMargins(12, 8, 2, 0)
        column.setSpacing(6)
        column.addWidget(self._timeline_title)
        column.addWidget(self.timeline, 1)
        self._line = hairline()
        self._side.setContentsMargins(0, 0, 0, 0)
        self._side.setSpacing(0)
        self._side.addWidget(self.difference)
        self._side.addWidget(self._line)
        self._side.addWidget(timeline, 1)
        content = QWidget()
        content.setLayout(self._side)
        area = self._side_area
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidgetResizable(True)
        area.setWidget(content)
        content.setAutoFillBackground(False)
        area.viewport().setAutoFillBackground(False)
        return area


def _type_label(issue_type: str) -> str:
    """The words for a type; a plug-in's own type reads like the built-in ones."""
    try:
        return IssueType(issue_type).label
    except ValueError:
        return issue_type.replace("_", " ").capitalize()
