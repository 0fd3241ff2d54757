"""An input for each setting of the rules; `INPUTS` is the one place that says which setting has which."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from PySide6.QtWidgets import QLineEdit, QPushButton, QVBoxLayout, QWidget

from opspilot_desktop.domain.errors import KnownError
from opspilot_desktop.domain.text import visible
from opspilot_desktop.operations.rules import Choices
from opspilot_desktop.recon.rule_facts import SETTING_LABELS
from opspilot_desktop.recon.rule_settings import DIMENSIONS, Tolerance, number_of, words_of
from opspilot_desktop.recon.rule_typing import (
    WrongCell,
    accounts_of,
    any_words_of,
    basis_points_of,
    tolerances_of,
    whole_of,
)
from opspilot_desktop.recon.rule_words import plain
from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.measures import ICON_SMALL
from opspilot_desktop.ui.theme import Theme
from opspilot_desktop.ui.widgets.field import Field
from opspilot_desktop.ui.widgets.flow_layout import FlowLayout

from .calendar_input import CalendarInput
from .edit_table import EditColumn, EditTable
from .setting_input import SettingInput
from .signs_input import SignsInput

NUMBER_WIDTH = 150
MOST_SUGGESTED = 8


class TypedInput(SettingInput):
    """One line of text that is read as a value."""

    def __init__(
        self,
        theme: Theme,
        icons: Icons,
        name: str,
        read: Callable[[str], Any],
        write: Callable[[Any], str],
        *,
        note: str = "",
        narrow: bool = True,
    ) -> None:
        super().__init__(name, is_short=narrow)
        self._read = read
        self._write = write
        self.edit = QLineEdit()
        self.edit.setObjectName(f"rules:{name}")
        if narrow:
            self.edit.setMaximumWidth(NUMBER_WIDTH)
        self.field = Field(theme, icons, SETTING_LABELS[name], self.edit, note=note)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(6)
        self.column.addWidget(self.field)
        self.edit.textChanged.connect(lambda _text: self.changed.emit())

    def set_value(self, value: Any) -> None:
        """See SettingInput."""
        self.edit.setText(self._write(value))

    def value(self) -> Any:
        """See SettingInput."""
        try:
            value = self._read(self.edit.text())
        except KnownError as error:
            self.field.set_error(error.message)
            raise
        self.field.set_error("")
        return value


class WordsInput(TypedInput):
    """Words between commas; those that the data have are offered below, to be put in or taken out."""

    def __init__(
        self,
        theme: Theme,
        icons: Icons,
        name: str,
        read: Callable[[str], Any],
        offered: Callable[[Choices], Mapping[str, int]],
    ) -> None:
        super().__init__(theme, icons, name, read, ", ".join, note="Separated by commas", narrow=False)
        self._offered = offered
        self._icons = icons
        self.buttons: dict[str, QPushButton] = {}
        self._flow_box = QWidget()
        self._flow = FlowLayout(self._flow_box, spacing=6)
        self.column.addWidget(self._flow_box)
        self._flow_box.hide()
        self.edit.textChanged.connect(lambda _text: self._mark())

    def offer(self, choices: Choices) -> None:
        """See SettingInput."""
        counts: dict[str, int] = {}
        for word, count in self._offered(choices).items():
            counts[word.lower()] = counts.get(word.lower(), 0) + count
        for word, count in list(counts.items())[:MOST_SUGGESTED]:
            button = QPushButton(f" {visible(word)}  {count:,}".replace("&", "&&"))
            button.setAccessibleName(f"{word}, {count:,} in the data")
            button.setCheckable(True)
            button.setAutoDefault(True)  # or Enter on it would save the rules
            button.setProperty("size", "small")
            button.clicked.connect(lambda _checked=False, word=word: self._toggle(word))
            self.buttons[word] = button
            self._flow.addWidget(button)
        self._flow_box.setVisible(bool(self.buttons))
        self._mark()

    def _toggle(self, word: str) -> None:
        words = list(any_words_of(self.edit.text()))
        words.remove(word) if word in words else words.append(word)
        self.edit.setText(", ".join(words))
        self._mark()

    def _mark(self) -> None:
        words = any_words_of(self.edit.text())
        for word, button in self.buttons.items():
            button.setChecked(word in words)
            self._icons.bind(button, "check" if word in words else "plus", size=ICON_SMALL)


class TableInput(SettingInput):
    """Lines of a table that are read as one value."""

    def __init__(
        self,
        name: str,
        table: EditTable,
        read: Callable[[Sequence[Sequence[str]]], Any],
        write: Callable[[Any], Sequence[Sequence[str]]],
        offered: Callable[[Choices], Sequence[Sequence[str]]],
    ) -> None:
        super().__init__(name)
        self._read = read
        self._write = write
        self._offered = offered
        self.table = table
        table.view.setObjectName(f"rules:{name}")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(table)
        table.changed.connect(self.changed)

    def set_value(self, value: Any) -> None:
        """See SettingInput."""
        self.table.set_lines(self._write(value))

    def value(self) -> Any:
        """See SettingInput."""
        try:
            value = self._read(self.table.lines)
        except WrongCell as error:
            self.table.set_error(error)
            raise
        self.table.set_error(None)
        return value

    def offer(self, choices: Choices) -> None:
        """See SettingInput."""
        for column, values in enumerate(self._offered(choices)):
            self.table.offer(column, values)


def _tolerance_lines(lines: Sequence[Tolerance]) -> list[list[str]]:
    return [
        [
            *[getattr(line, name) or "" for name in DIMENSIONS],
            plain(line.absolute) if line.absolute or not line.basis_points else "",
            plain(line.basis_points) if line.basis_points else "",
        ]
        for line in lines
    ]


def _tolerances(theme: Theme, icons: Icons) -> SettingInput:
    columns = [EditColumn(name.capitalize(), "any") for name in DIMENSIONS[:-1]]
    columns += [EditColumn("Currency", "any", width=80)]
    columns += [EditColumn("Amount", numeric=True, width=92), EditColumn("bp", numeric=True, width=64)]
    note = (
        "Of the lines that fit a trade the most specific one counts: more columns before fewer, then"
        " instrument, account, counterparty, currency. The larger of amount and basis points is allowed."
    )
    table = EditTable(theme, icons, SETTING_LABELS["tolerances"], columns, line="tolerance", note=note)
    return TableInput(
        "tolerances",
        table,
        tolerances_of,
        _tolerance_lines,
        lambda choices: [choices.offers.values.get(name, ()) for name in DIMENSIONS],
    )


def _accounts(theme: Theme, icons: Icons) -> SettingInput:
    columns = [EditColumn("Account in the ledger"), EditColumn("Is the trades' account")]
    table = EditTable(theme, icons, SETTING_LABELS["accounts"], columns, line="account")
    return TableInput(
        "accounts",
        table,
        accounts_of,
        lambda accounts: [list(pair) for pair in sorted(accounts.items())],
        lambda choices: [choices.offers.ledger_accounts, choices.offers.trade_accounts],
    )


def _number(name: str, what: str, *, or_zero: bool = True, note: str = "") -> Callable[..., SettingInput]:
    def read(text: str) -> Decimal:
        return number_of(text, what, or_zero=or_zero)

    return lambda theme, icons: TypedInput(theme, icons, name, read, plain, note=note)


def _days(name: str, what: str) -> Callable[..., SettingInput]:
    return lambda theme, icons: TypedInput(theme, icons, name, lambda text: whole_of(text, what), str)


def _points(theme: Theme, icons: Icons) -> SettingInput:
    return TypedInput(theme, icons, "basis_points", basis_points_of, plain)


def _sample(theme: Theme, icons: Icons) -> SettingInput:
    def read(text: str) -> int:
        return whole_of(text, "The number of trades", least=3, most=1_000_000)

    return TypedInput(theme, icons, "sample_size", read, str)


def _statuses(theme: Theme, icons: Icons) -> SettingInput:
    def read(text: str) -> tuple[str, ...]:
        return words_of(text, "Name at least one trade status to match, for example: pending.")

    return WordsInput(theme, icons, "checked_statuses", read, lambda choices: choices.offers.statuses)


def _ignored(theme: Theme, icons: Icons) -> SettingInput:
    return WordsInput(
        theme, icons, "duplicate_ignored", any_words_of, lambda choices: choices.offers.statuses
    )


def _debits(theme: Theme, icons: Icons) -> SettingInput:
    return WordsInput(theme, icons, "debit_types", any_words_of, lambda choices: choices.offers.entry_types)


INPUTS: Mapping[str, Callable[[Theme, Icons], SettingInput]] = {
    "tolerance": _number("tolerance", "The tolerance"),
    "basis_points": _points,
    "tolerances": _tolerances,
    "anomaly_factor": _number("anomaly_factor", "The factor for unusual quantities", or_zero=False),
    "checked_statuses": _statuses,
    "signs": SignsInput,
    "debit_types": _debits,
    "missing_days": _days("missing_days", "The number of days"),
    "calendar": CalendarInput,
    "stale_days": _days("stale_days", "The number of days"),
    "settlement_days": _days("settlement_days", "The number of days"),
    "accounts": _accounts,
    "duplicate_ignored": _ignored,
    "price_deviations": _number("price_deviations", "The number of deviations", or_zero=False),
    "quantity_deviations": _number("quantity_deviations", "The number of deviations", or_zero=False),
    "sample_size": _sample,
}
"""The input of each setting; `enabled` is the list of rules itself."""
