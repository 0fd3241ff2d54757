from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QScrollArea
from pytestqt.qtbot import QtBot

from opspilot_desktop.domain.errors import KnownError
from opspilot_desktop.files.taking import Operator, SkipRule
from opspilot_desktop.ui.dialogs.wizard.skip_panel import SkipPanel
from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.theme import Theme
from tests.helpers.wizard_panels import (
    WIDTH,
    click,
    is_as_the_eye_goes,
    pick,
    samples_of,
    scrolled,
    steps,
    tabbed,
    write,
)

HEADER = ("Transaction", "Symbol")
ROWS = [("Buy", "A"), ("Forex", ""), ("Sell", "B"), ("forex ", ""), ("R&D", "C")]
FOREX = SkipRule("Transaction", Operator.IS, ("Forex",))


@pytest.fixture
def area(theme: Theme, icons: Icons, qtbot: QtBot) -> QScrollArea:
    panel = SkipPanel(theme, icons)
    panel.show_file(HEADER, samples_of(HEADER, ROWS))
    return scrolled(panel, qtbot)


@pytest.fixture
def panel(area: QScrollArea) -> SkipPanel:
    panel = area.widget()
    assert isinstance(panel, SkipPanel)
    return panel


def words(panel: SkipPanel) -> list[str]:
    return [card.words for card in panel.cards]


def test_a_rule_is_made_by_clicks(panel: SkipPanel) -> None:
    with steps(panel):
        click(panel.add_button)
    card = panel.cards[0]
    assert card.column.hasFocus()
    with pytest.raises(KnownError, match="needs a column"):
        panel.rules()
    with steps(panel):
        pick(card.column, "Transaction")
    with pytest.raises(KnownError, match="needs a value"):
        panel.rules()
    assert list(card.buttons) == ["Buy", "Forex", "Sell", "R&D"]
    assert card.buttons["R&D"].text().strip() == "R&&D"
    with steps(panel):
        click(card.buttons["Forex"])
    assert panel.rules() == (FOREX,)
    assert words(panel) == ["Leaves out rows whose Transaction is Forex: 2 of the first 5."]
    write(card.value, "Dividend")
    assert panel.rules()[0].values == ("Forex", "Dividend")
    with steps(panel):
        QTest.keyClick(card.value, Qt.Key.Key_Return)
    assert card.value.text() == ""
    assert card.buttons["Dividend"].isChecked()
    assert panel.rules()[0].values == ("Forex", "Dividend")
    with steps(panel):
        click(card.buttons["Forex"])
    assert panel.rules()[0].values == ("Dividend",)
    with steps(panel):
        pick(card.operator, "is not blank")
    assert panel.rules() == (SkipRule("Transaction", Operator.IS_NOT_BLANK),)
    assert not card.value.isVisible()


@pytest.mark.parametrize("operator", list(Operator))
def test_each_rule_says_what_it_leaves_out(panel: SkipPanel, operator: Operator) -> None:
    values = ("B", "x") if operator.takes_values else ()
    rule = SkipRule("Symbol", operator, values)
    panel.set_rules([rule])
    assert panel.rules() == (rule,)
    counts = dict(zip(Operator, (1, 4, 1, 1, 2, 3), strict=True))
    assert words(panel) == [f"Leaves out rows whose {rule.words}: {counts[operator]} of the first 5."]


def test_a_rule_can_be_removed(panel: SkipPanel) -> None:
    panel.set_rules([FOREX, SkipRule("Symbol", Operator.IS_BLANK)])
    with steps(panel):
        click(panel.cards[0].remove_button)
    assert panel.rules() == (SkipRule("Symbol", Operator.IS_BLANK),)


def test_a_rule_on_a_column_that_is_not_there_stays_until_somebody_mends_it(panel: SkipPanel) -> None:
    panel.set_rules([SkipRule("Art", Operator.IS, ("x",))])
    with pytest.raises(KnownError, match="“Art”, which this file does not have"):
        panel.rules()
    pick(panel.cards[0].column, "Symbol")
    click(panel.cards[0].buttons["A"])
    assert panel.rules() == (SkipRule("Symbol", Operator.IS, ("A",)),)


def test_the_answer_to_a_question_takes_rules_in_and_out(panel: SkipPanel) -> None:
    other = SkipRule("Symbol", Operator.IS_BLANK)
    panel.set_rules([FOREX, other])
    panel.include([FOREX], False)
    assert panel.rules() == (other,)
    panel.include([FOREX], True)
    assert panel.rules() == (FOREX, other)
    panel.include([FOREX], True)
    assert panel.rules() == (FOREX, other)
    click(panel.add_button)
    panel.include([FOREX], False)
    assert len(panel.cards) == 2
    with pytest.raises(KnownError, match="needs a column"):
        panel.rules()


def test_rows_at_the_end(panel: SkipPanel) -> None:
    with steps(panel, 0):
        panel.set_footer_rows(3)
    assert panel.footer_rows() == 3
    with steps(panel):
        QTest.keyClick(panel.footer, Qt.Key.Key_Up)
    assert panel.footer_rows() == 4
    panel.show_file(HEADER, samples_of(HEADER, ROWS))
    assert panel.footer_rows() == 0


def test_hostile_values_are_shown_as_they_are(panel: SkipPanel, area: QScrollArea) -> None:
    header = ("<i>x</i>", "W" * 1000)
    cells = ["<b>bold</b>", "a\x00\n", "W" * 1000, "\u202e"]
    panel.show_file(header, samples_of(header, [(cell, cell) for cell in cells]))
    panel.set_rules([SkipRule(name, Operator.CONTAINS, tuple(cells)) for name in header])
    assert [rule.values for rule in panel.rules()] == [tuple(cells)] * 2
    assert all(len(button.text()) <= 34 for card in panel.cards for button in card.buttons.values())
    assert all(button.text()[2:].isprintable() for card in panel.cards for button in card.buttons.values())
    assert panel.minimumSizeHint().width() <= WIDTH


def test_tab_goes_as_the_eye_does(panel: SkipPanel) -> None:
    panel.set_rules([FOREX])
    click(panel.add_button)
    pick(panel.cards[1].column, "Symbol")
    seen = tabbed(panel, panel.cards[0].column)
    assert len(seen) == 17
    assert is_as_the_eye_goes(panel, seen)
    assert all(each.accessibleName() for each in seen)
