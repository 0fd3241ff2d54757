from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QMainWindow
from pytestqt.qtbot import QtBot

from opspilot_desktop.ui.dialogs.row_errors_dialog import RowErrorsDialog
from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.theme import Theme


@dataclass(frozen=True)
class Fault:
    line: int
    record: int
    column: str
    value: str
    reason: str


FAULTS = [
    Fault(48, 46, "quantity", "1e400", "Not a plain decimal number"),
    Fault(345, 343, "side", "BUYY", "Side must be BUY or SELL"),
    Fault(519, 517, "price", "", "Price is required"),
    Fault(520, 518, "quantity", "0\t", "Quantity must be greater than 0"),
    Fault(600, 598, "", "a,b", "Too few cells: 2 instead of 7"),
]
COUNTS = {"side": 1, "quantity": 2, "price": 1, "": 1}


class Asked:
    """Makes dialogs and closes them afterwards."""

    def __init__(self, theme: Theme, icons: Icons, window: QMainWindow) -> None:
        self._parts = (theme, icons, window)
        self.dialogs: list[RowErrorsDialog] = []

    def __call__(self, **changes: Any) -> RowErrorsDialog:
        theme, icons, window = self._parts
        values: dict[str, Any] = {
            "file": "trades.csv",
            "read": 1_211,
            "good": 1_206,
            "total": 5,
            "faults": FAULTS,
            "counts": COUNTS,
        }
        dialog = RowErrorsDialog(theme, icons, **(values | changes), parent=window)
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
    return [tuple(row) for row in dialog.table.list_model.rows]


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
    assert dialog.primary.toolTip()
    qtbot.keyClick(dialog.table, Qt.Key.Key_Return)
    assert dialog.isVisible()


def test_one_good_row_is_a_row(ask: Asked) -> None:
    dialog = ask(read=1, total=1, good=1)
    assert dialog.primary.text() == "Import 1 good row"
    assert dialog.windowTitle() == "1 of 1 row cannot be imported"


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
    dialog = ask(total=12_345, counts=COUNTS | {"quantity": 23_456})
    assert dialog.note.isVisible()
    assert "The first 5 wrong values are listed" in dialog.note.text()
    assert "all 12,345 rows" in dialog.note.text()


def test_a_row_with_several_wrong_cells_is_one_row_and_stands_there_once_for_each(
    ask: Asked, qtbot: QtBot
) -> None:
    faults = [Fault(48, 46, "quantity", "1e400", "Not a number"), Fault(48, 46, "price", "x", "Not a number")]
    dialog = ask(total=1, good=1_210, faults=faults, counts={"quantity": 1, "price": 1})
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
