"""What the small editors of the wizard have in common, and the simplest of their inputs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLayout, QLineEdit, QRadioButton, QVBoxLayout, QWidget

from opspilot_desktop.domain.errors import KnownError
from opspilot_desktop.domain.fields import Field
from opspilot_desktop.domain.text import visible
from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.theme import Theme
from opspilot_desktop.ui.widgets.field import Field as Labelled
from opspilot_desktop.ui.widgets.flow_layout import FlowLayout
from opspilot_desktop.ui.widgets.icon_label import IconLabel
from opspilot_desktop.ui.widgets.plain_label import plain_label, plain_tool_tip

from .sources import FileColumns, SourceBox, SourceModel

GAP = 8
WIDEST_CHOICE = 400
"""How wide the words beside a round button get before they are cut."""


@dataclass(frozen=True)
class Tools:
    """What editors are made with; `model` offers the columns of the file and nothing else, `key` names the
    field that must not have the same value twice in a file."""

    theme: Theme
    icons: Icons
    columns: FileColumns
    model: SourceModel
    key: str = ""

    def box(self, name: str) -> SourceBox:
        """A box of columns."""
        box = SourceBox(self.theme, self.model)
        box.setAccessibleName(name)
        return box

    def labelled(self, label: str, widget: QWidget, spoken: str = "") -> Labelled:
        """An input under a small label; `spoken` says more of whose it is."""
        field = Labelled(self.theme, self.icons, label, widget)
        widget.setAccessibleName(spoken or label)
        return field


class Editor(QWidget):
    """``changed`` comes with everything that a user types or chooses, never while a value is shown."""

    changed = Signal()

    def __init__(self, tools: Tools, field: Field) -> None:
        super().__init__()
        self.tools = tools
        self.field = field
        self.rows = QVBoxLayout()
        self.rows.setSpacing(GAP)
        self._sentence = wrapped_label(tools.theme)
        self._error_row = QWidget()
        below = QHBoxLayout(self._error_row)
        below.setContentsMargins(0, 0, 0, 0)
        below.setSpacing(6)
        below.addWidget(IconLabel(tools.theme, tools.icons, "high", "HIGH"), 0, Qt.AlignmentFlag.AlignTop)
        below.addWidget(self._sentence, 1)
        self._error_row.hide()
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(GAP)
        outer.addLayout(self.rows)
        outer.addWidget(self._error_row)
        self._loading = 0

    def show_value(self, value: Any) -> None:
        """Shows a value; nothing is said to have changed."""
        self._loading += 1
        try:
            self.set_value(value)
        finally:
            self._loading -= 1

    def set_value(self, value: Any) -> None:
        """Fills the inputs."""
        raise NotImplementedError

    def read(self) -> Any:
        """What the inputs say. Raises KnownError where that cannot be."""
        raise NotImplementedError

    def value(self) -> Any:
        """What the inputs say; where that cannot be, says so and raises KnownError."""
        try:
            value = self.read()
        except KnownError as error:
            self._say(error.message)
            raise
        self._say("")
        return value

    def step(self, *_ignored: object) -> None:
        """Tells of a step of the user."""
        if not self._loading:
            self.changed.emit()

    def _say(self, sentence: str) -> None:
        self._sentence.setText(sentence)
        self._error_row.setVisible(bool(sentence))


class RawEdit(QLineEdit):
    """A line whose text is exactly what was set until somebody types: an input alone alters what it cannot
    show."""

    def __init__(self) -> None:
        super().__init__()
        self._raw = ""

    def set_raw(self, text: str) -> None:
        """Shows a text."""
        self._raw = text
        self.setText(visible(text))

    def raw(self) -> str:
        """The text set, or the text typed."""
        return self.text() if self.text() != visible(self._raw) else self._raw


class Radios(QWidget):
    """Choices beside one another of which one may be chosen; none is at first."""

    chosen = Signal(str)

    def __init__(self, name: str, choices: Sequence[tuple[str, str]]) -> None:
        """`choices` are pairs of a value and its words."""
        super().__init__()
        self.setAccessibleName(name)
        self.buttons: dict[str, QRadioButton] = {}
        flow = FlowLayout(self, spacing=6)
        for value, said in choices:
            words = visible(said)
            shown = self.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, WIDEST_CHOICE)
            button = QRadioButton(shown.replace("&", "&&"))
            button.setToolTip(plain_tool_tip(words) if shown != words else "")
            button.setAccessibleName(f"{name}: {words}")
            button.clicked.connect(lambda _checked=False, value=value: self.chosen.emit(value))
            flow.addWidget(button)
            self.buttons[value] = button

    @property
    def value(self) -> str:
        """The value chosen, "" for none."""
        return next((value for value, button in self.buttons.items() if button.isChecked()), "")

    def choose(self, value: str) -> None:
        """Shows a value as chosen; "" for none."""
        for each, button in self.buttons.items():
            button.setAutoExclusive(False)
            button.setChecked(each == value)
            button.setAutoExclusive(True)


def wrapped_label(theme: Theme, *, tone: str = "text") -> QLabel:
    """A label of several lines that gives way, also where a word from a file is longer than a line."""
    label = plain_label(tone=tone, font=theme.fonts.small, wrap=True)
    label.setMinimumWidth(1)
    return label


def beside(*widgets: QWidget) -> QHBoxLayout:
    """The widgets side by side, each with an equal part of the room."""
    row = QHBoxLayout()
    row.setSpacing(GAP)
    for widget in widgets:
        row.addWidget(widget, 1, Qt.AlignmentFlag.AlignTop)
    return row


def inputs_in(widget: QWidget) -> list[QWidget]:
    """The inputs in a widget that Tab reaches, in the order in which the eye meets them."""
    found: list[QWidget] = []
    takes_focus = bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
    if takes_focus:
        found.append(widget)
    layout = widget.layout()
    if layout is not None and not takes_focus:
        _gather(layout, found.extend)
    return found


def _gather(layout: QLayout, take: Callable[[list[QWidget]], None]) -> None:
    for place in range(layout.count()):
        item = layout.itemAt(place)
        if item is None:
            continue
        widget, inner = item.widget(), item.layout()
        if widget is not None:
            take(inputs_in(widget))
        elif inner is not None:
            _gather(inner, take)
