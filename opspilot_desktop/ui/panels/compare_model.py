"""The comparison as a table model: the field, the trade, and each entry as columns."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from opspilot_desktop.ui.widgets.plain_label import plain_tool_tip

from .comparison import Cell, CompareRow, Comparison, Mark

Index = QModelIndex | QPersistentModelIndex

NOWHERE = QModelIndex()
_RIGHT = int((Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter).value)
_LEFT = int((Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter).value)

MARK_ROLE = int(Qt.ItemDataRole.UserRole)
RAW_ROLE = MARK_ROLE + 1


class CompareModel(QAbstractTableModel):
    """Column 0 is the field, column 1 the trade, the others are the entries."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._comparison = Comparison((), ())

    def show_comparison(self, comparison: Comparison) -> None:
        """Shows another comparison."""
        self.beginResetModel()
        self._comparison = comparison
        self.endResetModel()

    def row(self, number: int) -> CompareRow:
        """One row of the comparison."""
        return self._comparison.rows[number]

    def rowCount(self, parent: Index = NOWHERE) -> int:
        """The number of fields."""
        return 0 if parent.isValid() else len(self._comparison.rows)

    def columnCount(self, parent: Index = NOWHERE) -> int:
        """The field's column, the trade's and those of the entries."""
        return 0 if parent.isValid() or not self._comparison.headers else len(self._comparison.headers) + 1

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """The labels, those of values to the right as the values are."""
        if orientation != Qt.Orientation.Horizontal or section >= self.columnCount():
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return "Field" if section == 0 else self._comparison.headers[section - 1]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _LEFT if section == 0 else _RIGHT
        if role == Qt.ItemDataRole.ToolTipRole and section > 0:
            return plain_tool_tip(self._comparison.headers[section - 1])  # the header cuts a long id
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Text of a cell, as it is read and as it is copied, and how it is marked; the view colours it."""
        if not index.isValid():
            return None
        row = self._comparison.rows[index.row()]
        cell = row.cells[index.column() - 1] if index.column() else Cell(row.label, row.label, row.mark)
        if role == MARK_ROLE:
            return cell.mark
        if role == RAW_ROLE:
            return cell.raw
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tool_tip(cell.text)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{cell.text}, {cell.mark.value}" if cell.mark is not Mark.EQUAL else cell.text
        return cell.text if role == Qt.ItemDataRole.DisplayRole else None
