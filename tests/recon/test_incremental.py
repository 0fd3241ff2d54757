"""Whatever happened before, an incremental run leaves what a full one would, and what the contract says."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, select

from opspilot_desktop.domain.errors import KnownError
from opspilot_desktop.domain.fields import Kind
from opspilot_desktop.domain.issues import IssueType
from opspilot_desktop.domain.jobs import Handle
from opspilot_desktop.domain.query import Query
from opspilot_desktop.operations import issue_work
from opspilot_desktop.operations.importing import import_file
from opspilot_desktop.operations.reading import list_ids, read_overview, stream_rows
from opspilot_desktop.operations.reconciling import change_rule_settings, reconcile, rule_settings
from opspilot_desktop.operations.workspace import Workspace
from opspilot_desktop.recon.engine import Request, run
from opspilot_desktop.recon.rule_settings import RuleSettings, SignConvention
from opspilot_desktop.recon.rules import built_in
from opspilot_desktop.store.audit import first_broken_link
from opspilot_desktop.store.queries import TableReader
from opspilot_desktop.store.schema import issue_comments, issues, ledger_entries, trades
from tests.helpers.books import remove_entries, remove_trade
from tests.helpers.budget import slow
from tests.helpers.oracle import Finding, Identity, expected, unmatched
from tests.recon.test_rules import empty

KEYS = ["A", "a", "B", "C", "D"]
TRADE_COLUMNS = (
    *("trade_id", "quantity", "price", "currency", "status", "instrument", "side"),
    *("trade_date", "settle_date", "counterparty", "account"),
)
ENTRY_COLUMNS = ("entry_id", "trade_id", "amount", "currency", "value_date", "account", "entry_type")
UNLIKE = {
    "id",
    "detected_at",
    "changed_at",
    "opened_run",
    "changed_run",
}  # a server counts on after a rollback

keys = st.sampled_from(KEYS)
currencies = st.sampled_from(["", "EUR", "USD"])
sides = st.sampled_from(["BUY", "BUY", "SELL"])
days = st.sampled_from(["", "2026-11-06", "2026-11-06", "2026-11-09", "2026-11-11"])
accounts = st.sampled_from(["", "1", "1", "2"])
trade_rows = st.lists(
    st.tuples(
        keys,
        st.sampled_from(["1", "2", "50"]),
        st.sampled_from(["1", "1.01", "-1"]),
        currencies,
        st.sampled_from(["", "pending", "settled", "cancelled"]),
        st.sampled_from(["X", "X", "Y"]),
        sides,
        days,
        days,
        st.sampled_from(["", "Bank"]),
        accounts,
    ),
    min_size=1,
    max_size=4,
    unique_by=lambda row: row[0],
)
entry_rows = st.lists(
    st.tuples(
        st.sampled_from(["E1", "E2", "E3", "E4"]),
        keys,
        st.sampled_from(["1", "-1", "2", "0.01", "1.01"]),
        currencies,
        days,
        accounts,
        st.sampled_from(["", "debit", "credit"]),
    ),
    min_size=1,
    max_size=4,
    unique_by=lambda row: row[0],
)
unnamed_rows = st.lists(
    st.tuples(keys, st.sampled_from(["1", "-1", "0.5"]), currencies), min_size=1, max_size=2
)
places = st.integers(0, 9)
dates = st.sampled_from([None, *[date(2026, 11, day) for day in (5, 9, 10, 12)]])
EVERY_RULE = frozenset(kind.value for kind in IssueType)
SIGNS = {
    "": SignConvention.BUY_NEGATIVE,
    "B": SignConvention.BUY_POSITIVE,
    "C": SignConvention.BY_ENTRY_TYPE,
}
FURTHER = RuleSettings(
    enabled=EVERY_RULE,
    signs=SIGNS,
    price_deviations=Decimal(1),
    quantity_deviations=Decimal(3),
    sample_size=2,
)
rule_changes = st.sampled_from(
    [
        RuleSettings(),
        RuleSettings().with_user_values("1", "2", "pending,settled"),
        FURTHER,
        FURTHER,
        replace(FURTHER, settlement_days=1, stale_days=2, accounts={"2": "1"}, duplicate_ignored=()),
    ]
)
steps = st.one_of(
    st.tuples(st.just("trades"), trade_rows),
    st.tuples(st.just("entries"), entry_rows),
    st.tuples(st.just("unnamed"), unnamed_rows),
    st.tuples(st.just("remove trade"), keys),
    st.tuples(st.just("remove entries"), keys),
    st.tuples(st.sampled_from(["resolve", "ignore", "reopen", "investigate", "assign", "comment"]), places),
    st.tuples(st.just("undo"), places),
    st.tuples(st.just("settings"), rule_changes),
    st.tuples(st.just("run"), dates),
    st.tuples(st.just("run"), dates),
)  # fmt: skip


@dataclass
class Story:
    """A workspace, what was done in it, and what the oracle said of each issue when it was last shown."""

    workspace: Workspace
    folder: Path
    done: list[issue_work.Step] = field(default_factory=list)
    materials: dict[Identity, object] = field(default_factory=dict)
    files: int = 0

    def act(self, name: str, what: Any) -> None:
        imports: dict[str, tuple[Kind, tuple[str, ...]]] = {
            "trades": (Kind.TRADES, TRADE_COLUMNS),
            "entries": (Kind.LEDGER, ENTRY_COLUMNS),
            "unnamed": (Kind.LEDGER, ("trade_id", "amount", "currency")),
        }
        if name in imports:
            self._import(*imports[name], what)
        elif name == "remove trade":
            remove_trade(self.workspace, what)
        elif name == "remove entries":
            remove_entries(self.workspace, what)
        elif name == "settings":
            change_rule_settings(self.workspace, what)
        elif name == "run":
            self.run(what)
        else:
            self._work(name, what)

    def _import(self, kind: Kind, header: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
        self.files += 1
        path = self.folder / f"{self.files}.csv"
        extra = {} if kind is Kind.TRADES else {"description": str(self.files)}
        source = "" if kind is Kind.TRADES else "ABC"[self.files % 3].replace("A", "")
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow([*header, *extra])
            writer.writerows([*row, *extra.values()] for row in rows)
        result = import_file(Handle(), self.workspace, path, kind, source=source)
        assert (result.imported + result.updated + result.unchanged, result.refused) == (len(rows), False)

    def _work(self, name: str, place: int) -> None:
        """Does it to some issue, or undoes a step; that it is refused is fine."""
        with self.workspace.database.read() as connection:
            ids = connection.execute(select(issues.c.id).order_by(issues.c.id)).scalars().all()
        chosen = [ids[place % len(ids)]] if ids else []
        actions: dict[str, Callable[[], issue_work.Step]] = {
            "resolve": lambda: issue_work.resolve_issues(self.workspace, chosen, "FEES", "why"),
            "ignore": lambda: issue_work.ignore_issues(self.workspace, chosen, "ACCEPTED"),
            "reopen": lambda: issue_work.reopen_issues(self.workspace, chosen),
            "investigate": lambda: issue_work.investigate_issues(self.workspace, chosen),
            "assign": lambda: issue_work.assign_issues(self.workspace, chosen, "somebody"),
            "comment": lambda: issue_work.comment_issues(self.workspace, chosen, "5 became 6"),
            "undo": lambda: issue_work.undo(self.workspace, self.done[-1 - place % len(self.done)]),
        }
        if name == "undo" and not self.done:
            return
        try:
            self.done.append(actions[name]())
        except KnownError:
            return

    def run(self, as_of: date | None = None) -> None:
        database = self.workspace.database
        before = self.statuses()
        settings = rule_settings(self.workspace)
        with database.scratch() as connection:
            run(connection, Handle(), built_in(), Request(self.workspace.user, settings, True, as_of))
            by_full_run = snapshot(connection)
        summary = reconcile(Handle(), self.workspace, as_of=as_of).summary
        with database.read() as connection:
            assert snapshot(connection) == by_full_run
            assert first_broken_link(connection) is None
            books = (rows_of(connection, kind) for kind in (Kind.TRADES, Kind.LEDGER))
            found = expected(*books, settings, as_of)
        after = self.statuses()
        assert after == self.should_become(before, found)
        opened = [identity for identity in after if identity not in before]
        assert summary.opened == len(opened)
        reopened = [i for i in before if before[i][0] != "open" and after[i][0] == "open"]
        assert summary.reopened == len(reopened)
        self.check_match_status(found, settings)
        self.materials |= {identity: finding.material for identity, finding in found.items()}
        again = reconcile(Handle(), self.workspace, as_of=as_of).summary
        assert (again.scope, again.checked, again.opened, again.updated, again.cleared) == (
            "incremental",
            0,
            0,
            0,
            0,
        )
        assert self.statuses() == after

    def statuses(self) -> dict[Identity, tuple[str, bool]]:
        with self.workspace.database.read() as connection:
            rows = connection.execute(
                select(issues.c.issue_type, issues.c.issue_key, issues.c.status, issues.c.gone)
            ).all()
        return {(row[0], row[1]): (row[2], bool(row[3])) for row in rows}

    def should_become(
        self, before: dict[Identity, tuple[str, bool]], found: dict[Identity, Finding]
    ) -> dict[Identity, tuple[str, bool]]:
        """The contract's "After a run…", issue by issue."""
        wanted: dict[Identity, tuple[str, bool]] = dict.fromkeys(found, ("open", False))
        for identity, (status, gone) in before.items():
            if identity not in found:
                wanted[identity] = ("cleared" if status in ("open", "investigating") else status, True)
                continue
            same = found[identity].material == self.materials[identity]
            if (
                status == "investigating"
                or (status == "ignored" and same)
                or (status == "resolved" and same and not gone)
            ):
                wanted[identity] = (status, False)
        return wanted

    def check_match_status(self, found: dict[Identity, Finding], settings: RuleSettings) -> None:
        broken = unmatched(found)
        names = [each.name for each in TableReader(Kind.TRADES, ()).record.fields]
        ids = list_ids(Handle(), self.workspace, Kind.TRADES, Query())
        with self.workspace.database.read() as connection:
            checked = settings.checked_statuses
            rows = [
                dict(zip(names, row, strict=True))
                for row in stream_rows(connection, Kind.TRADES, checked, ids)
            ]
        for row in rows:
            is_checked = row["status"] in settings.checked_statuses
            wanted = ("broken" if row["trade_id"] in broken else "matched") if is_checked else "unchecked"
            assert row["match_status"] == wanted, row
        seen = read_overview(Handle(), self.workspace)
        counted = [row["match_status"] for row in rows]
        assert (seen.checked, seen.matched) == (
            len(counted) - counted.count("unchecked"),
            counted.count("matched"),
        )


