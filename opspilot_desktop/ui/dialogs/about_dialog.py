"""What this program is, in which versions, and where it keeps its data."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, qVersion
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QGridLayout, QWidget

from opspilot_desktop import __version__
from opspilot_desktop.paths import APP_NAME
from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.theme import Theme
from opspilot_desktop.ui.widgets.buttons import set_button_text
from opspilot_desktop.ui.widgets.plain_label import plain_label

from .frame import DialogFrame


class AboutDialog(DialogFrame):
    """The facts can be copied, for a message to whoever helps."""

    def __init__(
        self,
        theme: Theme,
        icons: Icons,
        *,
        workspace: str,
        database: str,
        data: Path,
        settings: Path,
        logs: Path,
        parent: QWidget | None = None,
    ) -> None:
        """`workspace` is the open one (without a password), `database` its engine: `SQLite 3.45.1`."""
        super().__init__(
            theme,
            icons,
            f"{APP_NAME} {__version__}",
            "Reconciles trades with the ledger, and helps to work the differences.",
            primary="Close",
            cancel="Copy",
            icon=("app", "accent"),
            width=560,
            parent=parent,
        )
        self.setObjectName("aboutDialog")
        self.facts: list[tuple[str, str]] = [
            ("Python", platform.python_version()),
            ("Qt", qVersion()),
            ("Database", database),
            ("Workspace", workspace),
            ("Data", str(data)),
            ("Settings", str(settings)),
            ("Logs", str(logs)),
        ]
        self.body.addLayout(_grid(theme, self.facts))
        self.primary.setObjectName("aboutClose")
        self.copy = self.cancel
        self.copy.setObjectName("aboutCopy")
        self.copy.clicked.disconnect(self.reject)
        self.copy.clicked.connect(self._copy)

    def text(self) -> str:
        """The facts as text, a line each."""
        return "\n".join([f"{APP_NAME} {__version__}", *(f"{name}: {value}" for name, value in self.facts)])

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text())
        set_button_text(self.copy, "Copied")


def _grid(theme: Theme, facts: Sequence[tuple[str, str]]) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(16)
    grid.setVerticalSpacing(6)
    grid.setColumnStretch(1, 1)
    for row, (name, value) in enumerate(facts):
        label = plain_label(name, tone="dim", font=theme.fonts.small)
        text = plain_label(value, wrap=True)
        text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        text.setAccessibleName(f"{name}: {value}")
        grid.addWidget(label, row, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(text, row, 1)
    return grid
