from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from opspilot_desktop.domain.fields import LEDGER, TRADES
from opspilot_desktop.files.mapping import Mapping
from opspilot_desktop.files.taking import (
    NumberFormat,
    SignOf,
    Unsigned,
)
from opspilot_desktop.ui.dialogs.wizard.field_row import FieldRow
from opspilot_desktop.ui.dialogs.wizard.question_box import QuestionBox
from opspilot_desktop.ui.dialogs.wizard.way_editors import (
    SignEditor,
)
from tests.helpers.wizard_panels import (
    WIDTH,
    Show,
    click,
    pick,
    proposal_of,
    steps,
    tabbed,
)


def question(row: FieldRow) -> QuestionBox:
    box = row.questions[0]
    assert isinstance(box, QuestionBox)
    return box


def answer(box: QuestionBox, choice: str) -> None:
    click(box.radios.buttons[choice])


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


def test_long_choices_are_cut_and_told_whole(show: Show) -> None:
    long = "Net <b>" + "W" * 900
    panel = show(("trade_id", "Amount", long), [("T", "5", "4")], LEDGER)
    button = question(panel.rows["amount"]).radios.buttons[long]
    assert panel.minimumSizeHint().width() <= WIDTH
    click(button)
    assert panel.mapping().columns["amount"] == long
    again = show(("Price",), [("(1.234)",), ("2.000-",)])
    numbers = again.numbers.questions[0]
    assert isinstance(numbers, QuestionBox)
    assert again.minimumSizeHint().width() <= WIDTH
    texts = [button.text() for button in numbers.radios.buttons.values()]
    assert [text.partition(" (decimal")[0] for text in texts] == ["(1.234) is -1.234", "(1.234) is -1,234"]
    for choice, form in zip(
        numbers.question.choices,
        (NumberFormat(".", "", True, True), NumberFormat(",", ".", True, True)),
        strict=True,
    ):
        answer(numbers, choice)
        assert again.mapping().numbers == form


def test_a_question_about_numbers_stands_alone_until_more_is_unfolded(show: Show) -> None:
    panel = show(("TradeDate", "Price"), [("2026-04-03", "1.234"), ("2026-04-03", "2.500")])
    numbers = panel.numbers
    assert len(numbers.questions) == 1
    checks = (numbers.behind, numbers.around, numbers.rounded)
    assert not any(check.isVisible() for check in checks)
    click(numbers.chevron)
    assert all(check.isVisible() for check in checks)
    assert numbers.fold_box is not None
    assert numbers.fold_box.geometry().top() >= numbers.questions[0].geometry().bottom()
