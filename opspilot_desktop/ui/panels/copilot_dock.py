"""The copilot's dock: a conversation about the workspace and the selected issue.

The session works on its own thread; everything it says comes through a queued signal.
"""

from __future__ import annotations

from decimal import Decimal

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDockWidget, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from opspilot_desktop.copilot.context import Context, build, summarize
from opspilot_desktop.copilot.protocol import Failed, FailureKind, Text
from opspilot_desktop.copilot.session import (
    Availability,
    Event,
    Finished,
    Session,
    Source,
    Started,
    Stopped,
)
from opspilot_desktop.domain.situation import IssueDetail, Overview
from opspilot_desktop.ui.dialogs.sent_dialog import SentDialog
from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.measures import CONTROL, DOCK, DOCK_MAX, DOCK_NARROW, ICON
from opspilot_desktop.ui.theme import Theme
from opspilot_desktop.ui.widgets.buttons import icon_button
from opspilot_desktop.ui.widgets.elided_label import ElidedLabel
from opspilot_desktop.ui.widgets.icon_label import IconLabel
from opspilot_desktop.ui.widgets.plain_label import plain_label

from .answer_view import AnswerView
from .composer import Composer
from .transcript import GUTTER, Transcript

TITLE_HEIGHT = 44
CHECK_MS = 300
"""After the window is there: looking into the keychain loads a library and may ask the user."""

_EMPTY_OFFLINE = (
    "It explains issues from their evidence, also without a key or a network."
    " Nothing leaves this machine until you add a key in Settings."
)
_EMPTY_KEPT_OFFLINE = (
    "It explains issues from their evidence. It is kept offline: nothing leaves this machine."
)
_EMPTY_ONLINE = (
    "Claude explains issues from their evidence. What is sent shows every word before it leaves this machine."
)


class _Relay(QObject):
    """Carries the session's events from its thread to the window's."""

    heard = Signal(int, object)

    def pass_on(self, turn: int, event: Event) -> None:
        """Called on the session's thread, which keeps this alive."""
        self.heard.emit(turn, event)


