"""The fields of a record and where a file has each: what the program makes of it, for people to correct."""

from __future__ import annotations

from collections.abc import Mapping as MappingType
from collections.abc import Sequence
from itertools import pairwise

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from opspilot_desktop.domain.errors import KnownError
from opspilot_desktop.domain.fields import Record
from opspilot_desktop.files.checking import key_field
from opspilot_desktop.files.mapping import Mapping, Suggestion
from opspilot_desktop.files.proposing import ProfileProposal
from opspilot_desktop.files.taking import PLAIN, Taken, Unsigned, columns_of
from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.measures import CONTROL
from opspilot_desktop.ui.theme import Theme
from opspilot_desktop.ui.widgets.painting import text_width
from opspilot_desktop.ui.widgets.plain_label import plain_label, plain_tool_tip

from .editor import Tools, wrapped_label
from .field_row import FieldRow, Said, words_told
from .numbers_row import Numbers, NumbersRow
from .open_questions import OpenQuestions
from .panel_row import BY_PROFILE, How, PanelRow
from .sources import FileColumns, SourceModel, Way, shortened, ways_of

LABEL_WIDTH = 130
HOW_WIDTH = 128
ROW_HEIGHT = 36
HEADING_HEIGHT = 26
_ASKED = "Please answer below"
_SURE = 95  # per cent, from which a suggestion needs no second look
_MOST_KEPT_OUT = 20
_LONGEST_TIP = 3000


