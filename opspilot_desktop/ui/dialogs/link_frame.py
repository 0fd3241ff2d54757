"""What the dialogs about links have in common: why, a comment, and that nothing typed is lost."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from opspilot_desktop.domain.links import LinkReason
from opspilot_desktop.domain.text import visible
from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.theme import Theme
from opspilot_desktop.ui.widgets.banner import Banner
from opspilot_desktop.ui.widgets.field import Field

from .choice import Choice
from .frame import DialogFrame
from .work_dialog import LONGEST_COMMENT

LONGEST_NAME = 40


class LinkFrame(DialogFrame):
    """``decided(reason code, comment)`` is emitted when the user confirms; the dialog then waits for
    `accept`, or for `refuse`, which says why it was not stored."""

    decided = Signal(str, str)

    def __init__(
        self,
        theme: Theme,
        icons: Icons,
        title: str,
        *,
        primary: str,
        reasons: Sequence[LinkReason],
        width: int,
        undo_keys: str = "Ctrl+Z",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(
            theme, icons, title, primary=primary, width=width, resizable=width > 540, parent=parent
        )
        self._undo = f"One step, undo with {undo_keys}"
        self._focus_before: QWidget | None = None
        self.waiting = False
        self.banner = Banner(theme, icons, "warn", wrap=True)
        self.banner.setObjectName("linkRefused")
        self.banner.hide()
        self.reason = Choice()
        self.reason.setObjectName("linkReason")
        self.reason.setPlaceholderText("Choose a reason")
        for code in reasons:
            self.reason.addItem(code.label, code.value)
        self.reason.setCurrentIndex(-1)  # a reason nobody gave would be worse than none
        self.comment = QLineEdit()
        self.comment.setObjectName("linkComment")
        self.comment.setPlaceholderText("Optional")
        self.comment_field = Field(theme, icons, "Comment", self.comment)
        self.primary.setObjectName("linkConfirm")
        self.cancel.setObjectName("linkCancel")
        self.body.addWidget(self.banner)
        self.reason.currentIndexChanged.connect(self.check)
        self.comment.textChanged.connect(self.check)

    @property
    def reason_code(self) -> str:
        """The reason chosen, "" before."""
        code = self.reason.currentData()
        return code if isinstance(code, str) else ""

    def missing(self) -> str:
        """What has to be done before it can be confirmed, "" when nothing."""
        return "" if self.reason_code else "Choose a reason first"

    def check(self) -> None:
        """Switches the primary button by what has been chosen and typed."""
        too_long = len(self.comment.text()) > LONGEST_COMMENT
        self.comment_field.set_error(
            f"A comment has at most {LONGEST_COMMENT:,} characters; shorten it." if too_long else ""
        )
        if too_long and self.isVisible():
            self.grow()  # or the sentence would stand on the text
        if self.waiting:
            return
        missing = self.missing()
        self.set_primary(enabled=not missing and not too_long)
        self.set_reason(missing or self._undo)

    def submit(self) -> None:
        """Says what was decided and waits: nothing can be typed meanwhile, and Cancel still cancels."""
        self._focus_before = self.focusWidget()
        self.setFocus()  # and not Cancel, on which a second Enter would cancel
        self.waiting = True
        self._switch_fields(on=False)
        self.set_primary(enabled=False)
        self.set_reason("Being stored…")
        self.decided.emit(self.reason_code, self.comment.text().strip())

    def stop_waiting(self) -> None:
        """It was not stored: the dialog is as it was before."""
        self.waiting = False
        self._switch_fields(on=True)
        self.check()
        if self._focus_before is not None:
            self._focus_before.setFocus()

    def refuse(self, sentence: str) -> None:
        """Says why it was not stored, and goes on with what was typed."""
        self.banner.set_message(sentence)
        self.banner.show()
        self.stop_waiting()
        self.grow()

    def add_why(self) -> None:
        """Puts reason and comment side by side at the end of the body."""
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(Field(self.theme, self.icons, "Reason", self.reason), 2)
        row.addWidget(self.comment_field, 3)
        self.body.addLayout(row)

    def _switch_fields(self, *, on: bool) -> None:
        for field in self.findChildren(Field):
            field.setEnabled(on)


def short(name: str) -> str:
    """An id as a button's text can hold it: one line, of a bearable length, its & shown as it is."""
    text = visible(name)
    if len(text) > LONGEST_NAME:
        text = f"{text[: LONGEST_NAME - 12]}…{text[-11:]}"
    return text


def entries_named(count: int, name: str = "") -> str:
    """`entry LE-5`, `2 entries`."""
    if count == 1:
        return f"entry {short(name)}" if name else "1 entry"
    return f"{count:,} entries"
