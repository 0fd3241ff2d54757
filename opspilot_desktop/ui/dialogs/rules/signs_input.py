"""What the sign of an amount means, source by source."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QVBoxLayout

from opspilot_desktop.operations.rules import Choices
from opspilot_desktop.recon.rule_facts import SETTING_LABELS
from opspilot_desktop.recon.rule_settings import SignConvention
from opspilot_desktop.recon.wording import count, flat
from opspilot_desktop.ui.dialogs.choice import Choice
from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.theme import Theme
from opspilot_desktop.ui.widgets.elided_label import ElidedLabel
from opspilot_desktop.ui.widgets.plain_label import plain_label

from .setting_input import SettingInput

UNNAMED = "Entries without a source"


class SignsInput(SettingInput):
    """A line for each source that the data or the settings name; sizes only, where nothing else is chosen."""

    def __init__(self, theme: Theme, icons: Icons) -> None:
        super().__init__("signs")
        self._theme = theme
        self.boxes: dict[str, Choice] = {}
        self._notes: dict[str, ElidedLabel] = {}
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnStretch(0, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(plain_label(SETTING_LABELS["signs"], tone="dim", font=theme.fonts.small))
        column.addLayout(self._grid)
        self._show([""])

    def set_value(self, value: Mapping[str, SignConvention]) -> None:
        """See SettingInput."""
        self._show(value)
        for source, box in self.boxes.items():
            box.setCurrentIndex(box.findData(value.get(source, SignConvention.ABSOLUTE).value))

    def value(self) -> dict[str, SignConvention]:
        """See SettingInput. What is compared by its size alone is not kept."""
        chosen = {source: SignConvention(box.currentData()) for source, box in self.boxes.items()}
        return {source: sign for source, sign in chosen.items() if sign is not SignConvention.ABSOLUTE}

    def offer(self, choices: Choices) -> None:
        """See SettingInput."""
        self._show(choices.offers.sources)
        for source, entries in choices.offers.sources.items():
            self._notes[source].setText(count(entries, "entry", "entries"))

    def _show(self, sources: Iterable[str]) -> None:
        for source in sources:
            if source in self.boxes:
                continue
            row = len(self.boxes)
            name = flat(source) if source else UNNAMED
            box = Choice()
            box.setObjectName(f"rules:signs:{source}")
            box.setAccessibleName(f"{SETTING_LABELS['signs']}: {name}")
            for sign in SignConvention:
                box.addItem(sign.label, sign.value)
            box.currentIndexChanged.connect(lambda _index: self.changed.emit())
            note = ElidedLabel(tone="dim", font=self._theme.fonts.small)
            self._grid.addWidget(ElidedLabel(name), row, 0)
            self._grid.addWidget(note, row, 1, Qt.AlignmentFlag.AlignRight)
            self._grid.addWidget(box, row, 2)
            self.boxes[source] = box
            self._notes[source] = note
