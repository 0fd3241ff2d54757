"""Linking ledger entries to trades by hand, and taking links away."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject, Signal

from opspilot_desktop import operations
from opspilot_desktop.domain.errors import KnownError
from opspilot_desktop.domain.fields import Kind
from opspilot_desktop.domain.jobs import Changes, Handle
from opspilot_desktop.domain.links import MOST_ENTRIES, Candidates, LinkEntry, Offer
from opspilot_desktop.operations.workspace import Workspace
from opspilot_desktop.ui.desk import Desk
from opspilot_desktop.ui.runner import Lane
from opspilot_desktop.ui.settled import Settled
from opspilot_desktop.ui.tables.table_panel import TablePanel
from opspilot_desktop.ui.undo import UndoHistory

from .reconcile_flow import ReconcileFlow
from .waiting import store_for

if TYPE_CHECKING:
    from opspilot_desktop.operations.steps import Step
    from opspilot_desktop.ui.dialogs.link_dialog import LinkDialog
    from opspilot_desktop.ui.dialogs.link_frame import LinkFrame

T = TypeVar("T")

_TABLES = Changes(trades=True, ledger=True, issues=True)


class LinkFlow(QObject):
    """Knows what of linking applies to the selected rows, asks, stores, and lets the engine follow.

    `changed` says that something else is known of the selection. After a link, an unlink, and the undoing
    of either, what changed is reconciled at once: whoever links expects to see the issue clear.
    """

    changed = Signal()

    def __init__(
        self, desk: Desk, history: UndoHistory, runs: ReconcileFlow, tables: Mapping[Kind, TablePanel]
    ) -> None:
        super().__init__(desk)
        self._desk = desk
        self._history = history
        self._runs = runs
        self._tables = tables
        self._offers: dict[Kind, Offer] = {}
        self._settled = {kind: Settled(table) for kind, table in tables.items()}
        for kind, each in self._settled.items():
            each.begun.connect(lambda kind=kind: self._take(kind, Offer()))
            each.settled.connect(lambda kind=kind: self._read_offer(kind))
        history.stepped.connect(self._follow)

    def offer(self, kind: Kind) -> Offer:
        """What of linking applies to the rows selected in a table, as far as is known."""
        return self._offers.get(kind, Offer())

    def link_entries(self, kind: Kind) -> None:
        """Asks for the trade to which the selected entries, or those of the selected issues, are linked."""
        workspace, ids = self._desk.workspace, list(self._tables[kind].selected_ids())

        def ask(rows: list[int]) -> None:
            left_out = len(ids) - len(rows)
            if kind is Kind.LEDGER and left_out:
                self._desk.say(
                    f"{left_out:,} of {len(ids):,} entries are left out: they have a trade.", "warn"
                )
            self._open(workspace, rows, "")

        self._read(lambda handle: operations.linking.orphans_of(handle, workspace, kind, ids), ask)

    def link_trade(self, kind: Kind) -> None:
        """Asks for the entries to be linked to the selected trade, or to that of the selected issue."""
        workspace, ids = self._desk.workspace, list(self._tables[kind].selected_ids())

        def ask(trade_id: str | None) -> None:
            if trade_id is None:
                self._desk.runner.changed.emit(_TABLES)  # the table shows what is no longer so
                self._desk.say("Nothing to link: no trade without entries is selected.", "warn")
            else:
                self._open(workspace, [], trade_id)

        self._read(lambda handle: operations.linking.lacking_of(handle, workspace, kind, ids), ask)

    def unlink(self, kind: Kind) -> None:
        """Asks why, then puts the linked entries that are selected back under their files' trade ids."""
        workspace, ids = self._desk.workspace, list(self._tables[kind].selected_ids())

        def look(handle: Handle) -> list[LinkEntry]:
            return operations.linking.linked_of(handle, workspace, kind, ids)

        def ask(entries: list[LinkEntry]) -> None:
            from opspilot_desktop.ui.dialogs.unlink_dialog import UnlinkDialog

            def decided(reason: str, comment: str) -> None:
                asked = dialog.entries

                def work(handle: Handle) -> Step:
                    return operations.linking.unlink_entries(
                        workspace, _rows(asked), reason, comment, seen=_seen(asked), handle=handle
                    )

                self._store(dialog, workspace, "Unlinking", work, look_again)

            def look_again() -> None:
                self._desk.runner.run(
                    Lane.READ,
                    look,
                    owner=dialog,
                    on_done=dialog.show_entries,
                    on_error=lambda _error: dialog.show_entries(()),
                )

            desk = self._desk
            dialog = UnlinkDialog(desk.theme, desk.icons, entries, parent=desk.window)
            dialog.decided.connect(decided)
            desk.open(dialog)

        self._read(look, ask)

    def _open(self, workspace: Workspace, rows: Sequence[int], trade_id: str) -> None:
        from opspilot_desktop.ui.dialogs.link_dialog import LinkDialog

        desk = self._desk
        dialog = LinkDialog(desk.theme, desk.icons, count=len(rows), trade_id=trade_id, parent=desk.window)

        def decided(reason: str, comment: str) -> None:
            trade, entries = dialog.trade, dialog.entries  # as they were shown last
            assert trade is not None

            def work(handle: Handle) -> Step:
                return operations.linking.link_entries(
                    workspace,
                    _rows(entries),
                    trade.trade_id,
                    reason,
                    comment,
                    seen=_seen(entries),
                    handle=handle,
                )

            self._store(dialog, workspace, "Linking", work)

        dialog.searchRequested.connect(lambda text: self._search(dialog, workspace, rows, trade_id, text))
        dialog.decided.connect(decided)
        desk.open(dialog)
        dialog.ask()

    def _search(
        self, dialog: LinkDialog, workspace: Workspace, rows: Sequence[int], trade_id: str, text: str
    ) -> None:
        def job(handle: Handle) -> Candidates:
            return operations.linking.candidates(
                handle, workspace, entry_rows=rows, trade_id=trade_id, text=text
            )

        self._desk.runner.run(
            Lane.READ,
            job,
            key="link candidates",
            owner=dialog,
            on_done=lambda found: dialog.set_candidates(text, found),
            on_error=lambda error: dialog.set_failed(text, error.message),
        )

    def _store(
        self,
        dialog: LinkFrame,
        workspace: Workspace,
        title: str,
        work: Callable[[Handle], Step],
        on_refused: Callable[[], None] | None = None,
    ) -> None:
        """Runs the work, then closes the dialog, or tells it why not; what was typed stays in it."""

        def refused(error: KnownError) -> None:
            self._desk.runner.changed.emit(_TABLES)
            dialog.refuse(error.message)
            if on_refused is not None:
                on_refused()

        def gone(error: KnownError) -> None:
            self._desk.runner.changed.emit(_TABLES)
            self._desk.show_error(error)

        store_for(
            self._desk,
            dialog,
            title,
            work,
            on_done=lambda step: self._history.add(step, workspace),
            on_refused=refused,
            on_gone=gone,
            on_cancelled=self._desk.say_cancelled,
        )

    def _follow(self, step: Step) -> None:
        if step.changes.ledger:
            self._runs.start_quietly()

    def _read(self, job: Callable[[Handle], T], then: Callable[[T], None]) -> None:
        self._desk.read(job, then, key="to link")

    def _read_offer(self, kind: Kind) -> None:
        table, workspace, asked = self._tables[kind], self._desk.workspace, self._settled[kind].number
        if not 0 < table.selected_count() <= MOST_ENTRIES:
            return
        ids = list(table.selected_ids())

        def job(handle: Handle) -> Offer:
            return operations.linking.offer_for(handle, workspace, kind, ids)

        def done(offer: Offer) -> None:
            if asked == self._settled[kind].number:
                self._take(kind, offer)

        # A workspace that cannot be read is said by those who show its rows.
        self._desk.runner.run(Lane.READ, job, key=("to be linked", kind), on_done=done)

    def _take(self, kind: Kind, offer: Offer) -> None:
        if offer != self.offer(kind):
            self._offers[kind] = offer
            self.changed.emit()


def _rows(entries: Sequence[LinkEntry]) -> list[int]:
    return [entry.row_id for entry in entries]


def _seen(entries: Sequence[LinkEntry]) -> dict[int, str]:
    return {entry.row_id: entry.trade_id for entry in entries}
