"""Taking links made by hand away again."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from opspilot_desktop.domain.links import TO_UNLINK, LinkEntry
from opspilot_desktop.domain.text import visible
from opspilot_desktop.ui.icons import Icons
from opspilot_desktop.ui.theme import Theme
from opspilot_desktop.ui.widgets.buttons import set_button_text

from .link_frame import LinkFrame, entries_named


class UnlinkDialog(LinkFrame):
    """Says where the entries go back to, and asks why."""

    def __init__(
        self, theme: Theme, icons: Icons, entries: Sequence[LinkEntry], *, parent: QWidget | None = None
    ) -> None:
        super().__init__(theme, icons, "", primary="Unlink", reasons=TO_UNLINK, width=540, parent=parent)
        self.setObjectName("unlinkDialog")
        self.entries: tuple[LinkEntry, ...] = ()
        self.add_why()
        self.show_entries(entries)
        self.set_first_focus(self.reason)

    def show_entries(self, entries: Sequence[LinkEntry]) -> None:
        """Shows what is linked now; none are left when others were faster."""
        if entries:
            self.entries = tuple(entries)
            what = entries_named(len(entries), entries[0].entry_id or "")
            self.set_title(f"Unlink {what}")
            set_button_text(self.primary, f"Unlink {what}".replace("&", "&&"))
            self.set_fact(_fact(entries))
        self._is_over = not entries
        self.check()

    def missing(self) -> str:
        """A reason has to be chosen, and there has to be a link."""
        return "Nothing is linked any more" if self._is_over else super().missing()


def _fact(entries: Sequence[LinkEntry]) -> str:
    from_ids = sorted({entry.trade_id for entry in entries})
    to_ids = sorted({entry.booked_as or "" for entry in entries})
    left = f"trade {visible(from_ids[0])}" if len(from_ids) == 1 else f"{len(from_ids):,} trades"
    back = f"trade id {visible(to_ids[0])}" if len(to_ids) == 1 else f"{len(to_ids):,} trade ids"
    if len(entries) == 1:
        return f"It was linked by hand to {left} and goes back to {back}, as its file says."
    return f"They were linked by hand to {left} and go back to {back}, as their files say."
