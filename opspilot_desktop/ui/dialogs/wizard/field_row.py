"""One field of the record: where its value comes from, how that was found, and what more there is to say."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from PySide6.QtWidgets import QWidget

from opspilot_desktop.domain.errors import KnownError
from opspilot_desktop.domain.fields import Field, FieldType
from opspilot_desktop.files.taking import Rounding, SignedBy, SignOf, Taken, Unsigned, columns_of

from .editor import Tools
from .fold import Fold, has_more
from .format_inputs import ISO
from .panel_row import BY_YOU, LEFT_OUT, How, PanelRow, wrong_how
from .sources import SourceBox, SourceModel, Way, shortened, source_of


@dataclass(frozen=True)
class Said:
    """What is said of one field; `taken` is None while it is undecided, the others while nothing is said."""

    taken: Taken | None = None
    words: Mapping[str, str] | None = None
    form: str | None = None
    rounding: Rounding | None = None


def words_told(words: Mapping[str, str]) -> str:
    """What words stand for, as a person says it."""
    return " and ".join(f"{shortened(word, 20)} is {meaning.upper()}" for word, meaning in words.items())


class FieldRow(PanelRow):
    """A row for a field. `hint` tells the column that a way starts with."""

    def __init__(
        self, tools: Tools, field: Field, model: SourceModel, hint: Callable[[FieldRow, Way], str]
    ) -> None:
        box = SourceBox(tools.theme, model)
        super().__init__(tools.theme, tools.icons, field.label, box)
        self.field = field
        self.source_box = box
        self.candidates: tuple[str, ...] = ()
        """Columns between which somebody has to choose."""
        self.fold: Fold | None = None
        self.is_answered = False
        """Whether somebody has answered a question about the field."""
        self.last_column = ""
        """The column that was last taken as it stands."""
        self._tools = tools
        self._hint = hint
        self._loaded = Said()
        self._said = Said()
        self._found = LEFT_OUT
        self._asked: frozenset[str] = frozenset()
        box.setObjectName(f"wizard:source:{field.name}")
        box.setAccessibleName(f"Where {field.label} comes from{', required' * field.required}")
        self.chevron.setObjectName(f"wizard:more:{field.name}")
        box.currentIndexChanged.connect(self._chosen)

    def clear(self) -> None:
        """Chooses nothing and folds up, before other columns come; `load` has to follow."""
        self.loading += 1
        self.drop_fold()
        self.fold = None

    def load(self, said: Said, found: How, candidates: tuple[str, ...] = ()) -> None:
        """Shows what is said of the field, and how that was found, in a row that is clear."""
        self._loaded = self._said = said
        self._found, self.candidates = found, candidates
        self._asked = frozenset()
        self.is_answered = False
        self.source_box.choose(None if said.taken is None else source_of(said.taken))
        self.last_column = _main_column(said.taken)
        self._suit()
        self.loading -= 1

    def take(self, taken: Taken) -> None:
        """Takes the value from there, as if somebody had chosen it."""
        self.loading += 1
        self._said = Said(taken, self._said.words, self._said.form, self._said.rounding)
        self.source_box.choose(source_of(taken))
        self.last_column = _main_column(taken)
        if self.fold is not None:
            self.fold.show_way(taken)
        self._suit()
        self.loading -= 1

    def set_words(self, words: Mapping[str, str]) -> None:
        """Says what words stand for."""
        self._said = Said(self._said.taken, dict(words), self._said.form, self._said.rounding)
        if self.fold is not None:
            self.fold.show_words(words)
            self.fold.suit(self.source_box.source)

    def set_form(self, form: str | None) -> None:
        """Says how the dates are written; None for the usual way."""
        self._said = Said(self._said.taken, self._said.words, form, self._said.rounding)
        if self.fold is not None:
            self.fold.show_form(form)

    def set_asked(self, *parts: str) -> None:
        """What of the row ("sign", "form") a question asks for: it is not asked a second time below."""
        self._asked = frozenset(parts)
        if self.fold is not None:
            self.fold.suit(self.source_box.source, self._asked)

    def taken(self) -> Taken | None:
        """Where the value comes from, None while undecided. Raises KnownError where that cannot be."""
        source = self.source_box.source
        if source is None or isinstance(source, str):
            return source
        if source is Way.LEFT_OUT:
            return ""
        return self._said.taken if self.fold is None else self.fold.value_of(source)

    def said(self) -> Said:
        """All that is said of the field. Raises KnownError where something cannot be."""
        taken = self.taken()
        if self.fold is None:
            return Said(taken, self._said.words, self._said.form, self._said.rounding)
        fold, said = self.fold, self._said
        words = said.words
        if fold.words is not None:
            words = fold.said_words()
            words = words if words or self._loaded.words is not None else None
        form = said.form
        if fold.form is not None:
            form = fold.said_form()
            form = None if form == ISO and self._loaded.form is None else form
        return Said(taken, words, form, fold.said_rounding() if fold.rounding is not None else said.rounding)

    def words_said(self) -> dict[str, str]:
        """What words are said to stand for, as far as that can be read."""
        try:
            return dict(self.said().words or {})
        except KnownError:
            return dict(self._said.words or {})

    def columns_used(self, taken: Taken | None) -> list[str]:
        """The columns that the value is made of, also while its way is unfinished."""
        source = self.source_box.source
        if taken is not None or self.fold is None or not isinstance(source, Way):
            return [] if taken is None else list(columns_of(taken))
        boxes = self.fold.ways[source].findChildren(SourceBox) if source in self.fold.ways else []
        return [box.source for box in boxes if isinstance(box.source, str)]

    def unknown_words(self) -> bool:
        """Whether nothing is known of any of the words in a column of sides."""
        source = self.source_box.source
        if self.field.type is not FieldType.SIDE or not isinstance(source, str):
            return False
        known = {"buy", "sell", *[word.strip().lower() for word in self.words_said()]}
        seen = {cell.strip().lower() for cell in self._tools.columns.samples(source)} - {""}
        return bool(seen) and not seen & known

    def judge(self, said: Said | None, wrong: str) -> None:
        """Says how the choice came about, or what is wrong; `said` is None where it cannot be read."""
        if said is None:
            how = wrong_how(wrong, "See below")
        elif wrong:
            how = wrong_how(wrong)
        elif self.unknown_words():
            how = How("medium", "MEDIUM", "Say what its words mean")
        elif said.taken == "" or said.taken is None:
            how = LEFT_OUT
        elif said == self._loaded and not self.is_answered:
            how = self._found
        elif said.words and self.field.type is FieldType.SIDE:
            how = self._how_of_words(said.words)
        else:
            how = BY_YOU
        self.tell(how)

    def _how_of_words(self, words: Mapping[str, str]) -> How:
        undecided = self.fold.words.undecided() if self.fold is not None and self.fold.words else []
        if undecided:
            text = f"{', '.join(shortened(word, 20) for word in undecided)}: not decided"
            return How("medium", "MEDIUM", text, text)
        return How("resolved", "ok", words_told(words))

    def gone(self, taken: Taken) -> str:
        """A column that the value is made of and the file does not have, "" where there is none."""
        return next((name for name in columns_of(taken) if name not in self._tools.columns), "")

    def make_fold(self) -> QWidget:
        """See PanelRow."""
        fold = self.fold = Fold(self._tools, self.field)
        said = self._said
        if said.taken is not None:
            fold.show_way(said.taken)
        fold.show_words(said.words or {})
        fold.show_form(said.form)
        fold.show_rounding(said.rounding)
        fold.suit(self.source_box.source, self._asked)
        fold.changed.connect(self._step)
        return fold

    def _chosen(self) -> None:
        if self.loading:
            return
        self.loading += 1
        source = self.source_box.source
        if isinstance(source, Way) and source is not Way.LEFT_OUT:
            self.unfold(True)
            if self.fold is not None and source not in self.fold.ways:
                self.fold.way(source).begin(self._hint(self, source))
        elif isinstance(source, str):
            self.last_column = source
        self._suit()
        self.loading -= 1
        self._step()

    def _step(self) -> None:
        if not self.loading:
            self.changed.emit()

    def _suit(self) -> None:
        source = self.source_box.source
        more = has_more(self.field, source)
        self.chevron.setEnabled(more)
        self.chevron.setVisible(more)
        if not more and self.is_unfolded:
            self.unfold(False)
        if self.fold is not None:
            self.fold.suit(source, self._asked)


def _main_column(taken: Taken | None) -> str:
    """The one column that the value itself is in, "" where there is none such."""
    match taken:
        case str():
            return taken
        case SignedBy() | SignOf() | Unsigned():
            return taken.column
        case _:
            return ""
