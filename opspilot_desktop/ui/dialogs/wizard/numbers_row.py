"""How a file writes its numbers: one choice for all of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import product
from typing import Any

from PySide6.QtWidgets import QCheckBox, QFrame, QVBoxLayout, QWidget

from opspilot_desktop.files.taking import NumberFormat
from opspilot_desktop.ui.dialogs.choice import Choice
from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.theme import Theme

from .panel_row import BY_YOU, How, PanelRow, wrong_how
from .sources import NARROWEST

_SIGNS: tuple[tuple[Any, Any], ...] = (
    (".", ""),
    (",", ""),
    (".", ","),
    (",", "."),
    (".", "'"),
    (",", "'"),
    (",", " "),
    (".", " "),
)
"""The decimal and the thousands separators that go together."""


@dataclass(frozen=True)
class Numbers:
    """How numbers are written, and whether those with more than 9 decimals are rounded."""

    form: NumberFormat
    rounded: bool


def example_of(form: NumberFormat) -> str:
    """A number in the format."""
    return f"1{form.thousands}234{form.decimal}56"


def format_of_words(words: str) -> NumberFormat | None:
    """The format that is said so."""
    for (decimal, thousands), behind, around in product(_SIGNS, (False, True), (False, True)):
        form = NumberFormat(decimal, thousands, behind, around)
        if form.words == words:
            return form
    return None


class NumbersRow(PanelRow):
    """The row of the format of all numbers. Without one chosen, the one shown last still counts."""

    def __init__(self, theme: Theme, icons: Icons) -> None:
        box = Choice()
        super().__init__(theme, icons, "Numbers", box)
        for decimal, thousands in _SIGNS:
            form = NumberFormat(decimal, thousands)
            box.addItem(example_of(form), (decimal, thousands))
        box.setPlaceholderText("Choose one")
        box.setAccessibleName("How the file writes numbers")
        box.setObjectName("wizard:numbers")
        box.setSizeAdjustPolicy(Choice.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.setMinimumContentsLength(8)
        box.setMinimumWidth(NARROWEST)
        self.chevron.setObjectName("wizard:more:numbers")
        self.behind = QCheckBox("A minus may stand behind: 12.50-", self.below)
        self.around = QCheckBox("Parentheses mean negative: (12.50)", self.below)
        self.rounded = QCheckBox("Round numbers with more than 9 decimals", self.below)
        self._form = NumberFormat()
        self._loaded = Numbers(self._form, False)
        self._found = BY_YOU
        box.currentIndexChanged.connect(self._step)
        for check in (self.behind, self.around, self.rounded):
            check.clicked.connect(self._step)
            check.hide()  # until it has its place: a question would be shown below it

    def load(self, numbers: Numbers, found: How) -> None:
        """Shows how numbers are written."""
        self.loading += 1
        self._loaded, self._found = numbers, found
        self.rounded.setChecked(numbers.rounded)
        self.take(numbers.form)
        self.unfold(self.is_unfolded)
        self.loading -= 1

    def take(self, form: NumberFormat) -> None:
        """Takes a format, as if somebody had chosen it."""
        self.loading += 1
        self._form = form
        self.box.setCurrentIndex(_SIGNS.index((form.decimal, form.thousands)))
        self.behind.setChecked(form.trailing_minus)
        self.around.setChecked(form.parentheses)
        self.loading -= 1

    def leave_open(self) -> None:
        """Shows none as chosen: a question asks for it."""
        self.loading += 1
        self.box.setCurrentIndex(-1)
        self.loading -= 1

    def value(self) -> Numbers:
        """How numbers are written."""
        signs = self.box.currentData()
        form = self._form if signs is None else NumberFormat(*signs)
        form = replace(form, trailing_minus=self.behind.isChecked(), parentheses=self.around.isChecked())
        return Numbers(form, self.rounded.isChecked())

    def judge(self, wrong: str) -> None:
        """Says how the format was found, or what is wrong with it."""
        found = self._found if self.value() == self._loaded else BY_YOU
        self.tell(wrong_how(wrong) if wrong else found)

    def make_fold(self) -> QWidget:
        """See PanelRow."""
        fold = QFrame()
        fold.setProperty("ground", "panel")
        column = QVBoxLayout(fold)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(2)
        for check in (self.behind, self.around, self.rounded):
            column.addWidget(check)
            check.show()
        return fold

    def _step(self) -> None:
        if not self.loading:
            self.changed.emit()
