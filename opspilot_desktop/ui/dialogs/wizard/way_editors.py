"""An editor for each way to make a field's value of something else than a column as it stands."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from opspilot_desktop.domain.errors import KnownError
from opspilot_desktop.domain.fields import Field, FieldType
from opspilot_desktop.files.cells import CellError, reader_of
from opspilot_desktop.files.taking import (
    Constant,
    DebitCredit,
    Joined,
    SignedBy,
    SignOf,
    Taken,
    Unsigned,
)
from opspilot_desktop.ui.widgets.buttons import icon_button, text_button
from opspilot_desktop.ui.widgets.elided_label import ElidedLabel
from opspilot_desktop.ui.widgets.plain_label import plain_label

from .editor import Editor, Radios, RawEdit, Tools, beside, wrapped_label
from .sources import SourceBox, Way, shortened
from .words_input import MOST_SEEN, WordsInput

SEPARATOR_WIDTH = 64
_SIDES = (("SELL", "SELL"), ("BUY", "BUY"))
_PLACEHOLDERS = {FieldType.SIDE: "BUY or SELL", FieldType.DATE: "YYYY-MM-DD", FieldType.CURRENCY: "CHF"}
_NUMBERING = (
    "The second of two rows with the same id gets a 2 behind it, the third a 3. Leave it off where an export"
    " may repeat a line by mistake, which would come in twice, or brings one day in several files, each of"
    " which would begin to count anew."
)
_REVERSALS = "A minus of its own is a reversal and turns the sign once more"


class WayEditor(Editor):
    """`begin` shows the way as it starts: with a column that the field had before, "" for none."""

    def begin(self, column: str) -> None:
        """Shows the way without anything chosen but the column."""
        self._loading += 1
        self.clear(column)
        self._loading -= 1

    def clear(self, column: str) -> None:
        """See begin."""

    def column_of(self, box: SourceBox, what: str) -> str:
        """The column chosen in a box. Raises KnownError while none is."""
        if not isinstance(box.source, str):
            raise KnownError(f"{self.field.label}: choose {what}.")
        return box.source


class ConstantEditor(WayEditor):
    """The same text in every row."""

    def __init__(self, tools: Tools, field: Field) -> None:
        super().__init__(tools, field)
        self.edit = RawEdit()
        self.edit.setPlaceholderText(_PLACEHOLDERS.get(field.type, ""))
        self.edit.textChanged.connect(self.step)
        self.rows.addWidget(tools.labelled("In every row", self.edit, f"{field.label} in every row"))
        self._given: str | None = None
        self.words: dict[str, str] = {}
        """What words stand for, which a constant may be too."""

    def set_value(self, value: Constant) -> None:
        """See Editor."""
        self._given = value.text
        self.edit.set_raw(value.text)

    def clear(self, column: str) -> None:
        """See WayEditor."""
        self._given = None
        self.edit.set_raw("")

    def read(self) -> Constant:
        """See Editor."""
        text = self.edit.raw()
        if not text.strip() and text != self._given:
            raise KnownError(f"{self.field.label}: type what stands in every row.")
        try:
            reader_of(self.field, self.words, rounding=False).one(text)
        except CellError as error:
            raise KnownError(f"{self.field.label} cannot be that in every row: {error}.") from None
        return Constant(text)


class JoinedEditor(WayEditor):
    """An id of several columns, in an order, with a separator between."""

    def __init__(self, tools: Tools, field: Field) -> None:
        super().__init__(tools, field)
        self.boxes: list[SourceBox] = []
        self._lines: dict[SourceBox, tuple[QWidget, QToolButton]] = {}
        self._columns = QVBoxLayout()
        self._columns.setSpacing(4)
        self.add_button = text_button(tools.icons, "Add a column", "plus", kind="link")
        self.add_button.setAutoDefault(False)
        self.add_button.clicked.connect(self._add_by_hand)
        adding = QHBoxLayout()
        adding.addWidget(self.add_button)
        adding.addStretch(1)
        self.separator = RawEdit()
        self.separator.setMaximumWidth(SEPARATOR_WIDTH)
        self.separator.textChanged.connect(self.step)
        self._example = ElidedLabel(tone="dim", font=tools.theme.fonts.small)
        small = tools.theme.fonts.small
        self.rows.addWidget(plain_label("Columns, in this order", tone="dim", font=small))
        self.rows.addLayout(self._columns)
        self.rows.addLayout(adding)
        between = tools.labelled("Between them", self.separator, f"Between the columns of {field.label}")
        self.rows.addWidget(between)
        self.rows.addWidget(self._example)
        self.numbering = wrapping_check("Number rows that have the same id")
        self.numbering.setAccessibleName(f"Number rows that have the same {field.label} id")
        self.numbering.setAccessibleDescription(_NUMBERING)
        self.numbering.toggled.connect(self.step)
        hint = wrapped_label(tools.theme, tone="dim")
        hint.setText(_NUMBERING)
        for widget in (self.numbering, hint):
            self.rows.addWidget(widget)
            widget.setHidden(field.name != tools.key)
        self.changed.connect(self._show_example)

    def set_value(self, value: Joined) -> None:
        """See Editor."""
        self._clear()
        for column in value.columns:
            self._add().choose(column)
        self.separator.set_raw(value.separator)
        self.numbering.setChecked(value.repeats == "number")
        self._show_example()

    def clear(self, column: str) -> None:
        """See WayEditor."""
        self._clear()
        self._add().choose(column or None)
        self._add()
        self.separator.set_raw(Joined.separator)
        self.numbering.setChecked(False)
        self._show_example()

    def read(self) -> Joined:
        """See Editor."""
        if len(self.boxes) < 2:
            raise KnownError(f"{self.field.label}: join at least two columns.")
        columns = tuple(self.column_of(box, "each of the columns to be joined") for box in self.boxes)
        separator = self.separator.raw()
        if not separator:
            raise KnownError(f"{self.field.label}: type what stands between the columns, such as |.")
        return Joined(columns, separator, "number" if self.numbering.isChecked() else "refuse")

    def remove_button(self, box: SourceBox) -> QToolButton:
        """What removes a column."""
        return self._lines[box][1]

    @property
    def example(self) -> str:
        """What the first row's id would be, as it is told."""
        return self._example.text()

    def _add_by_hand(self) -> None:
        box = self._add()
        self._lines[box][0].show()  # or the keyboard cannot go there yet
        box.setFocus(Qt.FocusReason.OtherFocusReason)
        self.step()

    def _add(self) -> SourceBox:
        box = self.tools.box(f"Column {len(self.boxes) + 1} of {self.field.label}")
        remove = icon_button(self.tools.icons, "close", "Remove this column")
        remove.clicked.connect(lambda: self._remove(box))
        box.currentIndexChanged.connect(self.step)
        line = QWidget()
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(box, 1)
        row.addWidget(remove)
        self._columns.addWidget(line)
        self.boxes.append(box)
        self._lines[box] = (line, remove)
        return box

    def _remove(self, box: SourceBox) -> None:
        self.boxes.remove(box)
        self._drop(box)
        self.add_button.setFocus(Qt.FocusReason.OtherFocusReason)
        self.step()

    def _clear(self) -> None:
        for box in self.boxes:
            self._drop(box)
        self.boxes.clear()

    def _drop(self, box: SourceBox) -> None:
        line, _ = self._lines.pop(box)
        self._columns.removeWidget(line)
        line.hide()
        line.deleteLater()

    def _show_example(self) -> None:
        names = [box.source for box in self.boxes]
        cells = [self.tools.columns.samples(name)[:1] if isinstance(name, str) else () for name in names]
        parts = [cell.strip() for first in cells for cell in first]
        whole = bool(names) and len(parts) == len(names)
        joined = self.separator.raw().join(parts)
        self._example.setText(f"For example {shortened(joined, 300)}" if whole else "")


