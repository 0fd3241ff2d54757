"""Resolving or ignoring issues: why, and a comment."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QVBoxLayout, QWidget

from opspilot_desktop.domain.issues import IssueAction, ReasonCode
from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.theme import Theme
from opspilot_desktop.ui.widgets.buttons import set_button_text
from opspilot_desktop.ui.widgets.field import Field
from opspilot_desktop.ui.widgets.plain_label import plain_label

from .choice import Choice
from .issue_facts import CurrencySum, Issue, difference_sums, numbered
from .work_dialog import WorkDialog

SUMS_ACROSS = 3
MOST_SUMS = 6
COMMENT_HEIGHT = 84
_VERBS = {IssueAction.RESOLVE: "Resolve", IssueAction.IGNORE: "Ignore"}


class ResolveDialog(WorkDialog):
    """``decided(reason code, comment)`` is emitted when the user confirms; the dialog waits until that is
    stored. One step, undone as one."""

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
        super().__init__(theme, icons, issues, verb=verb, comment_height=COMMENT_HEIGHT, parent=parent)
        self.setObjectName("resolveDialog")
        self._undo = f"One step, undo with {undo_keys}"
        self._sums: QWidget | None = None
        self.reason = Choice()
        self.reason.setObjectName("resolveReason")
        self.reason.setPlaceholderText("Choose a reason")
        for code in ReasonCode:
            self.reason.addItem(code.label, code.value)
        # Nothing is chosen beforehand: a reason nobody gave would be worse than none.
        self.reason.setCurrentIndex(-1)
        self.comment.setObjectName("resolveComment")
        self.comment.setPlaceholderText("Optional")
        self.primary.setObjectName("resolveConfirm")
        self.cancel.setObjectName("resolveCancel")
        self.body.addWidget(Field(theme, icons, "Reason", self.reason))
        self.body.addWidget(self.comment_field)
        self.reason.currentIndexChanged.connect(self.check)
        self.show_issues()
        self.check()

    @property
    def reason_code(self) -> str:
        """The reason chosen, "" before."""
        code = self.reason.currentData()
        return code if isinstance(code, str) else ""

    def show_issues(self) -> None:
        """Names the issues, with the sums of their differences."""
        super().show_issues()
        set_button_text(self.primary, f"{self._verb} {numbered(self.issues)}")
        if self._sums is not None:
            self.body.removeWidget(self._sums)
            self._sums.hide()
            self._sums.deleteLater()
        sums = difference_sums(self.issues)
        self._sums = _sums_card(self.theme, sums) if sums else None
        if self._sums is not None:
            self.body.insertWidget(self.body.indexOf(self.banner) + 1, self._sums)
            self._sums.show()  # now and not in a moment, when the dialog's height has been found

    def ready(self) -> tuple[bool, str]:
        """A reason has to be chosen."""
        return (True, self._undo) if self.reason_code else (False, "Choose a reason first")

    def submit(self) -> None:
        """Says what was decided and waits."""
        self.wait()
        self.decided.emit(self.reason_code, self.comment.toPlainText().strip())


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
