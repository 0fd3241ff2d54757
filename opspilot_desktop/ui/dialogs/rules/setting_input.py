"""What every input of a setting has in common."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from opspilot_desktop.operations.rules import Choices


class SettingInput(QWidget):
    """``changed`` comes with everything that is typed or chosen; the text itself is never lost or mended."""

    changed = Signal()

    def __init__(self, name: str, *, is_short: bool = False) -> None:
        """`is_short`: another one has room beside it."""
        super().__init__()
        self.name = name
        self.is_short = is_short

    def set_value(self, value: Any) -> None:
        """Shows a value of the setting."""
        raise NotImplementedError

    def value(self) -> Any:
        """What is typed, as the setting's value. Marks what is wrong and raises KnownError."""
        raise NotImplementedError

    def offer(self, choices: Choices) -> None:
        """Offers what there is to choose from."""
