from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLineEdit

from opspilot_desktop.domain.errors import KnownError
from opspilot_desktop.domain.fields import LEDGER
from opspilot_desktop.files.mapping import Mapping
from opspilot_desktop.files.taking import (
    Constant,
    DebitCredit,
    Joined,
    NumberFormat,
    Rounding,
    RoundingMode,
    SignedBy,
    SignOf,
    Unsigned,
)
from opspilot_desktop.ui.dialogs.wizard.field_row import FieldRow
from opspilot_desktop.ui.dialogs.wizard.fields_panel import FieldsPanel
from opspilot_desktop.ui.dialogs.wizard.fold import Fold
from opspilot_desktop.ui.dialogs.wizard.sources import Way
from opspilot_desktop.ui.dialogs.wizard.way_editors import (
    ConstantEditor,
    DebitCreditEditor,
    JoinedEditor,
    SignedByEditor,
    SignEditor,
    WayEditor,
)
from opspilot_desktop.ui.dialogs.wizard.words_input import Line
from tests.helpers.wizard_panels import (
    Show,
    click,
    pick,
    steps,
    write,
)

HEADER = ("TRADE_REF", "SYMBOL", "B/S", "QTY", "PX", "VAL_DT", "BOOK", "TYP", "OUT", "IN")
ROWS = (
    ("T-1", "VOD.L", "B", "100", "1.5", "2026-11-23", "EQ", "dr", "5", ""),
    ("T-2", "BARC.L", "S", "850", "2.25", "2026-11-24", "EQ", "CR", "", "7"),
)
PLAIN = {
    "trade_id": "TRADE_REF",
    "instrument": "SYMBOL",
    "side": "B/S",
    "quantity": "QTY",
    "price": "PX",
}


def editor_of(row: FieldRow) -> WayEditor:
    """The editor of the way that is chosen."""
    source = row.source_box.source
    assert row.fold is not None
    assert isinstance(source, Way)
    return row.fold.ways[source]


def fold_of(row: FieldRow) -> Fold:
    """What is unfolded below the row."""
    assert row.fold is not None
    return row.fold


def meaning_of(line: Line) -> QComboBox:
    """The box of a word's meaning."""
    assert isinstance(line.meaning, QComboBox)
    return line.meaning


@pytest.fixture
def panel(show: Show) -> FieldsPanel:
    return show(HEADER, ROWS)


def test_always_the_same(panel: FieldsPanel) -> None:
    row = panel.rows["currency"]
    with steps(panel):
        pick(row.box, "Always the same…")
    assert panel.invalid == ["Ccy"]
    with pytest.raises(KnownError, match="type what stands in every row"):
        panel.mapping()
    editor = editor_of(row)
    assert isinstance(editor, ConstantEditor)
    with steps(panel, 3):
        write(editor.edit, "CHF")
    assert panel.mapping().columns["currency"] == Constant("CHF")
    assert panel.invalid == []
    assert row.how.text() == "Chosen by you"


def test_a_constant_that_cannot_be_is_refused(panel: FieldsPanel) -> None:
    row = panel.rows["trade_date"]
    pick(row.box, "Always the same…")
    editor = editor_of(row)
    assert isinstance(editor, ConstantEditor)
    write(editor.edit, "30.02.2026")
    assert panel.invalid == ["Trade date"]
    with pytest.raises(KnownError, match="Trade date cannot be that in every row"):
        panel.mapping()


def test_several_columns_joined(panel: FieldsPanel) -> None:
    row = panel.rows["trade_id"]
    with steps(panel):
        pick(row.box, "Several columns joined…")
    editor = editor_of(row)
    assert isinstance(editor, JoinedEditor)
    assert [box.currentText() for box in editor.boxes] == ["TRADE_REF", ""]
    assert panel.invalid == ["Trade"]
    with steps(panel):
        pick(editor.boxes[1], "BOOK")
    assert panel.mapping().columns["trade_id"] == Joined(("TRADE_REF", "BOOK"))
    click(editor.add_button)
    pick(editor.boxes[2], "SYMBOL")
    write(editor.separator, "/")
    assert panel.mapping().columns["trade_id"] == Joined(("TRADE_REF", "BOOK", "SYMBOL"), "/")
    assert editor.example == "For example T-1/EQ/VOD.L"
    write(editor.separator, "")
    with pytest.raises(KnownError, match="what stands between"):
        panel.mapping()


