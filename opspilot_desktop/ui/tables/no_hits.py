"""When no row passes the filter: which part of it to take away, found out by counting without each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject

from opspilot_desktop import operations
from opspilot_desktop.domain.fields import Kind, Record
from opspilot_desktop.domain.jobs import Handle
from opspilot_desktop.domain.query import Query, parse_filter
from opspilot_desktop.operations.workspace import Workspace
from opspilot_desktop.ui.runner import Lane, Runner, Ticket

from .filter_bar import FilterBar
from .quick_filters import QuickFilter
from .table_message import Action, TableMessage

_NOUNS = {
    Kind.TRADES: ("trade", "trades"),
    Kind.LEDGER: ("ledger entry", "ledger entries"),
    Kind.ISSUES: ("issue", "issues"),
    Kind.IMPORTS: ("import", "imports"),
}


@dataclass(frozen=True)
class _Part:
    """A part of the filter: how it is called, what is asked without it, and how it is taken away."""

    name: str
    without: Query
    remove: Callable[[], None]


class NoHits(QObject):
    """Says that nothing passes the filter, then which part stands in the way and how many rows it hides."""

    def __init__(
        self, runner: Runner, bar: FilterBar, message: TableMessage, record: Record, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._runner = runner
        self._bar = bar
        self._message = message
        self._record = record
        self._ticket: Ticket | None = None

    def cancel(self) -> None:
        """Something else is asked for now."""
        if self._ticket is not None:
            self._ticket.cancel()
            self._ticket = None

    def explain(self, workspace: Workspace, query: Query, total: int) -> None:
        """Shows the message at once, and the way out as soon as it is known."""
        parts = self._parts(query)
        self._say(f"The filter hides all {self._counted(total)}.", [])
        kind = self._record.kind

        def count(handle: Handle) -> list[int]:
            return [len(operations.reading.list_ids(handle, workspace, kind, part.without)) for part in parts]

        self._ticket = self._runner.run(
            Lane.READ, count, owner=self, on_done=lambda counts: self._advise(parts, counts, total)
        )

    def _parts(self, query: Query) -> list[_Part]:
        bar = self._bar
        parts = [
            _Part(
                f"“{quick.text}”",
                replace(query, terms=tuple(term for term in query.terms if term not in quick.terms)),
                _remover(bar, quick),
            )
            for quick in bar.chips
        ]
        if bar.text.strip():
            typed = parse_filter(bar.text, self._record)
            without = replace(query, terms=query.terms[len(typed) :])
            parts.insert(0, _Part(f"“{bar.text.strip()}”", without, lambda: bar.set_filter("", bar.chips)))
        return parts

    def _advise(self, parts: Sequence[_Part], counts: Sequence[int], total: int) -> None:
        helpful = [(hits, part) for hits, part in zip(counts, parts, strict=True) if hits]
        if not helpful:
            self._say(f"Only all of it together hides the {self._counted(total)}.", [])
            return
        # The part that hides least is the likeliest slip.
        hits, part = min(helpful, key=lambda pair: pair[0])
        verb = "is" if hits == 1 else "are"
        line = f"Without {part.name} there {verb} {self._counted(hits)}."
        self._say(line, [(f"Remove {part.name}", part.remove)])

    def _counted(self, rows: int) -> str:
        one, many = _NOUNS[self._record.kind]
        return f"{rows:,} {one if rows == 1 else many}"

    def _say(self, line: str, actions: list[Action]) -> None:
        everything: Action = ("Remove all filters", lambda: self._bar.set_filter("", ()))
        if not actions or len(self._bar.chips) + bool(self._bar.text.strip()) > 1:
            actions = [*actions, everything]
        self._message.say(f"No {_NOUNS[self._record.kind][1]} pass the filter", line, actions)


def _remover(bar: FilterBar, quick: QuickFilter) -> Callable[[], None]:
    return lambda: bar.remove_chip(quick)
