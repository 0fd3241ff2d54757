"""A question that a file leaves open: a plain sentence and the answers, of which none is chosen at first."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from opspilot_desktop.domain.text import visible
from opspilot_desktop.files.cells import CellError
from opspilot_desktop.files.formats import NumberText
from opspilot_desktop.files.proposing import SIGNS, Question
from opspilot_desktop.files.taking import NumberFormat
from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.measures import ICON_SMALL
from opspilot_desktop.ui.theme import Theme
from opspilot_desktop.ui.widgets.icon_label import IconLabel
from opspilot_desktop.ui.widgets.plain_label import plain_label, plain_tool_tip

from .editor import Radios
from .format_inputs import told_date
from .sources import FileColumns, shortened

SKIP_OR_KEEP = ("skip", "keep")
SIDES = frozenset(("SELL", "BUY"))
_LONGEST = 400
_LONGEST_TIP = 2000
_ANSWERS = {
    "skip": "Skip them",
    "keep": "Keep them",
    "negative": "Negative",
    "positive": "Positive",
    "none": "It does not tell the sign",
}


class QuestionBox(QWidget):
    """``answered(str)`` carries the choice, in the question's own words."""

    answered = Signal(str)

    def __init__(
        self, theme: Theme, icons: Icons, question: Question, words: Callable[[str], str], label: str
    ) -> None:
        """`words` says a choice as people do; `label` is whose question it is."""
        super().__init__()
        self.question = question
        self.is_settled = False
        """Whether somebody has answered it, here or by what they chose elsewhere."""
        text = visible(question.text)
        text = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
        self.sentence = plain_label(text, wrap=True)
        self.sentence.setMinimumWidth(1)  # a name in it may be longer than a line
        self.sentence.setToolTip(plain_tool_tip(question.text[:_LONGEST_TIP]))
        self.sign = IconLabel(theme, icons, "help", "HIGH")
        self.radios = Radios(f"{label}: {text}", [(each, words(each)) for each in question.choices])
        self.radios.setObjectName(f"wizard:question:{'+'.join(question.fields)}")
        self.radios.chosen.connect(self._choose)
        head = QHBoxLayout()
        head.setSpacing(6)
        head.addWidget(self.sign, 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(self.sentence, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(head)
        answers = QHBoxLayout()
        answers.setContentsMargins(ICON_SMALL + 4, 0, 0, 0)
        answers.addWidget(self.radios)
        column.addLayout(answers)

    def settle(self, choice: str) -> None:
        """Takes a choice that was made elsewhere, "" for another than these."""
        self.is_settled = True
        self.radios.choose(choice)
        self.sign.set_icon("resolved", "ok")

    def _choose(self, choice: str) -> None:
        self.settle(choice)
        self.answered.emit(choice)


def choice_words(question: Question, choice: str, columns: FileColumns) -> str:
    """A choice as people say it, with what it makes of a cell where that tells more."""
    if choice in _ANSWERS and question.choices in (SKIP_OR_KEEP, SIGNS):
        return _ANSWERS[choice]
    return shortened(choice) if choice in columns else choice


def date_words(form: str, cells: Sequence[str]) -> str:
    """A form of dates with the first cell that it tells something of."""
    cell = next((cell for cell in cells if cell.strip()), "").strip()
    told = told_date(cell, form)
    return f"{form}: {shortened(cell, 24)} is {told}" if told else form


def number_words(form: NumberFormat, cell: str) -> str:
    """A number format with what it makes of a cell."""
    try:
        made = NumberText(form).one(cell)
    except CellError:
        return form.words
    whole, _, rest = made.partition(".")
    plain = f"{int(whole or 0):,}" + (f".{rest}" if rest else "")
    return f"{shortened(cell.strip(), 24)} is {plain} ({form.words})"
