from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QLineEdit, QMainWindow
from pytestqt.qtbot import QtBot

from opspilot_desktop.files.mending import LISTED_FAULTS, RowText, WrongValue, WrongValues
from opspilot_desktop.ui.dialogs.confirm_dialog import ConfirmDialog
from opspilot_desktop.ui.dialogs.row_errors_dialog import RowErrorsDialog
from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.theme import Theme

Fault = WrongValue
FAULTS = [
    Fault(48, 46, "quantity", "1e400", "Not a plain decimal number", mendable=True),
    Fault(345, 343, "side", "BUYY", "Side must be BUY or SELL", mendable=True),
    Fault(519, 517, "price", "", "Price is required", mendable=True),
    Fault(520, 518, "quantity", "0\t", "Quantity must be greater than 0", mendable=True),
    Fault(600, 598, "", "a,b", "Too few cells: 2 instead of 7"),
]
COUNTS = {"side": 1, "quantity": 2, "price": 1, "": 1}


class Asked:
    """Makes dialogs and closes them afterwards."""

    def __init__(self, theme: Theme, icons: Icons, window: QMainWindow) -> None:
        self._parts = (theme, icons, window)
        self.dialogs: list[RowErrorsDialog] = []

    def whole_value(self, record: int, column: str) -> str:
        """The value as the file has it."""
        return next(each.value for each in FAULTS if (each.record, each.column) == (record, column))

    def __call__(self, **changes: Any) -> RowErrorsDialog:
        theme, icons, window = self._parts
        values: dict[str, Any] = {
            "file": "trades.csv",
            "read": 1_211,
            "good": 1_206,
            "faults": FAULTS,
            "counts": COUNTS,
            "whole_value": self.whole_value,
            "raw_text": lambda record: RowText(f"row {record},\t\0<b>x</b>", cut=False),
        } | changes
        values["wrong"] = WrongValues(list(values.pop("faults")), values.pop("counts"))
        dialog = RowErrorsDialog(theme, icons, **values, parent=window)
        self.dialogs.append(dialog)
        dialog.open()
        return dialog


@pytest.fixture
def ask(theme: Theme, icons: Icons, desk_window: QMainWindow) -> Iterator[Asked]:
    asked = Asked(theme, icons, desk_window)
    yield asked
    for dialog in asked.dialogs:
        dialog.close()


def shown(dialog: RowErrorsDialog) -> list[tuple[object, ...]]:
    """What the table shows: numbers as numbers, texts as they are read."""
    model = dialog.table.list_model
    return [(*row[:2], *[model.text(row, place) for place in (2, 3, 4)]) for row in model.rows]


def edit(qtbot: QtBot, dialog: RowErrorsDialog, row: int) -> QLineEdit:
    """Opens the value of a row with F2."""
    dialog.table.select_row(row)
    qtbot.keyClick(dialog.table, Qt.Key.Key_F2)
    (found,) = inputs(dialog)
    return found


def inputs(dialog: RowErrorsDialog) -> list[QLineEdit]:
    """The inputs that are open."""
    return [each for each in dialog.table.findChildren(QLineEdit, "wrongValueEdit") if each.isVisible()]


def mend(qtbot: QtBot, dialog: RowErrorsDialog, row: int, text: str) -> None:
    """Types another value into a row."""
    found = edit(qtbot, dialog, row)
    qtbot.keyClicks(found, text)
    qtbot.keyClick(found, Qt.Key.Key_Return)


def said(dialog: RowErrorsDialog) -> list[str]:
    """The sentences that are shown."""
    return [label.text() for label in dialog.findChildren(QLabel) if label.isVisible()]


def test_it_says_what_is_wrong_and_what_the_choice_is(ask: Asked, qtbot: QtBot) -> None:
    dialog = ask()
    assert dialog.windowTitle() == "5 of 1,211 rows cannot be imported"
    assert dialog.accessibleDescription() == "trades.csv. Nothing is stored until you choose."
    assert dialog.primary.text() == "Import 1,206 good rows"
    assert dialog.cancel.text() == "Cancel import"
    assert shown(dialog) == [
        (48, 46, "quantity", "1e400", "Not a plain decimal number"),
        (345, 343, "side", "BUYY", "Side must be BUY or SELL"),
        (519, 517, "price", "(blank)", "Price is required"),
        (520, 518, "quantity", "0␉", "Quantity must be greater than 0"),
        (600, 598, "(row)", "a,b", "Too few cells: 2 instead of 7"),
    ]
    qtbot.waitUntil(dialog.table.hasFocus)
    assert not dialog.note.isVisible()


def test_the_primary_imports_and_the_other_cancels(ask: Asked, qtbot: QtBot) -> None:
    dialog = ask()
    with qtbot.waitSignal(dialog.accepted):
        qtbot.mouseClick(dialog.primary, Qt.MouseButton.LeftButton)
    dialog = ask()
    with qtbot.waitSignal(dialog.rejected):
        qtbot.mouseClick(dialog.cancel, Qt.MouseButton.LeftButton)


