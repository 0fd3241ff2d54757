"""Which rows of a file are no data: those that rules leave out, and the last ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QSpinBox, QVBoxLayout, QWidget

from opspilot_desktop.files.profile import MOST_FOOTER_ROWS
from opspilot_desktop.files.taking import SkipRule
from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.theme import Theme
from opspilot_desktop.ui.widgets.field import Field
from opspilot_desktop.ui.widgets.plain_label import plain_label


class SkipPanel(QWidget):
    """``changed`` comes once with every step of the user, never while something is shown."""

    changed = Signal()

    def __init__(self, theme: Theme, icons: Icons) -> None:
        super().__init__()
        self._rules: tuple[SkipRule, ...] = ()
        self._loading = False
        self._words = plain_label(wrap=True)
        self.footer = QSpinBox()
        self.footer.setObjectName("wizard:footerRows")
        self.footer.setRange(0, MOST_FOOTER_ROWS)
        self.footer.valueChanged.connect(self._step)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addWidget(self._words)
        column.addWidget(Field(theme, icons, "Rows left out at the end of the file", self.footer))

    def show_file(self, header: Sequence[str], samples: Mapping[str, list[str]]) -> None:
        """Shows another file, of which no row is left out."""
        self.set_rules(())
        self.set_footer_rows(0)

    def set_rules(self, rules: Sequence[SkipRule]) -> None:
        """Shows rules."""
        self._rules = tuple(rules)
        self._words.setText("\n".join(f"Skip rows whose {rule.words}" for rule in rules))

    def rules(self) -> tuple[SkipRule, ...]:
        """The rules as they are. Raises KnownError where one says what cannot be."""
        return self._rules

    def set_footer_rows(self, rows: int) -> None:
        """Shows how many rows at the end are left out."""
        self._loading = True
        self.footer.setValue(rows)
        self._loading = False

    def footer_rows(self) -> int:
        """How many rows at the end are left out."""
        return self.footer.value()

    def _step(self) -> None:
        if not self._loading:
            self.changed.emit()
