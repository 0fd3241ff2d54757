"""What the dialogs by which issues are worked have in common: what was typed stays until it is stored."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QPlainTextEdit, QWidget

from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.theme import Theme
from opspilot_desktop.ui.widgets.banner import Banner
from opspilot_desktop.ui.widgets.field import Field

from .frame import DialogFrame
from .issue_facts import Issue, by_type, numbered

LONGEST_COMMENT = 4_000


class WorkDialog(DialogFrame):
    """Says what the user decided and waits: whoever stores it then accepts the dialog or calls `refuse`.

    `issues` are those it is about, with the keys of `issues --format json`; none are left when all of
    them were refused for good. A dialog of this kind adds its inputs, says in `ready` what is missing,
    and calls `show_issues` and `check` when it is made.
    """

    def __init__(
        self,
        theme: Theme,
        icons: Icons,
        issues: Sequence[Issue],
        *,
        verb: str,
        comment_height: int,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(theme, icons, "", primary=verb, parent=parent)
        self.issues = issues
        self._verb = verb
        self._focus_before: QWidget | None = None
        self.banner = Banner(theme, icons, "warn", wrap=True)
        self.banner.setObjectName("workRefused")
        self.banner.hide()
        self.body.addWidget(self.banner)
        self.comment = QPlainTextEdit()
        self.comment.setTabChangesFocus(True)
        self.comment.setFixedHeight(comment_height)
        self.comment_field = Field(theme, icons, "Comment", self.comment)
        self.comment.textChanged.connect(self.check)

    def ready(self) -> tuple[bool, str]:
        """Whether all that is needed has been typed or chosen, and a remark for the foot."""
        return True, ""

    def show_issues(self) -> None:
        """Shows what the dialog is about."""
        issues = self.issues
        self.set_title(f"{self._verb} {numbered(issues)}")
        alone = issues[0].get("description") if len(issues) == 1 else ""
        self.set_fact(str(alone or by_type(issues)))
        self.comment_field.set_note(f"Goes to all {len(issues):,}" if len(issues) > 1 else "")

    def check(self) -> None:
        """Switches the primary button by what has been typed."""
        too_long = len(self.comment.toPlainText()) > LONGEST_COMMENT
        self.comment_field.set_error(
            f"A comment has at most {LONGEST_COMMENT:,} characters; shorten it." if too_long else ""
        )
        if too_long and self.isVisible():
            self.grow()  # or the sentence would stand on the text
        if not self.issues:
            self.set_primary(enabled=False, reason=f"Nothing is left to {self._verb.lower()}")
            return
        ready, remark = self.ready()
        self.set_primary(enabled=ready and not too_long)
        self.set_reason("" if too_long else remark)

    def wait(self) -> None:
        """What was decided is being stored: nothing can be typed meanwhile, and Cancel still cancels."""
        self._focus_before = self.focusWidget()
        self.setFocus()  # and not Cancel, on which a second Enter would cancel
        self._switch_fields(on=False)
        self.set_primary(enabled=False)
        self.set_reason("Being stored…")

    def stop_waiting(self) -> None:
        """It was not stored: the dialog is as it was before."""
        self._switch_fields(on=True)
        self.check()
        if self._focus_before is not None:
            self._focus_before.setFocus()

    def refuse(self, sentence: str, issues: Sequence[Issue]) -> None:
        """Says why it was not stored, and goes on with what was typed and the issues as they are now.

        Without issues nothing is left to decide, but what was typed can still be copied.
        """
        self.banner.set_message(sentence)
        self.banner.show()
        self.issues = issues
        if issues:
            self.show_issues()
        self.stop_waiting()
        self.grow()

    def _switch_fields(self, *, on: bool) -> None:
        for field in self.findChildren(Field):
            field.setEnabled(on)
