"""Asks what becomes of ledger lines without an id that are stored already, word for word."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QWidget

from opspilot_desktop.domain.fields import LEDGER, FieldType
from opspilot_desktop.domain.text import visible
from opspilot_desktop.recon.wording import count, number
from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.theme import Theme
from opspilot_desktop.ui.widgets.edges import boxed
from opspilot_desktop.ui.widgets.plain_label import plain_label

from .frame import DialogFrame
from .list_table import Column, ListTable, Value
from .raw_text import shown_raw

WIDTH = 760
TABLE_HEIGHT = 240
_SHOWN = ("trade_id", "amount", "currency", "entry_type", "value_date", "account", "description")
_MOST_COLUMNS = 6


class Example(Protocol):
    """A line of the file that is stored already."""

    @property
    def line(self) -> int:
        """Where it stands in the file."""
        ...

    @property
    def values(self) -> Mapping[str, str | None]:
        """What it says, by field name."""
        ...


class LookalikesDialog(DialogFrame):
    """``chosen(choice, keep)`` carries "append" or "merge", and whether the profile is to keep it; rejected
    cancels the import."""

    chosen = Signal(str, bool)

    def __init__(
        self,
        theme: Theme,
        icons: Icons,
        *,
        file: str,
        lines: int,
        stored: int,
        examples: Sequence[Example],
        profile: str = "",
        parent: QWidget | None = None,
    ) -> None:
        """`examples` are the first of `stored` of the file's `lines` without an entry id; `profile` names the
        profile that can keep the choice."""
        new = lines - stored
        leave = "Leave it as it is" if lines == 1 else "Leave them as they are"
        super().__init__(
            theme,
            icons,
            f"{stored:,} of {count(lines, 'line')} without an entry id {'is' if stored == 1 else 'are'}"
            " already stored",
            f"{file} has {'it' if stored == 1 else 'them'} word for word. Append all lines, or import only"
            " those that are new?",
            primary=f"Import only {count(new, 'new line')}" if new else leave,
            cancel="Cancel import",
            icon=("warning", "warn"),
            width=WIDTH,
            parent=parent,
        )
        self.setObjectName("lookalikesDialog")
        fields = [LEDGER.field(name) for name in _SHOWN if any(name in each.values for each in examples)]
        fields = fields[:_MOST_COLUMNS]
        columns = [Column("Line", numeric=True)]
        columns += [
            Column(field.label, numeric=field.type is FieldType.DECIMAL, widest=0 if last else 220)
            for field, last in zip(fields, [*[False] * (len(fields) - 1), True], strict=True)
        ]
        rows: list[Sequence[Value]] = [
            (each.line, *[_shown(each.values.get(field.name), field.type) for field in fields])
            for each in examples
        ]
        self.table = ListTable(theme, icons, columns, rows, sort_by=None)
        self.table.setObjectName("lookalikesTable")
        self.table.setAccessibleName("Lines that are stored already")
        self.append = self.add_secondary(f"Append all {count(lines, 'line')}" if lines > 1 else "Append it")
        self.append.setObjectName("lookalikesAppend")
        self.append.clicked.connect(lambda: self._choose("append"))
        self.primary.setObjectName("lookalikesMerge")
        self.cancel.setObjectName("lookalikesCancel")
        self.keep = QCheckBox(f"Keep this choice in the profile “{visible(profile)}”".replace("&", "&&"))
        self.keep.setObjectName("lookalikesKeep")
        self.keep.setVisible(bool(profile))
        edge = boxed(self.table)
        edge.setMinimumHeight(min(TABLE_HEIGHT, 34 + 28 * max(3, len(rows))))
        self.body.addWidget(edge, 1)
        if stored > len(examples):
            note = f"The first {len(examples):,} of {stored:,} lines are listed."
            self.body.addWidget(plain_label(note, tone="dim", font=theme.fonts.small, wrap=True))
        self.body.addWidget(self.keep, 0, Qt.AlignmentFlag.AlignLeft)
        self.set_first_focus(self.table)

    def submit(self) -> None:
        """The primary imports only what is new."""
        self._choose("merge")

    def _choose(self, choice: str) -> None:
        self.accept()
        self.chosen.emit(choice, self.keep.isChecked())


def _shown(value: str | None, kind: FieldType) -> str:
    if value is None:
        return shown_raw("")
    return (number(value) if kind is FieldType.DECIMAL else None) or shown_raw(value)
