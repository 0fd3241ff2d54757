"""The profiles of files in real shapes, which tests of the import hold against known values, by clicks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLineEdit
from pytestqt.qtbot import QtBot

from opspilot_desktop.domain.fields import RECORDS
from opspilot_desktop.files.mapping import Mapping
from opspilot_desktop.files.opening import opener
from opspilot_desktop.files.profile import Profile
from opspilot_desktop.files.profile_toml import load_profile
from opspilot_desktop.files.proposing import ProfileProposal, Sample, propose_profile
from opspilot_desktop.files.taking import SignedBy
from opspilot_desktop.ui.dialogs.wizard.field_row import FieldRow
from opspilot_desktop.ui.dialogs.wizard.fields_panel import FieldsPanel
from opspilot_desktop.ui.dialogs.wizard.question_box import QuestionBox
from opspilot_desktop.ui.dialogs.wizard.skip_panel import SkipPanel
from opspilot_desktop.ui.dialogs.wizard.sources import Way
from opspilot_desktop.ui.dialogs.wizard.way_editors import (
    ConstantEditor,
    JoinedEditor,
    SignedByEditor,
    SignEditor,
    WayEditor,
)
from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.theme import Theme
from tests.helpers.wizard_panels import click, pick, scrolled, write

FOLDER = Path(__file__).parents[3] / "fixtures" / "profiles"


@dataclass
class Desk:
    """Both panels with a file, and the profile that is to be made of it."""

    fields: FieldsPanel
    skip: SkipPanel
    proposal: ProfileProposal
    wanted: Profile

    def editor(self, name: str, way: str) -> WayEditor:
        """Chooses a way and gives its editor."""
        row = self.fields.rows[name]
        if row.box.currentText() != way:
            pick(row.box, way)
        if not row.is_unfolded:
            click(row.chevron)
        assert row.fold is not None
        return row.fold.ways[Way(way)]

    def answer(self, row: FieldRow, choice: str) -> None:
        """Answers the question of a row."""
        box = row.questions[0]
        assert isinstance(box, QuestionBox)
        click(box.radios.buttons[choice])

    def check(self) -> None:
        """Nothing is left to be said, and what was said is the profile."""
        assert self.fields.invalid == []
        assert unsaid(self.fields.mapping()) == unsaid(self.wanted.mapping)
        assert self.skip.rules() == self.wanted.skip
        assert self.skip.footer_rows() == self.wanted.footer_rows


def unsaid(mapping: Mapping) -> Mapping:
    """The mapping without what need not be said: a column of a field's own name."""
    return replace(mapping, columns={key: each for key, each in mapping.columns.items() if key != each})


@pytest.fixture
def desk(request: pytest.FixtureRequest, theme: Theme, icons: Icons, qtbot: QtBot) -> Iterator[Desk]:
    name, file = request.param
    wanted = load_profile(FOLDER / f"{name}.toml")
    record = RECORDS[wanted.kind]
    plain = Profile(wanted.kind, read_as=wanted.read_as)
    with opener(FOLDER / f"{file}.csv", record, plain, is_mapped=False)() as opened:
        sample = Sample.of(opened, wanted.read_as)
    proposal = propose_profile(sample, wanted.kind)
    samples = {column: sample.column(column) for column in sample.header}
    fields, skip = FieldsPanel(theme, icons, record), SkipPanel(theme, icons)
    areas = [scrolled(fields, qtbot), scrolled(skip, qtbot)]
    fields.show_file(sample.header, samples, proposal)
    skip.show_file(sample.header, samples)
    skip.set_rules(proposal.profile.skip)
    fields.answered.connect(lambda question, choice: skip.include(proposal.profile.skip, choice == "skip"))
    yield Desk(fields, skip, proposal, wanted)
    assert all(area.widget() is not None for area in areas)


