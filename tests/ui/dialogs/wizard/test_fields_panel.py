from __future__ import annotations

import time

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLineEdit

from opspilot_desktop.domain.errors import KnownError
from opspilot_desktop.domain.fields import LEDGER, TRADES
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
from opspilot_desktop.ui.dialogs.wizard.question_box import QuestionBox
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
    is_as_the_eye_goes,
    pick,
    proposal_of,
    steps,
    tabbed,
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


def question(row: FieldRow) -> QuestionBox:
    box = row.questions[0]
    assert isinstance(box, QuestionBox)
    return box


def answer(box: QuestionBox, choice: str) -> None:
    click(box.radios.buttons[choice])


@pytest.fixture
def panel(show: Show) -> FieldsPanel:
    return show(HEADER, ROWS)


def test_what_was_found_is_shown_with_how(panel: FieldsPanel) -> None:
    assert list(panel.rows)[:5] == ["trade_id", "instrument", "side", "quantity", "price"]
    assert {name: panel.rows[name].box.currentText() for name in PLAIN} == PLAIN
    assert panel.rows["instrument"].how.text() == "By name"
    assert panel.rows["side"].how.text() == "B is BUY and S is SELL"
    assert panel.rows["trader"].how.text() == "Not imported"
    assert panel.rows["trade_date"].how.text() == "Please check (60 %)"
    assert "It is the only column of dates" in panel.rows["trade_date"].how.toolTip()
    assert panel.invalid == []
    assert panel.mapping() == Mapping({**PLAIN, "trade_date": "VAL_DT"}, {"side": {"B": "BUY", "S": "SELL"}})


def test_columns_that_nothing_takes_are_told(panel: FieldsPanel) -> None:
    assert panel.kept_out == "Kept out: BOOK, TYP, OUT, IN"


def test_a_required_field_needs_a_source_and_says_so(panel: FieldsPanel) -> None:
    row = panel.rows["price"]
    with steps(panel):
        pick(row.box, "Not in the file")
    assert panel.invalid == ["Price"]
    assert row.how.text() == "Choose a column"
    assert row.box.property("invalid") == "true"
    with steps(panel):
        pick(row.box, "PX")
    assert panel.invalid == []


def test_one_column_cannot_be_two_fields(panel: FieldsPanel) -> None:
    pick(panel.rows["account"].box, "PX")
    assert panel.invalid == ["Price", "Account"]
    assert panel.rows["account"].how.text() == "Also taken for Price"


def test_a_column_of_the_fields_own_name_is_taken_unless_it_is_said_to_be_left_out(show: Show) -> None:
    header = ("trade_id", "instrument", "side", "quantity", "price", "trader")
    panel = show(header, [("T", "V", "BUY", "1", "2", "me")])
    panel.set_mapping(Mapping())
    assert panel.rows["trader"].box.currentText() == "trader"
    assert panel.mapping() == Mapping()
    pick(panel.rows["trader"].box, "Not in the file")
    assert panel.mapping() == Mapping({"trader": ""})


def test_a_column_between_two_fields_is_chosen_by_a_person(show: Show) -> None:
    header = ("trade_id", "SYMBOL", "ISIN", "side", "quantity", "price")
    panel = show(header, [("T", "V", "US0378331005", "BUY", "1", "2")])
    assert panel.invalid == ["Instrument"]
    assert panel.rows["instrument"].how.text() == "“SYMBOL” or “ISIN”?"
    assert panel.rows["instrument"].box.currentIndex() == -1
    pick(panel.rows["instrument"].box, "ISIN")
    assert panel.invalid == []


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
    assert panel.rows["side"].how.text() == "K is BUY and V is SELL"


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