class FieldsPanel(QWidget):
    """``changed`` comes once with every step of the user, never while something is shown.

    ``answered(Question, str)`` comes before it with the answer to a question of the proposal: whether to skip
    rows ("skip" or "keep") is for the rules that skip rows, and so for whoever shows these.
    """

    changed = Signal()
    answered = Signal(object, str)

    def __init__(self, theme: Theme, icons: Icons, record: Record) -> None:
        super().__init__()
        self.invalid: list[str] = []
        """The labels of the fields that still need something."""
        self._theme = theme
        self._record = record
        self._columns = FileColumns()
        self._given = Mapping()
        self._models: dict[tuple[Way, ...], SourceModel] = {}
        tools = Tools(theme, icons, self._columns, self._model(()), key_field(record))
        self.numbers = NumbersRow(theme, icons)
        self.rows: dict[str, FieldRow] = {}
        """The rows by the names of their fields, required ones first."""
        for field in sorted(record.importable, key=lambda each: not each.required):
            self.rows[field.name] = FieldRow(tools, field, self._model(ways_of(field)), self._hint)
        self._questions = OpenQuestions(tools, self.rows, self.numbers)
        self._kept_out = wrapped_label(theme, tone="dim")
        self._lay_out()
        for row in self._all_rows():
            row.changed.connect(self._step)
            row.chevron.clicked.connect(self._order_tabs)
        self._questions.answered.connect(self._answered)

    def show_file(
        self, header: Sequence[str], samples: MappingType[str, list[str]], proposal: ProfileProposal
    ) -> None:
        """Shows another file, and what it is proposed to be."""
        self._columns.set_file(header, samples)
        found = {each.field: each for each in proposal.columns if each.field is not None}
        hows = {
            name: _how(found.get(name), proposal.reasons.get(name, ""), proposal.mapping(), name)
            for name in self.rows
        }
        candidates = {
            name: tuple(each.header for each in proposal.columns if name in each.candidates)
            for name in self.rows
        }
        self._load(proposal.mapping(), hows, candidates)
        is_plain = self._given.numbers == PLAIN
        found_numbers = How("resolved", "ok", "As plain numbers" if is_plain else "By their cells")
        self.numbers.load(Numbers(self._given.numbers, self._given.rounded), found_numbers)
        self._questions.begin(proposal.questions, numbers_said=False)
        self._judge()
        self._order_tabs()

    def set_mapping(self, mapping: Mapping) -> None:
        """Shows what somebody has said of the file; that leaves no question open."""
        self._load(mapping, {}, {})
        self.numbers.load(Numbers(mapping.numbers, mapping.rounded), BY_PROFILE)
        self._questions.begin((), numbers_said=True)
        self._judge()
        self._order_tabs()

    def mapping(self) -> Mapping:
        """What has been chosen so far; what is still asked counts as not said, and numbers as the plainest.
        Raises KnownError where something is said that cannot be."""
        said = {name: row.said() for name, row in self.rows.items()}
        numbers = self.numbers.value()
        forms = {name: each.form for name, each in said.items() if each.form is not None}
        words = {name: each.words for name, each in said.items() if each.words is not None}
        rounding = {name: each.rounding for name, each in said.items() if each.rounding is not None}
        return Mapping(
            columns=self._said_columns({name: each.taken for name, each in said.items()}),
            values=words,
            rounded=numbers.rounded,
            numbers=numbers.form,
            dates=forms,
            rounding=rounding,
        )

    def _said_columns(self, taken: MappingType[str, Taken | None]) -> dict[str, Taken]:
        """What has to be said of where the fields come from: a column of a field's own name need not be."""
        plain = [each for each in taken.values() if isinstance(each, str) and each]
        columns: dict[str, Taken] = {}
        for name, each in taken.items():
            is_said = name in self._given.columns
            if each is None or each == "":
                is_own_free = name in self._columns and name not in plain
                if is_own_free or (is_said and self._given.columns[name] == ""):
                    columns[name] = ""
            elif is_said or each != name or plain.count(name) > 1 or name not in self._columns:
                columns[name] = each
        return columns

    def _load(
        self,
        mapping: Mapping,
        hows: MappingType[str, How],
        candidates: MappingType[str, tuple[str, ...]],
    ) -> None:
        self._given = mapping
        named = [name for each in mapping.columns.values() for name in columns_of(each)]
        self._columns.set_named(named)
        for row in self.rows.values():
            row.clear()
        for model in self._models.values():
            model.refresh()
        plain = [each for each in mapping.columns.values() if isinstance(each, str)]
        for name, row in self.rows.items():
            wanted = candidates.get(name, ())
            taken = mapping.columns.get(name)
            if taken is None and name in self._columns and name not in plain:
                taken = name
            elif taken is None and not wanted and not row.field.required:
                taken = ""
            said = Said(
                taken, _own(mapping.values.get(name)), mapping.dates.get(name), mapping.rounding.get(name)
            )
            row.load(said, hows.get(name, BY_PROFILE), wanted if taken is None else ())

    @property
    def kept_out(self) -> str:
        """Which columns nothing takes, as it is told."""
        return self._kept_out.text()

    def focus_invalid(self) -> None:
        """Gives the keyboard to the first row that still needs something."""
        row = next((each for each in self._all_rows() if each.label in self.invalid), None)
        if row is not None:
            row.inputs()[0].setFocus(Qt.FocusReason.OtherFocusReason)

    def _all_rows(self) -> list[PanelRow]:
        return [self.numbers, *self.rows.values()]

    def _hint(self, row: FieldRow, way: Way) -> str:
        """The column that a way of a field's starts with."""
        if way is Way.SIGN_OF and "quantity" in self.rows:
            return self.rows["quantity"].last_column
        return row.last_column

    def _answered(self, question: object, choice: str) -> None:
        self.answered.emit(question, choice)
        self._step()

    def _step(self) -> None:
        self._questions.follow()
        self._judge()
        self._order_tabs()
        self.changed.emit()

    def _order_tabs(self) -> None:
        """Lets Tab go as the eye does, also through what was unfolded last."""
        inputs = [widget for row in self._all_rows() for widget in row.inputs()]
        for one, following in pairwise(inputs):
            QWidget.setTabOrder(one, following)

    def _judge(self) -> None:
        said: dict[str, Said | None] = {}
        wrong: dict[str, str] = {}
        for name, row in self.rows.items():
            try:
                said[name] = row.said()
            except KnownError as error:
                said[name] = None
                wrong[name] = error.message
        taken = {name: None if each is None else each.taken for name, each in said.items()}
        asked = self._questions.open_rows()
        for name, row in self.rows.items():
            wrong.setdefault(name, _ASKED if row in asked else self._wrong_with(row, taken))
            row.judge(said[name], wrong[name])
        self.numbers.judge(_ASKED if self.numbers in asked else "")
        self.invalid = [self.numbers.label] if self.numbers in asked else []
        self.invalid += [self.rows[name].label for name, words in wrong.items() if words]
        self._tell_kept_out(taken)

    def _wrong_with(self, row: FieldRow, taken: MappingType[str, Taken | None]) -> str:
        own = taken[row.field.name]
        if own is None:
            used = self._used(taken)
            open_ = [f"“{shortened(name, 20)}”" for name in row.candidates if name not in used]
            if open_:
                return f"{' or '.join(open_)}?"
            return "Choose a column" if row.field.required else ""
        if own == "":
            return "Choose a column" if row.field.required else ""
        if gone := row.gone(own):
            return f"No column “{shortened(gone, 20)}” here"
        for name, other in taken.items():
            if isinstance(own, str) and other == own and name != row.field.name:
                return f"Also taken for {self.rows[name].field.label}"
        return ""

    def _used(self, taken: MappingType[str, Taken | None]) -> set[str]:
        return {column for name, row in self.rows.items() for column in row.columns_used(taken[name])}

    def _tell_kept_out(self, taken: MappingType[str, Taken | None]) -> None:
        used = self._used(taken)
        left = [shortened(name) for name in self._columns.names if name not in used]
        more = len(left) - _MOST_KEPT_OUT
        shown = ", ".join(left[:_MOST_KEPT_OUT]) + (f" and {more:,} more" if more > 0 else "")
        self._kept_out.setText(f"Kept out: {shown}" if left else "")
        self._kept_out.setVisible(bool(left))
        whole = ", ".join(left)
        whole = whole if len(whole) <= _LONGEST_TIP else f"{whole[:_LONGEST_TIP]}…"
        self._kept_out.setToolTip(plain_tool_tip(whole) if more > 0 else "")

    def _model(self, ways: tuple[Way, ...]) -> SourceModel:
        if ways not in self._models:
            self._models[ways] = SourceModel(self._columns, ways, self)
        return self._models[ways]

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(0)
        grid.setColumnMinimumWidth(4, CONTROL)
        labels = [text_width(self._theme.fonts.medium, row.label) for row in self._all_rows()]
        grid.setColumnMinimumWidth(0, min(max(labels) + 2, LABEL_WIDTH))
        grid.setColumnMinimumWidth(3, HOW_WIDTH)
        grid.setColumnStretch(1, 5)
        grid.setColumnStretch(3, 4)
        parts: list[tuple[str, list[PanelRow]]] = [("All numbers of the file", [self.numbers])]
        for heading, is_required in (("Required", True), ("Optional", False)):
            rows = [row for row in self.rows.values() if row.field.required is is_required]
            parts.append((heading, [*rows]))
        place = 0
        for heading, shown in parts:
            label = plain_label(heading, tone="dim", font=self._theme.fonts.small)
            grid.addWidget(label, place, 0, 1, 5, Qt.AlignmentFlag.AlignBottom)
            grid.setRowMinimumHeight(place, HEADING_HEIGHT)
            for row in shown:
                place += 1
                grid.setRowMinimumHeight(place, ROW_HEIGHT)
                for at, widget in enumerate((row.name, row.box, row.sign, row.how, row.chevron)):
                    grid.addWidget(widget, place, at, Qt.AlignmentFlag.AlignVCenter)
                place += 1
                grid.addWidget(row.below, place, 0, 1, 5)
            place += 1
        column_box = QVBoxLayout(self)
        column_box.setContentsMargins(0, 0, 0, 0)
        column_box.setSpacing(10)
        column_box.addLayout(grid)
        column_box.addWidget(self._kept_out)
        column_box.addStretch(1)


def _own(words: MappingType[str, str] | None) -> dict[str, str] | None:
    return None if words is None else dict(words)


def _how(suggestion: Suggestion | None, reason: str, mapping: Mapping, name: str) -> How:
    """How a proposed choice was found."""
    if suggestion is None:
        return How("medium", "MEDIUM", "Please check", reason)
    sure = suggestion.confidence >= _SURE or not suggestion.confidence
    tip = ". ".join((*suggestion.reasons, *[reason][: bool(reason)]))
    tip = f"{tip} ({suggestion.confidence} % sure)" if suggestion.confidence else tip
    if not sure:
        return How("medium", "MEDIUM", f"Please check ({suggestion.confidence} %)", tip)
    if words := mapping.values.get(name):
        return How("resolved", "ok", words_told(words), tip)
    if isinstance(mapping.columns.get(name), Unsigned):
        return How("resolved", "ok", reason, tip)
    return How("resolved", "ok", "By name", tip)
