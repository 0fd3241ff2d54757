"""Which column of a file is which field: what the program makes of them, for a person to confirm."""

from __future__ import annotations

from collections.abc import Mapping as MappingType
from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QScrollArea, QWidget

from opspilot_desktop.domain.fields import FieldType, Record
from opspilot_desktop.files.mapping import Mapping, Proposal, Suggestion
from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.measures import ICON_SMALL
from opspilot_desktop.ui.style import set_property
from opspilot_desktop.ui.theme import Theme
from opspilot_desktop.ui.widgets.elided_label import ElidedLabel
from opspilot_desktop.ui.widgets.icon_label import IconLabel
from opspilot_desktop.ui.widgets.plain_label import plain_label

from .choice import Choice
from .frame import DialogFrame
from .raw_text import shown_raw

WIDTH = 880
ROW_HEIGHT = 38
MOST_HEIGHT = 400
FIRST_VALUES = 2
KEPT_OUT = ""
UNDECIDED = "?"
_SIDES = {"B": "BUY", "S": "SELL"}

Samples = MappingType[str, Sequence[str]]
"""The first values of each column, by its header."""


class ColumnRow:
    """One column of the file: its name, its first values, the field chosen for it and why."""

    def __init__(
        self, theme: Theme, icons: Icons, record: Record, suggestion: Suggestion, values: Sequence[str]
    ) -> None:
        self.header = suggestion.header
        self._suggestion = suggestion
        self.values = list(values)
        self.name = ElidedLabel(shown_raw(suggestion.header), font=theme.fonts.medium)
        shown = ", ".join(shown_raw(value) for value in self.values[:FIRST_VALUES])
        self.first = ElidedLabel(shown, tone="dim")
        self.arrow = IconLabel(theme, icons, "arrow-right")
        self.combo = Choice()
        self.combo.setObjectName(f"mappingField:{suggestion.header}")
        self.combo.setAccessibleName(f"Field for the column {suggestion.header}")
        self.combo.setPlaceholderText("Choose a field")
        for field in record.importable:
            self.combo.addItem(field.label, field.name)
        self.combo.addItem("Not imported", KEPT_OUT)
        self.sign = IconLabel(theme, icons, "resolved", "ok", ICON_SMALL)
        self.how = ElidedLabel(font=theme.fonts.small)
        undecided = suggestion.field is None and suggestion.candidates
        wanted = suggestion.field if suggestion.field is not None else KEPT_OUT
        self.combo.setCurrentIndex(-1 if undecided else self.combo.findData(wanted))

    @property
    def field(self) -> str:
        """The field chosen, KEPT_OUT for none, UNDECIDED while somebody still has to choose."""
        data = self.combo.currentData()
        return data if isinstance(data, str) else UNDECIDED

    def judge(self, record: Record, taken_by: MappingType[str, list[str]]) -> bool:
        """Says how the field was found; False when it cannot stay so."""
        others = [header for header in taken_by.get(self.field, []) if header != self.header]
        if self.field == UNDECIDED:
            names = [record.field(name).label for name in self._suggestion.candidates]
            self._say("high", "HIGH", f"{' or '.join(names)}?", wrong=True)
        elif self.field == KEPT_OUT:
            self._say("ignore", "dim", "Kept out")
        elif others:
            self._say("high", "HIGH", f"Also chosen for {others[0]}", wrong=True)
        elif self.field != self._suggestion.field:
            self._say("resolved", "ok", "Chosen by you")
        elif words := self.side_words(record):
            self._say("resolved", "ok", " and ".join(f"{a} is {b}" for a, b in words.items()))
        elif self._suggestion.how == "name":
            self._say("resolved", "ok", "By its own name")
        elif self._suggestion.how in ("similar", "content"):
            self._say("resolved", "ok", self._suggestion.reasons[0])
        else:
            self._say("resolved", "ok", "By a known name")
        return self.field != UNDECIDED and (self.field == KEPT_OUT or not others)

    def side_words(self, record: Record) -> dict[str, str]:
        """What the short words for the sides stand for, where the column has such."""
        if self.field in (KEPT_OUT, UNDECIDED) or record.field(self.field).type is not FieldType.SIDE:
            return {}
        found = {value.strip().upper() for value in self.values}
        known = {*_SIDES, *_SIDES.values()}
        return dict(_SIDES) if found & set(_SIDES) and found <= known else {}

    def _say(self, icon: str, role: str, text: str, *, wrong: bool = False) -> None:
        self.sign.set_icon(icon, role)
        self.how.setText(text)
        set_property(self.how, "tone", "text" if wrong else "dim")
        set_property(self.combo, "invalid", "true" if wrong else "false")
        self.combo.setAccessibleDescription(text)


