"""A workspace that things are done to, each done to a model of it too, and held against the model after."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Connection, select

from opspilot_desktop.domain.errors import KnownError
from opspilot_desktop.domain.fields import Kind
from opspilot_desktop.domain.jobs import Cancelled, Handle
from opspilot_desktop.operations import issue_work
from opspilot_desktop.operations.importing import import_file
from opspilot_desktop.operations.linking import link_entries, unlink_entries
from opspilot_desktop.operations.reconciling import change_rule_settings, reconcile
from opspilot_desktop.operations.steps import Step, undo
from opspilot_desktop.operations.workspace import Workspace
from opspilot_desktop.recon.engine import Request, RunSummary, run
from opspilot_desktop.recon.rule_settings import RuleSettings
from opspilot_desktop.recon.rules import built_in
from opspilot_desktop.store import record_writes
from opspilot_desktop.store.audit import first_broken_link
from opspilot_desktop.store.schema import issues, ledger_entries, trades
from opspilot_desktop.store.soundness import miscounted, unrecorded
from tests.helpers import agreement
from tests.helpers.book_model import Book, Linked
from tests.helpers.lifecycle_model import ALLOWED, Done, Lifecycle
from tests.helpers.oracle import Finding, Identity, expected, unmatched

PEOPLE = ("ann", "bob")
Rows = Sequence[Mapping[str, str]]


def cancelled_at(step: int | None) -> Handle:
    """A handle that is cancelled when a job reports for that time; never, for None."""
    if step is None:
        return Handle()
    reports = 0

    def report(*_: object) -> None:
        nonlocal reports
        if reports == step:
            handle.cancel()
        reports += 1

    handle = Handle(report=report, interval=0)
    return handle


@dataclass
class Story:
    """The workspace, and what the models say of its book, its issues and its settings."""

    workspace: Workspace
    folder: Path
    book: Book = field(default_factory=Book)
    lifecycle: Lifecycle = field(default_factory=Lifecycle)
    settings: RuleSettings = field(default_factory=RuleSettings)
    done: list[tuple[Step, Done | Linked]] = field(default_factory=list)
    files: list[tuple[Kind, str, Rows, str]] = field(default_factory=list)

    def person(self, who: str) -> Workspace:
        """The workspace with that person at work in it."""
        return Workspace(self.workspace.path, who, self.workspace.database)

    # What changes trades and entries

    def import_rows(self, kind: Kind, rows: Rows, source: str = "", cancel: int | None = None) -> None:
        """Imports a file with these cells."""
        self.import_text(kind, _as_csv(rows), rows, source, cancel)

    def import_text(self, kind: Kind, content: str, rows: Rows, source: str, cancel: int | None) -> None:
        """Imports a file of this content, perhaps one that was imported before."""
        path = self.folder / "file.csv"
        path.write_text(content, encoding="utf-8", newline="")
        source = source if kind is Kind.LEDGER else ""
        handle = cancelled_at(cancel)
        if not self._goes_through(
            handle, lambda: import_file(handle, self.person("ann"), path, kind, source=source)
        ):
            return
        self.files.append((kind, content, rows, source))
        if kind is Kind.TRADES:
            self.book.import_trades(rows)
        else:
            self.book.import_entries(rows, source, content)

    def remove_trade(self, trade_id: str) -> None:
        """Takes a trade away, as undoing an import will."""
        with self.workspace.database.write() as connection:
            record_writes.remove_trades(connection, trades.c.trade_id == trade_id)
        self.book.remove_trade(trade_id)

    def remove_entries(self, trade_id: str) -> None:
        """Takes the entries away that count for a trade."""
        with self.workspace.database.write() as connection:
            record_writes.remove_entries(connection, ledger_entries.c.trade_id == trade_id)
        self.book.remove_entries(lambda entry: entry["trade_id"] == trade_id)

    def remove_source(self, source: str) -> None:
        """Takes all entries of a source away."""
        with self.workspace.database.write() as connection:
            record_writes.remove_entries(connection, ledger_entries.c.source == source)
        self.book.remove_entries(lambda entry: entry["source"] == source)

    def link(self, who: str, places: Sequence[int], trade_id: str | None, comment: str) -> None:
        """Links entries to a trade by hand, or takes their links away."""
        with self.workspace.database.read() as connection:
            ids = list(
                connection.execute(select(ledger_entries.c.id).order_by(ledger_entries.c.id)).scalars()
            )
        if not ids:
            return
        linked = [place for place, entry in enumerate(self.book.entries) if entry["booked_trade_id"]]
        choice = linked if linked and trade_id is None else range(len(ids))
        places, at_work = sorted({choice[place % len(choice)] for place in places}), self.person(who)
        rows = [ids[place] for place in places]
        wanted = self.book.link(who, places, (trade_id, "OTHER", comment))
        if trade_id is None:
            self._agree_on(lambda: unlink_entries(at_work, rows, "OTHER", comment), wanted)
        else:
            self._agree_on(lambda: link_entries(at_work, rows, trade_id, "OTHER", comment), wanted)

    # What changes settings and issues

    def change_settings(self, settings: RuleSettings) -> None:
        """Saves other settings."""
        change_rule_settings(self.workspace, settings)
        self.settings = settings

    def act(self, who: str, action: str, places: Sequence[int], said: str) -> None:
        """Does it to some issues; it has to be refused where the model says so."""
        chosen, ids = self._choose(places, ALLOWED[action])
        if not ids:
            return
        at_work = self.person(who)
        act, values = {
            "resolve": (
                lambda: issue_work.resolve_issues(at_work, ids, "FEES", said),
                {"status": "resolved", "reason": "FEES", "comment": said},
            ),
            "ignore": (
                lambda: issue_work.ignore_issues(at_work, ids, "ACCEPTED"),
                {"status": "ignored", "reason": "ACCEPTED", "comment": None},
            ),
            "reopen": (
                lambda: issue_work.reopen_issues(at_work, ids),
                {"status": "open", "reason": None, "comment": None},
            ),
            "investigate": (
                lambda: issue_work.investigate_issues(at_work, ids),
                {"status": "investigating"},
            ),
            "assign": (lambda: issue_work.assign_issues(at_work, ids, said), {"assigned_to": said}),
        }[action]
        self._agree_on(act, self.lifecycle.act(who, action, chosen, values))

    def comment(self, who: str, places: Sequence[int], text: str) -> None:
        """Comments on some issues."""
        chosen, ids = self._choose(places)
        if ids:
            step = issue_work.comment_issues(self.person(who), ids, text)
            self.done.append((step, self.lifecycle.comment(chosen, text)))

    def undo(self, who: str, place: int) -> None:
        """Undoes one of the steps so far, which may be an undo itself."""
        if not self.done:
            return
        place %= len(self.done)
        step, done = self.done[place]
        if isinstance(done, Linked):
            wanted: Done | Linked | None = self.book.undo_link(who, done)
        else:
            wanted = self.lifecycle.undo(who, done)
        self._agree_on(lambda: undo(self.person(who), step), wanted)
        if wanted is not None:
            del self.done[place]

    def _choose(
        self, places: Sequence[int], statuses: Sequence[str] = ()
    ) -> tuple[list[Identity], list[int]]:
        """Some issues, mostly ones in these statuses, if there are any."""
        with self.workspace.database.read() as connection:
            query = select(issues.c.id, issues.c.issue_type, issues.c.issue_key, issues.c.status)
            rows = connection.execute(query.order_by(issues.c.issue_type, issues.c.issue_key)).all()
        if sum(places) % 5:
            rows = [row for row in rows if row.status in statuses] or rows
        chosen = [rows[place] for place in sorted({place % len(rows) for place in places})] if rows else []
        return [(row.issue_type, row.issue_key) for row in chosen], [row.id for row in chosen]

    def _agree_on(self, act: Callable[[], Step], wanted: Done | Linked | None) -> None:
        if wanted is None:
            with pytest.raises(KnownError):
                act()
        else:
            self.done.append((act(), wanted))

    def _goes_through(self, handle: Handle, job: Callable[[], object]) -> bool:
        """Whether the job was not cancelled; if it was, nothing may have changed."""
        if handle.report is None:
            job()
            return True
        with self.workspace.database.read() as connection:
            before = agreement.everything(connection)
        try:
            job()
        except Cancelled:
            assert handle.cancelled
            with self.workspace.database.read() as connection:
                assert agreement.everything(connection) == before
            return False
        return True

    # Runs, and what has to hold after one

    def run(self, who: str, *, full: bool, as_of: date | None, cancel: int | None = None) -> None:
        """Runs, and holds what it leaves against what a full run leaves and against the models."""
        by_full_run = self._what_a_full_run_leaves(who, as_of)
        handle, summaries = cancelled_at(cancel), list[RunSummary]()
        if not self._goes_through(
            handle,
            lambda: summaries.append(reconcile(handle, self.person(who), full=full, as_of=as_of).summary),
        ):
            return
        found = self._what_the_oracle_finds(as_of)
        counts = self.lifecycle.run(who, found)
        assert {name: getattr(summaries[0], name) for name in counts} == counts
        with self.workspace.database.read() as connection:
            assert agreement.issues_and_history(connection) == by_full_run
            assert agreement.marks_left(connection) == 0
            shown = agreement.match_statuses(connection, self.settings.checked_statuses)
            assert shown == self._match_statuses(found)
            self._check(connection)

    def _what_a_full_run_leaves(self, who: str, as_of: date | None) -> list[object]:
        with self.workspace.database.scratch() as connection:
            run(connection, Handle(), built_in(), Request(who, self.settings, full=True, as_of=as_of))
            return agreement.issues_and_history(connection)

    def _what_the_oracle_finds(self, as_of: date | None) -> dict[Identity, Finding]:
        return expected(list(self.book.trades.values()), self.book.entries, self.settings, as_of)

    def _check(self, connection: Connection) -> None:
        """Holds everything stored against the models, and against what the program itself can verify."""
        assert agreement.stored_trades(connection) == self.book.trades
        assert agreement.stored_entries(connection) == self.book.entries
        assert agreement.issues_as_modelled(connection) == self.lifecycle.issues
        assert (miscounted(connection), first_broken_link(connection), unrecorded(connection)) == (
            "",
            None,
            "",
        )

    def _match_statuses(self, found: Mapping[Identity, Finding]) -> dict[str, str]:
        broken, checked = unmatched(found), self.settings.checked_statuses
        return {
            key: ("broken" if key in broken else "matched") if trade["status"] in checked else "unchecked"
            for key, trade in self.book.trades.items()
        }

    def run_to_rest(self) -> None:
        """A run after which a second one finds nothing to do."""
        self.run("ann", full=False, as_of=None)
        again = reconcile(Handle(), self.workspace).summary
        assert (again.scope, again.checked) == ("incremental", 0)
        assert (again.opened, again.reopened, again.updated, again.cleared) == (0, 0, 0, 0)
        with self.workspace.database.read() as connection:
            self._check(connection)


def _as_csv(rows: Rows) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
