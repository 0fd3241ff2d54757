"""Which rows of a file are no data: those that rules leave out, and the last ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from opspilot_desktop.files.profile import MOST_FOOTER_ROWS
from opspilot_desktop.files.taking import SkipRule
from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.theme import Theme
from opspilot_desktop.ui.widgets.buttons import text_button
from opspilot_desktop.ui.widgets.field import Field

from .editor import Tools, inputs_in
from .skip_rule_card import SkipRuleCard
from .sources import FileColumns, SourceModel
from .spin import Spin

FOOTER_WIDTH = 96


class SkipPanel(QWidget):
    """``changed`` comes once with every step of the user, never while something is shown."""

    changed = Signal()

    def __init__(self, theme: Theme, icons: Icons) -> None:
        super().__init__()
        self._columns = FileColumns()
        self._model = SourceModel(self._columns, (), self)
        self._tools = Tools(theme, icons, self._columns, self._model)
        self._loading = 0
        self.cards: list[SkipRuleCard] = []
        self.add_button = text_button(icons, "Add a rule that skips rows", "plus", kind="link")
        self.add_button.setAutoDefault(False)
        self.add_button.setObjectName("wizard:addRule")
        self.footer = Spin(0, MOST_FOOTER_ROWS)
        self.footer.setObjectName("wizard:footerRows")
        self.footer.setFixedWidth(FOOTER_WIDTH)
        footer = Field(theme, icons, "Rows left out at the end, such as totals", self.footer)
        self._rules = QVBoxLayout()
        self._rules.setSpacing(8)
        adding = QHBoxLayout()
        adding.addWidget(self.add_button)
        adding.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(self._rules)
        column.addLayout(adding)
        column.addWidget(footer)
        column.addStretch(1)
        self.add_button.clicked.connect(self._add_by_hand)
        self.footer.valueChanged.connect(self._step)

    def show_file(self, header: Sequence[str], samples: Mapping[str, list[str]]) -> None:
        """Shows another file, of which no row is left out."""
        self._show(header, samples, ())
        self.set_footer_rows(0)

    def set_rules(self, rules: Sequence[SkipRule]) -> None:
        """Shows rules."""
        self._show(None, {}, rules)

    def include(self, rules: Sequence[SkipRule], is_included: bool) -> None:
        """Takes rules in, before the others, or out: what a question of a proposal was answered with. The
        others stay as they are, also one that nobody has finished."""
        self._loading += 1
        for card in [card for card in self.cards if card.shown in rules]:
            self._drop(card)
        for place, rule in enumerate(rules if is_included else ()):
            self._add(place).set_rule(rule)
        self._order_tabs()
        self._loading -= 1

    def rules(self) -> tuple[SkipRule, ...]:
        """The rules as they are. Raises KnownError where one says what cannot be."""
        return tuple(card.rule() for card in self.cards)

    def set_footer_rows(self, rows: int) -> None:
        """Shows how many rows at the end are left out."""
        self._loading += 1
        self.footer.setValue(rows)
        self._loading -= 1

    def footer_rows(self) -> int:
        """How many rows at the end are left out."""
        return self.footer.value()

    def _show(
        self, header: Sequence[str] | None, samples: Mapping[str, list[str]], rules: Sequence[SkipRule]
    ) -> None:
        self._loading += 1
        for card in list(self.cards):
            self._drop(card)
        if header is not None:
            self._columns.set_file(header, samples)
        self._columns.set_named(rule.column for rule in rules)
        self._model.refresh()
        for rule in rules:
            self._add().set_rule(rule)
        self._order_tabs()
        self._loading -= 1

    def _add_by_hand(self) -> None:
        card = self._add()
        card.begin()
        self._order_tabs()
        card.show()  # or the keyboard cannot go there yet
        card.column.setFocus(Qt.FocusReason.OtherFocusReason)
        self._step()

    def _add(self, place: int | None = None) -> SkipRuleCard:
        card = SkipRuleCard(self._tools, len(self.cards) + 1)
        card.changed.connect(self._step)
        card.removed.connect(lambda: self._remove(card))
        place = len(self.cards) if place is None else place
        self.cards.insert(place, card)
        self._rules.insertWidget(place, card)
        return card

    def _remove(self, card: SkipRuleCard) -> None:
        self._drop(card)
        self.add_button.setFocus(Qt.FocusReason.OtherFocusReason)
        self._step()

    def _drop(self, card: SkipRuleCard) -> None:
        card.blockSignals(True)  # it may still hear of columns until it is gone
        self.cards.remove(card)
        self._rules.removeWidget(card)
        card.hide()
        card.deleteLater()

    def _step(self) -> None:
        if self._loading:
            return
        self._order_tabs()
        self.changed.emit()

    def _order_tabs(self) -> None:
        """Lets Tab go as the eye does, also through a rule that was added last."""
        for one, following in pairwise(inputs_in(self)):
            QWidget.setTabOrder(one, following)