def test_day_or_month_first_is_asked_and_never_answered_beforehand(show: Show) -> None:
    panel = show(("TradeDate",), [("03/04/2026",), ("05/06/2026",)])
    row = panel.rows["trade_date"]
    asked = question(row)
    assert asked.sentence.text() == "Every date of “TradeDate” can be read as DD/MM/YYYY or MM/DD/YYYY."
    assert [button.text() for button in asked.radios.buttons.values()] == [
        "DD/MM/YYYY: 03/04/2026 is 3 Apr 2026",
        "MM/DD/YYYY: 03/04/2026 is 4 Mar 2026",
    ]
    assert asked.radios.value == ""
    assert "Trade date" in panel.invalid
    assert row.how.text() == "Please answer below"
    with steps(panel):
        answer(asked, "MM/DD/YYYY")
    assert panel.mapping().dates == {"trade_date": "MM/DD/YYYY"}
    assert "Trade date" not in panel.invalid
    assert row.how.text() == "Chosen by you"
    with steps(panel):
        answer(asked, "DD/MM/YYYY")
    assert panel.mapping().dates == {"trade_date": "DD/MM/YYYY"}


def test_another_column_of_dates_is_looked_at_too(show: Show) -> None:
    header = ("TradeDate", "Clear", "Open", "ISO")
    panel = show(header, [("03/04/2026", "31.12.2026", "03-04-2026", "2026-03-04")])
    row = panel.rows["trade_date"]
    pick(row.box, "Clear")
    assert row.questions == []
    assert panel.mapping().dates == {"trade_date": "DD.MM.YYYY"}
    assert "Trade date" not in panel.invalid
    pick(row.box, "Open")
    assert "Trade date" in panel.invalid
    assert panel.mapping().dates == {}
    answer(question(row), "DD-MM-YYYY")
    assert panel.mapping().dates == {"trade_date": "DD-MM-YYYY"}
    pick(row.box, "ISO")
    assert panel.mapping().dates == {}
    assert row.questions == []
    pick(row.box, "Open")
    pick(row.box, "Not in the file")
    assert "Trade date" not in panel.invalid


def test_a_point_between_thousands_or_decimals_is_asked(show: Show) -> None:
    panel = show(("Price",), [("1.234",), ("2.500",)])
    asked = panel.numbers.questions[0]
    assert isinstance(asked, QuestionBox)
    assert panel.invalid[0] == "Numbers"
    assert panel.numbers.box.currentIndex() == -1
    texts = [button.text() for button in asked.radios.buttons.values()]
    assert texts == [
        "1.234 is 1.234 (decimal point)",
        "1.234 is 1,234 (decimal comma, point between thousands)",
    ]
    assert asked.radios.value == ""
    with steps(panel):
        answer(asked, "decimal comma, point between thousands")
    assert panel.mapping().numbers == NumberFormat(",", ".")
    assert "Numbers" not in panel.invalid
    assert panel.numbers.box.currentText() == "1.234,56"


def test_a_question_is_answered_with_the_keyboard(show: Show) -> None:
    panel = show(("TradeDate",), [("03/04/2026",)])
    radios = question(panel.rows["trade_date"]).radios
    first, second = radios.buttons.values()
    seen = tabbed(panel, panel.rows["trade_date"].chevron)
    assert seen[1] is first
    assert radios.value == ""
    first.setFocus()
    with steps(panel):
        QTest.keyClick(first, Qt.Key.Key_Space)
    assert panel.mapping().dates == {"trade_date": "DD/MM/YYYY"}
    with steps(panel):
        QTest.keyClick(first, Qt.Key.Key_Down)
    assert second.hasFocus()
    assert panel.mapping().dates == {"trade_date": "MM/DD/YYYY"}


def test_a_step_elsewhere_answers_nothing(show: Show) -> None:
    panel = show(("Price", "TradeDate", "Book"), [("1.234", "03/04/2026", "x")])
    click(panel.numbers.chevron)
    click(panel.numbers.behind)
    pick(panel.rows["account"].box, "Book")
    click(panel.rows["trade_date"].chevron)
    assert {"Numbers", "Trade date"} <= set(panel.invalid)