def test_rows_with_the_same_id_are_numbered_where_somebody_says_so(panel: FieldsPanel) -> None:
    row = panel.rows["trade_id"]
    pick(row.box, "Several columns joined…")
    editor = editor_of(row)
    assert isinstance(editor, JoinedEditor)
    pick(editor.boxes[1], "BOOK")
    with steps(panel):
        click(editor.numbering)
    assert panel.mapping().columns["trade_id"] == Joined(("TRADE_REF", "BOOK"), repeats="number")
    with steps(panel):
        QTest.keyClick(editor.numbering, Qt.Key.Key_Space)
    assert panel.mapping().columns["trade_id"] == Joined(("TRADE_REF", "BOOK"))


def test_only_a_records_own_id_is_numbered(show: Show) -> None:
    panel = show(HEADER, ROWS, LEDGER)
    offered = []
    for name in ("entry_id", "trade_id"):
        pick(panel.rows[name].box, "Several columns joined…")
        editor = editor_of(panel.rows[name])
        assert isinstance(editor, JoinedEditor)
        offered.append(editor.numbering.isVisible())
    assert offered == [True, False]


def test_debit_and_credit(show: Show) -> None:
    panel = show(HEADER, ROWS, LEDGER)
    row = panel.rows["amount"]
    pick(row.box, "Debit and credit columns…")
    editor = editor_of(row)
    assert isinstance(editor, DebitCreditEditor)
    pick(editor.debit, "OUT")
    pick(editor.credit, "IN")
    assert panel.invalid == ["Amount"]
    with steps(panel):
        click(editor.positive.buttons["debit"])
    assert panel.mapping().columns["amount"] == DebitCredit("OUT", "IN", "debit")
    with steps(panel):
        click(editor.reversals)
    assert panel.mapping().columns["amount"] == DebitCredit("OUT", "IN", "debit", True)
    pick(editor.credit, "OUT")
    with pytest.raises(KnownError, match="two different columns"):
        panel.mapping()


def test_the_sign_by_another_column(show: Show) -> None:
    panel = show(HEADER, ROWS, LEDGER)
    row = panel.rows["amount"]
    pick(row.box, "PX")
    pick(row.box, "Sign by another column…")
    editor = editor_of(row)
    assert isinstance(editor, SignedByEditor)
    assert editor.column.currentText() == "PX"
    pick(editor.by, "TYP")
    seen = editor.words.lines
    assert [line.word for line in seen] == ["dr", "CR"]
    assert [line.said for line in seen] == ["", ""]
    assert panel.invalid[-1:] == ["Amount"]
    pick(meaning_of(seen[0]), "Negative")
    with steps(panel):
        pick(meaning_of(seen[1]), "Positive")
    assert panel.mapping().columns["amount"] == SignedBy("PX", "TYP", ("dr",), ("CR",))
    click(editor.words.add_button)
    added = editor.words.lines[2]
    assert isinstance(added.name, QLineEdit)
    assert added.name.hasFocus()
    write(added.name, "Soll")
    with pytest.raises(KnownError, match="both halves"):
        panel.mapping()
    pick(meaning_of(added), "Negative")
    assert panel.mapping().columns["amount"] == SignedBy("PX", "TYP", ("dr", "Soll"), ("CR",))
    write(added.name, "DR")
    with pytest.raises(KnownError, match="twice"):
        panel.mapping()
    assert added.remove is not None
    click(added.remove)
    assert panel.mapping().columns["amount"] == SignedBy("PX", "TYP", ("dr",), ("CR",))


def test_the_sign_tells_the_side(panel: FieldsPanel) -> None:
    pick(panel.rows["side"].box, "Sign of a number tells the side…")
    editor = editor_of(panel.rows["side"])
    assert isinstance(editor, SignEditor)
    assert editor.column.currentText() == "QTY"
    assert editor.negative.value == ""
    assert panel.invalid == ["Side"]
    click(editor.negative.buttons["SELL"])
    assert panel.mapping().columns["side"] == SignOf("QTY", "SELL")
    pick(panel.rows["quantity"].box, "Sign only repeats the side…")
    sizes = editor_of(panel.rows["quantity"])
    assert isinstance(sizes, SignEditor)
    click(sizes.negative.buttons["BUY"])
    assert panel.mapping().columns["quantity"] == Unsigned("QTY", "BUY")
    assert panel.invalid == []


