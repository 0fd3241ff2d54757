"""Of several files that are imported together: which had nothing new in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from opspilot_desktop.domain.text import visible
from opspilot_desktop.ui.desk import Desk

if TYPE_CHECKING:
    from opspilot_desktop.operations.importing import ImportResult

_LISTED = 12


class NothingNew:
    """A file that was imported before leaves no trace, and of several only the last one's sentence stays in
    the status bar: so such files are named together, once all are through."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._files = 0
        self._sentences: list[str] = []

    def note(self, result: ImportResult) -> None:
        """Takes note of a file that was stored, or had nothing to be stored."""
        self._files += 1
        if not result.imported and not result.updated:
            self._sentences.append(visible(result.message))

    def tell(self) -> None:
        """Names them, if they were not alone, and forgets."""
        files, told = self._files, self._sentences
        self._files, self._sentences = 0, []
        if files < 2 or not told:
            return
        title = f"Nothing new in {len(told):,} of {files:,} files"
        further = len(told) - _LISTED
        lines = [*told[:_LISTED], *([f"… and in {further:,} more."] if further > 0 else [])]
        self._desk.show_message(title, "\n".join(lines))
