"""Resolving or ignoring issues: why, and a comment."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QPlainTextEdit, QVBoxLayout, QWidget

from opspilot_desktop.domain.issues import IssueAction, ReasonCode
from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.theme import Theme
from opspilot_desktop.ui.widgets.field import Field
from opspilot_desktop.ui.widgets.plain_label import plain_label

from .choice import Choice
from .frame import DialogFrame
from .issue_facts import CurrencySum, Issue, by_type, difference_sums, numbered

SUMS_ACROSS = 3
MOST_SUMS = 6
COMMENT_HEIGHT = 84
LONGEST_COMMENT = 4_000
_VERBS = {IssueAction.RESOLVE: "Resolve", IssueAction.IGNORE: "Ignore"}


class ResolveDialog(DialogFrame):
    """``decided(reason code, comment)`` is emitted when the user confirms; one step, undone as one."""

    decided = Signal(str, str)

    def __init__(
        self,
        theme: Theme,
        icons: Icons,
        action: IssueAction,
        issues: Sequence[Issue],
        *,
        undo_keys: str = "Ctrl+Z",
        parent: QWidget | None = None,
    ) -> None:
        """`action` is RESOLVE or IGNORE; `issues` have the keys of `issues --format json`."""
        verb = _VERBS[action]
        super().__init__(
            theme,
            icons,
            f"{verb} {numbered(issues)}",
            _fact(issues),
            primary=f"{verb} {numbered(issues)}",
            parent=parent,
        )
        self.setObjectName("resolveDialog")
        self._undo = f"One step, undo with {undo_keys}"
        self.reason = Choice()
        self.reason.setObjectName("resolveReason")
        self.reason.setPlaceholderText("Choose a reason")
        for code in ReasonCode:
            self.reason.addItem(code.label, code.value)
        # Nothing is chosen beforehand: a reason nobody gave would be worse than none.
        self.reason.setCurrentIndex(-1)
        self.comment = QPlainTextEdit()
        self.comment.setObjectName("resolveComment")
        self.comment.setTabChangesFocus(True)
        self.comment.setPlaceholderText("Optional")
        self.comment.setFixedHeight(COMMENT_HEIGHT)
        self.primary.setObjectName("resolveConfirm")
        self.cancel.setObjectName("resolveCancel")
        sums = difference_sums(issues)
        if sums:
            self.body.addWidget(_sums_card(theme, sums))
        note = f"Goes to all {len(issues):,}" if len(issues) > 1 else ""
        self.body.addWidget(Field(theme, icons, "Reason", self.reason))
        self.comment_field = Field(theme, icons, "Comment", self.comment, note=note)
        self.body.addWidget(self.comment_field)
        self.reason.currentIndexChanged.connect(self._check)
        self.comment.textChanged.connect(self._check)
        self._check()

    @property
    def reason_code(self) -> str:
        """The reason chosen, "" before."""
        code = self.reason.currentData()
        return code if isinstance(code, str) else ""

    def submit(self) -> None:
        """Says what was decided and closes."""
        self.decided.emit(self.reason_code, self.comment.toPlainText().strip())
        self.accept()

    def _check(self) -> None:
        too_long = len(self.comment.toPlainText()) > LONGEST_COMMENT
        self.comment_field.set_error(
            f"A comment has at most {LONGEST_COMMENT:,} characters; shorten it." if too_long else ""
        )
        if not self.reason_code:
            self.set_primary(enabled=False)
            self.set_reason("Choose a reason first")
        else:
            self.set_primary(enabled=not too_long)
            self.set_reason(self._undo)


def _fact(issues: Sequence[Issue]) -> str:
    if len(issues) == 1:
        return str(issues[0].get("description") or by_type(issues))
    return by_type(issues)


def _sums_card(theme: Theme, sums: Sequence[CurrencySum]) -> QWidget:
    card = QFrame()
    card.setObjectName("resolveSums")
    card.setAccessibleName("Differences by currency")
    card.setProperty("ground", "panel")
    grid = QGridLayout(card)
    grid.setContentsMargins(14, 8, 14, 8)
    grid.setHorizontalSpacing(20)
    grid.setVerticalSpacing(8)
    shown = sums[:MOST_SUMS]
    for place, item in enumerate(shown):
        cell = QVBoxLayout()
        cell.setSpacing(0)
        issues = "1 issue" if item.issues == 1 else f"{item.issues:,} issues"
        cell.addWidget(plain_label(item.currency, tone="dim", font=theme.fonts.small))
        cell.addWidget(plain_label(item.amount, font=theme.fonts.strong))
        cell.addWidget(plain_label(issues, tone="dim", font=theme.fonts.small))
        grid.addLayout(cell, place // SUMS_ACROSS, place % SUMS_ACROSS)
    for column in range(SUMS_ACROSS):
        grid.setColumnStretch(column, 1)
    if len(sums) > MOST_SUMS:
        more = f"and {len(sums) - MOST_SUMS:,} more currencies"
        grid.addWidget(plain_label(more, tone="dim", font=theme.fonts.small), 2, 0, 1, SUMS_ACROSS)
    return card
