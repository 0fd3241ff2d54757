"""Finds issues and trades for the command palette."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from opspilot_desktop import operations
from opspilot_desktop.domain.fields import Kind
from opspilot_desktop.domain.jobs import Handle
from opspilot_desktop.domain.text import visible

from .desk import Desk
from .palette import CommandPalette
from .palette_list import PaletteItem
from .runner import Lane

if TYPE_CHECKING:
    from opspilot_desktop.operations.reading import Found

_SECTIONS = {Kind.ISSUES: "Issues", Kind.TRADES: "Trades"}
_ICONS = {Kind.ISSUES: "warning", Kind.TRADES: "trade"}


class PaletteSearch(QObject):
    """Answers a palette's questions; it lives as long as the palette."""

    def __init__(self, desk: Desk, palette: CommandPalette, go_to: Callable[[Kind, int], None]) -> None:
        super().__init__(palette)
        self._desk = desk
        self._palette = palette
        self._go_to = go_to
        palette.searchRequested.connect(self._search)

    def _search(self, text: str) -> None:
        workspace = self._desk.workspace

        def job(handle: Handle) -> list[Found]:
            return operations.reading.find_records(handle, workspace, text)

        self._desk.runner.run(
            Lane.READ, job, key="palette", owner=self, on_done=lambda found: self._show(text, found)
        )

    def _show(self, text: str, found: list[Found]) -> None:
        self._palette.set_found(text, [self._item(each) for each in found])

    def _item(self, found: Found) -> PaletteItem:
        return PaletteItem(
            section=_SECTIONS[found.kind],
            text=visible(found.name),
            detail=visible(found.detail),
            icon=_ICONS[found.kind],
            run=lambda: self._go_to(found.kind, found.row_id),
        )
