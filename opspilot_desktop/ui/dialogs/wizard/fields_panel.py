"""The fields of a record and where a file has each: what the program makes of it, for people to correct."""

from __future__ import annotations

from collections.abc import Mapping as MappingType
from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from opspilot_desktop.domain.errors import KnownError
from opspilot_desktop.domain.fields import Record
from opspilot_desktop.files.mapping import Mapping, Suggestion
from opspilot_desktop.files.proposing import ProfileProposal
from opspilot_desktop.files.taking import Taken, columns_of
from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.theme import Theme
from opspilot_desktop.ui.widgets.plain_label import plain_label, plain_tool_tip

from .field_row import BY_PROFILE, FieldRow, How, Said
from .sources import FileColumns, SourceModel, Way, shortened, ways_of

LABEL_WIDTH = 108
HOW_WIDTH = 130
ROW_HEIGHT = 36
_SURE = 95  # per cent, from which a suggestion needs no second look
_MOST_KEPT_OUT = 40
_LONGEST_TIP = 3000


class FieldsPanel(QWidget):
    """``changed`` comes once with every step of the user, never while something is shown."""

    changed = Signal()

    def __init__(self, theme: Theme, icons: Icons, record: Record) -> None:
        super().__init__()
        self.invalid: list[str] = []
        """The labels of the fields that still need something."""
        self._theme = theme
        self._icons = icons
        self._record = record
        self._columns = FileColumns()
        self._given = Mapping()
        self._models: dict[tuple[Way, ...], SourceModel] = {}
        required = [each for each in record.importable if each.required]
        optional = [each for each in record.importable if not each.required]
        self.rows: dict[str, FieldRow] = {}
        for field in (*required, *optional):
            row = FieldRow(theme, icons, field, self._columns, self._model(ways_of(field)))
            row.changed.connect(self._step)
            self.rows[field.name] = row
        self._kept_out = plain_label(tone="dim", font=theme.fonts.small, wrap=True)
        self._lay_out()

    def show_file(
        self, header: Sequence[str], samples: MappingType[str, list[str]], proposal: ProfileProposal
    ) -> None:
        """Shows another file, and what it is proposed to be."""
        self._columns.set_file(header, samples)
        found = {each.field: each for each in proposal.columns if each.field is not None}
        hows = {
            name: _how(found.get(name), proposal.reasons.get(name, ""), proposal.mapping().values.get(name))
            for name in self.rows
        }
        candidates = {
            name: tuple(each.header for each in proposal.columns if name in each.candidates)
            for name in self.rows
        }
        self._load(proposal.mapping(), hows, candidates)

    def set_mapping(self, mapping: Mapping) -> None:
        """Shows what somebody has said of the file; that leaves no question open."""
        self._load(mapping, {}, {})

    def mapping(self) -> Mapping:
        """What has been chosen so far. Raises KnownError where something is said that cannot be."""
        said = {name: row.said() for name, row in self.rows.items()}
        given = self._given
        forms = {name: each.form for name, each in said.items() if each.form is not None}
        words = {name: each.words for name, each in said.items() if each.words is not None}
        rounding = {name: each.rounding for name, each in said.items() if each.rounding is not None}
        return Mapping(
            columns=self._said_columns({name: each.taken for name, each in said.items()}),
            values=words,
            rounded=given.rounded,
            numbers=given.numbers,
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
        self._judge()

    def _step(self) -> None:
        self._judge()
        self.changed.emit()

    def _judge(self) -> None:
        taken: dict[str, Taken | None] = {}
        wrong: dict[str, str] = {}
        for name, row in self.rows.items():
            try:
                taken[name] = row.said().taken
            except KnownError as error:
                taken[name] = None
                wrong[name] = error.message
        for name, row in self.rows.items():
            wrong.setdefault(name, self._wrong_with(row, taken))
            row.judge(taken[name], wrong[name])
        self.invalid = [self.rows[name].field.label for name, words in wrong.items() if words]
        self._tell_kept_out(taken)

    def _wrong_with(self, row: FieldRow, taken: MappingType[str, Taken | None]) -> str:
        own = taken[row.field.name]
        if own is None:
            used = {name for each in taken.values() if each is not None for name in columns_of(each)}
            open_ = [f"“{shortened(name, 20)}”" for name in row.candidates if name not in used]
            if open_:
                return f"{' or '.join(open_)}?"
            return "Choose a column" if row.field.required else ""
        if own == "":
            return "Needed: choose a column" if row.field.required else ""
        if gone := row.gone(own):
            return f"No column “{shortened(gone, 20)}” here"
        for name, other in taken.items():
            if isinstance(own, str) and other == own and name != row.field.name:
                return f"Also taken for {self.rows[name].field.label}"
        return ""

    def _tell_kept_out(self, taken: MappingType[str, Taken | None]) -> None:
        used = {name for each in taken.values() if each is not None for name in columns_of(each)}
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
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(0)
        grid.setColumnMinimumWidth(0, LABEL_WIDTH)
        for column, stretch in ((0, 3), (1, 5), (3, 4)):
            grid.setColumnStretch(column, stretch)
        place = 0
        for heading, is_required in (("Required", True), ("Optional", False)):
            rows = [row for row in self.rows.values() if row.field.required is is_required]
            if not rows:
                continue
            label: QLabel = plain_label(heading, tone="dim", font=self._theme.fonts.small)
            grid.addWidget(label, place, 0, 1, 4)
            place += 1
            for row in rows:
                grid.setRowMinimumHeight(place, ROW_HEIGHT)
                for column, widget in enumerate((row.name, row.box, row.sign, row.how)):
                    grid.addWidget(widget, place, column, Qt.AlignmentFlag.AlignVCenter)
                place += 1
        column_box = QVBoxLayout(self)
        column_box.setContentsMargins(0, 0, 0, 0)
        column_box.setSpacing(10)
        column_box.addLayout(grid)
        column_box.addWidget(self._kept_out)
        column_box.addStretch(1)


def _own(words: MappingType[str, str] | None) -> dict[str, str] | None:
    return None if words is None else dict(words)


def _how(suggestion: Suggestion | None, reason: str, words: MappingType[str, str] | None) -> How:
    """How a proposed choice was found."""
    if suggestion is None:
        return How("medium", "MEDIUM", "Guessed, please check", reason)
    sure = suggestion.confidence >= _SURE or not suggestion.confidence
    tip = ". ".join((*suggestion.reasons, *[reason][: bool(reason)]))
    tip = f"{tip} ({suggestion.confidence} % sure)" if suggestion.confidence else tip
    if not sure:
        return How("medium", "MEDIUM", f"Guessed ({suggestion.confidence} %), please check", tip)
    if words:
        return How("resolved", "ok", reason, tip)
    return How("resolved", "ok", "By name", tip)