class DebitCreditEditor(WayEditor):
    """One amount of two columns."""

    def __init__(self, tools: Tools, field: Field) -> None:
        super().__init__(tools, field)
        self.debit = tools.box("")
        self.credit = tools.box("")
        for box in (self.debit, self.credit):
            box.currentIndexChanged.connect(self.step)
        self.rows.addLayout(
            beside(
                tools.labelled("Debits", self.debit, f"Column with the debits of {field.label}"),
                tools.labelled("Credits", self.credit, f"Column with the credits of {field.label}"),
            )
        )
        self.positive = Radios("What counts positive", (("credit", "Credits"), ("debit", "Debits")))
        self.positive.chosen.connect(self.step)
        self.rows.addWidget(tools.labelled("What counts positive", self.positive))
        self.reversals = wrapping_check("A negative one is a reversal and turns the sign once more")
        self.reversals.clicked.connect(self.step)
        self.rows.addWidget(self.reversals)

    def set_value(self, value: DebitCredit) -> None:
        """See Editor."""
        self.debit.choose(value.debit)
        self.credit.choose(value.credit)
        self.positive.choose(value.positive)
        self.reversals.setChecked(value.reversals)

    def clear(self, column: str) -> None:
        """See WayEditor."""
        self.debit.choose(None)
        self.credit.choose(None)
        self.positive.choose("")
        self.reversals.setChecked(False)

    def read(self) -> DebitCredit:
        """See Editor."""
        debit = self.column_of(self.debit, "the column with the debits")
        credit = self.column_of(self.credit, "the column with the credits")
        if debit == credit:
            raise KnownError(f"{self.field.label}: choose two different columns for debits and credits.")
        positive: Any = self.positive.value
        if not positive:
            raise KnownError(f"{self.field.label}: say which of the two counts positive.")
        return DebitCredit(debit, credit, positive, self.reversals.isChecked())