def test_enter_in_the_table_imports_and_escape_cancels(ask: Asked, qtbot: QtBot) -> None:
    dialog = ask()
    qtbot.keyClick(dialog.table, Qt.Key.Key_Return)
    assert dialog.result() == QDialog.DialogCode.Accepted
    dialog = ask()
    qtbot.keyClick(dialog.table, Qt.Key.Key_Escape)
    assert dialog.result() == QDialog.DialogCode.Rejected
    assert not dialog.isVisible()


def test_without_a_good_row_there_is_nothing_to_import(ask: Asked, qtbot: QtBot) -> None:
    dialog = ask(good=0)
    assert not dialog.primary.isEnabled()
    assert "No row of this file can be imported" in said(dialog)
    qtbot.keyClick(dialog.table, Qt.Key.Key_Return)
    assert dialog.isVisible()


def test_one_good_row_is_a_row(ask: Asked) -> None:
    dialog = ask(read=2, good=1)
    assert dialog.primary.text() == "Import 1 good row"
    assert dialog.windowTitle() == "1 of 2 rows cannot be imported"


def test_chips_filter_by_column_and_a_second_click_takes_it_back(ask: Asked, qtbot: QtBot) -> None:
    dialog = ask()
    assert list(dialog.chips) == ["quantity", "side", "price", ""]
    qtbot.mouseClick(dialog.chips["quantity"], Qt.MouseButton.LeftButton)
    assert [row[0] for row in shown(dialog)] == [48, 520]
    assert dialog.chips["quantity"].isChecked()
    qtbot.keyClick(dialog.chips["side"], Qt.Key.Key_Space)
    assert [row[0] for row in shown(dialog)] == [345]
    assert not dialog.chips["quantity"].isChecked()
    qtbot.mouseClick(dialog.chips["side"], Qt.MouseButton.LeftButton)
    assert len(shown(dialog)) == 5


