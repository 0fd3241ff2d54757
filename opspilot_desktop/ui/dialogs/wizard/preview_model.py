"""The first records of a file as a table: the typed values of each field, or the bare cells."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from opspilot_desktop.domain.decimals import display
from opspilot_desktop.domain.fields import Field, FieldType, Record
from opspilot_desktop.domain.text import visible
from opspilot_desktop.files.mapping import Mapping
from opspilot_desktop.files.previewing import FilePreview, PreviewRow
from opspilot_desktop.files.taking import Constant, columns_of
from opspilot_desktop.ui.dialogs.raw_text import shown_raw
from opspilot_desktop.ui.tables.table_spec import MISSING
from opspilot_desktop.ui.widgets.plain_label import plain_tool_tip

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
_RIGHT = int((Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter).value)
_LEFT = int((Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter).value)
LONGEST = 200
"""Characters of a cell that are shown."""
_LONGEST_TIP = 2000
UNDECIDED = "?"
FOOTER = "a footer row"
"""Why a footer row is left out, as the preview says it."""


class Outcome(Enum):
    """What would become of a row."""

    GOOD = "Could be imported"
    PROBLEM = "Problem"
    LEFT_OUT = "Left out"
    BARE = ""


@dataclass(frozen=True)
class Part:
    """A column of the table: a field made of some of the file's columns, or a column as it stands."""

    label: str
    field: Field | None
    places: tuple[int, ...]
    names: tuple[str, ...]
    hidden: bool = False
    constant: bool = False

    @property
    def numeric(self) -> bool:
        """Whether figures stand in it."""
        return self.field is not None and self.field.type is FieldType.DECIMAL


