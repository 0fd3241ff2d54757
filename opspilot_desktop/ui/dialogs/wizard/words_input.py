"""What the words of a column stand for: each one seen, with a choice, and others to be added."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QWidget

from opspilot_desktop.domain.errors import KnownError
from opspilot_desktop.domain.fields import Field
from opspilot_desktop.ui.dialogs.choice import Choice
from opspilot_desktop.ui.widgets.buttons import icon_button, text_button
from opspilot_desktop.ui.widgets.elided_label import ElidedLabel
from opspilot_desktop.ui.widgets.plain_label import plain_label

from .editor import Editor, RawEdit, Tools, wrapped_label
from .sources import shortened

MOST_SEEN = 20
"""How many different words of a column are offered."""
UNDECIDED = ""
Pair = tuple[str, str]
"""A word and what it stands for."""


class Line:
    """One word as the file has it or as typed, and its meaning, chosen or typed."""

    def __init__(self, name: QWidget, meaning: Choice | RawEdit, remove: QWidget | None) -> None:
        self.name = name
        self.meaning = meaning
        self.remove = remove
        self.given: str | None = None
        """The word as the file or the profile has it; None for one that is typed."""
        self.may_be_blank = False
        """Whether it was said to stand for nothing."""

    @property
    def word(self) -> str:
        """The word."""
        return self.name.text() if isinstance(self.name, QLineEdit) else self.given or ""

    @property
    def said(self) -> str:
        """What it stands for, "" while nobody has said so."""
        if isinstance(self.meaning, RawEdit):
            return self.meaning.raw()
        data = self.meaning.currentData()
        return data if isinstance(data, str) else UNDECIDED

    @property
    def is_decided(self) -> bool:
        """Whether somebody has said what it stands for."""
        return bool(self.said) or self.may_be_blank


class WordsInput(Editor):
    """A line for each word. `meanings` are pairs of a meaning and its label; without any it is typed."""

    def __init__(
        self, tools: Tools, field: Field, label: str, meanings: Sequence[Pair], undecided: str
    ) -> None:
        super().__init__(tools, field)
        self._label = label
        self._meanings = tuple(meanings)
        self._undecided = undecided
        self._lines: list[Line] = []
        self._ignored: frozenset[str] = frozenset()
        self._meant = ""
        self._box = QWidget()
        self._grid = QGridLayout(self._box)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(0, 3)
        self._grid.setColumnStretch(1, 2)
        small = tools.theme.fonts.small
        self._note = wrapped_label(tools.theme, tone="dim")
        self.add_button = text_button(tools.icons, "Add a word", "plus", kind="link")
        self.add_button.setAutoDefault(False)
        self.add_button.clicked.connect(self._add_typed)
        below = QHBoxLayout()
        below.addWidget(self.add_button)
        below.addStretch(1)
        self.rows.setSpacing(4)
        self.rows.addWidget(plain_label(label, tone="dim", font=small))
        self.rows.addWidget(self._box)
        self.rows.addWidget(self._note)
        self.rows.addLayout(below)
        self._note.hide()

    @property
    def lines(self) -> list[Line]:
        """The lines shown."""
        return list(self._lines)

    def ignore(self, words: Sequence[str]) -> None:
        """Words that mean themselves and are not asked for."""
        self._ignored = frozenset(word.lower() for word in words)
        self._meant = f"{' and '.join(words)} mean themselves." if words else ""
        self._note.setText(self._meant)
        self._note.setVisible(bool(self._meant))

    def set_value(self, value: Sequence[Pair]) -> None:
        """See Editor."""
        self._clear()
        for word, meaning in value:
            self._add(word, meaning).may_be_blank = not meaning

    def offer(self, words: Sequence[str]) -> None:
        """Offers the words of a column; those of another one that nobody has decided go."""
        self._loading += 1
        gone = [line for line in self._lines if line.given is not None and not line.is_decided]
        self._lines = [line for line in self._lines if line not in gone]
        for line in gone:
            self._drop(line)
        known = {line.word.strip().lower() for line in self._lines} | self._ignored
        fresh = [word for word in words if word.strip().lower() not in known]
        for word in fresh[:MOST_SEEN]:
            self._add(word, UNDECIDED)
        more = len(fresh) > MOST_SEEN
        note = f"{self._meant} {'The column has more words than these.' * more}".strip()
        self._note.setText(note)
        self._note.setVisible(bool(note))
        self._loading -= 1

    def read(self) -> list[Pair]:
        """See Editor: the words that somebody has decided."""
        pairs = [(line.word, line.said) for line in self._lines if line.is_decided]
        typed = [line for line in self._lines if line.given is None]
        for line in typed:
            if bool(line.word.strip()) != bool(line.said):
                raise KnownError(f"{self._label}: fill in both halves of the word added, or remove it.")
        words = [word.strip().lower() for word, _ in pairs]
        twice = next((line.word for line in typed if words.count(line.word.strip().lower()) > 1), "")
        if twice:
            raise KnownError(f"{self._label}: “{shortened(twice)}” stands there twice; remove one.")
        return pairs

    def undecided(self) -> list[str]:
        """The words seen of which nothing is said."""
        return [line.given for line in self._lines if line.given and not line.is_decided]

    def _add_typed(self) -> None:
        line = self._add(None, UNDECIDED)
        line.name.show()  # or the keyboard cannot go there yet
        line.name.setFocus(Qt.FocusReason.OtherFocusReason)
        self.step()

    def _add(self, word: str | None, meaning: str) -> Line:
        row = self._grid.rowCount()
        name: QWidget
        if word is None:
            edit = QLineEdit()
            edit.setPlaceholderText("Word in the file")
            edit.setAccessibleName(f"{self._label}: word in the file")
            edit.textChanged.connect(self.step)
            name = edit
        else:
            name = ElidedLabel(shortened(word, 200))
        remove = icon_button(self.tools.icons, "close", "Remove this word") if word is None else None
        line = Line(name, self._meaning(word, meaning), remove)
        line.given = word
        self._grid.addWidget(name, row, 0)
        self._grid.addWidget(line.meaning, row, 1)
        if remove is not None:
            remove.clicked.connect(lambda _checked=False, line=line: self._remove(line))
            self._grid.addWidget(remove, row, 2)
        self._lines.append(line)
        return line

    def _meaning(self, word: str | None, meaning: str) -> Choice | RawEdit:
        spoken = f"{self._label}: {'the word added' if word is None else shortened(word)}"
        if not self._meanings:
            edit = RawEdit()
            edit.setPlaceholderText(self._undecided)
            edit.set_raw(meaning)
            edit.textChanged.connect(self.step)
            edit.setAccessibleName(spoken)
            return edit
        box = Choice()
        box.addItem(self._undecided, UNDECIDED)
        for value, words in self._meanings:
            # A profile may write it in other letters; what it wrote stays.
            box.addItem(words, meaning if meaning.upper() == value.upper() else value)
        box.setCurrentIndex(max(box.findData(meaning), 0))
        box.currentIndexChanged.connect(self.step)
        box.setAccessibleName(spoken)
        return box

    def _remove(self, line: Line) -> None:
        self._lines.remove(line)
        self._drop(line)
        self.add_button.setFocus(Qt.FocusReason.OtherFocusReason)
        self.step()

    def _clear(self) -> None:
        for line in self._lines:
            self._drop(line)
        self._lines.clear()

    def _drop(self, line: Line) -> None:
        for widget in (line.name, line.meaning, line.remove):
            if widget is not None:
                self._grid.removeWidget(widget)
                widget.hide()
                widget.deleteLater()