def test_the_list_is_copied_as_it_is_shown(ask: Asked, qtbot: QtBot) -> None:
    dialog = ask()
    qtbot.mouseClick(dialog.chips["side"], Qt.MouseButton.LeftButton)
    qtbot.mouseClick(dialog.copy, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == (
        "Line\tRow\tColumn\tValue\tReason\n345\t343\tside\tBUYY\tSide must be BUY or SELL"
    )
    assert dialog.copy.accessibleName() == "Copied"


def test_saving_the_rejects_leaves_the_choice_open(ask: Asked, qtbot: QtBot) -> None:
    dialog = ask()
    with qtbot.waitSignal(dialog.saveRequested):
        qtbot.mouseClick(dialog.save, Qt.MouseButton.LeftButton)
    dialog.say_saved("/tmp/trades-rejects.csv")
    assert dialog.isVisible()
    assert "/tmp/trades-rejects.csv" in dialog.accessibleDescription()


def test_a_cut_list_says_so(ask: Asked) -> None:
    dialog = ask(read=12_346, good=1, counts=COUNTS | {"quantity": 23_456})
    assert dialog.note.isVisible()
    assert "The first 5 wrong values are listed" in dialog.note.text()
    assert "all 12,345 rows" in dialog.note.text()


def test_a_row_with_several_wrong_cells_is_one_row_and_stands_there_once_for_each(
    ask: Asked, qtbot: QtBot
) -> None:
    faults = [Fault(48, 46, "quantity", "1e400", "Not a number"), Fault(48, 46, "price", "x", "Not a number")]
    dialog = ask(good=1_210, faults=faults, counts={"quantity": 1, "price": 1})
    assert dialog.windowTitle() == "1 of 1,211 rows cannot be imported"
    assert [row[:3] for row in shown(dialog)] == [(48, 46, "quantity"), (48, 46, "price")]
    assert not dialog.note.isVisible()
    qtbot.mouseClick(dialog.chips["price"], Qt.MouseButton.LeftButton)
    assert shown(dialog) == [(48, 46, "price", "x", "Not a number")]


def test_many_columns_and_long_values_fit(ask: Asked, desk_window: QMainWindow) -> None:
    counts = {f"column_{number}": number for number in range(40)}
    faults = [Fault(1, 1, "column_1", "x" * 500, "too long " * 60)]
    dialog = ask(counts=counts, faults=faults)
    assert dialog.width() <= desk_window.width()
    assert dialog.height() <= desk_window.height()
    assert all(chip.geometry().right() < dialog.width() for chip in dialog.chips.values())


def click_header(qtbot: QtBot, dialog: RowErrorsDialog, column: int) -> None:
    header = dialog.table.horizontalHeader()
    at = QPoint(header.sectionViewportPosition(column) + 20, header.height() // 2)
    qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=at)


def test_every_column_sorts_by_its_head_and_numbers_as_numbers(ask: Asked, qtbot: QtBot) -> None:
    values = ["10", "9", "-2.5", "x", "", "1e400"]
    faults = [
        Fault(line, line - 2, f"c{line % 3}", value, f"reason {line % 4}", mendable=True)
        for line, value in zip((1_000, 20, 3, 400, 50, 6), values, strict=True)
    ]
    dialog = ask(faults=faults)
    assert [row[0] for row in shown(dialog)] == [3, 6, 20, 50, 400, 1_000]
    for column in (0, 1, 2, 4):
        for reverse in (True, False) if column == 0 else (False, True):
            click_header(qtbot, dialog, column)
            cells = [row[column] for row in shown(dialog)]
            assert cells == sorted(cells, reverse=reverse), column  # type: ignore[type-var]
    click_header(qtbot, dialog, 3)
    assert [row[3] for row in shown(dialog)] == ["-2.5", "9", "10", "(blank)", "1e400", "x"]
    chosen = dialog.table.wrong.at(dialog.table.currentIndex().row())
    assert dialog.raw.text.toPlainText().startswith(f"row {chosen.record},")


def test_the_chosen_row_is_shown_as_it_stands_in_the_file(ask: Asked, qtbot: QtBot) -> None:
    dialog = ask()
    assert dialog.raw.text.toPlainText() == "row 46,␉␀<b>x</b>"
    assert "Line 48 as it stands in the file" in said(dialog)
    qtbot.keyClick(dialog.table, Qt.Key.Key_End, Qt.KeyboardModifier.ControlModifier)
    assert dialog.raw.text.toPlainText() == "row 598,␉␀<b>x</b>"
    assert "mend it in the file, or in the saved rejects" in dialog.raw.note.text()


def test_a_long_line_is_cut_and_says_so(ask: Asked) -> None:
    dialog = ask(raw_text=lambda _record: RowText("\0" * 20_000, cut=True))
    assert "The beginning of line 48 as it stands in the file" in said(dialog)
    assert len(dialog.raw.text.toPlainText()) == 20_000


def test_a_value_is_mended_in_place_and_tried_again(ask: Asked, qtbot: QtBot) -> None:
    dialog = ask()
    assert not dialog.again.isEnabled()
    found = edit(qtbot, dialog, 1)
    assert found.text() == "BUYY"
    qtbot.keyClicks(found, "BU")
    # A button can be pressed while the input is still open: what is typed counts already.
    assert dialog.again.isEnabled()
    assert not dialog.primary.isEnabled()
    assert not dialog.save.isEnabled()
    qtbot.keyClicks(found, "Y")
    qtbot.keyClick(found, Qt.Key.Key_Return)
    assert dialog.isVisible()
    assert shown(dialog)[1] == (345, 343, "side", "BUY", "Mended, not tried yet")
    assert dialog.again.text() == "Try again (1)"
    assert "1 mended value has not been tried yet" in said(dialog)
    index = dialog.table.list_model.index(1, 3)
    assert index.data(Qt.ItemDataRole.AccessibleTextRole) == "BUY, mended; the file has BUYY"
    with qtbot.waitSignal(dialog.tryAgainRequested) as asked:
        qtbot.keyClick(dialog.table, Qt.Key.Key_Return)  # Enter does what comes next
    assert asked.args == [{(343, "side"): "BUY"}]
    assert dialog.isVisible()
    left = [each for each in FAULTS if each.column != "side"]
    dialog.show_outcome(1_207, WrongValues(left, {"quantity": 2, "price": 1, "": 1}))
    assert dialog.windowTitle() == "4 of 1,211 rows cannot be imported"
    assert dialog.accessibleDescription() == "trades.csv. 1 more row can be imported now."
    assert dialog.primary.text() == "Import 1,207 good rows"
    assert dialog.primary.isEnabled()
    assert list(dialog.chips) == ["quantity", "price", ""]
    qtbot.keyClick(dialog.table, Qt.Key.Key_Return)
    assert dialog.result() == QDialog.DialogCode.Accepted


def test_what_is_still_wrong_stays_marked(ask: Asked, qtbot: QtBot) -> None:
    dialog = ask()
    mend(qtbot, dialog, 1, "HOLD")
    still = FAULTS[1]._replace(value="HOLD", mended=True, before="BUYY")
    dialog.show_outcome(1_206, WrongValues([still], {"side": 1}))
    assert shown(dialog) == [(345, 343, "side", "HOLD", "Side must be BUY or SELL")]
    assert dialog.accessibleDescription() == "trades.csv. What was mended is still wrong."
    index = dialog.table.list_model.index(0, 3)
    assert index.data(Qt.ItemDataRole.ToolTipRole) == "HOLD, mended; the file has BUYY"
    assert not index.data(Qt.ItemDataRole.DecorationRole).isNull()
    dialog.reject()
    qtbot.waitUntil(lambda: QApplication.activeModalWidget() is not dialog)
    question = QApplication.activeModalWidget()
    assert isinstance(question, ConfirmDialog)
    question.accept()
    assert dialog.result() == QDialog.DialogCode.Rejected


def test_escape_takes_back_what_was_typed_and_nothing_else(ask: Asked, qtbot: QtBot) -> None:
    dialog = ask()
    found = edit(qtbot, dialog, 0)
    qtbot.keyClicks(found, "7")
    qtbot.keyClick(found, Qt.Key.Key_Escape)
    assert dialog.isVisible()
    assert shown(dialog)[0] == (48, 46, "quantity", "1e400", "Not a plain decimal number")
    assert dialog.primary.isEnabled()
    mend(qtbot, dialog, 0, "7")
    mend(qtbot, dialog, 0, "1e400")  # as the file has it
    assert not dialog.table.edits
    found = edit(qtbot, dialog, 3)
    qtbot.keyClick(found, Qt.Key.Key_Return)  # what was only looked at is not mended: not even the tab
    assert not dialog.table.edits


def test_a_double_click_anywhere_in_a_row_edits_its_value(ask: Asked, qtbot: QtBot) -> None:
    dialog = ask()
    at = dialog.table.visualRect(dialog.table.list_model.index(1, 4)).center()
    qtbot.mouseClick(dialog.table.viewport(), Qt.MouseButton.LeftButton, pos=at)
    qtbot.mouseDClick(dialog.table.viewport(), Qt.MouseButton.LeftButton, pos=at)
    (found,) = inputs(dialog)
    assert found.text() == "BUYY"
    qtbot.keyClick(found, Qt.Key.Key_Escape)


def test_what_cannot_be_mended_here_says_where(ask: Asked, qtbot: QtBot) -> None:
    faults = [
        *FAULTS[-1:],
        Fault(601, 599, "Debit + Credit", "1 + 2", "Debit and credit both have an amount"),
    ]
    dialog = ask(faults=faults)
    for row, words in enumerate(("broken as a whole", "Several columns are wrong together")):
        dialog.table.select_row(row)
        qtbot.keyClick(dialog.table, Qt.Key.Key_F2)
        assert not inputs(dialog)
        assert words in dialog.raw.note.text()
    dialog = ask(whole_value=lambda _record, _column: "x" * 1_000_000)
    qtbot.keyClick(dialog.table, Qt.Key.Key_F2)
    assert not inputs(dialog)
    assert "more than 10,000 characters" in dialog.raw.note.text()


def test_cancelling_asks_before_mended_values_are_lost(ask: Asked, qtbot: QtBot) -> None:
    dialog = ask()
    mend(qtbot, dialog, 0, "7")
    qtbot.keyClick(dialog.table, Qt.Key.Key_Escape)
    question = QApplication.activeModalWidget()
    assert isinstance(question, ConfirmDialog)
    question.reject()
    assert dialog.isVisible()
    dialog.cancel.click()
    question = QApplication.activeModalWidget()
    assert isinstance(question, ConfirmDialog)
    question.accept()
    assert not dialog.isVisible()
    assert dialog.result() == QDialog.DialogCode.Rejected


def test_when_every_row_is_right_all_of_them_are_imported(ask: Asked, qtbot: QtBot) -> None:
    dialog = ask()
    mend(qtbot, dialog, 0, "7")
    dialog.show_outcome(1_211, WrongValues([], {}))
    assert dialog.windowTitle() == "1,211 of 1,211 rows can be imported"
    assert dialog.primary.text() == "Import 1,211 rows"
    assert not dialog.save.isEnabled()
    assert dialog.raw.text.toPlainText() == ""


def test_a_hundred_thousand_wrong_values_do_not_hold_the_window_up(ask: Asked, qtbot: QtBot) -> None:
    faults = [
        Fault(
            line, line, "quantity", f"{line * 7_919 % 100_003}x", "Not a plain decimal number", mendable=True
        )
        for line in range(1, LISTED_FAULTS + 1)
    ]
    begun = time.process_time()
    dialog = ask(
        faults=faults,
        counts={"quantity": LISTED_FAULTS},
        whole_value=lambda record, _: faults[record - 1].value,
    )
    assert time.process_time() - begun < 0.5  # some 0.06 s; a widget or an item for each took many seconds
    assert dialog.table.list_model.rowCount() == LISTED_FAULTS
    for column in (0, 3, 4):
        click_header(qtbot, dialog, column)
        qtbot.wait(1)
    mend(qtbot, dialog, 50_000, "7")
    assert len(dialog.table.edits) == 1
