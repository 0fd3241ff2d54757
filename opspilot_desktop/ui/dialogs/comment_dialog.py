"""A comment on one or several issues."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.theme import Theme
from opspilot_desktop.ui.widgets.field import Field

from .frame import DialogFrame
from .issue_facts import Issue, by_type, numbered
from .resolve_dialog import LONGEST_COMMENT

HEIGHT = 112


class CommentDialog(DialogFrame):
    """``commented(text)`` is emitted when the user confirms."""

    commented = Signal(str)

    def __init__(
        self, theme: Theme, icons: Icons, issues: Sequence[Issue], *, parent: QWidget | None = None
    ) -> None:
        """`issues` have the keys of `issues --format json`."""
        primary = "Add comment" if len(issues) == 1 else f"Add to {len(issues):,} issues"
        fact = str(issues[0].get("description") or "") if len(issues) == 1 else by_type(issues)
        super().__init__(theme, icons, f"Comment on {numbered(issues)}", fact, primary=primary, parent=parent)
        self.setObjectName("commentDialog")
        self.text = QPlainTextEdit()
        self.text.setObjectName("commentText")
        self.text.setTabChangesFocus(True)
        self.text.setFixedHeight(HEIGHT)
        self.primary.setObjectName("commentConfirm")
        self.cancel.setObjectName("commentCancel")
        note = f"Goes to all {len(issues):,}" if len(issues) > 1 else ""
        self.field = Field(theme, icons, "Comment", self.text, note=note)
        self.body.addWidget(self.field)
        self.text.textChanged.connect(self._check)
        self._check()

    def submit(self) -> None:
        """Says what was written and closes."""
        self.commented.emit(self.text.toPlainText().strip())
        self.accept()

    def _check(self) -> None:
        text = self.text.toPlainText()
        too_long = len(text) > LONGEST_COMMENT
        self.field.set_error(
            f"A comment has at most {LONGEST_COMMENT:,} characters; shorten it." if too_long else ""
        )
        self.set_primary(enabled=bool(text.strip()) and not too_long)
        self.set_reason("Ctrl+Enter adds it" if text.strip() and not too_long else "")
