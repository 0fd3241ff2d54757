"""An input with a small label above and, when what is in it cannot be, a sentence below."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.style import set_property
from opspilot_desktop.ui.theme import Theme

from .icon_label import IconLabel
from .plain_label import plain_label


class Field(QWidget):
    """``input`` is any input widget; it takes the label as its accessible name."""

    def __init__(
        self,
        theme: Theme,
        icons: Icons,
        label: str,
        widget: QWidget,
        *,
        note: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.input = widget
        self._label = plain_label(label, tone="dim", font=theme.fonts.small)
        self._label.setBuddy(widget)
        self._note = plain_label(note, tone="dim", font=theme.fonts.small)
        self._sign = IconLabel(theme, icons, "warning", "bad")
        self._sentence = plain_label(tone="bad", font=theme.fonts.small, wrap=True)
        self._error_row = QWidget()
        widget.setAccessibleName(label)
        self._lay_out()
        self._error_row.hide()

    @property
    def error(self) -> str:
        """The sentence shown, "" while the input is fine."""
        return self._sentence.text()

    def set_note(self, note: str) -> None:
        """Shows a remark at the right of the label."""
        self._note.setText(note)

    def set_error(self, sentence: str) -> None:
        """Marks the input as wrong and says why in one sentence; "" takes both away."""
        self._sentence.setText(sentence)
        self._error_row.setVisible(bool(sentence))
        self.input.setAccessibleDescription(sentence)
        set_property(self.input, "invalid", "true" if sentence else "false")

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self._label)
        head.addStretch(1)
        head.addWidget(self._note)
        below = QHBoxLayout(self._error_row)
        below.setContentsMargins(0, 0, 0, 0)
        below.setSpacing(6)
        below.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignTop)
        below.addWidget(self._sentence, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(self.input)
        column.addWidget(self._error_row)
