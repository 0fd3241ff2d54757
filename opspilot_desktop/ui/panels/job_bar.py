"""The status bar: the running job with its Cancel, what a job said when it was done, selection and user."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QStatusBar, QWidget

from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.measures import ICON_SMALL, STATUS_BAR
from opspilot_desktop.ui.style import set_property
from opspilot_desktop.ui.theme import Theme
from opspilot_desktop.ui.widgets.buttons import set_button_text, text_button
from opspilot_desktop.ui.widgets.elided_label import ElidedLabel
from opspilot_desktop.ui.widgets.icon_label import IconLabel
from opspilot_desktop.ui.widgets.plain_label import plain_label, plain_tool_tip
from opspilot_desktop.ui.widgets.spinner import Spinner

READY = "Ready"
SAID_FOR_MS = 8_000
PROGRESS_STEPS = 1_000
PROGRESS_WIDTH = 140
# An estimate from the first moments of a job would jump about.
ESTIMATE_AFTER = 1.0

Action = tuple[str, Callable[[], None]]
"""What a link is called, and what it does."""

_TONE_ICONS = {"ok": "resolved", "warn": "warning", "bad": "warning"}


def progress_text(done: int, total: int, unit: str, elapsed: float) -> str:
    """`612,000 of 1,000,000 rows, 9 s left`; a share in percent where the unit says nothing to people.

    `elapsed` are the seconds since the job began. "" where the size is not known.
    """
    if total <= 0:
        return f"{done:,} {unit}" if done > 0 and unit else ""
    done = min(max(done, 0), total)
    text = f"{done:,} of {total:,} {unit}" if unit else f"{done * 100 // total} %"
    if done in (0, total) or elapsed < ESTIMATE_AFTER:
        return text
    left = round(elapsed * (total - done) / done)
    return f"{text}, {duration(max(left, 1))} left"


def duration(seconds: int) -> str:
    """A time to wait: `9 s`, `2 min`, `1 h 5 min`."""
    if seconds < 90:
        return f"{seconds} s"
    minutes = (seconds + 30) // 60
    if minutes < 90:
        return f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60} min"


class JobBar(QStatusBar):
    """``cancelRequested`` asks to end the running job. One job at a time is shown."""

    cancelRequested = Signal()

    def __init__(
        self,
        theme: Theme,
        icons: Icons,
        user: str = "",
        parent: QWidget | None = None,
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("jobBar")
        self.setAccessibleName("Status")
        self.setSizeGripEnabled(False)
        self.setFixedHeight(STATUS_BAR)
        self._monotonic = monotonic
        self._started = 0.0
        self._running = False
        self._kept: tuple[str, str, Action | None] | None = None
        self._act: Callable[[], None] | None = None
        small = theme.fonts.small
        self.spinner = Spinner(theme)
        self.sign = IconLabel(theme, icons)
        self.text = ElidedLabel(READY, tone="dim", font=small)
        self.progress = QProgressBar()
        self.numbers = ElidedLabel(tone="dim", font=small)
        self.cancel = text_button(icons, "Cancel", kind="link")
        self.action = text_button(icons, "", kind="link")
        self.selection = plain_label(tone="dim", font=small)
        self.sum = plain_label(tone="dim", font=small)
        self.user = plain_label(user, tone="dim", font=small)
        self._user_sign = IconLabel(theme, icons, "person")
        self._quiet = QTimer(self)
        self._quiet.setSingleShot(True)
        self._quiet.timeout.connect(self.clear_message)
        # A status bar's own layout keeps margins that push a row of text off the middle.
        self._content = QWidget(self)
        self._name_parts()
        self._lay_out()
        self.cancel.clicked.connect(self._ask_to_cancel)
        self.action.clicked.connect(self._do)
        self.set_user(user)
        self._show_job(False)

    @property
    def is_running(self) -> bool:
        """Whether a job is shown as running."""
        return self._running

    def start(self, text: str) -> None:
        """Shows that a job runs, of a size that is not known yet."""
        self._started = self._monotonic()
        self._quiet.stop()
        self._offer(None)
        self.sign.clear()
        self._running = True
        self._show_job(True)
        self._say(text, "text")
        self.cancel.setEnabled(True)
        self.set_progress(0, 0)

    def set_progress(self, done: int, total: int, text: str = "", unit: str = "") -> None:
        """How far the job is; `unit` ("rows") only where its numbers mean something to people."""
        if not self._running:
            return  # a late report of a job that has ended
        if text:
            self._say(text, "text")
        self.progress.setRange(0, PROGRESS_STEPS if total > 0 else 0)
        if total > 0:
            self.progress.setValue(min(max(done, 0), total) * PROGRESS_STEPS // total)
        self.progress.setVisible(total > 0)
        self.numbers.setText(progress_text(done, total, unit, self._monotonic() - self._started))

    def finish(self, message: str = "", tone: str = "ok") -> None:
        """Ends the job shown, with what there is to say of it, or what was said while it ran."""
        self._running = False
        self._show_job(False)
        action: Action | None = None
        if not message and self._kept is not None:
            message, tone, action = self._kept
        self._kept = None
        if message:
            self.say(message, tone, action)
        else:
            self.clear_message()

    def say(self, message: str, tone: str = "text", action: Action | None = None) -> None:
        """Says something for a while; `tone` is "text", "ok", "warn" or "bad". A running job goes first.

        With an `action` it stays until something else is to be said.
        """
        if self._running:
            self._kept = (message, tone, action)
            return
        self._offer(action)
        self._say(message, tone)
        icon = _TONE_ICONS.get(tone)
        if icon is not None:
            self.sign.set_icon(icon, tone)
        else:
            self.sign.clear()
        if action is None:
            self._quiet.start(SAID_FOR_MS)
        else:
            self._quiet.stop()

    def clear_message(self) -> None:
        """Goes back to "Ready"."""
        self._quiet.stop()
        if not self._running:
            self._offer(None)
            self.sign.clear()
            self._say(READY, "dim")

    def set_selection(self, text: str) -> None:
        """Says what is selected: `1 selected of 164`."""
        self.selection.setText(text)

    def set_sum(self, text: str, details: str = "") -> None:
        """Says what the selected rows come to: `Sum −1,250.00 EUR`; `details` are for its tooltip."""
        self.sum.setText(text)
        self.sum.setToolTip(plain_tool_tip(details))
        self.sum.setVisible(bool(text))

    def set_user(self, name: str) -> None:
        """Names the person at work."""
        self.user.setText(name)
        self._user_sign.setVisible(bool(name))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keeps the content to the whole bar, below its hairline."""
        super().resizeEvent(event)
        self._content.setGeometry(self.rect().adjusted(0, 1, 0, 0))

    def _name_parts(self) -> None:
        self.text.setObjectName("jobText")
        self.progress.setObjectName("jobProgress")
        self.progress.setAccessibleName("Progress")
        self.numbers.setObjectName("jobNumbers")
        self.cancel.setObjectName("jobCancel")
        self.cancel.setProperty("size", "small")
        self.cancel.setAccessibleName("Cancel the running job")
        self.action.setObjectName("jobAction")
        self.action.setProperty("size", "small")
        self.selection.setObjectName("selectionText")
        self.sum.setObjectName("selectionSum")
        self.user.setObjectName("userName")

    def _lay_out(self) -> None:
        self.progress.setTextVisible(False)
        self.progress.setFixedWidth(PROGRESS_WIDTH)
        row = QHBoxLayout(self._content)
        row.setContentsMargins(14, 0, 14, 0)
        row.setSpacing(8)
        self.sign.setFixedSize(ICON_SMALL, ICON_SMALL)
        for widget in (self.spinner, self.sign, self.text, self.progress, self.numbers, self.cancel):
            row.addWidget(widget)
        row.addWidget(self.action)
        self.action.hide()
        row.addStretch(1)
        row.addWidget(self.selection)
        row.addWidget(self.sum)
        self.sum.hide()
        row.addSpacing(12)
        row.addWidget(self._user_sign)
        row.addWidget(self.user)

    def _show_job(self, running: bool) -> None:
        for widget in (self.spinner, self.progress, self.numbers, self.cancel):
            widget.setVisible(running)
        if running:
            self.spinner.start()
        else:
            self.spinner.stop()
            self.numbers.setText("")

    def _say(self, text: str, tone: str) -> None:
        self.text.setText(text)
        set_property(self.text, "tone", tone)

    def _offer(self, action: Action | None) -> None:
        """Shows what there is to do about what is said."""
        self._act = None if action is None else action[1]
        if action is not None:
            set_button_text(self.action, action[0])
        self.action.setVisible(action is not None)

    def _do(self) -> None:
        if self._act is not None:
            self._act()

    def _ask_to_cancel(self) -> None:
        self.cancel.setEnabled(False)
        self._say("Cancelling…", "text")
        self.cancelRequested.emit()