def snapshot(connection: Connection) -> list[object]:
    """Everything of the issues and their history but times and the numbers that a sequence gives."""
    rows = (
        connection.execute(select(issues).order_by(issues.c.issue_type, issues.c.issue_key)).mappings().all()
    )
    told = connection.execute(select(issue_comments).order_by(issue_comments.c.id)).mappings().all()
    history: dict[int, list[tuple[str, str]]] = {}
    for line in told:
        history.setdefault(line["issue_id"], []).append((line["kind"], line["text"]))
    return [
        (
            {name: value for name, value in row.items() if name not in UNLIKE},
            history.get(row["id"]),
        )
        for row in rows
    ]


def rows_of(connection: Connection, kind: Kind) -> list[dict[str, Any]]:
    table = trades if kind is Kind.TRADES else ledger_entries
    ids = connection.execute(select(table.c.id).order_by(table.c.id)).scalars().all()
    names = [each.name for each in TableReader(kind, ()).record.fields]
    rows = [dict(zip(names, row, strict=True)) for row in stream_rows(connection, kind, (), ids)]
    if kind is Kind.LEDGER:
        sources = connection.execute(select(table.c.source).order_by(table.c.id)).scalars()
        rows = [{**row, "source": source} for row, source in zip(rows, sources, strict=True)]
    return rows


@slow(5)
@given(rule_changes, st.lists(steps, min_size=4, max_size=12))
def test_incremental_and_full_runs_agree(
    workspace: Workspace, tmp_path: Path, at_first: RuleSettings, story: list[tuple[str, Any]]
) -> None:
    empty(workspace)
    told = Story(workspace, tmp_path)
    told.act("settings", at_first)
    for name, what in story:
        told.act(name, what)
    told.run()
