"""The line at the top of the wizard that says what is wrong, and asks what has to be decided at once."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt

from opspilot_desktop.domain.text import visible
from opspilot_desktop.files.asked import NeedsEncoding
from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.theme import Theme
from opspilot_desktop.ui.widgets.banner import Banner

_DISCARD = "What you chose here has not been used."


class AskingBanner(Banner):
    """Hidden while there is nothing to be said. Each question takes the place of the one before."""

    def __init__(self, theme: Theme, icons: Icons) -> None:
        super().__init__(theme, icons, "warn", wrap=True)
        self.setObjectName("wizardBanner")
        self.hide()

    def refuse(self, sentence: str) -> None:
        """Says what is wrong."""
        self.clear_actions()
        self.set_message(visible(sentence), "bad")
        self.show()

    def ask_discard(self, on_stay: Callable[[], None], on_discard: Callable[[], None]) -> None:
        """Asks before what was chosen is lost."""
        self._ask(_DISCARD)
        self.add_action("Keep editing").clicked.connect(on_stay)
        self._focused("Discard", "wizardDiscard", on_discard)

    def ask_replace(
        self, name: str, kind: str, on_rename: Callable[[], None], on_replace: Callable[[], None]
    ) -> None:
        """Asks before another profile is replaced."""
        self._ask(f"“{visible(name)}” is a profile for {kind} already; replace it?")
        self.add_action("Use another name").clicked.connect(on_rename)
        self._focused("Replace it", "wizardReplace", on_replace)

    def ask_encoding(self, error: NeedsEncoding, on_agree: Callable[[], None]) -> None:
        """Asks how the text is encoded."""
        self._ask(f"{visible(error.fact)}. Is “{visible(error.word)}” what should stand there?")
        self._focused("Read as Windows-1252", "wizardEncoding", on_agree)

    def _ask(self, sentence: str) -> None:
        self.clear_actions()
        self.set_message(sentence, "warn")
        self.show()

    def _focused(self, text: str, name: str, then: Callable[[], None]) -> None:
        button = self.add_action(text)
        button.setObjectName(name)
        button.clicked.connect(then)
        button.show()  # or the keyboard cannot go there yet
        button.setFocus(Qt.FocusReason.OtherFocusReason)
