"""What an import would change in rows that are already stored, before it does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from PySide6.QtWidgets import QWidget

from opspilot_desktop.domain.fields import FieldType, Record
from opspilot_desktop.recon.wording import count, number
from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.theme import Theme
from opspilot_desktop.ui.widgets.edges import boxed
from opspilot_desktop.ui.widgets.plain_label import plain_label

from .frame import DialogFrame
from .list_table import Column, ListTable, Value
from .raw_text import shown_raw

WIDTH = 760
TABLE_HEIGHT = 280


class Amendment(Protocol):
    """A stored row that the file changes: the values that differ, before and after, by field name."""

    @property
    def key(self) -> str:
        """What the row is called."""
        ...

    @property
    def before(self) -> Mapping[str, str | None]:
        """The stored values."""
        ...

    @property
    def after(self) -> Mapping[str, str | None]:
        """The file's values."""
        ...


class ChangesDialog(DialogFrame):
    """Accepted imports and changes; rejected cancels the import."""

    def __init__(
        self,
        theme: Theme,
        icons: Icons,
        *,
        file: str,
        record: Record,
        imported: int,
        updated: int,
        amendments: Sequence[Amendment],
        parent: QWidget | None = None,
    ) -> None:
        """`amendments` are the first of `updated` stored rows; `imported` counts the new ones."""
        rows = count(updated, "stored row")
        super().__init__(
            theme,
            icons,
            f"{rows} will change",
            _fact(file, imported),
            primary=f"Import and change {count(updated, 'row')}",
            cancel="Cancel import",
            icon=("edit", "warn"),
            width=WIDTH,
            parent=parent,
        )
        self.setObjectName("changesDialog")
        columns = [
            Column(record.fields[0].label),
            Column("Field"),
            Column("Before", widest=200),
            Column("After", widest=0),
        ]
        self.table = ListTable(theme, icons, columns, _rows(record, amendments), sort_by=None)
        self.table.setObjectName("changesTable")
        self.table.setAccessibleName("Values that will change")
        self.primary.setObjectName("changesImport")
        self.cancel.setObjectName("changesCancel")
        edge = boxed(self.table)
        edge.setMinimumHeight(min(TABLE_HEIGHT, 34 + 28 * max(3, self.table.list_model.rowCount())))
        self.body.addWidget(edge, 1)
        if updated > len(amendments):
            note = f"The first {len(amendments):,} rows are listed; the audit trail keeps every old value."
            self.body.addWidget(plain_label(note, tone="dim", font=theme.fonts.small, wrap=True))
        else:
            self.set_reason("The audit trail keeps the old values")
        self.set_first_focus(self.table)


def _fact(file: str, imported: int) -> str:
    new = f" Besides, {count(imported, 'new row')} will be added." if imported else ""
    return f"{file} has other values for rows that are already stored.{new}"


def _rows(record: Record, amendments: Sequence[Amendment]) -> list[Sequence[Value]]:
    """A line for each value that changes."""
    rows: list[Sequence[Value]] = []
    for amendment in amendments:
        for name in amendment.after:
            field = record.field(name)
            decimal = field.type is FieldType.DECIMAL
            before, after = (
                _shown(values.get(name), decimal) for values in (amendment.before, amendment.after)
            )
            rows.append((amendment.key, field.label, before, after))
    return rows


def _shown(value: str | None, decimal: bool) -> str:
    if value is None:
        return shown_raw("")
    return (number(value) if decimal else None) or shown_raw(value)