class CopilotDock(QDockWidget):
    """The dock. Give it what is on screen with `set_situation`; it asks nobody for data."""

    settingsRequested = Signal()

    def __init__(self, theme: Theme, icons: Icons, session: Session, parent: QWidget | None = None) -> None:
        super().__init__("Copilot", parent)
        self._theme = theme
        self._icons = icons
        self._session = session
        self._overview = Overview()
        self._detail: IssueDetail | None = None
        self._availability: Availability | None = None
        self._turn: int | None = None
        self._answer: AnswerView | None = None
        self.setObjectName("copilotDock")
        self.setAccessibleName("Copilot")
        self.setFeatures(
            QDockWidget.DockWidgetFeature.DockWidgetClosable | QDockWidget.DockWidgetFeature.DockWidgetMovable
        )
        self.setAllowedAreas(Qt.DockWidgetArea.LeftDockWidgetArea | Qt.DockWidgetArea.RightDockWidgetArea)
        self.transcript = Transcript(theme, icons)
        self.composer = Composer(theme, icons)
        self._subject = ElidedLabel(tone="dim", font=theme.fonts.small)
        self.setTitleBarWidget(self._title_bar())
        self.setWidget(self._contents())
        self._connect()
        self._show_subject()

    def set_situation(self, overview: Overview, detail: IssueDetail | None) -> None:
        """What the next question is about: the workspace, and the selected issue if there is one."""
        self._overview, self._detail = overview, detail
        self._show_subject()

    def ask(self, question: str) -> None:
        """Asks as if the user had typed it."""
        self.transcript.add_question(question)
        self._begin(self._session.ask(question, self._context()))

    def explain(self) -> None:
        """Asks about the selected issue, or about the workspace when none is selected."""
        issue = self._detail.issue.get("id") if self._detail is not None else None
        self.ask(f"Explain issue {issue}." if issue is not None else "What should be done first?")

    def focus_input(self) -> None:
        """Puts the keyboard into the question's box."""
        self.composer.input.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def key_changed(self) -> None:
        """To be called when the API key was entered or forgotten."""
        self._session.check()

    def new_chat(self) -> None:
        """Forgets the conversation."""
        self._session.new_chat()
        self._turn = self._answer = None
        self.transcript.clear()
        self.composer.set_busy(False)

    def showEvent(self, event: QShowEvent) -> None:
        """Finds out, once, whether Claude can be asked; after the window has been painted."""
        super().showEvent(event)
        if self._availability is None and not event.spontaneous():
            QTimer.singleShot(CHECK_MS, self, self._check)

    def _check(self) -> None:
        if self._availability is None:
            self._session.check()

    def _title_bar(self) -> QWidget:
        bar = QFrame()
        bar.setProperty("ground", "alt")
        self.new_chat_button = icon_button(self._icons, "new-chat", "New chat")
        self.new_chat_button.setObjectName("copilotNewChat")
        self.close_button = icon_button(self._icons, "close", "Close the copilot")
        row = QHBoxLayout(bar)
        # A dock asks its title bar for its hint and nothing else, so the margins give the height.
        edge = (TITLE_HEIGHT - CONTROL) // 2
        row.setContentsMargins(GUTTER, edge, 8, edge)
        row.setSpacing(8)
        row.addWidget(IconLabel(self._theme, self._icons, "copilot", "link", ICON))
        row.addWidget(plain_label("Copilot", font=self._theme.fonts.strong))
        row.addWidget(self._subject, 1)
        row.addWidget(self.new_chat_button)
        row.addWidget(self.close_button)
        return bar

    def _contents(self) -> QWidget:
        contents = QFrame()
        contents.setProperty("ground", "alt")
        contents.setMinimumWidth(DOCK_NARROW)
        contents.setMaximumWidth(DOCK_MAX)
        contents.resize(DOCK, contents.height())
        foot = QVBoxLayout()
        foot.setContentsMargins(GUTTER, 4, GUTTER, 10)
        foot.addWidget(self.composer)
        column = QVBoxLayout(contents)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.transcript, 1)
        column.addLayout(foot)
        return contents

    def _connect(self) -> None:
        # No child of the dock: the session may still speak when the window has gone.
        relay = _Relay()
        relay.heard.connect(self._hear, Qt.ConnectionType.QueuedConnection)
        self._session.listen(relay.pass_on)
        self.composer.send.connect(self._send)
        self.composer.stop.connect(self._stop)
        self.composer.preview.connect(self._show_what_is_sent)
        self.transcript.retry_requested.connect(self._retry)
        self.transcript.settings_requested.connect(self.settingsRequested)
        self.new_chat_button.clicked.connect(self.new_chat)
        self.close_button.clicked.connect(self.close)

    def _context(self) -> Context:
        return build(self._overview, self._detail)

    def _show_subject(self) -> None:
        issue = self._detail.issue.get("id") if self._detail is not None else None
        is_offline = self._availability is not None and self._availability.source is Source.OFFLINE
        words = [f"Issue {issue}"] if issue is not None else []
        self._subject.setText(" · ".join([*words, "Offline"] if is_offline else words))
        subject = f"issue {issue}" if issue is not None else "this workspace"
        self.composer.set_subject(f"Ask about {subject}…", summarize(self._detail))
        self._show_empty_state()

    def _show_empty_state(self) -> None:
        availability, empty = self._availability, self.transcript.empty
        if availability is None or availability.source is Source.CLAUDE:
            empty.text.setText(_EMPTY_ONLINE if availability else _EMPTY_OFFLINE)
            empty.settings.setVisible(availability is None)
        elif availability.reason is not None and availability.reason.kind is FailureKind.OFFLINE:
            empty.text.setText(_EMPTY_KEPT_OFFLINE)
            empty.settings.hide()
        else:
            empty.text.setText(_EMPTY_OFFLINE)
            empty.settings.show()

    def _send(self, question: str) -> None:
        self.composer.clear()
        self.ask(question)

    def _retry(self) -> None:
        turn = self._session.retry()
        if turn is not None:
            self.transcript.retire_actions()
            self._begin(turn)

    def _begin(self, turn: int) -> None:
        if self._answer is not None:  # the turn before has been stopped by this one
            self._finish("Stopped")
        self._turn = turn
        self.composer.set_busy(True)

    def _stop(self) -> None:
        self._session.stop()
        self.composer.set_busy(False)

    def _show_what_is_sent(self) -> None:
        text = self._session.preview(self.composer.question(), self._context())
        is_offline = self._availability is not None and self._availability.source is Source.OFFLINE
        fact = (
            "The copilot is offline and sends nothing. With a key, a question would send this, nothing else."
            if is_offline
            else f"The next question sends this to {self._session.model.label}, and nothing else."
        )
        dialog = SentDialog(self._theme, self._icons, fact, text, self.window())
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def _hear(self, turn: int, event: Event) -> None:
        if isinstance(event, Availability):
            self._availability = event
            self._show_subject()
        elif turn != self._turn:
            return
        elif isinstance(event, Started):
            offline = event.source is Source.OFFLINE
            self._answer = self.transcript.begin_answer("" if offline else "Asking Claude…")
        elif isinstance(event, Text) and self._answer is not None:
            self._answer.feed(event.delta)
        elif isinstance(event, Failed):
            self._finish("")
            self._explain_failure(event)
        elif isinstance(event, Finished):
            self._finish(_note(event))
            self._end()
        elif isinstance(event, Stopped):
            self._finish("")
            self.transcript.add_notice("Stopped.", "info", retry=True, settings=False)
            self._end()

    def _finish(self, note: str) -> None:
        """Closes the answer under way; one of which nothing came goes away."""
        answer, self._answer = self._answer, None
        if answer is None:
            return
        if answer.is_empty:
            self.transcript.remove(answer)
        else:
            answer.finish(note)

    def _end(self) -> None:
        self._turn = None
        self.composer.set_busy(False)

    def _explain_failure(self, failure: Failed) -> None:
        kind = "info" if failure.kind in (FailureKind.NO_KEY, FailureKind.OFFLINE) else "warn"
        self.transcript.add_notice(
            failure.sentence, kind, retry=failure.kind.may_pass, settings=failure.kind.wants_key
        )


def _note(finished: Finished) -> str:
    """What stands below an answer: that it was cut, and about what it cost."""
    words = ["Cut at its length limit; ask for the rest"] if finished.is_cut else []
    if finished.cost is not None:
        cents = finished.cost * 100
        words.append("under $0.01" if cents < 1 else f"about ${finished.cost.quantize(Decimal('0.01'))}")
    return " · ".join(words)
