"""What more there is to say of a field than where it comes from; made when it is first unfolded."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout

from opspilot_desktop.domain.fields import Field, FieldType
from opspilot_desktop.files.taking import Rounding, Taken

from .editor import Editor, Tools
from .format_inputs import ISO, FormInput, RoundingInput
from .sources import Source, Way, source_of
from .way_editors import EDITORS, ConstantEditor, SignEditor, WayEditor
from .words_input import MOST_SEEN, WordsInput

_SIDES = (("BUY", "BUY"), ("SELL", "SELL"))
_WORDS_OF = (FieldType.SIDE, FieldType.TRADE_STATUS)


def has_more(field: Field, source: Source | None) -> bool:
    """Whether there is more to say of a field that comes from there."""
    if source is None or source is Way.LEFT_OUT:
        return False
    if isinstance(source, Way):
        return True
    return field.type in (*_WORDS_OF, FieldType.DATE, FieldType.DECIMAL)


class Fold(QFrame):
    """The inputs for a field's way, words, dates and rounding; each shown where it applies. ``changed`` comes
    with each step of the user."""

    changed = Signal()

    def __init__(self, tools: Tools, field: Field) -> None:
        super().__init__()
        self.setProperty("ground", "panel")
        self._tools = tools
        self._field = field
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(12, 10, 12, 12)
        self._column.setSpacing(12)
        self.ways: dict[Way, WayEditor] = {}
        self.words: WordsInput | None = None
        self.form: FormInput | None = None
        self.rounding: RoundingInput | None = None

    def way(self, way: Way) -> WayEditor:
        """The editor of a way."""
        if way not in self.ways:
            editor = self.ways[way] = EDITORS[way](self._tools, self._field)
            self._add(editor, 0)
        return self.ways[way]

    def show_way(self, taken: Taken) -> None:
        """Fills the editor of a way; a column as it stands has none."""
        way = source_of(taken)
        if not isinstance(way, Way) or way not in EDITORS:
            return
        self.way(way).show_value(taken)

    def show_words(self, words: Mapping[str, str]) -> None:
        """Shows what words stand for."""
        if self._field.type not in _WORDS_OF:
            return
        if self.words is None:
            is_side = self._field.type is FieldType.SIDE
            undecided = "Not decided" if is_side else "As it stands"
            meanings = _SIDES if is_side else ()
            label = f"What the words of {self._field.label} mean"
            self.words = WordsInput(self._tools, self._field, label, meanings, undecided)
            self.words.ignore(("BUY", "SELL") if is_side else ())
            self._add(self.words)
        self.words.show_value(list(words.items()))

    def show_form(self, form: str | None) -> None:
        """Shows how dates are written."""
        if self._field.type is not FieldType.DATE:
            return
        if self.form is None:
            self.form = FormInput(self._tools, self._field)
            self._add(self.form)
        self.form.show_value(form or ISO)

    def show_rounding(self, rounding: Rounding | None) -> None:
        """Shows how numbers are rounded."""
        if self._field.type is not FieldType.DECIMAL:
            return
        if self.rounding is None:
            self.rounding = RoundingInput(self._tools, self._field)
            self._add(self.rounding)
        self.rounding.show_value(rounding)

    def suit(self, source: Source | None, asked: Collection[str] = ()) -> None:
        """Shows what applies to a field that comes from there, without what a question asks for."""
        column = source if isinstance(source, str) else ""
        for way, editor in self.ways.items():
            editor.setVisible(way is source)
            if isinstance(editor, SignEditor):
                editor.set_asked("sign" in asked)
        is_made = bool(column) or (isinstance(source, Way) and source not in (Way.LEFT_OUT, Way.CONSTANT))
        if self.words is not None:
            self.words.setVisible(bool(column))
            if column:
                self.words.offer(self._tools.columns.distinct(column, MOST_SEEN + 3))
        if self.form is not None:
            self.form.setVisible(is_made and "form" not in asked)
            filled = [cell for cell in self._tools.columns.samples(column) if cell.strip()]
            self.form.show_cell(filled[0] if filled else "")
        if self.rounding is not None:
            self.rounding.setVisible(is_made)

    def value_of(self, way: Way) -> Taken:
        """What the editor of a way says. Raises KnownError."""
        editor = self.way(way)
        if isinstance(editor, ConstantEditor):
            editor.words = self.said_words()
        taken: Taken = editor.value()
        return taken

    def said_words(self) -> dict[str, str]:
        """What words stand for. Raises KnownError."""
        return dict(self.words.value()) if self.words is not None else {}

    def said_form(self) -> str:
        """How dates are written. Raises KnownError."""
        form: str = self.form.value() if self.form is not None else ""
        return form

    def said_rounding(self) -> Rounding | None:
        """How numbers are rounded."""
        rounding: Rounding | None = self.rounding.value() if self.rounding is not None else None
        return rounding

    def _add(self, editor: Editor, place: int = -1) -> None:
        editor.changed.connect(self.changed)
        self._column.insertWidget(place, editor)
