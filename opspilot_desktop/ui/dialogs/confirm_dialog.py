"""Asks before something is done that concerns somebody else's work."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.theme import Theme

from .frame import DialogFrame


class ConfirmDialog(DialogFrame):
    """Accepted when the person agrees; `primary` names what is then done."""

    def __init__(
        self,
        theme: Theme,
        icons: Icons,
        title: str,
        sentence: str,
        primary: str,
        *,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(
            theme, icons, title, sentence, primary=primary, icon=("warning", "warn"), width=420, parent=parent
        )
        self.setObjectName("confirmDialog")