def test_numbers_that_somebody_has_chosen_are_not_asked_for_again(show: Show) -> None:
    panel = show(("Betrag", "Preis"), [("x", "1.234")], LEDGER)
    pick(panel.numbers.box, "1.234,56")
    pick(panel.rows["amount"].box, "Preis")
    assert panel.numbers.questions == []
    assert panel.mapping().numbers == NumberFormat(",", ".")


def test_choosing_how_numbers_are_written_answers_it_too(show: Show) -> None:
    panel = show(("Price",), [("1.234",)])
    asked = panel.numbers.questions[0]
    assert isinstance(asked, QuestionBox)
    pick(panel.numbers.box, "1234.56")
    assert asked.radios.value == "decimal point"
    assert "Numbers" not in panel.invalid
    assert panel.mapping().numbers == NumberFormat()


def test_a_column_of_numbers_chosen_by_hand_is_looked_at_too(show: Show) -> None:
    panel = show(("Betrag", "Preis"), [("1.234,50", "1.234")], LEDGER)
    assert panel.numbers.questions == []
    pick(panel.rows["amount"].box, "Preis")
    assert panel.invalid[0] == "Numbers"
    pick(panel.rows["amount"].box, "Betrag")
    assert panel.numbers.questions == []
    assert panel.mapping().numbers == NumberFormat(",", ".")


def test_what_a_minus_means_is_asked(show: Show) -> None:
    panel = show(("Ref", "Symbol", "Qty", "Px"), [("a1", "V", "-5", "1"), ("b1", "V", "5", "1")])
    row = panel.rows["side"]
    asked = question(row)
    assert asked.radios.value == ""
    assert "Side" in panel.invalid
    click(row.chevron)
    assert row.fold is not None
    editor = next(iter(row.fold.ways.values()))
    assert isinstance(editor, SignEditor)
    assert not editor.negative.isVisible()
    with steps(panel):
        answer(asked, "BUY")
    assert panel.mapping().columns["side"] == SignOf("Qty", "BUY")
    assert panel.mapping().columns["quantity"] == Unsigned("Qty", "BUY")
    assert editor.negative.isVisible()
    assert editor.negative.value == "BUY"
    assert "Side" not in panel.invalid


def test_gross_or_net_is_asked(show: Show) -> None:
    header, rows = ("trade_id", "Amount", "Net total"), [("T", "5", "4")]
    panel = show(header, rows, LEDGER)
    asked = question(panel.rows["amount"])
    assert panel.invalid == ["Amount"]
    answer(asked, "Net total")
    assert panel.mapping().columns["amount"] == "Net total"
    assert panel.invalid == []
    again = show(header, rows, LEDGER)
    pick(again.rows["amount"].box, "Net total")
    assert again.invalid == []


def test_rows_to_skip_are_asked_for_and_the_answer_is_told(show: Show) -> None:
    panel = show(("Transaction",), [("Buy",), ("Sell",), ("Forex",)])
    heard: list[str] = []
    panel.answered.connect(lambda _question, choice: heard.append(choice))
    pick(panel.rows["side"].box, "Transaction")
    panel.show_file(
        ("Direction",),
        {"Direction": ["Buy", "Sell", "Forex"]},
        proposal_of(("Direction",), [("Buy",), ("Sell",), ("Forex",)], TRADES.kind),
    )
    asked = question(panel.rows["side"])
    assert [button.text() for button in asked.radios.buttons.values()] == ["Skip them", "Keep them"]
    assert "Side" in panel.invalid
    with steps(panel):
        answer(asked, "keep")
    assert heard == ["keep"]
    assert "Side" not in panel.invalid


def test_a_profile_leaves_no_question_open(show: Show) -> None:
    panel = show(("Price", "TradeDate"), [("1.234", "03/04/2026")])
    mapping = Mapping({"price": "Price", "trade_date": "TradeDate"}, dates={"trade_date": "MM/DD/YYYY"})
    with steps(panel, 0):
        panel.set_mapping(mapping)
    assert panel.mapping() == mapping
    assert panel.numbers.questions == []
    assert panel.rows["trade_date"].questions == []
    assert panel.rows["price"].how.text() == "By the profile"
    assert panel.invalid == ["Trade", "Instrument", "Side", "Quantity"]


