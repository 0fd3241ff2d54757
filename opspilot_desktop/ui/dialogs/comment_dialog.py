"""A comment on one or several issues."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.theme import Theme
from opspilot_desktop.ui.widgets.buttons import set_button_text

from .issue_facts import Issue
from .work_dialog import WorkDialog

HEIGHT = 112


class CommentDialog(WorkDialog):
    """``commented(text)`` is emitted when the user confirms; the dialog waits until that is stored."""

    commented = Signal(str)

    def __init__(
        self, theme: Theme, icons: Icons, issues: Sequence[Issue], *, parent: QWidget | None = None
    ) -> None:
        """`issues` have the keys of `issues --format json`."""
        super().__init__(theme, icons, issues, verb="Comment on", comment_height=HEIGHT, parent=parent)
        self.setObjectName("commentDialog")
        self.comment.setObjectName("commentText")
        self.primary.setObjectName("commentConfirm")
        self.cancel.setObjectName("commentCancel")
        self.body.addWidget(self.comment_field)
        self.show_issues()
        self.check()

    def show_issues(self) -> None:
        """Names the issues."""
        super().show_issues()
        many = len(self.issues)
        set_button_text(self.primary, "Add comment" if many == 1 else f"Add to {many:,} issues")

    def ready(self) -> tuple[bool, str]:
        """A comment has to say something."""
        written = bool(self.comment.toPlainText().strip())
        return written, "Ctrl+Enter adds it" if written else ""

    def submit(self) -> None:
        """Says what was written and waits."""
        self.wait()
        self.commented.emit(self.comment.toPlainText().strip())