def shape(name: str, file: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("desk", [(name, file)], indirect=True)


@shape("interactive_brokers", "interactive_brokers")
def test_interactive_brokers(desk: Desk) -> None:
    rows = desk.fields.rows
    joined = desk.editor("trade_id", "Several columns joined…")
    assert isinstance(joined, JoinedEditor)
    sides = next(box for box in joined.boxes if box.currentText() == "Buy/Sell")
    QTest.keyClick(joined.remove_button(sides), Qt.Key.Key_Space)
    pick(rows["currency"].box, "CurrencyPrimary")
    constant = desk.editor("counterparty", "Always the same…")
    assert isinstance(constant, ConstantEditor)
    write(constant.edit, "Interactive Brokers")
    desk.answer(rows["side"], "keep")
    click(desk.skip.add_button)
    card = desk.skip.cards[0]
    pick(card.column, "Buy/Sell")
    pick(card.operator, "contains")
    write(card.value, "(Ca.)")
    desk.check()


@shape("swissquote", "swissquote")
def test_swissquote(desk: Desk) -> None:
    rows = desk.fields.rows
    pick(rows["instrument"].box, "ISIN")
    sign = desk.editor("side", "Sign of a number tells the side…")
    assert isinstance(sign, SignEditor)
    assert sign.column.currentText() == "Quantity"
    click(sign.negative.buttons["BUY"])
    desk.answer(rows["side"], "skip")
    desk.check()


@shape("custodian", "custodian")
def test_a_custodians_trades(desk: Desk) -> None:
    rows = desk.fields.rows
    pick(rows["counterparty"].box, "custodian_code")
    pick(rows["account"].box, "portfolio")
    click(rows["status"].chevron)
    statuses = rows["status"].fold
    assert statuses is not None
    assert statuses.words is not None
    for line in statuses.words.lines:
        meaning = {"PEND": "pending", "SETT": "settled"}.get(line.word)
        if meaning is not None:
            assert isinstance(line.meaning, QLineEdit)
            write(line.meaning, meaning)
    click(rows["price"].chevron)
    price = rows["price"].fold
    assert price is not None
    assert price.rounding is not None
    click(price.rounding.check)
    for _ in range(7):
        QTest.keyClick(price.rounding.decimals, Qt.Key.Key_Up)
    for _ in range(2):
        QTest.keyClick(desk.skip.footer, Qt.Key.Key_Up)
    # The file writes one of the words small as well, which changes nothing.
    words = {word.upper(): side for word, side in desk.fields.mapping().values["side"].items()}
    mapping = desk.fields.mapping()
    mapping = replace(mapping, values={**mapping.values, "side": words})
    assert unsaid(mapping) == unsaid(desk.wanted.mapping)
    assert desk.skip.footer_rows() == desk.wanted.footer_rows
    assert desk.fields.invalid == []


@shape("custodian_gross", "custodian")
def test_a_custodians_gross_amounts(desk: Desk) -> None:
    rows = desk.fields.rows
    assert desk.fields.invalid == ["Amount"]
    desk.answer(rows["amount"], "gross_amount")
    amount = desk.editor("amount", "Sign by another column…")
    assert isinstance(amount, SignedByEditor)
    assert amount.column.currentText() == "gross_amount"
    pick(amount.by, "direction")
    meanings = {"b": "Negative", "buy": "Negative", "s": "Positive", "sell": "Positive"}
    for line in amount.words.lines:
        assert isinstance(line.meaning, QComboBox)
        if line.word:  # a footer row has none
            pick(line.meaning, meanings[line.word.lower()])
    fold = rows["amount"].fold
    assert fold is not None
    assert fold.rounding is not None
    click(fold.rounding.check)
    pick(fold.rounding.mode, "half away from 0")
    constant = desk.editor("entry_type", "Always the same…")
    assert isinstance(constant, ConstantEditor)
    write(constant.edit, "gross")
    pick(rows["value_date"].box, "settlement_date")
    pick(rows["account"].box, "portfolio")
    for _ in range(2):
        QTest.keyClick(desk.skip.footer, Qt.Key.Key_Up)
    # The words stand in the file's order and letters; the order of words means nothing.
    mapping = desk.fields.mapping()
    taken, wanted = mapping.columns["amount"], desk.wanted.mapping.columns["amount"]
    assert isinstance(taken, SignedBy)
    sorted_ = replace(taken, negative=_plain(taken.negative), positive=_plain(taken.positive))
    assert sorted_ == wanted
    mapping = replace(mapping, columns={**mapping.columns, "amount": wanted})
    assert unsaid(mapping) == unsaid(desk.wanted.mapping)
    assert desk.fields.invalid == []


def _plain(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(word.upper() for word in words))
