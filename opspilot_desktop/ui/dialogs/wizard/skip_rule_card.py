"""One rule that leaves rows out: of which column, how a cell is held against which values."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QCompleter, QFrame, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from opspilot_desktop.domain.errors import KnownError
from opspilot_desktop.files.leaving_out import RowFilter
from opspilot_desktop.files.taking import Operator, SkipRule
from opspilot_desktop.ui.dialogs.choice import Choice
from opspilot_desktop.ui.measures import ICON_SMALL
from opspilot_desktop.ui.widgets.buttons import icon_button, text_button
from opspilot_desktop.ui.widgets.flow_layout import FlowLayout
from opspilot_desktop.ui.widgets.icon_label import IconLabel
from opspilot_desktop.ui.widgets.plain_label import plain_tool_tip

from .editor import Tools, wrapped_label
from .sources import shortened

MOST_OFFERED = 12
"""How many of a column's values are offered."""
_OFFERED_WORDS = 200
_LONGEST_BUTTON = 32
_LONGEST_WORDS = 300


class SkipRuleCard(QFrame):
    """``changed`` comes with each step of the user; ``removed`` when the rule is to go."""

    changed = Signal()
    removed = Signal()

    def __init__(self, tools: Tools, number: int) -> None:
        super().__init__()
        self.setProperty("ground", "panel")
        self._tools = tools
        self._loading = 0
        self._values: list[str] = []
        self.buttons: dict[str, QPushButton] = {}
        """The values offered, by value; those in the rule are pressed."""
        name = f"Rule {number}"
        self.column = tools.box(f"{name}: column")
        self.operator = Choice()
        for each in Operator:
            self.operator.addItem(each.value, each)
        self.operator.setAccessibleName(f"{name}: how a cell is held against the values")
        self.remove_button = icon_button(tools.icons, "close", "Remove this rule")
        self.value = QLineEdit()
        self.value.setPlaceholderText("Another value, then Enter")
        self.value.setAccessibleName(f"{name}: another value")
        self._values_box = QWidget()
        self._flow_box = QWidget()
        self._flow = FlowLayout(self._flow_box, spacing=6)
        self._words = wrapped_label(tools.theme)
        self._sign = IconLabel(tools.theme, tools.icons, "ignore", "dim", ICON_SMALL)
        self._lay_out()
        self.column.currentIndexChanged.connect(self._choose_column)
        self.operator.currentIndexChanged.connect(self._step)
        self.value.textChanged.connect(self._step)
        self.value.returnPressed.connect(self._take_typed)
        self.remove_button.clicked.connect(self.removed)

    def set_rule(self, rule: SkipRule) -> None:
        """Shows a rule."""
        self._loading += 1
        self.column.choose(rule.column)
        self.operator.setCurrentIndex(self.operator.findData(rule.operator))
        self._values = list(rule.values)
        self.value.clear()
        self._offer()
        self._loading -= 1
        self._tell()

    def begin(self) -> None:
        """Shows a rule of which nothing is said."""
        self._loading += 1
        self.column.choose(None)
        self._offer()
        self._loading -= 1
        self._tell()

    @property
    def words(self) -> str:
        """What the rule leaves out, or what it needs, as it is told."""
        return self._words.text()

    @property
    def shown(self) -> SkipRule | None:
        """The rule, None where it says what cannot be."""
        try:
            return self.rule()
        except KnownError:
            return None

    def rule(self) -> SkipRule:
        """The rule. Raises KnownError where it says what cannot be."""
        column = self.column.source
        if not isinstance(column, str):
            raise KnownError("A rule that skips rows needs a column; choose one or remove the rule.")
        if column not in self._tools.columns:
            raise KnownError(
                f"A rule skips rows by the column “{shortened(column)}”, which this file does not have;"
                " choose another or remove the rule."
            )
        operator = Operator(self.operator.currentData())
        if not operator.takes_values:
            return SkipRule(column, operator)
        typed = self.value.text()
        values = [*self._values, *[typed][: bool(typed.strip())]]
        if not values:
            raise KnownError(
                f"The rule on “{shortened(column)}” needs a value to skip rows by; choose or type one, or"
                " remove the rule."
            )
        return SkipRule(column, operator, tuple(values))

    def _choose_column(self) -> None:
        if self._loading:
            return
        self._loading += 1
        self._values = []
        self._offer()
        self._loading -= 1
        self._step()

    def _take_typed(self) -> None:
        typed = self.value.text()
        if not typed.strip():
            return
        self._loading += 1
        self.value.clear()
        if typed not in self._values:
            self._values.append(typed)
        self._offer()
        self._loading -= 1
        self._step()

    def _offer(self) -> None:
        """Puts up a button for each value of the rule and for the column's own."""
        for button in self.buttons.values():
            self._flow.removeWidget(button)
            button.hide()
            button.deleteLater()
        column = self.column.source
        seen = self._tools.columns.distinct(column, _OFFERED_WORDS) if isinstance(column, str) else []
        seen = [value for value in seen if value]
        offered = dict.fromkeys([*self._values, *seen[:MOST_OFFERED]])
        self.buttons = {value: self._button(value) for value in offered}
        self._flow_box.setVisible(bool(self.buttons))
        completer = QCompleter(seen, self.value)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        self.value.setCompleter(completer)

    def _button(self, value: str) -> QPushButton:
        words = shortened(value, _LONGEST_BUTTON).replace("&", "&&")
        button = text_button(self._tools.icons, words, "check" if value in self._values else "plus")
        button.setAccessibleName(shortened(value))
        button.setToolTip(plain_tool_tip(shortened(value, _LONGEST_WORDS)))
        button.setCheckable(True)
        button.setChecked(value in self._values)
        button.setAutoDefault(False)
        button.setIconSize(QSize(ICON_SMALL, ICON_SMALL))
        button.setProperty("size", "small")
        button.clicked.connect(lambda checked, value=value: self._toggle(value, checked))
        self._flow.addWidget(button)
        button.show()
        return button

    def _toggle(self, value: str, is_in: bool) -> None:
        self._tools.icons.bind(self.buttons[value], "check" if is_in else "plus")
        if is_in:
            self._values.append(value)
        else:
            self._values.remove(value)
        self._step()

    def _step(self) -> None:
        if self._loading:
            return
        self._tell()
        self.changed.emit()

    def _tell(self) -> None:
        """Says in words what the rule leaves out, or what it needs."""
        operator = Operator(self.operator.currentData())
        self._values_box.setVisible(operator.takes_values)
        try:
            rule = self.rule()
        except KnownError as error:
            self._sign.set_icon("high", "HIGH")
            self._words.setText(error.message)
            return
        self._sign.set_icon("ignore", "dim")
        words = shortened(rule.words, _LONGEST_WORDS)
        self._words.setText(f"Leaves out rows whose {words}{self._count(rule)}.")

    def _count(self, rule: SkipRule) -> str:
        cells = self._tools.columns.samples(rule.column)
        if not cells:
            return ""
        rows = RowFilter([rule], [rule.column])
        hit = sum(rows.skips([cell]) is not None for cell in cells)
        return f": {hit:,} of the first {len(cells):,}"

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(6)
        head.addWidget(self.column, 3)
        head.addWidget(self.operator, 2)
        head.addWidget(self.remove_button)
        values = QVBoxLayout(self._values_box)
        values.setContentsMargins(0, 0, 0, 0)
        values.setSpacing(6)
        values.addWidget(self._flow_box)
        values.addWidget(self.value)
        told = QHBoxLayout()
        told.setSpacing(6)
        told.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignTop)
        told.addWidget(self._words, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 8, 10)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(self._values_box)
        column.addLayout(told)
