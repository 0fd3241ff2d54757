"""What stands in place of a table's rows: that there are none, that none passes the filter, or an error."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.theme import Theme
from opspilot_desktop.ui.widgets.buttons import text_button
from opspilot_desktop.ui.widgets.plain_label import plain_label

Action = tuple[str, Callable[[], None]]


class TableMessage(QWidget):
    """A heading, a line, and up to two things to do about it. Covers what it lies over."""

    def __init__(self, theme: Theme, icons: Icons, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icons = icons
        self._heading = plain_label(font=theme.fonts.heading, wrap=True)
        self._line = plain_label(tone="dim", wrap=True)
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(8)
        column = QVBoxLayout(self)
        column.setSpacing(8)
        column.addStretch(2)
        for label in (self._heading, self._line):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            column.addWidget(label)
        column.addLayout(self._buttons)
        column.addStretch(3)
        theme.changed.connect(self.update)
        self.hide()

    @property
    def heading(self) -> str:
        """The heading shown."""
        return self._heading.text()

    @property
    def line(self) -> str:
        """The line shown below the heading."""
        return self._line.text()

    def say(self, heading: str, line: str, actions: Sequence[Action] = ()) -> None:
        """Shows this instead of the rows."""
        self._heading.setText(heading)
        self._line.setText(line)
        self.setAccessibleName(f"{heading}. {line}")
        self._set_actions(actions)
        self.show()
        self.raise_()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Covers the table."""
        QPainter(self).fillRect(self.rect(), self._theme.color("surface"))

    def _set_actions(self, actions: Sequence[Action]) -> None:
        while (item := self._buttons.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self._buttons.addStretch(1)
        for number, (text, act) in enumerate(actions):
            button = text_button(self._icons, text.replace("&", "&&"), kind="link" if number else "")
            button.clicked.connect(lambda _checked=False, act=act: act())
            self._buttons.addWidget(button)
        self._buttons.addStretch(1)