def test_a_column_that_a_profile_names_and_the_file_lacks_stays_and_is_told(panel: FieldsPanel) -> None:
    mapping = Mapping({**PLAIN, "price": "Kurs", "side": SignOf("Menge")})
    panel.set_mapping(mapping)
    assert panel.mapping() == mapping
    assert panel.invalid == ["Side", "Price"]
    assert panel.rows["price"].how.text() == "No column “Kurs” here"
    assert panel.rows["price"].box.currentText() == "Kurs"


def test_another_file_forgets_the_first(panel: FieldsPanel) -> None:
    click(panel.rows["side"].chevron)
    pick(panel.rows["price"].box, "Debit and credit columns…")
    with steps(panel, 0):
        panel.show_file(
            ("trade_id",),
            {"trade_id": ["1"]},
            proposal_of(("trade_id",), [("1",)], TRADES.kind),
        )
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert panel.mapping() == Mapping({"trade_id": "trade_id"})
    assert panel.invalid == ["Instrument", "Side", "Quantity", "Price"]
    assert not any(row.is_unfolded for row in panel.rows.values())


def test_tab_goes_as_the_eye_does_also_through_what_unfolds(panel: FieldsPanel) -> None:
    pick(panel.rows["trade_id"].box, "Several columns joined…")
    seen = tabbed(panel, panel.numbers.box)
    assert len(seen) == 26
    assert is_as_the_eye_goes(panel, seen)
    assert all(widget.accessibleName() for widget in seen)


def test_the_first_that_needs_something_can_be_gone_to(panel: FieldsPanel) -> None:
    pick(panel.rows["price"].box, "Not in the file")
    panel.focus_invalid()
    assert panel.rows["price"].box.hasFocus()


def test_three_hundred_columns_are_quick_and_need_no_scrolling_sideways(show: Show) -> None:
    header = [f"COLUMN_{place}" for place in range(300)]
    rows = [[f"{place}.5" for place in range(300)] for _ in range(20)]
    panel = show(header, rows)
    proposal = proposal_of(header, rows, TRADES.kind)
    samples = {name: ["1.5"] * 20 for name in header}
    taken = []
    for _ in range(3):
        start = time.perf_counter()
        panel.show_file(header, samples, proposal)
        taken.append(time.perf_counter() - start)
    assert min(taken) < 0.06
    assert panel.kept_out.endswith("and 280 more")
    assert panel.minimumSizeHint().width() <= 480
    assert panel.rows["price"].box.count() == 305


def test_hostile_names_and_cells_are_shown_as_they_are(show: Show) -> None:
    header = ("<b>bold</b>", "a\x00b\nc", "x" * 1000, "\u202eright", " ", "&file")
    rows = [("<img src=x>", "\x1b[31m", "y" * 1000, "\u200b", "1", "&2"), ("B", "S", "1", "2", "3", "4")]
    panel = show(header, rows)
    box = panel.rows["instrument"].box
    for place, name in enumerate(header):
        panel.rows["instrument"].source_box.choose(name)
        assert panel.mapping().columns["instrument"] == name
        text = box.itemText(place + 3)
        assert len(text) < 60
        assert text.isprintable()
    assert "a␀b␊c" in [box.itemText(place) for place in range(box.count())]
    panel.rows["instrument"].source_box.choose(header[0])
    assert "<b>" not in box.toolTip()
    pick(panel.rows["trade_id"].box, "Several columns joined…")
    pick(panel.rows["side"].box, "<b>bold</b>")
    for row in panel.rows.values():
        row.unfold(True)
    assert panel.minimumSizeHint().width() <= 480
    assert "<b>bold</b>" not in panel.kept_out or "&" not in panel.kept_out[:1]
