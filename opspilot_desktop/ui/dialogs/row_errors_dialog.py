"""The rows of a file that cannot be imported, and the choice what to do with the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.theme import Theme
from opspilot_desktop.ui.widgets.buttons import set_button_text, text_button
from opspilot_desktop.ui.widgets.chips import Chip
from opspilot_desktop.ui.widgets.flow_layout import FlowLayout
from opspilot_desktop.ui.widgets.plain_label import plain_label, plain_tool_tip

from .frame import DialogFrame
from .list_table import Column, ListTable, Value
from .raw_text import shown_raw

WIDTH = 800
TABLE_HEIGHT = 252
WHOLE_ROW = "(row)"
_COLUMNS = (
    Column("Line", numeric=True),
    Column("Row", numeric=True),
    Column("Column"),
    Column("Value"),
    Column("Reason", widest=0),
)


class RowError(Protocol):
    """What is shown of one wrong cell of a bad row, or of a row that is wrong as a whole."""

    @property
    def line(self) -> int:
        """The physical line on which the record starts."""
        ...

    @property
    def record(self) -> int:
        """The number of the row, 1 for the first after the header."""
        ...

    @property
    def column(self) -> str:
        """The field that is wrong, or the file's own name of a column."""
        ...

    @property
    def value(self) -> str:
        """The value as the file has it."""
        ...

    @property
    def reason(self) -> str:
        """What is wrong with it."""
        ...


class RowErrorsDialog(DialogFrame):
    """Nothing is stored before the choice: accepted imports the good rows, rejected cancels the import.

    ``saveRequested`` asks to save the bad rows as CSV; the dialog stays open meanwhile.
    """

    saveRequested = Signal()

    def __init__(
        self,
        theme: Theme,
        icons: Icons,
        *,
        file: str,
        read: int,
        good: int,
        total: int,
        faults: Sequence[RowError],
        counts: Mapping[str, int],
        parent: QWidget | None = None,
    ) -> None:
        """`faults` are the first wrong cells of `total` bad rows; `counts` gives all cells by column."""
        rows = "row" if read == 1 else "rows"
        super().__init__(
            theme,
            icons,
            f"{total:,} of {read:,} {rows} cannot be imported",
            f"{file}. Nothing is stored until you choose.",
            primary=_import_text(good),
            cancel="Cancel import",
            icon=("warning", "warn"),
            width=WIDTH,
            parent=parent,
        )
        self.setObjectName("rowErrorsDialog")
        self._faults = list(faults)
        self._not_listed = sum(counts.values()) - len(self._faults)
        self._total = total
        self._column: str | None = None
        self.table = ListTable(theme, icons, _COLUMNS)
        self.table.setObjectName("rowErrorsTable")
        self.table.setAccessibleName("Rows that cannot be imported")
        self.chips = {column: self._chip(column, count) for column, count in _ordered(counts)}
        self.copy = text_button(icons, "Copy list", "copy", kind="link")
        self.copy.setObjectName("rowErrorsCopy")
        self.copy.clicked.connect(self._copy)
        self.note = plain_label(tone="dim", font=theme.fonts.small, wrap=True)
        self.save = self.add_side_action("Save rejects as CSV…", "save")
        self.save.setObjectName("rowErrorsSave")
        self.save.clicked.connect(self.saveRequested)
        self.primary.setObjectName("rowErrorsImport")
        self.cancel.setObjectName("rowErrorsCancel")
        self._lay_out_body()
        self._show_rows()
        self.set_first_focus(self.table)
        if not good:
            self.primary.setEnabled(False)
            self.primary.setToolTip("No row of this file can be imported")

    def say_saved(self, file: str) -> None:
        """Says where the bad rows were saved."""
        self.set_fact(f"The rejected rows are saved in {file}. Nothing is imported until you choose.")

    def _chip(self, column: str, count: int) -> Chip:
        chip = Chip(self.theme, self.icons, column or WHOLE_ROW, f"{count:,}", removable=False)
        chip.setCheckable(True)
        chip.setObjectName(f"rowErrorsChip:{column}")
        chip.setToolTip(plain_tool_tip(f"Show only these: {column or WHOLE_ROW}"))
        chip.clicked.connect(lambda: self._filter(column))
        return chip

    def _filter(self, column: str) -> None:
        self._column = None if self._column == column else column
        for name, chip in self.chips.items():
            chip.setChecked(name == self._column)
        self._show_rows()

    def _show_rows(self) -> None:
        rows: list[Sequence[Value]] = [
            (fault.line, fault.record, fault.column or WHOLE_ROW, shown_raw(fault.value), fault.reason)
            for fault in self._faults
            if self._column is None or fault.column == self._column
        ]
        self.table.show_rows(rows)
        set_button_text(self.copy, "Copy list")
        if rows:
            self.table.select_row(0)
        self.note.setText(
            f"The first {len(self._faults):,} wrong values are listed; saving the rejects as CSV keeps all"
            f" {self._total:,} rows."
        )
        self.note.setVisible(self._not_listed > 0)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.table.as_text())
        set_button_text(self.copy, "Copied")

    def _lay_out_body(self) -> None:
        chips = QWidget()
        flow = FlowLayout(chips, spacing=8)
        for chip in self.chips.values():
            flow.addWidget(chip)
        head = QHBoxLayout()
        head.addWidget(chips, 1)
        head.addWidget(self.copy)
        edge = QFrame()
        edge.setProperty("ground", "box")
        inside = QVBoxLayout(edge)
        inside.setContentsMargins(1, 1, 1, 1)
        inside.addWidget(self.table)
        self.table.setMinimumHeight(120)
        edge.setMinimumHeight(min(TABLE_HEIGHT, 34 + 28 * max(4, len(self._faults) + 1)))
        self.body.setSpacing(10)
        self.body.addLayout(head)
        self.body.addWidget(edge, 1)
        self.body.addWidget(self.note)


def _import_text(good: int) -> str:
    if not good:
        return "Import good rows"
    return f"Import {good:,} good {'row' if good == 1 else 'rows'}"


def _ordered(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """The columns with the most errors first."""
    return sorted(counts.items(), key=lambda pair: -pair[1])
