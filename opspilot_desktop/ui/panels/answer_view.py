"""One answer of the copilot while it arrives and afterwards."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, QUrl
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.theme import Theme
from opspilot_desktop.ui.widgets.buttons import icon_button
from opspilot_desktop.ui.widgets.plain_label import plain_label
from opspilot_desktop.ui.widgets.spinner import Spinner

from .markdown_stream import MarkdownStream
from .markdown_view import MarkdownView

RENDER_MS = 33
"""Laying text out for every piece that arrives would take longer than the answer itself."""
PART = 1_500
"""Characters of finished text that are laid out together while more is coming."""


class AnswerView(QWidget):
    """An answer: its Markdown, and below it what there is to say about it and a copy button.

    What has arrived is shown at most every 33 ms; blocks that are finished are laid out once, and only the
    one that is still being written again and again.
    """

    def __init__(self, theme: Theme, icons: Icons, waiting: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._stream = MarkdownStream()
        self._shown = 0  # how much of the finished text the parts before the last one show
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(RENDER_MS)
        self._timer.timeout.connect(self._render)
        self._parts: list[MarkdownView] = []
        self._tail = self._make_view()
        self._spinner = Spinner(theme)
        self._waiting = plain_label(waiting, tone="dim", font=theme.fonts.small)
        self._note = plain_label(tone="dim", font=theme.fonts.small, wrap=True)
        self._copy = icon_button(icons, "copy", "Copy the answer")
        self._copy.setObjectName("copilotCopy")
        self._copy.clicked.connect(self._copy_text)
        self._lay_out()
        self._spinner.start()
        theme.changed.connect(self._refresh)

    @property
    def markdown(self) -> str:
        """The answer as it arrived."""
        return self._stream.text

    @property
    def is_empty(self) -> bool:
        """Whether nothing has arrived."""
        return not self._stream.text

    def plain_text(self) -> str:
        """The answer as it is shown."""
        views = (*self._parts, self._tail)
        return "\n".join(view.toPlainText() for view in views if view.markdown)

    def feed(self, piece: str) -> None:
        """Takes the next piece."""
        self._stream.feed(piece)
        if not self._timer.isActive():
            self._timer.start()

    def finish(self, note: str = "") -> None:
        """Nothing more comes. Lays the answer out as a whole; `note` is shown below it."""
        self._timer.stop()
        self._stop_waiting()
        # One view again, so that a selection can go over the whole answer.
        for part in self._parts:
            part.hide()
            part.deleteLater()
        self._parts.clear()
        self._tail.set_caret(False)
        self._tail.show_markdown(self.markdown)
        self._tail.setVisible(not self.is_empty)
        self._note.setText(note)
        self._foot.setVisible(bool(note) or not self.is_empty)
        self._copy.setVisible(not self.is_empty)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._spinner)
        head.addWidget(self._waiting, 1)
        self._foot = QWidget()
        row = QHBoxLayout(self._foot)
        row.setContentsMargins(0, 2, 0, 0)
        row.setSpacing(8)
        row.addWidget(self._note, 1, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self._copy, 0, Qt.AlignmentFlag.AlignTop)
        self._foot.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        self._text = QVBoxLayout()
        self._text.setSpacing(0)
        self._text.addWidget(self._tail)
        column.addLayout(self._text)
        column.addWidget(self._foot)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)

    def _render(self) -> None:
        self._stop_waiting()
        self._show_finished()
        self._tail.show_markdown(self._stream.tail, is_first=not self._stream.frozen)
        self._tail.set_caret(True)
        self._tail.show()

    def _show_finished(self) -> None:
        """Lays out what has become final since the last time, and with it no more than the newest part."""
        frozen = self._stream.frozen
        if self._parts and len(self._parts[-1].markdown) > PART:
            self._shown += len(self._parts[-1].markdown)
            self._add_part()
        elif frozen and not self._parts:
            self._add_part()
        if self._parts and self._parts[-1].markdown != frozen[self._shown :]:
            self._parts[-1].show_markdown(frozen[self._shown :], is_first=self._shown == 0)
            self._parts[-1].show()

    def _add_part(self) -> None:
        self._parts.append(self._make_view())
        self._text.insertWidget(len(self._parts) - 1, self._parts[-1])

    def _make_view(self) -> MarkdownView:
        view = MarkdownView(self._theme)
        view.setAccessibleName("Answer")
        view.anchorClicked.connect(self._copy_address)
        view.hide()
        return view

    def _stop_waiting(self) -> None:
        self._spinner.stop()
        self._spinner.hide()
        self._waiting.hide()

    def _refresh(self) -> None:
        for view in (*self._parts, self._tail):
            view.refresh()

    def _copy_text(self) -> None:
        QGuiApplication.clipboard().setText(self.markdown)
        self._note.setText("Copied")

    def _copy_address(self, address: QUrl) -> None:
        """A link in an answer may come from anybody's data: it is never opened from here."""
        QGuiApplication.clipboard().setText(address.toString())
        self._note.setText(f"Address copied, not opened: {address.toDisplayString()}")
        self._foot.setVisible(True)
