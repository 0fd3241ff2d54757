from __future__ import annotations

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from opspilot_desktop.domain.fields import LEDGER
from opspilot_desktop.files.checking import Fault
from opspilot_desktop.files.mapping import Mapping
from opspilot_desktop.files.previewing import FilePreview, PreviewRow
from opspilot_desktop.files.taking import Constant, Joined
from opspilot_desktop.ui.dialogs.wizard.preview_model import Outcome, PreviewModel, summary_of
from opspilot_desktop.ui.dialogs.wizard.preview_table import SECOND_LINE, PreviewTable
from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.measures import ROW
from opspilot_desktop.ui.theme import Theme

HEADER = ("Ref", "No", "Amt", "Text")
MAPPING = Mapping(
    {
        "trade_id": Joined(("Ref", "No")),
        "amount": "Amt",
        "currency": Constant("CHF"),
        "description": "Text",
    }
)
PRESENT = ("trade_id", "amount", "currency", "description")
VALUES = {"trade_id": "A|1", "amount": "-1234.5", "currency": "CHF", "description": None}
GOOD = PreviewRow(2, 1, ("A", "1", "1'234.50-", ""), VALUES)
BAD = PreviewRow(3, 2, ("B", "2", "x", "<b>\tbold</b>"), faults=(Fault("Amt", "x", "Not a plain number"),))
LEFT_OUT = PreviewRow(4, 3, ("C", "3", "", ""), left_out="Text is Total")
FOOTER = PreviewRow(5, 4, ("end",), left_out="a footer row")
ROWS = (GOOD, BAD, LEFT_OUT, FOOTER)


def preview(*rows: PreviewRow, refused: str = "", is_whole: bool = True) -> FilePreview:
    return FilePreview(HEADER, ",", rows, PRESENT, refused=refused, is_whole=is_whole)


def model(*rows: PreviewRow, hidden: frozenset[str] = frozenset(), bare: bool = False) -> PreviewModel:
    made = PreviewModel(LEDGER)
    made.show(preview(*rows), MAPPING, hidden, bare=bare)
    return made


def labels(made: PreviewModel) -> list[str]:
    return [made.headerData(place, Qt.Orientation.Horizontal) for place in range(len(made.parts) + 1)]


def test_typed_values_stand_over_what_the_file_has() -> None:
    made = model(*ROWS)
    assert labels(made) == ["Line", "Trade", "Amount", "Ccy", "Description"]
    assert [made.value(0, part) for part in range(4)] == ["A|1", "−1,234.5", "CHF", "–"]
    assert [made.raw(0, part) for part in range(4)] == ["A + 1", "1'234.50-", "in every row", "(blank)"]
    tip = made.data(made.index(0, 2), Qt.ItemDataRole.ToolTipRole)
    assert tip == "In the file, Amt: 1'234.50-"
    assert made.headerData(1, Qt.Orientation.Horizontal, Qt.ItemDataRole.ToolTipRole) == "From “Ref” + “No”"


def test_what_is_wrong_is_said_in_words_and_marked_where_it_is() -> None:
    made = model(*ROWS)
    assert [made.outcome(row) for row in range(4)] == [
        Outcome.GOOD,
        Outcome.PROBLEM,
        Outcome.LEFT_OUT,
        Outcome.LEFT_OUT,
    ]
    assert [made.reason(row) for row in range(3)] == [
        "",
        "Amt: Not a plain number",
        "Left out: Text is Total",
    ]
    assert [made.is_wrong(1, part) for part in range(4)] == [False, True, False, False]
    assert made.value(1, 1) == "x"
    assert made.data(made.index(1, 1), Qt.ItemDataRole.AccessibleTextRole) == "B + 2, Amt: Not a plain number"
    assert made.problems() == [1]


def test_cells_are_shown_as_they_are_and_never_as_markup() -> None:
    made = model(*ROWS)
    assert made.value(1, 3) == "<b>␉bold</b>"
    tip = made.data(made.index(1, 4), Qt.ItemDataRole.ToolTipRole)
    assert "&lt;b&gt;" in tip
    long = PreviewRow(2, 1, ("A" * 1000, "1", "1", ""), {**VALUES, "trade_id": "A" * 1000})
    assert len(model(long).value(0, 0)) == 201


def test_what_is_not_decided_has_no_value() -> None:
    made = model(*ROWS, hidden=frozenset({"amount"}))
    assert [made.value(row, 1) for row in range(3)] == ["?", "?", "?"]
    assert not made.tells_nothing
    everything = frozenset({"trade_id", "amount", "currency", "description"})
    assert model(*ROWS, hidden=everything).tells_nothing


def test_bare_cells_have_the_names_of_the_file() -> None:
    made = model(*ROWS, bare=True)
    assert labels(made) == ["Line", *HEADER]
    assert [made.value(3, part) for part in range(4)] == ["end", "", "", ""]
    assert made.outcome(0) is Outcome.BARE


@pytest.mark.parametrize(
    ("rows", "whole", "undecided", "sentence"),
    [
        (ROWS, True, False, "1 of the 4 rows could be imported, 1 has a problem, 1 is left out by "
         "“Text is Total”, 1 is left out at the file’s end."),
        ((GOOD, GOOD), True, False, "All 2 rows could be imported."),
        ((GOOD, GOOD), False, False, "All of the first 2 rows could be imported."),
        ((GOOD, BAD, BAD), False, False, "1 of the first 3 rows could be imported, 2 have a problem."),
        ((GOOD,), True, False, "The one row could be imported."),
        ((BAD,), True, False, "The one row could not be imported."),
        ((GOOD, GOOD), True, True, "So far: all 2 rows could be imported. “?” is not decided yet."),
        ((), True, False, "The file has a header and no rows."),
    ],
)  # fmt: skip
def test_the_summary(rows: tuple[PreviewRow, ...], whole: bool, undecided: bool, sentence: str) -> None:
    assert summary_of(preview(*rows, is_whole=whole), undecided) == sentence


@pytest.fixture
def table(theme: Theme, icons: Icons, qtbot: QtBot) -> PreviewTable:
    table = PreviewTable(theme, icons, LEDGER)
    qtbot.addWidget(table)
    table.resize(600, 300)
    table.show_preview(preview(*ROWS), MAPPING, frozenset(), bare=False)
    table.show()
    return table


def test_rows_are_as_high_as_what_is_below_them_needs(table: PreviewTable) -> None:
    high = ROW + SECOND_LINE - 4
    assert [table.rowHeight(row) for row in range(4)] == [high, high, high, high]
    table.set_compares(False)
    assert [table.rowHeight(row) for row in range(4)] == [ROW, high, high, high]


def test_selected_rows_are_copied_with_what_becomes_of_them(table: PreviewTable, qtbot: QtBot) -> None:
    table.select_row(1)
    table.setFocus()
    qtbot.keyClick(table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert (
        QGuiApplication.clipboard().text()
        == "3\tB + 2\tx\tin every row\t<b>␉bold</b>\tAmt: Not a plain number"
    )


def test_another_preview_of_the_same_columns_stays_where_it_was(table: PreviewTable) -> None:
    many = tuple(PreviewRow(line, line, GOOD.cells, VALUES) for line in range(2, 90))
    table.show_preview(preview(*many), MAPPING, frozenset(), bare=False)
    table.verticalScrollBar().setValue(500)
    table.show_preview(preview(*many), MAPPING, frozenset(), bare=False)
    assert table.verticalScrollBar().value() == 500
    assert not table.grab().isNull()
    assert table.preview.rowCount(QModelIndex()) == 88
