"""The rows of a file that cannot be imported: mended in place, and the choice what to do with the others."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QWidget

from opspilot_desktop.files.mending import RowText, WrongValues
from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.theme import Theme
from opspilot_desktop.ui.widgets.buttons import set_button_text, text_button
from opspilot_desktop.ui.widgets.chips import Chip
from opspilot_desktop.ui.widgets.edges import boxed
from opspilot_desktop.ui.widgets.flow_layout import FlowLayout
from opspilot_desktop.ui.widgets.plain_label import plain_label, plain_tool_tip

from .confirm_dialog import ConfirmDialog
from .frame import DialogFrame
from .raw_line import RawLine
from .wrong_values import WHOLE_ROW, WholeValue, WrongValuesTable, why_not

WIDTH = 920
TABLE_HEIGHT = 252
RawText = Callable[[int], RowText]
"""Gives a rejected row as it stands in the file, by record."""
_OTHERWISE = 2  # neither accepted nor rejected
_HOW = "F2 or a double click mends the value here."


class RowErrorsDialog(DialogFrame):
    """Nothing is stored before the choice: accepted imports the good rows, rejected cancels the import.

    ``saveRequested`` asks to save the bad rows as CSV, ``tryAgainRequested`` to check the rows again whose
    values were mended (a dictionary by record and column); the dialog stays open meanwhile. It closes with
    ``otherwiseRequested``, which asks to read the file in another way.
    """

    saveRequested = Signal()
    otherwiseRequested = Signal()
    tryAgainRequested = Signal(object)

    def __init__(
        self,
        theme: Theme,
        icons: Icons,
        *,
        file: str,
        read: int,
        good: int,
        wrong: WrongValues,
        whole_value: WholeValue,
        raw_text: RawText,
        parent: QWidget | None = None,
    ) -> None:
        """`wrong` are the wrong values of those of the `read` rows that are not `good`."""
        super().__init__(
            theme,
            icons,
            "",
            primary=_import_text(good, read),
            cancel="Cancel import",
            icon=("warning", "warn"),
            width=WIDTH,
            resizable=True,
            parent=parent,
        )
        self.setObjectName("rowErrorsDialog")
        self._file, self._read, self._good = file, read, good
        self._wrong = wrong
        self._raw_text = raw_text
        self._column: str | None = None
        self._is_busy = self._has_mended = self._is_sure = False
        self.table = WrongValuesTable(theme, icons, whole_value)
        self.table.setObjectName("rowErrorsTable")
        self.table.setAccessibleName("Rows that cannot be imported")
        self.chips: dict[str, Chip] = {}
        self._chips = QWidget()
        self._flow = FlowLayout(self._chips, spacing=8)
        self.copy = text_button(icons, "Copy list", "copy", kind="link")
        self.copy.setObjectName("rowErrorsCopy")
        self.otherwise = text_button(icons, "Change how the file is read…", kind="link")
        self.otherwise.setObjectName("rowErrorsOtherwise")
        self.raw = RawLine(theme)
        self.note = plain_label(tone="dim", font=theme.fonts.small, wrap=True)
        self.save = self.add_side_action("Save rejects as CSV…", "save")
        self.save.setObjectName("rowErrorsSave")
        self.again = self.add_secondary("Try again")
        self.again.setObjectName("rowErrorsTryAgain")
        self.primary.setObjectName("rowErrorsImport")
        self.cancel.setObjectName("rowErrorsCancel")
        self._lay_out_body()
        self._connect_parts()
        self.set_fact(f"{file}. Nothing is stored until you choose.")
        self._show_all()
        self.set_first_focus(self.table)

    def _connect_parts(self) -> None:
        self.copy.clicked.connect(self._copy)
        self.otherwise.clicked.connect(self._read_otherwise)
        self.save.clicked.connect(self.saveRequested)
        self.again.clicked.connect(self._try_again)
        self.table.wrong.edited.connect(self._say_state)
        self.table.refused.connect(self.raw.note.setText)
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._show_raw())
        self.table.wrong.modelReset.connect(self._show_raw)
        self.table.wrong.layoutChanged.connect(self._show_raw)

    def say_saved(self, file: str) -> None:
        """Says where the bad rows were saved."""
        self.set_fact(f"The rejected rows are saved in {file}. Nothing is imported until you choose.")

    def set_busy(self, busy: bool) -> None:
        """Switches everything but Cancel off while mended rows are checked, or the rejects saved."""
        self._is_busy = busy
        self.table.setEnabled(not busy)
        if not busy:
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)
        self._say_state()

    def show_outcome(self, good: int, wrong: WrongValues) -> None:
        """Shows how things are after mended rows were checked again."""
        better = good - self._good
        row = self.table.currentIndex().row()
        self._good, self._wrong = good, wrong
        self._has_mended = True
        self.table.wrong.forget_edits()
        now = f"{better:,} more {'row' if better == 1 else 'rows'} can be imported now"
        self.set_fact(f"{self._file}. {now if better else 'What was mended is still wrong'}.")
        self._show_all()
        left = self.table.list_model.rowCount()
        if left:
            self.table.select_row(min(max(row, 0), left - 1))

    def closeEvent(self, event: QCloseEvent) -> None:
        """Asks only a person, and not a window that closes with all of its dialogs."""
        self._is_sure = self._is_sure or not event.spontaneous()
        super().closeEvent(event)

    def reject(self) -> None:
        """Asks first where mended values would be lost."""
        if self._is_sure or not (self._has_mended or self.table.edits):
            super().reject()
            return
        self._ask_first("Cancel the import?", "Cancel import", self._reject_surely)

    def _read_otherwise(self) -> None:
        if self._has_mended or self.table.edits:
            self._ask_first("Read the file in another way?", "Change how it is read", self._go_otherwise)
        else:
            self._go_otherwise()

    def _go_otherwise(self) -> None:
        self.done(_OTHERWISE)
        self.otherwiseRequested.emit()

    def _ask_first(self, title: str, primary: str, go: Callable[[], None]) -> None:
        fact = "The values that you have mended are lost then. Nothing has been stored."
        question = ConfirmDialog(self.theme, self.icons, title, fact, primary, parent=self)
        set_button_text(question.cancel, "Go on mending")
        question.accepted.connect(go)
        question.finished.connect(question.deleteLater)
        question.open()

    def _reject_surely(self) -> None:
        self._is_sure = True
        self.reject()

    def _show_all(self) -> None:
        total = self._read - self._good
        rows = "row" if self._read == 1 else "rows"
        title = f"{total:,} of {self._read:,} {rows} cannot be imported"
        self.set_title(title if total else f"{self._read:,} of {self._read:,} {rows} can be imported")
        self._show_chips()
        self._show_rows()
        self._say_state()

    def _show_chips(self) -> None:
        while self._flow.takeAt(0) is not None:
            pass
        for chip in self.chips.values():
            chip.hide()
            chip.deleteLater()
        self.chips = {column: self._chip(column, count) for column, count in _ordered(self._wrong.counts)}
        if self._column not in self.chips:
            self._column = None
        for column, chip in self.chips.items():
            chip.setChecked(column == self._column)
            self._flow.addWidget(chip)

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
        listed = self._wrong.listed
        if self._column is not None:
            listed = [each for each in listed if each.column == self._column]
        self.table.show_wrong(listed)
        set_button_text(self.copy, "Copy list")
        if listed:
            self.table.select_row(0)
        self.note.setText(
            f"The first {len(self._wrong.listed):,} wrong values are listed; saving the rejects as CSV keeps"
            f" all {self._read - self._good:,} rows."
        )
        self.note.setVisible(sum(self._wrong.counts.values()) > len(self._wrong.listed))

    def _show_raw(self) -> None:
        index = self.table.currentIndex()
        if not index.isValid():
            self.raw.show_line("", "", "")
            return
        one = self.table.wrong.at(index.row())
        found = self._raw_text(one.record)
        start = f"The beginning of line {one.line:,}" if found.cut else f"Line {one.line:,}"
        self.raw.show_line(f"{start} as it stands in the file", found.text, why_not(one) or _HOW)

    def _say_state(self) -> None:
        """Which buttons are on, and why not."""
        edits = len(self.table.edits)
        reason = ""
        if self._is_busy:
            reason = "One moment…"
        elif edits:
            values = "1 mended value has" if edits == 1 else f"{edits:,} mended values have"
            reason = f"{values} not been tried yet"
        elif not self._good:
            reason = "No row of this file can be imported"
        self.set_primary(_import_text(self._good, self._read), enabled=not reason, reason=reason)
        self.again.setEnabled(bool(edits) and not self._is_busy)
        set_button_text(self.again, f"Try again ({edits:,})" if edits else "Try again")
        self.otherwise.setEnabled(not self._is_busy)
        self.save.setEnabled(not edits and not self._is_busy and self._good < self._read)
        # Enter does what comes next.
        self.again.setDefault(bool(edits))
        self.primary.setDefault(not edits)

    def _try_again(self) -> None:
        self.tryAgainRequested.emit(dict(self.table.edits))

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.table.as_text())
        set_button_text(self.copy, "Copied")

    def _lay_out_body(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self._chips, 1)
        head.addWidget(self.otherwise)
        head.addWidget(self.copy)
        edge = boxed(self.table)
        self.table.setMinimumHeight(120)
        edge.setMinimumHeight(min(TABLE_HEIGHT, 34 + 28 * max(4, len(self._wrong.listed) + 1)))
        self.body.setSpacing(10)
        self.body.addLayout(head)
        self.body.addWidget(edge, 1)
        self.body.addWidget(self.raw)
        self.body.addWidget(self.note)


def _import_text(good: int, read: int) -> str:
    if not good:
        return "Import good rows"
    kind = "" if good == read else "good "
    return f"Import {good:,} {kind}{'row' if good == 1 else 'rows'}"


def _ordered(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """The columns with the most errors first."""
    return sorted(counts.items(), key=lambda pair: -pair[1])