class SignedByEditor(WayEditor):
    """An amount whose sign another column tells."""

    def __init__(self, tools: Tools, field: Field) -> None:
        super().__init__(tools, field)
        self.column = tools.box("")
        self.by = tools.box("")
        self.column.currentIndexChanged.connect(self.step)
        self.by.currentIndexChanged.connect(self._choose_by)
        self.rows.addLayout(
            beside(
                tools.labelled("Numbers", self.column, f"Column with the numbers of {field.label}"),
                tools.labelled("Sign told by", self.by, f"Column that tells the sign of {field.label}"),
            )
        )
        meanings = (("negative", "Negative"), ("positive", "Positive"))
        self.words = WordsInput(tools, field, "What its words make of the amount", meanings, "Not decided")
        self.words.changed.connect(self.step)
        self.rows.addWidget(self.words)
        self.reversals = wrapping_check(_REVERSALS)
        self.reversals.clicked.connect(self.step)
        self.rows.addWidget(self.reversals)

    def set_value(self, value: SignedBy) -> None:
        """See Editor."""
        self.column.choose(value.column)
        self.words.show_value(
            [(word, "negative") for word in value.negative] + [(word, "positive") for word in value.positive]
        )
        self.by.choose(value.by)
        self.words.offer(self.tools.columns.distinct(value.by, MOST_SEEN + 1))
        self.reversals.setChecked(value.reversals)

    def clear(self, column: str) -> None:
        """See WayEditor."""
        self.column.choose(column or None)
        self.words.show_value([])
        self.by.choose(None)
        self.reversals.setChecked(False)

    def read(self) -> SignedBy:
        """See Editor."""
        column = self.column_of(self.column, "the column with the numbers")
        by = self.column_of(self.by, "the column that tells the sign")
        pairs = self.words.value()
        negative = tuple(word for word, meaning in pairs if meaning == "negative")
        positive = tuple(word for word, meaning in pairs if meaning == "positive")
        if not negative or not positive:
            raise KnownError(f"{self.field.label}: say of a word each that it means negative, and positive.")
        return SignedBy(column, by, negative, positive, self.reversals.isChecked())

    def _choose_by(self) -> None:
        if isinstance(self.by.source, str) and not self._loading:
            self.words.offer(self.tools.columns.distinct(self.by.source, MOST_SEEN + 1))
        self.step()


class SignEditor(WayEditor):
    """A number and what its minus says of the side: as the side itself, or so that it can be dropped."""

    made: type[SignOf] | type[Unsigned] = SignOf

    def __init__(self, tools: Tools, field: Field) -> None:
        super().__init__(tools, field)
        self.column = tools.box("")
        self.column.currentIndexChanged.connect(self.step)
        self.negative = Radios(f"{field.label}: a negative number is", _SIDES)
        self.negative.chosen.connect(self.step)
        self._sides = tools.labelled("A negative number is", self.negative)
        number = tools.labelled("Number", self.column, f"Column with the number for {field.label}")
        self.rows.addLayout(beside(number, self._sides))

    def set_asked(self, is_asked: bool) -> None:
        """Whether a question asks what a negative number is, so that this need not."""
        self._sides.setVisible(not is_asked)

    def set_value(self, value: SignOf | Unsigned) -> None:
        """See Editor."""
        self.column.choose(value.column)
        self.negative.choose(value.negative)

    def clear(self, column: str) -> None:
        """See WayEditor."""
        self.column.choose(column or None)
        self.negative.choose("")

    def read(self) -> Taken:
        """See Editor."""
        column = self.column_of(self.column, "the column with the number")
        negative: Any = self.negative.value
        if not negative:
            raise KnownError(f"{self.field.label}: say whether a negative number is a SELL or a BUY.")
        return self.made(column, negative)


class UnsignedEditor(SignEditor):
    """A number whose sign only repeats the side."""

    made = Unsigned


EDITORS: dict[Way, type[WayEditor]] = {
    Way.CONSTANT: ConstantEditor,
    Way.JOINED: JoinedEditor,
    Way.DEBIT_CREDIT: DebitCreditEditor,
    Way.SIGNED_BY: SignedByEditor,
    Way.SIGN_OF: SignEditor,
    Way.UNSIGNED: UnsignedEditor,
}
"""The editor of each way; one that is left out has none."""


def wrapping_check(text: str) -> QCheckBox:
    """A check box that does not widen what it stands in."""
    return QCheckBox(text)
