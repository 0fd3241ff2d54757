"""However entries are linked, unlinked and put back, an incremental run leaves what a full one would."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, select

from opspilot_desktop.domain.errors import KnownError
from opspilot_desktop.domain.jobs import Handle
from opspilot_desktop.operations.linking import link_entries, unlink_entries
from opspilot_desktop.operations.reconciling import reconcile, rule_settings
from opspilot_desktop.operations.steps import Step, undo
from opspilot_desktop.operations.workspace import Workspace
from opspilot_desktop.recon.engine import Request, run
from opspilot_desktop.recon.rules import built_in
from opspilot_desktop.store.audit import first_broken_link
from opspilot_desktop.store.schema import issues, ledger_entries
from tests.helpers.books import add_entries, add_trades, change_trade, entry, remove_trade, trade
from tests.helpers.budget import slow
from tests.recon.test_rules import empty

KEYS = ["A", "a", "B", "C", "X"]
AMOUNTS = ["10", "15", "25", "-25", "7", "25.01"]
_COMPARED = ("issue_type", "issue_key", "status", "gone", "material", "evidence", "trade_id", "entry_id")

Booked = dict[int, tuple[str, str | None]]

keys, places = st.sampled_from(KEYS), st.integers(0, 5)
steps = st.one_of(
    st.tuples(st.just("link"), st.lists(places, min_size=1, max_size=3), keys),
    st.tuples(st.just("link"), st.lists(places, min_size=1, max_size=3), keys),
    st.tuples(st.just("unlink"), st.lists(places, min_size=1, max_size=2), st.none()),
    st.tuples(st.just("undo"), places, st.none()),
    st.tuples(st.just("redo"), places, st.none()),
    st.tuples(st.just("trade"), keys, st.sampled_from(["10", "1"])),
    st.tuples(st.just("remove trade"), keys, st.none()),
    st.tuples(st.just("run"), st.none(), st.none()),
)


def standing(connection: Connection) -> Booked:
    stored = ledger_entries.c
    query = select(stored.id, stored.trade_id, stored.booked_trade_id).order_by(stored.id)
    return {row[0]: (row[1], row[2]) for row in connection.execute(query)}


def snapshot(connection: Connection) -> list[tuple[Any, ...]]:
    columns = [issues.c[name] for name in _COMPARED]
    query = select(*columns).order_by(issues.c.issue_type, issues.c.issue_key)
    return [tuple(row) for row in connection.execute(query)]


class Desk:
    """Does the steps, and checks after each run."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.done: list[Step] = []
        self.undone: list[Step] = []
        add_trades(workspace, trade("A"), trade("B"), trade("a", status="settled"))
        entries = [entry(KEYS[n % 5], amount, entry_id=f"E{n}") for n, amount in enumerate(AMOUNTS)]
        add_entries(workspace, *entries)
        with workspace.database.read() as connection:
            self.at_first = standing(connection)

    def act(self, name: str, what: Any, more: Any) -> None:
        workspace = self.workspace
        if name == "run":
            self.run()
        elif name == "trade":
            self.put_trade(what, more)
        elif name == "remove trade":
            remove_trade(workspace, what)
        else:
            try:
                self.link(name, what, more)
            except KnownError:
                return

    def link(self, name: str, what: Any, more: Any) -> None:
        rows = list(self.at_first)
        if name in ("link", "unlink"):
            chosen = [rows[place] for place in what]
            if name == "link":
                self.done.append(link_entries(self.workspace, chosen, more, "OTHER", "why"))
            else:
                self.done.append(unlink_entries(self.workspace, chosen, "OTHER"))
            self.undone.clear()
            return
        taken, given_ = (self.done, self.undone) if name == "undo" else (self.undone, self.done)
        if taken:
            given_.append(undo(self.workspace, taken.pop()))

    def put_trade(self, trade_id: str, quantity: str) -> None:
        with self.workspace.database.read() as connection:
            from opspilot_desktop.store.links import has_trade

            known = has_trade(connection, trade_id)
        (change_trade if known else add_trades)(self.workspace, trade(trade_id, quantity))

    def run(self) -> None:
        database = self.workspace.database
        with database.scratch() as connection:
            settings = rule_settings(self.workspace)
            run(connection, Handle(), built_in(), Request(self.workspace.user, settings, full=True))
            by_full_run = snapshot(connection)
        reconcile(Handle(), self.workspace)
        with database.read() as connection:
            assert snapshot(connection) == by_full_run
            assert first_broken_link(connection) is None
        assert reconcile(Handle(), self.workspace).summary.checked == 0


@slow(8)
@given(st.lists(steps, min_size=3, max_size=12))
def test_incremental_and_full_runs_agree_after_links(
    workspace: Workspace, story: list[tuple[str, Any, Any]]
) -> None:
    empty(workspace)
    desk = Desk(workspace)
    desk.run()
    for name, what, more in story:
        desk.act(name, what, more)
    desk.run()
    # Undone from the last to the first, every entry stands where it stood.
    while desk.done:
        try:
            undo(workspace, desk.done.pop())
        except KnownError:  # it had been linked to a trade that is gone
            return
    with workspace.database.read() as connection:
        assert standing(connection) == desk.at_first
    desk.run()