class PreviewModel(QAbstractTableModel):
    """The first section is the line in the file; then the fields in the record's order, or the columns."""

    def __init__(self, record: Record, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._record = record
        self.parts: tuple[Part, ...] = ()
        self.rows: tuple[PreviewRow, ...] = ()
        self.is_bare = True

    def show(self, preview: FilePreview, mapping: Mapping, hidden: frozenset[str], *, bare: bool) -> None:
        """Shows other rows. Of the `hidden` fields no value is shown, since it is not decided yet."""
        self.beginResetModel()
        self.is_bare = bare
        self.rows = preview.rows
        places = {name: place for place, name in enumerate(preview.header) if name}
        if bare:
            self.parts = tuple(
                Part(name or f"column {place + 1}", None, (place,), (name,))
                for place, name in enumerate(preview.header)
            )
        else:
            self.parts = tuple(
                self._part(field, mapping, places, hidden)
                for field in self._record.importable
                if field.name in preview.present or field.name in hidden
            )
        self.endResetModel()

    def _part(self, field: Field, mapping: Mapping, places: dict[str, int], hidden: frozenset[str]) -> Part:
        taken = mapping.columns.get(field.name, field.name)
        names = tuple(name for name in columns_of(taken) if name in places)
        return Part(
            field.label,
            field,
            tuple(places[name] for name in names),
            names,
            field.name in hidden,
            isinstance(taken, Constant) and field.name not in hidden,
        )

    def outcome(self, row: int) -> Outcome:
        """What would become of the row."""
        one = self.rows[row]
        if one.left_out:
            return Outcome.LEFT_OUT
        if one.faults:
            return Outcome.PROBLEM
        return Outcome.GOOD if one.values and not self.is_bare else Outcome.BARE

    def reason(self, row: int) -> str:
        """Why the row could not be imported as it is, "" where it could."""
        one = self.rows[row]
        if one.left_out:
            return f"Left out: {visible(one.left_out)}"
        told = [f"{fault.column}: {fault.reason}" if fault.column else fault.reason for fault in one.faults]
        return visible("; ".join(told))

    def is_wrong(self, row: int, part: int) -> bool:
        """Whether it is this part of the row that is wrong."""
        named = {fault.column for fault in self.rows[row].faults if fault.column}
        return bool(named.intersection(self.parts[part].names)) or (
            bool(named) and " + ".join(self.parts[part].names) in named
        )

    def raw(self, row: int, part: int) -> str:
        """The part's cells as they stand in the file."""
        one, here = self.rows[row], self.parts[part]
        cells = [one.cells[place] for place in here.places if place < len(one.cells)]
        if here.constant:
            return "in every row"
        return " + ".join(shown_raw(_cut(cell)) for cell in cells)

    def value(self, row: int, part: int) -> str:
        """What is shown of the part: the typed value, or the cells where there is none."""
        one, here = self.rows[row], self.parts[part]
        if here.field is None:
            return self.raw(row, part) if here.places and here.places[0] < len(one.cells) else ""
        if here.hidden:
            return UNDECIDED
        if self.outcome(row) is not Outcome.GOOD:
            return self.raw(row, part)
        value = one.values.get(here.field.name)
        if value is None:
            return MISSING
        return display(value) if here.numeric else visible(_cut(value))

    def copied(self, row: int) -> list[str]:
        """The row as it is copied, with its line and what would become of it."""
        outcome = self.outcome(row)
        parts = [self.value(row, part) for part in range(len(self.parts))]
        return [str(self.rows[row].line), *parts, self.reason(row) or outcome.value]

    @property
    def tells_nothing(self) -> bool:
        """Whether nothing is decided yet of any field."""
        return not self.is_bare and all(part.hidden for part in self.parts)

    def differs(self, row: int) -> bool:
        """Whether the file writes any of the row's values in another way than it is shown."""
        return any(
            (raw := self.raw(row, part)) and raw != self.value(row, part) for part in range(len(self.parts))
        )

    def problems(self) -> list[int]:
        """The rows that have one."""
        return [row for row in range(len(self.rows)) if self.outcome(row) is Outcome.PROBLEM]

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """The number of rows."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        """The number of columns; the last one only fills the width."""
        return 0 if parent.isValid() or not self.parts else len(self.parts) + 2

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """The labels, aligned as their columns; of a field, from where it comes as the tooltip."""
        if orientation != Qt.Orientation.Horizontal or section > len(self.parts):
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if section == 0 or self.parts[section - 1].numeric else _LEFT
        if role == Qt.ItemDataRole.DisplayRole:
            return "Line" if section == 0 else visible(_cut(self.parts[section - 1].label))
        if role == Qt.ItemDataRole.ToolTipRole and section and self.parts[section - 1].field is not None:
            names = " + ".join(f"“{shown_raw(_cut(name))}”" for name in self.parts[section - 1].names)
            return plain_tool_tip(f"From {names}") if names else None
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A cell's text; its tooltip has the cells of the file and what is wrong."""
        if not index.isValid() or index.column() > len(self.parts):
            return None
        row, section = index.row(), index.column()
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if section == 0 or self.parts[section - 1].numeric else _LEFT
        if role == Qt.ItemDataRole.DisplayRole:
            return f"{self.rows[row].line:,}" if section == 0 else self.value(row, section - 1)
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tool_tip(self._tip(row, section)[:_LONGEST_TIP])
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return ", ".join(filter(None, (self.data(index), self.reason(row))))
        return None

    def _tip(self, row: int, section: int) -> str:
        lines = [self.reason(row)] if self.reason(row) else []
        if section:
            part = self.parts[section - 1]
            if part.field is not None and part.names:
                lines.append(
                    f"In the file, {' + '.join(map(visible, part.names))}: {self.raw(row, section - 1)}"
                )
            else:
                lines.append(self.value(row, section - 1))
        return "\n".join(lines)


def summary_of(preview: FilePreview, undecided: bool) -> str:
    """What would become of the rows, in one sentence."""
    total = len(preview.rows)
    if not total:
        return "The file has a header and no rows."
    left: dict[str, int] = {}
    bad = 0
    for row in preview.rows:
        if row.left_out:
            left[row.left_out] = left.get(row.left_out, 0) + 1
        elif row.faults:
            bad += 1
    good = total - bad - sum(left.values())
    rows = "row" if total == 1 else "rows"
    which = f"the {total:,} {rows}" if preview.is_whole else f"the first {total:,} {rows}"
    of = f"{good:,} of {which}"
    if good == total:
        of = f"All {total:,} rows" if preview.is_whole else f"All of {which}"
    of = "The one row" if total == 1 else of
    parts = [f"{of} could be imported" if good or total > 1 else "The one row could not be imported"]
    if bad and total > 1:
        parts.append(f"{bad:,} {'has' if bad == 1 else 'have'} a problem")
    for why, count in left.items():
        how = "at the file’s end" if why == FOOTER else f"by “{visible(_cut(why))}”"
        parts.append(f"{count:,} {'is' if count == 1 else 'are'} left out {how}")
    sentence = f"{', '.join(parts)}."
    return f"So far: {sentence[0].lower()}{sentence[1:]} “?” is not decided yet." if undecided else sentence


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
