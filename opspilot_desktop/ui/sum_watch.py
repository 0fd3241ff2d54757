"""Says in the status bar what the selected rows come to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from opspilot_desktop import operations
from opspilot_desktop.domain.decimals import display
from opspilot_desktop.domain.fields import Kind
from opspilot_desktop.domain.jobs import Handle
from opspilot_desktop.domain.text import visible

from .desk import Desk
from .panels.job_bar import JobBar
from .runner import Lane
from .settled import Settled
from .tables.table_panel import TablePanel

if TYPE_CHECKING:
    from opspilot_desktop.operations.adding_up import CurrencySum

_SHOWN = 2
"""So many currencies are written out; the tooltip has all of them."""


class SumWatch(QObject):
    """Adds up in a worker, once the selection has settled. `tab` tells which table is in front."""

    def __init__(
        self, desk: Desk, tables: Mapping[Kind, TablePanel], bar: JobBar, tab: Callable[[], Kind]
    ) -> None:
        super().__init__(desk)
        self._desk = desk
        self._tables = tables
        self._bar = bar
        self._tab = tab
        self._settled = {kind: Settled(table) for kind, table in tables.items()}
        for kind, each in self._settled.items():
            each.begun.connect(lambda kind=kind: self._forget(kind))
            each.settled.connect(lambda kind=kind: self._read(kind))

    def look_again(self) -> None:
        """Another table is in front."""
        self._bar.set_sum("")
        self._settled[self._tab()].look_again()

    def _forget(self, kind: Kind) -> None:
        if kind is self._tab():
            self._bar.set_sum("")

    def _read(self, kind: Kind) -> None:
        if kind is not self._tab():
            return
        workspace, ids = self._desk.workspace, self._tables[kind].selected_ids()
        asked = self._settled[kind].number
        if not len(ids):
            return

        def job(handle: Handle) -> tuple[CurrencySum, ...]:
            return operations.adding_up.sum_rows(handle, workspace, kind, ids)

        def done(sums: tuple[CurrencySum, ...]) -> None:
            if asked == self._settled[kind].number and kind is self._tab():
                self._bar.set_sum(*_in_words(sums, len(ids)))

        # A workspace that cannot be read is said by those who show its rows.
        self._desk.runner.run(Lane.READ, job, key="selected sums", owner=self._bar, on_done=done)


def _in_words(sums: Sequence[CurrencySum], selected: int) -> tuple[str, str]:
    """The sums for the status bar, and for its tooltip."""
    if not sums:
        return "", ""
    written = [f"{display(one.total, 2)} {visible(one.currency) or 'without a currency'}" for one in sums]
    counted = sum(one.rows for one in sums)
    lines = [f"{text}, {one.rows:,} of {selected:,}" for text, one in zip(written, sums, strict=True)]
    if counted < selected:
        lines.append(f"{selected - counted:,} selected without a number")
    short = ", ".join(written) if len(written) <= _SHOWN else f"in {len(written)} currencies"
    return f"Sum {short}", "\n".join(lines)