def test_words_stand_for_sides(show: Show) -> None:
    panel = show(HEADER, [(*row[:2], word, *row[3:]) for row, word in zip(ROWS * 2, "KVKX", strict=True)])
    pick(panel.rows["side"].box, "Not in the file")
    pick(panel.rows["side"].box, "B/S")
    assert panel.rows["side"].is_unfolded
    assert panel.rows["side"].how.text() == "Say what its words mean"
    fold = fold_of(panel.rows["side"])
    assert fold.words is not None
    assert [line.word for line in fold.words.lines] == ["K", "V", "X"]
    pick(meaning_of(fold.words.lines[0]), "BUY")
    pick(meaning_of(fold.words.lines[1]), "SELL")
    assert panel.mapping().values == {"side": {"K": "BUY", "V": "SELL"}}
    assert panel.rows["side"].how.text() == "X: not decided"
    pick(meaning_of(fold.words.lines[2]), "SELL")
    assert panel.rows["side"].how.text() == "K is BUY and V is SELL and X is SELL"


def test_known_words_of_a_column_chosen_by_hand_are_taken_as_the_proposal_takes_them(
    show: Show,
) -> None:
    panel = show(("A", "B"), [("Kauf", "1"), ("Verkauf", "2")])
    panel.set_mapping(Mapping())
    pick(panel.rows["side"].box, "A")
    assert panel.mapping().values == {"side": {"Kauf": "BUY", "Verkauf": "SELL"}}
    assert panel.rows["side"].how.text() == "Kauf is BUY and Verkauf is SELL"


def test_words_stand_for_statuses(panel: FieldsPanel) -> None:
    pick(panel.rows["status"].box, "BOOK")
    click(panel.rows["status"].chevron)
    fold = panel.rows["status"].fold
    assert fold is not None
    assert fold.words is not None
    meaning = fold.words.lines[0].meaning
    assert isinstance(meaning, QLineEdit)
    write(meaning, "settled")
    assert panel.mapping().values["status"] == {"EQ": "settled"}


def test_the_form_of_dates(panel: FieldsPanel) -> None:
    row = panel.rows["trade_date"]
    click(row.chevron)
    assert row.fold is not None
    assert row.fold.form is not None
    assert row.fold.form.example == "2026-11-23 is 23 Nov 2026"
    with steps(panel):
        pick(row.fold.form.box, "DD.MM.YYYY")
    assert panel.mapping().dates == {"trade_date": "DD.MM.YYYY"}
    assert row.fold.form.example == "2026-11-23 is no such date"
    edit = row.fold.form.box.lineEdit()
    assert edit is not None
    write(edit, "D/M/YY hh:mm")
    assert panel.mapping().dates == {"trade_date": "D/M/YY hh:mm"}
    write(edit, "DD/MM")
    assert panel.invalid == ["Trade date"]
    with pytest.raises(KnownError, match="no form of dates"):
        panel.mapping()


def test_rounding(panel: FieldsPanel) -> None:
    row = panel.rows["price"]
    click(row.chevron)
    assert row.fold is not None
    rounding = row.fold.rounding
    assert rounding is not None
    assert not rounding.decimals.isEnabled()
    with steps(panel):
        click(rounding.check)
    assert panel.mapping().rounding == {"price": Rounding(2)}
    with steps(panel):
        QTest.keyClick(rounding.decimals, Qt.Key.Key_Up)
    pick(rounding.mode, "half away from 0")
    assert panel.mapping().rounding == {"price": Rounding(3, RoundingMode.HALF_UP)}


def test_how_numbers_are_written(panel: FieldsPanel) -> None:
    with steps(panel):
        pick(panel.numbers.box, "1'234.56")
    assert panel.mapping().numbers == NumberFormat(".", "'")
    click(panel.numbers.chevron)
    with steps(panel, 3):
        click(panel.numbers.behind)
        click(panel.numbers.around)
        click(panel.numbers.rounded)
    assert panel.mapping().numbers == NumberFormat(".", "'", True, True)
    assert panel.mapping().rounded