class MappingDialog(DialogFrame):
    """``confirmed(Mapping)`` carries what the user settled on."""

    confirmed = Signal(object)

    def __init__(
        self,
        theme: Theme,
        icons: Icons,
        *,
        record: Record,
        proposal: Proposal,
        file: str,
        samples: Samples | None = None,
        parent: QWidget | None = None,
    ) -> None:
        title = f"Import {'ledger entries' if record.kind.value == 'ledger' else record.label.lower()}"
        super().__init__(
            theme,
            icons,
            title,
            f"{file}: say which column is which field.",
            primary="Check the file",
            width=WIDTH,
            parent=parent,
        )
        self.setObjectName("mappingDialog")
        self.primary.setObjectName("mappingConfirm")
        self.cancel.setObjectName("mappingCancel")
        self._record = record
        known = samples if samples is not None else {}
        self.rows = [
            ColumnRow(theme, icons, record, suggestion, known.get(suggestion.header, ()))
            for suggestion in proposal.columns
            if suggestion.header
        ]
        self.body.addWidget(self._columns())
        for row in self.rows:
            row.combo.currentIndexChanged.connect(self._check)
        self._check()
        undecided = [row for row in self.rows if row.field == UNDECIDED]
        if undecided or self.rows:
            self.set_first_focus((undecided or self.rows)[0].combo)

    def mapping(self) -> Mapping:
        """What has been chosen so far."""
        columns = {row.field: row.header for row in self.rows if row.field not in (KEPT_OUT, UNDECIDED)}
        # A field's own column would be taken again unless it is said to be kept out.
        for row in self.rows:
            if row.field == KEPT_OUT and row.header in self._names() and row.header not in columns:
                columns[row.header] = ""
        values = {row.field: words for row in self.rows if (words := row.side_words(self._record))}
        return Mapping(columns, values)

    def submit(self) -> None:
        """Says what was chosen and closes."""
        self.confirmed.emit(self.mapping())
        self.accept()

    def _names(self) -> set[str]:
        return {field.name for field in self._record.importable}

    def _check(self) -> None:
        taken: dict[str, list[str]] = {}
        for row in self.rows:
            taken.setdefault(row.field, []).append(row.header)
        judged = [row.judge(self._record, taken) for row in self.rows]
        missing = [field.label for field in self._record.required if field.name not in taken]
        wrong = judged.count(False)
        reason = ""
        if missing:
            reason = f"No column for {', '.join(missing)}"
        elif wrong:
            reason = "1 column needs a field" if wrong == 1 else f"{wrong:,} columns need a field"
        self.set_primary(enabled=not reason, reason=reason)

    def _columns(self) -> QScrollArea:
        content = QWidget()
        grid = QGridLayout(content)
        grid.setContentsMargins(0, 0, 8, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(0)
        small = self.theme.fonts.small
        for column, label in ((0, "Column in the file"), (1, "First values"), (3, "Field"), (4, "How")):
            span = 2 if column == 4 else 1
            grid.addWidget(plain_label(label, tone="dim", font=small), 0, column, 1, span)
        for place, row in enumerate(self.rows, start=1):
            grid.setRowMinimumHeight(place, ROW_HEIGHT)
            parts = (row.name, row.first, row.arrow, row.combo, row.sign, row.how)
            for column, widget in enumerate(parts):
                grid.addWidget(widget, place, column, Qt.AlignmentFlag.AlignVCenter)
        for column, stretch in ((0, 3), (1, 5), (3, 4), (5, 5)):
            grid.setColumnStretch(column, stretch)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(content)
        content.setAutoFillBackground(False)
        area.viewport().setAutoFillBackground(False)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setMinimumHeight(min(MOST_HEIGHT, 30 + ROW_HEIGHT * len(self.rows)))
        return area
