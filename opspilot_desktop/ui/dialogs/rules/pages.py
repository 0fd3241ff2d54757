"""A page for what holds for all rules and one for each rule: what it looks for, advice, its settings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from opspilot_desktop.operations.rules import RuleShown
from opspilot_desktop.recon.advice import Advice
from opspilot_desktop.recon.rule_facts import SETTING_LABELS, SHARED, facts_of
from opspilot_desktop.recon.rule_settings import CONTRACT_RULES
from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.theme import Theme
from opspilot_desktop.ui.widgets.banner import Banner
from opspilot_desktop.ui.widgets.plain_label import plain_label

from .inputs import INPUTS
from .rule_list import FOR_ALL
from .setting_input import SettingInput

_GENERAL = "What several rules go by. A trade of another status is neither matched nor missing."


@dataclass(frozen=True)
class _Plan:
    """What a page will show."""

    title: str
    sentence: str
    settings: Sequence[str]


class Pages(QStackedWidget):
    """The pages by name; ``inputs`` are the inputs of the pages made so far, by the name of their setting.

    All of them at once would hold the window up: a page is made when it is shown, or by ``make_next``.
    ``made(inputs)`` says which inputs have come with it.
    """

    made = Signal(object)

    def __init__(self, theme: Theme, icons: Icons, rules: Sequence[RuleShown]) -> None:
        super().__init__()
        self.inputs: dict[str, SettingInput] = {}
        self.page_of: dict[str, str] = {}
        """On which page a setting is."""
        self._theme = theme
        self._icons = icons
        self._pages: dict[str, QScrollArea] = {}
        self._advice: dict[str, Banner] = {}
        self._told: Mapping[str, Advice] = {}
        shown = {rule.name for rule in rules}
        read = {name for rule in shown for name in facts_of(rule).reads}
        general = [name for name in SHARED if name in read]
        self._plans = {FOR_ALL: _Plan("For all rules", _GENERAL, general)}
        for rule in rules:
            facts = facts_of(rule.name)
            self._plans[rule.name] = _Plan(rule.label, facts.sentence, facts.settings)
        for name, plan in self._plans.items():
            self.page_of |= dict.fromkeys(plan.settings, name)

    def show_page(self, name: str) -> None:
        """Shows the page of a rule, or the one for all."""
        self._make(name)
        self.setCurrentWidget(self._pages[name])

    def make_next(self) -> bool:
        """Makes one more page; whether any is left to be made."""
        left = [name for name in self._plans if name not in self._pages]
        if left:
            self._make(left[0])
        return len(left) > 1

    def set_advice(self, advice: Mapping[str, Advice]) -> None:
        """Says on each page why to switch its rule on, or why not."""
        self._told = advice
        for name in self._advice:
            self._advise(name)

    def _advise(self, name: str) -> None:
        told, banner = self._told.get(name), self._advice[name]
        if told is None or name in CONTRACT_RULES:
            return
        if told.recommended:
            banner.set_message(f"Recommended. {told.reason}", "info", icon="bulb")
        else:
            banner.set_message(f"Not recommended. {told.reason}", "ok", icon="info")
        banner.show()

    def advice_of(self, name: str) -> str:
        """What a page says of its rule, "" for nothing."""
        return self._advice[name].text

    def _make(self, name: str) -> None:
        if name in self._pages:
            return
        plan = self._plans[name]
        inner = QWidget(self)
        column = QVBoxLayout(inner)
        column.setContentsMargins(20, 12, 20, 12)
        column.setSpacing(14)
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addWidget(plain_label(plan.title, font=self._theme.fonts.heading))
        words.addWidget(plain_label(plan.sentence, tone="dim", wrap=True))
        column.addLayout(words)
        banner = Banner(self._theme, self._icons, "info", wrap=True)
        banner.hide()
        self._advice[name] = banner
        column.addWidget(banner)
        self._add_inputs(column, plan.settings)
        goes_by = [SETTING_LABELS[each] for each in facts_of(name).shared] if name != FOR_ALL else []
        if goes_by:
            text = f"It also goes by what stands under “For all rules”: {'; '.join(goes_by)}."
            column.addWidget(plain_label(text, tone="dim", font=self._theme.fonts.small, wrap=True))
        column.addStretch(1)
        self._pages[name] = _scrolling(inner, plan.title)
        self.addWidget(self._pages[name])
        self._advise(name)
        self.made.emit([self.inputs[each] for each in plan.settings])

    def _add_inputs(self, column: QVBoxLayout, settings: Sequence[str]) -> None:
        """Two short inputs share a line."""
        line: QHBoxLayout | None = None
        for name in settings:
            made = INPUTS[name](self._theme, self._icons)
            self.inputs[name] = made
            if not made.is_short:
                column.addWidget(made)
                line = None
            elif line is None:
                line = QHBoxLayout()
                line.setSpacing(12)
                line.addWidget(made, 1, Qt.AlignmentFlag.AlignTop)
                column.addLayout(line)
            else:
                line.addWidget(made, 1, Qt.AlignmentFlag.AlignTop)
                line = None


def _scrolling(inner: QWidget, title: str) -> QScrollArea:
    area = QScrollArea()
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(inner)
    area.setAccessibleName(title)
    inner.setAutoFillBackground(False)
    area.viewport().setAutoFillBackground(False)
    return area
