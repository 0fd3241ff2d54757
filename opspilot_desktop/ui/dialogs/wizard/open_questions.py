"""What a file leaves open, put to the user in the row that it is about; an answer is never chosen for them.

A file's own questions come with its proposal. Others come up when the user takes a field from another
column: its dates or its numbers may be ambiguous too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from opspilot_desktop.domain.errors import KnownError
from opspilot_desktop.domain.fields import FieldType
from opspilot_desktop.files.content import date_forms, side_of
from opspilot_desktop.files.proposing import (
    SIGNS,
    Question,
    date_question,
    number_forms,
    number_question,
)
from opspilot_desktop.files.taking import SignedBy, SignOf, Taken, Unsigned, columns_of

from .editor import Tools
from .field_row import FieldRow
from .format_inputs import ISO
from .numbers_row import NumbersRow, format_of_words
from .panel_row import PanelRow
from .question_box import (
    SIDES,
    SKIP_OR_KEEP,
    QuestionBox,
    choice_words,
    date_words,
    number_words,
)
from .sources import Source, Way


class OpenQuestions(QObject):
    """``answered(Question, str)`` comes with each answer, after it was acted upon."""

    answered = Signal(object, str)

    def __init__(self, tools: Tools, rows: Mapping[str, FieldRow], numbers: NumbersRow) -> None:
        super().__init__()
        self._tools = tools
        self._rows = rows
        self._numbers = numbers
        self._boxes: list[tuple[PanelRow, QuestionBox]] = []
        self._states: dict[QuestionBox, object] = {}
        self._sources: dict[str, Source | None] = {}
        self._number_columns: tuple[str, ...] = ()
        self._numbers_said = False
        numbers.changed.connect(self._note_numbers)

    def begin(self, questions: Sequence[Question], *, numbers_said: bool) -> None:
        """Puts the questions of another proposal; `numbers_said`: somebody has said how numbers are
        written."""
        for row, box in self._boxes:
            row.retract(box)
        self._boxes.clear()
        self._states.clear()
        self._numbers_said = numbers_said
        self._sources = {name: row.source_box.source for name, row in self._rows.items()}
        self._number_columns = self._columns_of_numbers()
        for question in questions:
            self._ask(question)

    def open_rows(self) -> list[PanelRow]:
        """The rows with a question that nobody has answered."""
        return [row for row, box in self._boxes if not box.is_settled]

    def follow(self) -> None:
        """Looks at what the user has changed: it may answer a question, or put another."""
        for row, box in list(self._boxes):
            if not box.is_settled and self._state(box.question) != self._states[box]:
                self._settle_by_choice(row, box)
        for name, row in self._rows.items():
            source = row.source_box.source
            if source != self._sources[name]:
                self._sources[name] = source
                self._look_at(row, source)
        columns = self._columns_of_numbers()
        if columns != self._number_columns:
            self._number_columns = columns
            self._look_at_numbers(columns)

    def _note_numbers(self) -> None:
        if self._numbers.box.currentIndex() >= 0:
            self._numbers_said = True

    def _ask(self, question: Question) -> None:
        row = self._row_of(question)
        box = QuestionBox(self._tools.theme, self._tools.icons, question, self._words(question), row.label)
        box.answered.connect(lambda choice: self._answer(row, box, choice))
        self._boxes.append((row, box))
        row.ask(box)
        self._mark(question, is_open=True)
        self._states[box] = self._state(question)

    def _row_of(self, question: Question) -> PanelRow:
        if any(format_of_words(choice) for choice in question.choices):
            return self._numbers  # also where the record has one field of numbers alone
        return self._rows[question.fields[0]]

    def _words(self, question: Question) -> Callable[[str], str]:
        row = self._row_of(question)
        if row is self._numbers:
            cell = question.text.partition(" can be read")[0]
            forms = {choice: format_of_words(choice) for choice in question.choices}
            return lambda choice: choice if (form := forms[choice]) is None else number_words(form, cell)
        if isinstance(row, FieldRow) and row.field.type is FieldType.DATE:
            taken = row.source_box.source
            cells = self._tools.columns.samples(taken) if isinstance(taken, str) else ()
            return lambda choice: date_words(choice, cells)
        return lambda choice: choice_words(question, choice, self._tools.columns)

    def _mark(self, question: Question, *, is_open: bool) -> None:
        """Lets the rows concerned not ask, or show, what the question asks for."""
        row = self._row_of(question)
        if row is self._numbers:
            if is_open:
                self._numbers.leave_open()
        elif set(question.choices) <= SIDES:
            for each in self._signed_rows():
                each.set_asked(*["sign"][: int(is_open)])
        elif isinstance(row, FieldRow) and row.field.type is FieldType.DATE:
            row.set_asked(*["form"][: int(is_open)])

    def _signed_rows(self) -> list[FieldRow]:
        return [row for row in self._rows.values() if row.source_box.source in (Way.SIGN_OF, Way.UNSIGNED)]

    def _state(self, question: Question) -> object:
        """What in the rows answers the question too: it is answered once that differs."""
        row = self._row_of(question)
        if row is self._numbers:
            return self._numbers.box.currentIndex()
        if question.choices == SKIP_OR_KEEP or not isinstance(row, FieldRow):
            return None
        return row.source_box.source

    def _answer(self, row: PanelRow, box: QuestionBox, choice: str) -> None:
        question = box.question
        if isinstance(row, FieldRow):
            row.is_answered = True
        if row is self._numbers:
            form = format_of_words(choice)
            if form is not None:
                self._numbers.take(form)
            self._numbers_said = True
        elif question.choices == SKIP_OR_KEEP:
            pass
        elif set(question.choices) <= SIDES:
            self._take_sign(choice)
        elif question.choices == SIGNS and isinstance(row, FieldRow):
            self._take_debits(row, choice)
        elif isinstance(row, FieldRow) and row.field.type is FieldType.DATE:
            row.set_form(None if choice == ISO else choice)
        elif isinstance(row, FieldRow) and choice in self._tools.columns:
            row.take(choice)
            self._sources[row.field.name] = choice
        self._mark(question, is_open=False)
        self._states[box] = self._state(question)
        self.answered.emit(question, choice)

    def _take_sign(self, side: str) -> None:
        for row in self._signed_rows():
            try:
                taken = row.taken()
            except KnownError:
                continue
            if isinstance(taken, SignOf | Unsigned):
                row.take(replace(taken, negative=side))  # type: ignore[arg-type]
                row.is_answered = True

    def _take_debits(self, row: FieldRow, choice: str) -> None:
        """What debits count; where nothing tells the sign, the column's amounts are as they are."""
        try:
            taken = row.taken()
        except KnownError:
            return  # the editor says what is still to be chosen
        if isinstance(taken, SignedBy):
            if choice == "positive":
                row.take(replace(taken, negative=taken.positive, positive=taken.negative))
            elif choice == "none":
                row.take(taken.column)
            self._sources[row.field.name] = row.source_box.source

    def _settle_by_choice(self, row: PanelRow, box: QuestionBox) -> None:
        """The user has chosen something else by hand, which answers the question."""
        question = box.question
        if row is self._numbers:
            words = self._numbers.value().form.words
            box.settle(words if words in question.choices else "")
        else:
            source = row.source_box.source if isinstance(row, FieldRow) else None
            box.settle(source if isinstance(source, str) and source in question.choices else "")
        self._mark(question, is_open=False)
        if not box.radios.value:
            self._retract(row, box)

    def _retract(self, row: PanelRow, box: QuestionBox) -> None:
        self._boxes.remove((row, box))
        del self._states[box]
        row.retract(box)

    def _look_at(self, row: FieldRow, source: Source | None) -> None:
        """A field that now comes from elsewhere: what do those cells say?"""
        if row.field.type is FieldType.DATE:
            self._look_at_dates(row, source)
        elif row.field.type is FieldType.SIDE and isinstance(source, str):
            self._look_at_words(row, source)

    def _look_at_words(self, row: FieldRow, column: str) -> None:
        """Words that everybody knows need not be asked for; of a column with none of them, all are."""
        said = row.words_said()
        known = {word.strip().lower() for word in said}
        cells = dict.fromkeys(cell.strip() for cell in self._tools.columns.samples(column))
        sides = {word: side for word in cells if (side := side_of(word))}
        fresh = {word: side for word, side in sides.items() if word.upper() != side}
        new = {word: side for word, side in fresh.items() if word.lower() not in known}
        if new:
            row.set_words({**said, **new})
        if not sides and row.unknown_words():
            row.unfold(True)

    def _look_at_dates(self, row: FieldRow, source: Source | None) -> None:
        for each, box in list(self._boxes):
            if each is row:
                self._retract(each, box)
        row.set_asked()
        if not isinstance(source, str):
            return
        cells = [text for cell in self._tools.columns.samples(source) if (text := cell.strip())]
        forms = date_forms(list(dict.fromkeys(cells)))
        if len(forms) == 1:
            row.set_form(None if forms[0] == ISO else forms[0])
        elif forms:
            row.set_form(None)
            self._ask(date_question(row.field.name, source, forms))

    def _columns_of_numbers(self) -> tuple[str, ...]:
        names: list[str] = []
        for row in self._rows.values():
            try:
                taken = row.taken()
            except KnownError:
                continue
            if taken is not None and (row.field.type is FieldType.DECIMAL or isinstance(taken, SignOf)):
                names += _numbers_of(taken)
        return tuple(dict.fromkeys(names))

    def _look_at_numbers(self, columns: Sequence[str]) -> None:
        """Other columns of numbers: where nobody has said how they are written, they may tell, or leave
        it open."""
        if self._numbers_said:
            return
        for row, box in list(self._boxes):
            if row is self._numbers:
                self._retract(row, box)
        cells = [cell for name in columns for cell in self._tools.columns.samples(name)]
        texts = [text for cell in cells if (text := cell.strip())]
        forms = number_forms(texts)
        if forms:
            self._numbers.take(forms[0])
        if len(forms) > 1:
            names = [name for name, row in self._rows.items() if row.field.type is FieldType.DECIMAL]
            self._ask(number_question(texts, forms, names))


def _numbers_of(taken: Taken) -> Sequence[str]:
    return (taken.column,) if isinstance(taken, SignedBy) else columns_of(taken)
